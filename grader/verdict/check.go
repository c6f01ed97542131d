package verdict

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// check judges one check: broken bounds fail it, undecided ones leave it
// inconclusive, unless another quantity confirms.
func (j *judge) check(s *spec.Check) Check {
	c := Check{ID: s.ID, Title: s.Title, Verdict: Pass, MaxPoints: s.Points, Lesson: j.spec.Lesson[s.Lesson]}
	var broken, open []spec.Bound
	holds := map[string]Truth{}
	for i := range s.Bounds {
		b := s.Bounds[i].For(j.rec.Python.GIL, j.rec.Host.Scheduler)
		if b == nil {
			continue
		}
		e := j.evidence(*b)
		c.Evidence = append(c.Evidence, e)
		holds[b.Quantity] = e.Holds
		switch e.Holds {
		case False:
			broken = append(broken, *b)
		case Undecided:
			open = append(open, *b)
		}
	}
	open = slices.DeleteFunc(open, func(b spec.Bound) bool {
		clock := j.must(b.Quantity).Witness == spec.Clock
		if b.ConfirmedBy == "" || holds[b.ConfirmedBy] != True || clock && j.rec.Header.StrictClock {
			return false
		}
		if clock {
			c.Warnings = append(c.Warnings, j.undecidedClock(b))
		}
		return true
	})
	switch {
	case len(broken) > 0:
		c.Verdict = Fail
		j.explain(&c, s, broken)
	case len(open) > 0:
		c.Verdict = Inconclusive
		c.Message, c.Hint = j.unsettled(open[0])
	default:
		c.Points = s.Points
		c.Message = j.seen(s)
	}
	return c
}

// evidence compares a quantity with its bound.
func (j *judge) evidence(b spec.Bound) Evidence {
	q := j.quantities[b.Quantity]
	def := j.must(b.Quantity)
	e := Evidence{Quantity: b.Quantity, Known: q.known, Interval: q.Interval, Unit: def.Unit, Witness: def.Witness, Why: q.why, Holds: Undecided}
	of := 1.0
	if b.Of != "" {
		base := j.quantities[b.Of]
		if !base.known {
			e.Known, e.Why = false, base.why
			q = base
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
	case !q.known && q.missing:
		e.Holds = False
	case !q.known:
	default:
		e.Holds = compare(q.Interval, e.Min, e.Max)
	}
	return e
}

// compare is the three-valued comparison of an interval with its limits.
func compare(v stat.Interval, lowest, highest *float64) Truth {
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

// explain finds the cause of a fail and says what to do.
func (j *judge) explain(c *Check, s *spec.Check, broken []spec.Bound) {
	switch {
	case j.analysis != nil:
		j.explainAnalysis(c, s, broken)
		return
	case len(j.spec.Calls) > 0:
		j.explainCalls(c, s, broken)
		return
	}
	first := broken[0]
	c.Hint = s.Hint
	if s.ID == "runs" || first.Quantity == "run.completed" {
		j.explainEnd(c, s)
		return
	}
	if !j.completed() && (j.quantities[first.Quantity].missing || len(j.runs) == 0) {
		c.Message = "The script ended before this part could be seen."
		c.Hint = "First make the script run to its end."
		return
	}
	says := first.Says
	if q := j.quantities[first.Quantity]; q.missing {
		says = q.why
	}
	if text, place := j.workerError(first.Quantity); text != "" {
		says, c.Location = text, place
		if place == nil {
			c.Location = j.phaseStart(first)
		}
		c.Hint = "Mend the error first: a worker that dies does no work."
	} else if cause, place := j.cause(s, broken); cause != nil {
		says = cause.Says
		c.Cause, c.Location = cause.Finding, place
		if cause.Hint != "" {
			c.Hint = cause.Hint
		}
	} else {
		c.Location = j.where(s.Where)
		if odd := j.oddOne(broken); odd != "" {
			says, c.Location = odd, j.where("sequential.here")
		} else if c.Location == nil {
			c.Location = j.phaseStart(first)
		}
	}
	if first.Quantity == "task.correct" {
		if says == "" {
			says = "the task is not " + j.spec.Task.Name
		}
		for _, call := range j.rec.Submission.Probe.Called {
			if call.Target && !call.Accepted {
				says = fmt.Sprintf("`%s(%d)` gives %s, which is not %s", call.Function, call.Size, call.Got, j.spec.Task.Name)
				c.Location = &record.Place{File: j.rec.Submission.File, Line: call.Line}
				break
			}
		}
	}
	if says == "" {
		says = strings.TrimPrefix(first.Quantity, ".") + " is out of bounds"
	}
	observed := make([]string, 0, 2)
	for _, b := range broken[:min(2, len(broken))] {
		if text := j.observed(b); text != "" && text != says && !slices.Contains(observed, text) {
			observed = append(observed, text)
		}
	}
	c.Message = sentence(says)
	if len(observed) > 0 {
		c.Message += " " + sentence("observed: "+strings.Join(observed, "; "))
	}
}

// phaseStart gives the line that starts the phase which a bound is about.
func (j *judge) phaseStart(b spec.Bound) *record.Place {
	phase, _, _ := strings.Cut(b.Quantity, ".")
	return j.where(phase + ".here")
}

// workerError gives the error of a thread or process that died while the
// script itself went on: what the scheduler then misses has its cause there.
func (j *judge) workerError(quantity string) (string, *record.Place) {
	if j.must(quantity).Witness != spec.Scheduler {
		return "", nil
	}
	for _, r := range j.runs {
		stderr := r.Run.End.Stderr
		if !strings.Contains(stderr, "Traceback (most recent call last)") {
			continue
		}
		text, line := lastError(stderr, j.rec.Submission.File)
		var place *record.Place
		if line > 0 {
			place = &record.Place{File: j.rec.Submission.File, Line: line}
		}
		return "a worker ended with an error: " + text, place
	}
	return "", nil
}

// oddOne tells that it is the sequential phase that did another amount of
// work, where the threads and the processes agree; empty where they do not.
func (j *judge) oddOne(broken []spec.Bound) string {
	work := func(b spec.Bound) bool { return strings.HasSuffix(b.Quantity, ".work") }
	threads, processes := j.quantities["threads.work"], j.quantities["processes.work"]
	const clear = 1.4 // how far off the other one must be, too
	switch off := []float64{threads.Value, processes.Value}; {
	case !slices.ContainsFunc(broken, work) || !threads.known || !processes.known:
		return ""
	case off[0] > clear && off[1] > clear:
		return fmt.Sprintf("the sequential phase did less work than the others: the threads did %s times as much, the processes %s times", number(off[0]), number(off[1]))
	case off[0] < 1/clear && off[1] < 1/clear:
		return fmt.Sprintf("the sequential phase did more work than the others: the threads did %s of it, the processes %s", number(off[0]), number(off[1]))
	}
	return ""
}

// cause gives the first cause of the spec that the source shows and that can
// break one of the broken bounds; in a challenge of calls, only where it is a
// part of the function that broke it, or of C code.
func (j *judge) cause(s *spec.Check, broken []spec.Bound) (*spec.Cause, *record.Place) {
	for i := range s.Causes {
		cause := &s.Causes[i]
		for _, b := range broken {
			if len(cause.For) > 0 && !slices.Contains(cause.For, b.Quantity) {
				continue
			}
			call, _ := j.callOf(b.Quantity)
			for _, f := range j.rec.Submission.Source.Findings {
				if f.ID != cause.Finding || call != nil && !slices.Contains(f.Of, call.Function) && !(call.Native && strings.HasSuffix(f.File, ".c")) {
					continue
				}
				if f.Line == 0 {
					return cause, nil
				}
				return cause, &f.Place
			}
		}
	}
	return nil, nil
}

// where gives the place of a finding, or of the first one whose id it starts.
func (j *judge) where(id string) *record.Place {
	if id == "" {
		return nil
	}
	for _, f := range j.rec.Submission.Source.Findings {
		if f.ID == id || strings.HasPrefix(f.ID, id+":") {
			return &f.Place
		}
	}
	return nil
}

// explainEnd says how a run ended.
func (j *judge) explainEnd(c *Check, s *spec.Check) {
	if e := j.rec.Submission.Source.Error; e != nil {
		c.Message = sentence(fmt.Sprintf("%s cannot be run: %s", e.File, e.Text))
		c.Location = &record.Place{File: e.File, Line: e.Line}
		c.Hint = "Python itself names the line: run the script yourself."
		return
	}
	for _, r := range j.runs {
		end := r.End
		switch {
		case end.OK():
			continue
		case end.Limit != "":
			c.Message = sentence(fmt.Sprintf("the script was ended: %s", end.Limit))
			if end.CPUUS < end.WallUS/10 {
				c.Message += " It was waiting most of the time."
			}
		case end.Signal != "":
			c.Message = sentence(fmt.Sprintf("the script was ended by the signal %s", end.Signal))
		default:
			c.Message = sentence(fmt.Sprintf("the script ended with exit status %d", end.Exit))
		}
		if text, line := lastError(end.Stderr, j.rec.Submission.File); text != "" {
			c.Message += " " + sentence("its last words: "+text)
			if line > 0 {
				c.Location = &record.Place{File: j.rec.Submission.File, Line: line}
			}
		}
		break
	}
	if cause, place := j.cause(s, s.Bounds); cause != nil && (cause.Finding != "no-main-guard" || strings.Contains(j.stderr(), "bootstrapping phase")) {
		c.Message += " " + sentence(cause.Says)
		c.Cause, c.Hint = cause.Finding, cause.Hint
		if c.Location == nil {
			c.Location = place
		}
	}
}

func (j *judge) stderr() string {
	var b strings.Builder
	for _, r := range j.runs {
		b.WriteString(r.End.Stderr)
	}
	return b.String()
}

// lastError gives the last line of a traceback and the last line of the
// submission that it names.
func lastError(stderr, file string) (text string, line int) {
	for l := range strings.Lines(stderr) {
		l = strings.TrimRight(l, "\r\n")
		if _, rest, ok := strings.Cut(l, file+`", line `); ok {
			fmt.Sscanf(rest, "%d", &line)
		}
		if t := strings.TrimSpace(l); t != "" && !strings.HasPrefix(l, " ") {
			text = t
		}
	}
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "")
	}
	return text, line
}

// unsettled says why a bound decides nothing, and what would settle it.
func (j *judge) unsettled(b spec.Bound) (message, hint string) {
	q, def := j.quantities[b.Quantity], j.must(b.Quantity)
	if why := j.unbuilt(); why != "" && q.why == why {
		return sentence(why), "Install it, then check again."
	}
	if !q.known && j.rec.Submission.Probe.Silent && b.Quantity == "task.correct" {
		return sentence(q.why), "Importing the script and calling its task must not end the program."
	}
	if !q.known && j.rec.Host.Scheduler {
		return sentence(q.why), "Check again on a quieter machine, or one with more cores."
	}
	if !q.known {
		return sentence(q.why), "Check this submission on Linux, where the scheduler can be asked what each task did."
	}
	if def.Witness == spec.Clock {
		return j.undecidedClock(b), "Check again on a quieter machine, or one with more cores."
	}
	if c, ok := j.claimed[b.Quantity]; ok {
		return c.unsettled()
	}
	return sentence(fmt.Sprintf("%s lies between %s and %s, which does not decide on this machine as it was", b.Quantity, number(q.Lo), number(q.Hi))),
		"Check again on a quieter machine."
}

// undecidedClock says what the clock showed and what it would take.
func (j *judge) undecidedClock(b spec.Bound) string {
	q := j.quantities[b.Quantity]
	switch {
	case !q.known:
		return sentence("the clock was not asked: " + q.why)
	case j.analysis != nil:
		return j.unclear()
	}
	limit := 0.0
	if b.Min != nil {
		limit = *b.Min
	}
	text := fmt.Sprintf("the clock alone cannot decide here: %s of the reference's speedup", number(q.Value))
	if !math.IsInf(q.Hi, 1) {
		text += fmt.Sprintf(", between %s and %s", number(q.Lo), number(q.Hi))
	}
	text += fmt.Sprintf(", over %d %s", j.rounds(), plural("round", j.rounds()))
	if n := stat.Needed(q.Interval, limit, j.rounds()); n > 0 {
		text += fmt.Sprintf("; about %d rounds, or a quieter machine, would settle it", n)
	} else {
		text += "; a quieter machine would settle it"
	}
	if cores := j.rec.Host.Cores(); cores <= 1 {
		text += fmt.Sprintf(" (it had %s cores to give)", number(cores))
	}
	return sentence(text)
}

// rounds is how many runs of the submission were judged.
func (j *judge) rounds() int {
	n := len(j.runs)
	for i := range j.rec.Runs {
		if len(j.spec.Calls) > 0 && j.rec.Runs[i].Whose == record.Learner {
			n++
		}
	}
	return n
}

func (j *judge) must(name string) spec.Quantity {
	q, _ := j.spec.LookUp(name)
	return q
}
