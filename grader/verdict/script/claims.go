package script

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// mostSeries is how many series of times, or of utilizations, a script may
// print for each one that is right: whoever prints every figure measures
// nothing.
const mostSeries = 4

// judged is what came of comparing one run's figures with what was observed.
type judged struct {
	stat.Interval
	// fault says what is missing or wrong as a whole, empty where nothing is, or
	// where single figures are.
	fault string
	// line is the first line that could not be read, empty where all could.
	line string
	// cut says that a part of the output was not kept.
	cut bool
	// crowded says that the machine is the reason why nothing was decided.
	crowded bool
	series  claim.Series // that was chosen
	found   bool
}

// claims are the quantities of what the script printed about one subject.
type claims struct {
	kind  claim.Kind
	noun  string // times, CPU utilization
	whole string // what is printed once for all phases
	runs  []judged
}

// claimQuantities compares what was printed with what was observed.
func (k *kind) claimQuantities() {
	names := []string{"times.agreement", "speedup.agreement", "utilization.agreement"}
	if len(k.runs) == 0 {
		for _, name := range append(names, "times.printed") {
			k.Missing(name, "the script did not run")
		}
		return
	}
	var printed []stat.Interval
	for _, r := range k.runs {
		n := 0
		for _, f := range append(slices.Clone(r.claims.Figures), r.claims.Overall...) {
			if f.Kind != claim.Other && (f.Kind != claim.Plain || f.Round < 1) {
				n++
			}
		}
		count := stat.Exactly(float64(n))
		if r.claims.Cut {
			count.Hi = math.Max(count.Hi, 1)
		}
		printed = append(printed, count)
	}
	k.Set("times.printed", stat.Middle(printed))
	if !k.Record.Host.Scheduler {
		for _, name := range names {
			k.Gather(name, verdict.Rounds{}) // which says what it needs
		}
		return
	}
	times := k.compare(claims{kind: claim.Time, noun: "times", whole: "The time"}, func(c judgedRun, s claim.Series) []reading { return c.timeReadings(s) }, nil)
	used := map[string]bool{}
	for _, r := range times.runs {
		if r.found && !r.series.Sure {
			used[r.series.Key] = true
		}
	}
	use := k.compare(claims{kind: claim.Utilization, noun: "CPU utilization", whole: "The CPU utilization"}, func(c judgedRun, s claim.Series) []reading { return c.useReadings(s, k.Record.Host) }, used)
	for i := range use.runs { // a comparison needs all phases
		if times.runs[i].fault != "" && use.runs[i].found {
			if p := lacking(use.runs[i].series, k.runs[i]); len(p) > 0 {
				use.runs[i].Interval, use.runs[i].fault = stat.Exactly(0), use.partly(use.runs[i].series, k.runs[i])
			}
		}
	}
	k.claimed = map[string]claims{"times.printed": times, "times.agreement": times, "utilization.agreement": use}
	k.agreement("times.agreement", times)
	k.agreement("utilization.agreement", use)
	var speedups []stat.Interval
	for i, r := range k.runs {
		speedups = append(speedups, r.speedupsAgree(times.runs[i]))
	}
	k.Set("speedup.agreement", stat.Middle(speedups))
}

// agreement sets a quantity from the runs: what no run printed is missing.
func (k *kind) agreement(name string, c claims) {
	var all []stat.Interval
	faults := map[string]int{}
	for _, r := range c.runs {
		all = append(all, r.Interval)
		if r.fault != "" {
			faults[r.fault]++
		}
	}
	sum := stat.Middle(all)
	for fault, n := range faults {
		if sum.Hi < 1 && 2*n > len(c.runs) {
			k.Missing(name, fault)
			return
		}
	}
	k.Set(name, sum)
}

// compare chooses the layout that explains all phases in the most runs, and
// judges each run by it.
func (k *kind) compare(c claims, readings func(judgedRun, claim.Series) []reading, used map[string]bool) claims {
	votes := map[string]int{}
	var order []string
	agreeing := make([]map[string]claim.Series, len(k.runs))
	for i, r := range k.runs {
		agreeing[i] = map[string]claim.Series{}
		for _, s := range r.candidates(c.kind) {
			if used[s.Key] || lone(s, r) || !slices.ContainsFunc(readings(r, s), func(way reading) bool { return way.explains(s) }) {
				continue
			}
			if votes[s.Key] == 0 {
				order = append(order, s.Key)
			}
			votes[s.Key]++
			agreeing[i][s.Key] = s
		}
	}
	best := ""
	for _, key := range order {
		if votes[key] > votes[best] {
			best = key
		}
	}
	for i, r := range k.runs {
		one := r.disagreement(c, readings, used)
		switch s, ok := agreeing[i][best]; {
		case ok && r.tooMany(c.kind, len(agreeing[i])):
			one = judged{Interval: stat.Exactly(0), fault: c.tooMany()}
		case ok:
			one = judged{Interval: stat.Exactly(1), series: s, found: true}
		}
		c.runs = append(c.runs, one)
	}
	return c
}

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
	var off, right, open, absent []claim.Phase
	for _, k := range kinds {
		if c.chosen(k) == nil {
			continue
		}
		p := named[k]
		switch sure, fit, near := c.weigh(what.kind, p, readings); {
		case fit:
			right = append(right, p)
		case near:
			open = append(open, p)
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
	all := float64(len(off) + len(right) + len(open) + len(absent))
	agree := float64(len(right)) / math.Max(1, all)
	one := judged{Interval: stat.Interval{Value: agree, Lo: agree, Hi: float64(len(right)+len(open)) / math.Max(1, all)}, crowded: c.crowded}
	switch {
	case len(off) > 0:
		one.Hi = math.Min(one.Hi, 1-1/all)
	case all == 0:
		one.Interval = stat.Exactly(0)
		one.fault = "no phase was seen that figures could be compared with"
	case len(open) == 0 && len(absent) == 0:
		// Each phase has a figure that is right, but in no common place.
		one.Interval = stat.Interval{Value: 0.5, Lo: 0, Hi: 1}
		switch {
		case c.tooMany(what.kind, 0) || c.most(what.kind) > mostTimes:
			one.Interval, one.fault = stat.Exactly(0), what.tooMany()
		case c.mixed(what.kind, readings):
			one.Interval = stat.Exactly(0)
		}
	case len(absent) > 0 && len(open) == 0:
		one.Interval = stat.Exactly(0)
		one.fault = c.notPrinted(what, right)
	default:
		one.Interval = stat.Interval{Value: math.Min(agree, 0.99), Lo: agree, Hi: 1}
		one.line, one.cut = c.unread(open), c.claims.Cut
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
