package script

import (
	"fmt"
	"math"
	"strings"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// row computes a quantity and words it.
type row struct {
	name string
	// figure computes it in one run, false where the run has none; of completes
	// "no ... phase was seen" for where no run has it.
	figure func(*kind, judgedRun) (stat.Interval, bool)
	of     string
	// never says why there is nothing to look at where there was no run; empty
	// where the same is said as of runs without the phase.
	never string
	// all computes it from what all runs and the source say, in place of figure.
	all func(*kind, string)
	// unclear says why the figure decides nothing after all; nil where it does.
	unclear func(*kind) string
	// words say what was seen, where a bound is broken.
	words func(*kind) string
	// seen says in a few words what a check that passes rests on; nil for
	// nothing. Of a check's quantities the one that stands first here is taken.
	seen func(*kind) string
}

// compute puts the row's quantity among the figures.
func (r *row) compute(k *kind) {
	if r.all != nil {
		r.all(k, r.name)
		return
	}
	rounds := verdict.Rounds{Absent: "no " + r.of + " phase was seen"}
	if len(k.runs) == 0 {
		rounds.Never = r.never
	}
	for _, run := range k.runs {
		rounds.Add(r.figure(k, run))
	}
	if r.unclear != nil && len(rounds.Values) > 0 {
		rounds.Unclear = r.unclear(k)
	}
	k.Gather(r.name, rounds)
}

// way is a way of working that a script shows as a phase.
type way struct {
	kind  phase.Kind
	name  string // as quantities and reports call it
	words string // as a sentence does
	of    func(judgedRun) *phase.Phase
}

// phases are the ways of working, in the lesson's order.
var phases = []way{
	{phase.Main, "sequential", "the sequential phase", func(r judgedRun) *phase.Phase { return r.Sequential }},
	{phase.Threads, "threads", "the threads", ofThreads},
	{phase.Processes, "processes", "the processes", ofProcesses},
}

func ofThreads(r judgedRun) *phase.Phase   { return r.Threads }
func ofProcesses(r judgedRun) *phase.Phase { return r.Processes }

// rowOf gives the row of a quantity, nil for none.
func rowOf(name string) *row {
	for i := range rows {
		if rows[i].name == name {
			return &rows[i]
		}
	}
	return nil
}

// rows are all quantities of a script. What each phase has is made for each.
var rows []row

func init() {
	threads, processes := phases[1], phases[2]
	rows = append(rows,
		row{name: "run.completed", all: func(k *kind, name string) { k.SetTruth(name, k.completed()) }, words: saysItself,
			seen: func(k *kind) string { return words.Count(len(k.runs), "run") + ", each to the end" }},
		row{name: "task.correct", all: (*kind).taskCorrect, words: saysItself, seen: (*kind).accepted},
		row{name: "task.size", all: (*kind).taskSize, words: (*kind).sizeSeen},
		row{name: "task.scales", all: (*kind).taskScales, words: (*kind).scalesSeen},
		row{name: "task.alike", all: (*kind).taskAlike, words: (*kind).alikeSeen},
		row{name: "task.sleeps", all: (*kind).taskSleeps, words: (*kind).sleepsSeen},
		row{name: "task.clocked", all: (*kind).taskClocked, words: saysItself},
		seenRow(phases[0]), seenRow(threads), seenRow(processes),
		row{name: "sequential.work", of: "comparable", figure: (*kind).sequentialWork, words: (*kind).works},
		workRow(threads), workRow(processes), tasksRow(threads), tasksRow(processes),
		row{name: "phases.overlap", of: "single", words: func(k *kind) string {
			return fmt.Sprintf("for %.0f %% of a phase another one was running too", 100*k.Figure("phases.overlap").Value)
		}, figure: func(_ *kind, r judgedRun) (stat.Interval, bool) { return stat.Exactly(r.Overlap), len(r.Bursts) > 0 },
			seen: (*kind).works},
		row{name: "processes.cores", of: "processes", unclear: (*kind).choosesCores, words: func(k *kind) string {
			return fmt.Sprintf("they were allowed on %.0f %% of the cores that they could use here", 100*k.Figure("processes.cores").Value)
		}, figure: inPhase(processes, func(k *kind, r judgedRun, p *phase.Phase) stat.Interval {
			return stat.Exactly(verdict.Room(p, r.Run, k.Record.Host.Affinity))
		})},
		row{name: "threads.parallelism", of: "threads", figure: inPhase(threads, parallelism), seen: (*kind).threadsSeen, words: func(k *kind) string {
			return k.count("threads.parallelism") + " threads wanted a core at once, on average"
		}},
		row{name: "processes.parallelism", of: "processes", figure: inPhase(processes, parallelism), seen: (*kind).processesSeen, words: func(k *kind) string {
			return fmt.Sprintf("of %s processes, %s wanted a core at once, on average; side by side it is nearly all of them", k.count("processes.workers"), k.count("processes.parallelism"))
		}},
		row{name: "threads.handoffs", of: "threads", figure: inPhase(threads, handOffs), seen: (*kind).threadsSeen, words: handOffsSeen(threads)},
		row{name: "threads.interleaving", all: (*kind).interleaving, words: (*kind).interleavingSeen},
		row{name: "processes.handoffs", of: "processes", figure: inPhase(processes, handOffs), words: handOffsSeen(processes)},
		row{name: "threads.speedup", all: speedup(ofThreads), words: speedupSeen(threads)},
		row{name: "processes.speedup", all: speedup(ofProcesses), words: speedupSeen(processes)},
		row{name: "processes.efficiency", all: (*kind).efficiency, words: (*kind).efficiencySeen, seen: (*kind).processesSeen},
		row{name: "utilization.measured", all: (*kind).utilizationMeasured, words: saysItself},
	)
	for _, w := range []way{threads, processes} {
		rows = append(rows,
			row{name: w.name + ".workers", of: w.name, words: counted(w, "workers"), figure: inPhase(w, (*kind).workers)},
			row{name: w.name + ".width", of: w.name, words: counted(w, "width"), figure: inPhase(w, func(_ *kind, _ judgedRun, p *phase.Phase) stat.Interval { return stat.Exactly(float64(p.Width())) })})
	}
	rows = append(rows, claimRows...)
}

// saysItself is for quantities of which the bound's own message says all.
func saysItself(*kind) string { return "" }

// inPhase computes a figure of one phase, where the run has it.
func inPhase(w way, f func(*kind, judgedRun, *phase.Phase) stat.Interval) func(*kind, judgedRun) (stat.Interval, bool) {
	return func(k *kind, r judgedRun) (stat.Interval, bool) {
		p := w.of(r)
		if p == nil {
			return stat.Interval{}, false
		}
		return f(k, r, p), true
	}
}

func parallelism(_ *kind, _ judgedRun, p *phase.Phase) stat.Interval { return p.Parallelism() }
func handOffs(_ *kind, r judgedRun, p *phase.Phase) stat.Interval    { return r.HandOffs(p) }

func seenRow(w way) row {
	return row{name: w.name + ".seen", of: w.name, words: (*kind).works, figure: func(_ *kind, r judgedRun) (stat.Interval, bool) {
		if w.of(r) == nil {
			return stat.Exactly(0), true
		}
		return stat.Exactly(1), true
	}}
}

func workRow(w way) row {
	return row{name: w.name + ".work", of: w.name, words: (*kind).works, figure: func(k *kind, r judgedRun) (stat.Interval, bool) {
		p := w.of(r)
		if p == nil || r.Sequential == nil {
			return stat.Interval{}, false
		}
		return k.workOf(p, r, k.sameWork(w.of)), true
	}}
}

func tasksRow(w way) row {
	name := w.name + ".tasks"
	return row{name: name, of: w.name, figure: inPhase(w, func(k *kind, r judgedRun, p *phase.Phase) stat.Interval { return k.tasksOf(w, r, p) }),
		words: func(k *kind) string {
			return fmt.Sprintf("the work of %s tasks, where the challenge asks for %d", k.count(name), k.Spec.Tasks)
		}}
}

func counted(w way, what string) func(*kind) string {
	name := w.name + "." + what
	return func(k *kind) string {
		one := map[string]string{"threads": "thread", "processes": "process"}[k.Quantity(name).Unit]
		return k.count(name) + " " + words.Plural(one, int(math.Round(k.Figure(name).Value)))
	}
}

func handOffsSeen(w way) func(*kind) string {
	return func(k *kind) string {
		return fmt.Sprintf("%s went to sleep %.0f times per second of CPU time; threads that wait for the GIL do so some hundred times", w.words, k.Figure(w.name+".handoffs").Value)
	}
}

func speedupSeen(w way) func(*kind) string {
	return func(k *kind) string {
		return fmt.Sprintf("%s were %s times as fast as the sequential phase", w.words, words.Number(k.Figure(w.name+".speedup").Value))
	}
}

// count writes a quantity's value; workers and tasks are counted in whole ones.
func (k *kind) count(name string) string {
	v := k.Figure(name).Value
	switch k.Quantity(name).Unit {
	case "threads", "processes":
		v = math.Round(v)
	}
	return words.Number(v)
}

// works sums up the CPU time of the phases.
func (k *kind) works() string {
	used := map[phase.Kind]float64{}
	for _, p := range k.phases() {
		used[p.Kind] = p.CPU
	}
	var parts, rest []string
	for _, w := range phases {
		if cpu, ok := used[w.kind]; ok {
			parts = append(parts, fmt.Sprintf("%s used %s of CPU time", w.words, words.Seconds(cpu)))
		} else {
			rest = append(rest, w.words+" hardly any")
		}
	}
	return strings.Join(append(parts, rest...), ", ")
}

// threadsSeen says how the threads shared the GIL.
func (k *kind) threadsSeen() string {
	p, w := k.Figure("threads.parallelism"), k.Figure("threads.workers")
	switch {
	case !p.Known || !w.Known:
		return ""
	case !k.Record.Python.GIL:
		return fmt.Sprintf("of %s threads, %s wanted a core at once, as they can without the GIL", k.count("threads.workers"), k.count("threads.parallelism"))
	}
	return fmt.Sprintf("of %s threads, %s wanted a core at once, and they handed the GIL over %.0f times a second",
		k.count("threads.workers"), k.count("threads.parallelism"), k.Figure("threads.handoffs").Value)
}

// processesSeen says how many of the processes ran at once.
func (k *kind) processesSeen() string {
	if !k.Figure("processes.parallelism").Known || !k.Figure("processes.workers").Known {
		return ""
	}
	return fmt.Sprintf("of %s processes, %s wanted a core at once", k.count("processes.workers"), k.count("processes.parallelism"))
}
