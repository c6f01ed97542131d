// Package verdict judges a record: it compares the figures of quantities with
// the bounds of the spec and says what that means, with the evidence. It is
// pure: the same record gives the same result, to the letter, on any machine.
//
// It knows no kind of challenge. A kind computes the figures and explains them:
// see Kind, and the packages script, calls and analyzer below this one. Package
// judge picks the kind.
package verdict

import (
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// Verdict is the outcome of a check, a challenge or a workshop.
type Verdict string

// The verdicts. Error is the grader's own failure and never a learner's.
const (
	Pass         Verdict = "pass"
	Fail         Verdict = "fail"
	Inconclusive Verdict = "inconclusive"
	// NotJudged is only a check's: another one, that it needs, has failed, and
	// what there is to see of this one follows from that.
	NotJudged Verdict = "not judged"
	Error     Verdict = "error"
)

// Worse gives the one that decides about the whole: an error over a fail, a
// fail over an inconclusive, that over what is not judged, that over a pass.
func Worse(a, b Verdict) Verdict {
	rank := map[Verdict]int{"": -1, Pass: 0, NotJudged: 1, Inconclusive: 2, Fail: 3, Error: 4}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// Result is a challenge, judged.
type Result struct {
	ID       string
	Title    string
	Verdict  Verdict
	Score    float64 // points of the checks that passed
	MaxScore float64
	Checks   []Check  // in the spec's order
	Notes    []string // what to know beside the verdicts, such as a scaled size
	File     string
	Runs     int // of the submission that were judged
	Phases   []Phase
	Seed     uint64 // of the inputs, 0 where nothing was called
	Builds   []record.Build
	// Approaches compares the functions that were called, in the spec's order.
	Approaches []Approach
	// Advice is what an analyzer recommends, in the spec's order of workloads.
	Advice    []Advice
	Timeline  []Stretch // of the last run that was judged
	Host      record.Host
	Python    record.Python
	Sandbox   *record.Sandbox // nil in old records
	Conducted string          // the version of gilcourse that observed
}

// Check is one check, judged.
type Check struct {
	ID        string
	Title     string
	Verdict   Verdict
	Points    float64
	MaxPoints float64
	Message   string // what was seen and why that decides
	Cause     string // the finding that explains a fail, empty for none
	WaitsFor  string // the failed check for which this one is not judged, empty for others
	Hint      string // what to do next, empty for a pass
	Lesson    string // the lesson's section, empty for none
	// Location is the learner's line that explains a fail, nil for none.
	Location *record.Place
	Evidence []Evidence
	Warnings []string // such as a clock that could not decide
}

// Evidence is a quantity beside its bound.
type Evidence struct {
	Quantity string
	Known    bool // false where it could not be observed
	stat.Interval
	Unit    string
	Witness quantity.Witness
	Min     *float64
	Max     *float64
	Holds   Truth
	Reason  string // why it is not known
}

// Truth is the outcome of a bound.
type Truth string

// A bound is kept, broken, or the figures do not decide.
const (
	True      Truth = "true"
	False     Truth = "false"
	Undecided Truth = "undecided"
)

// Phase is one way of working as it was seen, medians over the runs.
type Phase struct {
	Kind        phase.Kind
	Wall        float64 // seconds
	CPU         float64 // seconds
	Workers     int
	Parallelism float64
	HandOffs    float64
	Speedup     float64 // against the sequential phase, 0 where none did about as much work
	// Ideal is the speedup that the same work would have on four idle cores, from how
	// its CPU time lies side by side: 1 where the workers take turns, at most 4; 0 where
	// no sequential phase did about as much work.
	Ideal float64
}

// Stretch is a piece of a run's timeline.
type Stretch struct {
	Kind       phase.Kind
	Start, End float64 // seconds
	Workers    []Lane
}

// Lane is one worker's part of a stretch: the share of a core that it used,
// 0 to 1, in Lanes equal steps from the stretch's start to its end.
type Lane struct{ Shares []float64 }

// Decided reports whether more rounds would change nothing: all checks passed, or
// one has failed.
func (r *Result) Decided() bool { return r.Verdict != Inconclusive }

// Approach is one way of working beside the others: medians over the rounds.
// A figure that does not apply, or that was not seen, is 0.
type Approach struct {
	Label       string
	Workload    string // with Strategy the cell of a table; empty for none
	Strategy    string
	Function    string
	Wall        float64       // seconds
	Speedup     stat.Interval // against the same work one step after the other
	Parallelism float64       // workers that wanted a core at once
	InFlight    float64       // most requests under way at once
	Workers     int
	Memory      float64 // MiB that the largest worker process held
	Overhead    float64 // µs of CPU time for each task beside the task's own
	Lines       int     // of the learner's code
}

// Advice is what a submission recommends for one workload, beside what was
// measured here.
type Advice struct {
	Workload string // its title
	Strategy string // as the submission has it; empty where it says nothing
	Expected string // the speedup, as the submission has it
	Accepted bool   // the strategy is right for the workload
	// Measured is what the strategy gave for the workload on this machine, nil
	// where that was not run.
	Measured *record.Cell
	// Best is the strategy that clearly gave most, empty where none did.
	Best string
}
