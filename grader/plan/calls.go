package plan

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// Step is one call to be made.
type Step struct {
	Call *spec.Call
	// Index is the call's place in the spec, Case that of the case, 0 where
	// it has none.
	Index, Case int
	Aim         record.Aim
}

// Steps are the calls of one run, in order, as far as they are among those that are
// needed: of the reference those that something is compared with, none where that is
// nothing. Only once, and of the submission only, an exception is sent through, and the
// function called again, with edges, too: what comes of that does not depend on the
// machine.
func Steps(c *spec.Challenge, whose record.Whose, round int, needed func(*spec.Call) bool) []Step {
	var steps []Step
	for i := range c.Calls {
		call := &c.Calls[i]
		if !needed(call) {
			continue
		}
		if whose == record.Learner && call.Compared() || whose == record.Reference && !call.Compared() && !c.Compares() {
			continue
		}
		for k := range max(1, len(call.Cases)) {
			steps = append(steps, Step{Call: call, Index: i, Case: k})
		}
		if call.Raises && whose == record.Learner && round == 0 {
			steps = append(steps, Step{Call: call, Index: i, Aim: record.Raises}, Step{Call: call, Index: i, Aim: record.Again})
		}
		if whose == record.Learner && round == 0 {
			for n := range call.EdgeCalls() {
				steps = append(steps, Step{Call: call, Index: i, Case: n, Aim: record.Edge})
			}
		}
	}
	return steps
}

// All needs every call.
func All(*spec.Call) bool { return true }

// Needed tells the calls on which the checks with these ids rest, and the grader's own
// loops, which others are compared with. A check of the program as a whole, or one whose
// answers are told by what other calls took, rests on all.
func Needed(c *spec.Challenge, checks []string) func(*spec.Call) bool {
	ids := map[string]bool{}
	for _, id := range checks {
		for _, b := range c.Check(id).Bounds {
			for _, quantity := range []string{b.Quantity, b.Of} {
				if quantity == "" {
					continue
				}
				of, _, _ := strings.Cut(quantity, ".")
				call := c.Call(of)
				if call == nil || call.Observed() {
					return All
				}
				ids[of] = true
			}
		}
	}
	return func(call *spec.Call) bool { return ids[call.ID] || call.Function == "" && !call.Compared() }
}

// Again gives the checks that are looked at in a further round of calls after so many
// rounds, at least the least number, and none where it is over. Rounds of calls are
// looks, as those of Looks are: the first are of all calls, as many as the stopping rule
// wants at least, and each further one of those that the open checks rest on. A pass stands; a check that fails by what was sampled or timed has to
// fail in the next round, too. Open are the checks about which a further round may say
// something else, failed are those that fail now, and before those that failed one
// round ago. Once a fail is sure the submission fails, whatever the rest comes to.
func Again(rule stat.Rounds, rounds int, open, failed, before []string) []string {
	switch {
	case rounds >= rule.Max:
		return nil
	case rounds == rule.Min:
		return open
	}
	confirmed := func(id string) bool { return slices.Contains(failed, id) && slices.Contains(before, id) }
	again := slices.DeleteFunc(slices.Clone(open), confirmed)
	sure := slices.ContainsFunc(failed, func(id string) bool { return !slices.Contains(again, id) })
	if sure {
		return nil
	}
	return again
}

// The sizes that a learner's own code is called with to find how fast it is.
const (
	FirstPilot = 20_000
	// LargestSize fits into a C long everywhere, and so does its square into
	// 64 bits.
	LargestSize = 300_000_000
	// MaxCallPilots is how often the size is looked for.
	MaxCallPilots = 10
	// MostSizes bounds how many tasks stand in for a larger one where the
	// code is so fast that even the largest size takes no time.
	MostSizes = 64
)

// smallShare is the size of the tasks of a call in which nothing is measured,
// relative to those of one in which something is.
const smallShare = 0.2

// Share is how large the tasks of a call with this aim are, relative to those
// of a measured one.
func Share(aim record.Aim) float64 {
	if aim == record.Raises || aim == record.Again {
		return smallShare
	}
	return 1
}

// IterationNS gives the CPU time, in ns, of one turn of the workload's loop: as it
// was measured, if that is in keeping with a turn of the lesson's loop, which
// does about half as much.
func IterationNS(measured, loopNS float64) float64 {
	const half, least, most = 2, 0.5, 5
	if loopNS > 0 && (measured < least*half*loopNS || measured > most*half*loopNS) {
		return half * loopNS
	}
	return max(measured, 1)
}

// NextPilot gives the next size to try after one that took so long, and false
// where this one tells enough.
func NextPilot(size int64, took, want time.Duration) (int64, bool) {
	if took >= want/4 || size >= LargestSize {
		return size, false
	}
	factor := min(growth, max(2, float64(want)/float64(max(took, want/growth))))
	return min(LargestSize, int64(float64(size)*factor)), true
}

// Native gives the size, and the number of tasks, for code that took so long
// for a pilot's size, so that each takes the wanted time. Honest algorithms
// grow a little faster than the size: a sieve hardly, trial division with its
// power of 3/2.
func Native(size int64, took, want time.Duration, tasks int) (int64, int) {
	const grows = 1.2
	ratio := float64(want) / float64(max(took, time.Microsecond))
	wanted := float64(size) * math.Pow(ratio, 1/grows)
	if wanted <= LargestSize {
		return max(10, int64(wanted)), tasks
	}
	left := ratio / math.Pow(LargestSize/float64(size), grows)
	return LargestSize * 3 / 4, min(MostSizes, max(tasks, int(float64(tasks)*left)))
}
