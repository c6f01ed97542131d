package observe

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// TestFailedRound has the grader fail in a round: what was seen before is kept, what
// the round began is not, and where nothing was seen it is an error.
func TestFailedRound(t *testing.T) {
	ours := errors.New("no more processes")
	for whole := range 3 {
		ob := &observation{Target: Target{Challenge: &spec.Challenge{Checks: []spec.Check{}}}, rec: &record.Record{}, scratch: &sandbox.Scratch{Dir: "/scratch", Tmp: "/scratch/tmp"}}
		err := ob.rounds(t.Context(), stat.Rounds{Min: 5, Max: 5}, func(n int) (bool, error) {
			ob.rec.Runs = append(ob.rec.Runs, record.Run{ID: len(ob.rec.Runs) + 1, Whose: record.Learner, End: &record.Outcome{}})
			if n == whole {
				return false, ours
			}
			return true, nil
		})
		if whole == 0 {
			if !errors.Is(err, ours) {
				t.Errorf("in the first round: %v", err)
			}
			continue
		}
		if err != nil || len(ob.rec.Runs) != whole || !ob.rec.Header.Failed(record.FailedRound) {
			t.Errorf("after %d whole rounds: %v, %d runs, failures %+v", whole, err, len(ob.rec.Runs), ob.rec.Header.Failures)
		}
	}
}

// TestInterruptedIsNoFailure: the end of the context is nobody's fault.
func TestInterruptedIsNoFailure(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ob := &observation{rec: &record.Record{}, scratch: &sandbox.Scratch{}}
	if err := ob.without(ctx, record.FailedReference, errors.New("killed")); !errors.Is(err, context.Canceled) || len(ob.rec.Header.Failures) != 0 {
		t.Errorf("%v, %+v", err, ob.rec.Header.Failures)
	}
}

// TestUnmeasured names what could not be measured in the lesson's words.
func TestUnmeasured(t *testing.T) {
	calls := &spec.Challenge{Calls: []spec.Call{{ID: "cpu", Workload: "CPU-bound", Strategy: "multiprocessing", Function: "compute_multiprocessing"}}}
	rec := &record.Record{Runs: []record.Run{{Calls: []record.Call{{Aim: record.Import, Ended: record.Returned}, {ID: "cpu", Ended: record.Hung, Message: "compute_multiprocessing had not come back after 21 s"}}}}}
	if err := unmeasured(calls, rec); !strings.Contains(err.Error(), "CPU-bound work under multiprocessing did not come to its end") || strings.Contains(err.Error(), "compute_") {
		t.Error(err)
	}
	if err := unmeasured(calls, &record.Record{}); !strings.Contains(err.Error(), "right results") {
		t.Error(err)
	}
}
