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

// timeline draws who used a core when: full blocks above each other are
// parallel work, low ones take turns.
func (t text) timeline(c *verdict.Result) {
	if len(c.Timeline) == 0 {
		return
	}
	type row struct {
		name   string
		shares []float64
	}
	var lines []row
	lines = append(lines, row{name: "main"})
	at := map[phase.Kind][]int{}
	more := map[phase.Kind]int{}
	for _, s := range c.Timeline {
		for i, lane := range s.Workers {
			n := 0
			if s.Kind != phase.Main {
				for len(at[s.Kind]) <= i && len(at[s.Kind]) < rows {
					at[s.Kind] = append(at[s.Kind], len(lines))
					lines = append(lines, row{name: fmt.Sprintf("%s %d", strings.TrimSuffix(strings.TrimSuffix(string(s.Kind), "s"), "e"), i+1)})
				}
				if i >= rows {
					more[s.Kind] = max(more[s.Kind], i+1-rows)
					continue
				}
				n = at[s.Kind][i]
			}
			if lines[n].shares == nil {
				lines[n].shares = make([]float64, len(lane.Shares))
			}
			for x, share := range lane.Shares {
				lines[n].shares[x] += share
			}
		}
	}
	fmt.Fprintln(t)
	for _, l := range lines {
		var b strings.Builder
		for _, share := range l.shares {
			b.WriteRune(blocks[min(len(blocks)-1, int(share*float64(len(blocks)-1)+0.5))])
		}
		fmt.Fprintln(t, strings.TrimRight(fmt.Sprintf("  %-10s %s", l.name, b.String()), " "))
	}
	for _, k := range []phase.Kind{phase.Threads, phase.Processes} {
		if more[k] > 0 {
			fmt.Fprintf(t, "  and %d more %s\n", more[k], k)
		}
	}
}
