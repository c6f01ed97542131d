package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Flags of the commands that run Python.
var (
	pythonFlag = &cli.StringFlag{Name: "python", Usage: "run it with this interpreter: a `PATH, NAME or VERSION` (default: your python3)"}
	seedFlag   = &cli.Uint64Flag{Name: "seed", Usage: "draw the inputs of calls from `N`, as an earlier run did"}
	quietFlag  = &cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress"}
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Aliases:   []string{"test", "t"},
		Usage:     "run a submission under observation and judge it",
		ArgsUsage: "NAME [PATH]",
		Description: `NAME is a challenge or a workshop: its path, or the last part of it.
PATH is your file or its folder. Without it, the file is looked for in this
folder, then in the system's temporary folder, where the lesson puts it.

   gilcourse check gil-discovery
   gilcourse check challenge3 ~/homework
   gilcourse check gil-discovery my_file.py --python 3.12
   gilcourse check gil-discovery -o text,json --output-file report.json
   gilcourse check gil-discovery --record evidence.jsonl`,
		Flags: append([]cli.Flag{
			pythonFlag,
			&cli.BoolFlag{Name: "full", Usage: "run the script as written, at the lesson's size"},
			&cli.BoolFlag{Name: "strict-clock", Usage: "inconclusive where the clock cannot decide, even if the scheduler has confirmed"},
			seedFlag,
			&cli.StringFlag{Name: "record", Usage: "keep all that was observed in `FILE`, for `gilcourse judge`"},
			quietFlag,
			courseFlag,
		}, outputFlags...),
		BashComplete: completeNames,
		Action:       check,
	}
}

// part is a challenge of what is checked, with the learner's file.
type part struct {
	challenge *spec.Challenge
	file      string   // empty where it was not found
	looked    []string // folders
}

func check(c *cli.Context) error {
	if n := c.NArg(); n < 1 || n > 2 {
		return usagef("check takes the name of a challenge and, if you like, a path; `gilcourse list` shows the names")
	}
	if err := checkFormats(c); err != nil {
		return err
	}
	co, ids, workshop, err := resolve(c, c.Args().First())
	if err != nil {
		return err
	}
	parts, err := findParts(co, ids, c.Args().Get(1))
	if err != nil {
		return err
	}
	interpreter, err := python.Find(c.Context, c.String("python"))
	if err != nil {
		return err
	}
	rep := report.Report{}
	if workshop != nil {
		rep.Title = workshop.Title
	}
	var records []*record.Record
	for _, p := range parts {
		if p.file == "" {
			rep.Missing = append(rep.Missing, report.Missing{ID: p.challenge.ID, Deliverable: p.challenge.Deliverable, Looked: p.looked, MaxScore: p.challenge.Points()})
			continue
		}
		rec, result, err := checkOne(c, co, p, interpreter)
		if err != nil {
			return err
		}
		records, rep.Challenges = append(records, rec), append(rep.Challenges, result)
	}
	if file := c.String("record"); file != "" {
		if err := writeFile(file, func(f *os.File) error { return record.Write(f, records...) }); err != nil {
			return err
		}
	}
	return writeReport(c, rep)
}

func checkOne(c *cli.Context, co course.Course, p part, interpreter string) (*record.Record, *verdict.Result, error) {
	solution, err := co.Solution(p.challenge.ID)
	if err != nil {
		return nil, nil, err
	}
	line := newProgress(c)
	defer line.clear()
	rec, err := grader.Observe(c.Context, grader.Options{
		Version: programVersion(), Challenge: p.challenge, Solution: solution, File: p.file, Python: interpreter,
		Full: c.Bool("full"), StrictClock: c.Bool("strict-clock"), Seed: c.Uint64("seed"), Progress: line.show,
	})
	if err != nil {
		return nil, nil, observing(c, "check "+p.challenge.ID, err)
	}
	result, err := verdict.Judge(rec)
	if err != nil {
		return nil, nil, fmt.Errorf("judge %s: %w", p.challenge.ID, err)
	}
	return rec, result, nil
}

// observing says of an error what was being done, unless the person
// interrupted it, or named an interpreter that cannot be used.
func observing(c *cli.Context, doing string, err error) error {
	if ctxErr := c.Context.Err(); ctxErr != nil {
		return ctxErr
	}
	if unusable := (*python.Unusable)(nil); errors.As(err, &unusable) {
		unusable.Wanted = c.String("python")
		return unusable
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// findParts finds the deliverable of each challenge. It is an error where
// none can be found.
func findParts(co course.Course, ids []string, where string) ([]part, error) {
	var parts []part
	found := 0
	for _, id := range ids {
		ch, err := co.Challenge(id)
		if err != nil {
			return nil, err
		}
		p := part{challenge: ch}
		if p.file, p.looked, err = findFile(ch, where, len(ids) == 1); err != nil {
			return nil, err
		}
		if p.file != "" {
			found++
		}
		parts = append(parts, p)
	}
	if found == 0 && len(parts) > 0 {
		p := parts[0]
		return nil, usagef("%s was not found; looked in %s; `gilcourse start %s` makes one to start from", p.challenge.Deliverable, strings.Join(p.looked, ", then in "), path.Base(p.challenge.ID))
	}
	return parts, nil
}

// findFile finds a challenge's deliverable at a path, or in the usual places.
// A file of any name will do where it is named for a single challenge.
func findFile(ch *spec.Challenge, where string, single bool) (file string, looked []string, err error) {
	folders := []string{where}
	if where == "" {
		folders = []string{".", os.TempDir()}
	} else {
		info, err := os.Stat(where)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "", nil, usagef("there is no file or folder %s", where)
		case err != nil:
			return "", nil, usagef("read the submission: %w", err)
		case info.Mode().IsRegular() && (single || filepath.Base(where) == ch.Deliverable):
			return where, nil, readable(where)
		case info.Mode().IsRegular():
			return "", []string{where}, nil
		case !info.IsDir():
			return "", nil, usagef("%s is neither a file nor a folder", where)
		}
	}
	for _, dir := range folders {
		for _, file := range []string{filepath.Join(dir, ch.Deliverable), filepath.Join(dir, path.Base(ch.ID), ch.Deliverable)} {
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
				return file, nil, readable(file)
			}
		}
		name := dir
		if name == "." {
			name = "this folder"
		}
		looked = append(looked, name)
	}
	return "", looked, nil
}

// maxSource bounds a learner's file in bytes.
const maxSource = 1 << 20

func readable(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return usagef("read the submission: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() > maxSource {
		return usagef("%s has %d bytes; a script has at most %d", file, info.Size(), maxSource)
	}
	return nil
}
