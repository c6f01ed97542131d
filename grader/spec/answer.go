package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gilcourse/gilcourse/grader/spelling"
)

// Value is what a case gives for an argument: a number, or a text.
type Value struct {
	Number float64
	Text   string // empty for a number
}

func (v *Value) parse(s string) error {
	if n, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64); err == nil {
		v.Number = n
		return nil
	}
	if s == "" {
		return fmt.Errorf("a case's value is a number or a text")
	}
	v.Text = s
	return nil
}

// Answer is something that a function can say, and when it is right.
type Answer struct {
	// Spellings are its spellings. Only letters and digits count, and small ones are
	// as good as capitals; True and False stand for the truth values.
	Spellings []string `yaml:"says" need:"yes"`
	// When are bounds that all hold where the answer is right. A quantity
	// without a call, such as at_once, is one of the call that the case's text
	// names.
	When []Bound `yaml:"when"`
	// Cases are the texts of those cases in which it is right whatever was observed,
	// since the author knows; every other answer is wrong there.
	Cases []string `yaml:"cases"`
}

// Known returns the answer that is right in a case whatever was observed, nil for
// none.
func (c *Call) Known(subject string) *Answer {
	for i := range c.Answers {
		if slices.Contains(c.Answers[i].Cases, subject) {
			return &c.Answers[i]
		}
	}
	return nil
}

// Answer gives the answer that a text is a spelling of, nil for none.
func (c *Call) Answer(text string) *Answer {
	for i := range c.Answers {
		if slices.ContainsFunc(c.Answers[i].Spellings, func(s string) bool { return plain(s) == plain(text) }) {
			return &c.Answers[i]
		}
	}
	return nil
}

// plain leaves of a text what counts in an answer.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// Subject is the call that a case is about: the first text among its values,
// in the order of the arguments; empty where there is none.
func (c *Call) Subject(k int) string {
	if k >= len(c.Cases) {
		return ""
	}
	for _, a := range c.Arguments {
		if v := c.Cases[k][a.Name]; v.Text != "" {
			return v.Text
		}
	}
	return ""
}

// Of gives the bound with the whole name of its quantity, for the call that a
// case is about.
func (b Bound) of(subject string) Bound {
	if !strings.Contains(b.Quantity, ".") {
		b.Quantity = subject + "." + b.Quantity
	}
	return b
}

// Right are the bounds that hold where the answer is right in a case.
func (a *Answer) Right(subject string) []Bound {
	bounds := make([]Bound, len(a.When))
	for i, b := range a.When {
		bounds[i] = b.of(subject)
	}
	return bounds
}

// validateAnswers checks what a call's answers rest on.
func (c *Challenge) validateAnswers(d *decoder, at string, call *Call) {
	if (call.Expect == Answered) != (len(call.Answers) > 0) && d.sound(at+".answers") {
		d.wrong(at+".expect", "`expect: answer` and a list of answers belong together; write both or neither")
	}
	spelt := map[string]bool{}
	for i := range call.Answers {
		a, at := &call.Answers[i], fmt.Sprintf("%s.answers[%d]", at, i)
		for k, says := range a.Spellings {
			switch place := fmt.Sprintf("%s.says[%d]", at, k); {
			case !d.sound(place):
			case plain(says) == "":
				d.wrong(place, "says: %q has neither letters nor digits, and nothing else counts; write a word", says)
			case spelt[plain(says)]:
				d.wrong(place, "says: %q stands twice, and an answer is either right or wrong; take one away", says)
			}
			spelt[plain(says)] = true
		}
		c.validateKnown(d, at, call, a)
		for k := range a.When {
			p := fmt.Sprintf("%s.when[%d]", at, k)
			full := a.When[k].of(call.Subject(0))
			if full.Quantity == a.When[k].Quantity || c.Call(call.Subject(0)) != nil {
				c.validateBound(d, p, &full)
			}
		}
	}
	c.validateSubjects(d, at, call)
}

// validateKnown wants an answer that can be right, in cases that there are.
func (c *Challenge) validateKnown(d *decoder, at string, call *Call, a *Answer) {
	if len(a.When)+len(a.Cases) == 0 && d.sound(at+".when", at+".cases") {
		d.wrong(at, "this answer is never right; add `when`, bounds that hold where it is, or `cases`, the texts of those in which you know it")
	}
	var subjects []string
	for n := range call.Cases {
		subjects = append(subjects, call.Subject(n))
	}
	for k, text := range a.Cases {
		switch place := fmt.Sprintf("%s.cases[%d]", at, k); {
		case !d.sound(place):
		case !slices.Contains(subjects, text):
			d.wrong(place, "cases: %q is the text of no case of %s; %s", text, call.ID, spelling.Suggest(text, subjects))
		case call.Known(text) != a:
			d.wrong(place, "cases: another answer is right for %q, too; take one of the two away", text)
		}
	}
}

// validateSubjects wants each case to be about a call, where the answers rest on
// what was seen of it.
func (c *Challenge) validateSubjects(d *decoder, at string, call *Call) {
	rest := slices.ContainsFunc(call.Answers, func(a Answer) bool {
		return slices.ContainsFunc(a.When, func(b Bound) bool { return !strings.Contains(b.Quantity, ".") })
	})
	if !rest || !d.whole(at+".cases") || !c.partsKnown(d) {
		return
	}
	if len(call.Cases) == 0 {
		d.wrong(at+".answers", "the answers rest on a quantity without a call, such as parallelism, and there are no cases that name one; write CALL.parallelism, or add cases")
	}
	for n := range call.Cases {
		if subject := call.Subject(n); c.Call(subject) == nil && call.Known(subject) == nil {
			d.wrong(fmt.Sprintf("%s.cases[%d]", at, n), "cases: %q is none of the calls, on which the answers rest; %s", subject, spelling.Suggest(subject, c.callIDs()))
		}
	}
}

func (c *Challenge) has(quantity string) bool {
	_, ok := c.Quantity(quantity)
	return ok
}

// Compared says that a call is one that the grader makes itself for answers to
// be compared with. It is made beside the reference, where none of the learner's
// code is there to change it.
func (c *Call) Compared() bool { return c.Function == "" && c.Expect == Anything }

// Observed reports whether what the call must return follows from what was observed
// of other calls.
func (c *Call) Observed() bool {
	return c.Expect == Worth || c.Expect == Answered || c.Expect == Figures
}

// Compares reports whether some check compares the submission with the
// reference, which is then run beside it.
func (c *Challenge) Compares() bool {
	if slices.ContainsFunc(c.Calls, func(call Call) bool { return call.Expect == Worth || call.Expect == Reference }) {
		return true
	}
	bounds := func(b Bound) bool {
		q, _ := c.Quantity(b.Quantity)
		of, _ := c.Quantity(b.Of)
		return q.Compares() || of.Compares()
	}
	return slices.ContainsFunc(c.Checks, func(check Check) bool { return slices.ContainsFunc(check.Bounds, bounds) })
}
