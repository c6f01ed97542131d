package script

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// most counts the surely read figures of the phase that has most of them.
func (c judgedRun) most(kind claim.Kind) int {
	count, most := map[claim.Phase]int{}, 0
	for _, f := range c.claims.Figures {
		if f.Kind == kind && f.Sure {
			count[f.Phase]++
			most = max(most, count[f.Phase])
		}
	}
	return most
}

func (what claims) tooMany() string {
	return "so many different figures are printed for each phase that some must be right: that is no measuring"
}

// disagreement judges a run no series of which agrees: a surely read figure
// that is off under every reading contradicts; what could not be read leaves
// it open; what is not printed is missing.
func (c judgedRun) disagreement(what claims, readings func(judgedRun, claim.Series) []reading, used map[string]bool) judged {
	var off, right, doubtful, open, absent []claim.Phase
	for _, k := range kinds {
		if c.chosen(k) == nil {
			continue
		}
		p := named[k]
		switch sure, fit, near := c.weigh(what.kind, p, readings); {
		case fit:
			right = append(right, p)
		case near:
			doubtful = append(doubtful, p)
		case sure:
			off = append(off, p)
		case c.hasPlain(what.kind, p, used), c.claims.Cut:
			open = append(open, p)
		default:
			absent = append(absent, p)
		}
	}
	if n := len(absent); n > 0 && c.loose(what.kind) >= n { // perhaps theirs, under names that are not known
		open, absent = append(open, absent...), nil
	}
	all := float64(len(off) + len(right) + len(doubtful) + len(open) + len(absent))
	agree := float64(len(right)) / math.Max(1, all)
	one := judged{Interval: stat.Interval{Value: agree, Lo: agree, Hi: float64(len(right)+len(doubtful)+len(open)) / math.Max(1, all)}, crowded: c.crowded}
	switch {
	case len(off) > 0:
		one.Hi = math.Min(one.Hi, 1-1/all)
	case all == 0:
		one.Interval = stat.Exactly(0)
		one.fault = "no phase was seen that figures could be compared with"
	case len(open) == 0 && len(doubtful) == 0 && len(absent) == 0:
		// Each phase has a figure that is right, but in no common place.
		one.Interval = stat.Interval{Value: 0.5, Lo: 0, Hi: 1}
		switch {
		case c.tooMany(what.kind, 0) || c.most(what.kind) > mostTimes:
			one.Interval, one.fault = stat.Exactly(0), what.tooMany()
		case c.mixed(what.kind, readings):
			one.Interval = stat.Exactly(0)
		}
	case len(absent) > 0 && len(open) == 0 && len(doubtful) == 0:
		one.Interval = stat.Exactly(0)
		one.fault = c.notPrinted(what, right)
	default:
		one.Interval = stat.Interval{Value: math.Min(agree, 0.99), Lo: agree, Hi: 1}
		if len(open) > 0 {
			one.line, one.cut = c.unread(open), c.claims.Cut
		}
	}
	return one
}

// weigh reports, of a phase's surely read figures, whether there are any,
// whether one fits, and whether one would if the machine took more.
func (c judgedRun) weigh(kind claim.Kind, p claim.Phase, readings func(judgedRun, claim.Series) []reading) (sure, fit, near bool) {
	cache := map[claim.Kind][]reading{}
	for _, f := range c.claims.Figures {
		if f.Phase != p || !f.Sure || f.Kind != kind && !(kind == claim.Utilization && f.Kind == claim.CPUTime) {
			continue
		}
		sure = true
		key := claim.Kind(fmt.Sprint(f.Kind, f.Unit, f.Percent, f.Either))
		ways, ok := cache[key]
		if !ok {
			ways = readings(c, claim.Series{Kind: f.Kind, Sure: true, Figures: map[claim.Phase][]claim.Figure{p: {f}}})
			cache[key] = ways
		}
		for _, way := range ways {
			fit = fit || way.fits(f)
			near = near || c.crowded && way.wider(doubt).fits(f)
		}
	}
	return sure, fit, near
}

// mixed reports whether figures under the same words for all phases have no
// unit in common.
func (c judgedRun) mixed(kind claim.Kind, readings func(judgedRun, claim.Series) []reading) bool {
	for _, s := range c.claims.Series {
		if s.Kind != kind || !s.Sure || !s.Strict || len(lacking(s, c)) > 0 {
			continue
		}
		if !slices.ContainsFunc(readings(c, s), func(way reading) bool {
			return way.explains(s) || c.crowded && way.wider(doubt).explains(s)
		}) {
			return true
		}
	}
	return false
}

// hasPlain reports whether a number of the phase might be the figure looked
// for: a bare one, one that is not sure, or for a wall time one in seconds that was taken for CPU time.
func (c judgedRun) hasPlain(what claim.Kind, p claim.Phase, used map[string]bool) bool {
	for _, s := range c.claims.Series {
		if !s.Strict || !s.Has(p) {
			continue
		}
		if (s.Kind == claim.Plain || s.Kind == what && !s.Sure) && !used[s.Key] && len(s.Figures) > 1 && !alike(s) || what == claim.Time && s.Kind == claim.CPUTime && hasUnit(s) {
			return true
		}
	}
	return false
}

// loose counts the figures that may be of the kind and belong to no phase.
func (c judgedRun) loose(kind claim.Kind) int {
	n := 0
	for _, f := range c.claims.Overall {
		if f.Kind == kind || f.Kind == claim.Plain && f.Round < 1 {
			n++
		}
	}
	return n
}

// notPrinted says of which phases nothing is printed.
func (c judgedRun) notPrinted(what claims, right []claim.Phase) string {
	if len(right) == 0 {
		for _, f := range c.claims.Overall {
			if f.Kind == what.kind && f.Sure {
				return fmt.Sprintf("%s is printed for the whole script (%q), but not for each phase", strings.ToLower(what.whole[:1])+what.whole[1:], strings.TrimSpace(c.claims.Lines[f.Line]))
			}
		}
		return fmt.Sprintf("the script printed no %s", what.noun)
	}
	s := claim.Series{Figures: map[claim.Phase][]claim.Figure{}}
	for _, p := range right {
		s.Figures[p] = []claim.Figure{{}}
	}
	return what.partly(s, c)
}

// partly says which phases a series leaves out.
func (what claims) partly(s claim.Series, c judgedRun) string {
	var with, without []string
	for _, k := range kinds {
		switch p := named[k]; {
		case s.Has(p):
			with = append(with, string(p))
		case c.chosen(k) != nil:
			without = append(without, string(p))
		}
	}
	return fmt.Sprintf("%s printed for %s, but not for %s", what.noun+map[bool]string{true: " are", false: " is"}[what.kind == claim.Time],
		strings.Join(with, " and "), strings.Join(without, " and "))
}

// unread gives the first line with a figure of one of the phases that could
// not be read, shortened; one without a phase's name where there is no other.
func (c judgedRun) unread(open []claim.Phase) string {
	const most = 80
	best := -1
	for _, f := range append(slices.Clone(c.claims.Figures), c.claims.Overall...) {
		own := slices.Contains(open, f.Phase)
		if f.Kind == claim.Other || own && f.Sure || !own && (f.Phase != "" || f.Round >= 1 || best >= 0) {
			continue
		}
		best = f.Line
		if own {
			break
		}
	}
	if best < 0 {
		i := slices.IndexFunc(c.claims.Figures, func(f claim.Figure) bool { return slices.Contains(open, f.Phase) })
		if i < 0 {
			return ""
		}
		best = c.claims.Figures[i].Line
	}
	line := []rune(strings.Join(strings.Fields(c.claims.Lines[best]), " "))
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}
