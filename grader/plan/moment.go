package plan

import (
	"time"

	"github.com/gilcourse/gilcourse/grader/spec"
)

// How the script as handed in is run for a moment.
const (
	// scaledBy is how many times smaller a copy's tasks must be, at least, to tell
	// within the moment that it is no copy of the original.
	scaledBy = 6
	// beyond is how much more CPU time the original is given than the copy used to
	// the end of its first phase.
	beyond = 1.5
	// slack is how many times longer than on a quiet machine the original may
	// take, at least shortestMoment in all.
	unhurried      = 5
	shortestMoment = 3 * time.Second
)

// Scaled reports whether a copy of this size is so much smaller than the original
// that the two can be told apart within a moment.
func Scaled(c *spec.Challenge, size int64) bool { return size > 0 && size*scaledBy <= c.Size.Lesson }

// Moment is the CPU time after which the original is ended, where the copy's first
// phase was over after so much.
func Moment(copied time.Duration) time.Duration {
	return time.Duration(beyond*float64(copied)) + leastMore
}

// leastMore is the CPU time beyond the copy's in which a further phase is surely seen.
const leastMore = 100 * time.Millisecond

// LongestMoment is how long the original is waited for to use this CPU time, where the
// copy's first phase was over so long after its start.
func LongestMoment(copied, cpu time.Duration) time.Duration {
	return max(shortestMoment, unhurried*max(copied, cpu))
}

// Alone is the size for a call of a function alone, where a task of the copy has this
// one: enough to tell its CPU time from another's.
func Alone(first int64) int64 { return max(1, first/aloneShare) }

// aloneShare makes a call of some 24 ms of a task of 120 ms.
const aloneShare = 5
