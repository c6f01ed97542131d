package script

import (
	"fmt"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// walls gives the wall times of a phase, or a share of each, over the runs that
// have both it and a sequential phase.
func walls(runs []judgedRun, of func(judgedRun) *phase.Phase, share func(*phase.Phase) float64) []verdict.Times {
	var times []verdict.Times
	for _, r := range runs {
		if p := of(r); p != nil && r.Sequential != nil && p.Wall() > 0 && r.Sequential.Wall() > 0 {
			times = append(times, verdict.Times{Alone: float64(r.Sequential.Wall()) / 1e6, Took: share(p) * float64(p.Wall()) / 1e6, Work: float64(max(1, r.Size))})
		}
	}
	return times
}

// whole is the share of a wall time that counts where all does.
func whole(*phase.Phase) float64 { return 1 }

// working gives the wall times of the processes without the share of them that
// fresh interpreters' starts took, as their CPU time tells: the lesson's size
// leaves nothing of that share, and beside busy neighbours it doubled a phase of
// a tenth of a second a task (TestCrowded).
func (k *kind) working(runs []judgedRun) []verdict.Times {
	return walls(runs, ofProcesses, func(p *phase.Phase) float64 {
		if cpu := float64(p.CPU()); cpu > 0 {
			return k.startup.Work(p) / cpu
		}
		return 1
	})
}

// speedup is the sequential phase's wall time over that of another.
func speedup(of func(judgedRun) *phase.Phase) func(*kind, string) {
	return func(k *kind, name string) {
		s, o := verdict.Split(walls(k.runs, of, whole))
		if len(s) == 0 {
			k.Gather(name, verdict.Rounds{Absent: "no comparable phase was seen"})
			return
		}
		k.Set(name, stat.Ratio([][]float64{s}, [][]float64{o}, k.confidence))
	}
}

// efficiency is the processes' speedup relative to the reference's.
func (k *kind) efficiency(name string) {
	s, p := verdict.Split(k.working(k.runs))
	rs, rp := verdict.Split(k.working(k.others))
	switch {
	case len(s) == 0:
		k.Gather(name, verdict.Rounds{Absent: "no processes phase was seen"})
	case len(rs) == 0:
		k.Gather(name, verdict.Rounds{Lacks: quantity.NeedsReference})
	default:
		k.Set(name, stat.Ratio([][]float64{s, rp}, [][]float64{p, rs}, k.confidence))
	}
}

// efficiencySeen also says how much longer the processes phase took than its
// work.
func (k *kind) efficiencySeen() string {
	f := k.Figure("processes.efficiency")
	text := fmt.Sprintf("the speedup was %s of the reference's (between %s and %s)", k.count("processes.efficiency"), words.Number(f.Lo), words.Number(f.Hi))
	for _, p := range k.phases() {
		if p.Kind == phase.Processes && p.Workers > 0 {
			text += fmt.Sprintf("; the phase took %s for %s of CPU time in %s", words.Seconds(p.Wall), words.Seconds(p.CPU), words.Count(p.Workers, "worker"))
		}
	}
	return text
}
