package verdict

import (
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// How far from a limit a figure of a short look must lie so that the limit counts as
// kept: what a longer look could still change is looked at again.
const (
	nearRatio  = 1.15 // by this factor
	nearLinear = 0.05 // by this difference
	// nearInterval is the factor for a figure whose interval says how far off it may be.
	nearInterval = 1.05
	// nearClock is that of what a clock saw in a single round, which decides nothing
	// by itself: a phase that was nearly too slow is timed again.
	nearClock = 1.25
)

// Open gives the checks, in the spec's order, about which a longer look may say
// something else: what is inconclusive; what fails by nothing but what was sampled or
// timed; and, after a short look, what passes with a figure that is near its limit.
func (r *Result) Open(c *spec.Challenge, short bool) []string {
	entries := map[string]quantity.Quantity{}
	for _, q := range c.Quantities() {
		entries[q.Name] = q
	}
	varies := func(e Evidence) bool {
		of, _ := Part(e.Quantity)
		call := c.Call(of)
		return entries[e.Quantity].Varies() || call != nil && call.Observed()
	}
	var open []string
	for _, check := range r.Checks {
		lasts := func(e Evidence) bool { return e.Holds == False && !varies(e) }
		near := func(e Evidence) bool { return e.near(entries[e.Quantity]) }
		if check.Verdict == Inconclusive ||
			check.Verdict == Fail && !slices.ContainsFunc(check.Evidence, lasts) ||
			check.Verdict == Pass && short && slices.ContainsFunc(check.Evidence, near) {
			open = append(open, check.ID)
		}
	}
	return open
}

// Failed gives the ids of the checks that fail, in the spec's order.
func (r *Result) Failed() []string {
	var failed []string
	for _, check := range r.Checks {
		if check.Verdict == Fail {
			failed = append(failed, check.ID)
		}
	}
	return failed
}

// near reports whether a figure that keeps its limits, or that another quantity has
// confirmed, comes near one of them.
func (e Evidence) near(q quantity.Quantity) bool {
	if !e.Known || !q.Varies() || q.Witness == quantity.Object {
		return false
	}
	if e.Holds == Undecided && q.Witness == quantity.Clock {
		return e.Min != nil && e.Value < *e.Min*nearClock || e.Max != nil && e.Value > *e.Max/nearClock
	}
	switch {
	case q.Scale == quantity.Ratio:
		near := nearRatio
		if e.Lo < e.Hi {
			near = nearInterval
		}
		if e.Min != nil && e.Max != nil && *e.Min > 0 { // between two limits there is little room
			near = math.Min(near, math.Pow(*e.Max / *e.Min, 0.25))
		}
		return e.Min != nil && e.Lo < *e.Min*near || e.Max != nil && e.Hi > *e.Max/near
	case q.Scale.Linear():
		// A share that has to be 1, or a distance that has to be 0, cannot be further.
		return e.Min != nil && *e.Min+nearLinear <= 1 && e.Lo < *e.Min+nearLinear ||
			e.Max != nil && *e.Max-nearLinear >= 0 && e.Hi > *e.Max-nearLinear
	}
	return false
}
