package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/author/calibration"
	"github.com/gilcourse/gilcourse/grader/author/condition"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
)

func calibrateCommand() *cli.Command {
	return &cli.Command{
		Name:      "calibrate",
		Usage:     "propose bounds from what the reference and the fixtures do",
		ArgsUsage: "NAME",
		Description: `NAME is a challenge. For each limit in its spec the values of those that must pass
(the reference, pass/) and of those that must fail by the check (fail/) are put side
by side: how far apart they are, and the middle between them where the limit is too
near to one side. Where they overlap no limit is right, and it says who lies among
the others.

   gilcourse calibrate --course . my-challenge
   gilcourse calibrate --course . my-challenge --under idle,busy,one-core,quota --repeat 3
   gilcourse calibrate --course . my-challenge --under busy -s reference -s 'pass/*'
   gilcourse calibrate --course . my-challenge -o diff
   gilcourse calibrate --course . my-challenge --write

What validate has run, with --under or without, is not run again; what is missing is
run now and kept. Nothing is written to the spec but with --write.`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "under", Usage: "run them under these `CONDITIONS`, separated by commas: idle, busy, crowded, one-core, quota (default: as the machine is, once)"},
			&cli.IntFlag{Name: "repeat", Value: 1, Usage: "with --under: run each submission `N` times under each condition"},
			&cli.StringSliceFlag{Name: "submission", Aliases: []string{"s"}, Usage: "use only those whose name matches `PATTERN`, such as reference or 'fail/c-*'; may be repeated"},
			&cli.BoolFlag{Name: "write", Usage: "write the proposed limits into the spec; its comments and layout stay"},
			&cli.BoolFlag{Name: "fresh", Usage: "run all anew, whatever was kept"},
			&cli.StringFlag{Name: "results", Usage: "keep what was observed in `DIR` (default: gilcourse/observed in the user's cache)"},
			pythonFlag, seedFlag, sandboxFlag, quietFlag, courseFlag,
		}, outputFlagsFor(calibration.Formats.Names())...),
		BashComplete: completeNames,
		Action:       calibrate,
	}
}

func calibrate(c *cli.Context) error {
	conditions, err := checkUnder(c)
	if err != nil {
		return err
	}
	if err := checkFormats(c); err != nil {
		return err
	}
	switch {
	case c.NArg() != 1:
		return usagef("calibrate takes the name of one challenge; `gilcourse list` shows them")
	case c.Bool("write") && c.String("course") == "":
		return usagef("--write changes a spec in a folder; name that of your course with --course DIR")
	}
	co, ids, err := named(c)
	if err != nil {
		return err
	}
	if len(ids) != 1 {
		return usagef("%s is a workshop; name one of its challenges: %s", c.Args().First(), strings.Join(ids, ", "))
	}
	plans, err := plans(c, co, ids)
	if err != nil {
		return err
	}
	p := plans[0]
	if p.challenge == nil || len(p.submissions) == 0 {
		return usagef("%s cannot be run as it is; `gilcourse validate --offline %[1]s` says why", p.result.ID)
	}
	p.submissions = slices.DeleteFunc(p.submissions, func(s author.Submission) bool { return s.Name == author.Starter })
	if len(p.submissions) == 0 {
		return usagef("of the starter it is known only that it must not pass; pick the reference, or fixtures")
	}
	seen := calibration.New(p.challenge)
	if err := gather(c, co, p, conditions, seen); err != nil {
		return err
	}
	file := path.Join("challenges", p.result.ID, "challenge.yaml")
	err = writeFormats(c, func(w io.Writer, format string, o report.Options) error {
		return calibration.Formats.Write(w, format, seen, o)
	})
	if err == nil && c.Bool("write") {
		err = writeLimits(c, seen, filepath.Join(c.String("course"), filepath.FromSlash(file)))
	}
	return err
}

// gather adds the records of the submissions, those that are kept and those
// that are missing.
func gather(c *cli.Context, co course.Course, p plan, conditions []condition.Condition, seen *calibration.Calibration) error {
	ob, err := newObserver(c, co)
	if err != nil {
		return err
	}
	defer ob.line.clear()
	if len(conditions) > 0 {
		if conditions, _, err = available(c, conditions, ob.runner.Settings.Python); err != nil {
			return err
		}
	}
	ob.total = len(p.submissions) * max(1, len(conditions)*c.Int("repeat"))
	for _, s := range p.submissions {
		ob.doing = s.Name
		var o author.Observed
		if len(conditions) > 0 {
			o, err = ob.runner.Kept(c.Context, p.challenge, s, author.Way{})
		} else {
			o, err = ob.runner.Observe(c.Context, p.challenge, s, author.Way{}, nil)
		}
		if err != nil {
			return observing(c, "run "+s.Name, err)
		}
		for _, rec := range o.Records {
			seen.Add(s.Fixture, "", rec)
		}
		if len(conditions) == 0 {
			ob.took(o.Took, o.Kept)
		}
	}
	for repeat := 1; repeat <= c.Int("repeat"); repeat++ {
		for _, one := range conditions {
			for _, s := range p.submissions {
				ob.doing = fmt.Sprintf("%s, %s, repeat %d", s.Name, one, repeat)
				o, err := ob.runner.Observe(c.Context, p.challenge, s, author.Way{Condition: one, Repeat: repeat}, nil)
				if err != nil {
					return observing(c, "run "+ob.doing, err)
				}
				ob.took(o.Took, o.Kept)
				seen.Add(s.Fixture, string(one), o.Records[0])
			}
		}
	}
	return nil
}

// writeLimits writes the proposed limits into the spec's file, whole or not at
// all, where it still is what was read.
func writeLimits(c *cli.Context, seen *calibration.Calibration, file string) error {
	limits, _ := seen.Limits()
	moved := 0
	for _, l := range limits {
		if l.Finding == calibration.Move {
			moved++
		}
	}
	if moved == 0 {
		fmt.Fprintf(c.App.ErrWriter, "%s stays as it is: there is no limit to move\n", safetext.Name(file))
		return nil
	}
	after, err := calibration.Apply(seen.Challenge, limits)
	if err != nil {
		return err
	}
	if file, err = filepath.EvalSymlinks(file); err != nil {
		return usagef("write the spec: %w", err)
	}
	now, err := os.ReadFile(file)
	if err != nil {
		return usagef("write the spec: %w", err)
	}
	if !bytes.Equal(now, []byte(seen.Challenge.Text())) {
		return usagef("%s has changed since it was read; nothing was written, run it again", safetext.Name(file))
	}
	info, err := os.Stat(file)
	if err != nil {
		return usagef("write the spec: %w", err)
	}
	err = atomicfile.Write(file, info.Mode().Perm(), func(f *os.File) error {
		_, err := f.WriteString(after)
		return errors.Join(err, f.Sync())
	})
	if err != nil {
		return usagef("write the spec: %w", err)
	}
	fmt.Fprintf(c.App.ErrWriter, "%s: %d of %d limits moved; `gilcourse validate` judges the kept records by them\n", safetext.Name(file), moved, len(limits))
	return nil
}
