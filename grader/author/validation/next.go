package validation

import (
	"fmt"
	"path"
	"strings"

	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// Next says in one sentence what to do next, for the first of the results that asks
// for something; empty where nothing does.
func Next(results []Result) string {
	best, advice := len(steps), ""
	for _, p := range results {
		for i, step := range steps {
			if i < best {
				if text := step(p, command{p.ID, p.Course}); text != "" {
					best, advice = i, text
				}
			}
		}
	}
	return advice
}

// command writes commands about a challenge.
type command struct{ id, course string }

func (c command) line(verb, more string) string {
	parts := []string{"gilcourse", verb}
	if c.course != "" {
		parts = append(parts, "--course", c.course)
	}
	return "`" + strings.TrimSpace(strings.Join(append(parts, c.id, more), " ")) + "`"
}

// steps are what an author does, one after the other; each gives a sentence where
// the result asks for it.
var steps = []func(Result, command) string{
	func(p Result, _ command) string {
		switch n := len(p.Findings); {
		case n == 1:
			return fmt.Sprintf("Mend %s, as it says there, and validate again.", p.Findings[0].place())
		case n > 1:
			return fmt.Sprintf("Mend the %s above, beginning with %s, and validate again.", words.Count(n, "finding"), p.Findings[0].place())
		}
		return ""
	},
	func(p Result, c command) string {
		o := p.first(func(o Outcome) bool { return len(o.Problems) > 0 && o.Verdict() == verdict.Fail })
		switch {
		case o == nil:
			return ""
		case o.Submission.Name == "starter":
			return "Ask for something that the starter does not do: it must not pass."
		case o.Submission.Pass && o.Submission.Dir != "":
			return fmt.Sprintf("See what was observed of %s, and loosen the bound that it breaks, or mend the submission: %s.", o.Submission.Name, c.line("check", path.Join(c.course, "fixtures", o.Submission.Dir)))
		case o.Submission.Pass:
			return "Mend the reference, or loosen the bound that it breaks: it must pass."
		}
		return fmt.Sprintf("Tighten a bound of the check %s, or write into `want` the check by which %s fails.", o.Submission.Want, o.Submission.Name)
	},
	func(p Result, c command) string {
		if o := p.first(func(o Outcome) bool { return len(o.Flips) > 0 }); o != nil {
			return fmt.Sprintf("Move the limit of %s away from what %s shows: %s proposes where to.", o.Flips[0].Quantity, o.Submission.Name, c.line("calibrate", ""))
		}
		if len(p.Unstable()) > MostUnstable {
			return fmt.Sprintf("Widen the bounds that decided at the second try only: %s proposes where to.", c.line("calibrate", ""))
		}
		return ""
	},
	func(p Result, c command) string {
		if o := p.first(func(o Outcome) bool { return o.Verdict() == verdict.Inconclusive }); o != nil {
			return fmt.Sprintf("Validate %s again when less runs beside it: %s.", o.Submission.Name, c.line("validate", "-s "+o.Submission.Name))
		}
		return ""
	},
	func(p Result, c command) string {
		if p.Left > 0 {
			return fmt.Sprintf("Run what was not run (%s): %s.", words.Count(p.Left, "submission"), c.line("validate", ""))
		}
		return ""
	},
	func(p Result, _ command) string {
		if untried := p.Untried(); len(untried) > 0 {
			return fmt.Sprintf("Add a fixture that breaks %s of the check %s: nothing shows yet that it can fail.", untried[0].Quantities[0], untried[0].Check)
		}
		return ""
	},
	func(p Result, c command) string {
		if len(p.Outcomes) > 0 {
			return fmt.Sprintf("See how often it is judged wrongly on a busier machine: %s.", c.line("validate", "--under idle,busy,one-core --repeat 3"))
		}
		return ""
	},
}

// first gives the first outcome that is so, nil for none.
func (p Result) first(is func(Outcome) bool) *Outcome {
	for i := range p.Outcomes {
		if is(p.Outcomes[i]) {
			return &p.Outcomes[i]
		}
	}
	return nil
}
