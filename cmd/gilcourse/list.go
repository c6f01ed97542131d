package main

import (
	"fmt"
	"path"
	"strconv"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/guide"
)

func listCommand() *cli.Command {
	return &cli.Command{
		Name:  "list",
		Usage: "list the challenges in their order, with what you have passed, and what comes next",
		Description: `A challenge that gilcourse check has passed is marked, with the day; an arrow stands at the
next one. The points are those of your best attempt that is kept. All that is kept in your state folder
(XDG_STATE_HOME, else ~/.local/state), for each course.

   gilcourse list
   gilcourse list --course ~/my-course`,
		Flags: []cli.Flag{courseFlag},
		Action: func(c *cli.Context) error {
			l, err := openLearner(c)
			if err != nil {
				return err
			}
			writeList(c, l.way)
			return nil
		},
	}
}

// writeList writes the way through a course, and where the learner is on it.
func writeList(c *cli.Context, way []guide.Stop) {
	w, width := c.App.Writer, terminal(c.App.Writer).Width
	green, bold := painter(c, color.FgGreen), painter(c, color.Bold)
	next := guide.Next(way)
	for i := range way {
		s := &way[i]
		if i == 0 || s.Section != way[i-1].Section {
			if i > 0 {
				fmt.Fprintln(w)
			}
			fmt.Fprintln(w, bold(s.Section))
		}
		mark := " "
		switch {
		case s.Done():
			mark = green("✓")
		case next != nil && next.Number == s.Number:
			mark = bold("→")
		}
		line := fmt.Sprintf(" %2d  %-20s %4s of %.0f points  %s", s.Number, path.Base(s.Challenge.ID), points(s), s.Challenge.Points(), s.Challenge.Summary)
		if s.Done() {
			line += "  (passed " + s.Passed.Local().Format("2006-01-02") + ")"
		}
		fmt.Fprintln(w, mark+format.Cut(line, width-1))
	}
	fmt.Fprintf(w, "\n%s\n", standing(way, next))
}

// points are those of the best attempt, a dash where there is none.
func points(s *guide.Stop) string {
	p, ok := s.Points()
	if !ok {
		return "–"
	}
	return strconv.FormatFloat(p, 'f', -1, 64)
}

// standing sums up what is done, and says what comes next.
func standing(way []guide.Stop, next *guide.Stop) string {
	passed := 0
	for _, s := range way {
		if s.Done() {
			passed++
		}
	}
	says := fmt.Sprintf("%d of %d passed", passed, len(way))
	if next != nil {
		says += fmt.Sprintf("; next is %s: gilcourse next", path.Base(next.Challenge.ID))
	}
	return says
}
