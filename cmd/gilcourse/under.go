package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/author/condition"
	"github.com/gilcourse/gilcourse/grader/author/errorrates"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// underFlags are those of a measurement of error rates.
var underFlags = []cli.Flag{
	&cli.StringFlag{Name: "under", Usage: "measure error rates under these `CONDITIONS`, separated by commas: idle, busy, crowded, one-core, quota"},
	&cli.IntFlag{Name: "repeat", Value: 1, Usage: "with --under: run each submission `N` times under each condition"},
	&cli.DurationFlag{Name: "budget", Usage: "with --under: stop within this `TIME`, such as 90m, with what there is"},
	&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "with --under: the rates of each check, too"},
}

// checkUnder refuses flags that do not go together, and gives the conditions:
// none where no error rates are asked for.
func checkUnder(c *cli.Context) ([]condition.Condition, error) {
	if !c.IsSet("under") {
		for _, f := range underFlags[1:] {
			if name := f.Names()[0]; c.IsSet(name) {
				return nil, usagef("--%s goes with --under, such as --under idle,busy", name)
			}
		}
		return nil, nil
	}
	for _, name := range []string{"offline", "bail", "margin"} {
		if c.IsSet(name) {
			return nil, usagef("--%s does not go with --under, which runs everything and stops at no verdict", name)
		}
	}
	if n := c.Int("repeat"); n < 1 {
		return nil, usagef("--repeat is a whole number from 1 on, not %d", n)
	}
	if d := c.Duration("budget"); c.IsSet("budget") && d <= 0 {
		return nil, usagef("--budget is a time such as 90m, not %s", d)
	}
	conditions, err := condition.Parse(c.String("under"))
	if err != nil {
		return nil, usagef("--under: %w", err)
	}
	return conditions, nil
}

// measureRates measures how often submissions are judged wrongly.
func measureRates(c *cli.Context, conditions []condition.Condition) error {
	co, ids, err := named(c)
	if err != nil {
		return err
	}
	plans, err := plans(c, co, ids)
	if err != nil {
		return err
	}
	if plans, err = runnable(plans, ids); err != nil {
		return err
	}
	ob, err := newObserver(c, co)
	if err != nil {
		return err
	}
	defer ob.line.clear()
	conditions, left, err := available(c, conditions, ob.runner.Settings.Python)
	if err != nil {
		return err
	}
	all := make([]errorrates.Measurement, len(plans))
	for i, p := range plans {
		all[i] = errorrates.Measurement{ID: p.result.ID, Title: p.result.Title, Submissions: len(p.submissions), Repeats: c.Int("repeat"), Conditions: conditions, Left: left}
		for _, k := range p.challenge.Checks {
			all[i].Checks = append(all[i].Checks, k.ID)
		}
	}
	stopped := runTrials(c, ob, plans, all, conditions)
	ob.line.clear()
	if stopped != nil && !errors.Is(stopped, context.Canceled) {
		return stopped
	}
	err = writeFormats(c, func(w io.Writer, format string, o report.Options) error {
		o.Verbose = c.Bool("verbose")
		return errorrates.Formats.Write(w, format, all, o)
	})
	switch {
	case err != nil || stopped != nil: // what is done is told
		return errors.Join(stopped, err)
	case ob.done == 0: // the budget was too small
		return &verdictError{verdict.Inconclusive}
	case slices.ContainsFunc(all, func(m errorrates.Measurement) bool { return len(m.Wrong()) > 0 }):
		return &verdictError{verdict.Fail}
	}
	return nil
}

// runnable gives the plans with submissions to run, without the starters: of
// those it is known only that they must not pass.
func runnable(all []plan, ids []string) ([]plan, error) {
	var some []plan
	for _, p := range all {
		switch {
		case len(p.submissions) > 0:
		case p.result.Left == 0 && slices.Contains(ids, p.result.ID):
			return nil, usagef("%s cannot be run as it is; `gilcourse validate --offline %[1]s` says why", p.result.ID)
		default:
			continue // nothing picked, or files that belong to no challenge
		}
		p.submissions = slices.DeleteFunc(p.submissions, func(s author.Submission) bool { return s.Name == author.Starter })
		if len(p.submissions) == 0 {
			return nil, usagef("of the starter it is known only that it must not pass; pick the reference, or fixtures")
		}
		some = append(some, p)
	}
	return some, nil
}

// runTrials runs the submissions of the plans within the budget, and adds what
// they got to the measurement of each. What was done before an error is there.
func runTrials(c *cli.Context, ob *observer, plans []plan, all []errorrates.Measurement, conditions []condition.Condition) error {
	submissions := map[string][]author.Submission{}
	for _, p := range plans {
		submissions[p.result.ID] = p.submissions
	}
	turns := errorrates.Order(submissions, conditions, c.Int("repeat"), c.Uint64("seed"))
	ob.total = len(turns)
	begin, budget := time.Now(), c.Duration("budget")
	for _, t := range turns {
		if budget > 0 && time.Since(begin)+ob.watch.mean() > budget {
			return nil
		}
		i := slices.IndexFunc(plans, func(p plan) bool { return p.result.ID == t.ID })
		ob.doing = fmt.Sprintf("%s, %s, repeat %d", path.Join(path.Base(t.ID), t.Submission.Name), t.Condition, t.Repeat)
		o, err := ob.runner.Observe(c.Context, plans[i].challenge, t.Submission, author.Way{Condition: t.Condition, Repeat: t.Repeat}, nil)
		if err != nil {
			return observing(c, fmt.Sprintf("run %s of %s, %s", t.Submission.Name, t.ID, t.Condition), err)
		}
		ob.took(o.Took, o.Kept)
		all[i].Trials = append(all[i].Trials, errorrates.Judge(plans[i].challenge, t, o))
	}
	return nil
}

// available gives the conditions that this machine allows, and says which it
// does not.
func available(c *cli.Context, asked []condition.Condition, interpreter string) (have []condition.Condition, left []condition.Unavailable, err error) {
	for _, one := range asked {
		err := one.Try(c.Context, interpreter)
		if missing := (*condition.Unavailable)(nil); errors.As(err, &missing) {
			left = append(left, *missing)
			fmt.Fprintf(c.App.ErrWriter, "gilcourse: %v; it is left out\n", missing)
			continue
		} else if err != nil {
			return nil, nil, err
		}
		have = append(have, one)
	}
	if len(have) == 0 {
		fmt.Fprintln(c.App.ErrWriter, "gilcourse: no condition is left to measure under; every machine can make idle and busy")
		return nil, nil, &verdictError{verdict.Inconclusive}
	}
	return have, left, nil
}
