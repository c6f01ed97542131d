package observe

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/gilcourse/gilcourse/grader/advice"
	"github.com/gilcourse/gilcourse/grader/measure"
	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// analyzer observes a script that recommends strategies: it is run as it is,
// what its module holds is read, and its templates are tried.
type analyzer struct{ *observation }

func (a *analyzer) files(fs.FS, bool) ([]string, error) { return nil, nil }

func (a *analyzer) prepare(context.Context) error { return nil }

// hurriedImport is how long the module of a script may take to be imported that
// was run and had not ended.
const hurriedImport = time.Second

// read reads what the module holds.
func (a *analyzer) read(ctx context.Context, longest time.Duration) error {
	dir, script := a.learner.dir, a.learner.script
	a.say("reading what "+script+" holds", 0, 0)
	contents, err := a.interp.Contents(ctx, dir, script, longest)
	if err != nil {
		return fmt.Errorf("read what %s holds: %w", script, err)
	}
	contents.Error = a.hide(dir, contents.Error)
	a.rec.Submission.Contents = contents
	if contents.Error == "" {
		a.gil(contents.GIL)
		a.say("asking a type checker", 0, 0)
		contents.Checker, contents.Notes = a.interp.CheckTypes(ctx, dir, script)
	}
	return nil
}

// observe runs the script, tries its templates, and measures what its
// estimates are compared with.
func (a *analyzer) observe(ctx context.Context) error {
	run, err := a.run(ctx, a.learner, a.learner.dir, time.Duration(a.Challenge.Limits.Wall), sandbox.Patience{Busy: plan.LongestRun(0), Idle: plan.LongestRun(0)}, 1)
	if err != nil {
		return err
	}
	longest := python.ImportLimit
	if run.End.Limit != "" {
		longest = hurriedImport
	}
	if err := a.read(ctx, longest); err != nil {
		return err
	}
	contents := a.rec.Submission.Contents
	if reasons := advice.Reasons(a.Challenge.Analysis, contents); len(reasons) > 0 {
		a.say("running "+a.learner.script+" with its reasons altered", 0, 0)
		if err := a.interp.Follow(ctx, a.learner.dir, a.learner.script, contents, reasons); err != nil {
			return err
		}
	}
	for i, chosen := range advice.Templates(a.Challenge.Analysis, contents) {
		if chosen < 0 || len(contents.Snippets[chosen].Needs) > 0 {
			continue
		}
		if err := a.perform(ctx, a.Challenge.Analysis.Strategies[i].ID, chosen); err != nil {
			return err
		}
	}
	if advice.ReadMatrix(a.Challenge.Analysis, contents) == nil {
		return nil // there is no estimate to compare
	}
	return a.compare(ctx)
}

// perform runs a template.
func (a *analyzer) perform(ctx context.Context, strategy string, chosen int) error {
	dir := a.learner.dir
	cmd := a.command(dir, time.Duration(a.Challenge.Analysis.TemplateLimit), "running the "+strategy+" template")
	cmd.Share = watchShare
	template := python.Template{Script: a.learner.script, Folder: dir, Snippet: a.rec.Submission.Contents.Snippets[chosen],
		Dir: filepath.Join(a.scratch.Dir, "template-"+strategy)}
	var performed record.Performance
	run, err := a.add(a.learner, dir, func() (res sandbox.Result, err error) {
		res, performed, err = a.interp.Perform(ctx, cmd, template)
		return res, err
	})
	if err != nil {
		return fmt.Errorf("run the %s template: %w", strategy, err)
	}
	performed.Strategy, performed.Snippet = strategy, chosen
	run.Template = &performed
	return nil
}

// compare finds what the lesson's strategies give on this machine, unless the
// caller knows.
func (a *analyzer) compare(ctx context.Context) error {
	a.rec.Measured = slices.Clone(a.Measured)
	compares := false
	for _, w := range a.Challenge.Analysis.Workloads {
		compares = compares || w.Measured != ""
	}
	if len(a.rec.Measured) > 0 || !compares {
		return nil
	}
	known, err := a.known()
	if err != nil {
		return err
	}
	trusted := a.Sandbox != sandbox.Off // else the learner's code may have written there
	if trusted {
		a.rec.Measured = known.recall()
	}
	if a.rec.Measured != nil {
		return nil
	}
	result, err := strategies(ctx, a.Settings)
	if err != nil {
		return a.without(ctx, record.FailedMeasuring, err)
	}
	a.rec.Measured = measure.Tabulate(result).Cells()
	if trusted {
		known.remember(a.rec.Measured)
	}
	return nil
}
