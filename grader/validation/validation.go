// Package validation validates a challenge: its files agree, its reference and its
// honest fixtures pass, the others fail by the check that they name, the
// starter does not pass, and no verdict hangs on a hair.
package validation

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader"
	"github.com/gilcourse/gilcourse/grader/condition"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/measure"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordcache"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// The names of the two submissions that every challenge has beside fixtures.
const (
	Reference = "reference"
	Starter   = "starter"
)

// Submission is one whose verdict is known: the reference, the starter, or a
// fixture.
type Submission struct {
	course.Fixture
	Files fs.FS
}

// Submissions gives all that a challenge is validated with: the reference, the
// starter, then the fixtures by name.
func Submissions(co course.Course, id string) ([]Submission, error) {
	reference, err := co.Solution(id)
	if err != nil {
		return nil, err
	}
	starter, err := co.Starter(id)
	if err != nil {
		return nil, err
	}
	all := []Submission{{course.Fixture{Name: Reference, Pass: true}, reference}, {course.Fixture{Name: Starter}, starter}}
	fixtures, err := co.Of(id)
	if err != nil {
		return nil, err
	}
	for _, f := range fixtures {
		files, err := fs.Sub(co.Fixtures, f.Dir)
		if err != nil {
			return nil, err
		}
		all = append(all, Submission{f, files})
	}
	return all, nil
}

// Must is the verdict that a submission must get: pass, fail, or for the
// starter anything but a pass.
func (s Submission) Must() string {
	switch {
	case s.Pass:
		return "pass"
	case s.Name == Starter:
		return "no pass"
	}
	return "fail by " + s.Want
}

// problems compares a result with what the submission must get.
func (s Submission) problems(r *verdict.Result) []string {
	if s.Name == Starter {
		if r.Verdict == verdict.Pass {
			return []string{"the starter passes, so there is nothing to do"}
		}
		return nil
	}
	return s.Problems(r)
}

// canHaveCause says whether the cause that it must fail because of was found in
// its source, or none is wanted: what was not found once is not found at a
// second try.
func (s Submission) canHaveCause(rec *record.Record) bool {
	return s.Cause == "" || slices.ContainsFunc(rec.Submission.Source.Findings, func(f record.Finding) bool { return f.ID == s.Cause })
}

// Outcome is a submission, run and judged.
type Outcome struct {
	Submission Submission
	Result     *verdict.Result
	Record     *record.Record
	Tries      int  // how often it was run: 2 where the first try gave another verdict, or a flip
	Kept       bool // judged from a record that an earlier validation kept
	Took       time.Duration
	Problems   []string // what is not as it must be; empty for none
	Flips      []Flip
	First      []string // what was not as it must be at the first of two tries
}

// Verdict is a pass where the submission got what it must get, inconclusive
// where only the machine did not allow a decision.
func (o Outcome) Verdict() verdict.Verdict {
	switch {
	case len(o.Problems)+len(o.Flips) == 0:
		return verdict.Pass
	case len(o.Problems) > 0 && o.decisive() == verdict.Inconclusive:
		return verdict.Inconclusive
	}
	return verdict.Fail
}

// decisive is the verdict that the submission is judged by: the whole's, or
// that of the check which must fail.
func (o Outcome) decisive() verdict.Verdict {
	for _, k := range o.Result.Checks {
		if k.ID == o.Submission.Want {
			return k.Verdict
		}
	}
	return o.Result.Verdict
}

// Result is what validating a challenge came to.
type Result struct {
	ID       string
	Title    string // empty where the spec cannot be used
	Points   float64
	Findings []Finding // of its files
	Outcomes []Outcome // of those that were run
	Left     int       // how many were not run: not picked, or something was wrong before
}

// MostUnstable is how many submissions of a challenge may need a second try: a
// shared machine's cores change their speed by half from one second to the
// next.
const MostUnstable = 1

// Unstable are the submissions that got what they must get at the second try
// only.
func (p Result) Unstable() []string {
	var names []string
	for _, o := range p.Outcomes {
		if o.Tries > 1 && o.Verdict() == verdict.Pass {
			names = append(names, o.Submission.Name)
		}
	}
	return names
}

// Untried is a check with bounds that nothing breaks which was run: nothing shows
// that they can fail.
type Untried struct {
	Check      string   `json:"check"`
	Quantities []string `json:"quantities"` // in the spec's order
}

// Untried are the checks with bounds that no faulty submission breaks, in the
// spec's order; none where some of the submissions were not run.
func (p Result) Untried() []Untried {
	if p.Left > 0 || len(p.Outcomes) == 0 {
		return nil
	}
	var all []Untried
	for i, k := range p.Outcomes[0].Result.Checks {
		one := Untried{Check: k.ID}
		for n, e := range k.Evidence {
			broken := func(o Outcome) bool {
				seen := o.Result.Checks[i].Evidence
				return !o.Submission.Pass && n < len(seen) && seen[n].Quantity == e.Quantity && seen[n].Holds == verdict.False
			}
			if !slices.ContainsFunc(p.Outcomes, broken) {
				one.Quantities = append(one.Quantities, e.Quantity)
			}
		}
		if len(one.Quantities) > 0 {
			all = append(all, one)
		}
	}
	return all
}

// Verdict is a pass for a challenge that is right as far as it was tried.
func (p Result) Verdict() verdict.Verdict {
	v := verdict.Pass
	if len(p.Findings) > 0 || len(p.Unstable()) > MostUnstable {
		v = verdict.Fail
	}
	for _, o := range p.Outcomes {
		v = verdict.Worse(v, o.Verdict())
	}
	return v
}

// Runner runs submissions and judges them. It is not safe for concurrent use:
// only one submission is alone on the machine.
type Runner struct {
	Course course.Course
	// Options are those of every run. The challenge, its reference, the file
	// and what `gilcourse measure` gives are set for each.
	Options grader.Options
	// Margin is the share of each limit by which it is moved; see Flips.
	Margin float64
	// Results keeps what was observed; the zero value keeps nothing.
	Results recordcache.Folder

	keys     *recordcache.Keys
	measured map[condition.Condition][]record.Cell // "" for the machine as it is
}

// Validate runs a submission, or judges the record that was kept of it. What does
// not get its verdict, or hangs on a hair, gets a second try.
func (p *Runner) Validate(ctx context.Context, ch *spec.Challenge, s Submission) (Outcome, error) {
	begin := time.Now()
	reference, key, before, err := p.kept(ctx, ch, s)
	if err != nil {
		return Outcome{}, err
	}
	if len(before) > 0 {
		if o := p.judge(ch, s, before); o.Verdict() == verdict.Pass {
			o.Kept, o.Took = true, time.Since(begin)
			return o, nil
		}
	}
	var o Outcome
	var records []*record.Record
	for range 2 {
		rec, err := p.observe(ctx, ch, reference, s, p.Options, "")
		if err != nil {
			return Outcome{}, err
		}
		records = append(records, rec)
		if o = p.judge(ch, s, records); o.Verdict() == verdict.Pass || !s.canHaveCause(rec) {
			break
		}
	}
	o.Took = time.Since(begin)
	return o, p.Results.Keep(key, records...)
}

// kept gives what a run of a submission begins with: the reference, the key of
// its records, and those that are kept, none where it has to be run.
func (p *Runner) kept(ctx context.Context, ch *spec.Challenge, s Submission, condition ...string) (reference fs.FS, key string, records []*record.Record, err error) {
	if reference, err = p.Course.Solution(ch.ID); err != nil {
		return nil, "", nil, err
	}
	if key, err = p.key(ctx, ch, reference, s, condition...); err != nil {
		return nil, "", nil, err
	}
	records, err = p.Results.Load(key)
	if err != nil { // there are none, or none that can be read
		records = nil
	}
	return reference, key, records, nil
}

// key is what the records of a submission are kept under, empty where none are.
// The condition is as that of recordcache.Keys.Key.
func (p *Runner) key(ctx context.Context, ch *spec.Challenge, reference fs.FS, s Submission, condition ...string) (string, error) {
	if p.Results.Dir == "" {
		return "", nil
	}
	if p.keys == nil {
		var err error
		if p.keys, err = recordcache.NewKeys(ctx, p.Options); err != nil {
			return "", err
		}
	}
	solution, err := recordcache.Files(reference)
	if err != nil {
		return "", fmt.Errorf("read the reference of %s: %w", ch.ID, err)
	}
	submission, err := recordcache.Files(s.Files)
	if err != nil {
		return "", fmt.Errorf("read %s of %s: %w", s.Name, ch.ID, err)
	}
	return p.keys.Key(ch, solution, submission, condition...)
}

// judge judges the last of the records.
func (p *Runner) judge(ch *spec.Challenge, s Submission, records []*record.Record) Outcome {
	o := Outcome{Submission: s, Record: records[len(records)-1], Tries: len(records)}
	o.Result = judge.With(ch, o.Record)
	o.Problems = s.problems(o.Result)
	if len(o.Problems) > 0 && !s.canHaveCause(o.Record) {
		found := []string{}
		for _, f := range o.Record.Submission.Source.Findings {
			if !strings.Contains(f.ID, ":") { // no mistake, but where something is defined
				found = append(found, fmt.Sprintf("%s at %s:%d", f.ID, f.File, f.Line))
			}
		}
		o.Problems = append(o.Problems, fmt.Sprintf("reading the source does not find %s, but %s", s.Cause, cmp.Or(strings.Join(found, ", "), "nothing at all")))
	}
	if len(o.Problems) == 0 {
		o.Flips = Flips(ch, o.Record, s.Fixture, p.Margin)
	}
	if len(records) > 1 {
		o.First = p.judge(ch, s, records[:1]).said()
	}
	return o
}

// observe unpacks a submission and runs it, under a condition that the caller
// has made.
func (p *Runner) observe(ctx context.Context, ch *spec.Challenge, reference fs.FS, s Submission, o grader.Options, c condition.Condition) (*record.Record, error) {
	scratch, err := sandbox.NewScratch(nil)
	if err != nil {
		return nil, err
	}
	defer scratch.Close()
	dir := filepath.Join(scratch.Dir, path.Base(s.Name)) // what a message may show
	if err := os.CopyFS(dir, s.Files); err != nil {
		return nil, fmt.Errorf("unpack %s of %s: %w", s.Name, ch.ID, err)
	}
	o.Challenge, o.Solution, o.File = ch, reference, filepath.Join(dir, ch.Deliverable)
	if ch.Analysis != nil { // what the machine gives is the same for all
		if p.measured == nil {
			p.measured = map[condition.Condition][]record.Cell{}
		}
		if p.measured[c] == nil {
			result, err := grader.Measure(ctx, o)
			if err != nil {
				return nil, fmt.Errorf("measure this machine: %w", err)
			}
			p.measured[c] = measure.Tabulate(result).Cells()
		}
		o.Measured = p.measured[c]
	}
	rec, err := grader.Observe(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("run %s of %s: %w", s.Name, ch.ID, err)
	}
	return rec, nil
}

// Match says whether a submission's name, or its last part, matches one of the
// patterns (path.Match); all match where there are none. A bad pattern is an
// error.
func (s Submission) Match(patterns []string) (bool, error) {
	matches := len(patterns) == 0
	for _, p := range patterns {
		for _, name := range []string{s.Name, path.Base(s.Name)} {
			ok, err := path.Match(p, name)
			if err != nil {
				return false, fmt.Errorf("%q is no pattern: * stands for anything, ? for one letter, [ab] for one of them", p)
			}
			matches = matches || ok
		}
	}
	return matches, nil
}

// Pick gives the submissions that match one of the patterns, in their order.
func Pick(all []Submission, patterns []string) ([]Submission, error) {
	var err error
	picked := slices.DeleteFunc(slices.Clone(all), func(s Submission) bool {
		ok, bad := s.Match(patterns)
		if bad != nil {
			err = bad
		}
		return !ok
	})
	return picked, err
}
