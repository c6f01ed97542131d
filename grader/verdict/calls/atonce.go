package verdict

import (
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// overSoon is how many seconds a call has to last so that threads in it are
// seen: several looks of the sampler.
const overSoon = 0.05

// looked are further quantities of what was under way in a call as a whole.
func (j *judge) looked(c *spec.Call) {
	back := of(j.calls[c.ID], record.Measured)
	j.setTruth(c.ID+".gil", j.rec.Python.GIL)
	if c.GIL != nil {
		j.setTruth(c.ID+".gil", *c.GIL)
	}
	figure := func(name string, f func(made) float64) {
		var rounds []stat.Interval
		for _, m := range back {
			rounds = append(rounds, stat.Exactly(f(m)))
		}
		switch q, _ := j.spec.LookUp(c.ID + "." + name); {
		case len(back) == 0:
			j.missing(c.ID+"."+name, "it never returned")
		case q.Witness == spec.Scheduler && !j.rec.Host.Scheduler:
			j.unknown(c.ID+"."+name, "tasks cannot be observed on "+j.rec.Host.OS)
		case name == "threads" && stat.Middle(rounds).Hi == 0 && !slices.ContainsFunc(back, func(m made) bool { return m.wall() > overSoon }):
			j.unknown(c.ID+"."+name, "it was over too soon for its threads to be seen")
		default:
			j.set(c.ID+"."+name, stat.Middle(rounds))
		}
	}
	figure("wall", made.wall)
	figure("busy", busy)
	figure("threads", func(m made) float64 { return float64(phase.Alive(m.window.Run).Threads) })
	figure("processes", func(m made) float64 { return float64(phase.Alive(m.window.Run).Processes) })
	hung := false
	for _, m := range j.calls[c.ID] {
		hung = hung || deadlocked(m)
	}
	j.setTruth(c.ID+".deadlock", hung)

	base := of(j.calls[c.Beside], record.Measured)
	if len(base) == 0 {
		j.unknown(c.ID+".at_once", "there is nothing to compare it with")
		return
	}
	var share, step []float64
	for _, m := range base {
		share, step = append(share, busy(m)), append(step, m.wall()/m.tasks())
	}
	computes := stat.Median(share) >= mostlyComputes
	figure("at_once", func(m made) float64 {
		p := m.workers()
		switch {
		case !computes:
			return stat.Median(step) * m.tasks() / math.Max(1e-6, m.wall())
		case p == nil:
			return 1
		}
		return p.Parallelism().Value
	})
}

// mostlyComputes is the share of a core from which on one step alone is said to
// compute, and its clock to depend on how many cores are to be had.
const mostlyComputes = 0.5

// busy is how many cores a call wanted on average.
func busy(m made) float64 {
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
func idle(m made) bool {
	const most = 0.05 // of a core
	half := (m.Begin + m.End) / 2
	w := phase.Within(m.run, half, m.End)
	return float64(w.Main+w.Threads+w.Processes) < most*float64(m.End-half)
}
