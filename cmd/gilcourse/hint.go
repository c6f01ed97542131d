package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/guide"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

func hintCommand() *cli.Command {
	return &cli.Command{
		Name:      "hint",
		Usage:     "help with the check that failed first: what to look at, then how, then nearly the code",
		ArgsUsage: "[NAME]",
		Description: `The check is the first that failed when you checked NAME last, or anything at all without
NAME. Each call says more than the one before.

   gilcourse hint
   gilcourse hint gil-discovery
   gilcourse hint --level 1`,
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "level", Usage: "show hint `N`, from 1, instead of the next one"},
			courseFlag,
		},
		BashComplete: completeNames,
		Action:       hint,
	}
}

func hint(c *cli.Context) error {
	if c.NArg() > 1 {
		return usagef("hint takes the name of one challenge at most; `gilcourse list` shows them")
	}
	l, err := openLearner(c)
	if err != nil {
		return err
	}
	stop, err := l.last(c.Args().First())
	if err != nil {
		return err
	}
	attempt := stop.Attempts[len(stop.Attempts)-1]
	_, result, err := l.judged(attempt)
	if err != nil {
		return err
	}
	name, w := path.Base(stop.Challenge.ID), c.App.Writer
	k := result.Stuck()
	if k == nil {
		fmt.Fprintf(w, "%s has passed: there is nothing to mend. gilcourse next shows what comes next.\n", name)
		return nil
	}
	of := len(guide.Hints(stop.Challenge, k))
	if level := c.Int("level"); c.IsSet("level") && (level < 1 || level > of) {
		return usagef("there is no hint %d for %s; it has %d", level, k.ID, of)
	}
	text, level, of, err := l.hint(stop, k, c.Int("level"))
	if err != nil {
		fmt.Fprintf(c.App.ErrWriter, "gilcourse: the next hint will be this one again: %s\n", safetext.Text(err.Error()))
	}
	bold := painter(c, color.Bold)
	fmt.Fprintf(w, "%s, attempt %d  %s %s  %s\n", bold(name), attempt.Number, report.Sign(k.Verdict), bold(safetext.Line(k.ID)), safetext.Line(k.Title))
	if at := lineOf(k); at != "" {
		fmt.Fprintln(w, at)
	}
	fmt.Fprintln(w)
	for _, line := range format.Paragraphs(safetext.Text(text), columns(w)-2) {
		fmt.Fprintln(w, strings.TrimRight("  "+line, " "))
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, after(name, k, level, of))
	return nil
}

// hint gives a hint for a check: of a level from 1, or the next one for 0. The error
// is that it cannot be kept which one was read.
func (l *learner) hint(stop *guide.Stop, k *verdict.Check, level int) (text string, at, of int, err error) {
	hints := guide.Hints(stop.Challenge, k)
	if level == 0 {
		level = min(l.done.Hinted(stop.Challenge.ID, k.ID)+1, len(hints))
	}
	return hints[level-1], level, len(hints), l.done.KeepHinted(stop.Challenge.ID, k.ID, level)
}

// after says what follows a hint.
func after(name string, k *verdict.Check, level, of int) string {
	says := fmt.Sprintf("Hint %d of %d.", level, of)
	switch {
	case level < of:
		says += " gilcourse hint says more."
	case k.Lesson != "":
		says += " Lesson: " + safetext.Line(k.Lesson) + "."
	default:
		says += fmt.Sprintf(" gilcourse show %s says what is asked for.", name)
	}
	return says
}
