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

// growing is how many processes or threads more each call left behind.
func (k *kind) growing(name string) {
	most := 0.0
	for _, r := range k.rests() {
		most = math.Max(most, k.growth(r.run, r.call.Begin))
	}
	k.Gather(name, verdict.Rounds{Values: []stat.Interval{stat.Exactly(most)}})
}

// resting is the share of a core that was used after all calls had returned.
func (k *kind) resting(name string) {
	rounds := verdict.Rounds{Absent: "not all of the calls returned"}
	for _, r := range k.rests() {
		from := (r.call.Begin + r.call.End) / 2 // what was under way may end
		w := phase.Within(r.run, from, r.call.End)
		rounds.Add(stat.Exactly(float64(w.Main+w.Threads+w.Processes)/math.Max(1, float64(r.call.End-from))), true)
	}
	k.Gather(name, rounds)
}

// left is how many processes outlived the program.
func (k *kind) left(name string) {
	left := 0
	for i := range k.Record.Runs {
		if run := &k.Record.Runs[i]; run.Whose == record.Learner {
			left = max(left, run.End.Left)
		}
	}
	k.Gather(name, verdict.Rounds{Values: []stat.Interval{stat.Exactly(float64(left))}})
}

// rest is the pause after all calls of a run, in which nothing should compute.
type rest struct {
	run  *record.Run
	call *record.Call
}

// rests gives the pauses that the learner's programs came to.
func (k *kind) rests() []rest {
	var all []rest
	for i := range k.Record.Runs {
		run := &k.Record.Runs[i]
		n := slices.IndexFunc(run.Calls, func(c record.Call) bool { return c.Aim == record.Rest })
		if run.Whose == record.Learner && n >= 0 && run.Calls[n].Ended == record.Returned {
			all = append(all, rest{run, &run.Calls[n]})
		}
	}
	return all
}

// ended reports whether the programs ended by themselves once all calls had
// returned. How a run ended in the middle of a call is that call's matter.
func (k *kind) ended(name string) {
	seen, well := false, true
	for _, run := range k.Record.Runs {
		if n := len(run.Calls); run.Whose == record.Learner && n > 0 && !run.Calls[n-1].Ended.Cut() {
			seen, well = true, well && run.End.OK()
		}
	}
	if !seen {
		k.Missing(name, "not all of the calls came back")
		return
	}
	k.SetTruth(name, well)
}

// farewell says how a program ended that did not end well.
func (k *kind) farewell() string {
	for _, run := range k.Record.Runs {
		if run.Whose == record.Learner && !run.End.OK() {
			return verdict.Death(run.End)
		}
	}
	return ""
}

// growth is how many processes, or threads of the program, each further call
// of some function has left behind, of those that were alive at an instant
// after all calls: a pool that is kept is filled once.
func (k *kind) growth(run *record.Run, at int64) float64 {
	left := func(c record.Call, thread bool) float64 {
		n := 0
		for _, t := range run.Tasks {
			if t.Thread() == thread && (t.Parent > 0) != thread && t.Born >= c.Begin && t.Born <= c.End && t.Died > at {
				n++
			}
		}
		return float64(n)
	}
	most := 0.0
	for _, name := range k.Spec.Functions() {
		for _, thread := range []bool{false, true} {
			var sum, largest, calls, workers float64
			for _, c := range run.Calls {
				call := k.Spec.Call(c.ID)
				if call == nil || call.Function != name {
					continue
				}
				n, one := left(c, thread), observedCall{Call: &c, of: call}
				sum, largest, calls, workers = sum+n, math.Max(largest, n), calls+1, math.Max(workers, one.value(spec.RoleWorkers))
			}
			if calls > 1 && sum > workers+1 {
				most = math.Max(most, (sum-largest)/(calls-1))
			}
		}
	}
	return most
}
