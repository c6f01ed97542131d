package script

import (
	"fmt"
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

const (
	// workNoise is the factor by which a sample before and after a phase may
	// change the ratio of two phases' CPU times.
	workNoise = 1.05
	// crowdedNoise is that factor on a crowded machine.
	crowdedNoise = 1.3
	// waitNoise is by how much that factor grows for each second that the
	// sequential phase waited for a core per second of CPU time, beyond littleWait and
	// up to muchWait, to 1.5 in all: at a load of 15 on two cores it waited three, and
	// used 1.6 times the CPU time of the other phases for the same work.
	waitNoise  = 0.4
	littleWait = 0.25
	muchWait   = 1.375
	// taskNoise is the factor by which a task's CPU time may differ from one
	// phase to another.
	taskNoise = 1.25
	// enoughToCompare is the CPU time, in µs, that a phase of the reference must
	// have used to tell how its work compares: where the learner's task is a slow
	// one, the size is small, and the reference's phases are hardly anything.
	enoughToCompare = 150_000
	// sizeNoise is the factor by which a turn of another loop may take more or
	// less time than one of the lesson's.
	sizeNoise = 1.6
)

// taskCorrect is what calling the functions showed, else what the source does. A
// function that is handed to workers, or that such a function calls, counts over
// one that is merely there.
func (k *kind) taskCorrect(name string) {
	source, probe := k.Record.Submission.Source, k.Record.Submission.Probe
	var right, wrong, handedOver bool
	for _, call := range probe.Called {
		handedOver = handedOver || call.Target
		wrong = wrong || call.Target && !call.Accepted
	}
	for _, call := range probe.Called {
		right = right || call.Accepted && (call.Target || !handedOver)
	}
	_, pattern := source.Find(k.Spec.Task.Pattern)
	switch {
	case right:
		k.SetTruth(name, true)
	case wrong:
		k.SetTruth(name, false)
	case source.Error != nil:
		k.Missing(name, "the source cannot be read")
	case probe.Silent:
		k.Unknown(name, "its functions could not be called on a small size, since the program ended before: "+probe.Error, "")
	default:
		k.SetTruth(name, pattern)
	}
}

// accepted says which function computes the task.
func (k *kind) accepted() string {
	for _, call := range k.Record.Submission.Probe.Called {
		if call.Accepted {
			return fmt.Sprintf("`%s(%d)` gives what it should", call.Function, call.Size)
		}
	}
	return "the source computes it"
}

func (k *kind) taskClocked(name string) {
	_, clocked := k.Record.Submission.Source.Find("clocked-task")
	k.SetTruth(name, clocked)
}

func (k *kind) utilizationMeasured(name string) {
	source := k.Record.Submission.Source
	if k.Record.Host.Scheduler && len(k.phases()) == 0 {
		k.Missing(name, "no phase was seen of which the CPU utilization could have been measured")
		return
	}
	_, unmeasured := source.Find("cpu-missing")
	k.SetTruth(name, !unmeasured && source.Error == nil)
}

// taskSize is 1 where the lesson's size was found, else what the CPU time of a
// task speaks of.
func (k *kind) taskSize(name string) {
	if len(k.runs) > 0 && k.runs[0].Size > 0 || len(k.Record.Submission.Source.Sizes) > 0 || k.Spec.Size.Lesson == 0 {
		k.Set(name, stat.Exactly(1))
		return
	}
	rounds := verdict.Rounds{Absent: "no sequential phase was seen"}
	for _, r := range k.runs {
		if r.Sequential != nil {
			turns := float64(r.Sequential.CPU()) * 1000 / float64(k.Spec.Tasks) / k.Record.Python.LoopNS
			rounds.Add(stat.Exactly(turns/float64(k.Spec.Size.Lesson)).Widen(sizeNoise), true)
		}
	}
	k.Gather(name, rounds)
}

func (k *kind) sizeSeen() string {
	lesson := k.Spec.Size.Lesson
	return fmt.Sprintf("a task used the CPU time of about %s numbers, where the lesson asks for %s",
		words.Grouped(int64(k.Figure("task.size").Value*float64(lesson)/1e5)*1e5), words.Grouped(lesson))
}

// sequentialWork compares the sequential phase with the mean of the others.
func (k *kind) sequentialWork(r judgedRun) (stat.Interval, bool) {
	if r.Sequential == nil || r.Threads == nil || r.Processes == nil {
		return stat.Interval{}, false
	}
	others := math.Sqrt(k.startup.Work(r.Threads) / k.sameWork(ofThreads) * k.startup.Work(r.Processes) / k.sameWork(ofProcesses))
	return stat.Exactly(float64(r.Sequential.CPU()) / others).Widen(k.noise(r)), true
}

// noise is the factor by which the ratio of two phases' CPU times may be off in a
// run with a sequential phase: who is put aside finds cold caches. Only other
// programs make a single task wait for a core.
func (k *kind) noise(r judgedRun) float64 {
	noise := workNoise
	if verdict.Crowded(k.Record.Host) {
		noise = crowdedNoise
	}
	u := r.Sequential.Use()
	waited := float64(u.Preempted) / math.Max(1, float64(u.CPU))
	return math.Max(noise, workNoise+waitNoise*(math.Min(waited, muchWait)-littleWait))
}

// workOf compares a phase's work with that of the sequential one, where the
// same work has this ratio.
func (k *kind) workOf(p *phase.Phase, r judgedRun, same float64) stat.Interval {
	sequential := float64(r.Sequential.CPU())
	w := stat.Exactly(k.startup.Work(p) / sequential / same).Widen(k.noise(r))
	for _, worker := range p.Each() {
		w.Lo -= float64(k.startup.Of(worker, k.startup.Noise())-k.startup.Of(worker, 1)) / sequential / same
	}
	return w
}

// tasksOf estimates how many tasks' work a phase did.
func (k *kind) tasksOf(w way, r judgedRun, p *phase.Phase) stat.Interval {
	least := k.least(p) * taskNoise
	if r.Sequential == nil {
		return stat.Exactly(k.tasks(p, least))
	}
	unit := float64(r.Sequential.CPU()) / float64(k.Spec.Tasks) * k.sameWork(w.of)
	n := p.Workers()
	if whole := w.kind == phase.Threads && k.keepsGIL() && k.mayPool(w.name); !whole && (!k.pools(w.name) || n < k.Spec.Tasks && k.Spec.Tasks%n != 0 && p.Even()) {
		// Bare threads and processes run a task each, and a pool
		// cannot share four tasks out evenly among three, but where each
		// keeps the GIL to its end.
		return stat.Exactly(k.tasks(p, unit*taskNoise))
	}
	shared := k.tasks(p, least)
	return stat.Interval{Value: max(shared, k.tasks(p, unit)), Lo: max(shared, k.tasks(p, unit*taskNoise)), Hi: max(shared, k.tasks(p, unit/taskNoise))}
}

// pools reports whether the source hands tasks of this phase to a pool, whose
// workers may run several.
func (k *kind) pools(phaseName string) bool {
	_, own := k.Record.Submission.Source.Find(phaseName + ".pool")
	_, any := k.Record.Submission.Source.Find("workers.pool")
	return own || any
}

// mayPool reports whether a pool may run the tasks of this phase: it does, or
// the source does not show what does.
func (k *kind) mayPool(phaseName string) bool {
	shown := slices.ContainsFunc([]string{phaseName + ".here", "workers.here", phaseName + ".missing"}, func(id string) bool {
		_, found := k.Record.Submission.Source.Find(id)
		return found
	})
	return k.pools(phaseName) || !shown
}

// tasks estimates how many tasks' work the phase did where one takes so much
// CPU time, in µs: each worker did at least one.
func (k *kind) tasks(p *phase.Phase, unit float64) float64 {
	n := 0.0
	for _, cpu := range k.startup.Used(p) {
		n += math.Max(1, math.Round(cpu/unit))
	}
	return n
}

// least is the CPU time of the worker that used least, in µs.
func (k *kind) least(p *phase.Phase) float64 {
	least := math.Inf(1)
	for _, cpu := range k.startup.Used(p) {
		least = math.Min(least, cpu)
	}
	return least
}

// sameWork is what the ratio of two phases' CPU times is here for the same
// work: the reference's. CPU time is stretched by caches, by simultaneous
// multithreading, and while a core's clock is still rising, so even an honest
// ratio is not 1. It is 1 where the reference was not run.
func (k *kind) sameWork(of func(judgedRun) *phase.Phase) float64 {
	var ratios []float64
	for _, r := range k.others {
		if p := of(r); p != nil && r.Sequential != nil && min(p.CPU(), r.Sequential.CPU()) >= enoughToCompare {
			ratios = append(ratios, float64(p.CPU())/float64(r.Sequential.CPU()))
		}
	}
	if len(ratios) == 0 {
		return 1
	}
	return stat.Median(ratios)
}

// choosesCores says why it tells nothing which cores were used: the script
// chose the only one that there is.
func (k *kind) choosesCores() string {
	if _, chooses := k.Record.Submission.Source.Find("affinity"); chooses && k.Record.Host.Affinity == 1 {
		return "the script chooses its cores itself, and this machine has only one to choose"
	}
	return ""
}

// workers is how many threads or processes did the phase's work. Of a pool one may
// come too late for a task of its own, on a crowded machine several: then it is at
// most how many were alive at once, or would have been: a pool whose first workers
// are done by then makes no further ones. Threads with a task that is one call of C code
// come one after the other: there all that worked count, up to the tasks.
func (k *kind) workers(r judgedRun, p *phase.Phase) stat.Interval {
	n := p.Workers()
	most := n
	if bytecode, known := k.bytecode(); p.Kind == phase.Threads && (!known || !bytecode) {
		most = max(n, min(p.Distinct(), k.Spec.Tasks))
		if known {
			n = most
		}
	}
	_, small := k.Record.Submission.Source.Find("threads.small-pool")
	if r.crowded && !small && p.Kind == phase.Threads {
		most = max(most, k.Spec.Tasks)
	}
	if n == k.Spec.Tasks-1 || verdict.Crowded(k.Record.Host) {
		for _, b := range p.Bursts {
			lives := phase.Alive(phase.Within(r.Run, b.Start, b.End).Run)
			most = max(most, map[phase.Kind]int{phase.Threads: lives.Threads, phase.Processes: lives.Processes}[p.Kind])
		}
	}
	if p.Kind == phase.Threads && n < k.Spec.Tasks && k.keepsGIL() && k.mayPool("threads") {
		n, most = k.pooled(n)
	}
	return stat.Interval{Value: float64(n), Lo: float64(n), Hi: float64(most)}
}

// pooled is how many threads a pool has, at least and at most, of which so many
// were seen. A pool starts one when a task comes and none is idle. Where each task
// keeps the GIL to its end, the next task is handed over when it is done, and its
// thread is idle again: one thread may do them all.
func (k *kind) pooled(seen int) (least, most int) {
	for _, of := range []string{"threads", "workers"} {
		if _, wide := k.Record.Submission.Source.Find(of + ".wide-pool"); wide {
			return k.Spec.Tasks, k.Spec.Tasks
		}
	}
	return seen, k.Spec.Tasks
}

// interleaving is how many of the threads shared each short stretch, over all
// runs. A task that is one call of C code keeps the GIL to its end: there a turn is
// a whole task, all threads have one, and the hand-offs alone tell whether they
// waited for it.
func (k *kind) interleaving(name string) {
	rounds := verdict.Rounds{Absent: "no threads phase was seen"}
	var all []*phase.Phase
	most := 0
	for _, r := range k.runs {
		if r.Threads != nil {
			all, most = append(all, r.Threads), max(most, int(k.workers(r, r.Threads).Value))
		}
	}
	_, known := k.bytecode()
	if k.keepsGIL() && len(all) > 0 {
		k.SetCount(name, most)
		return
	}
	if len(all) > 0 {
		v, clear := phase.Interleaving(all...)
		if !known {
			v.Hi = max(v.Hi, float64(most))
		}
		if rounds.Add(v, clear); !clear {
			rounds.Unclear = verdict.SeldomSeen
		}
	}
	k.Gather(name, rounds)
}

// bytecode says whether the task executes bytecode for its numbers, as calling it
// showed, and false where that is not known or not the same for all functions
// that compute it. Those that are handed to workers count over the others.
func (k *kind) bytecode() (has, known bool) {
	var yes, no [2]bool // handed to workers, others
	for _, call := range k.Record.Submission.Probe.Called {
		if !call.Accepted || call.Bytecode == nil {
			continue
		}
		which := 1
		if call.Target {
			which = 0
		}
		yes[which], no[which] = yes[which] || *call.Bytecode, no[which] || !*call.Bytecode
	}
	for i := range yes {
		if yes[i] || no[i] {
			return yes[i], yes[i] != no[i]
		}
	}
	return false, false
}

// keepsGIL reports whether a task is known to be one call of C code, which keeps the
// GIL to its end.
func (k *kind) keepsGIL() bool {
	has, known := k.bytecode()
	return known && !has
}

func (k *kind) bytecodeKnown() bool {
	_, known := k.bytecode()
	return known
}

func (k *kind) interleavingSeen() string {
	return fmt.Sprintf("of %s threads, only %s on average had a turn within the same few hundredths of a second; those that wait for the GIL nearly all do",
		k.count("threads.workers"), words.Number(k.Figure("threads.interleaving").Value))
}
