package report

import (
	"fmt"
	"strings"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// ShortTimeline gives the timeline in few lines, without their ends: threads and
// processes share them, the first of each in one, and so on, and the line above says
// which are which. It is nil where they were not one after the other, so that they
// could not be told apart, and where there is no timeline.
func ShortTimeline(c *verdict.Result, o Options) []string {
	if len(c.Timeline) == 0 {
		return nil
	}
	lanes, more := lanesOf(c)
	var shared []laneOf // by worker, all of one width
	kinds := []phase.Kind{}
	for _, l := range lanes {
		for len(shared) <= l.worker {
			shared = append(shared, laneOf{worker: len(shared)})
		}
		to := &shared[l.worker]
		both := 0 // columns: one may hold the end of a phase and the start of the next
		for x, share := range l.shares {
			if len(to.shares) == 0 {
				to.shares = make([]float64, len(l.shares))
			}
			if to.shares[x] > visible && share > visible {
				if both++; both > 1 {
					return nil
				}
			}
			to.shares[x] += share
			for len(kinds) <= x {
				kinds = append(kinds, "")
			}
			if share > visible && (kinds[x] == "" || l.kind != phase.Main) {
				kinds[x] = l.kind
			}
		}
	}
	p := newPalette(o.Color)
	out := []string{p.dim(strings.TrimRight(fmt.Sprintf("  %-8s %s", "", headings(kinds)), " "))}
	for _, l := range shared {
		name := "main"
		if l.worker > 0 {
			name = fmt.Sprintf("worker %d", l.worker)
		}
		out = append(out, fmt.Sprintf("  %-8s %s", name, p.lane(l, kinds)))
	}
	for _, k := range []phase.Kind{phase.Threads, phase.Processes} {
		if more[k] > 0 {
			out = append(out, fmt.Sprintf("  and %d more %s", more[k], k))
		}
	}
	return out
}

// visible is the share of a core that is drawn as more than nothing.
const visible = 0.07

// headings names each kind of work where it begins.
func headings(kinds []phase.Kind) string {
	var b []rune
	told := map[phase.Kind]bool{"": true}
	for x, k := range kinds {
		if told[k] {
			continue
		}
		told[k] = true
		for len(b) < x {
			b = append(b, ' ')
		}
		if len(b) > x {
			b = append(b, ' ')
		}
		b = append(b, []rune(phaseName(k))...)
	}
	return string(b)
}

// lane draws a lane, each kind of work in its colour.
func (p palette) lane(l laneOf, kinds []phase.Kind) string {
	var b, part strings.Builder
	paint := fmt.Sprint
	flush := func() {
		if part.Len() > 0 {
			b.WriteString(paint(part.String()))
		}
		part.Reset()
	}
	end := len(l.shares)
	for end > 0 && l.block(end-1) == ' ' {
		end--
	}
	for x := range end {
		if x == 0 || kinds[x] != kinds[x-1] {
			flush()
			paint = fmt.Sprint
			switch {
			case l.worker > 0 && kinds[x] == phase.Threads:
				paint = p.open
			case l.worker > 0 && kinds[x] == phase.Processes:
				paint = p.pass
			}
		}
		part.WriteRune(l.block(x))
	}
	flush()
	return b.String()
}
