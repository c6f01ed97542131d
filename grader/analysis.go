package grader

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/gilcourse/gilcourse/grader/advice"
	"github.com/gilcourse/gilcourse/grader/measure"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/sched"
)

// contents reads what an analyzer's module holds.
func (ob *observation) contents(ctx context.Context) error {
	ob.say("reading what "+ob.learner.script+" holds", 0, 0)
	contents, err := ob.interp.Contents(ctx, ob.learner.dir, ob.learner.script)
	if err != nil {
		return fmt.Errorf("read what %s holds: %w", ob.learner.script, err)
	}
	contents.Error = ob.hide(ob.learner.dir, contents.Error)
	ob.rec.Submission.Contents = contents
	if contents.Error == "" {
		ob.gil(contents.GIL)
		ob.say("asking a type checker", 0, 0)
		contents.Checker, contents.Notes = ob.interp.CheckTypes(ctx, ob.learner.dir, ob.learner.script)
	}
	return nil
}

// analyze runs an analyzer as it is, tries its templates, and measures what
// its estimates are compared with.
func (ob *observation) analyze(ctx context.Context) error {
	if _, err := ob.run(ctx, ob.learner, 1); err != nil {
		return err
	}
	contents := ob.rec.Submission.Contents
	for i, chosen := range advice.Templates(ob.Challenge.Analysis, contents) {
		if chosen < 0 || len(contents.Snippets[chosen].Needs) > 0 {
			continue
		}
		if err := ob.perform(ctx, ob.Challenge.Analysis.Strategies[i].ID, chosen); err != nil {
			return err
		}
	}
	if advice.ReadMatrix(ob.Challenge.Analysis, contents.Tables) == nil {
		return nil // there is no estimate to compare
	}
	return ob.measure(ctx)
}

// perform runs a template.
func (ob *observation) perform(ctx context.Context, strategy string, chosen int) error {
	snippet := ob.rec.Submission.Contents.Snippets[chosen]
	cmd := ob.command(ob.learner.dir, time.Duration(ob.Challenge.Analysis.TemplateLimit), "running the "+strategy+" template")
	cmd.Share = watchShare
	throttled := sched.Throttled()
	res, told, err := ob.interp.Perform(ctx, cmd, python.Template{Script: ob.learner.script, Folder: ob.learner.dir, Snippet: snippet,
		Dir: filepath.Join(ob.scratch, "template-"+strategy)})
	if err != nil {
		return fmt.Errorf("run the %s template: %w", strategy, err)
	}
	res.ThrottledUS = sched.Throttled() - throttled
	told.Strategy, told.Snippet = strategy, chosen
	ob.ended(ob.learner, res).Template = &told
	return nil
}

// measure finds what the lesson's strategies give on this machine, unless the
// caller knows.
func (ob *observation) measure(ctx context.Context) error {
	workloads := ob.Challenge.Analysis.Workloads
	if ob.rec.Measured = slices.Clone(ob.Measured); len(ob.rec.Measured) > 0 {
		return nil
	}
	for i := range workloads {
		if workloads[i].Measured != "" {
			result, err := Measure(ctx, Options{Version: ob.Version, Python: ob.Python, Seed: ob.Seed, Progress: ob.Progress, Sandbox: ob.Sandbox, Alone: ob.Alone})
			if err != nil {
				return err
			}
			ob.rec.Measured = measure.Tabulate(result).Cells()
			return nil
		}
	}
	return nil
}
