package plan

import (
	"math"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Step is one call to be made.
type Step struct {
	Call *spec.Call
	// Index is the call's place in the spec, Case that of the case, 0 where
	// it has none.
	Index, Case int
	Aim         record.Aim
}

// Steps are the calls of one run, in order: of the reference those that something
// is compared with, none where that is nothing. Only once, and of the submission
// only, an exception is sent through, and the function called again, with edges, too: what
// comes of that does not depend on the machine.
func Steps(c *spec.Challenge, whose record.Whose, round int) []Step {
	var steps []Step
	for i := range c.Calls {
		call := &c.Calls[i]
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
