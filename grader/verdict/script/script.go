// Package script judges the record of a script that was run as it is: by the
// phases of its work, and by what it printed of them.
package script

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// kind judges a script.
type kind struct {
	*verdict.Judgement
	// runs are the learner's runs that count, others the reference's.
	runs, others []judgedRun
	// moment is the run of the submission as it was handed in, nil for none.
	moment     *record.Run
	startup    verdict.Startup
	confidence float64 // of the clock's intervals
	// claimed is what came of the printed figures, by quantity.
	claimed map[string]claims
}

// judgedRun is a run with its timeline and what it printed.
type judgedRun struct {
	*record.Run
	phase.Timeline
	claims *claim.Printed
	basis
	stillborn int // processes that ended with an error while they started
}

// New gives the kind that judges a script.
func New(j *verdict.Judgement) verdict.Kind {
	k := &kind{Judgement: j, startup: verdict.Startup{CPU: j.Record.Submission.Probe.StartupUS, Host: j.Record.Host},
		confidence: plan.Rounds(j.Spec).Confidence()}
	last := 0
	for _, run := range j.Record.Runs {
		last = max(last, run.Look)
	}
	for i := range j.Record.Runs {
		run := &j.Record.Runs[i]
		if run.Moment {
			k.moment = run
		}
		if run.Pilot || run.Moment || run.Look != last {
			continue
		}
		one := newJudgedRun(run, j.Record, j.Spec.Tasks, k.shortness(run))
		if one.stillborn = stillborn(run); one.stillborn > 0 {
			one.Processes = nil
		}
		if run.Whose == record.Reference {
			k.others = append(k.others, one)
		} else {
			k.runs = append(k.runs, one)
		}
	}
	return k
}

// Figures computes the quantities of a script.
func (k *kind) Figures() {
	for i := range rows {
		rows[i].compute(k)
	}
	if !k.stillborn() {
		return
	}
	for _, r := range rows { // what was seen of them is how interpreters start and end
		if strings.HasPrefix(r.name, "processes.") {
			k.Missing(r.name, "the processes ended before they had done a task")
		}
	}
}

// stillborn reports whether processes ended before they had done a task.
func (k *kind) stillborn() bool {
	return slices.ContainsFunc(k.runs, func(r judgedRun) bool { return r.stillborn > 0 })
}

// completed reports whether all judged runs ended by themselves without error,
// none of their processes at its very beginning.
func (k *kind) completed() bool {
	return len(k.runs) > 0 && !k.stillborn() && !slices.ContainsFunc(k.runs, func(r judgedRun) bool { return !r.End.OK() })
}

// Clocked gives the wall times of a phase over the rounds.
func (k *kind) Clocked(way string) verdict.Clocked {
	of := ofProcesses
	if way == "threads" {
		of = ofThreads
	}
	return verdict.Clocked{Workers: k.Spec.Tasks, Learner: walls(k.runs, of, whole), Reference: walls(k.others, of, whole)}
}

// Unsettled says why a bound on something other than time or samples decides
// nothing.
func (k *kind) Unsettled(b spec.Bound) (verdict.Explanation, bool) {
	f := k.Figure(b.Quantity)
	switch {
	case !f.Known && k.Record.Submission.Probe.Silent && b.Quantity == "task.correct":
		return verdict.Explanation{Message: words.Sentence(f.Reason), Hint: "Importing the script and calling its task must not end the program."}, true
	case f.Known && b.Quantity == "threads.workers" && k.keepsGIL() && k.mayPool("threads"):
		return verdict.Explanation{Message: words.Sentence("each task is a single call of C code, which keeps the GIL to its end; so a pool has a thread idle when the next task comes, starts no further one, and does not show how many it may have"),
			Hint: "Give the pool `max_workers=4` as a number, or let the task go through the numbers in a loop of Python."}, true
	case f.Known && b.Quantity == "threads.interleaving" && !k.bytecodeKnown():
		return verdict.Explanation{Message: words.Sentence(k.interleavingSeen() + ", but the task could not be called, and one that is a single call of C code keeps the GIL to its end"),
			Hint: "Put the task into a function at the top of the file, such as `def task(n):`, that the workers run."}, true
	case f.Known && k.claimed[b.Quantity].noun != "":
		message, hint := k.claimed[b.Quantity].unsettled()
		return verdict.Explanation{Message: message, Hint: hint}, true
	}
	return verdict.Explanation{}, false
}

// Summarise adds the phases, the timeline, and how the script was run.
func (k *kind) Summarise(r *verdict.Result) {
	r.Runs, r.Phases, r.Timeline, r.Notes = len(k.runs), k.phases(), k.timeline(), k.notes()
}

// mostWork is how many times as much CPU time a phase may have used as another one that
// did the same work: cores that are shared stretch it.
const mostWork = 2

// sameWork reports whether two phases did about as much work, so that their times can
// be compared.
func sameWork(p, q *phase.Phase) bool {
	a, b := float64(p.CPU()), float64(q.CPU())
	return a <= mostWork*b && b <= mostWork*a
}

// phases sums up the ways of working.
func (k *kind) phases() []verdict.Phase {
	const cores = 4 // the lesson's machine
	var out []verdict.Phase
	for _, one := range phases {
		if one.kind == phase.Processes && k.stillborn() {
			continue
		}
		var wall, cpu, workers, parallelism, handoffs, speedup, ideal []float64
		for _, r := range k.runs {
			p := one.of(r)
			if p == nil {
				continue
			}
			wall = append(wall, float64(p.Wall())/1e6)
			cpu = append(cpu, float64(p.CPU())/1e6)
			workers = append(workers, float64(p.Workers()))
			parallelism = append(parallelism, p.Parallelism().Value)
			handoffs = append(handoffs, r.HandOffs(p).Value)
			if r.Sequential != nil && p.Wall() > 0 && sameWork(p, r.Sequential) {
				speedup = append(speedup, float64(r.Sequential.Wall())/float64(p.Wall()))
				ideal = append(ideal, float64(p.CPU())/math.Max(1, p.Ideal(cores)))
			}
		}
		if len(wall) == 0 {
			continue
		}
		sum := verdict.Phase{Kind: one.kind, Wall: stat.Median(wall), CPU: stat.Median(cpu), Workers: int(stat.Median(workers)),
			Parallelism: stat.Median(parallelism), HandOffs: stat.Median(handoffs)}
		if len(speedup) > 0 {
			sum.Speedup, sum.Ideal = stat.Median(speedup), stat.Median(ideal)
		}
		out = append(out, sum)
	}
	return out
}

// steps is into how many steps a timeline is cut.
const steps = 60

// timeline draws the last run that was judged.
func (k *kind) timeline() []verdict.Stretch {
	if len(k.runs) == 0 {
		return nil
	}
	last := k.runs[len(k.runs)-1]
	var out []verdict.Stretch
	for _, b := range last.Bursts {
		s := verdict.Stretch{Kind: b.Kind, Start: float64(b.Start) / 1e6, End: float64(b.End) / 1e6}
		for _, shares := range b.Shares(last.Ended, steps) {
			s.Workers = append(s.Workers, verdict.Lane{Shares: shares})
		}
		out = append(out, s)
	}
	return out
}

// notes says at which size the script was run, and what outlived it.
func (k *kind) notes() []string {
	if len(k.runs) == 0 {
		return nil
	}
	var notes []string
	lesson := k.Spec.Size.Lesson
	switch r := k.runs[len(k.runs)-1]; {
	case r.Size > 0 && r.Size < lesson:
		notes = append(notes, fmt.Sprintf("Your script ran unchanged, except that %s became %s, so that a task takes about %s here. `--full` runs it as written.",
			words.Grouped(lesson), words.Grouped(r.Size), k.taskTime(r.Run)))
	case r.Size == 0 && !k.Record.Header.Full && lesson > 0:
		notes = append(notes, fmt.Sprintf("The lesson's %s was not found in your script, so it ran as written.", words.Grouped(lesson)))
	}
	if looks := k.Looks(); looks != "" {
		notes = append(notes, looks)
	}
	left := 0
	for _, r := range k.runs {
		left = max(left, r.End.Left)
	}
	if left > 0 {
		notes = append(notes, fmt.Sprintf("%s outlived the script and had to be ended.", words.Count(left, "process")))
	}
	return notes
}
