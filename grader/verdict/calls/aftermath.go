package verdict

import (
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// afterwards are the quantities of what the calls left behind.
func (j *judge) afterwards() {
	j.farewells()
	if !j.rec.Host.Scheduler {
		for _, name := range []string{"calls.growth", "calls.resting", "calls.left"} {
			j.unknown(name, "tasks cannot be observed on "+j.rec.Host.OS)
		}
		return
	}
	growth, resting, left := 0.0, []stat.Interval(nil), 0
	for i := range j.rec.Runs {
		run := &j.rec.Runs[i]
		if run.Whose != record.Learner {
			continue
		}
		left = max(left, run.End.Left)
		k := slices.IndexFunc(run.Calls, func(c record.Call) bool { return c.Aim == record.Rest })
		if k < 0 || run.Calls[k].Ended != record.Returned {
			continue
		}
		rest := run.Calls[k]
		from := (rest.Begin + rest.End) / 2 // what was under way may end
		w := phase.Within(run, from, rest.End)
		resting = append(resting, stat.Exactly(float64(w.Main+w.Threads+w.Processes)/math.Max(1, float64(rest.End-from))))
		growth = math.Max(growth, j.growth(run, rest.Begin))
	}
	j.set("calls.growth", stat.Exactly(growth))
	j.set("calls.left", stat.Exactly(float64(left)))
	if len(resting) == 0 {
		j.missing("calls.resting", "not all of the calls returned")
		return
	}
	j.set("calls.resting", stat.Middle(resting))
}

// farewells says whether the programs ended by themselves once all calls had
// returned. How a run ended in the middle of a call is that call's matter.
func (j *judge) farewells() {
	seen, well := false, true
	for _, run := range j.rec.Runs {
		if n := len(run.Calls); run.Whose == record.Learner && n > 0 && !run.Calls[n-1].Ended.Cut() {
			seen, well = true, well && run.End.OK()
		}
	}
	if !seen {
		j.missing("calls.ended", "not all of the calls came back")
		return
	}
	j.setTruth("calls.ended", well)
}

// farewell says how a program ended that did not end well.
func (j *judge) farewell() string {
	for _, run := range j.rec.Runs {
		if run.Whose == record.Learner && !run.End.OK() {
			return death(run.End)
		}
	}
	return ""
}

// growth is how many processes, or threads of the program, each further call
// of some function has left behind, of those that were alive at an instant
// after all calls: a pool that is kept is filled once.
func (j *judge) growth(run *record.Run, at int64) float64 {
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
	for _, name := range j.spec.Functions() {
		for _, thread := range []bool{false, true} {
			var sum, largest, calls, workers float64
			for _, c := range run.Calls {
				if call := j.spec.Call(c.ID); call == nil || call.Function != name {
					continue
				}
				n := left(c, thread)
				sum, largest, calls, workers = sum+n, math.Max(largest, n), calls+1, math.Max(workers, c.Values["workers"])
			}
			if calls > 1 && sum > workers+1 {
				most = math.Max(most, (sum-largest)/(calls-1))
			}
		}
	}
	return most
}
