package script

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestBytecode takes the functions that are handed to workers over the others,
// and does not know where they differ.
func TestBytecode(t *testing.T) {
	trial := func(bytecode, target bool) record.Trial {
		return record.Trial{Accepted: true, Bytecode: &bytecode, Target: target}
	}
	for name, c := range map[string]struct {
		called     []record.Trial
		has, known bool
	}{
		"nothing was called":           {nil, false, false},
		"not known":                    {[]record.Trial{{Accepted: true}}, false, false},
		"not the task":                 {[]record.Trial{{Bytecode: new(bool)}}, false, false},
		"bytecode":                     {[]record.Trial{trial(true, false), {Accepted: true}}, true, true},
		"one call":                     {[]record.Trial{trial(false, false)}, false, true},
		"handed over, another beside":  {[]record.Trial{trial(false, true), trial(true, false)}, false, true},
		"two that are handed over":     {[]record.Trial{trial(false, true), trial(true, true)}, true, false},
		"two of which none are handed": {[]record.Trial{trial(false, false), trial(true, false)}, true, false},
	} {
		k := &kind{Judgement: &verdict.Judgement{Record: &record.Record{Submission: record.Submission{Probe: record.Probe{Called: c.called}}}}}
		if has, known := k.bytecode(); known != c.known || known && has != c.has {
			t.Errorf("%s: %v, %v", name, has, known)
		}
	}
}

// TestStillborn counts the processes that ended while they imported the script,
// by their tracebacks, and no others.
func TestStillborn(t *testing.T) {
	const frame = "  File \"PYTHON/lib/python3.11/multiprocessing/spawn.py\", line 246, in prepare\n    _fixup_main_from_path(data['init_main_from_path'])\n"
	for name, c := range map[string]struct {
		stderr string
		want   int
	}{
		"nothing":               {"", 0},
		"an error in a task":    {"Process Process-1:\nTraceback (most recent call last):\n  File \"RUN/x.py\", line 3, in task\nValueError\n", 0},
		"two":                   {frame + frame, 2},
		"one with two errors":   {frame + "During handling of the above exception, another exception occurred:\n" + frame, 1},
		"a line that is quoted": {"print('in prepare')\n", 0},
	} {
		if got := stillborn(&record.Run{End: &record.Outcome{Stderr: c.stderr}}); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
