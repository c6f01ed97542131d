package main

import (
	"fmt"
	"path"

	"github.com/urfave/cli/v2"
)

func listCommand() *cli.Command {
	return &cli.Command{
		Name:  "list",
		Usage: "list the workshops and challenges",
		Flags: []cli.Flag{courseFlag},
		Action: func(c *cli.Context) error {
			co, err := openCourse(c)
			if err != nil {
				return err
			}
			ids, err := co.IDs()
			if err != nil {
				return err
			}
			folder := ""
			for _, id := range ids {
				ch, err := co.Challenge(id)
				if err != nil {
					return err
				}
				if dir := path.Dir(id); dir != folder {
					folder = dir
					title := ""
					if w, err := co.Workshop(dir); err == nil {
						title = w.Title
					}
					fmt.Fprintf(c.App.Writer, "%s  %s\n", dir, title)
				}
				fmt.Fprintf(c.App.Writer, "  %-20s %4.0f points  %s\n", path.Base(id), ch.Points(), ch.Summary)
			}
			return nil
		},
	}
}
