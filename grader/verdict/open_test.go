package verdict

import (
	"slices"
	"testing"

	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// TestOpen asks about a check each time whether a longer look may change it.
func TestOpen(t *testing.T) {
	limit := func(v float64) *float64 { return &v }
	c := &spec.Challenge{Calls: []spec.Call{{ID: "asked", Function: "f", Expect: spec.Answered}, {ID: "run", Function: "g", Expect: spec.Tasks}}}
	for name, k := range map[string]struct {
		verdict  Verdict
		evidence Evidence
		short    bool
		want     bool
	}{
		"inconclusive":             {Inconclusive, Evidence{Quantity: "run.parallelism"}, false, true},
		"not judged":               {NotJudged, Evidence{Quantity: "run.parallelism"}, true, false},
		"a sampled fail":           {Fail, Evidence{Quantity: "run.parallelism", Known: true, Holds: False}, false, true},
		"a wrong result":           {Fail, Evidence{Quantity: "run.correct", Known: true, Holds: False}, true, false},
		"a wrong answer":           {Fail, Evidence{Quantity: "asked.correct", Known: true, Holds: False}, true, true},
		"a clear pass":             {Pass, Evidence{Quantity: "run.parallelism", Known: true, Holds: True, Interval: stat.Interval{Value: 3.5, Lo: 3, Hi: 4}, Min: limit(2.2)}, true, false},
		"near the least":           {Pass, Evidence{Quantity: "run.parallelism", Known: true, Holds: True, Interval: stat.Interval{Value: 3, Lo: 2.25, Hi: 4}, Min: limit(2.2)}, true, true},
		"near, after a long look":  {Pass, Evidence{Quantity: "run.parallelism", Known: true, Holds: True, Interval: stat.Interval{Value: 3, Lo: 2.25, Hi: 4}, Min: limit(2.2)}, false, false},
		"near the most":            {Pass, Evidence{Quantity: "run.messages", Known: true, Holds: True, Interval: stat.Exactly(0.34), Max: limit(0.35)}, true, true},
		"a share near its least":   {Pass, Evidence{Quantity: "run.in_threads", Known: true, Holds: True, Interval: stat.Exactly(0.62), Min: limit(0.6)}, true, true},
		"a share that has to be 1": {Pass, Evidence{Quantity: "run.cores", Known: true, Holds: True, Interval: stat.Exactly(1), Min: limit(1)}, true, false},
		"a count":                  {Pass, Evidence{Quantity: "run.workers", Known: true, Holds: True, Interval: stat.Exactly(4), Min: limit(4)}, true, false},
		"a clock far off":          {Pass, Evidence{Quantity: "run.efficiency", Known: true, Holds: Undecided, Interval: stat.Interval{Value: 0.9, Hi: 100}, Min: limit(0.5)}, true, false},
		"a clock near":             {Pass, Evidence{Quantity: "run.efficiency", Known: true, Holds: Undecided, Interval: stat.Interval{Value: 0.6, Hi: 100}, Min: limit(0.5)}, true, true},
	} {
		r := &Result{Checks: []Check{{ID: "check", Verdict: k.verdict, Evidence: []Evidence{k.evidence}}}}
		if got := slices.Contains(r.Open(c, k.short), "check"); got != k.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
