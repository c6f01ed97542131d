package report

import (
	"fmt"
	"path"
	"strings"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// item is one line of the formats that know tests alone: a check, or a part
// that was not handed in. Its texts are safe to show; a format only does what
// its own syntax asks for.
type item struct {
	Number    string // such as 2.1: the challenge in the report, the check in it
	Challenge string // its id
	ID        string // of the check, or notHandedIn
	Title     string
	Verdict   verdict.Verdict
	Counts    verdict.Verdict // what it counts as under the policy
	Points    float64
	MaxPoints float64
	Text      string // what was seen and what to do, in lines; the first is the message
	Cause     string // the finding that explains a fail, empty for none
	Bounds    string // what is asked, as the spec bounds it, in lines; empty for none
	File      string // the learner's, empty for none
	Path      string // of the file, with its folder where that is known
	Line      int    // from 1, 0 for none
	Source    string // that line, trimmed; empty for none
}

// items lists what a report holds: checks in order, then what is missing.
func (r Report) items() []item {
	var items []item
	for i, c := range r.Challenges {
		for n := range c.Checks {
			one := r.item(c, &c.Checks[n])
			one.Number = fmt.Sprintf("%d.%d", i+1, n+1)
			items = append(items, one)
		}
	}
	for i, m := range r.Missing {
		one := item{Number: fmt.Sprintf("%d.1", len(r.Challenges)+i+1), Challenge: m.ID, ID: notHandedIn, Title: m.Deliverable + " is handed in",
			Verdict: m.Verdict(), Counts: m.Verdict(), MaxPoints: m.MaxScore, Text: safetext.Text(m.String())}
		if m.Failed != "" {
			one.ID, one.Title = "graded", m.Deliverable+" is graded"
		}
		items = append(items, one)
	}
	return items
}

// item is a check as an item without a number.
func (r Report) item(c *verdict.Result, k *verdict.Check) item {
	one := item{Challenge: c.ID, ID: k.ID, Title: safetext.Text(k.Title), Verdict: k.Verdict, Counts: r.Policy.counts(k.Verdict),
		Points: k.Points, MaxPoints: k.MaxPoints, Text: safetext.Text(told(*k)), Cause: k.Cause, Bounds: bounds(k.Evidence)}
	if says := r.Policy.Description(); k.Verdict == verdict.Inconclusive && says != "" {
		one.Text += "\n" + says
	}
	if k.Location != nil && k.Verdict != verdict.Pass {
		one.File, one.Path = safetext.Name(k.Location.File), r.place(c.ID, k.Location.File)
		one.Line, one.Source = k.Location.Line, safetext.Text(k.Location.Text)
	}
	return one
}

// place gives a file of a challenge as the report's reader finds it.
func (r Report) place(challenge, file string) string {
	return safetext.Path(path.Join(r.Folders[challenge], file))
}

// several says that there is more than one challenge.
func (r Report) several() bool { return len(r.Challenges)+len(r.Missing) > 1 }

// name tells an item from the others of its report.
func (r Report) name(i item) string {
	if r.several() {
		return path.Base(i.Challenge) + ": " + i.Title
	}
	return i.Title
}

// title names what was checked.
func (r Report) title() string {
	switch {
	case r.Title != "":
		return r.Title
	case len(r.Challenges) > 0:
		return r.Challenges[0].Title
	case len(r.Missing) > 0:
		return r.Missing[0].ID
	}
	return "nothing"
}

// outcome says in one line what a report comes to.
func (r Report) outcome() string {
	score, most := r.Score()
	return fmt.Sprintf("%s, %s of %s points", r.Verdict(), figure(score), figure(most))
}

// undecided explains an inconclusive verdict to a learner.
func (r Report) undecided() string {
	if says := r.Policy.Description(); says != "" {
		return "Inconclusive: the machine did not allow a decision, which is no fault of yours. " + says
	}
	return "Inconclusive: the machine did not allow a decision, which is neither a pass nor a fail, and no fault of yours. Hand it in again, or have it run on a quieter machine."
}

// remarks are what to know beside the checks, in lines; empty for nothing.
func (r Report) remarks() string {
	var lines []string
	if r.Verdict() == verdict.Inconclusive {
		lines = append(lines, r.undecided())
	}
	for _, c := range r.Challenges {
		for _, n := range c.Notes {
			if n = safetext.Text(n); r.several() {
				n = path.Base(c.ID) + ": " + n
			}
			lines = append(lines, n)
		}
	}
	return strings.Join(lines, "\n")
}

// told is all that is said of a check, in lines.
func told(k verdict.Check) string {
	var lines []string
	add := func(before, s string) {
		if s != "" {
			lines = append(lines, before+strings.Join(strings.Fields(s), " "))
		}
	}
	if k.Verdict == verdict.Pass {
		add("", k.Message)
	} else {
		message := k.Message
		if k.Verdict == verdict.Inconclusive {
			message = "Inconclusive: " + message
		}
		add("", message)
		add("Do: ", k.Hint)
		if k.Verdict != verdict.NotJudged {
			add("Lesson: ", k.Lesson)
		}
	}
	for _, w := range k.Warnings {
		add("", w)
	}
	return strings.Join(lines, "\n")
}

// bounds says what a check asks for, a quantity a line.
func bounds(evidence []verdict.Evidence) string {
	var lines []string
	for _, e := range evidence {
		line := e.Quantity
		if e.Min != nil {
			line = fmt.Sprintf("%.4g <= %s", *e.Min, line)
		}
		if e.Max != nil {
			line = fmt.Sprintf("%s <= %.4g", line, *e.Max)
		}
		if e.Unit != "" {
			line += "  (" + e.Unit + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// message is the first line of what is told.
func (i item) message() string {
	line, _, _ := strings.Cut(i.Text, "\n")
	return line
}

// story is all that is told, from the learner's line on.
func (i item) story() string {
	if i.Line == 0 {
		return i.Text
	}
	return strings.TrimRight(fmt.Sprintf("%s:%d  %s", i.File, i.Line, i.Source), " ") + "\n" + i.Text
}
