// Package verdict judges a record: it computes the quantities that the spec
// bounds, compares them, and says what that means, with the evidence. It is
// pure: the same record gives the same result, to the letter, on any machine.
package verdict

import (
	"fmt"
	"path"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// Verdict is the outcome of a check, a challenge or a workshop.
type Verdict string

// The verdicts. Error is the grader's own failure and never a learner's.
const (
	Pass         Verdict = "pass"
	Fail         Verdict = "fail"
	Inconclusive Verdict = "inconclusive"
	Error        Verdict = "error"
)

// Worse gives the one that decides about the whole: an error over a fail, a
// fail over an inconclusive, that over a pass.
func Worse(a, b Verdict) Verdict {
	rank := map[Verdict]int{"": -1, Pass: 0, Inconclusive: 1, Fail: 2, Error: 3}
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
	Witness spec.Witness
	Min     *float64
	Max     *float64
	Holds   Truth
	Why     string // why it is not known
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
	Speedup     float64 // against the sequential phase, 0 where there is none
	// Ideal is the speedup that the same work would have on four idle
	// cores, from its CPU time; 0 where there is no sequential phase.
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

// Judge judges a record by the spec that it holds. An error means that the
// record or its spec cannot be used.
func Judge(rec *record.Record) (*Result, error) {
	c, err := spec.Parse(rec.Header.Challenge, path.Join("challenges", rec.Header.Challenge, "challenge.yaml"), []byte(rec.Header.Spec))
	if err != nil {
		return nil, fmt.Errorf("the record's spec: %w", err)
	}
	return With(c, rec), nil
}

// With judges a record by a spec, which may be a newer one than its own.
func With(c *spec.Challenge, rec *record.Record) *Result {
	j := newJudge(c, rec)
	r := &Result{ID: c.ID, Title: c.Title, Verdict: Pass, MaxScore: c.Points(), File: rec.Submission.File, Runs: j.rounds(),
		Seed: rec.Header.Seed, Builds: rec.Submission.Builds,
		Host: rec.Host, Python: rec.Python, Sandbox: rec.Header.Sandbox, Conducted: rec.Header.Gilcourse}
	for i := range c.Checks {
		check := j.check(&c.Checks[i])
		r.Verdict = Worse(r.Verdict, check.Verdict)
		r.Score += check.Points
		r.Checks = append(r.Checks, check)
	}
	r.Notes = j.notes()
	r.Phases, r.Timeline, r.Approaches, r.Advice = j.phases(), j.timeline(), j.approaches(), j.advices()
	return r
}

// Decided says that more rounds would change nothing: all checks passed, or
// one has failed.
func (r *Result) Decided() bool { return r.Verdict != Inconclusive }
