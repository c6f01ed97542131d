package validation

import (
	"fmt"
	"math"
	"strconv"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// DefaultMargin is the share of each limit by which it is moved.
const DefaultMargin = 0.05

// Flip is a check whose verdict changes when the bounds are moved by the
// margin: the record lies so near to a bound that noise may decide.
type Flip struct {
	Check    string          `json:"check"`
	From     verdict.Verdict `json:"from"` // by the spec's own bounds
	To       verdict.Verdict `json:"to"`   // by the moved ones
	Quantity string          `json:"quantity"`
	Value    float64         `json:"value"` // of the quantity, as observed
	Limit    float64         `json:"limit"` // as it was moved
}

func (f Flip) String() string {
	if f.Quantity == "" {
		return fmt.Sprintf("%s turns from %s to %s when its bounds are moved by the margin", f.Check, f.From, f.To)
	}
	return fmt.Sprintf("%s turns from %s to %s with the limit of %s at %s, and %s was seen", f.Check, f.From, f.To, f.Quantity, figure(f.Limit), figure(f.Value))
}

func figure(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

// Flips judges a record again with every bound made harder to keep by the
// margin, where it must pass, and easier, where it must not. It gives the
// checks that then get another verdict than the fixture must have. Nothing is
// run.
//
// A figure that the record has in whole numbers is a count or a truth: it
// cannot come out a little lower, so its limits stay.
func Flips(c *spec.Challenge, rec *record.Record, f course.Fixture, margin float64) []Flip {
	own := judge.With(c, rec)
	if f.Pass {
		return flips(own, judge.With(moved(c, own, margin), rec), func(k verdict.Check) bool { return k.Verdict != verdict.Pass })
	}
	loose := judge.With(moved(c, own, -margin), rec)
	if f.Want == "" { // the starter: it must not pass, by whatever check
		if loose.Verdict != verdict.Pass {
			return nil
		}
		return flips(own, loose, func(verdict.Check) bool { return true })
	}
	return flips(own, loose, func(k verdict.Check) bool { return k.ID == f.Want && k.Verdict != verdict.Fail })
}

// flips lists the checks that changed, of those that count.
func flips(own, moved *verdict.Result, counts func(verdict.Check) bool) []Flip {
	var found []Flip
	for i, k := range moved.Checks {
		before := own.Checks[i]
		if k.Verdict == before.Verdict || !counts(k) {
			continue
		}
		f := Flip{Check: k.ID, From: before.Verdict, To: k.Verdict}
		for n, e := range k.Evidence {
			if e.Holds != before.Evidence[n].Holds && e.Known {
				f.Quantity, f.Value, f.Limit = e.Quantity, e.Value, nearest(e)
				break
			}
		}
		found = append(found, f)
	}
	return found
}

// nearest is the limit that lies nearer to the figure.
func nearest(e verdict.Evidence) float64 {
	switch {
	case e.Min == nil && e.Max == nil:
		return math.NaN()
	case e.Max == nil || e.Min != nil && math.Abs(e.Value-*e.Min) < math.Abs(e.Value-*e.Max):
		return *e.Min
	}
	return *e.Max
}

// moved gives the challenge with every limit made harder to keep by a share of
// it, easier where the share is negative; but for counts and truths.
func moved(c *spec.Challenge, r *verdict.Result, share float64) *spec.Challenge {
	counted := map[string]bool{}
	for _, k := range r.Checks {
		for _, e := range k.Evidence {
			counted[e.Quantity] = e.Known && integral(e.Lo) && integral(e.Value) && integral(e.Hi)
		}
	}
	other := *c
	other.Checks = make([]spec.Check, len(c.Checks))
	for i, k := range c.Checks {
		bounds := make([]spec.Bound, len(k.Bounds))
		for n, b := range k.Bounds {
			bounds[n] = b
			if !counted[b.Quantity] {
				bounds[n] = harder(b, share)
			}
		}
		k.Bounds = bounds
		other.Checks[i] = k
	}
	return &other
}

func integral(v float64) bool { return v == math.Trunc(v) }

func harder(b spec.Bound, share float64) spec.Bound {
	shift := func(limit *float64, by float64) *float64 {
		if limit == nil {
			return nil
		}
		v := *limit + by*math.Abs(*limit)
		return &v
	}
	b.Min, b.Max = shift(b.Min, share), shift(b.Max, -share)
	if b.Otherwise != nil {
		o := harder(*b.Otherwise, share)
		b.Otherwise = &o
	}
	return b
}
