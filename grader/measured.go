package grader

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gilcourse/gilcourse/grader/measure"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// Measure runs the lesson's workloads under each of its strategies on this
// machine. Of the options only Version, Python, Seed, Sandbox and Progress count. A
// result that is not right is an error: the code that ran is ours.
func Measure(ctx context.Context, o Options) (*verdict.Result, error) {
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
	rec, err := Observe(ctx, Options{Version: o.Version, Challenge: calls, File: file, Python: o.Python, Seed: o.Seed, Progress: o.Progress, Sandbox: o.Sandbox, Alone: o.Alone})
	if err != nil {
		return nil, err
	}
	result, err := judge.Judge(rec)
	if err != nil {
		return nil, fmt.Errorf("judge what was measured: %w", err)
	}
	if result.Verdict != verdict.Pass {
		return nil, errors.New(result.Checks[0].Message)
	}
	return result, nil
}
