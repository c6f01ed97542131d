package verdict

import (
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// keeps is a bound on a figure of the workers that a finding is about. It is
// kept wherever the mistake was made.
type keeps struct {
	figure string
	most   float64
}

// presupposes are, by the end of a finding's id, what must have been seen for
// the finding to explain a fail. Source shows what may happen; whoever saw four
// processes at work does not say that there was a single one. A spec adds its own
// with `when`.
var presupposes = map[string]keeps{
	"one-worker":              {"workers", 1},
	"pool-of-one":             {"workers", 1},
	"target-called":           {"workers", 3}, // of the lesson's four
	"run-not-start":           {"workers", 3},
	"no-start":                {"seen", 0},
	"missing":                 {"seen", 0},
	"dummy-pool":              {"seen", 0},
	"threads-by-another-name": {"seen", 0},
	"closed-form":             {"seen", 0},
	"sleep":                   {"seen", 0},
	"divided-size":            {"work", 0.7}, // of the sequential phase's: a quarter, and noise
	"join-in-start-loop":      {"parallelism", 1.9},
	"result-at-once":          {"parallelism", 1.9},
	"lock-held":               {"parallelism", 1.9}, // one that computes, and others that wake for a moment
}

// Mistake gives the end of a finding's id: what it is, without whose.
func Mistake(finding string) string {
	return finding[strings.LastIndexByte(finding, '.')+1:]
}

// About reports whose figures a finding is about, such as a phase's or a call's,
// for a broken bound, and whether it is about the bound at all.
type About func(record.Finding, spec.Bound) (whose string, ok bool)

// Cause gives the first cause of a check that the source shows, that can break
// one of the broken bounds, and that nothing which was observed contradicts; nil
// for none.
func (j *Judgement) Cause(s *spec.Check, broken []spec.Bound, about About) (*spec.Cause, *record.Place) {
	for i := range s.Causes {
		cause := &s.Causes[i]
		for _, b := range broken {
			if len(cause.For) > 0 && !slices.Contains(cause.For, b.Quantity) {
				continue
			}
			for _, f := range j.Record.Submission.Source.Findings {
				whose, ok := about(f, b)
				if f.ID != cause.Finding || !ok || j.contradicts(cause, whose) {
					continue
				}
				if f.Line == 0 {
					return cause, nil
				}
				return cause, &f.Place
			}
		}
	}
	return nil, nil
}

// contradicts reports whether something that was observed rules a cause out. What
// is unknown or undecided does not.
func (j *Judgement) contradicts(c *spec.Cause, whose string) bool {
	bounds := slices.Clone(c.When)
	if p, ok := presupposes[Mistake(c.Finding)]; ok {
		bounds = append(bounds, spec.Bound{Quantity: whose + "." + p.figure, Max: &p.most})
	}
	return slices.ContainsFunc(bounds, func(b spec.Bound) bool {
		e := j.Evidence(b)
		return e.Known && e.Holds == False
	})
}
