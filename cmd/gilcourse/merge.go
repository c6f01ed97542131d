package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/words"
)

func mergeCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "join the results of several gradebooks in one",
		ArgsUsage: "BOOK...",
		Description: `Copies all that is in the BOOKs into the one of --results: what several
` + "`gilcourse grade --shard`" + ` came to, or a folder of results of an older gilcourse. Each
submission counts once; of two records of the same the newer one. The BOOKs stay as
they are.

   gilcourse merge --results term1.db shard-1.db shard-2.db
   gilcourse merge --results postgres://grader@db.example.org/course term1.db
   gilcourse regrade term1.db -o csv=grades.csv`,
		Flags:  []cli.Flag{resultsFlag},
		Action: merge,
	}
}

func merge(c *cli.Context) error {
	if c.NArg() == 0 || c.String("results") == "" {
		return usagef("merge takes gradebooks, and --results BOOK for the one that they are joined in")
	}
	var from []*gradebook.Book
	for _, name := range c.Args().Slice() { // first all of them, so that nothing is half done
		b, err := cohort.OpenBook(c.Context, name, false)
		if err != nil {
			return err
		}
		defer b.Close()
		from = append(from, b)
	}
	to, err := cohort.OpenBook(c.Context, c.String("results"), true)
	if err != nil {
		return err
	}
	defer to.Close()
	for _, b := range from {
		n, err := gradebook.Merge(c.Context, to, b)
		if err != nil {
			return fmt.Errorf("merge %s: %w", b.Name(), err)
		}
		fmt.Fprintf(c.App.ErrWriter, "%s: %s\n", b.Name(), words.Count(n, "attempt"))
	}
	fmt.Fprintf(c.App.ErrWriter, "`gilcourse regrade` shows what %s holds\n", to.Name())
	return nil
}
