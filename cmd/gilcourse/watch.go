package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/gilcourse/gilcourse/grader/guide"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/page"
	"github.com/gilcourse/gilcourse/grader/pageserver"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/saves"
	"github.com/gilcourse/gilcourse/grader/screen"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

func watchCommand() *cli.Command {
	return &cli.Command{
		Name:      "watch",
		Usage:     "check at each save, and show what matters, what moved, and what comes next",
		ArgsUsage: "[NAME]",
		Description: `Leave it open beside your editor. Without NAME all challenges are watched whose files are in
this folder. A save while a check runs ends that check and begins another.

   h  a hint for the check that failed first, each time more of it
   d  the whole report
   r  run again
   n  the next challenge, with a file to start from
   l  the list of challenges, and where you are
   o  the report as a page in your browser
   q  quit

   gilcourse watch
   gilcourse watch gil-discovery
   gilcourse watch --page
   gilcourse watch challenge3 --poll`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "poll", Usage: "look for saves every second: on a network drive, say, of which the system hears nothing"},
			&cli.BoolFlag{Name: "page", Usage: "serve the page to this machine's browsers, for o to open; after each check it loads itself again"},
			pythonFlag, seedFlag, sandboxFlag, courseFlag,
		},
		BashComplete: completeNames,
		Action:       watch,
	}
}

// onTerminal reports whether a person sits at both ends.
func onTerminal(c *cli.Context) bool {
	out, ok := c.App.Writer.(*os.File)
	return ok && term.IsTerminal(int(out.Fd())) && term.IsTerminal(int(os.Stdin.Fd())) && os.Getenv("TERM") != "dumb"
}

func watch(c *cli.Context) error {
	name := c.Args().First()
	if c.NArg() > 1 {
		return usagef("watch takes the name of one challenge or workshop at most; `gilcourse list` shows them")
	}
	if !onTerminal(c) {
		return usagef("watch needs a terminal; `gilcourse check %s` checks once", orNAME(name))
	}
	l, err := openLearner(c)
	if err != nil {
		return err
	}
	ids, err := l.watched(name)
	if err != nil {
		return err
	}
	if err := checkSandbox(c); err != nil {
		return err
	}
	how, err := settings(c)
	if err != nil {
		return err
	}
	changed, err := saves.Watch(c.Context, ".", c.Bool("poll"))
	if err != nil {
		return usagef("watch this folder: %w", err)
	}
	w := &watching{c: c, l: l, how: how}
	if c.Bool("page") {
		if w.server, err = pageserver.Start(c.Context); err != nil {
			return err
		}
	}
	return screen.Run(c.Context, w, screen.Options{In: os.Stdin, Out: c.App.Writer, Color: terminal(c.App.Writer).Color,
		IDs: ids, Changed: changed.Changed, Polled: changed.Polled})
}

func orNAME(name string) string {
	if name == "" {
		return "NAME"
	}
	return name
}

// watched gives the challenges that a name means, or those whose files are here.
func (l *learner) watched(name string) ([]string, error) {
	if name != "" {
		ids, _, err := l.Resolve(name)
		return ids, err
	}
	if ids := l.here("."); len(ids) > 0 {
		return ids, nil
	}
	says := "gilcourse next shows what to begin with"
	if next := guide.Next(l.way); next != nil {
		says = fmt.Sprintf("gilcourse start %s puts %s here to start from", path.Base(next.Challenge.ID), next.Challenge.Deliverable)
	}
	return nil, usagef("none of the files that the challenges ask for is in this folder; %s", says)
}

// here gives the challenges whose files are in a folder.
func (l *learner) here(dir string) []string {
	var ids []string
	for _, s := range l.way {
		if there(dir, s.Challenge) {
			ids = append(ids, s.Challenge.ID)
		}
	}
	return ids
}

// watching does what the screen asks for. What it holds does not change.
type watching struct {
	c   *cli.Context
	l   *learner
	how observe.Settings
	// server serves the page of the last check, nil where it is written when asked for.
	server *pageserver.Server
}

func (w *watching) Way() ([]guide.Stop, error) { return guide.Way(w.l.Course, w.l.done) }

func (w *watching) There(id string) bool { return there(".", w.challenge(id)) }

func (w *watching) challenge(id string) *spec.Challenge { return w.l.stop(id).Challenge }

// Check checks what is in the folder now.
func (w *watching) Check(ctx context.Context, id string, now func(observe.Progress)) (*verdict.Result, error) {
	parts, done, err := findParts(w.l.Course, []string{id}, ".")
	defer done()
	if err != nil {
		return nil, err
	}
	how := w.how
	how.Progress = now
	p := parts[0]
	if err := p.check(ctx, w.l.Course, how, 1); ctx.Err() != nil {
		return nil, ctx.Err()
	} else if err != nil {
		return nil, err
	}
	err = keepAttempt(w.c, p.record, p.result)
	if w.server != nil {
		err = errors.Join(err, w.server.Show(w.page(parts)))
	}
	return p.result, err
}

// page is that of parts which were judged.
func (w *watching) page(parts []*part) page.Page {
	rep, records := reportOf(parts)
	return page.Page{Report: rep, Records: records, Source: sourcesOf(parts), Attempts: attemptsOf(w.c, rep)}
}

func (w *watching) Last(a progress.Attempt) (*verdict.Result, error) {
	_, result, err := w.l.judged(a)
	return result, err
}

func (w *watching) Hint(id string, k *verdict.Check) screen.Hint {
	text, level, of, _ := w.l.hint(w.l.stop(id), k, 0) // which one was read need not be kept
	return screen.Hint{Text: text, Level: level, Of: of}
}

func (w *watching) Text(id string) ([]string, error) { return w.l.text(id) }

func (w *watching) Start(id string) ([]string, error) {
	files, err := copyStarter(w.l.Course, id, ".")
	for i := range files {
		files[i] = filepath.ToSlash(files[i])
	}
	return files, err
}

// Open shows the page that is served, or writes that of the last attempt.
func (w *watching) Open(id string) (string, error) {
	where := ""
	if w.server != nil {
		where = w.server.Address()
	} else {
		var err error
		if where, err = w.write(id); err != nil {
			return where, err
		}
	}
	return where, sandbox.Browse(where)
}

// write writes the page of the last attempt at a challenge.
func (w *watching) write(id string) (string, error) {
	attempts := w.l.done.Attempts(id)
	if len(attempts) == 0 {
		return "", errors.New("there is no attempt that is kept")
	}
	rec, result, err := w.l.judged(attempts[len(attempts)-1])
	if err != nil {
		return "", err
	}
	p := &part{challenge: w.challenge(id), file: result.File, record: rec, result: result}
	parts, done, err := findParts(w.l.Course, []string{id}, ".")
	defer done()
	if err == nil { // the page shows the source only where it is what was observed
		p.file = parts[0].file
	}
	return ownPage(w.page([]*part{p}))
}
