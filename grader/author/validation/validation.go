// Package validation validates a challenge: its files agree, its reference and its
// honest fixtures pass, the others fail by the check that they name, the
// starter does not pass, and no verdict hangs on a hair.
package validation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// canHaveCause says whether the cause that it must fail because of was found in
// its source, or none is wanted: what was not found once is not found at a
// second try.
func canHaveCause(s author.Submission, rec *record.Record) bool {
	return s.Cause == "" || slices.ContainsFunc(rec.Submission.Source.Findings, func(f record.Finding) bool { return f.ID == s.Cause })
}

// Outcome is a submission, run and judged.
type Outcome struct {
	Submission author.Submission
	Result     *verdict.Result
	Record     *record.Record
	Tries      int  // how often it was run: 2 where the first try gave another verdict, or a flip
	Kept       bool // judged from a record that an earlier validation kept
	Took       time.Duration
	Problems   []string // what is not as it must be; empty for none
	Flips      []Flip
	First      []string // what was not as it must be at the first of two tries
}

// Verdict is a pass where the submission got what it must get, inconclusive
// where only the machine did not allow a decision.
func (o Outcome) Verdict() verdict.Verdict {
	switch {
	case len(o.Problems)+len(o.Flips) == 0:
		return verdict.Pass
	case len(o.Problems) > 0 && o.decisive() == verdict.Inconclusive:
		return verdict.Inconclusive
	}
	return verdict.Fail
}

// decisive is the verdict that the submission is judged by: the whole's, or
// that of the check which must fail.
func (o Outcome) decisive() verdict.Verdict {
	for _, k := range o.Result.Checks {
		if k.ID == o.Submission.Want {
			return k.Verdict
		}
	}
	return o.Result.Verdict
}

// Result is what validating a challenge came to.
type Result struct {
	ID    string
	Title string // empty where the spec cannot be used
	// Course is the course's folder as the command line names it, empty for the
	// embedded one.
	Course string
	// Challenge is the spec, nil where it cannot be used.
	Challenge *spec.Challenge
	Points    float64
	Findings  []Finding // of its files
	Outcomes  []Outcome // of those that were run
	Left      int       // how many were not run: not picked, or something was wrong before
}

// MostUnstable is how many submissions of a challenge may need a second try: a
// shared machine's cores change their speed by half from one second to the
// next.
const MostUnstable = 1

// Unstable are the submissions that got what they must get at the second try
// only.
func (p Result) Unstable() []string {
	var names []string
	for _, o := range p.Outcomes {
		if o.Tries > 1 && o.Verdict() == verdict.Pass {
			names = append(names, o.Submission.Name)
		}
	}
	return names
}

// Untried is a check with bounds that nothing breaks which was run: nothing shows
// that they can fail.
type Untried struct {
	Check      string   `json:"check"`
	Quantities []string `json:"quantities"` // in the spec's order
}

// Untried are the checks with bounds that no faulty submission breaks, in the
// spec's order; none where some of the submissions were not run.
func (p Result) Untried() []Untried {
	if p.Left > 0 || len(p.Outcomes) == 0 {
		return nil
	}
	var all []Untried
	for i, k := range p.Outcomes[0].Result.Checks {
		one := Untried{Check: k.ID}
		for n, e := range k.Evidence {
			broken := func(o Outcome) bool {
				seen := o.Result.Checks[i].Evidence
				return !o.Submission.Pass && n < len(seen) && seen[n].Quantity == e.Quantity && seen[n].Holds == verdict.False
			}
			if !slices.ContainsFunc(p.Outcomes, broken) {
				one.Quantities = append(one.Quantities, e.Quantity)
			}
		}
		if len(one.Quantities) > 0 {
			all = append(all, one)
		}
	}
	return all
}

// Unconfirmed is a check with causes that no submission which was run was
// explained by: nothing shows that the mistake is found, and that what was
// observed agrees with it.
type Unconfirmed struct {
	Check  string   `json:"check"`
	Causes []string `json:"causes"` // findings, in the spec's order
}

// Unconfirmed returns the checks with causes that no fixture confirms, in the
// spec's order; none where some of the submissions were not run.
func (p Result) Unconfirmed() []Unconfirmed {
	if p.Left > 0 || len(p.Outcomes) == 0 || p.Challenge == nil {
		return nil
	}
	var all []Unconfirmed
	for i, k := range p.Challenge.Checks {
		one := Unconfirmed{Check: k.ID}
		for _, cause := range k.Causes {
			names := func(o Outcome) bool { return o.Result.Checks[i].Cause == cause.Finding }
			if !slices.ContainsFunc(p.Outcomes, names) {
				one.Causes = append(one.Causes, cause.Finding)
			}
		}
		if len(one.Causes) > 0 {
			all = append(all, one)
		}
	}
	return all
}

// Verdict is a pass for a challenge that is right as far as it was tried.
func (p Result) Verdict() verdict.Verdict {
	v := verdict.Pass
	if len(p.Findings) > 0 || len(p.Unstable()) > MostUnstable {
		v = verdict.Fail
	}
	for _, o := range p.Outcomes {
		v = verdict.Worse(v, o.Verdict())
	}
	return v
}

// Validate runs a submission, or judges the record that was kept of it. What does
// not get its verdict, or hangs on a hair, gets a second try, unless nothing can
// come of that. Margin is the share of each limit by which it is moved; see
// Flips.
func Validate(ctx context.Context, r *author.Runner, ch *spec.Challenge, s author.Submission, margin float64) (Outcome, error) {
	observed, err := r.Observe(ctx, ch, s, author.Way{}, func(records []*record.Record) bool {
		return outcome(ch, s, records, margin).Verdict() == verdict.Pass || !canHaveCause(s, records[len(records)-1])
	})
	if err != nil {
		return Outcome{}, err
	}
	o := outcome(ch, s, observed.Records, margin)
	o.Kept, o.Took = observed.Kept, observed.Took
	return o, nil
}

// outcome judges the last of the records.
func outcome(ch *spec.Challenge, s author.Submission, records []*record.Record, margin float64) Outcome {
	o := Outcome{Submission: s, Record: records[len(records)-1], Tries: len(records)}
	o.Result = judge.With(ch, o.Record)
	o.Problems = s.Problems(o.Result)
	if len(o.Problems) > 0 && !canHaveCause(s, o.Record) {
		found := []string{}
		for _, f := range o.Record.Submission.Source.Findings {
			if !strings.Contains(f.ID, ":") { // no mistake, but where something is defined
				found = append(found, fmt.Sprintf("%s at %s:%d", f.ID, f.File, f.Line))
			}
		}
		o.Problems = append(o.Problems, fmt.Sprintf("reading the source does not find %s, but %s", s.Cause, cmp.Or(strings.Join(found, ", "), "nothing at all")))
	}
	if len(o.Problems) == 0 {
		o.Flips = Flips(ch, o.Record, s.Fixture, margin)
	}
	if len(records) > 1 {
		o.First = outcome(ch, s, records[:1], margin).said()
	}
	return o
}
