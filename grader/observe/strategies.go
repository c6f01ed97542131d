package observe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/measure"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// Measure runs the lesson's workloads under each of its strategies, alone on
// this machine. A result that is not right is an error: the code that ran is
// ours.
func Measure(ctx context.Context, s Settings) (*verdict.Result, error) {
	turn := machinelock.Queue("measure")
	defer turn.Leave()
	release, err := s.lock(ctx, turn.Alone)
	if err != nil {
		return nil, err
	}
	defer release()
	return strategies(ctx, s)
}

// strategies is Measure for a caller who is alone on the machine already.
func strategies(ctx context.Context, s Settings) (*verdict.Result, error) {
	calls, err := measure.Spec()
	if err != nil {
		return nil, err
	}
	source, err := measure.Source()
	if err != nil {
		return nil, err
	}
	scratch, err := sandbox.NewScratch(nil)
	if err != nil {
		return nil, err
	}
	defer scratch.Close()
	file := filepath.Join(scratch.Dir, measure.Module)
	if err := os.WriteFile(file, source, 0o644); err != nil {
		return nil, fmt.Errorf("unpack what is to be measured: %w", err)
	}
	s.Full, s.StrictClock, s.Hide = false, false, nil // which are for a learner's code
	rec, err := observeAlone(ctx, s, Target{Challenge: calls, File: file})
	if err != nil {
		return nil, err
	}
	result := judge.With(calls, rec)
	if result.Verdict != verdict.Pass {
		return nil, unmeasured(calls, rec)
	}
	return result, nil
}

// unmeasured says which of the strategies gave no result, or another one than the
// right one: by its name, since the learner knows none of our functions.
func unmeasured(calls *spec.Challenge, rec *record.Record) error {
	for _, run := range rec.Runs {
		for _, made := range run.Calls {
			if c := calls.Call(made.ID); c != nil && c.Workload != "" && made.Ended != record.Returned {
				return fmt.Errorf("%s work under %s did not come to its end (%s); the machine may be too busy: try again when it is quieter", c.Workload, c.Strategy, made.Ended)
			}
		}
	}
	return errors.New("the lesson's workloads did not all give the right results; the machine may be too busy: try again when it is quieter")
}

// observeAlone prepares and observes, for a caller who is alone on the machine.
func observeAlone(ctx context.Context, s Settings, t Target) (*record.Record, error) {
	ob, err := open(ctx, s, t)
	if err != nil {
		return nil, err
	}
	defer ob.close()
	if err := ob.read(ctx); err != nil {
		return nil, err
	}
	if err := ob.prepare(ctx); err != nil {
		return nil, err
	}
	return ob.observe(ctx)
}
