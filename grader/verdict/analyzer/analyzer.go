// Package analyzer judges the record of a program that recommends strategies: by
// its decision matrix, what it prints of it, and its templates.
package analyzer

import (
	"slices"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// kind judges an analyzer.
type kind struct {
	*verdict.Judgement
	*analysis
	runs []*record.Run // of the program itself
}

// New gives the kind that judges an analyzer.
func New(j *verdict.Judgement) verdict.Kind { return &kind{Judgement: j} }

// Figures computes the quantities of an analyzer.
func (k *kind) Figures() { k.analysisQuantities() }

func (k *kind) completed() bool {
	return len(k.runs) > 0 && !slices.ContainsFunc(k.runs, func(r *record.Run) bool { return !r.End.OK() })
}

// Explain says what is wrong with an analyzer, where, and what to do.
func (k *kind) Explain(s *spec.Check, broken []spec.Bound) verdict.Explanation {
	var c verdict.Check
	k.explainAnalysis(&c, s, broken)
	return verdict.Explanation{Message: c.Message, Hint: c.Hint, Cause: c.Cause, Location: c.Location}
}

func (k *kind) explainEnd(c *verdict.Check, s *spec.Check) {
	var ends []*record.Outcome
	for _, r := range k.runs {
		ends = append(ends, r.End)
	}
	e := k.Ended(s, ends)
	c.Message, c.Hint, c.Cause, c.Location = e.Message, e.Hint, e.Cause, e.Location
}

// Seen says in a few words what a check that passes rests on.
func (k *kind) Seen(s *spec.Check) string { return k.seenAnalysis(s) }

// Observed says why nothing was seen: what was seen of an analyzer is its text.
func (k *kind) Observed(quantity string) string { return k.Figure(quantity).Reason }

// Unsettled says why an estimate beside the measured decides nothing.
func (k *kind) Unsettled(b spec.Bound) (verdict.Explanation, bool) {
	if !k.Figure(b.Quantity).Known || k.Quantity(b.Quantity).Witness != quantity.Clock {
		return verdict.Explanation{}, false
	}
	return verdict.Explanation{Message: k.unclear(), Hint: "Check again on a quieter machine, or one with more cores."}, true
}

// Summarise adds the advice beside what was measured.
func (k *kind) Summarise(r *verdict.Result) {
	r.Runs, r.Advice, r.Notes = len(k.runs), k.advices(), k.analysisNotes()
}

// Clocked gives nothing: what is compared here has no rounds.
func (k *kind) Clocked(string) verdict.Clocked { return verdict.Clocked{} }
