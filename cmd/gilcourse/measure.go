package main

import (
	"io"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

func measureCommand() *cli.Command {
	return &cli.Command{
		Name:  "measure",
		Usage: "run the lesson's workloads under each of its strategies on this machine",
		Description: `The speedup of threading, multiprocessing, asyncio, and asyncio with processes,
for CPU-bound, I/O-bound, hybrid and memory-bound work: what your own estimates
can be compared with.

   gilcourse measure
   gilcourse measure --python 3.13t
   gilcourse measure -o text -o json=measured.json`,
		Flags: append([]cli.Flag{pythonFlag, seedFlag, sandboxFlag, quietFlag}, outputFlagsFor(report.MeasuredFormats())...),
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef("measure takes no arguments")
			}
			if err := checkFormats(c); err != nil {
				return err
			}
			if err := checkSandbox(c); err != nil {
				return err
			}
			result, err := measured(c)
			if err != nil {
				return err
			}
			return writeFormats(c, func(w io.Writer, format string, o report.Options) error {
				return report.WriteMeasured(w, format, result, o)
			})
		},
	}
}

func measured(c *cli.Context) (*verdict.Result, error) {
	how, err := settings(c)
	if err != nil {
		return nil, err
	}
	line := newStatusLine(c)
	defer line.clear()
	how.Progress = line.show
	result, err := observe.Measure(c.Context, how)
	if err != nil {
		return nil, observing(c, "measure this machine", err)
	}
	return result, nil
}
