package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
)

// terminal gives a writer's colour and width: none off a terminal, and no
// colour where NO_COLOR is set (https://no-color.org) or TERM is dumb.
func terminal(w io.Writer) report.Options {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return report.Options{}
	}
	o := report.Options{Color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	o.Width = 80 // some terminals do not know
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		o.Width = width
	}
	return o
}

// columns is how wide a text is written: as wide as the terminal, at most 100
// columns, and 80 off a terminal.
func columns(w io.Writer) int {
	if width := terminal(w).Width; width > 0 {
		return max(40, min(width, 100))
	}
	return 80
}

// statusLine is a live line on a terminal. Elsewhere only a wait is told, a line a
// minute, so that nobody takes it for a hang.
type statusLine struct {
	w     io.Writer  // a terminal, nil where there is none
	log   io.Writer  // else, nil for none
	told  time.Time  // when a wait was told last
	width func() int // columns now
	last  time.Time
	drawn bool
}

// redrawEvery keeps the line from taking the time of what it shows.
const redrawEvery = 200 * time.Millisecond

func newStatusLine(c *cli.Context) *statusLine {
	if f, ok := c.App.ErrWriter.(*os.File); ok && term.IsTerminal(int(f.Fd())) && !c.Bool("quiet") && os.Getenv("TERM") != "dumb" {
		return &statusLine{w: f, width: func() int {
			width, _, err := term.GetSize(int(f.Fd()))
			if err != nil || width < 20 {
				return 80
			}
			return width
		}}
	}
	if c.Bool("quiet") {
		return &statusLine{}
	}
	return &statusLine{log: c.App.ErrWriter}
}

// tellAfter is how long a wait lasts that is worth telling of, tellEvery how often
// that is done.
const (
	tellAfter = 2 * time.Second
	tellEvery = time.Minute
)

func (p *statusLine) show(now observe.Progress) {
	if p.log != nil && now.Waiting && now.For > tellAfter && time.Since(p.told) >= tellEvery {
		p.told = time.Now()
		fmt.Fprintf(p.log, "%s (the lock is %s)\n", safetext.Text(now.Doing), safetext.Name(machinelock.File()))
	}
	if p.w == nil || now.For > 0 && time.Since(p.last) < redrawEvery {
		return
	}
	p.last, p.drawn = time.Now(), true
	line := safetext.Text(now.Doing)
	if now.For > 0 {
		line += fmt.Sprintf("  %.1f s", now.For.Seconds())
	}
	if now.Tasks > 0 {
		line += fmt.Sprintf(", %d threads and processes", now.Tasks)
	}
	if r := []rune(line); len(r) >= p.width() {
		line = string(r[:p.width()-1])
	}
	// DECAWM, off: a line of wide letters, too, ends at the margin.
	fmt.Fprintf(p.w, "\r\x1b[K\x1b[?7l%s\x1b[?7h", line)
}

func (p *statusLine) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
