package main

import (
	"os"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/page"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

func judgeCommand() *cli.Command {
	return &cli.Command{
		Name:      "judge",
		Usage:     "judge a record again, without running anything",
		ArgsUsage: "FILE",
		Description: `FILE is what ` + "`gilcourse check --record FILE`" + ` kept; - reads standard input.

   gilcourse judge evidence.jsonl
   gilcourse judge evidence.jsonl -o json
   gilcourse judge evidence.jsonl -o html=report.html`,
		Flags: append([]cli.Flag{policyFlag, openFlag, verboseFlag}, outputFlags...),
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
				p, err := rejudge(c.Args().First())
				if err != nil {
					return err
				}
				p.Report.Policy = policy
				return writeReport(c, p)
			})
		},
	}
}

// rejudge judges the records in a file, - for standard input.
func rejudge(name string) (page.Page, error) {
	var (
		p       page.Page
		records []*record.Record
		err     error
	)
	if name == "-" {
		records, err = record.Read(os.Stdin)
	} else {
		records, err = record.ReadFile(name)
	}
	if err != nil {
		return p, usagef("read the record %s: %w", name, err)
	}
	for _, rec := range records {
		result, err := judge.Judge(rec)
		if err != nil {
			return p, usagef("%s: %w", name, err)
		}
		p.Report.Challenges = append(p.Report.Challenges, result)
	}
	p.Records = records
	return p, nil
}
