package main

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
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
