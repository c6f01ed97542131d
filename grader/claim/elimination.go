package claim

import (
	"fmt"
	"slices"
	"strings"
)

// A program may name a phase by a word that is not known. Its figures are then
// found by elimination: they stand in a block or a row that looks like those of
// the phases that are named, and there are as many such blocks or rows as
// phases without one. They are not sure: agreement with them tells something,
// contradiction nothing.

// place is where a figure stands among those of its phase.
func (f Figure) place() string { return fmt.Sprintf("%s|%s|%d", f.Kind, f.title, f.nth) }

// missing gives the phases that are not among the seen, in the order of the
// lesson.
func missing(seen map[Phase]bool) []Phase {
	return slices.DeleteFunc(slices.Clone(Phases), func(p Phase) bool { return seen[p] })
}

// renamed gives the figures of blocks whose heading names no known phase, and
// which were read as the phase's before it, to the phases without a block.
func renamed(figures []Figure) {
	type section struct {
		place string
		row   int
	}
	first := map[section]Figure{}
	seen := map[string]map[Phase]bool{}
	foreign := map[string][]int{}
	for i, f := range figures {
		s := section{f.place(), f.row}
		g, again := first[s]
		if again && f.below && f.lead > g.Line {
			foreign[s.place] = append(foreign[s.place], i)
			continue
		}
		if !again {
			first[s] = f
		}
		if seen[s.place] == nil {
			seen[s.place] = map[Phase]bool{}
		}
		seen[s.place][f.Phase] = true
	}
	for place, at := range foreign {
		without := missing(seen[place])
		if len(at) != len(without) {
			continue
		}
		for k, i := range at {
			f := &figures[i]
			f.Phase, f.Sure, f.row = without[k], false, f.lead
		}
	}
}

// tableRow is a line with figures.
type tableRow struct {
	figures []*Figure
	named   bool // it says itself which phase's they are
}

// form is what the rows of a layout have in common: the kinds of their figures.
func (r tableRow) form() string {
	var b strings.Builder
	for _, f := range r.figures {
		fmt.Fprintf(&b, "%s %t %t|", f.Kind, f.Unit, f.Percent)
	}
	return b.String()
}

// phase is that of all its figures, empty where they have several, or none.
func (r tableRow) phase() Phase {
	p := r.figures[0].Phase
	if slices.ContainsFunc(r.figures, func(f *Figure) bool { return f.Phase != p }) {
		return ""
	}
	return p
}

// eliminated gives the figures of rows that begin with an unknown word to the
// phases that no row of their form names, and gives both lists anew.
func eliminated(figures, others []Figure) (own, overall []Figure) {
	var order []int
	rows := map[int]*tableRow{}
	for _, list := range [][]Figure{figures, others} {
		for i := range list {
			f := &list[i]
			if rows[f.Line] == nil {
				rows[f.Line] = &tableRow{}
				order = append(order, f.Line)
			}
			r := rows[f.Line]
			r.figures, r.named = append(r.figures, f), f.Phase != "" && !f.below
		}
	}
	slices.Sort(order)
	like := map[string]*tableRow{} // one that is named, by its form
	seen := map[string]map[Phase]bool{}
	unknown := map[string][]*tableRow{}
	for _, line := range order {
		r := rows[line]
		switch form := r.form(); {
		case r.named && r.phase() != "":
			if seen[form] == nil {
				like[form], seen[form] = r, map[Phase]bool{}
			}
			seen[form][r.phase()] = true
		case r.phase() == "" && !slices.ContainsFunc(r.figures, func(f *Figure) bool { return f.Phase != "" || !f.led }):
			unknown[form] = append(unknown[form], r)
		}
	}
	for form, found := range unknown {
		without := missing(seen[form])
		if like[form] == nil || len(found) != len(without) {
			continue
		}
		for k, r := range found {
			for i, f := range r.figures {
				f.Phase, f.Sure, f.below, f.row = without[k], false, false, f.Line
				f.title, f.nth = like[form].figures[i].title, like[form].figures[i].nth
			}
		}
	}
	for _, list := range [][]Figure{figures, others} {
		for _, f := range list {
			if f.Phase == "" {
				overall = append(overall, f)
			} else {
				own = append(own, f)
			}
		}
	}
	slices.SortStableFunc(own, func(a, b Figure) int { return a.Line - b.Line })
	return own, overall
}
