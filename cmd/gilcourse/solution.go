package main

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/spec"
)

func solutionCommand() *cli.Command {
	return &cli.Command{
		Name:      "solution",
		Usage:     "show the reference solution, once you have passed, with a comment on why",
		ArgsUsage: "NAME",
		Description: `   gilcourse solution gil-discovery
   gilcourse solution gil-discovery --give-up`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "give-up", Usage: "show it before you have passed"},
			courseFlag,
		},
		BashComplete: completeNames,
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usagef("solution takes the name of a challenge; `gilcourse list` shows them")
			}
			l, err := openLearner(c)
			if err != nil {
				return err
			}
			ids, _, err := l.Resolve(c.Args().First())
			if err != nil {
				return err
			}
			for _, id := range ids {
				if s := l.stop(id); !s.Done() && !c.Bool("give-up") {
					name := path.Base(id)
					return usagef("you have not passed %s yet: `gilcourse hint %s` helps, and `gilcourse solution %s --give-up` shows it now", name, name, name)
				}
			}
			for _, id := range ids {
				if err := writeSolution(c, l, l.stop(id).Challenge); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// writeSolution writes the files of a reference solution, each below a comment.
// What it does for each check stands before the first.
func writeSolution(c *cli.Context, l *learner, ch *spec.Challenge) error {
	solution, err := l.Solution(ch.ID)
	if err != nil {
		return err
	}
	return fs.WalkDir(solution, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(solution, name)
		if err != nil {
			return err
		}
		mark := "# "
		if ext := path.Ext(name); ext == ".c" || ext == ".h" {
			mark = "// "
		}
		fmt.Fprintf(c.App.Writer, "%s%s\n", mark, name)
		if name == ch.Deliverable {
			fmt.Fprint(c.App.Writer, why(ch, mark))
		}
		fmt.Fprintf(c.App.Writer, "\n%s\n", strings.TrimRight(string(data), "\n"))
		return nil
	})
}

// why says for each check what a solution does to pass it, as a comment.
func why(ch *spec.Challenge, mark string) string {
	var b strings.Builder
	for _, k := range ch.Checks {
		says := k.Hint
		if len(k.Hints) > 1 { // how to do it
			says = k.Hints[1]
		}
		says = k.ID + ": " + k.Title + ". " + says
		if section := ch.Lesson[k.Lesson]; section != "" {
			says += " (" + section + ")"
		}
		fmt.Fprintln(&b, strings.TrimSpace(mark))
		for _, line := range format.Wrap(says, 80) {
			fmt.Fprintln(&b, mark+line)
		}
	}
	return b.String()
}
