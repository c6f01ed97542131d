package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/cohort"
)

func regradeCommand() *cli.Command {
	return &cli.Command{
		Name:      "regrade",
		Usage:     "judge the kept records of a cohort again, without running anything",
		ArgsUsage: "BOOK",
		Description: `BOOK is what ` + "`gilcourse grade --results BOOK`" + ` kept. All its records are judged by
the challenges as they are now, and what has moved is shown: after you changed a
bound, say.

   gilcourse regrade term1
   gilcourse regrade term1 --course my-course
   gilcourse regrade term1 --challenge gil-discovery -o json
   gilcourse regrade term1 -o text -o html=pages`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "challenge", Aliases: []string{"c"}, Usage: "only what was graded for `NAME`, where BOOK holds several"},
			policyFlag,
			feedbackFlag,
			courseFlag,
		}, outputFlagsFor(cohortFormats())...),
		Action: regrade,
	}
}

func regrade(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("regrade takes one gradebook, which `gilcourse grade --results` made")
	}
	policy, _, err := undecided(c)
	if err != nil {
		return err
	}
	if err := checkFormats(c); err != nil {
		return err
	}
	book, err := cohort.OpenBook(c.Context, c.Args().First(), false)
	if err != nil {
		return err
	}
	defer book.Close()
	names, err := book.Courses(c.Context)
	if err != nil {
		return err
	}
	name := c.String("challenge")
	if name == "" {
		if len(names) == 0 {
			return usagef("%s holds no results", book.Name())
		}
		if len(names) > 1 {
			return usagef("%s holds results of several challenges; choose one with --challenge: %s", book.Name(), strings.Join(names, ", "))
		}
		name = names[0]
	}
	o, whole, err := tasks(c, name)
	if err != nil {
		return err
	}
	whole.Policy = policy
	pages, err := pagesOf(c, policy, &o)
	if err != nil {
		return err
	}
	o.Book, o.Policy, o.Settings.Version = book, policy, programVersion()
	whole.Submissions, err = cohort.Regrade(c.Context, o)
	if err != nil {
		return fmt.Errorf("regrade: %w", err)
	}
	if len(whole.Submissions) == 0 {
		return usagef("%s holds no results of %s; it has %s", book.Name(), whole.Challenge, strings.Join(names, ", "))
	}
	moved := 0
	for _, s := range whole.Submissions {
		if s.Was != "" {
			moved++
		}
	}
	fmt.Fprintf(c.App.ErrWriter, "%d of %d submissions have another verdict, or other points\n", moved, len(whole.Submissions))
	return writeCohort(c, whole, pages)
}
