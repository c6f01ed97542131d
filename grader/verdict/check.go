package verdict

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/words"
)

// Result judges all checks of the spec by a kind's figures.
func (j *Judgement) Result(kind Kind) *Result {
	c, rec := j.Spec, j.Record
	kind.Figures()
	r := &Result{ID: c.ID, Title: c.Title, Verdict: Pass, MaxScore: c.Points(), File: rec.Submission.File,
		Seed: rec.Header.Seed, Builds: rec.Submission.Builds,
		Host: rec.Host, Python: rec.Python, Sandbox: rec.Header.Sandbox, Conducted: rec.Header.Gilcourse}
	kind.Summarise(r)
	for _, check := range j.checks(kind, r.Runs) {
		r.Verdict = Worse(r.Verdict, check.Verdict)
		r.Score += check.Points
		r.Checks = append(r.Checks, check)
	}
	r.Notes = append(r.Notes, j.notes()...)
	return r
}

// Clocks gives, for each check with a least efficiency or speedup, what a clock
// alone saw, in the spec's order.
func (j *Judgement) Clocks(kind Kind) []Clocked {
	kind.Figures()
	var all []Clocked
	for _, k := range j.Spec.Checks {
		i := slices.IndexFunc(k.Bounds, func(b spec.Bound) bool {
			_, figure := Part(b.Quantity)
			return b.Min != nil && (figure == "efficiency" || figure == "speedup")
		})
		if i < 0 {
			continue
		}
		way, _ := Part(k.Bounds[i].Quantity)
		one := kind.Clocked(way)
		one.Check = k.ID
		all = append(all, one)
	}
	return all
}

// compared is a check with what its bounds came to.
type compared struct {
	Check
	spec              *spec.Check
	broken, undecided []spec.Bound
	first             []spec.Bound // broken, before what follows from failed checks was taken away
}

// compare compares the bounds of a check with the figures: broken bounds fail it,
// undecided ones leave it inconclusive, unless another quantity confirms.
func (j *Judgement) compare(kind Kind, s *spec.Check, rounds int) compared {
	c := compared{Check: Check{ID: s.ID, Title: s.Title, MaxPoints: s.Points, Lesson: j.Spec.Lesson[s.Lesson]}, spec: s}
	holds := map[string]Truth{}
	for i := range s.Bounds {
		b := s.Bounds[i].For(j.Record.Python.GIL, j.Record.Host.Scheduler)
		if b == nil {
			continue
		}
		e := j.Evidence(*b)
		c.Evidence = append(c.Evidence, e)
		holds[b.Quantity] = e.Holds
		switch e.Holds {
		case False:
			c.broken = append(c.broken, *b)
		case Undecided:
			c.undecided = append(c.undecided, *b)
		}
	}
	c.undecided = slices.DeleteFunc(c.undecided, func(b spec.Bound) bool {
		clock := j.Quantity(b.Quantity).Witness == quantity.Clock
		if b.ConfirmedBy == "" || holds[b.ConfirmedBy] != True || clock && j.Record.Header.StrictClock {
			return false
		}
		if clock {
			c.Warnings = append(c.Warnings, j.warning(kind, b, rounds))
		}
		return true
	})
	return c
}

// judge gives a check its verdict and says why.
func (j *Judgement) judge(kind Kind, c *compared, rounds int) {
	switch {
	case len(c.broken) > 0:
		c.Verdict = Fail
		c.explain(kind.Explain(c.spec, c.broken), c.broken[0], c.spec)
	case len(c.undecided) > 0:
		c.Verdict = Inconclusive
		e := j.unsettled(kind, c.undecided[0], rounds)
		c.Message, c.Hint = e.Message, e.Hint
	default:
		c.Verdict, c.Points = Pass, c.spec.Points
		c.Message = kind.Seen(c.spec)
	}
}

// explain notes why a check fails. What to do is what the explanation says, else
// what the broken bound says, else what the check says.
func (c *Check) explain(e Explanation, broken spec.Bound, s *spec.Check) {
	c.Message, c.Cause, c.Location = e.Message, e.Cause, e.Location
	c.Hint = cmp.Or(e.Hint, broken.Hint, s.Hint)
}

// Evidence compares a quantity with its bound.
func (j *Judgement) Evidence(b spec.Bound) Evidence {
	f, def := j.Figure(b.Quantity), j.Quantity(b.Quantity)
	e := Evidence{Quantity: b.Quantity, Known: f.Known, Interval: f.Interval, Unit: def.Unit, Witness: def.Witness, Reason: f.Reason, Holds: Undecided}
	of := 1.0
	if b.Of != "" {
		base := j.base(b)
		if !base.Known {
			e.Known, e.Reason = false, base.Reason
			f = base
		}
		of = base.Value
	}
	scale := func(limit *float64) *float64 {
		if limit == nil {
			return nil
		}
		v := *limit * of
		return &v
	}
	e.Min, e.Max = scale(b.Min), scale(b.Max)
	switch {
	case !f.Known && f.Missing:
		e.Holds = False
	case !f.Known:
	default:
		e.Holds = Compare(f.Interval, e.Min, e.Max)
	}
	return e
}

// base is what the limits of a bound are multiples of.
func (j *Judgement) base(b spec.Bound) Figure {
	if size, ok := j.Spec.Argued(b); ok {
		return Figure{Interval: stat.Exactly(size), Known: true}
	}
	return j.Figure(b.Of)
}

// Compare is the three-valued comparison of an interval with its limits, nil for
// none.
func Compare(v stat.Interval, lowest, highest *float64) Truth {
	truth := True
	if lowest != nil {
		switch {
		case v.Hi < *lowest:
			return False
		case v.Lo < *lowest:
			truth = Undecided
		}
	}
	if highest != nil {
		switch {
		case v.Lo > *highest:
			return False
		case v.Hi > *highest:
			truth = Undecided
		}
	}
	return truth
}

const (
	quieter      = "Check again on a quieter machine."
	quieterLarge = "Check again on a quieter machine, or one with more cores."
)

// unsettled says why a bound decides nothing, and what would settle it.
func (j *Judgement) unsettled(kind Kind, b spec.Bound, rounds int) Explanation {
	if e, ok := kind.Unsettled(b); ok {
		return e
	}
	f := j.Figure(b.Quantity)
	if base := j.base(b); f.Known && b.Of != "" && !base.Known {
		f = base
	}
	switch {
	case !f.Known:
		return Explanation{Message: words.Sentence(f.Reason), Hint: cmp.Or(f.Remedy, quieterLarge)}
	case j.Quantity(b.Quantity).Witness == quantity.Clock:
		return Explanation{Message: j.undecidedClock(b, rounds), Hint: quieterLarge}
	}
	seen := cmp.Or(kind.Observed(b.Quantity), j.Quantity(b.Quantity).Description)
	return Explanation{Message: words.Sentence(fmt.Sprintf("this is not clear on the machine as it was: %s (the figure lies between %s and %s)", seen, words.Number(f.Lo), words.Number(f.Hi))),
		Hint: quieter}
}

// warning says why the clock did not decide a bound that another quantity
// confirms.
func (j *Judgement) warning(kind Kind, b spec.Bound, rounds int) string {
	if f := j.Figure(b.Quantity); !f.Known {
		return words.Sentence("the clock was not asked: " + f.Reason)
	}
	return j.unsettled(kind, b, rounds).Message
}

// undecidedClock says what the clock showed and what it would take.
func (j *Judgement) undecidedClock(b spec.Bound, rounds int) string {
	f, e := j.Figure(b.Quantity), j.Evidence(b)
	text := fmt.Sprintf("the clock alone cannot decide here: %s %s", words.Number(f.Value), j.clocked(b.Quantity))
	if !math.IsInf(f.Hi, 1) {
		text += fmt.Sprintf(", between %s and %s", words.Number(f.Lo), words.Number(f.Hi))
	}
	text += ", over " + words.Count(rounds, "round")
	if n := stat.Needed(f.Interval, limit(f.Interval, e), rounds); n > 0 {
		text += fmt.Sprintf("; about %d rounds, or a quieter machine, would settle it", n)
	} else {
		text += "; a quieter machine would settle it"
	}
	if cores := j.Record.Host.Cores(); cores <= 1 {
		text += fmt.Sprintf(" (it had %s cores to give)", words.Number(cores))
	}
	return words.Sentence(text)
}

// clocked completes "0.78 ..." for a quantity of the clock.
func (j *Judgement) clocked(name string) string {
	if _, figure := Part(name); figure == "efficiency" {
		return "of the reference's speedup"
	}
	return j.Quantity(name).Unit
}

// limit is the limit that an undecided figure straddles.
func limit(v stat.Interval, e Evidence) float64 {
	switch {
	case e.Min != nil && v.Lo < *e.Min:
		return *e.Min
	case e.Max != nil:
		return *e.Max
	}
	return 0
}

// failures say at what the grader failed.
var failures = map[record.FailedPart]string{
	record.FailedReference: "to run the reference",
	record.FailedMeasuring: "to measure what the lesson's strategies give on this machine",
	record.FailedRound:     "to run the program once more",
}

// notes says what a reader must know to understand the figures.
func (j *Judgement) notes() []string {
	var notes []string
	rec := j.Record
	if n := rec.Header.Tries; n > 1 {
		notes = append(notes, fmt.Sprintf("Measured %d times, since the machine did not allow a decision before; only the last time counts.", n))
	}
	if !rec.Host.Scheduler {
		notes = append(notes, "On this system the scheduler cannot be asked what each task did; what only it can tell is inconclusive.")
	} else if cores := rec.Host.Cores(); cores <= 1 {
		notes = append(notes, fmt.Sprintf("This machine gives %s of a core, so nothing can be faster in parallel; the scheduler still shows who wanted to run at once.", words.Number(cores)))
	}
	for _, f := range rec.Header.Failures {
		notes = append(notes, "The grader itself failed "+failures[f.Part]+". That is no fault of the program: what rests on it is inconclusive, the rest is judged.")
	}
	if !rec.Python.GIL {
		notes = append(notes, "This interpreter runs without the GIL, so the threads are expected to run in parallel.")
	}
	return notes
}
