package calls

import (
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// overSoon is how many seconds a call has to last so that threads in it are
// seen: several looks of the sampler.
const overSoon = 0.05

// concurrencyRows say what was under way in a call as a whole.
var concurrencyRows = []row{
	{name: "gil", all: (*kind).gil, words: func(k *kind, c *spec.Call) string {
		return map[bool]string{true: "the interpreter said that its GIL is on", false: "the interpreter said that its GIL is off"}[k.v(c, "gil") == 1]
	}},
	{name: "wall", figure: exactly(observedCall.wall), words: says("wall", "the call took %s", span)},
	{name: "busy", figure: exactly(busy), words: says("busy", "%s cores were wanted on average over the call", number)},
	{name: "threads", unclear: overTooSoon, words: says("threads", "at most %.0f threads beside the main thread were alive at once", plainly),
		figure: exactly(func(m observedCall) float64 { return float64(phase.Alive(m.window.Run).Threads) })},
	{name: "processes", words: says("processes", "at most %.0f child processes were alive at once", plainly),
		figure: exactly(func(m observedCall) float64 { return float64(phase.Alive(m.window.Run).Processes) })},
	{name: "deadlock", all: (*kind).deadlock, words: (*kind).deadlockSeen},
	{name: "at_once", figure: (*kind).atOnce, unclear: (*kind).oneStepUnclear, words: says("at_once", "%s of its steps were under way at once", number)},
}

const nothingBeside = "there is nothing to compare it with"

// starvedShare is the share of a core below which it is not clear whether a step
// computes that waited for a core most of its time: one that reads files seemed
// to on a crowded machine, with 2 ms of CPU time in 0.9 s.
const starvedShare = 0.1

// oneStepUnclear says why it is not clear what one step alone does.
func (k *kind) oneStepUnclear(c *spec.Call, _ []observedCall) string {
	base := k.besides(c)
	switch used := medianOf(base, func(m observedCall) float64 { return m.cpu() / 1e6 / math.Max(1e-6, m.wall()) }); {
	case len(base) == 0:
		return nothingBeside
	case medianOf(base, observedCall.wall) < overSoon && medianOf(base, busy) < mostlyComputes && medianOf(base, billed) >= mostlyComputes:
		return "one step alone was over too soon to see whether it computes"
	case used < starvedShare && medianOf(base, busy) >= mostlyComputes:
		return "one step alone waited for a core most of its time, so it is not clear whether it computes"
	}
	return ""
}

func (k *kind) gil(c *spec.Call, name string) {
	k.SetTruth(name, k.Record.Python.GIL)
	if c.GIL != nil {
		k.SetTruth(name, *c.GIL)
	}
}

func (k *kind) deadlock(c *spec.Call, name string) {
	k.SetTruth(name, slices.ContainsFunc(k.calls[c.ID], deadlocked))
}

func (k *kind) deadlockSeen(c *spec.Call) string {
	for _, m := range k.calls[c.ID] {
		if deadlocked(m) {
			return verdict.Standing(m.Stands)
		}
	}
	return "no threads stood still"
}

// overTooSoon says why no threads were seen in quick calls.
func overTooSoon(_ *kind, _ *spec.Call, back []observedCall) string {
	if slices.ContainsFunc(back, func(m observedCall) bool { return m.wall() > overSoon || phase.Alive(m.window.Run).Threads > 0 }) {
		return ""
	}
	return "it was over too soon for its threads to be seen"
}

// billed is the share of a core that a call used to the kernel's accounts, in
// ticks; 0 where they were not read.
func billed(m observedCall) float64 {
	if m.Usage == nil {
		return 0
	}
	return float64(m.Usage.Own+m.Usage.Children) / 1e6 / math.Max(1e-6, m.wall())
}

// besides gives the calls that did the same one step after the other.
func (k *kind) besides(c *spec.Call) []observedCall {
	return returned(k.calls[c.Beside], record.Measured)
}

// atOnce is how many of a call's steps were under way at once.
func (k *kind) atOnce(c *spec.Call, m observedCall) (stat.Interval, bool) {
	base := k.besides(c)
	if len(base) == 0 {
		return stat.Interval{}, false
	}
	p := m.workers()
	switch {
	case medianOf(base, busy) < mostlyComputes:
		step := medianOf(base, func(m observedCall) float64 { return m.wall() / m.tasks() })
		return stat.Exactly(step * m.tasks() / math.Max(1e-6, m.wall())), true
	case p == nil:
		return stat.Exactly(1), true
	}
	return p.Parallelism(), true
}

// mostlyComputes is the share of a core from which on one step alone is said to
// compute, and its clock to depend on how many cores are to be had.
const mostlyComputes = 0.5

// busy is how many cores a call wanted on average.
func busy(m observedCall) float64 {
	if p := m.workers(); p != nil {
		return p.Parallelism().Value * float64(p.Wall()) / 1e6 / math.Max(1e-6, m.wall())
	}
	used := 0.0
	for i := range m.window.Run.Tasks {
		last := m.window.Run.Tasks[i].Last()
		// As for a phase: who had slept waits for a core, too, and wanted none
		// before; who never slept was preempted.
		slept := float64(last.Voluntary) / math.Max(1, float64(last.Voluntary+last.Involuntary))
		used += float64(last.CPU) + float64(last.Wait)*(1-slept)
	}
	return used / 1e6 / math.Max(1e-6, m.wall())
}

// idle says whether a call that hung used hardly any CPU time in its second
// half.
func idle(m observedCall) bool {
	const most = 0.05 // of a core
	half := (m.Begin + m.End) / 2
	w := phase.Within(m.run, half, m.End)
	return float64(w.Main+w.Threads+w.Processes) < most*float64(m.End-half)
}
