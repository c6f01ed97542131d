package verdict

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

func TestLooks(t *testing.T) {
	run := func(look int, us int64) record.Run { return record.Run{Look: look, End: &record.Outcome{WallUS: us}} }
	for want, runs := range map[string][]record.Run{
		"":                            {run(0, 1e6)},
		"One look decided, of 1.5 s.": {run(1, 1e6), run(1, 5e5)},
		"Looked at 2 times, since something was open each time before: for 1.0 s, then 2.0 s.": {run(1, 1e6), run(2, 1e6), run(2, 1e6)},
	} {
		j := New(&spec.Challenge{}, &record.Record{Runs: runs})
		if got := j.Looks(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
