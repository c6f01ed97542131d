package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

func workCommand() *cli.Command {
	return &cli.Command{
		Name:  "work",
		Usage: "measure on this machine what is graded on another",
		Description: `Works for a gradebook in Postgres: what ` + "`gilcourse grade --results`" + ` asks for there is
measured here, too. It says what this machine offers, and takes only what it can
judge. Nothing is shared but the database: submissions and course come out of it. It
ends at SIGTERM or Ctrl-C, and what it was measuring goes back.

   gilcourse work --results postgres://grader@db.example.org/course
   gilcourse work --results postgres://grader@db.example.org/course --python 3.13t --drain`,
		Flags: []cli.Flag{
			resultsFlag,
			&cli.StringSliceFlag{Name: "python", Usage: "offer the interpreter `PATH|VERSION`; may be given several times. Without it all that are found are offered"},
			sandboxFlag,
			&cli.BoolFlag{Name: "drain", Usage: "end when nothing is left that this machine could judge"},
			quietFlag,
		},
		Action: work,
	}
}

func work(c *cli.Context) error {
	name := c.String("results")
	switch {
	case c.NArg() > 0:
		return usagef("work takes no arguments")
	case name == "":
		return usagef("work needs --results postgres://user@host/database, the gradebook that others grade into")
	case !gradebook.Remote(name):
		return usagef("other machines cannot use the file %s; work takes --results postgres://user@host/database", safetext.Name(name))
	}
	if err := checkSandbox(c); err != nil {
		return err
	}
	pythons, err := offered(c)
	if err != nil {
		return err
	}
	book, err := cohort.OpenBook(c.Context, name, true)
	if err != nil {
		return err
	}
	defer book.Close()
	o := cohort.WorkOptions{Settings: observe.Settings{Version: programVersion(), Sandbox: sandbox.Mode(c.String("sandbox"))}, Book: book, Pythons: pythons, Drain: c.Bool("drain")}
	if !c.Bool("quiet") {
		o.Say = func(line string) { fmt.Fprintln(c.App.ErrWriter, safetext.Text(line)) }
	}
	err = cohort.Work(c.Context, o)
	if errors.Is(err, context.Canceled) && c.Context.Err() != nil {
		return nil // it was told to end, and what it had is back
	}
	return err
}

// offered gives the interpreters to offer, the usual one first.
func offered(c *cli.Context) (all []string, err error) {
	for _, wanted := range c.StringSlice("python") {
		p, err := python.Find(c.Context, wanted)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if len(all) > 0 {
		return all, nil
	}
	p, err := python.Find(c.Context, "")
	if err != nil {
		return nil, err
	}
	all = []string{p}
	for _, other := range python.All(c.Context) {
		if !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	return all, nil
}
