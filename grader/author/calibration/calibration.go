// Package calibration proposes bounds for a challenge. It takes the figures of
// records of submissions whose verdict is known, those that must pass and those
// that must fail by a check, and says of each limit how far apart the two lie
// and where a limit between them belongs. It runs and writes nothing.
package calibration

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// Value is a quantity as one record has it: of its interval the end that
// decides, mostly the one nearer to a limit between the honest and the wrong.
type Value struct {
	Submission string
	Condition  string // under which it was observed, empty for as it was
	Figure     float64
}

// Calibration gathers the figures of a challenge's records.
type Calibration struct {
	Challenge *spec.Challenge
	// Records says how many were added, by condition.
	Records map[string]int

	figures map[string][]figure // of the honest, and of the wrong that name the check, by the bound's path
	wrong   map[string][]string // the wrong submissions by check, in the order in which they came
}

// figure is a quantity as one record has it.
type figure struct {
	submission, condition string
	honest                bool
	missing               bool // there was nothing to measure, which breaks every bound
	stat.Interval              // as the limits are written: divided by what they are multiples of
}

// New begins with no records.
func New(ch *spec.Challenge) *Calibration {
	return &Calibration{ch, map[string]int{}, map[string][]figure{}, map[string][]string{}}
}

// Add takes the figures of a record of a submission: the reference or a
// fixture. The starter is neither honest nor wrong and must not be added.
func (c *Calibration) Add(f course.Fixture, condition string, rec *record.Record) {
	c.Records[condition]++
	result := judge.With(c.Challenge, rec)
	for i, k := range c.Challenge.Checks {
		if !f.Pass {
			if k.ID != f.Want {
				continue
			}
			if !slices.Contains(c.wrong[k.ID], f.Name) {
				c.wrong[k.ID] = append(c.wrong[k.ID], f.Name)
			}
		}
		evidence := result.Checks[i].Evidence
		for n := range k.Bounds {
			b, path := applies(&k.Bounds[n], fmt.Sprintf("checks[%d].bounds[%d]", i, n), rec.Python.GIL, rec.Host.Scheduler)
			if b == nil {
				continue
			}
			e := evidence[0]
			evidence = evidence[1:]
			one := figure{submission: f.Name, condition: condition, honest: f.Pass, missing: !e.Known && e.Holds == verdict.False, Interval: e.Interval}
			if of, ok := multiple(b, e); ok && e.Known {
				one.Value, one.Lo, one.Hi = one.Value/of, one.Lo/of, one.Hi/of
			} else if !one.missing {
				continue // not known here: it tells nothing
			}
			c.figures[path] = append(c.figures[path], one)
		}
	}
}

// applies gives the bound, or its otherwise, that a record is judged by, with
// its path in the spec; nil for none.
func applies(b *spec.Bound, path string, gil, scheduler bool) (*spec.Bound, string) {
	for ; b != nil; b, path = b.Otherwise, path+".otherwise" {
		alone := *b
		alone.Otherwise = nil
		if alone.For(gil, scheduler) != nil {
			return b, path
		}
	}
	return nil, ""
}

// multiple gives what the limits of a bound are multiples of, 1 where they are
// none.
func multiple(b *spec.Bound, e verdict.Evidence) (of float64, ok bool) {
	switch {
	case b.Of == "":
		return 1, true
	case b.Min != nil && *b.Min != 0 && e.Min != nil:
		of = *e.Min / *b.Min
	case b.Max != nil && *b.Max != 0 && e.Max != nil:
		of = *e.Max / *b.Max
	}
	return of, of > 0
}

// Untold is a wrong submission that lies among the honest ones in every bound
// of the check that it names.
type Untold struct {
	Check      string `json:"check"`
	Submission string `json:"submission"`
}

// Limits gives each limit of the spec, in its order, with what was seen on both
// sides of it, and the wrong submissions that none of them can tell.
//
// A check with several bounds fails by any of them, so a wrong submission
// counts only for the limits that its fail rests on: those beyond which its
// median lies. One that rests on none counts where its median lies beyond every
// honest value, so that a limit can be found for it there.
func (c *Calibration) Limits() ([]Limit, []Untold) {
	var all []Limit
	var untold []Untold
	for i, k := range c.Challenge.Checks {
		var limits []Limit
		for n := range k.Bounds {
			path := fmt.Sprintf("checks[%d].bounds[%d]", i, n)
			for b := &k.Bounds[n]; b != nil; b, path = b.Otherwise, path+".otherwise" {
				q, _ := c.Challenge.Quantity(k.Bounds[n].Quantity)
				for _, side := range []Side{Min, Max} {
					if now := side.of(b); now != nil {
						limits = append(limits, Limit{Check: k.ID, Quantity: q.Name, Side: side, Holds: holds(b, b != &k.Bounds[n]), Now: *now,
							At: c.Challenge.At(path + "." + string(side)), bound: path, linear: q.Scale.Linear(), confirmed: k.Bounds[n].ConfirmedBy != ""})
					}
				}
			}
		}
		for n := range limits {
			for _, f := range c.figures[limits[n].bound] {
				if f.honest && !f.missing {
					limits[n].Honest = append(limits[n].Honest, limits[n].value(f))
				}
			}
		}
		for _, name := range c.wrong[k.ID] {
			if !c.attribute(limits, name) {
				untold = append(untold, Untold{k.ID, name})
			}
		}
		for n := range limits {
			limits[n].judge()
		}
		all = append(all, limits...)
	}
	return all, untold
}

// holds says when a bound holds, empty for always.
func holds(b *spec.Bound, nested bool) string {
	switch {
	case b.GIL != nil && *b.GIL:
		return "with the GIL"
	case b.GIL != nil:
		return "without the GIL"
	case b.Scheduler != nil && *b.Scheduler:
		return "with the scheduler"
	case b.Scheduler != nil:
		return "without the scheduler"
	case nested:
		return "otherwise"
	}
	return ""
}

// attribute puts the values of a wrong submission to the limits of its check
// that it counts for, and says whether there were any.
func (c *Calibration) attribute(limits []Limit, name string) bool {
	seen, told := false, false
	mine := func(l *Limit) (values []Value, missing bool) {
		for _, f := range c.figures[l.bound] {
			if f.submission == name && f.missing {
				missing = true
			} else if f.submission == name {
				values = append(values, l.value(f))
			}
		}
		return values, missing
	}
	count := func(beyond func(*Limit, float64) bool) {
		for n := range limits {
			l := &limits[n]
			values, _ := mine(l)
			if seen = seen || len(values) > 0; len(values) > 0 && beyond(l, median(values)) {
				l.Wrong = append(l.Wrong, values...)
				told = true
			}
		}
	}
	count(func(l *Limit, v float64) bool { return l.Side.beyond(v, l.Now) })
	for n := range limits {
		if _, missing := mine(&limits[n]); missing {
			limits[n].Missing = append(limits[n].Missing, name)
			told = true
		}
	}
	if !told {
		count(func(l *Limit, v float64) bool {
			return len(l.Honest) > 0 && l.Side.beyond(v, l.worst(l.Honest, true).Figure)
		})
	}
	return told || !seen
}

func median(values []Value) float64 {
	var figures []float64
	for _, v := range values {
		figures = append(figures, v.Figure)
	}
	return stat.Median(figures)
}

// conditions are those under which records were made, sorted.
func (c *Calibration) conditions() []string {
	return slices.SortedFunc(maps.Keys(c.Records), cmp.Compare)
}
