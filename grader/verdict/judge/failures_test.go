package judge_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestOurFailureIsNoVerdict: where the grader could not run the reference, or measure
// the strategies, what rests on that is inconclusive, and everything else is judged.
func TestOurFailureIsNoVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		part  record.FailedPart
		check string
	}{
		"challenge3/gil-discovery/pass-german-shared-memory": {record.FailedReference, "processes"},
		"challenge3/strategy-analyzer/pass-config-class":     {record.FailedMeasuring, "speedups"},
	} {
		r := altered(t, name, func(_ *spec.Challenge, rec *record.Record) {
			rec.Runs = slices.DeleteFunc(rec.Runs, func(run record.Run) bool {
				return c.part == record.FailedReference && run.Whose == record.Reference
			})
			if c.part == record.FailedMeasuring {
				rec.Measured = nil
			}
			rec.Header.StrictClock = true
			rec.Header.Failures = []record.Failure{{Part: c.part, Error: "start /tmp/ours/driver.py: no more processes"}}
		})
		for _, k := range r.Checks {
			if k.ID != c.check {
				if k.Verdict != verdict.Pass {
					t.Errorf("%s: %s is %s: %s", name, k.ID, k.Verdict, k.Message)
				}
				continue
			}
			if says := k.Message + " " + k.Hint; k.Verdict != verdict.Inconclusive || !strings.Contains(says, "no fault of the program") || !strings.Contains(says, "defect of gilcourse") {
				t.Errorf("%s: %s is %s: %s", name, k.ID, k.Verdict, says)
			}
		}
		notes := strings.Join(r.Notes, "\n")
		if !strings.Contains(notes, "The grader itself failed to") || strings.Contains(notes, "driver.py") {
			t.Errorf("%s: the notes are %q", name, notes)
		}
	}
}
