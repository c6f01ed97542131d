package main

import (
	"os"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

func judgeCommand() *cli.Command {
	return &cli.Command{
		Name:      "judge",
		Usage:     "judge a record again, without running anything",
		ArgsUsage: "FILE",
		Description: `FILE is what ` + "`gilcourse check --record FILE`" + ` kept; - reads standard input.

   gilcourse judge evidence.jsonl
   gilcourse judge evidence.jsonl -o json`,
		Flags: append([]cli.Flag{policyFlag}, outputFlags...),
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usagef("judge takes one file, a record that `gilcourse check --record FILE` kept")
			}
			if err := checkFormats(c); err != nil {
				return err
			}
			policy, _, err := undecided(c)
			if err != nil {
				return err
			}
			in := os.Stdin
			if name := c.Args().First(); name != "-" {
				f, err := os.Open(name)
				if err != nil {
					return usagef("read the record: %w", err)
				}
				defer f.Close()
				in = f
			}
			records, err := record.Read(in)
			if err != nil {
				return usagef("%s: %w", c.Args().First(), err)
			}
			rep := report.Report{Policy: policy}
			for _, rec := range records {
				result, err := judge.Judge(rec)
				if err != nil {
					return usagef("%s: %w", c.Args().First(), err)
				}
				rep.Challenges = append(rep.Challenges, result)
			}
			return writeReport(c, rep)
		},
	}
}
