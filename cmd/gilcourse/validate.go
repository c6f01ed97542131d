package main

import (
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/author/errorrates"
	"github.com/gilcourse/gilcourse/grader/author/validation"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

func validateCommand() *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "test that a challenge judges rightly",
		ArgsUsage: "[NAME…]",
		Description: `NAME is a challenge or a workshop; without one all challenges of the course are
validated. The spec, the README, the starter and the fixtures must agree; the
reference and every fixture under pass/ must pass; every fixture under fail/ must
fail by the check that its file ` + "`want`" + ` names, and each check must have such a one;
the starter must not pass; and no verdict may turn when every bound is made
tighter or looser by the margin.

   gilcourse validate --course . my-challenge
   gilcourse validate --course . my-challenge --offline     only what needs no run
   gilcourse validate --course . my-challenge -s reference -s 'fail/pool-*'
   gilcourse validate -o text -o junit=validation.xml

What was observed is kept in the user's cache, so that a validation goes on where
it was stopped, and other bounds or hints need no run; --fresh runs all anew.

With --under it measures error rates instead: the reference and the fixtures are
run --repeat times under each condition, which it makes itself: idle (nothing is
done), busy (a loop that computes beside for each core), crowded (eight for each),
one-core (its own runs are kept on one), quota (they get a core's time at most). It tells how many of the
faulty passed, how many of the honest failed and how many were inconclusive, with
95 % intervals, what rules that look at a clock alone would have said of the same
runs, and which records hold the wrong verdicts.

   gilcourse validate my-challenge --under idle,busy --repeat 3
   gilcourse validate challenge3 --under idle,busy,one-core,quota --budget 90m -v

Such a measurement ends with exit code 1 where a verdict was wrong, 0 where none was.`,
		Flags: slices.Concat([]cli.Flag{
			&cli.StringSliceFlag{Name: "submission", Aliases: []string{"s"}, Usage: "run only those whose name matches `PATTERN`, such as reference or 'fail/c-*'; may be repeated"},
			&cli.BoolFlag{Name: "offline", Usage: "run nothing: look at the files alone"},
			&cli.BoolFlag{Name: "bail", Usage: "stop at the first thing that is wrong"},
			&cli.Float64Flag{Name: "margin", Value: validation.DefaultMargin, Usage: "move each bound by this `SHARE` of it, from 0 to 0.5"},
			&cli.BoolFlag{Name: "fresh", Usage: "run all anew, whatever was kept"},
			&cli.StringFlag{Name: "results", Usage: "keep what was observed in `DIR` (default: gilcourse/observed in the user's cache)"},
			pythonFlag, seedFlag, sandboxFlag, quietFlag, courseFlag,
		}, underFlags, outputFlagsFor(errorrates.Formats.Names())),
		BashComplete: completeNames,
		Action:       validate,
	}
}

func validate(c *cli.Context) error {
	conditions, err := checkUnder(c)
	if err != nil {
		return err
	}
	if err := checkFormats(c); err != nil {
		return err
	}
	if len(conditions) > 0 {
		return measureRates(c, conditions)
	}
	if m := c.Float64("margin"); !(m >= 0 && m <= 0.5) {
		return usagef("--margin is a share from 0 to 0.5, not %v", m)
	}
	co, ids, err := named(c)
	if err != nil {
		return err
	}
	plans, err := plans(c, co, ids)
	if err != nil {
		return err
	}
	results := make([]validation.Result, len(plans))
	for i, p := range plans {
		results[i] = p.result
	}
	stopped := error(nil)
	if !c.Bool("offline") && !(c.Bool("bail") && validation.Overall(results) != verdict.Pass) {
		stopped = validateAll(c, co, plans, results)
	}
	if stopped != nil && !errors.Is(stopped, context.Canceled) {
		return stopped
	}
	err = writeFormats(c, func(w io.Writer, format string, o report.Options) error {
		return validation.Formats.Write(w, format, results, o)
	})
	switch v := validation.Overall(results); {
	case err != nil || stopped != nil: // what is done is told
		return errors.Join(stopped, err)
	case slices.ContainsFunc(plans, func(p plan) bool { return p.challenge == nil }):
		return usagef("a spec cannot be used; see above")
	case v != verdict.Pass:
		return &verdictError{v}
	}
	return nil
}

// named gives the challenges that were named, all of them where none was, each
// once and in the order in which they were named.
func named(c *cli.Context) (course.Course, []string, error) {
	co, err := openCourse(c)
	if err != nil {
		return co, nil, err
	}
	if c.NArg() == 0 {
		ids, err := co.IDs()
		return co, ids, err
	}
	var ids []string
	for _, name := range c.Args().Slice() {
		more, _, err := co.Resolve(name)
		if err != nil {
			return co, nil, err
		}
		for _, id := range more {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return co, ids, nil
}

// plan is what is to be done for a challenge.
type plan struct {
	result      validation.Result
	challenge   *spec.Challenge // nil where its spec cannot be used
	submissions []author.Submission
}

// plans looks at the files of the challenges, and picks what is to be run.
func plans(c *cli.Context, co course.Course, ids []string) ([]plan, error) {
	strays, err := validation.Strays(co)
	if err != nil {
		return nil, err
	}
	if c.NArg() > 0 {
		strays = validation.Near(strays, ids)
	}
	var all []plan
	picked := 0
	for _, id := range ids {
		ch, findings, runnable, err := validation.Files(co, id)
		if err != nil {
			return nil, err
		}
		p := plan{result: validation.Result{ID: id, Course: c.String("course"), Challenge: ch, Findings: findings}, challenge: ch}
		if ch != nil {
			p.result.Title = ch.Title
		}
		if runnable {
			submissions, err := author.Submissions(co, id)
			if err != nil {
				return nil, err
			}
			if p.submissions, err = author.Pick(submissions, c.StringSlice("submission")); err != nil {
				return nil, &usageError{err}
			}
			picked += len(p.submissions)
			p.result.Left = len(submissions)
		}
		all = append(all, p)
	}
	if patterns := c.StringSlice("submission"); len(patterns) > 0 && picked == 0 {
		return nil, usagef("no submission matches %s; they are called reference, starter, pass/NAME and fail/NAME", strings.Join(patterns, " or "))
	}
	if len(strays) > 0 {
		all = append(all, plan{result: validation.Result{ID: path.Base(co.Name), Title: "what belongs to no challenge", Findings: strays}, challenge: &spec.Challenge{}})
	}
	return all, nil
}

// validateAll runs the submissions and fills in the results. What is done before an
// error is there.
func validateAll(c *cli.Context, co course.Course, plans []plan, results []validation.Result) error {
	ob, err := newObserver(c, co)
	if err != nil {
		return err
	}
	defer ob.line.clear()
	for _, p := range plans {
		ob.total += len(p.submissions)
	}
	for i, p := range plans {
		for _, s := range p.submissions {
			ob.doing = path.Join(path.Base(p.result.ID), s.Name)
			o, err := validation.Validate(c.Context, &ob.runner, p.challenge, s, c.Float64("margin"))
			if err != nil {
				return observing(c, "validate "+p.result.ID, err)
			}
			ob.took(o.Took, o.Kept)
			results[i].Outcomes = append(results[i].Outcomes, o)
			results[i].Left--
			if c.Bool("bail") && results[i].Verdict() != verdict.Pass {
				return nil
			}
		}
	}
	return nil
}
