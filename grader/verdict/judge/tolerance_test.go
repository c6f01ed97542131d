package judge_test

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestRoughFigures holds the page of threads-or-processes to its word: the
// lines may be off by a factor of five, the memory by one of three.
func TestRoughFigures(t *testing.T) {
	const lines, memory = 1, 4 // where they stand among the five figures
	for _, c := range []struct {
		figure int
		times  float64
		check  string
		want   verdict.Verdict
	}{
		{lines, 4, "lines", verdict.Pass},
		{lines, 1.0 / 4, "lines", verdict.Pass},
		{lines, 8, "lines", verdict.Fail},
		{memory, 2.8, "memory", verdict.Pass},
		{memory, 1 / 2.8, "memory", verdict.Pass},
		{memory, 1024, "memory", verdict.Fail}, // KiB
	} {
		r := altered(t, "practice/threads-or-processes/pass-bare-threads-and-processes", func(_ *spec.Challenge, rec *record.Record) {
			for i := range rec.Runs {
				for n := range rec.Runs[i].Calls {
					call := &rec.Runs[i].Calls[n]
					if call.ID == "compare" && rec.Runs[i].Whose == record.Learner && call.Ended == record.Returned {
						call.Figures[c.figure] *= c.times
					}
				}
			}
		})
		if got := checkOf(t, r, c.check); got.Verdict != c.want {
			t.Errorf("%s times %.2f: %s, want %s: %s", c.check, c.times, got.Verdict, c.want, got.Message)
		}
	}
}
