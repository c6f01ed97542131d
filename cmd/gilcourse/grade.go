package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// resultsFlag names the gradebook. A variable keeps a password off the command
// line, which others can read.
var resultsFlag = &cli.StringFlag{Name: "results", EnvVars: []string{"GILCOURSE_RESULTS"}, Usage: "keep everything in `BOOK`, and use what is kept there: a file .db, a folder for one, or postgres://user@host/database"}

func gradeCommand() *cli.Command {
	return &cli.Command{
		Name:      "grade",
		Usage:     "grade many submissions, measured one at a time",
		ArgsUsage: "PATH...",
		Description: `Each PATH is a submission, or a folder (or an archive) of submissions, one a
learner: folders, archives or files, as a learning platform hands them out. One
that cannot be read is told in its place, and does not stop the others.

   gilcourse grade submissions --challenge gil-discovery
   gilcourse grade submissions/* --challenge challenge3 --results term1
   gilcourse grade submissions --challenge challenge3 --roster roster.csv
   gilcourse grade submissions --challenge challenge3 --results term1 -o json --output-file grades.json
   gilcourse grade submissions --challenge challenge3 -o text -o html=pages
   gilcourse grade submissions --challenge gil-discovery --retry-inconclusive 2 --inconclusive skip

With --results everything is kept in a gradebook: a SQLite file, which needs nothing
set up, or a Postgres database, for which further machines can work, too. The next
time only what has changed is measured, and a run that was stopped goes on where it
was.`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "challenge", Aliases: []string{"c"}, Usage: "grade for `NAME`, a challenge or a workshop"},
			&cli.BoolFlag{Name: "latest", Usage: "of a learner's several attempts, grade the newest alone, as the learning platform counts them"},
			&cli.StringFlag{Name: "roster", Usage: "names of the learners: `CSV` with a column of names, and one of what their submissions are called"},
			feedbackFlag,
			resultsFlag,
			&cli.StringFlag{Name: "shard", Usage: "grade only the `K/N`th part of the submissions, such as 2/5; gilcourse merge joins the parts"},
			&cli.BoolFlag{Name: "fresh", Usage: "measure all submissions, whatever is kept"},
			retryFlag,
			policyFlag,
			pythonFlag,
			&cli.BoolFlag{Name: "full", Usage: "run scripts as written, at the lesson's size"},
			&cli.BoolFlag{Name: "strict-clock", Usage: "inconclusive where the clock cannot decide, even if the scheduler has confirmed"},
			seedFlag,
			sandboxFlag,
			quietFlag,
			courseFlag,
		}, outputFlagsFor(cohortFormats())...),
		Action: grade,
	}
}

func grade(c *cli.Context) error {
	o, whole, err := gradeOptions(c)
	if err != nil {
		return err
	}
	part, of, err := shard(c.String("shard"))
	if err != nil {
		return err
	}
	sources, err := gathered(c, o, &whole)
	if err != nil {
		return err
	}
	defer sources.Close()
	o.Sources = sharded(sources.All, part, of)
	pages, err := pagesOf(c, whole.Policy, &o)
	if err != nil {
		return err
	}
	o.Settings.Hide = append(o.Settings.Hide, hidden(c)...)
	if name := c.String("results"); name != "" {
		if o.Book, err = cohort.OpenBook(c.Context, name, true); err != nil {
			return err
		}
		defer o.Book.Close()
	}
	if whole.Submissions, err = graded(c, o); err != nil && len(whole.Submissions) == 0 {
		return observing(c, "grade", err)
	}
	if err != nil {
		whole.Left = left(o.Sources, whole.Submissions)
		again := "with --results the next run would go on from here"
		if o.Book != nil {
			again = "the same command goes on from here"
		}
		fmt.Fprintf(c.App.ErrWriter, "%d of %d submissions are graded; %s\n", len(whole.Submissions), len(o.Sources), again)
	}
	if werr := writeCohort(c, whole, pages); err == nil || werr != nil && !errors.As(werr, new(*verdictError)) {
		err = errors.Join(err, werr)
	}
	return err
}

// gradeOptions reads the flags, but for what concerns the submissions; whole is the
// head of the report.
func gradeOptions(c *cli.Context) (o cohort.Options, whole report.Cohort, err error) {
	switch {
	case c.NArg() == 0:
		return o, whole, usagef("grade takes the paths of submissions, or of folders of them")
	case c.String("challenge") == "":
		return o, whole, usagef("grade needs --challenge NAME, a challenge or a workshop; `gilcourse list` shows the names")
	case c.Bool("fresh") && c.String("results") == "":
		return o, whole, usagef("--fresh says what to do with kept results; name them with --results")
	}
	policy, retries, err := undecided(c)
	if err != nil {
		return o, whole, err
	}
	if err := errors.Join(checkFormats(c), checkSandbox(c)); err != nil {
		return o, whole, err
	}
	if o, whole, err = tasks(c, c.String("challenge")); err != nil {
		return o, whole, err
	}
	if o.Roster, err = readRoster(c.String("roster")); err != nil {
		return o, whole, err
	}
	o.Shown, o.Fresh, o.Retries, o.Policy = shown, c.Bool("fresh"), retries, policy
	whole.Policy = policy
	o.Settings, err = settings(c)
	return o, whole, err
}

// shard reads --shard K/N: the part, from 1, and how many there are.
func shard(text string) (part, of int, err error) {
	if text == "" {
		return 1, 1, nil
	}
	first, second, found := strings.Cut(text, "/")
	part, errPart := strconv.Atoi(first)
	of, errOf := strconv.Atoi(second)
	if !found || errPart != nil || errOf != nil || part < 1 || part > of {
		return 0, 0, usagef("--shard takes K/N with K from 1 to N, such as 2/5, not %q", text)
	}
	return part, of, nil
}

// sharded gives every so manieth source.
func sharded(all []cohort.Source, part, of int) (some []cohort.Source) {
	for i := part - 1; i < len(all); i += of {
		some = append(some, all[i])
	}
	return some
}

// gathered finds the submissions, and names them as the roster does.
func gathered(c *cli.Context, o cohort.Options, whole *report.Cohort) (*cohort.Sources, error) {
	roster, except := o.Roster, []string{c.String("roster"), c.String("results")}
	if file := gradebook.File(c.String("results")); file != "" {
		except = append(except, file, file+"-wal", file+"-shm")
	}
	sources, err := cohort.Find(c.Args().Slice(), challengesOf(o.Tasks), except...)
	if err != nil {
		return nil, &usageError{err}
	}
	if c.Bool("latest") {
		sources.Latest()
	}
	var unknown []string
	if whole.Absent, unknown = roster.Name(sources.All); len(unknown) > 0 {
		fmt.Fprintf(c.App.ErrWriter, "gilcourse: the roster does not name %s: %s\n", words.Count(len(unknown), "submission"), called(unknown))
	}
	return sources, nil
}

// graded grades the submissions, and tells of each as it is done.
func graded(c *cli.Context, o cohort.Options) ([]report.Submission, error) {
	line := newStatusLine(c)
	defer line.clear()
	o.Progress = func(p cohort.Progress) {
		now := p.Progress
		now.Doing = where(p) + now.Doing
		line.show(now)
	}
	if !c.Bool("quiet") {
		o.Each = func(n int, s report.Submission) {
			line.clear()
			tell(c.App.ErrWriter, n, len(o.Sources), s)
		}
	}
	return cohort.Grade(c.Context, o)
}

// left names the learners whose submissions were not graded.
func left(sources []cohort.Source, graded []report.Submission) (learners []string) {
	for _, s := range sources {
		if !slices.ContainsFunc(graded, func(g report.Submission) bool { return g.Path == s.Path }) {
			learners = append(learners, s.Label)
		}
	}
	return learners
}

// called lists labels, of many the first ones.
func called(labels []string) string {
	const most = 20
	var names []string
	for _, l := range labels[:min(most, len(labels))] {
		names = append(names, safetext.Name(l))
	}
	if len(labels) > most {
		names = append(names, fmt.Sprintf("and %d more", len(labels)-most))
	}
	return strings.Join(names, ", ")
}

// tasks gives the challenges that a name means, and the head of their report.
func tasks(c *cli.Context, name string) (cohort.Options, report.Cohort, error) {
	var o cohort.Options
	var whole report.Cohort
	co, ids, workshop, err := resolve(c, name)
	if err != nil {
		return o, whole, err
	}
	for _, id := range ids {
		ch, err := co.Challenge(id)
		if err != nil {
			return o, whole, err
		}
		solution, err := co.Solution(id)
		if err != nil {
			return o, whole, err
		}
		o.Tasks = append(o.Tasks, cohort.Task{Challenge: ch, Solution: solution})
		o.Name, whole.Title = id, ch.Title
	}
	if workshop != nil {
		o.Name, o.Title, whole.Title = workshop.ID, workshop.Title, workshop.Title
	}
	whole.Challenge = o.Name
	return o, whole, nil
}

func challengesOf(tasks []cohort.Task) []*spec.Challenge {
	var all []*spec.Challenge
	for _, t := range tasks {
		all = append(all, t.Challenge)
	}
	return all
}

// hidden are the folders of the cohort, which no submission may see.
func hidden(c *cli.Context) []string {
	var dirs []string
	for _, p := range append(c.Args().Slice(), c.String("results"), c.String("feedback"), siteFolder(c)) {
		if abs, err := filepath.Abs(p); err == nil && p != "" {
			if info, err := os.Stat(abs); err == nil && info.IsDir() {
				dirs = append(dirs, abs)
			}
		}
	}
	return dirs
}

// readRoster reads a roster, nil where no file is named.
func readRoster(file string) (*cohort.Roster, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, usagef("read the roster: %w", err)
	}
	defer f.Close()
	roster, err := cohort.ReadRoster(f)
	if err != nil {
		return nil, usagef("%s: %w", file, err)
	}
	return roster, nil
}

// where says how far the cohort is.
func where(p cohort.Progress) string {
	s := fmt.Sprintf("[%d/%d", p.Done+1, p.Of)
	if p.Left > 0 {
		s += ", " + wait(p.Left)
	}
	return s + "] " + safetext.Name(p.Learner) + ": "
}

// wait is a time to wait, as exactly as it is known.
func wait(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute left"
	case d < time.Hour:
		return fmt.Sprintf("about %d min left", (d+time.Minute/2)/time.Minute)
	}
	return fmt.Sprintf("about %.1f h left", d.Hours())
}

// tell says what a submission got.
func tell(w io.Writer, n, of int, s report.Submission) {
	fmt.Fprintf(w, "[%*d/%d] %s: %s", len(fmt.Sprint(of)), n+1, of, safetext.Name(s.Learner), s.Verdict())
	if why := s.Reason(); why != "" {
		fmt.Fprintf(w, " (%s)", safetext.Text(why))
	}
	switch {
	case s.Cached:
		fmt.Fprint(w, ", from its record")
	case s.Tries > 1:
		fmt.Fprintf(w, ", measured %d times", s.Tries)
	}
	fmt.Fprintln(w)
}

// writeCohort writes a cohort in all formats, and gives what it comes to as the
// error that becomes the exit code.
func writeCohort(c *cli.Context, whole report.Cohort, pages pages) error {
	err := writeFormats(c, func(w io.Writer, format string, o report.Options) error {
		return report.WriteCohort(w, format, whole, o)
	})
	if err = errors.Join(err, pages.finish(whole)); err != nil {
		return err
	}
	for _, o := range outputs(c) {
		if out := report.LeftOut(o.format, whole); len(out) > 0 {
			fmt.Fprintf(c.App.ErrWriter, "gilcourse: %s names no account for %s, so no row is theirs: %s\n", o.format, words.Count(len(out), "learner"), called(out))
		}
	}
	if v := whole.Verdict(); v != verdict.Pass {
		return &verdictError{v}
	}
	return nil
}
