package verdict

import (
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Kind judges one kind of challenge. Its methods are called in this order, all
// but Figures any number of times.
type Kind interface {
	// Figures computes the quantities of the kind, all of them.
	Figures()
	// Explain says why a check fails, given the bounds that are broken, at least
	// one, in the spec's order.
	Explain(check *spec.Check, broken []spec.Bound) Explanation
	// Follows reports whether a bound that is broken or undecided shows nothing of
	// its own, since a check that this one needs has broken the failed ones, at
	// least one.
	Follows(bound spec.Bound, failed []spec.Bound) bool
	// Seen says in a few words what a check that passes rests on; it may be
	// empty.
	Seen(check *spec.Check) string
	// Observed says in words what was seen of a quantity, or why nothing was; it
	// may be empty.
	Observed(quantity string) string
	// Unsettled says why a bound decides nothing, and what would settle it;
	// false where the kind knows no better than the figure itself.
	Unsettled(bound spec.Bound) (Explanation, bool)
	// Summarise adds what a report shows beside the checks.
	Summarise(*Result)
	// Clocked gives what a clock alone saw of the way of working that a bound on
	// a speed is about.
	Clocked(way string) Clocked
}

// Explanation is why a check got its verdict, and what to do.
type Explanation struct {
	Message  string
	Hint     string        // what to do next, empty for the bound's or the check's
	Cause    string        // the finding that explains it, empty for none
	Location *record.Place // the learner's line, nil for none
}

// Times are the wall times, in seconds, of one round of a way of working.
type Times struct {
	Alone float64 // of the same work one step after the other
	Took  float64
	// Work is how much work it was, in turns of a loop, 1 where that is not
	// counted: where the inputs differ, Took over Work can be compared.
	Work float64
}

// Split gives the times as two series.
func Split(times []Times) (alone, took []float64) {
	for _, t := range times {
		alone, took = append(alone, t.Alone), append(took, t.Took)
	}
	return alone, took
}

// Clocked is what a clock alone saw of a way of working.
type Clocked struct {
	Check   string // the check that judges its speed
	Workers int    // how many tasks there were, or workers were asked for
	// Learner and Reference are the rounds, in the order in which they were
	// run; none where the way of working was not seen, or not run.
	Learner, Reference []Times
}
