package spec

import (
	"slices"

	"github.com/gilcourse/gilcourse/grader/quantity"
)

// Kind is a kind of challenge: how its deliverable is run and judged.
type Kind string

// The kinds of challenges.
const (
	KindScript   Kind = "script"   // a script, run as it is: its phases are seen, and what it prints
	KindCalls    Kind = "calls"    // a module whose functions are called, with inputs that the grader draws
	KindAnalyzer Kind = "analyzer" // a script that recommends strategies: run as it is, read, and tried
)

// kinds are the kinds with what a spec must have to be of one, and the figures
// that it can put a bound on; the first that fits counts. Packages observe and
// judge each register how a kind is run and judged, and nothing else asks which
// kind a challenge is.
var kinds = []struct {
	kind       Kind
	is         func(*Challenge) bool
	own        []string // fields that mean nothing for other kinds; the first makes it of this kind
	quantities func(*Challenge) []quantity.Quantity
}{
	{KindAnalyzer, func(c *Challenge) bool { return c.Analysis != nil }, []string{"analysis"}, func(c *Challenge) []quantity.Quantity {
		known := slices.Clone(quantity.Analyzer)
		for _, id := range c.Strategies() {
			known = append(known, quantity.Of(id, quantity.Template)...)
		}
		return known
	}},
	{KindCalls, func(c *Challenge) bool { return len(c.Calls) > 0 }, []string{"calls"}, func(c *Challenge) []quantity.Quantity {
		known := slices.Clone(quantity.Module)
		for _, call := range c.Calls {
			known = append(known, quantity.Of(call.ID, quantity.Call)...)
		}
		return known
	}},
	{KindScript, func(*Challenge) bool { return true }, []string{"tasks", "size", "task"}, func(*Challenge) []quantity.Quantity { return quantity.Script }},
}

// Kind returns the challenge's kind: an analyzer where it has an analysis, calls
// where it has calls, else a script.
func (c *Challenge) Kind() Kind { return kinds[c.place()].kind }

// place is that of the challenge's kind among the kinds.
func (c *Challenge) place() int {
	for i, k := range kinds {
		if k.is(c) {
			return i
		}
	}
	return len(kinds) - 1
}

// Quantities lists the figures that this challenge can put a bound on.
func (c *Challenge) Quantities() []quantity.Quantity { return kinds[c.place()].quantities(c) }
