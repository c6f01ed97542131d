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
		Flags: append([]cli.Flag{policyFlag, verboseFlag}, outputFlags...),
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
			return interruptible(c.Context, func() error {
				rep, err := rejudge(c.Args().First())
				if err != nil {
					return err
				}
				rep.Policy = policy
				return writeReport(c, rep)
			})
		},
	}
}

// rejudge judges the records in a file, - for standard input.
func rejudge(name string) (report.Report, error) {
	var rep report.Report
	var records []*record.Record
	var err error
	if name == "-" {
		records, err = record.Read(os.Stdin)
	} else {
		records, err = record.ReadFile(name)
	}
	if err != nil {
		return rep, usagef("read the record %s: %w", name, err)
	}
	for _, rec := range records {
		result, err := judge.Judge(rec)
		if err != nil {
			return rep, usagef("%s: %w", name, err)
		}
		rep.Challenges = append(rep.Challenges, result)
	}
	return rep, nil
}
