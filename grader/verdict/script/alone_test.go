package script

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestAlike compares what the phases' functions use alone.
func TestAlike(t *testing.T) {
	trial := func(name string, cpu int64, ways ...string) record.Trial {
		return record.Trial{Function: name, Accepted: true, Ways: ways, AloneUS: []int64{cpu * 11 / 10, cpu, cpu}}
	}
	for name, c := range map[string]struct {
		called []record.Trial
		want   float64
	}{
		"nothing was called":           {nil, 1},
		"one for all":                  {[]record.Trial{trial("f", 40_000, "threads", "processes")}, 1},
		"only one way is known":        {[]record.Trial{trial("f", 40_000, "threads"), trial("g", 80_000)}, 1},
		"a wrapper beside its task":    {[]record.Trial{trial("f", 40_000, "threads", "processes"), trial("g", 44_000, "threads")}, 1},
		"a slow one for the threads":   {[]record.Trial{trial("f", 80_000, "threads"), trial("g", 40_000, "processes")}, 2},
		"a slow one for the loop":      {[]record.Trial{trial("f", 80_000, "sequential"), trial("g", 40_000, "processes", "threads")}, 2},
		"both know both":               {[]record.Trial{trial("f", 80_000, "processes", "threads"), trial("g", 40_000, "processes", "threads")}, 1},
		"what is wrong does not count": {[]record.Trial{{Function: "f", Ways: []string{"threads"}, AloneUS: []int64{90_000}}, trial("g", 40_000, "processes")}, 1},
	} {
		k := &kind{Judgement: verdict.New(&spec.Challenge{}, &record.Record{Submission: record.Submission{Probe: record.Probe{Called: c.called}}})}
		k.taskAlike("task.alike")
		if f := k.Figure("task.alike"); !f.Known || f.Value != c.want {
			t.Errorf("%s: %+v, want %g", name, f, c.want)
		}
	}
}

// TestSlower lets two calls that follow each other tell how sure the ratio is.
func TestSlower(t *testing.T) {
	one := record.Trial{AloneUS: []int64{60, 66, 90}}
	other := record.Trial{AloneUS: []int64{40, 60, 40}}
	if v := slower(one, other); v != (stat.Interval{Value: 1.5, Lo: 1.1, Hi: 2.25}) {
		t.Errorf("%+v", v)
	}
}

// TestSleepsAlone lets a task sleep a few times.
func TestSleepsAlone(t *testing.T) {
	for sleeps, want := range map[int64]float64{0: 0, 4: 0, 8: 200} {
		call := record.Trial{Function: "f", Accepted: true, Ways: []string{"threads"}, AloneUS: []int64{40_000}, Sleeps: sleeps}
		k := &kind{Judgement: verdict.New(&spec.Challenge{}, &record.Record{Submission: record.Submission{Probe: record.Probe{Called: []record.Trial{call}}}})}
		k.taskSleeps("task.sleeps")
		if f := k.Figure("task.sleeps"); !f.Known || f.Value != want {
			t.Errorf("%d sleeps are %+v, want %g", sleeps, f, want)
		}
	}
}
