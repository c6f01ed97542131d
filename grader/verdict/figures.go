package verdict

import (
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// Figure is the value of a quantity, or the reason why there is none.
type Figure struct {
	stat.Interval
	Known bool
	// Missing says that there was nothing to measure, which no bound allows;
	// otherwise an unknown figure decides nothing.
	Missing bool
	Reason  string // why it is not known
	Remedy  string // what makes it known; empty where a quieter machine may
}

// Judgement is a record beside the spec that it is judged by, with the figures
// that were computed from it.
type Judgement struct {
	Spec    *spec.Challenge
	Record  *record.Record
	figures map[string]Figure
	entries map[string]quantity.Quantity
}

// New opens the judgement of a record.
func New(c *spec.Challenge, rec *record.Record) *Judgement {
	j := &Judgement{Spec: c, Record: rec, figures: map[string]Figure{}, entries: map[string]quantity.Quantity{}}
	for _, q := range c.Quantities() {
		j.entries[q.Name] = q
	}
	return j
}

// Figure gives the figure of a quantity, zero where it was never computed.
func (j *Judgement) Figure(name string) Figure { return j.figures[name] }

// Set notes the value of a quantity.
func (j *Judgement) Set(name string, v stat.Interval) {
	j.figures[name] = Figure{Interval: v, Known: true}
}

// SetCount notes the value of a quantity that is a number of things.
func (j *Judgement) SetCount(name string, n int) { j.Set(name, stat.Exactly(float64(n))) }

// SetTruth notes the value of a quantity that is 1 or 0.
func (j *Judgement) SetTruth(name string, holds bool) {
	v := 0.0
	if holds {
		v = 1
	}
	j.Set(name, stat.Exactly(v))
}

// Missing notes that there was nothing to measure, which breaks any bound.
func (j *Judgement) Missing(name, reason string) {
	j.figures[name] = Figure{Missing: true, Reason: reason}
}

// Unknown notes that a quantity could not be seen, which decides nothing. The
// remedy may be empty.
func (j *Judgement) Unknown(name, reason, remedy string) {
	j.figures[name] = Figure{Reason: reason, Remedy: remedy}
}

// Rounds is what the rounds of a check gave of one quantity.
type Rounds struct {
	Values []stat.Interval
	// Never says why there was nothing to look at, empty where there was.
	Never string
	// Lacks is what could not be seen of these rounds, beyond what the host and
	// the record say of themselves.
	Lacks quantity.Needs
	// Unclear says why what was seen decides nothing, empty where it does.
	Unclear string
	// Absent says why no round has a value, although there was something to
	// look at and nothing was lacking.
	Absent string
}

// Add adds the value of a round, if it has one.
func (r *Rounds) Add(v stat.Interval, ok bool) {
	if ok && v.Valid() {
		r.Values = append(r.Values, v)
	}
}

// Gather combines the rounds into the figure of a quantity: missing where there
// was nothing to look at or no round has it, unknown where what it needs is
// lacking or it is not clear, else the middle of the rounds.
func (j *Judgement) Gather(name string, r Rounds) {
	reason, remedy := j.unmet(name, r.Lacks)
	switch {
	case r.Never != "":
		j.Missing(name, r.Never)
	case reason != "":
		j.Unknown(name, reason, remedy)
	case r.Unclear != "":
		j.Unknown(name, r.Unclear, "")
	case len(r.Values) == 0:
		j.Missing(name, r.Absent)
	default:
		j.Set(name, stat.Middle(r.Values))
	}
}

// failedAgain is what to do where the grader failed.
const failedAgain = "Check again when the machine is quieter; if it stays, report it as a defect of gilcourse."

// unmet says which need of a quantity is lacking, and what helps; empty where
// none is.
func (j *Judgement) unmet(name string, lacks quantity.Needs) (reason, remedy string) {
	if !j.Record.Host.Scheduler {
		lacks |= quantity.NeedsScheduler
	}
	switch needs := j.Quantity(name).Needs & lacks; {
	case needs.Has(quantity.NeedsScheduler):
		return "tasks cannot be observed on " + j.Record.Host.OS, "Check this submission on Linux, where the scheduler can be asked what each task did."
	case needs.Has(quantity.NeedsReference) && j.Record.Header.Failed(record.FailedReference):
		return "the grader failed to run the reference, which is no fault of the program", failedAgain
	case needs.Has(quantity.NeedsMeasured) && j.Record.Header.Failed(record.FailedMeasuring):
		return "the grader failed to measure the strategies here, which is no fault of the program", failedAgain
	case needs.Has(quantity.NeedsReference):
		return "the reference was not run beside it", "Mend the other checks first: then the reference runs beside your program."
	case needs.Has(quantity.NeedsWrites):
		return "the kernel does not tell here how much a process writes", "Check this submission on a Linux that counts what each process writes (/proc/PID/io)."
	case needs.Has(quantity.NeedsMeasured):
		return "nothing was measured here", "Check again: once the decision matrix can be read, the strategies are measured."
	}
	return "", ""
}

// Quantity gives the entry of a quantity, zero for none of that name.
func (j *Judgement) Quantity(name string) quantity.Quantity { return j.entries[name] }
