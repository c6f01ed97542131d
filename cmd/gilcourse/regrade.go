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
		ArgsUsage: "DIR",
		Description: `DIR is what ` + "`gilcourse grade --results DIR`" + ` kept. All its records are judged by
the challenges as they are now, and what has moved is shown: after you changed a
bound, say.

   gilcourse regrade term1
   gilcourse regrade term1 --course my-course
   gilcourse regrade term1 --challenge gil-discovery -o json
   gilcourse regrade term1 -o text -o html=pages`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "challenge", Aliases: []string{"c"}, Usage: "only what was graded for `NAME`, where DIR holds several"},
			policyFlag,
			feedbackFlag,
			courseFlag,
		}, outputFlagsFor(cohortFormats())...),
		Action: regrade,
	}
}

func regrade(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("regrade takes one folder, which `gilcourse grade --results DIR` made")
	}
	policy, _, err := undecided(c)
	if err != nil {
		return err
	}
	if err := checkFormats(c); err != nil {
		return err
	}
	store, err := cohort.OpenStore(c.Args().First(), false)
	if err != nil {
		return err
	}
	defer store.Close()
	name := c.String("challenge")
	if name == "" {
		names := store.Names()
		if len(names) == 0 {
			return usagef("%s holds no results", c.Args().First())
		}
		if len(names) > 1 {
			return usagef("%s holds results of several challenges; choose one with --challenge: %s", c.Args().First(), strings.Join(names, ", "))
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
	whole.Submissions, err = cohort.Regrade(store, o)
	if err != nil {
		return fmt.Errorf("regrade: %w", err)
	}
	if len(whole.Submissions) == 0 {
		return usagef("%s holds no results of %s; it has %s", c.Args().First(), whole.Challenge, strings.Join(store.Names(), ", "))
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
