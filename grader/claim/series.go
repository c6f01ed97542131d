package claim

import (
	"fmt"
	"strconv"
)

// own moves the figures that stand below a phase's name to the others where
// only one phase has such a line: it speaks of the whole program. So it does
// where lines of that form name their phase themselves: it names one that is
// not known.
func own(figures []Figure, others *[]Figure) []Figure {
	place := func(f Figure) string { return string(f.Kind) + "|" + f.title + "|" + strconv.Itoa(f.nth) }
	seen, names := map[string]map[Phase]bool{}, map[string]bool{}
	for _, f := range figures {
		k := place(f)
		names[k] = names[k] || !f.below
		if seen[k] == nil {
			seen[k] = map[Phase]bool{}
		}
		seen[k][f.Phase] = true
	}
	out := figures[:0]
	for _, f := range figures {
		if f.below && (len(seen[place(f)]) < 2 || names[place(f)]) {
			f.Phase = ""
			*others = append(*others, f)
			continue
		}
		out = append(out, f)
	}
	return out
}

// gathering collects series in the order in which their keys were first seen.
type gathering struct {
	order []string
	byKey map[string]*Series
}

func (g *gathering) series(key string, k Kind, strict bool) *Series {
	s := g.byKey[key]
	if s == nil {
		s = &Series{Key: key, Kind: k, Sure: true, Strict: strict, Figures: map[Phase][]Figure{}}
		g.byKey[key] = s
		g.order = append(g.order, key)
	}
	return s
}

func (g *gathering) add(key string, strict bool, f Figure) {
	s := g.series(key, f.Kind, strict)
	s.Sure = s.Sure && f.Sure
	s.Figures[f.Phase] = append(s.Figures[f.Phase], f)
}

// series reads the figures together: first by the words that they stand
// under, then by their order among those of their kind in their row, then by
// which comes last, then those without a phase by their order in the text.
func series(figures, others []Figure) []Series {
	g := gathering{byKey: map[string]*Series{}}
	group := func(f Figure) string {
		if f.Kind == Plain && f.whole {
			return "whole"
		}
		return string(f.Kind)
	}
	for _, f := range figures {
		if f.Kind != Other {
			g.add(fmt.Sprintf("%s under %q, %d", group(f), f.title, f.nth), true, f)
		}
	}
	type place struct {
		row   int
		phase Phase
		kind  string
	}
	nth := map[place]int{}
	last := map[place]Figure{}
	var lasts []place
	for _, f := range figures {
		if f.Kind == Other {
			continue
		}
		p := place{f.row, f.Phase, group(f)}
		g.add(fmt.Sprintf("%s number %d", group(f), nth[p]), false, f)
		nth[p]++
		p.row = 0
		if _, ok := last[p]; !ok {
			lasts = append(lasts, p)
		}
		last[p] = f
	}
	for _, p := range lasts {
		g.add(p.kind+" at last", false, last[p])
	}
	var out []Series
	for _, k := range g.order {
		out = append(out, *g.byKey[k])
	}
	return append(out, unnamed(others, out)...)
}

// unnamed gives the series of figures that belong to no phase: three in one
// line, or in three alike lines.
func unnamed(others []Figure, named []Series) []Series {
	var out []Series
	taken := map[Kind]bool{}
	for _, s := range named {
		if len(s.Figures) > 1 {
			taken[s.Kind] = true
		}
	}
	byKey := map[string]*Series{}
	var order []string
	add := func(key string, f Figure) {
		if taken[f.Kind] || f.Kind == Other {
			return
		}
		if byKey[key] == nil {
			byKey[key] = &Series{Key: key, Kind: f.Kind}
			order = append(order, key)
		}
		byKey[key].Order = append(byKey[key].Order, f)
	}
	nth := map[string]int{}
	for _, f := range others {
		add(fmt.Sprintf("%s in line %d", f.Kind, f.Line), f)
		k := fmt.Sprintf("%s %d", f.Kind, f.Line)
		add(fmt.Sprintf("%s, the %d. in a line", f.Kind, nth[k]), f)
		add(fmt.Sprintf("%s under %q, %d, unnamed", f.Kind, f.title, f.nth), f)
		nth[k]++
	}
	for _, k := range order {
		if len(byKey[k].Order) == len(Phases) {
			out = append(out, *byKey[k])
		}
	}
	return out
}
