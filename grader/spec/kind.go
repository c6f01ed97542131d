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

// Catalogue is a list of quantities of a kind.
type Catalogue struct {
	// Of says whose they are: the script's, each call's.
	Of string
	// Part stands for the id that comes before each name, such as CALL; empty for
	// what is seen of the submission as a whole.
	Part string
	List []quantity.Quantity
}

// kinds are the kinds with what a spec must have to be of one, and the figures
// that it can put a bound on; the first that fits counts. Packages observe and
// judge each register how a kind is run and judged, and nothing else asks which
// kind a challenge is.
var kinds = []struct {
	kind       Kind
	is         func(*Challenge) bool
	own        []string // fields that mean nothing for other kinds; the first makes it of this kind
	catalogues []Catalogue
	parts      func(*Challenge) []string // the ids that stand before the quantities of parts
}{
	{KindAnalyzer, func(c *Challenge) bool { return c.Analysis != nil }, []string{"analysis"},
		[]Catalogue{{"the analysis", "", quantity.Analyzer}, {"the template of each strategy", "STRATEGY", quantity.Template}}, (*Challenge).Strategies},
	{KindCalls, func(c *Challenge) bool { return len(c.Calls) > 0 }, []string{"calls", "callables"},
		[]Catalogue{{"the module", "", quantity.Module}, {"each call", "CALL", quantity.Call}}, (*Challenge).callIDs},
	{KindScript, func(*Challenge) bool { return true }, []string{"tasks", "size", "task"},
		[]Catalogue{{"the script", "", quantity.Script}}, nil},
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
func (c *Challenge) Quantities() []quantity.Quantity {
	k := kinds[c.place()]
	var known []quantity.Quantity
	for _, catalogue := range k.catalogues {
		if catalogue.Part == "" {
			known = append(known, catalogue.List...)
			continue
		}
		for _, id := range k.parts(c) {
			known = append(known, quantity.Of(id, catalogue.List)...)
		}
	}
	return known
}

// DescribedKind is a kind of challenges for a page about it.
type DescribedKind struct {
	Kind        Kind
	Description string
	Own         []string // the fields of a challenge that are its alone
	Catalogues  []Catalogue
}

// EachKind lists the kinds of challenges, the plainest first.
func EachKind() ([]DescribedKind, error) {
	comments, err := readComments()
	if err != nil {
		return nil, err
	}
	var all []DescribedKind
	for _, k := range slices.Backward(kinds) {
		all = append(all, DescribedKind{k.kind, comments["Kind."+string(k.kind)], k.own, k.catalogues})
	}
	return all, nil
}
