package calls

import (
	"fmt"
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// shareRows say who used the CPU time of a call, and for how much work.
var shareRows = []row{
	{name: "in_main", figure: (*kind).inMain, absent: noWorkers, unclear: tooSoon, words: (*kind).sharesSeen},
	{name: "in_threads", absent: noWorkers, unclear: tooSoon, words: (*kind).sharesSeen,
		figure: share(func(m observedCall) float64 { _, threads, _ := m.shares(); return threads })},
	{name: "in_processes", absent: noWorkers, unclear: tooSoon, words: (*kind).sharesSeen,
		figure: share(func(m observedCall) float64 { _, _, processes := m.shares(); return processes })},
	{name: "utilization", absent: noWorkers, unclear: tooSoon, words: says("utilization", "it kept %.0f %% of a core busy", percent),
		figure: exactly(func(m observedCall) float64 { return m.cpu() / 1e6 / math.Max(m.wall(), 1e-6) })},
	{name: "size", absent: noWorkers, words: says("size", "within the same time it manages sizes up to %s", number),
		figure: exactly(func(m observedCall) float64 { return m.Mean })},
	{name: "cost", absent: noWorkers, unclear: tooSoon, words: says("cost", "a task cost %.0f µs of CPU time in all", plainly),
		figure: exactly(func(m observedCall) float64 { return m.cpu() / m.tasks() })},
	{name: "work", absent: noWorkers, unclear: tooSoon, lacks: besideReference,
		words:  says("work", "it used %s times the CPU time that the reference needs for the same inputs", number),
		figure: comparedWithReference(func(_ *kind, m observedCall) float64 { return m.cpu() })},
	{name: "busiest", absent: noWorkers, unclear: tooSoon, lacks: besideReference, figure: comparedWithReference((*kind).busiest),
		words: func(k *kind, c *spec.Call) string {
			return fmt.Sprintf("of %s, one used %.0f %% of the CPU time that the reference needs for all of it", k.workers(c), 100*k.v(c, "busiest"))
		}},
	{name: "messages", absent: noWorkers, unclear: tooSoon, lacks: unbilled, words: says("messages", "%s writes between processes for each task", number),
		figure: func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
			if m.Usage == nil {
				return stat.Interval{}, false
			}
			return stat.Exactly(float64(m.Usage.Messages) / m.tasks()), true
		}, seen: func(k *kind, c *spec.Call) string {
			return fmt.Sprintf("`batch=%v`: %s writes between processes for each task", batchOf(c), words.Number(k.v(c, "messages")))
		}},
	{name: "bytes", lacks: unweighed, words: says("bytes", "%s MiB went through pipes and into files", number),
		figure: func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
			if m.Usage == nil || m.Usage.Bytes == nil {
				return stat.Interval{}, false
			}
			return stat.Exactly(float64(*m.Usage.Bytes) / perMiB), true
		}},
}

// perMiB is the bytes in a MiB.
const perMiB = 1 << 20

// unweighed tells that the kernel did not count how much the processes wrote.
func unweighed(back []observedCall) quantity.Needs {
	if slices.ContainsFunc(back, func(m observedCall) bool { return m.Usage == nil || m.Usage.Bytes == nil }) {
		return quantity.NeedsWrites
	}
	return 0
}

// workerRows say what the workers of a call did.
var workerRows = []row{
	{name: "workers", absent: noWorkers, unclear: tooSoon,
		figure: ofWorkers(func(_ *kind, _ observedCall, p *phase.Phase) stat.Interval {
			return stat.Exactly(float64(p.Distinct()))
		}),
		words: func(k *kind, c *spec.Call) string { return k.workers(c) + " did the work" }},
	{name: "concurrency", absent: noWorkers, unclear: tooSoon,
		figure: ofWorkers(func(_ *kind, _ observedCall, p *phase.Phase) stat.Interval { return stat.Exactly(p.Concurrency()) }),
		words: func(k *kind, c *spec.Call) string {
			return fmt.Sprintf("of %s, %s were at work at once", k.workers(c), words.Number(k.v(c, "concurrency")))
		}},
	{name: "parallelism", absent: noWorkers, unclear: tooSoon, words: (*kind).parallelismSeen,
		figure: ofWorkers(func(_ *kind, _ observedCall, p *phase.Phase) stat.Interval { return p.Parallelism() }),
		seen:   func(k *kind, c *spec.Call) string { return k.parallelismSeen(c) + k.builtBy(c) }},
	{name: "handoffs", absent: noWorkers, unclear: tooSoon,
		figure: ofWorkers(func(_ *kind, _ observedCall, p *phase.Phase) stat.Interval { return p.HandOffs() }),
		words:  says("handoffs", "they went to sleep %.0f times per second of CPU time; threads that wait for the GIL do so some hundred times", plainly)},
	{name: "interleaving", all: (*kind).interleaving, words: func(k *kind, c *spec.Call) string {
		return fmt.Sprintf("of %s, only %s on average had a turn within the same few hundredths of a second", k.workers(c), words.Number(k.v(c, "interleaving")))
	}},
	{name: "cores", absent: noWorkers, unclear: tooSoon, words: says("cores", "they were allowed on %.0f %% of the cores that they could use here", percent),
		figure: ofWorkers(func(k *kind, m observedCall, p *phase.Phase) stat.Interval {
			return stat.Exactly(verdict.Room(p, m.window.Run, k.Record.Host.Affinity))
		})},
	{name: "memory", absent: noWorkers, unclear: tooSoon, words: says("memory", "a worker process held up to %s MiB", number),
		figure: ofWorkers(func(_ *kind, m observedCall, p *phase.Phase) stat.Interval { return stat.Exactly(memory(m, p)) })},
}

// decoys is how many times the reference's CPU time a call may use for the same
// work: starts of interpreters may double it, and what is beyond is no work, but
// hides who did it.
const decoys = 2

// inMain is the share of the main thread. Starting workers takes it some time,
// on some machines a lot: what the reference's took here is no computing.
func (k *kind) inMain(c *spec.Call, m observedCall) (stat.Interval, bool) {
	usual, turn := k.usualInMain(c)
	main, _, _ := m.shares()
	cpu := math.Max(1, m.cpu())
	if work := decoys * turn * m.turns(); work > 0 {
		cpu = math.Min(cpu, work)
	}
	return stat.Exactly(math.Max(0, main/cpu-usual)), true
}

// usualInMain is the share of a call's CPU time that the main thread uses in
// the reference, and the CPU time of a turn there, in µs; 0 where that was not
// run, or does not count in turns.
func (k *kind) usualInMain(c *spec.Call) (share, turn float64) {
	var shares, turns []float64
	for _, m := range returned(k.peers[c.ID], record.Measured) {
		main, _, _ := m.shares()
		shares = append(shares, main/math.Max(1, m.cpu()))
		if n := m.turns(); n > 0 {
			turns = append(turns, m.cpu()/n)
		}
	}
	if len(shares) == 0 {
		return 0, 0
	}
	if len(turns) > 0 {
		turn = stat.Median(turns)
	}
	return stat.Median(shares), turn
}

func (k *kind) sharesSeen(c *spec.Call) string {
	main, threads, processes := k.v(c, "in_main"), k.v(c, "in_threads"), k.v(c, "in_processes")
	if main+threads+processes > 1.005 {
		return fmt.Sprintf("the main thread used %.0f %% of the CPU time that the work may take, which is %d times the reference's", 100*main, decoys)
	}
	return fmt.Sprintf("of its CPU time the main thread used %.0f %%, other threads %.0f %%, child processes %.0f %%", 100*main, 100*threads, 100*processes)
}

func (k *kind) parallelismSeen(c *spec.Call) string {
	return fmt.Sprintf("of %s, %s wanted a core at once", k.workers(c), words.Number(k.v(c, "parallelism")))
}

// stretch is how many times as long as on idle cores the workers computed, 1 or
// more: other programs took the cores that they wanted.
func (k *kind) stretch(p *phase.Phase) float64 {
	cores := math.Min(math.Max(1, k.Record.Host.Cores()), math.Max(1, p.Parallelism().Value))
	return math.Max(1, float64(p.Wall())*cores/math.Max(1, float64(p.CPU())))
}

// busiest is the CPU time, in µs, of the worker that used most, without its
// start-up; 0 where only the main thread was busy.
func (k *kind) busiest(m observedCall) float64 {
	most := 0.0
	if p := m.workers(); p != nil {
		for _, used := range k.startup.Used(p) {
			most = math.Max(most, used)
		}
	}
	return most
}

// interleaving is how many of a call's workers shared each short stretch, over
// all measured calls.
func (k *kind) interleaving(c *spec.Call, name string) {
	back := k.measured(c)
	rounds := verdict.Rounds{Absent: noWorkers, Unclear: tooSoon(k, c, back)}
	if len(back) == 0 {
		rounds.Never = neverReturned
	}
	var all []*phase.Phase
	for _, m := range back {
		if p := m.workers(); p != nil {
			all = append(all, p)
		}
	}
	if len(all) > 0 {
		v, clear := phase.Interleaving(all...)
		if rounds.Add(v, clear); !clear && rounds.Unclear == "" {
			rounds.Unclear = verdict.SeldomSeen
		}
	}
	k.Gather(name, rounds)
}

// unbilled tells that the kernel did not count what the processes wrote.
func unbilled(back []observedCall) quantity.Needs {
	if slices.ContainsFunc(back, func(m observedCall) bool { return m.Usage == nil }) {
		return quantity.NeedsWrites
	}
	return 0
}

// memory is the most that one of the call's worker processes held, in MiB.
func memory(m observedCall, p *phase.Phase) float64 {
	if p.Kind != phase.Processes {
		return 0
	}
	var most int64
	for _, w := range p.Each() {
		for _, t := range w.Tasks {
			most = max(most, m.window.Run.Tasks[t].PeakKB)
		}
	}
	return float64(most) / 1024
}

// builtBy tells the command that built the C code of a call, empty for none.
func (k *kind) builtBy(c *spec.Call) string {
	for _, b := range k.Record.Submission.Builds {
		if c.Native && b.OK && b.Command != "" {
			return "; built by `" + b.Command + "`"
		}
	}
	return ""
}

// batchOf is how many tasks a message of the call is to hold.
func batchOf(c *spec.Call) float64 {
	if a := c.Role(spec.RoleBatch); a != nil && a.Value != nil {
		return *a.Value
	}
	return 0
}
