package script

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/words"
)

// alone gives the functions that compute the task for the workers of one way of
// working, each with what it used when it was called alone, the quickest first.
func (k *kind) alone(way string) []record.Trial {
	var out []record.Trial
	for _, call := range k.Record.Submission.Probe.Called {
		if call.Accepted && least(call) > 0 && slices.Contains(call.Ways, way) {
			out = append(out, call)
		}
	}
	slices.SortStableFunc(out, func(a, b record.Trial) int { return cmp.Compare(least(a), least(b)) })
	return out
}

// least is the CPU time of a function's quickest call alone, in µs, 0 for none.
func least(call record.Trial) int64 {
	if len(call.AloneUS) == 0 {
		return 0
	}
	return slices.Min(call.AloneUS)
}

// other is a way of working whose workers call another function than those of one
// where the task is quicker: of all functions of the one, none takes as long as any of
// the other.
type other struct {
	slow, quick  way
	slower, most record.Trial  // the quickest of the slow way, the slowest of the quick one
	times        stat.Interval // how many times longer, over the calls that were made in turn
}

// differing finds the two ways of working that differ most in what their functions
// use alone; false where none do, or fewer than two are known.
func (k *kind) differing() (other, bool) {
	worst := other{times: stat.Exactly(1)}
	for _, slow := range phases {
		for _, quick := range phases {
			a, b := k.alone(slow.name), k.alone(quick.name)
			if slow.name == quick.name || len(a) == 0 || len(b) == 0 {
				continue
			}
			if t := slower(a[0], b[len(b)-1]); t.Value > worst.times.Value {
				worst = other{slow, quick, a[0], b[len(b)-1], t}
			}
		}
	}
	return worst, worst.times.Value > 1
}

// slower is how many times longer one function's calls take than another's: the
// least of each, between the extremes of two that follow each other.
func slower(one, other record.Trial) stat.Interval {
	v := stat.Exactly(float64(least(one)) / float64(least(other)))
	for i := range min(len(one.AloneUS), len(other.AloneUS)) {
		times := float64(one.AloneUS[i]) / math.Max(1, float64(other.AloneUS[i]))
		v.Lo, v.Hi = math.Min(v.Lo, times), math.Max(v.Hi, times)
	}
	return v
}

// taskAlike is how many times longer one phase's function takes than another's.
func (k *kind) taskAlike(name string) {
	o, _ := k.differing()
	k.Set(name, o.times)
}

func (k *kind) alikeSeen() string {
	o, differ := k.differing()
	if !differ {
		return ""
	}
	return fmt.Sprintf("called alone with the same number, `%s` (line %d), which %s run, takes %s times the CPU time of `%s` (line %d), which %s run",
		o.slower.Function, o.slower.Line, runs(o.slow), words.Number(o.times.Value), o.most.Function, o.most.Line, runs(o.quick))
}

// runs names who runs a function in a way of working, as a plural.
func runs(w way) string {
	if w.name == "sequential" {
		return "the loops of the sequential phase"
	}
	return w.words
}

// sleeper gives the function that went to sleep most often, called alone; false where
// none was.
func (k *kind) sleeper() (record.Trial, bool) {
	var most record.Trial
	for _, w := range phases {
		for _, call := range k.alone(w.name) {
			if least(most) == 0 || rate(call) > rate(most) {
				most = call
			}
		}
	}
	return most, least(most) > 0
}

// fewSleeps is how often a call may sleep that waits once for something, or whose
// process was put aside while it asked for memory.
const fewSleeps = 4

// rate is how often a function went to sleep per second of its CPU time, 0 for a few
// times.
func rate(call record.Trial) float64 {
	if call.Sleeps <= fewSleeps {
		return 0
	}
	return float64(call.Sleeps) * 1e6 / math.Max(1, float64(least(call)))
}

// taskSleeps is how often a task that is called alone goes to sleep: it has nobody to
// wait for.
func (k *kind) taskSleeps(name string) {
	call, known := k.sleeper()
	if !known {
		k.Set(name, stat.Exactly(0))
		return
	}
	k.Set(name, stat.Exactly(rate(call)))
}

func (k *kind) sleepsSeen() string {
	call, _ := k.sleeper()
	return fmt.Sprintf("called alone, `%s` (line %d) went to sleep %s in %s of CPU time", call.Function, call.Line, times(call.Sleeps), words.Span(float64(least(call))/1e6))
}

func times(n int64) string { return words.Count(int(n), "time") }

// placeOfTask is where the size or the function stands that a broken bound is about,
// nil for none.
func (k *kind) placeOfTask(quantity string) *record.Place {
	var call record.Trial
	switch quantity {
	case "task.scales":
		return k.sizePlace()
	case "task.alike":
		o, _ := k.differing()
		call = o.slower
	case "task.sleeps":
		call, _ = k.sleeper()
	}
	if call.Line == 0 {
		return nil
	}
	return &record.Place{File: k.Record.Submission.File, Line: call.Line}
}
