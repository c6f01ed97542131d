package calls

import (
	"fmt"
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// row computes a quantity of a call and words it.
type row struct {
	name string
	// figure computes it for one measured call that returned, false where that
	// has none; absent says why no call has it, unseen why nothing is known then,
	// where it may have been there all the same.
	figure         func(*kind, *spec.Call, observedCall) (stat.Interval, bool)
	absent, unseen string
	// lacks is what could not be seen of these calls; unclear says why what was
	// seen decides nothing. Both may be nil.
	lacks   func([]observedCall) quantity.Needs
	unclear func(*kind, *spec.Call, []observedCall) string
	// all computes it from all calls, in place of figure.
	all func(*kind, *spec.Call, string)
	// words say what was seen.
	words func(*kind, *spec.Call) string
	// seen says in a few words what a check that passes rests on, nil for nothing.
	seen func(*kind, *spec.Call) string
}

// Reasons why a figure is missing.
const (
	neverReturned = "it never returned"
	noWorkers     = "no thread or process beside the main thread did a fair share of the work"
)

// compute puts the row's quantity of a call among the figures.
func (r *row) compute(k *kind, c *spec.Call) {
	name := c.ID + "." + r.name
	if r.all != nil {
		r.all(k, c, name)
		return
	}
	back := k.measured(c)
	rounds := verdict.Rounds{Absent: r.absent}
	if len(back) == 0 {
		rounds.Never = neverReturned
	}
	for _, m := range back {
		rounds.Add(r.figure(k, c, m))
	}
	if r.lacks != nil {
		rounds.Lacks = r.lacks(back)
	}
	if r.unclear != nil {
		rounds.Unclear = r.unclear(k, c, back)
	}
	if r.unseen != "" && len(rounds.Values) == 0 && rounds.Unclear == "" {
		rounds.Unclear = r.unseen
	}
	k.Gather(name, rounds)
}

// rowOf gives the row of a quantity of calls, nil for none.
func rowOf(name string) *row {
	i := slices.IndexFunc(rows, func(r row) bool { return r.name == name })
	if i < 0 {
		return nil
	}
	return &rows[i]
}

// rows are all quantities of a call, in the order in which they are computed:
// the correct ones first, on which those of returned figures rest.
var rows []row

func init() {
	rows = slices.Concat(resultRows, returnedRows, shareRows, workerRows, requestRows, boundedRows, clockRows, concurrencyRows, objectRows)
}

// v gives the value of another quantity of the call.
func (k *kind) v(c *spec.Call, name string) float64 { return k.Figure(c.ID + "." + name).Value }

// says words a value of the quantity itself: the format takes it, or what is
// made of it.
func says(name, format string, shown func(float64) any) func(*kind, *spec.Call) string {
	return func(k *kind, c *spec.Call) string { return fmt.Sprintf(format, shown(k.v(c, name))) }
}

func plainly(v float64) any { return v }
func percent(v float64) any { return 100 * v }
func number(v float64) any  { return words.Number(v) }
func span(v float64) any    { return words.Span(v) }

// silent is for quantities of which the bound's own message says all.
func silent(*kind, *spec.Call) string { return "" }

// exactly is for figures without an interval.
func exactly(f func(observedCall) float64) func(*kind, *spec.Call, observedCall) (stat.Interval, bool) {
	return func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) { return stat.Exactly(f(m)), true }
}

// tooSoon says why the samples of quick calls of the program's own code tell
// nothing.
func tooSoon(_ *kind, c *spec.Call, back []observedCall) string {
	if c.Native && !slices.ContainsFunc(back, func(m observedCall) bool { return m.cpu() >= leastUsage }) {
		return "the calls were over too soon to be observed"
	}
	return ""
}

// ofWorkers computes a figure of a call's workers, where it had any.
func ofWorkers(f func(*kind, observedCall, *phase.Phase) stat.Interval) func(*kind, *spec.Call, observedCall) (stat.Interval, bool) {
	return func(k *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
		p := m.workers()
		if p == nil {
			return stat.Interval{}, false
		}
		return f(k, m, p), true
	}
}

// share computes a part of the call's CPU time.
func share(part func(m observedCall) float64) func(*kind, *spec.Call, observedCall) (stat.Interval, bool) {
	return func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
		return stat.Exactly(part(m) / math.Max(1, m.cpu())), true
	}
}

// workers names the call's workers, with their number.
func (k *kind) workers(c *spec.Call) string {
	n := k.v(c, "workers")
	return fmt.Sprintf("%.0f %s", n, words.Plural(k.worker(c), int(math.Round(n))))
}

// worker names one of the call's workers: a thread or a process.
func (k *kind) worker(c *spec.Call) string {
	for _, m := range k.measured(c) {
		if p := m.workers(); p != nil && p.Kind == phase.Threads {
			return "thread"
		}
	}
	return "process"
}

// besideReference tells that no call has the reference's with the same inputs.
func besideReference(back []observedCall) quantity.Needs {
	if len(back) > 0 && !slices.ContainsFunc(back, func(m observedCall) bool { return m.peer != nil && m.peer.window.Run != nil }) {
		return quantity.NeedsReference
	}
	return 0
}

// Two calls with the same work may differ in CPU time by stretchNoise for each
// time that the workers' cores were taken, beyond littleStretch and up to
// muchStretch, as the phases of a script do.
const (
	stretchNoise  = 0.2
	littleStretch = 0.5
	muchStretch   = 1.5
)

// comparedWithReference computes CPU time relative to the reference's whole for
// the same inputs.
func comparedWithReference(cpu func(*kind, observedCall) float64) func(*kind, *spec.Call, observedCall) (stat.Interval, bool) {
	return func(k *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
		if m.peer == nil || m.peer.window.Run == nil {
			return stat.Interval{}, false
		}
		noise := 1.0
		for _, one := range []*phase.Phase{m.workers(), m.peer.workers()} {
			if one != nil {
				noise = math.Max(noise, 1+stretchNoise*math.Min(muchStretch, k.stretch(one)-1-littleStretch))
			}
		}
		return stat.Exactly(cpu(k, m) / math.Max(1000, m.peer.cpu())).Widen(noise), true
	}
}
