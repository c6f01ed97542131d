package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/guide"
)

func nextCommand() *cli.Command {
	return &cli.Command{
		Name:  "next",
		Usage: "show the next challenge: what it is about, and the file to start from",
		Description: `The next one is the one that you tried last, until you have passed it, then the first after it
in the order of gilcourse list that you have not passed.

   gilcourse next`,
		Flags: []cli.Flag{courseFlag},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef("next takes no name; `gilcourse show %s` shows what a challenge asks for", c.Args().First())
			}
			l, err := openLearner(c)
			if err != nil {
				return err
			}
			next := guide.Next(l.way)
			if next == nil {
				fmt.Fprintln(c.App.Writer, "You have passed all challenges of the course.")
				return nil
			}
			intro, err := l.intro(next.Challenge.ID)
			if err != nil {
				return err
			}
			name, w := path.Base(next.Challenge.ID), c.App.Writer
			fmt.Fprintf(w, "%s  %s, %d of %d, %.0f points\n\n", painter(c, color.Bold)(name), next.Challenge.Title, next.Number, len(l.way), next.Challenge.Points())
			fmt.Fprintf(w, "%s\n\n", strings.Join(format.Markdown(intro, columns(w)), "\n"))
			fmt.Fprintf(w, "gilcourse show %s shows all that it asks for.\n", name)
			if there(".", next.Challenge) {
				fmt.Fprintf(w, "%s is here: gilcourse check %s judges it, gilcourse watch %s does at each save.\n", next.Challenge.Deliverable, name, name)
			} else {
				fmt.Fprintf(w, "gilcourse start %s puts %s here to start from.\n", name, next.Challenge.Deliverable)
			}
			return nil
		},
	}
}
