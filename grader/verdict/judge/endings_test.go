package judge_test

import (
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestArgumentsThatAreNoTuple has a program end with Python's words for it: the cause is
// named where the source has such arguments, and not where it has none.
func TestArgumentsThatAreNoTuple(t *testing.T) {
	for _, found := range []bool{true, false} {
		r := altered(t, "challenge3/gil-discovery/pass-german-shared-memory", func(_ *spec.Challenge, rec *record.Record) {
			for i := range rec.Runs {
				if end := rec.Runs[i].End; rec.Runs[i].Whose == record.Learner {
					end.Exit = 1
					end.Stderr = "Traceback (most recent call last):\n  File \"gil_discovery.py\", line 41, in processes\n    workers = [Process(target=task, args=(N))]\nTypeError: 'int' object is not iterable\n"
				}
			}
			if found {
				rec.Submission.Source.Findings = append(rec.Submission.Source.Findings,
					record.Finding{ID: "args-no-tuple", Place: record.Place{File: "gil_discovery.py", Line: 41, Text: "workers = [Process(target=task, args=(N))]"}})
			}
		})
		k := checkOf(t, r, "runs")
		if k.Verdict != verdict.Fail || (k.Cause == "args-no-tuple") != found || found && (k.Location == nil || k.Location.Line != 41 || !strings.Contains(k.Hint, "`args=(x,)`")) {
			t.Errorf("found %v: %s by %q at %+v: %s %s", found, k.Verdict, k.Cause, k.Location, k.Message, k.Hint)
		}
	}
}
