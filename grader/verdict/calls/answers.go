package calls

import (
	"fmt"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// answered judges the answers of a call by what was observed.
func (k *kind) answered(c *spec.Call) {
	if c.Expect != spec.Answered {
		return
	}
	back := k.measured(c)
	clear, right := map[string]bool{}, true
	for _, m := range back {
		switch k.answer(c, m) {
		case verdict.False:
			right = false
			clear[subject(c, m)] = true
		case verdict.True:
			clear[subject(c, m)] = true
		}
	}
	k.SetCount(c.ID+".cases", len(clear))
	switch {
	case len(back) == 0:
		k.Missing(c.ID+".correct", neverReturned)
	case len(clear) == 0:
		k.Unknown(c.ID+".correct", noClearCase, "")
	default:
		k.SetTruth(c.ID+".correct", right)
	}
}

// subject is the call that a call with a text among its arguments is about.
func subject(c *spec.Call, m observedCall) string {
	for _, a := range c.Arguments {
		if t := m.Texts[a.Name]; t != "" {
			return t
		}
	}
	return ""
}

// said is what a call answered, as Python writes it.
func said(m observedCall) string {
	switch {
	case m.Text != "":
		return m.Text
	case m.Type == "bool" && len(m.Result) == 1:
		return map[bool]string{true: "True", false: "False"}[m.Result[0] != 0]
	case m.Odd != "":
		return m.Odd
	}
	return words.Article(m.Type)
}

// answer says whether an answer is right: it is where all its bounds hold.
// It is wrong where it is no answer at all, or where one of its bounds is broken
// while another answer is right; what lies between the bounds of two answers
// decides nothing.
func (k *kind) answer(c *spec.Call, m observedCall) verdict.Truth {
	given := c.Answer(said(m))
	if given == nil {
		return verdict.False
	}
	if known := c.Known(subject(c, m)); known != nil {
		if known == given {
			return verdict.True
		}
		return verdict.False
	}
	truth := k.holds(given, subject(c, m))
	if truth != verdict.False {
		return truth
	}
	for i := range c.Answers {
		if other := &c.Answers[i]; other != given && k.holds(other, subject(c, m)) == verdict.True {
			return verdict.False
		}
	}
	return verdict.Undecided
}

// holds says whether all bounds of an answer hold for the call that it is
// about. One without bounds is right in no other case than those that it knows.
func (k *kind) holds(a *spec.Answer, subject string) verdict.Truth {
	truth := verdict.True
	if len(a.When) == 0 {
		return verdict.False
	}
	for _, b := range a.Right(subject) {
		b := b.For(k.Record.Python.GIL, k.Record.Host.Scheduler)
		if b == nil {
			continue
		}
		switch k.Evidence(*b).Holds {
		case verdict.False:
			return verdict.False
		case verdict.Undecided:
			truth = verdict.Undecided
		}
	}
	return truth
}

// notAnswered says which answer is wrong, and why; empty for none.
func (k *kind) notAnswered(c *spec.Call) string {
	for _, m := range k.measured(c) {
		if k.answer(c, m) != verdict.False {
			continue
		}
		call := fmt.Sprintf("`%s(%s)`", c.Function, quoted(subject(c, m)))
		a := c.Answer(said(m))
		if a == nil {
			var known []string
			for _, a := range c.Answers {
				known = append(known, a.Spellings[0])
			}
			return fmt.Sprintf("%s gives %s; the answers are %s", call, said(m), strings.Join(known, ", "))
		}
		text := fmt.Sprintf("%s gives %s", call, said(m))
		if known := c.Known(subject(c, m)); known != nil {
			return fmt.Sprintf("%s, and the answer is %s", text, known.Spellings[0])
		}
		for _, b := range a.Right(subject(c, m)) {
			if b := b.For(k.Record.Python.GIL, k.Record.Host.Scheduler); b != nil && k.Evidence(*b).Holds == verdict.False {
				q := k.Figure(b.Quantity)
				switch seen := k.Observed(b.Quantity); {
				case b.Message != "":
					text += ", but " + b.Message
				case q.Missing:
					text += ", but " + q.Reason
				case seen != "":
					text += ", and this was observed: " + seen
				}
				if seen := k.Observed(b.Quantity); b.Message != "" && !q.Missing && seen != "" {
					text += ": " + seen
				}
				break
			}
		}
		return text
	}
	return ""
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("%q", text)
}

// deadlocked says whether a call hung while several of its threads stood
// still. Threads that only sleep would look the same: their lines tell.
func deadlocked(m observedCall) bool {
	return m.Ended == record.Hung && len(m.Stands) > 1 && idle(m)
}
