package spec

// Kind is a kind of challenge: what a deliverable is, and so what is run of it
// and what is seen of that.
type Kind string

// The kinds of challenges. The zero Kind is that of a Challenge which Parse did
// not give.
const (
	KindScript   Kind = "script"   // a script, run as it is: neither calls nor an analysis
	KindCalls    Kind = "calls"    // a module whose functions are called
	KindAnalyzer Kind = "analyzer" // a script that recommends strategies: run as it is, read, and tried
)

// Kind returns the kind of the challenge, as Parse has found it.
func (c *Challenge) Kind() Kind { return c.kind }

// findKind decides the kind; that a challenge has both calls and an analysis is
// an error of its own.
func (c *Challenge) findKind() Kind {
	switch {
	case c.Analysis != nil:
		return KindAnalyzer
	case len(c.Calls) > 0:
		return KindCalls
	}
	return KindScript
}
