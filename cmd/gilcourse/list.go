package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/spec"
)

func listCommand() *cli.Command {
	return &cli.Command{
		Name:  "list",
		Usage: "list the challenges by section of the lesson, with those that you have passed",
		Description: `A challenge that gilcourse check has passed is marked, with the day. That is kept in your state
folder (XDG_STATE_HOME, else ~/.local/state), for each course.

   gilcourse list
   gilcourse list --course ~/my-course`,
		Flags: []cli.Flag{courseFlag},
		Action: func(c *cli.Context) error {
			co, err := openCourse(c)
			if err != nil {
				return err
			}
			sections, err := sections(co)
			if err != nil {
				return err
			}
			done := passedIn(c)
			for i, s := range sections {
				if i > 0 {
					fmt.Fprintln(c.App.Writer)
				}
				fmt.Fprintln(c.App.Writer, s.title)
				for _, ch := range s.challenges {
					mark, day := " ", ""
					if p, ok := done.Get(ch.ID); ok {
						mark, day = "✓", "  (passed "+p.When.Local().Format("2006-01-02")+")"
					}
					fmt.Fprintf(c.App.Writer, "%s %-20s %4.0f points  %s%s\n", mark, path.Base(ch.ID), ch.Points(), ch.Summary, day)
				}
			}
			return nil
		},
	}
}

// section is a part of the lesson with its challenges, or a workshop.
type section struct {
	title      string
	workshop   bool
	challenges []*spec.Challenge
}

// sections gives the challenges by the lesson's sections, in its order: those
// with a number, the workshops, the others.
func sections(co course.Course) ([]section, error) {
	ids, err := co.IDs()
	if err != nil {
		return nil, err
	}
	var out []section
	for _, id := range ids {
		ch, err := co.Challenge(id)
		if err != nil {
			return nil, err
		}
		s := section{title: ch.Section}
		if s.title == "" {
			s.title, s.workshop = path.Dir(id), true
			if w, err := co.Workshop(path.Dir(id)); err == nil {
				s.title += "  " + w.Title
			}
		}
		i := slices.IndexFunc(out, func(o section) bool { return o.title == s.title })
		if i < 0 {
			i, out = len(out), append(out, s)
		}
		out[i].challenges = append(out[i].challenges, ch)
	}
	rank := func(s section) int {
		switch {
		case strings.HasPrefix(s.title, "Section "):
			return 0
		case s.workshop:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(a, b section) int {
		return cmp.Or(rank(a)-rank(b), map[bool]int{true: strings.Compare(a.title, b.title)}[!a.workshop && !b.workshop])
	})
	return out, nil
}

// passedIn is where the progress in the course at hand is kept; where there is no
// such place, nothing has been passed.
func passedIn(c *cli.Context) progress.Folder {
	f, _ := progress.Of(c.String("course"))
	return f
}
