package calls

import (
	"fmt"
	"math"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/words"
)

// How far apart the two ways must be for a case to be clear: the times are
// estimates, and the learner's are others.
const (
	clearlyWorth    = 1.5
	clearlyNotWorth = 3
)

// costs are what processes cost here, as measured: seconds to start a pool
// and to end it, at the least and at the most, and to send one task.
type costs struct{ least, most, message float64 }

// few is how many tasks a call has at most of which hardly anything but the
// start-up is seen.
const few = 16

// costs takes them from the calls of processes, the learner's and the
// reference's: a call's time less its work's.
func (k *kind) costs() (costs, bool) {
	c := costs{least: math.Inf(1)}
	for _, calls := range []map[string][]observedCall{k.calls, k.peers} {
		for id, all := range calls {
			s := k.Spec.Call(id)
			if s.Expect != spec.Tasks || s.Function == "" {
				continue
			}
			for _, m := range returned(all, record.Measured) {
				_, threads, processes := m.shares()
				if processes < threads {
					continue
				}
				tasks, cpu := m.tasks(), processes/1e6
				switch small := float64(s.Sized().Takes)/1e9 < tiny; {
				case small && tasks <= few:
					c.least = math.Min(c.least, m.wall())
				case small:
					c.message = math.Max(c.message, m.wall()/tasks)
				}
				if p := m.workers(); p != nil {
					c.most = math.Max(c.most, m.wall()-cpu/math.Max(1, float64(p.Distinct())))
				}
			}
		}
	}
	if math.IsInf(c.least, 1) {
		return costs{}, false
	}
	c.least = math.Max(c.least, leastStart)
	return c, true
}

const (
	// tiny is a task, in seconds, that is shorter than its message.
	tiny = 1e-3
	// leastStart is the least that handing work to a process takes, in
	// seconds, even where it waits for it: two switches, two messages.
	leastStart = 100e-6
)

// worth says whether processes beat a loop in a case, and false where that is
// not clear on this machine.
func (k *kind) worth(m observedCall) (want, known bool) {
	c, ok := k.costs()
	if !ok {
		return false, false
	}
	task, count, workers := m.value(spec.RoleTaskSeconds), m.value(spec.RoleCount), m.value(spec.RoleWorkers)
	loop := task * count
	if loop*clearlyNotWorth < c.least {
		return false, true
	}
	// The cores that may be used, not what a busy moment left of them: that is
	// what the function is asked about.
	side := math.Min(math.Min(workers, count), k.Record.Host.Cores())
	if side <= 1 {
		return false, false
	}
	if loop > clearlyWorth*(loop/side+task+c.most+count*c.message) {
		return true, true
	}
	return false, false
}

// cases is how many of the cases are clear on this machine; answers count their
// own, see answered.
func (k *kind) cases(c *spec.Call, name string) {
	switch c.Expect {
	case spec.Answered:
	case spec.Worth:
		clear := 0
		for _, m := range k.measured(c) {
			if _, known := k.worth(m); known && m.run == k.measured(c)[0].run {
				clear++
			}
		}
		k.SetCount(name, clear)
	default:
		k.Unknown(name, c.ID+" is called without cases that could be clear", "")
	}
}

func (k *kind) casesSeen(c *spec.Call) string {
	return fmt.Sprintf("%.0f of %d cases are clear here", k.v(c, "cases"), len(c.Cases))
}

// worthRight reports whether all clear cases were answered rightly.
func (k *kind) worthRight(name string, back []observedCall) {
	clear, right := false, true
	for _, m := range back {
		if want, known := k.worth(m); known {
			clear, right = true, right && saysSo(m, want)
		}
	}
	if !clear {
		k.Unknown(name, noClearCase, "")
		return
	}
	k.SetTruth(name, right)
}

const noClearCase = "no case is clear on this machine as it was"

// saysSo reports whether a call returned this truth value.
func saysSo(m observedCall, want bool) bool { return len(m.Result) == 1 && (m.Result[0] != 0) == want }

// notWorth says which case was answered wrongly, and why that is clear; empty for
// none.
func (k *kind) notWorth(call *spec.Call) string {
	truth := map[bool]string{true: "True", false: "False"}
	for _, m := range k.measured(call) {
		want, known := k.worth(m)
		if !known || saysSo(m, want) {
			continue
		}
		says := m.Odd
		if len(m.Result) == 1 {
			says = truth[m.Result[0] != 0]
		}
		task, count := m.value(spec.RoleTaskSeconds), m.value(spec.RoleCount)
		costs, _ := k.costs()
		return fmt.Sprintf("`%s(%v, %v, %v)` gives %s. Here a loop would take %s for these tasks, and processes took %s to start, so that %s is right",
			call.Function, task, count, m.value(spec.RoleWorkers), says, words.Span(task*count), words.Span(math.Max(costs.least, leastStart)), truth[want])
	}
	return ""
}
