package main

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/guide"
	"github.com/gilcourse/gilcourse/grader/page"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

func attemptsCommand() *cli.Command {
	return &cli.Command{
		Name:      "attempts",
		Usage:     "show your attempts, what moved from one to the next, or the report of one",
		ArgsUsage: "[NAME [NUMBER]]",
		Description: `Each check is kept in your state folder (XDG_STATE_HOME, else ~/.local/state) with what was
observed. The last 50 of each challenge stay, or those that take up to 16 MiB, and the best one. With NUMBER the report of that attempt is
shown again, from its record.

   gilcourse attempts
   gilcourse attempts gil-discovery
   gilcourse attempts gil-discovery 3
   gilcourse attempts gil-discovery 3 -o json`,
		Flags:        append([]cli.Flag{openFlag, verboseFlag, courseFlag}, outputFlags...),
		BashComplete: completeNames,
		Action:       attempts,
	}
}

func attempts(c *cli.Context) error {
	if c.NArg() > 2 {
		return usagef("attempts takes the name of a challenge and the number of an attempt, and nothing more")
	}
	if err := checkFormats(c); err != nil {
		return err
	}
	l, err := openLearner(c)
	if err != nil {
		return err
	}
	name := c.Args().First()
	if c.NArg() == 2 {
		return l.openAttempt(c, name, c.Args().Get(1))
	}
	if c.IsSet("output") || c.IsSet("output-file") {
		return usagef("--output is for the report of one attempt: gilcourse attempts NAME NUMBER -o FORMAT")
	}
	if _, err := l.last(name); err != nil {
		return err
	}
	ids := []string{}
	if name != "" {
		if ids, _, err = l.Resolve(name); err != nil {
			return err
		}
	}
	shown := 0
	for i := range l.way {
		if s := &l.way[i]; len(s.Attempts) > 0 && (len(ids) == 0 || slices.Contains(ids, s.Challenge.ID)) {
			if shown++; shown > 1 {
				fmt.Fprintln(c.App.Writer)
			}
			writeAttempts(c, s)
		}
	}
	return nil
}

// writeAttempts writes the attempts at a challenge, the oldest first.
func writeAttempts(c *cli.Context, s *guide.Stop) {
	w, name := c.App.Writer, path.Base(s.Challenge.ID)
	fmt.Fprintf(w, "%s  %s\n", painter(c, color.Bold)(s.Challenge.ID), s.Challenge.Title)
	rows := [][]string{{"", "when", "verdict", "points", "what moved"}}
	for i, a := range s.Attempts {
		moved := ""
		if i > 0 {
			moved = guide.Moves(s.Attempts[i-1], a)
		}
		v := verdict.Verdict(safetext.Line(a.Verdict))
		rows = append(rows, []string{strconv.Itoa(a.Number), a.When.Local().Format("2006-01-02 15:04"), report.Sign(v) + " " + string(v),
			fmt.Sprintf("%g of %g", a.Points, a.MaxPoints), moved})
	}
	for _, line := range format.Columns(rows, len(rows[0])) {
		fmt.Fprintln(w, "  "+line)
	}
	best, _ := progress.Best(s.Attempts)
	fmt.Fprintf(w, "The best is %d. gilcourse attempts %s %d shows its report.\n", best.Number, name, best.Number)
}

// openAttempt writes the report of an attempt.
func (l *learner) openAttempt(c *cli.Context, name, number string) error {
	stop, err := l.last(name)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(number)
	i := slices.IndexFunc(stop.Attempts, func(a progress.Attempt) bool { return a.Number == n })
	if err != nil || i < 0 {
		return usagef("there is no attempt %s at %s; `gilcourse attempts %s` shows those that are kept", safetext.Name(number), name, name)
	}
	rec, result, err := l.judged(stop.Attempts[i])
	if err != nil {
		return err
	}
	p := page.Page{Report: report.Report{Challenges: []*verdict.Result{result}}, Records: []*record.Record{rec},
		Attempts: map[string][]progress.Attempt{result.ID: stop.Attempts[:i+1]}}
	err = writeFormats(c, func(w io.Writer, format string, o report.Options) error {
		return writePage(w, format, p, forPerson(c, o, p.Report))
	})
	return errors.Join(err, openPage(c, p))
}

// keepAttempt keeps what was judged: the attempt, and that the challenge was
// passed, for the commands that say where a learner is.
func keepAttempt(c *cli.Context, rec *record.Record, result *verdict.Result) error {
	folder, err := progress.Of(c.String("course"))
	if err == nil {
		_, err = folder.Add(guide.Attempt(rec, result), rec)
	}
	if err == nil && result.Verdict == verdict.Pass {
		err = folder.Keep(progress.Check{Challenge: result.ID, When: rec.Header.Started, Points: result.Score, SHA256: rec.Submission.SHA256})
	}
	if err != nil {
		return fmt.Errorf("`gilcourse list`, `hint` and `attempts` will not know of this check: %w", err)
	}
	return nil
}
