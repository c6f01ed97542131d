package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// answered judges the answers of a call by what was observed.
func (j *judge) answered(c *spec.Call) {
	if c.Expect != spec.Answered {
		return
	}
	back := of(j.calls[c.ID], record.Measured)
	clear, right := map[string]bool{}, true
	for _, m := range back {
		switch j.answer(c, m) {
		case False:
			right = false
			clear[subject(c, m)] = true
		case True:
			clear[subject(c, m)] = true
		}
	}
	j.set(c.ID+".cases", stat.Exactly(float64(len(clear))))
	switch {
	case len(back) == 0:
		j.missing(c.ID+".correct", "it never returned")
	case len(clear) == 0:
		j.unknown(c.ID+".correct", "no case is clear on this machine as it was")
	default:
		j.setTruth(c.ID+".correct", right)
	}
}

// subject is the call that a call with a text among its arguments is about.
func subject(c *spec.Call, m made) string {
	for _, a := range c.Arguments {
		if t := m.Texts[a.Name]; t != "" {
			return t
		}
	}
	return ""
}

// said is what a call answered, as Python writes it.
func said(m made) string {
	switch {
	case m.Text != "":
		return m.Text
	case m.Type == "bool" && len(m.Result) == 1:
		return map[bool]string{true: "True", false: "False"}[m.Result[0] != 0]
	case m.Odd != "":
		return m.Odd
	}
	return article(m.Type)
}

// answer says whether an answer is right: it is where all its bounds hold.
// It is wrong where it is no answer at all, or where one of its bounds is broken
// while another answer is right; what lies between the bounds of two answers
// decides nothing.
func (j *judge) answer(c *spec.Call, m made) Truth {
	given := c.Answer(said(m))
	if given == nil {
		return False
	}
	truth := j.holds(given, subject(c, m))
	if truth != False {
		return truth
	}
	for i := range c.Answers {
		if other := &c.Answers[i]; other != given && j.holds(other, subject(c, m)) == True {
			return False
		}
	}
	return Undecided
}

// holds says whether all bounds of an answer hold for the call that it is
// about.
func (j *judge) holds(a *spec.Answer, subject string) Truth {
	truth := True
	for _, b := range a.Right(subject) {
		b := b.For(j.rec.Python.GIL, j.rec.Host.Scheduler)
		if b == nil {
			continue
		}
		switch j.evidence(*b).Holds {
		case False:
			return False
		case Undecided:
			truth = Undecided
		}
	}
	return truth
}

// notAnswered says which answer is wrong, and why; empty for none.
func (j *judge) notAnswered(c *spec.Call) string {
	for _, m := range of(j.calls[c.ID], record.Measured) {
		if j.answer(c, m) != False {
			continue
		}
		call := fmt.Sprintf("`%s(%s)`", c.Function, quoted(subject(c, m)))
		a := c.Answer(said(m))
		if a == nil {
			var known []string
			for _, a := range c.Answers {
				known = append(known, a.Says[0])
			}
			return fmt.Sprintf("%s gives %s; the answers are %s", call, said(m), strings.Join(known, ", "))
		}
		text := fmt.Sprintf("%s gives %s", call, said(m))
		for _, b := range a.Right(subject(c, m)) {
			if b := b.For(j.rec.Python.GIL, j.rec.Host.Scheduler); b != nil && j.evidence(*b).Holds == False {
				q := j.quantities[b.Quantity]
				switch seen := j.observed(*b); {
				case b.Says != "":
					text += ", but " + b.Says
				case q.missing:
					text += ", but " + q.why
				case seen != "":
					text += ", and this was observed: " + seen
				}
				if seen := j.observed(*b); b.Says != "" && !q.missing && seen != "" {
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
func deadlocked(m made) bool {
	return m.Ended == record.Hung && len(m.Stands) > 1 && idle(m)
}

// standing tells where the threads of a call that hung stand.
func standing(m *record.Call) string {
	var lines []string
	counts := map[string]int{}
	for _, s := range m.Stands {
		line := fmt.Sprintf("%s:%d", s.File, s.Line)
		if s.Text != "" {
			line += fmt.Sprintf(" (%s)", strings.TrimSpace(s.Text))
		}
		if counts[line]++; !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	for i, line := range lines {
		lines[i] = fmt.Sprintf("%d %s at %s", counts[line], plural("thread", counts[line]), line)
	}
	return strings.Join(lines, ", ")
}
