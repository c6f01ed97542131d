package main

import (
	"fmt"
	"strings"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"
)

func showCommand() *cli.Command {
	return &cli.Command{
		Name:         "show",
		Usage:        "show what a challenge asks for",
		ArgsUsage:    "NAME",
		Description:  "   gilcourse show gil-discovery",
		Flags:        []cli.Flag{courseFlag},
		BashComplete: completeNames,
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usagef("show takes the name of a challenge; `gilcourse list` shows them")
			}
			co, ids, _, err := resolve(c, c.Args().First())
			if err != nil {
				return err
			}
			bold := color.New(color.Bold)
			if terminal(c.App.Writer).Color {
				bold.EnableColor()
			} else {
				bold.DisableColor()
			}
			for i, id := range ids {
				text, err := co.Readme(id)
				if err != nil {
					return err
				}
				if i > 0 {
					fmt.Fprintln(c.App.Writer)
				}
				for line := range strings.Lines(text) {
					if heading := strings.TrimLeft(line, "#"); heading != line {
						line = bold.Sprint(strings.TrimSpace(heading)) + "\n"
					}
					fmt.Fprint(c.App.Writer, line)
				}
			}
			return nil
		},
	}
}
