package main

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"

	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/observe"
)

// TestResized makes a terminal narrower while the progress line is drawn again
// and again: it stays one line, whatever letters a name has.
func TestResized(t *testing.T) {
	screen := vt.NewEmulator(100, 40)
	p := &statusLine{w: screen, width: screen.Width}
	draw := func(n int) {
		for range n {
			p.last = time.Time{}
			p.show(observe.Progress{Doing: "1 of 12, 3 min left  課題三の提出物課題三の提出物: the learner's program, round 2", For: 3 * time.Second, Tasks: 5})
		}
	}
	rows := func() int {
		n := 0
		for line := range strings.Lines(screen.String()) {
			if strings.TrimSpace(line) != "" {
				n++
			}
		}
		return n
	}
	draw(3)
	if !strings.Contains(screen.String(), "1 of 12") || rows() != 1 {
		t.Fatalf("it is no line:\n%s", screen.String())
	}
	for i, width := range []int{61, 30, 22, 50} {
		screen.Resize(width, 40)
		draw(20)
		if n := rows(); n > 2+i { // a terminal may leave one of each width
			t.Errorf("at %d columns the line has become %d:\n%s", width, n, screen.String())
		}
	}
	screen.Resize(50, 40)
	left := rows()
	p.clear()
	if rows() != left-1 {
		t.Errorf("the line was not cleared:\n%s", screen.String())
	}
}

// TestWaitIsTold has a wait off a terminal: it is told once a minute at most, and not
// where it is short.
func TestWaitIsTold(t *testing.T) {
	var log strings.Builder
	p := &statusLine{log: &log}
	for s := range 30 {
		p.show(observe.WaitingProgress(machinelock.Wait{For: time.Duration(s) * time.Second, Before: 2, About: 40 * time.Second}))
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "waiting for the machine: 2 checks before this one, about 40 s (the lock is ") {
		t.Errorf("it was told:\n%s", got)
	}
	p.told = p.told.Add(-time.Minute)
	p.show(observe.WaitingProgress(machinelock.Wait{For: time.Minute, Before: 1, About: 3 * time.Minute}))
	if got := log.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "1 check before this one, about 3 min") {
		t.Errorf("after a minute:\n%s", got)
	}
}
