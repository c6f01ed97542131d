// Package analyzer judges the record of a program that recommends strategies: by
// its decision matrix, what it prints of it, and its templates.
package analyzer

import (
	"slices"

	"github.com/gilcourse/gilcourse/grader/advice"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// kind judges an analyzer.
type kind struct {
	*verdict.Judgement
	*spec.Analysis
	runs      []*record.Run // of the program itself
	contents  *record.Contents
	matrix    *advice.Matrix       // nil where none was found
	printed   []advice.Printed     // by the matrix's entries
	templates map[string]*template // by strategy
}

// New gives the kind that judges an analyzer.
func New(j *verdict.Judgement) verdict.Kind {
	k := &kind{Judgement: j, Analysis: j.Spec.Analysis, contents: j.Record.Submission.Contents, templates: map[string]*template{}}
	if k.contents == nil {
		k.contents = &record.Contents{}
	}
	for i, chosen := range advice.Templates(k.Analysis, k.contents) {
		t := &template{id: k.Strategies[i].ID}
		if chosen >= 0 {
			t.snippet = &k.contents.Snippets[chosen]
		}
		k.templates[t.id] = t
	}
	output := ""
	for i := range j.Record.Runs {
		run := &j.Record.Runs[i]
		switch t := run.Template; {
		case t == nil:
			if k.runs = append(k.runs, run); len(k.runs) == 1 {
				output = run.End.Stdout + "\n" + run.End.Stderr
			}
		case t.Snippet >= 0 && t.Snippet < len(k.contents.Snippets) && k.templates[t.Strategy] != nil:
			k.templates[t.Strategy].trial = &trial{run, &k.contents.Snippets[t.Snippet]}
			k.templates[t.Strategy].lives = phase.Alive(run)
		}
	}
	k.matrix, k.printed = advice.Read(k.Analysis, k.contents, output)
	return k
}

// Figures computes the quantities of an analyzer.
func (k *kind) Figures() {
	for i := range rows {
		rows[i].compute(k)
	}
	for _, t := range k.templates {
		t.compute(k)
	}
}

// completed reports whether the program ran, to its end and without an error.
func (k *kind) completed() bool {
	return len(k.runs) > 0 && !slices.ContainsFunc(k.runs, func(r *record.Run) bool { return !r.End.OK() })
}

// Unsettled says why an estimate beside the measured decides nothing.
func (k *kind) Unsettled(b spec.Bound) (verdict.Explanation, bool) {
	if !k.Figure(b.Quantity).Known || k.Quantity(b.Quantity).Witness != quantity.Clock {
		return verdict.Explanation{}, false
	}
	return verdict.Explanation{Message: k.unclear(), Hint: "Check again on a quieter machine, or one with more cores."}, true
}

// Summarise adds the advice beside what was measured.
func (k *kind) Summarise(r *verdict.Result) {
	r.Runs, r.Advice, r.Notes = len(k.runs), k.advices(), k.notes()
}

// Clocked gives nothing: what is compared here has no rounds.
func (k *kind) Clocked(string) verdict.Clocked { return verdict.Clocked{} }
