package report

import (
	"fmt"
	"strings"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// blocks shade a share of a core: none to all of it.
var blocks = []rune(" ▁▂▃▄▅▆▇█")

// rows bounds the lines of a timeline: more workers than this of one kind
// are summed up in words.
const rows = 8

// laneOf is a line of a timeline: what one worker did in all of the run.
type laneOf struct {
	kind   phase.Kind
	worker int       // of its kind, from 1; 0 for the main thread
	shares []float64 // of a core, in equal steps; nil where it did nothing
}

func (l laneOf) name() string {
	if l.worker == 0 {
		return "main"
	}
	return fmt.Sprintf("%s %d", strings.TrimSuffix(strings.TrimSuffix(string(l.kind), "s"), "e"), l.worker)
}

// block shades the share of one step.
func (l laneOf) block(x int) rune {
	return blocks[min(len(blocks)-1, int(l.shares[x]*float64(len(blocks)-1)+0.5))]
}

// lanesOf gives the lines of a timeline, the main thread's first, and how many
// workers of a kind have no room.
func lanesOf(c *verdict.Result) (lanes []laneOf, more map[phase.Kind]int) {
	lanes = append(lanes, laneOf{kind: phase.Main})
	at := map[phase.Kind][]int{}
	more = map[phase.Kind]int{}
	for _, s := range c.Timeline {
		for i, lane := range s.Workers {
			n := 0
			if s.Kind != phase.Main {
				for len(at[s.Kind]) <= i && len(at[s.Kind]) < rows {
					at[s.Kind] = append(at[s.Kind], len(lanes))
					lanes = append(lanes, laneOf{kind: s.Kind, worker: len(at[s.Kind])})
				}
				if i >= rows {
					more[s.Kind] = max(more[s.Kind], i+1-rows)
					continue
				}
				n = at[s.Kind][i]
			}
			if lanes[n].shares == nil {
				lanes[n].shares = make([]float64, len(lane.Shares))
			}
			for x, share := range lane.Shares {
				lanes[n].shares[x] += share
			}
		}
	}
	return lanes, more
}

// timeline draws who used a core when: full blocks above each other are
// parallel work, low ones take turns.
func (t text) timeline(c *verdict.Result) {
	if len(c.Timeline) == 0 {
		return
	}
	lanes, more := lanesOf(c)
	fmt.Fprintln(t)
	for _, l := range lanes {
		var b strings.Builder
		for x := range l.shares {
			b.WriteRune(l.block(x))
		}
		fmt.Fprintln(t, strings.TrimRight(fmt.Sprintf("  %-10s %s", l.name(), b.String()), " "))
	}
	for _, k := range []phase.Kind{phase.Threads, phase.Processes} {
		if more[k] > 0 {
			fmt.Fprintf(t, "  and %d more %s\n", more[k], k)
		}
	}
}
