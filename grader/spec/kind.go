package spec

// Kind is a kind of challenge: how its deliverable is run and judged.
type Kind string

// The kinds of challenges.
const (
	KindScript   Kind = "script"   // a script, run as it is: its phases are seen, and what it prints
	KindCalls    Kind = "calls"    // a module whose functions are called, with inputs that the grader draws
	KindAnalyzer Kind = "analyzer" // a script that recommends strategies: run as it is, read, and tried
)

// Kind returns the challenge's kind: an analyzer where it has an analysis, calls
// where it has calls, else a script. Nothing else asks which it is.
func (c *Challenge) Kind() Kind {
	switch {
	case c.Analysis != nil:
		return KindAnalyzer
	case len(c.Calls) > 0:
		return KindCalls
	}
	return KindScript
}
