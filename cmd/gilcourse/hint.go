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
	result, err := l.judged(attempt)
	if err != nil {
		return err
	}
	name, w := path.Base(stop.Challenge.ID), c.App.Writer
	k := result.Stuck()
	if k == nil {
		fmt.Fprintf(w, "%s has passed: there is nothing to mend. gilcourse next shows what comes next.\n", name)
		return nil
	}
	hints := guide.Hints(stop.Challenge, k)
	level := min(l.done.Hinted(stop.Challenge.ID, k.ID)+1, len(hints))
	if c.IsSet("level") {
		if level = c.Int("level"); level < 1 || level > len(hints) {
			return usagef("there is no hint %d for %s; it has %d", level, k.ID, len(hints))
		}
	}
	if err := l.done.KeepHinted(stop.Challenge.ID, k.ID, level); err != nil {
		fmt.Fprintf(c.App.ErrWriter, "gilcourse: the next hint will be this one again: %s\n", safetext.Text(err.Error()))
	}
	bold := painter(c, color.Bold)
	fmt.Fprintf(w, "%s, attempt %d  %s %s  %s\n", bold(name), attempt.Number, report.Sign(k.Verdict), bold(safetext.Line(k.ID)), safetext.Line(k.Title))
	if at := lineOf(k); at != "" {
		fmt.Fprintln(w, at)
	}
	fmt.Fprintln(w)
	for _, line := range format.Paragraphs(safetext.Text(hints[level-1]), columns(w)-2) {
		fmt.Fprintln(w, strings.TrimRight("  "+line, " "))
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, after(name, k, level, len(hints)))
	return nil
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
