package analyzer

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/advice"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// agreement compares the expected speedups with what was measured: those of
// which nothing is clear count half, and widen the interval.
func (k *kind) agreement(name string) {
	rounds := verdict.Rounds{}
	switch {
	case k.matrix == nil:
		rounds.Never = k.noMatrix()
	case len(k.Record.Measured) == 0:
		rounds.Lacks = quantity.NeedsMeasured
	default:
		rounds.Add(k.agreeing(), true)
	}
	k.Gather(name, rounds)
}

// agreeing counts the expected speedups that are not far off.
func (k *kind) agreeing() stat.Interval {
	sum := stat.Interval{}
	for i := range k.Workloads {
		w := &k.Workloads[i]
		agrees := verdict.True
		if e := k.matrix.Entry(w.ID); e != nil {
			agrees = k.agrees(w, e)
		}
		sum.Hi++
		switch agrees {
		case verdict.True:
			sum.Value, sum.Lo = sum.Value+1, sum.Lo+1
		case verdict.Undecided:
			sum.Value += 0.5
		default:
			sum.Hi--
		}
	}
	return sum
}

// cannotBe says why an expected speedup cannot be.
func (k *kind) cannotBe(w *spec.Workload, e *advice.Entry) string {
	if e == nil {
		return ""
	}
	why := k.impossible(w, e)
	if why == "" {
		return ""
	}
	return fmt.Sprintf("for %s it says %q: %s", w.Title, words.Shorten(e.Speedup), why)
}

const (
	// lessonCores is what the lesson's machine has.
	lessonCores = 4
	// roundedUp allows for figures that were rounded up.
	roundedUp = 1.05
	// mostOfAll is more than any speedup that the lesson speaks of.
	mostOfAll = 1000
	// hidden is the most that waiting behind the work, for each core, or that
	// feeding a device well can give: a stage of four that take turns is one of
	// the lesson's hybrids.
	hidden = 4
)

// impossible says why an expected speedup cannot be, empty where it can.
func (k *kind) impossible(w *spec.Workload, e *advice.Entry) string {
	for _, f := range e.Figures {
		limit, of := k.limit(w, e, f)
		if e.Strategy == "" {
			limit = mostOfAll // what it may give is not known, and the recommendation says why
		}
		switch {
		case f.Infinite:
			return "no speedup is without bound"
		case f.Symbolic:
		case f.Hi <= w.Over && w.Over >= 1:
			return fmt.Sprintf("%s is no speedup: the strategy would be no faster than one step after the other", words.Number(f.Hi)+"x")
		case f.Hi <= w.Over:
			return fmt.Sprintf("%s would be a slowdown", words.Number(f.Hi)+"x")
		case f.Hi > limit*roundedUp:
			return fmt.Sprintf("%s is more than %s can give", words.Number(f.Hi)+"x", of)
		}
	}
	return ""
}

// limit is the most that a figure can be, and what limits it, in words.
func (k *kind) limit(w *spec.Workload, e *advice.Entry, f advice.Figure) (float64, string) {
	cores := float64(max(lessonCores, k.Record.Host.CPUs))
	coreWords := fmt.Sprintf("%s cores", words.Number(cores))
	if n := f.Cores; n > 0 {
		cores, coreWords = float64(n), fmt.Sprintf("%d %s", n, words.Plural("core", n))
	} else if f.Waits > 0 { // two threads, four workers
		cores, coreWords = math.Min(cores, float64(f.Waits)), fmt.Sprintf("%d at once", f.Waits)
	}
	waits := f.Waits
	for _, name := range e.Names {
		if waits == 0 {
			waits = advice.Waits(name)
		}
	}
	switch {
	case w.Most == spec.ByCores:
		return cores, coreWords
	case w.Most == spec.ByWaits && waits > 0:
		return float64(waits), fmt.Sprintf("%d waits at once", waits)
	case w.Most == spec.ByBoth && waits > 0:
		return float64(waits) + cores, fmt.Sprintf("%d waits at once and %s", waits, coreWords)
	case w.Most == spec.ByBoth:
		return hidden * cores, coreWords + ", with the waiting hidden behind the work,"
	case w.Most == spec.ByNone:
		return hidden * math.Max(float64(waits), math.Max(cores, float64(lessonCores))), "feeding a device"
	}
	return mostOfAll, "anything"
}

// agrees compares an expected speedup with the measured one, both for as many
// cores or waits: three-valued, since the machine may not tell.
func (k *kind) agrees(w *spec.Workload, e *advice.Entry) verdict.Truth {
	cell := k.measured(w.Measured, e.Strategy)
	if cell == nil || w.Most == spec.ByBoth || w.Most == spec.ByNone || len(e.Figures) == 0 {
		return verdict.True // of what depends on the mix of stages, or was not run, nothing is said
	}
	agrees := verdict.False
	short := false // less was measured than is expected
	for _, f := range e.Figures {
		expected, here := k.scaled(w, e, f)
		short = short || cell.Hi < expected
		if here <= 1 {
			return verdict.True // it cannot show here
		}
		far := k.Spec.Analysis.FarOff
		lo, hi := expected/far, expected*far
		switch verdict.Compare(stat.Interval{Value: cell.Speedup, Lo: cell.Lo, Hi: cell.Hi}, &lo, &hi) {
		case verdict.True:
			return verdict.True
		case verdict.Undecided:
			agrees = verdict.Undecided
		}
	}
	if short && k.crowded() {
		return verdict.Undecided // others took what the strategy would have used
	}
	return agrees
}

// much is the share of the machine's time from which on others had so much of
// it that what was measured here may be less than the strategy gives.
const much = 0.25

// crowded says whether the machine had other things to do.
func (k *kind) crowded() bool {
	h := k.Record.Host
	return h.Capacity > 0 && h.Capacity < (1-much)*h.Cores() || h.Pressure > much || h.Steal+h.Busy > much || h.Load > 2*float64(h.CPUs)
}

// scaled gives what an expected speedup would be for the cores of this machine,
// or for the waits that were measured, and how many those are.
func (k *kind) scaled(w *spec.Workload, e *advice.Entry, f advice.Figure) (expected, here float64) {
	of, _ := k.limit(w, e, f)
	cell := k.measured(w.Measured, e.Strategy)
	if w.Most == spec.ByWaits {
		here = cell.InFlight
	} else {
		here = math.Min(k.Record.Host.Cores(), lessonCores) // as many workers are measured
	}
	if f.Symbolic {
		return here, here
	}
	middle := (f.Lo + f.Hi) / 2
	if of >= mostOfAll || of <= 1 {
		return middle, 0 // it does not say for how many
	}
	return 1 + (middle-1)*(here-1)/(of-1), here
}

// measured gives what a strategy gave for a workload here, nil where it was not
// run.
func (k *kind) measured(workload, strategy string) *record.Cell {
	for i := range k.Record.Measured {
		if c := &k.Record.Measured[i]; workload != "" && c.Workload == workload && c.Strategy == strategy {
			return c
		}
	}
	return nil
}

// unclear says of which expected speedups the measuring here does not tell
// whether they are right.
func (k *kind) unclear() string {
	var titles []string
	for i := range k.Workloads {
		w := &k.Workloads[i]
		if e := k.matrix.Entry(w.ID); e != nil && k.agrees(w, e) == verdict.Undecided {
			titles = append(titles, w.Title)
		}
	}
	return words.Sentence("what was measured here varies too much to tell whether the figure for " + strings.Join(titles, " and ") + " is right; a quieter machine would tell")
}

// besideMeasured shows an expected speedup beside the measured one.
func (k *kind) besideMeasured(w *spec.Workload, e *advice.Entry) string {
	if e == nil || k.agrees(w, e) != verdict.False {
		return ""
	}
	cell := k.measured(w.Measured, e.Strategy)
	expected, here := k.scaled(w, e, e.Figures[0])
	of := words.Plural("core", int(here))
	if w.Most == spec.ByWaits {
		of = "waits at once"
	}
	return fmt.Sprintf("for %s it says %q, which is %sx for %.0f %s; measured here is %sx (between %s and %s)",
		w.Title, words.Shorten(e.Speedup), words.Number(expected), here, of, words.Number(cell.Speedup), words.Number(cell.Lo), words.Number(cell.Hi))
}

// advices sums up the advice beside what was measured.
func (k *kind) advices() []verdict.Advice {
	if k.matrix == nil {
		return nil
	}
	var out []verdict.Advice
	for i := range k.Spec.Analysis.Workloads {
		w := &k.Spec.Analysis.Workloads[i]
		one := verdict.Advice{Workload: w.Title}
		if e := k.matrix.Entry(w.ID); e != nil {
			one.Expected, one.Accepted = e.Speedup, fits(w, e)
			if one.Strategy = e.Strategy; one.Strategy == "" && len(e.Texts) > 0 {
				one.Strategy = e.Texts[0]
			}
			one.Measured = k.measured(w.Measured, e.Strategy)
		}
		one.Best = k.best(w.Measured)
		out = append(out, one)
	}
	return out
}

// best gives the strategy whose speedup is above those of all others, to the
// ends of their intervals; empty for none.
func (k *kind) best(workload string) string {
	for _, c := range k.Record.Measured {
		if c.Workload == workload && !slices.ContainsFunc(k.Record.Measured, func(o record.Cell) bool {
			return o.Workload == workload && o.Strategy != c.Strategy && o.Hi >= c.Lo
		}) {
			return c.Strategy
		}
	}
	return ""
}
