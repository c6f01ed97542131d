package script

import (
	"fmt"
	"strings"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/words"
)

// claimRows compare what was printed with what was observed.
var claimRows = []row{
	claimRow("times.printed", func(_ *kind, r judgedRun) stat.Interval { return stat.Exactly(float64(r.figures())) }, saysItself, nil),
	claimRow("times.agreement", func(_ *kind, r judgedRun) stat.Interval { return r.timesAgree() }, beside("times.agreement"), says("the printed times are what was seen")),
	claimRow("speedup.agreement", func(_ *kind, r judgedRun) stat.Interval { return r.speedupsAgree() }, beside("speedup.agreement"), says("the printed times are what was seen")),
	claimRow("utilization.agreement", func(k *kind, r judgedRun) stat.Interval {
		return r.utilizationAgrees(k.Record.Host.CPUs, k.Record.Host.Affinity)
	}, beside("utilization.agreement"), says("the printed CPU utilization is what was seen")),
}

func claimRow(name string, figure func(*kind, judgedRun) stat.Interval, words, seen func(*kind) string) row {
	return row{name: name, never: "the script did not run", words: words, seen: seen,
		figure: func(k *kind, r judgedRun) (stat.Interval, bool) { return figure(k, r), true }}
}

func says(text string) func(*kind) string { return func(*kind) string { return text } }

func beside(name string) func(*kind) string {
	return func(k *kind) string { return k.printedBeside(name) }
}

// figures counts what was printed and may be a figure.
func (c judgedRun) figures() int {
	n := 0
	for _, one := range c.claims {
		if one.Kind != claim.Plain || one.Round < 1 {
			n++
		}
	}
	return n
}

// printedBeside shows the claims that contradict, beside what was observed.
func (k *kind) printedBeside(quantity string) string {
	if len(k.runs) == 0 {
		return ""
	}
	c := k.runs[len(k.runs)-1]
	var parts []string
	names := map[phase.Kind]string{phase.Main: "sequential", phase.Threads: "threads", phase.Processes: "processes"}
	for _, kind := range kinds {
		windows := c.windows(kind)
		if len(windows) == 0 {
			continue
		}
		w := windows[0]
		switch quantity {
		case "times.agreement":
			claims := c.about("time", kind)
			bad := len(claims) > 0
			for _, cl := range claims {
				for _, w := range windows {
					bad = bad && !w.holds(cl)
				}
			}
			if bad {
				parts = append(parts, fmt.Sprintf("%s printed as %s, seen to last %s", names[kind], words.Seconds(claims[0].Value), words.Seconds(w.wall)))
			}
		case "speedup.agreement":
			if claims := c.about("speedup", kind); len(claims) > 0 && kind != phase.Main {
				if base := c.windows(phase.Main); len(base) > 0 {
					parts = append(parts, fmt.Sprintf("%s printed as %sx, seen to be %sx", names[kind], words.Number(claims[0].Value), words.Number(base[0].wall/w.wall)))
				}
			}
		default:
			if claims := c.about("utilization", kind); len(claims) > 0 {
				unit := ""
				if claims[0].Percent {
					unit = " %"
				}
				parts = append(parts, fmt.Sprintf("%s printed as %s%s, seen to use %.0f %% of one core", names[kind], words.Number(claims[0].Value), unit, 100*w.cpu/w.wall))
			}
		}
	}
	if len(parts) == 0 {
		return "no printed figure matches what was seen"
	}
	return strings.Join(parts, "; ")
}
