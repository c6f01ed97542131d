package script

import (
	"slices"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/phase"
)

// candidates gives the series that may be of the kind. One whose figures no
// phase names stands for two: in the order of the lesson, and in that in which
// the phases ran.
func (c judgedRun) candidates(kind claim.Kind) []claim.Series {
	var seen []phase.Kind
	for _, k := range kinds {
		if c.chosen(k) != nil {
			seen = append(seen, k)
		}
	}
	ran := slices.SortedFunc(slices.Values(seen), func(a, b phase.Kind) int { return int(c.chosen(a).Bursts[0].Start - c.chosen(b).Bursts[0].Start) })
	says, clearly := c.saysUse()
	says, clearly = says && kind == claim.Utilization, clearly && kind == claim.Utilization
	var out []claim.Series
	for _, s := range c.claims.Series {
		switch {
		case !s.Sure && (alike(s) || small(s)): // nothing is compared, or counted
			continue
		case says && !(s.Kind == kind && s.Sure), clearly && either(s):
			continue
		case s.Kind == kind, s.Kind == claim.Plain, kind == claim.Utilization && s.Kind == claim.CPUTime:
		default:
			continue
		}
		if s.Order == nil {
			out = append(out, s)
		} else if len(seen) == len(s.Order) {
			out = append(out, ordered(s, seen, ""), ordered(s, ran, ", as they ran"))
		}
	}
	return out
}

// ordered gives a series whose figures belong to the phases in this order.
func ordered(s claim.Series, phases []phase.Kind, name string) claim.Series {
	s.Key += name
	s.Figures = map[claim.Phase][]claim.Figure{}
	for i, k := range phases {
		f := s.Order[i]
		f.Phase = named[k]
		s.Figures[f.Phase] = []claim.Figure{f}
	}
	return s
}

// lone reports whether a series leaves out what a comparison needs: of times
// a phase that was seen, of a utilization the threads or all others.
func lone(s claim.Series, c judgedRun) bool {
	missing := lacking(s, c)
	if s.Kind == claim.Utilization || s.Kind == claim.CPUTime {
		return slices.Contains(missing, claim.Threads) || len(s.Figures) < 2 && c.seen() > 1 || len(missing) > 0 && c.loose(claim.Utilization) > 0
	}
	return len(missing) > 0
}

// saysUse reports whether utilizations are surely printed for several phases:
// then neither CPU times nor bare numbers beside them count for them. clearly
// says that some can be nothing else.
func (c judgedRun) saysUse() (says, clearly bool) {
	for _, s := range c.claims.Series {
		if s.Kind == claim.Utilization && s.Sure && s.Strict && s.Has(claim.Threads) && len(s.Figures) > 1 {
			says, clearly = true, clearly || !either(s)
		}
	}
	return says, clearly
}

// either reports whether the figures may be CPU times as well.
func either(s claim.Series) bool {
	for _, fs := range s.Figures {
		for _, f := range fs {
			if !f.Either {
				return false
			}
		}
	}
	return true
}

// small reports whether all figures are small whole numbers, as counts are.
func small(s claim.Series) bool {
	const count = 20
	for _, fs := range s.Figures {
		for _, f := range fs {
			if f.Round < 1 || f.Value >= count {
				return false
			}
		}
	}
	return s.Order == nil
}

// alike reports whether all figures are the same.
func alike(s claim.Series) bool {
	if s.Order != nil {
		return false
	}
	values := map[float64]bool{}
	for _, fs := range s.Figures {
		for _, f := range fs {
			values[f.Value] = true
		}
	}
	return len(values) < 2
}

// lacking gives the phases that were seen and that the series leaves out.
func lacking(s claim.Series, c judgedRun) []claim.Phase {
	var out []claim.Phase
	for _, k := range kinds {
		if c.chosen(k) != nil && !s.Has(named[k]) {
			out = append(out, named[k])
		}
	}
	return out
}

// seen counts the phases that were seen.
func (c judgedRun) seen() int {
	n := 0
	for _, k := range kinds {
		if c.chosen(k) != nil {
			n++
		}
	}
	return n
}

// tooMany reports whether the series that agree are few among those of the
// kind that are printed for all phases.
func (c judgedRun) tooMany(kind claim.Kind, agreeing int) bool {
	all := 0
	for _, s := range c.claims.Series {
		if s.Strict && (s.Kind == kind || s.Kind == claim.Plain) && len(s.Figures) > 1 {
			all++
		}
	}
	return all > 2*mostSeries && all > mostSeries*agreeing
}
