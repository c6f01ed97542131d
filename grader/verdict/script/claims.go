package script

import (
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// mostSeries is how many series of times, or of utilizations, a script may
// print for each one that is right: whoever prints every figure measures
// nothing.
const mostSeries = 4

// judged is what came of comparing one run's figures with what was observed.
type judged struct {
	stat.Interval
	// fault says what is missing or wrong as a whole, empty where nothing is, or
	// where single figures are.
	fault string
	// line is the first line that could not be read, empty where all could.
	line string
	// cut says that a part of the output was not kept.
	cut bool
	// crowded says that the machine is the reason why nothing was decided.
	crowded bool
	series  claim.Series // that was chosen
	found   bool
}

// claims are the quantities of what the script printed about one subject.
type claims struct {
	kind  claim.Kind
	noun  string // times, CPU utilization
	whole string // what is printed once for all phases
	runs  []judged
}

// claimQuantities compares what was printed with what was observed.
func (k *kind) claimQuantities() {
	names := []string{"times.agreement", "speedup.agreement", "utilization.agreement"}
	if len(k.runs) == 0 {
		for _, name := range append(names, "times.printed") {
			k.Missing(name, "the script did not run")
		}
		return
	}
	var printed []stat.Interval
	for _, r := range k.runs {
		n := 0
		for _, f := range append(slices.Clone(r.claims.Figures), r.claims.Overall...) {
			if f.Kind != claim.Other && (f.Kind != claim.Plain || f.Round < 1) {
				n++
			}
		}
		count := stat.Exactly(float64(n))
		if r.claims.Cut {
			count.Hi = math.Max(count.Hi, 1)
		}
		printed = append(printed, count)
	}
	k.Set("times.printed", stat.Middle(printed))
	if !k.Record.Host.Scheduler {
		for _, name := range names {
			k.Gather(name, verdict.Rounds{}) // which says what it needs
		}
		return
	}
	times := k.compare(claims{kind: claim.Time, noun: "times", whole: "The time"}, func(c judgedRun, s claim.Series) []reading { return c.timeReadings(s) }, nil)
	used := map[string]bool{}
	for _, r := range times.runs {
		if r.found && !r.series.Sure {
			used[r.series.Key] = true
		}
	}
	use := k.compare(claims{kind: claim.Utilization, noun: "CPU utilization", whole: "The CPU utilization"}, func(c judgedRun, s claim.Series) []reading { return c.useReadings(s, k.Record.Host) }, used)
	for i := range use.runs { // a comparison needs all phases
		if times.runs[i].fault != "" && use.runs[i].found {
			if p := lacking(use.runs[i].series, k.runs[i]); len(p) > 0 {
				use.runs[i].Interval, use.runs[i].fault = stat.Exactly(0), use.partly(use.runs[i].series, k.runs[i])
			}
		}
	}
	k.claimed = map[string]claims{"times.printed": times, "times.agreement": times, "utilization.agreement": use}
	k.agreement("times.agreement", times)
	k.agreement("utilization.agreement", use)
	var speedups []stat.Interval
	for i, r := range k.runs {
		speedups = append(speedups, r.speedupsAgree(times.runs[i]))
	}
	k.Set("speedup.agreement", stat.Middle(speedups))
}

// agreement sets a quantity from the runs: what no run printed is missing.
func (k *kind) agreement(name string, c claims) {
	var all []stat.Interval
	faults := map[string]int{}
	for _, r := range c.runs {
		all = append(all, r.Interval)
		if r.fault != "" {
			faults[r.fault]++
		}
	}
	sum := stat.Middle(all)
	for fault, n := range faults {
		if sum.Hi < 1 && 2*n > len(c.runs) {
			k.Missing(name, fault)
			return
		}
	}
	k.Set(name, sum)
}

// belies reports whether a phase that the series leaves out has figures of its own
// elsewhere, surely read, of which none is right.
func (c judgedRun) belies(kind claim.Kind, s claim.Series, readings func(judgedRun, claim.Series) []reading) bool {
	return slices.ContainsFunc(lacking(s, c), func(p claim.Phase) bool {
		sure, fit, near := c.weigh(kind, p, readings)
		return sure && !fit && !near
	})
}

// compare chooses the layout that explains all phases in the most runs, and
// judges each run by it.
func (k *kind) compare(c claims, readings func(judgedRun, claim.Series) []reading, used map[string]bool) claims {
	votes := map[string]int{}
	var order []string
	agreeing := make([]map[string]claim.Series, len(k.runs))
	for i, r := range k.runs {
		agreeing[i] = map[string]claim.Series{}
		for _, s := range r.candidates(c.kind) {
			if used[s.Key] || lone(s, r) || r.belies(c.kind, s, readings) || !slices.ContainsFunc(readings(r, s), func(way reading) bool { return way.explains(s) }) {
				continue
			}
			if votes[s.Key] == 0 {
				order = append(order, s.Key)
			}
			votes[s.Key]++
			agreeing[i][s.Key] = s
		}
	}
	best := ""
	for _, key := range order {
		if votes[key] > votes[best] {
			best = key
		}
	}
	for i, r := range k.runs {
		one := r.disagreement(c, readings, used)
		switch s, ok := agreeing[i][best]; {
		case ok && r.tooMany(c.kind, len(agreeing[i])):
			one = judged{Interval: stat.Exactly(0), fault: c.tooMany()}
		case ok:
			one = judged{Interval: stat.Exactly(1), series: s, found: true}
		}
		c.runs = append(c.runs, one)
	}
	return c
}
