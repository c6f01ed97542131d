package page

import (
	"fmt"
	"math"
	"strings"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// chart is a piece of evidence: a figure's interval on its scale, with the bound.
type chart struct {
	Quantity    string
	Of          string // the call, or the template, that it is about; empty for none
	Description string // what the quantity is
	Word        string // the term that says more of it, empty for none
	Witness     string
	Message     string // the figure and the bound in words
	Holds       verdict.Truth
	Drawn       bool // there is something to draw, in the fields below
	Zone        bar  // what the bound allows
	Interval    bar
	Dot         string // the figure itself, in percent of the scale
	Value       label
	Limits      []label
}

// bar is a stretch of a scale, in percent of it.
type bar struct{ X, Width string }

// label is a text at a place of a scale, in percent of it.
type label struct{ X, Anchor, Text string }

// axis is a scale of figures: from 0, or logarithmic where they are far apart.
type axis struct {
	lo, hi float64
	log    bool
}

// newAxis gives a scale that holds all of the figures, which are finite.
func newAxis(figures []float64) axis {
	a := axis{hi: 1e-9}
	least := math.Inf(1)
	for _, v := range figures {
		a.lo, a.hi = min(a.lo, v), max(a.hi, v)
		if v > 0 {
			least = min(least, v)
		}
	}
	if a.lo == 0 && a.hi > 40*least {
		return axis{lo: math.Log10(least / 2), hi: math.Log10(a.hi * 2), log: true}
	}
	room := (a.hi - a.lo) * 0.14
	if a.lo < 0 {
		a.lo -= room
	}
	a.hi += room
	return a
}

// at is the place of a figure, 0 to 1: infinite ones lie at the ends.
func (a axis) at(v float64) float64 {
	if a.log {
		v = math.Log10(math.Max(v, 1e-12))
	}
	return math.Max(0, math.Min(1, (v-a.lo)/(a.hi-a.lo)))
}

func (a axis) bar(from, to float64) bar {
	x, end := a.at(from), a.at(to)
	return bar{percent(x), percent(max(end-x, 0.004))}
}

// label writes a text at a figure, so that it stays within the scale.
func (a axis) label(v float64, text string) label {
	l := label{X: percent(a.at(v)), Anchor: "middle", Text: text}
	switch x := a.at(v); {
	case x < 0.15:
		l.Anchor = "start"
	case x > 0.85:
		l.Anchor = "end"
	}
	return l
}

// newChart shows evidence on a quantity, of which the catalogue may know nothing.
func newChart(e verdict.Evidence, q quantity.Quantity) chart {
	_, name := verdict.Part(e.Quantity)
	c := chart{Quantity: e.Quantity, Word: wordOf[name], Description: q.Description, Witness: string(e.Witness), Holds: e.Holds}
	if !e.Known {
		c.Message = words.Sentence("not seen: " + safetext.Text(e.Reason))
		return c
	}
	if q.Scale == quantity.Truth {
		about, inverted := truth(q.Description)
		c.Description = about
		c.Message = fmt.Sprintf("%s; asked for: %s", yes(e.Value >= 0.5 != inverted), yes(value(e.Min, 1-value(e.Max, 1)) >= 0.5 != inverted))
		return c
	}
	c.Message = said(e)
	figures := []float64{e.Value}
	for _, v := range []float64{e.Lo, e.Hi, value(e.Min, e.Value), value(e.Max, e.Value)} {
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			figures = append(figures, v)
		}
	}
	if math.IsInf(e.Value, 0) || math.IsNaN(e.Value) {
		return c
	}
	a := newAxis(figures)
	c.Drawn = true
	c.Zone = a.bar(value(e.Min, math.Inf(-1)), value(e.Max, math.Inf(1)))
	c.Interval = a.bar(e.Lo, e.Hi)
	c.Dot = percent(a.at(e.Value))
	c.Value = a.label(e.Value, words.Number(e.Value))
	switch {
	case e.Min != nil && e.Max != nil && *e.Min == *e.Max:
		c.Limits = []label{a.label(*e.Min, words.Number(*e.Min))}
	case e.Min != nil && e.Max != nil && a.at(*e.Max)-a.at(*e.Min) < 0.3:
		c.Limits = []label{a.label((*e.Min+*e.Max)/2, words.Number(*e.Min)+" to "+words.Number(*e.Max))}
	default:
		if e.Min != nil {
			c.Limits = append(c.Limits, a.label(*e.Min, "≥ "+words.Number(*e.Min)))
		}
		if e.Max != nil {
			c.Limits = append(c.Limits, a.label(*e.Max, "≤ "+words.Number(*e.Max)))
		}
	}
	return c
}

// value is what a pointer points to, or another value for nil.
func value(v *float64, otherwise float64) float64 {
	if v == nil {
		return otherwise
	}
	return *v
}

// truth is what the description of a quantity that is 1 or 0 says of 1, or, where it
// is inverted, of 0.
func truth(description string) (about string, inverted bool) {
	about, inverted = strings.CutPrefix(description, "1 unless ")
	about = strings.TrimPrefix(about, "1 where ")
	for _, end := range []string{", 0 where ", ", else 0", ", then 0"} {
		about, _, _ = strings.Cut(about, end)
	}
	return about, inverted
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// said is a figure and its bound in words.
func said(e verdict.Evidence) string {
	s := words.Number(e.Value)
	if e.Unit != "" {
		s += " " + unitOf(e.Unit, e.Value)
	}
	if e.Lo != e.Hi {
		s += fmt.Sprintf(", between %s and %s", words.Number(e.Lo), words.Number(e.Hi))
	}
	switch {
	case e.Min != nil && e.Max != nil && *e.Min == *e.Max:
		s += "; asked for: " + words.Number(*e.Min)
	case e.Min != nil && e.Max != nil:
		s += fmt.Sprintf("; asked for: %s to %s", words.Number(*e.Min), words.Number(*e.Max))
	case e.Min != nil:
		s += "; asked for: at least " + words.Number(*e.Min)
	case e.Max != nil:
		s += "; asked for: at most " + words.Number(*e.Max)
	}
	return s
}

// unitOf is a unit for a figure: of one, a thing is not many.
func unitOf(unit string, v float64) string {
	switch {
	case v != 1 || len(unit) < 3 || strings.Contains(unit, "'"):
		return unit
	case strings.HasSuffix(unit, "sses"):
		return strings.TrimSuffix(unit, "es")
	}
	return strings.TrimSuffix(unit, "s")
}
