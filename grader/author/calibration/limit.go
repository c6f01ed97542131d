package calibration

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// Side is the side on which a limit bounds a quantity, as the spec names it.
type Side string

// The sides.
const (
	Min Side = "min"
	Max Side = "max"
)

func (s Side) of(b *spec.Bound) *float64 {
	if s == Min {
		return b.Min
	}
	return b.Max
}

// beyond says that a figure lies on the wrong side of another.
func (s Side) beyond(v, limit float64) bool {
	if s == Min {
		return v < limit
	}
	return v > limit
}

// Finding is what there is to say of a limit.
type Finding string

// The findings.
const (
	Keep     Finding = "keep"     // it lies well between the honest and the wrong
	Move     Finding = "move"     // it lies too near to one of them, or on the wrong side
	Overlap  Finding = "overlap"  // no limit has all honest on one side and all wrong on the other
	Few      Finding = "too few"  // too few values to propose anything
	Untested Finding = "untested" // no fail fixture's fail rests on it
)

// How many values it takes to propose a limit. The next value of a population
// lies beyond the worst of n with a probability of 1/(n+1), whatever its
// distribution, as long as they are exchangeable (Wilks, "Determination of
// Sample Sizes for Setting Tolerance Limits", 1941): a tenth for the honest, a
// quarter for the wrong, and half of the gap lies before them.
const (
	FewestHonest = 9
	FewestWrong  = 3
)

// middle is the share of the gap, on both sides of its middle together, in
// which a limit may stay where it is.
const middle = 0.5

// Limit is a min or max of a bound, beside what was seen.
type Limit struct {
	Check    string
	Quantity string
	Side     Side
	Holds    string // when, such as "with the GIL"; empty for always
	At       spec.Position
	Now      float64
	// Honest and Wrong are the values on both sides, in the order in which they
	// were added. Missing are wrong submissions that had nothing to measure,
	// which breaks any limit.
	Honest, Wrong []Value
	Missing       []string

	Finding Finding
	// Log says that distances are those of logarithms, Count that all honest
	// figures are whole numbers: a limit on a count, a truth or a full share
	// is one of them.
	Log, Count bool
	// AUC is the probability that a wrong value lies farther on the wrong side
	// than an honest one, see stat.AUC; NaN where one of them is missing.
	AUC float64
	// Gap is the distance from the worst honest to the best wrong value, in
	// standard deviations of the honest values: below 0 where they overlap,
	// infinite where the honest values are all the same, NaN where there are
	// none on one side.
	Gap float64
	// Room is the share of Now by which it may be moved to either side before
	// it reaches a value, as the margin of `gilcourse validate` moves it; below
	// 0 where it is on the wrong side of one, NaN for a count.
	Room float64
	// Proposed is where the limit belongs: the middle of the gap, rounded, or
	// Now; nil where nothing is proposed.
	Proposed *float64
	// Among are the values that lie where the populations overlap.
	Among []Value

	bound     string
	linear    bool
	confirmed bool // by another quantity, where it decides nothing
}

// value takes the end of a figure that decides: an honest one must keep the
// limit as a whole, or, where another quantity confirms, not break it; a wrong
// one must break it.
func (l *Limit) value(f figure) Value {
	v := f.Hi
	if (f.honest && !l.confirmed) == (l.Side == Min) {
		v = f.Lo
	}
	return Value{f.submission, f.condition, v}
}

// worst gives the value that lies farthest on the wrong side, or, of wrong
// ones, the one that does so least.
func (l *Limit) worst(values []Value, honest bool) Value {
	return slices.MaxFunc(values, func(a, b Value) int {
		if a.Figure == b.Figure {
			return 0
		}
		if l.Side.beyond(a.Figure, b.Figure) == honest {
			return 1
		}
		return -1
	})
}

// Ends are the worst honest and the best wrong value: a limit belongs between
// them. Both populations must have values.
func (l *Limit) Ends() (honest, wrong Value) { return l.worst(l.Honest, true), l.worst(l.Wrong, false) }

// judge fills in what follows from the values.
func (l *Limit) judge() {
	l.AUC, l.Gap, l.Room = math.NaN(), math.NaN(), math.NaN()
	honest, wrong := figures(l.Honest), figures(l.Wrong)
	all := slices.Concat(honest, wrong)
	l.Count = len(honest) > 0 && !slices.ContainsFunc(honest, func(v float64) bool { return v != math.Trunc(v) })
	l.Log = !l.Count && !l.linear && !slices.ContainsFunc(all, func(v float64) bool { return v <= 0 || math.IsInf(v, 0) })
	room := func(end, from float64) { // NaN is no minimum
		if r := l.toward(end, from, linear) / math.Abs(l.Now); !l.Count && !(r >= l.Room) {
			l.Room = r
		}
	}
	if len(honest) > 0 {
		room(l.Now, l.worst(l.Honest, true).Figure)
	}
	if len(wrong) > 0 {
		room(l.worst(l.Wrong, false).Figure, l.Now)
	}
	switch {
	case len(wrong) == 0:
		l.Finding = Untested
		return
	case len(honest) == 0:
		l.Finding = Few
		return
	}
	h, w := l.Ends()
	if l.Side == Min {
		l.AUC = stat.AUC(honest, wrong)
	} else {
		l.AUC = stat.AUC(wrong, honest)
	}
	l.Gap = l.toward(w.Figure, h.Figure, l.scale) / spread(honest, l.scale)
	apart := l.Side.beyond(w.Figure, h.Figure)
	separates := !l.Side.beyond(h.Figure, l.Now) && l.Side.beyond(w.Figure, l.Now)
	switch {
	case !apart:
		l.Finding = Overlap
		l.Among = slices.Concat(
			slices.DeleteFunc(slices.Clone(l.Honest), func(v Value) bool { return l.Side.beyond(w.Figure, v.Figure) }),
			slices.DeleteFunc(slices.Clone(l.Wrong), func(v Value) bool { return l.Side.beyond(v.Figure, h.Figure) }))
	case l.Count && separates:
		l.Finding = Keep
	case len(honest) < FewestHonest || len(wrong) < FewestWrong:
		l.Finding = Few
	case l.Count:
		l.propose(h.Figure)
	case separates && l.central(l.Now):
		l.Finding = Keep
	default:
		l.propose(l.round((l.scale(h.Figure) + l.scale(w.Figure)) / 2))
	}
	if l.Finding == Keep {
		now := l.Now
		l.Proposed = &now
	}
}

func (l *Limit) propose(v float64) { l.Finding, l.Proposed = Move, &v }

// scale is where a figure lies on the scale of the quantity.
func (l *Limit) scale(v float64) float64 {
	if l.Log {
		return math.Log(v)
	}
	return v
}

func linear(v float64) float64 { return v }

// toward is how far a figure lies on the wrong side of another, on a scale.
func (l *Limit) toward(v, from float64, scale func(float64) float64) float64 {
	if l.Side == Min {
		return scale(from) - scale(v)
	}
	return scale(v) - scale(from)
}

// central says that a limit lies in the middle of the gap.
func (l *Limit) central(v float64) bool {
	h, w := l.Ends()
	at := l.toward(v, h.Figure, l.scale) / l.toward(w.Figure, h.Figure, l.scale)
	return math.Abs(at-0.5) <= middle/2
}

// round gives the figure at a place of the scale in as few digits as keep it in
// the middle of the gap.
func (l *Limit) round(at float64) float64 {
	v := at
	if l.Log {
		v = math.Exp(at)
	}
	for digits := 2; digits < 8; digits++ {
		if r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64); err == nil && l.central(r) {
			return r
		}
	}
	return v
}

// spread is the standard deviation of figures on a scale.
func spread(values []float64, scale func(float64) float64) float64 {
	var sum, squares float64
	for _, v := range values {
		sum += scale(v)
	}
	mean := sum / float64(len(values))
	for _, v := range values {
		squares += (scale(v) - mean) * (scale(v) - mean)
	}
	return math.Sqrt(squares / float64(len(values)-1))
}

func figures(values []Value) []float64 {
	var all []float64
	for _, v := range values {
		all = append(all, v.Figure)
	}
	return all
}

// Submissions are those of some values, each once, in their order.
func Submissions(values []Value) []string {
	var names []string
	for _, v := range values {
		if !slices.Contains(names, v.Submission) {
			names = append(names, v.Submission)
		}
	}
	return names
}

// Description puts the finding into words.
func (l *Limit) Description() string {
	enough := fmt.Sprintf("%d honest and %d wrong values", len(l.Honest), len(l.Wrong))
	switch {
	case l.Finding == Keep:
		return "keep"
	case l.Finding == Move:
		return fmt.Sprintf("%s, not %s", number(*l.Proposed), number(l.Now))
	case l.Finding == Overlap:
		return fmt.Sprintf("they overlap, in %d of the %s", len(l.Among), enough)
	case l.Finding == Untested && len(l.Missing) > 0:
		return "what is wrong has nothing to measure"
	case l.Finding == Untested:
		return "no fail rests on it"
	}
	return enough + ": too few to propose"
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
