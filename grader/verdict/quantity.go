package verdict

import (
	"fmt"
	"math"
	"strings"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// workNoise is the factor by which a sample before and after a phase may
// change the ratio of two phases' CPU times.
const workNoise = 1.05

// taskNoise is the factor by which a task's CPU time may differ from one
// phase to another.
const taskNoise = 1.25

// enoughToCompare is the CPU time, in µs, that a phase of the reference must
// have used to tell how its work compares: where the learner's task is a slow
// one, the size is small, and the reference's phases are hardly anything.
const enoughToCompare = 150_000

// judge holds what a record says before any bound is looked at.
type judge struct {
	spec *spec.Challenge
	rec  *record.Record
	// runs are the learner's runs that count, others the reference's, each
	// with its timeline.
	runs, others []cut
	quantities   map[string]quantity
	// calls are the learner's calls by the spec's, peers the reference's.
	calls, peers map[string][]made
	// fresh is the CPU time, in µs, of a fresh interpreter until it had imported
	// and defined what it works with: of a script, as the probe measured it; of
	// a module, the least that the reference's took.
	fresh int64
	// analysis is what was read of an analyzer, nil for others.
	analysis *analysis
	// claimed is what came of the printed figures, by quantity.
	claimed map[string]claims
}

type cut struct {
	*record.Run
	phase.Timeline
	claims *claim.Printed
	basis
}

// quantity is a figure, or the reason why there is none.
type quantity struct {
	stat.Interval
	known bool
	// missing says that there was nothing to measure, which no bound allows;
	// otherwise an unknown figure decides nothing.
	missing bool
	why     string
}

func newJudge(c *spec.Challenge, rec *record.Record) *judge {
	j := &judge{spec: c, rec: rec, quantities: map[string]quantity{}, fresh: rec.Submission.Probe.StartupUS}
	switch {
	case c.Analysis != nil:
		j.analysisQuantities()
		return j
	case len(c.Calls) > 0:
		j.callQuantities()
		return j
	}
	for i := range rec.Runs {
		run := &rec.Runs[i]
		if run.Pilot {
			continue
		}
		one := newCut(run, rec)
		if run.Whose == record.Reference {
			j.others = append(j.others, one)
		} else {
			j.runs = append(j.runs, one)
		}
	}
	j.results()
	j.size()
	j.phaseQuantities()
	j.clock()
	j.claimQuantities()
	return j
}

func (j *judge) set(name string, v stat.Interval) {
	j.quantities[name] = quantity{Interval: v, known: true}
}

func (j *judge) setTruth(name string, holds bool) {
	v := 0.0
	if holds {
		v = 1
	}
	j.set(name, stat.Exactly(v))
}

func (j *judge) missing(name, why string) { j.quantities[name] = quantity{missing: true, why: why} }

func (j *judge) unknown(name, why string) { j.quantities[name] = quantity{why: why} }

// completed says that all judged runs ended by themselves without error.
func (j *judge) completed() bool {
	for _, r := range j.runs {
		if !r.End.OK() {
			return false
		}
	}
	return len(j.runs) > 0
}

// results are the quantities of the result and source witnesses.
func (j *judge) results() {
	source := j.rec.Submission.Source
	j.setTruth("run.completed", j.completed())

	// A function that is handed to workers, or that such a function calls,
	// counts over one that is merely there.
	probe := j.rec.Submission.Probe
	var right, wrong, handedOver bool
	for _, call := range probe.Called {
		handedOver = handedOver || call.Target
		wrong = wrong || call.Target && !call.Accepted
	}
	for _, call := range probe.Called {
		right = right || call.Accepted && (call.Target || !handedOver)
	}
	_, pattern := source.Find(j.spec.Task.Pattern)
	switch {
	case right:
		j.setTruth("task.correct", true)
	case wrong:
		j.setTruth("task.correct", false)
	case source.Error != nil:
		j.missing("task.correct", "the source cannot be read")
	case probe.Silent:
		j.unknown("task.correct", "its functions could not be called on a small size, since the program ended before: "+probe.Error)
	default:
		j.setTruth("task.correct", pattern)
	}

	_, clocked := source.Find("clocked-task")
	j.setTruth("task.clocked", clocked)

	_, unmeasured := source.Find("cpu-missing")
	j.setTruth("utilization.measured", !unmeasured && source.Error == nil)
}

// each computes a quantity in every run and combines the rounds. Where no run
// has the phase, the quantity is missing.
func (j *judge) each(name, phaseName string, figure func(cut) (stat.Interval, bool)) {
	var rounds []stat.Interval
	for _, r := range j.runs {
		if v, ok := figure(r); ok && v.Valid() {
			rounds = append(rounds, v)
		}
	}
	switch {
	case !j.rec.Host.Scheduler:
		j.unknown(name, "tasks cannot be observed on "+j.rec.Host.OS)
	case len(rounds) == 0:
		j.missing(name, "no "+phaseName+" phase was seen")
	default:
		j.set(name, stat.Middle(rounds))
	}
}

func (j *judge) phaseQuantities() {
	phases := map[string]func(cut) *phase.Phase{
		"sequential": func(c cut) *phase.Phase { return c.Sequential },
		"threads":    func(c cut) *phase.Phase { return c.Threads },
		"processes":  func(c cut) *phase.Phase { return c.Processes },
	}
	for name, of := range phases {
		j.each(name+".seen", name, func(c cut) (stat.Interval, bool) {
			if of(c) == nil {
				return stat.Exactly(0), true
			}
			return stat.Exactly(1), true
		})
		if name == "sequential" {
			continue
		}
		figure := func(quantity string, f func(*phase.Phase, cut) stat.Interval) {
			j.each(name+"."+quantity, name, func(c cut) (stat.Interval, bool) {
				p := of(c)
				if p == nil || quantity == "work" && c.Sequential == nil {
					return stat.Interval{}, false
				}
				return f(p, c), true
			})
		}
		same := j.sameWork(of)
		figure("work", func(p *phase.Phase, c cut) stat.Interval {
			w := stat.Exactly(j.work(p) / float64(c.Sequential.CPU()) / same).Widen(workNoise)
			for _, worker := range p.Each() {
				w.Lo -= float64(j.startup(worker, j.startupNoise())-j.startup(worker, 1)) / float64(c.Sequential.CPU()) / same
			}
			return w
		})
		figure("tasks", func(p *phase.Phase, c cut) stat.Interval {
			if c.Sequential == nil {
				return stat.Exactly(j.tasks(p, j.least(p)*taskNoise))
			}
			unit := float64(c.Sequential.CPU()) / float64(j.spec.Tasks) * same
			if n := p.Workers(); !j.pools(name) || n < j.spec.Tasks && j.spec.Tasks%n != 0 && p.Even() {
				// Bare threads and processes run a task each, and a pool
				// cannot share four tasks out evenly among three.
				return stat.Exactly(j.tasks(p, unit*taskNoise))
			}
			shared := j.tasks(p, j.least(p)*taskNoise)
			return stat.Interval{Value: max(shared, j.tasks(p, unit)), Lo: max(shared, j.tasks(p, unit*taskNoise)), Hi: max(shared, j.tasks(p, unit/taskNoise))}
		})
		figure("cores", func(p *phase.Phase, c cut) stat.Interval { return stat.Exactly(j.room(p, c.Run)) })
		figure("workers", func(p *phase.Phase, _ cut) stat.Interval { return stat.Exactly(float64(p.Workers())) })
		figure("width", func(p *phase.Phase, _ cut) stat.Interval { return stat.Exactly(float64(p.Width())) })
		figure("parallelism", func(p *phase.Phase, _ cut) stat.Interval { return p.Parallelism() })
		figure("handoffs", func(p *phase.Phase, c cut) stat.Interval { return c.HandOffs(p) })
	}
	if _, chooses := j.rec.Submission.Source.Find("affinity"); chooses && j.rec.Host.Affinity == 1 && j.quantities["processes.cores"].known {
		j.unknown("processes.cores", "the script chooses its cores itself, and this machine has only one to choose")
	}
	threads, processes := j.sameWork(ofThreads), j.sameWork(ofProcesses)
	j.each("sequential.work", "comparable", func(c cut) (stat.Interval, bool) {
		if c.Sequential == nil || c.Threads == nil || c.Processes == nil {
			return stat.Interval{}, false
		}
		others := math.Sqrt(j.work(c.Threads) / threads * j.work(c.Processes) / processes)
		return stat.Exactly(float64(c.Sequential.CPU()) / others).Widen(workNoise), true
	})
	j.each("phases.overlap", "single", func(c cut) (stat.Interval, bool) { return stat.Exactly(c.Overlap), len(c.Bursts) > 0 })
}

// size is the quantity task.size. A turn of another loop takes less or more
// time than one of the lesson's.
func (j *judge) size() {
	const name, factor = "task.size", 1.6
	if len(j.runs) > 0 && j.runs[0].Size > 0 || len(j.rec.Submission.Source.Sizes) > 0 || j.spec.Size.Lesson == 0 {
		j.set(name, stat.Exactly(1))
		return
	}
	j.each(name, "sequential", func(c cut) (stat.Interval, bool) {
		if c.Sequential == nil {
			return stat.Interval{}, false
		}
		turns := float64(c.Sequential.CPU()) * 1000 / float64(j.spec.Tasks) / j.rec.Python.LoopNS
		return stat.Exactly(turns / float64(j.spec.Size.Lesson)).Widen(factor), true
	})
}

// startupNoise is the factor by which a start may take more CPU time than the
// one that was measured: on a crowded machine, beside nine other busy programs,
// 1.7 was seen.
func (j *judge) startupNoise() float64 {
	if h := j.rec.Host; h.Capacity > 0 && h.Capacity < h.Cores()/2 {
		return 1.8
	}
	return 1
}

// startup is what a worker used to start up, in µs: no work, but a fresh
// interpreter's way to it. It takes so many times what was measured, and at
// most half of what the worker used, or three quarters if more than measured.
func (j *judge) startup(w phase.Worker, times float64) int64 {
	if !w.Spawned {
		return 0
	}
	most := w.CPU / 2
	if times > 1 {
		most = w.CPU * 3 / 4
	}
	return min(int64(times*float64(j.fresh)), most)
}

// pools says whether the source hands tasks of this phase to a pool, whose
// workers may run several.
func (j *judge) pools(phaseName string) bool {
	_, own := j.rec.Submission.Source.Find(phaseName + ".pool")
	_, any := j.rec.Submission.Source.Find("workers.pool")
	return own || any
}

// tasks estimates how many tasks' work the phase did where one takes so much
// CPU time, in µs: each worker did at least one.
func (j *judge) tasks(p *phase.Phase, unit float64) float64 {
	n := 0.0
	for _, cpu := range j.used(p) {
		n += math.Max(1, math.Round(cpu/unit))
	}
	return n
}

// least is the CPU time of the worker that used least, in µs.
func (j *judge) least(p *phase.Phase) float64 {
	least := math.Inf(1)
	for _, cpu := range j.used(p) {
		least = math.Min(least, cpu)
	}
	return least
}

// work is the CPU time of all workers in µs, without their start-up.
func (j *judge) work(p *phase.Phase) float64 {
	var sum float64
	for _, cpu := range j.used(p) {
		sum += cpu
	}
	return sum
}

// used is the CPU time of each worker in µs, without a fresh interpreter's
// start-up, by the worker's task.
func (j *judge) used(p *phase.Phase) map[int]float64 {
	used := map[int]float64{}
	for _, w := range p.Each() {
		used[w.Tasks[0]] += float64(w.CPU - j.startup(w, 1))
	}
	return used
}

// room is the share of the cores that so many workers could use on this
// machine which they were allowed to use, 0 to 1.
func (j *judge) room(p *phase.Phase, run *record.Run) float64 {
	cores := map[int]bool{}
	for _, w := range p.Each() {
		list := run.Tasks[w.Tasks[0]].CPUs
		if list == "" {
			return 1
		}
		for part := range strings.SplitSeq(list, ",") {
			from, to := 0, 0
			switch n, _ := fmt.Sscanf(part, "%d-%d", &from, &to); n {
			case 1:
				cores[from] = true
			case 2:
				for c := from; c <= to; c++ {
					cores[c] = true
				}
			}
		}
	}
	return math.Min(1, float64(len(cores))/float64(min(p.Workers(), j.rec.Host.Affinity)))
}

// sameWork is what the ratio of two phases' CPU times is here for the same
// work: the reference's. CPU time is stretched by caches, by simultaneous
// multithreading, and while a core's clock is still rising, so even an honest
// ratio is not 1. It is 1 where the reference was not run.
func (j *judge) sameWork(of func(cut) *phase.Phase) float64 {
	var ratios []float64
	for _, r := range j.others {
		if p := of(r); p != nil && r.Sequential != nil && min(p.CPU(), r.Sequential.CPU()) >= enoughToCompare {
			ratios = append(ratios, float64(p.CPU())/float64(r.Sequential.CPU()))
		}
	}
	if len(ratios) == 0 {
		return 1
	}
	return stat.Median(ratios)
}

// walls gives the wall times of a phase, or a share of each, over the runs that
// have both it and a sequential phase.
func walls(runs []cut, of func(cut) *phase.Phase, share func(*phase.Phase) float64) []Times {
	var times []Times
	for _, r := range runs {
		if p := of(r); p != nil && r.Sequential != nil && p.Wall() > 0 && r.Sequential.Wall() > 0 {
			times = append(times, Times{Alone: float64(r.Sequential.Wall()) / 1e6, Took: share(p) * float64(p.Wall()) / 1e6, Work: float64(max(1, r.Size))})
		}
	}
	return times
}

func ofThreads(c cut) *phase.Phase   { return c.Threads }
func ofProcesses(c cut) *phase.Phase { return c.Processes }

// working gives the wall times of the processes without the share of them that
// fresh interpreters' starts took, as their CPU time tells: the lesson's size
// leaves nothing of that share, and beside busy neighbours it doubled a phase of
// a tenth of a second a task (TestCrowded).
func (j *judge) working(runs []cut) []Times {
	return walls(runs, ofProcesses, func(p *phase.Phase) float64 {
		if cpu := float64(p.CPU()); cpu > 0 {
			return j.work(p) / cpu
		}
		return 1
	})
}

// whole is the share of a wall time that counts where all does.
func whole(*phase.Phase) float64 { return 1 }

// clock are the quantities of the clock witness.
func (j *judge) clock() {
	confidence := plan.Rounds(j.spec).Confidence()
	speedup := func(name string, of func(cut) *phase.Phase) {
		s, o := split(walls(j.runs, of, whole))
		if len(s) == 0 {
			j.each(name, "comparable", func(cut) (stat.Interval, bool) { return stat.Interval{}, false })
			return
		}
		j.set(name, stat.Ratio([][]float64{s}, [][]float64{o}, confidence))
	}
	speedup("threads.speedup", ofThreads)
	speedup("processes.speedup", ofProcesses)

	s, p := split(j.working(j.runs))
	rs, rp := split(j.working(j.others))
	switch {
	case len(s) == 0:
		j.each("processes.efficiency", "processes", func(cut) (stat.Interval, bool) { return stat.Interval{}, false })
	case len(rs) == 0:
		j.unknown("processes.efficiency", "the reference was not run beside it")
	default:
		j.set("processes.efficiency", stat.Ratio([][]float64{s, rp}, [][]float64{p, rs}, confidence))
	}
}

// phases sums up the ways of working for a report.
func (j *judge) phases() []Phase {
	const cores = 4 // the lesson's machine
	var out []Phase
	for _, k := range []struct {
		kind phase.Kind
		of   func(cut) *phase.Phase
	}{{phase.Main, func(c cut) *phase.Phase { return c.Sequential }}, {phase.Threads, ofThreads}, {phase.Processes, ofProcesses}} {
		var wall, cpu, workers, parallelism, handoffs, speedup, ideal []float64
		for _, r := range j.runs {
			p := k.of(r)
			if p == nil {
				continue
			}
			wall = append(wall, float64(p.Wall())/1e6)
			cpu = append(cpu, float64(p.CPU())/1e6)
			workers = append(workers, float64(p.Workers()))
			parallelism = append(parallelism, p.Parallelism().Value)
			handoffs = append(handoffs, r.HandOffs(p).Value)
			if r.Sequential != nil && p.Wall() > 0 {
				speedup = append(speedup, float64(r.Sequential.Wall())/float64(p.Wall()))
				ideal = append(ideal, float64(r.Sequential.CPU())/math.Max(1, p.Ideal(cores)))
			}
		}
		if len(wall) == 0 {
			continue
		}
		one := Phase{Kind: k.kind, Wall: stat.Median(wall), CPU: stat.Median(cpu), Workers: int(stat.Median(workers)),
			Parallelism: stat.Median(parallelism), HandOffs: stat.Median(handoffs)}
		if len(speedup) > 0 {
			one.Speedup, one.Ideal = stat.Median(speedup), stat.Median(ideal)
		}
		out = append(out, one)
	}
	return out
}

// steps is into how many steps a timeline is cut.
const steps = 60

// timeline draws the last run that was judged.
func (j *judge) timeline() []Stretch {
	if len(j.runs) == 0 {
		return nil
	}
	last := j.runs[len(j.runs)-1]
	var out []Stretch
	for _, b := range last.Bursts {
		s := Stretch{Kind: b.Kind, Start: float64(b.Start) / 1e6, End: float64(b.End) / 1e6}
		for _, shares := range b.Shares(last.Ended, steps) {
			s.Workers = append(s.Workers, Lane{shares})
		}
		out = append(out, s)
	}
	return out
}
