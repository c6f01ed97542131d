package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

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
			for _, line := range guide.List(l.way, terminal(c.App.Writer)) {
				fmt.Fprintln(c.App.Writer, line)
			}
			return nil
		},
	}
}
