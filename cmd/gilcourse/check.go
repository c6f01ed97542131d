package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/intake"
	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/page"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/sched"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/spelling"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// Flags of the commands that run Python.
var (
	pythonFlag  = &cli.StringFlag{Name: "python", Usage: "run it with this interpreter: a `PATH, NAME or VERSION` (default: your python3)"}
	seedFlag    = &cli.Uint64Flag{Name: "seed", Usage: "use the same random inputs as an earlier run, which names its seed: `N`"}
	sandboxFlag = &cli.StringFlag{Name: "sandbox", Value: "auto", EnvVars: []string{"GILCOURSE_SANDBOX"},
		Usage: "keep the program from your files, processes and network: `MODE` is " + strings.Join(sandbox.Modes(), ", ") + "; require refuses to run where that cannot be had"}
	verboseFlag = &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "on a terminal, too, all that was seen of each check"}
	quietFlag   = &cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress"}
)

// Flags of the commands that meet inconclusive verdicts.
var (
	retryFlag  = &cli.IntFlag{Name: "retry-inconclusive", Usage: "measure what is inconclusive again, after everything else, up to `N` times; only the last time counts"}
	policyFlag = &cli.StringFlag{Name: "inconclusive", Usage: "let an inconclusive verdict count as `POLICY`, in points and exit code: " + strings.Join(report.Policies(), ", ") + "; it stays inconclusive in the report"}
)

// undecided reads what is to become of inconclusive verdicts.
func undecided(c *cli.Context) (report.Policy, int, error) {
	p, retries := c.String("inconclusive"), c.Int("retry-inconclusive")
	if p != "" && !slices.Contains(report.Policies(), p) {
		return "", 0, usagef("there is no --inconclusive %q; %s", p, spelling.Suggest(p, report.Policies()))
	}
	if retries < 0 {
		return "", 0, usagef("--retry-inconclusive takes a number from 0")
	}
	return report.Policy(p), retries, nil
}

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Aliases:   []string{"test", "t"},
		Usage:     "run a submission under observation and judge it",
		ArgsUsage: "NAME [PATH]",
		Description: `NAME is a challenge or a workshop: its path, or the last part of it.
PATH is your file, its folder, or an archive (.zip, .tar.gz). Without it, the file is looked for in this
folder, then in the system's temporary folder, where the lesson puts it.

   gilcourse check gil-discovery
   gilcourse check challenge3 ~/homework
   gilcourse check gil-discovery my_file.py --python 3.12
   gilcourse check challenge3 homework.zip
   gilcourse check gil-discovery -o text -o json=report.json
   gilcourse check challenge3 homework -o github -o junit=report.xml
   gilcourse check challenge3 homework -o junit=report.xml --retry-inconclusive 2 --inconclusive skip
   gilcourse check gil-discovery -o text -o html=report.html
   gilcourse check gil-discovery --open
   gilcourse check gil-discovery --record evidence.jsonl`,
		Flags: append([]cli.Flag{
			pythonFlag,
			&cli.BoolFlag{Name: "full", Usage: "run the script as written, at the lesson's size"},
			&cli.BoolFlag{Name: "strict-clock", Usage: "inconclusive where the clock cannot decide, even if the scheduler has confirmed"},
			seedFlag,
			sandboxFlag,
			retryFlag,
			policyFlag,
			&cli.StringFlag{Name: "record", Usage: "keep all that was observed in `FILE`, for `gilcourse judge`"},
			verboseFlag,
			openFlag,
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
	folder    string   // of the file, for the report's Folders; empty for none
	looked    []string // folders

	record *record.Record // nil until it is observed
	result *verdict.Result
	failed error // ours, in place of both
}

func check(c *cli.Context) error {
	if n := c.NArg(); n < 1 || n > 2 {
		return usagef("check takes the name of a challenge and, if you like, a path; `gilcourse list` shows the names")
	}
	policy, retries, err := undecided(c)
	if err != nil {
		return err
	}
	if err := checkFormats(c); err != nil {
		return err
	}
	if err := checkSandbox(c); err != nil {
		return err
	}
	co, ids, workshop, err := resolve(c, c.Args().First())
	if err != nil {
		return err
	}
	parts, done, err := findParts(co, ids, c.Args().Get(1))
	defer done()
	if err != nil {
		return errors.Join(err, writeUnread(c, co, ids, workshop, err))
	}
	how, err := settings(c)
	if err != nil {
		return err
	}
	how.Turn = machinelock.Queue(c.Args().First())
	defer how.Turn.Leave()
	handedIn := slices.DeleteFunc(slices.Clone(parts), func(p *part) bool { return p.file == "" })
	open := func(p *part) bool { return p.result != nil && p.result.Verdict == verdict.Inconclusive }
	err = cohort.Again(handedIn, retries, open, func(todo []*part, try int) error {
		for _, p := range todo {
			if try > 1 && !c.Bool("quiet") {
				fmt.Fprintf(c.App.ErrWriter, "%s is inconclusive; it is measured again, try %d of %d\n", p.challenge.ID, try, 1+retries)
			}
			err := checkOne(c, co, p, how, try)
			if err != nil && (len(parts) == 1 || errorCode(err) != exitError) {
				return err
			}
			p.failed = err // the other parts are judged all the same
		}
		return nil
	})
	keepAttempts(c, handedIn)
	rep, records := reportOf(parts)
	if rep.Policy = policy; workshop != nil {
		rep.Title = workshop.Title
	}
	if err != nil && len(records) == 0 {
		return err
	}
	if werr := writeAll(c, page.Page{Report: rep, Records: records, Source: sourcesOf(parts), Attempts: attemptsOf(c, rep)}); err == nil || !errors.As(werr, new(*verdictError)) {
		err = errors.Join(err, werr) // of what was ended early, what is done is told
	}
	if !c.Bool("quiet") && readByPerson(c) {
		fmt.Fprintln(c.App.Writer, painter(c, color.Faint)("\n"+afterwards(rep)))
	}
	return err
}

// keepAttempts keeps what was judged; where that cannot be done it is said, and
// changes nothing.
func keepAttempts(c *cli.Context, parts []*part) {
	for _, p := range parts {
		if p.result == nil {
			continue
		}
		if err := keepAttempt(c, p.record, p.result); err != nil && !c.Bool("quiet") {
			fmt.Fprintf(c.App.ErrWriter, "gilcourse: %s\n", safetext.Text(err.Error()))
		}
	}
}

// afterwards says what a learner can do after a report.
func afterwards(rep report.Report) string {
	switch rep.Verdict() {
	case verdict.Pass:
		return "gilcourse next shows what comes next, gilcourse solution NAME the reference's way"
	case verdict.Fail:
		return "gilcourse hint helps, gilcourse watch checks at each save, -v shows all"
	}
	return "-v shows all"
}

// reportOf gives the report on the parts that were judged or not found, and
// their records.
func reportOf(parts []*part) (report.Report, []*record.Record) {
	rep := report.Report{Folders: map[string]string{}}
	var records []*record.Record
	for _, p := range parts {
		switch {
		case p.file == "":
			rep.Missing = append(rep.Missing, report.Missing{ID: p.challenge.ID, Deliverable: p.challenge.Deliverable, Looked: p.looked, MaxScore: p.challenge.Points()})
		case p.result == nil && p.failed != nil:
			rep.Missing = append(rep.Missing, report.Missing{ID: p.challenge.ID, Deliverable: p.challenge.Deliverable, Failed: p.failed.Error(), MaxScore: p.challenge.Points()})
		case p.result != nil:
			records, rep.Challenges = append(records, p.record), append(rep.Challenges, p.result)
			if p.folder != "" {
				rep.Folders[p.challenge.ID] = p.folder
			}
		}
	}
	return rep, records
}

// notHandedIn says that none of the deliverables was found.
type notHandedIn struct{ error }

func (e *notHandedIn) Unwrap() error { return e.error }

// writeUnread writes a report for programs where nothing was handed in, or it
// was refused: they need one to show the learner. A person reads the error.
func writeUnread(c *cli.Context, co course.Course, ids []string, workshop *spec.Workshop, why error) error {
	if !errors.As(why, new(*notHandedIn)) && !errors.As(why, new(*intake.Refused)) {
		return nil
	}
	rep := report.Report{}
	if workshop != nil {
		rep.Title = workshop.Title
	}
	for _, id := range ids {
		ch, err := co.Challenge(id)
		if err != nil {
			return err
		}
		rep.Missing = append(rep.Missing, report.Missing{ID: id, Deliverable: ch.Deliverable, Refused: why.Error(), MaxScore: ch.Points()})
	}
	return writeFormats(c, func(w io.Writer, format string, o report.Options) error {
		if format == "text" && w == c.App.Writer {
			return nil
		}
		return writePage(w, format, page.Page{Report: rep}, o)
	})
}

// sourcesOf reads the files of parts, for a page.
func sourcesOf(parts []*part) func(challenge, file string) string {
	return func(challenge, file string) string {
		for _, p := range parts {
			if p.challenge.ID == challenge {
				if p.record != nil && file == p.record.Submission.File {
					file = filepath.Base(p.file)
				}
				return intake.Text(p.file, file)
			}
		}
		return ""
	}
}

// writeAll writes the records, where they are to be kept, and the report.
func writeAll(c *cli.Context, p page.Page) error {
	if file := c.String("record"); file != "" {
		if err := writeFile(file, func(f *os.File) error { return record.Write(f, p.Records...) }); err != nil {
			return err
		}
	}
	return writeReport(c, p)
}

// checkOne observes and judges a part; a try counts from 1.
func checkOne(c *cli.Context, co course.Course, p *part, how observe.Settings, try int) error {
	line := newStatusLine(c)
	defer line.clear()
	how.Progress = line.show
	if err := p.check(c.Context, co, how, try); err != nil {
		return observing(c, "check "+p.challenge.ID, err)
	}
	return nil
}

// check observes and judges; a try counts from 1.
func (p *part) check(ctx context.Context, co course.Course, how observe.Settings, try int) error {
	solution, err := co.Solution(p.challenge.ID)
	if err != nil {
		return err
	}
	rec, err := observe.Observe(ctx, how, observe.Target{Challenge: p.challenge, Solution: solution, File: p.file})
	if err != nil {
		return err
	}
	if try > 1 {
		rec.Header.Tries = try
	}
	p.record, p.result = rec, judge.With(p.challenge, rec)
	return nil
}

// checkSandbox refuses an unknown mode, and one that this machine does not
// offer.
func checkSandbox(c *cli.Context) error {
	mode := c.String("sandbox")
	if !slices.Contains(sandbox.Modes(), mode) {
		return usagef("there is no --sandbox %q; %s", mode, spelling.Suggest(mode, sandbox.Modes()))
	}
	if err := errors.Join(sched.Ready(), sandbox.Temp()); err != nil {
		return err
	}
	_, err := sandbox.Choose(c.Context, sandbox.Mode(mode))
	return err
}

// courseFolder is the folder that the course is read from, none for the
// embedded one.
func courseFolder(c *cli.Context) []string {
	if dir := c.String("course"); dir != "" {
		return []string{dir}
	}
	return nil
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

// shown gives a path as the reader of a report finds it, with slashes: from the
// workspace of a GitHub job, where there is one, else from this folder, else
// the whole path.
func shown(name string) string {
	from := os.Getenv("GITHUB_WORKSPACE")
	if from == "" {
		from = "."
	}
	from, err := filepath.Abs(from)
	if err != nil {
		return ""
	}
	if name, err = filepath.Abs(name); err != nil {
		return ""
	}
	if rel, err := filepath.Rel(from, name); err == nil && filepath.IsLocal(rel) {
		name = rel
	}
	return filepath.ToSlash(name)
}

// findParts finds the deliverable of each challenge at a path, or in the usual
// places. It is an error where none can be found. What was unpacked for it
// lasts until done is called.
func findParts(co course.Course, ids []string, where string) (parts []*part, done func(), err error) {
	var handedIn []*intake.Submission
	done = func() {
		for _, s := range handedIn {
			s.Close() // what is left is cleared away later
		}
	}
	places := []string{where}
	if where == "" {
		places = []string{".", os.TempDir()}
	}
	var looked []string
	for _, place := range places {
		s, err := intake.Open(place)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, done, &usageError{err}
		} else if err != nil {
			return nil, done, err
		}
		handedIn = append(handedIn, s)
		if place == "." {
			place = "this folder"
		}
		looked = append(looked, safetext.Name(place))
	}
	found := 0
	for _, id := range ids {
		ch, err := co.Challenge(id)
		if err != nil {
			return nil, done, err
		}
		p := &part{challenge: ch, looked: looked}
		for i := 0; i < len(handedIn) && p.file == ""; i++ {
			if p.file, err = handedIn[i].Find(ch.Deliverable, path.Base(ch.ID), len(ids) == 1); err != nil {
				return nil, done, err
			}
			if origin := handedIn[i].Origin(p.file); p.file != "" && origin != "" {
				p.folder = path.Dir(shown(origin))
			}
		}
		if p.file != "" {
			found++
		}
		parts = append(parts, p)
	}
	if found == 0 && len(parts) > 0 {
		p := parts[0]
		for _, s := range handedIn {
			if near := s.Near(p.challenge.Deliverable); len(near) > 0 {
				return nil, done, &notHandedIn{usagef("%s was not found; %s", p.challenge.Deliverable, almost(near, p.challenge, len(ids) == 1))}
			}
		}
		return nil, done, &notHandedIn{usagef("%s was not found; looked in %s; `gilcourse start %s` makes one to start from", p.challenge.Deliverable, strings.Join(p.looked, ", then in "), path.Base(p.challenge.ID))}
	}
	return parts, done, nil
}

// almost says of files that are nearly a deliverable what to do with each; any
// name will do where a single challenge is checked.
func almost(near []intake.Near, ch *spec.Challenge, anyName bool) string {
	command := "gilcourse check " + path.Base(ch.ID) + " "
	var says []string
	for _, n := range near {
		file := filepath.Clean(n.File)
		switch {
		case n.Notebook:
			says = append(says, safetext.Name(file)+" is a Jupyter notebook: save it as a script, File > Save and Export Notebook As > Executable Script")
		case n.Below:
			says = append(says, fmt.Sprintf("it lies in %s: %s", safetext.Name(filepath.Dir(file)), command+safetext.Name(filepath.Dir(file))))
		case anyName:
			says = append(says, fmt.Sprintf("there is %s: rename it to %s, or name it: %s", safetext.Name(file), ch.Deliverable, command+safetext.Name(file)))
		default:
			says = append(says, fmt.Sprintf("there is %s: rename it to %s", safetext.Name(file), ch.Deliverable))
		}
	}
	return strings.Join(says, "; ")
}
