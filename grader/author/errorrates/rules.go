package errorrates

import (
	"math"

	"github.com/gilcourse/gilcourse/grader/author/condition"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Rule is one that graders of speed use today: it looks at a clock alone.
//
// A rule is asked about the checks whose spec has a least efficiency or speedup
// (judge.Clock), and there only about honest submissions, which it must let
// pass, and those that must fail by this check, which it must not: no rule is
// blamed for a fault that is not about speed. It is not asked where the way of
// working was not to be seen in the run at all, processes that are threads, say:
// whoever uses it would have had nothing to time. It is given what no such
// grader has: where the phase begins and ends in the learner's program, to the
// scheduler, and the cores that affinity and quota leave.
type Rule struct {
	Name string
	// rounds is how many rounds the rule looks at, the best of which counts.
	rounds int
	passes func(learner, reference []verdict.Times, cores float64) bool
}

// The limits of the rules.
const (
	bestOf     = 5
	nearEnough = 1.2 // times the reference's time
	cores      = 0.6 // of the cores, as a speedup
	lessons    = 3.5 // the lesson's speedup on four cores
)

// Rules are the rules.
var Rules = []Rule{
	// The learner's best time over five rounds against the reference's best
	// over the same rounds. A record has two to four rounds: those of the
	// repeats of one submission under one condition are put together, five by
	// five, each time by turn of its loop, since sizes differ. Where there are
	// fewer than five in all, the best of those counts.
	{"best of 5 at most 1.2 x the reference's", bestOf, func(learner, reference []verdict.Times, _ float64) bool {
		return best(learner) <= nearEnough*best(reference)
	}},
	// The speedup of the first round, against the cores that affinity and quota
	// leave, at most as many as there are workers.
	{"speedup of at least 0.6 x cores", 1, func(learner, _ []verdict.Times, n float64) bool {
		return learner[0].Alone/learner[0].Took >= cores*n
	}},
	// The speedup of the first round. The lesson expects it of four cores; who
	// takes it at its word takes it everywhere.
	{"speedup of at least 3.5x", 1, func(learner, _ []verdict.Times, _ float64) bool {
		return learner[0].Alone/learner[0].Took >= lessons
	}},
}

func best(rounds []verdict.Times) float64 {
	least := math.Inf(1)
	for _, r := range rounds {
		least = math.Min(least, r.Took/r.Work)
	}
	return least
}

// Answers are a rule's answers on one check.
type Answers struct {
	Tally
	Short int // how many of them rest on fewer rounds than the rule wants
}

// Asked are the checks that rules are asked about.
func (m Measurement) Asked() []string {
	var checks []string
	for _, id := range m.Checks {
		for _, t := range m.Trials {
			if _, ok := t.clocked(id); ok {
				checks = append(checks, id)
				break
			}
		}
	}
	return checks
}

// clocked gives what a clock saw where a rule is asked about this check.
func (t Trial) clocked(check string) (verdict.Clocked, bool) {
	for _, c := range t.Clocked {
		if c.Check == check && (t.Submission.Pass || t.Submission.Want == check) {
			return c, len(c.Learner) > 0 && len(c.Reference) > 0
		}
	}
	return verdict.Clocked{}, false
}

// Ask gives a rule's answers on a check under a condition, all for "".
func (m Measurement) Ask(r Rule, c condition.Condition, check string) Answers {
	type place struct {
		name  string
		under condition.Condition
	}
	type pool struct {
		honest             bool
		learner, reference []verdict.Times
		cores              float64
	}
	var order []place
	pools := map[place]*pool{}
	var a Answers
	answer := func(p *pool, learner, reference []verdict.Times) {
		v := verdict.Fail
		if r.passes(learner, reference, p.cores) {
			v = verdict.Pass
		}
		a.add(p.honest, v)
		if len(learner) < r.rounds {
			a.Short++
		}
	}
	for _, t := range m.Trials {
		seen, ok := t.clocked(check)
		if !ok || !t.under(c) {
			continue
		}
		p := &pool{honest: t.Submission.Pass, cores: math.Min(t.Cores, float64(max(1, seen.Workers)))}
		if r.rounds == 1 {
			answer(p, seen.Learner[:1], seen.Reference[:1])
			continue
		}
		at := place{t.Submission.Name, t.Condition}
		if pools[at] == nil {
			pools[at], order = p, append(order, at)
		}
		n := min(len(seen.Learner), len(seen.Reference)) // the same rounds of both
		pools[at].learner = append(pools[at].learner, seen.Learner[:n]...)
		pools[at].reference = append(pools[at].reference, seen.Reference[:n]...)
	}
	for _, at := range order {
		p := pools[at]
		for n := len(p.learner); n > 0; n = len(p.learner) {
			k := min(n, r.rounds)
			answer(p, p.learner[:k], p.reference[:k])
			p.learner, p.reference = p.learner[k:], p.reference[k:]
			if len(p.learner) < r.rounds {
				break // the rest is too few
			}
		}
	}
	return a
}

// Own counts gilcourse's verdicts where the rules are asked: by the same check,
// in the same runs.
func (m Measurement) Own(c condition.Condition, check string) Tally {
	var t Tally
	for _, one := range m.Trials {
		if _, ok := one.clocked(check); ok && one.under(c) {
			t.add(one.Submission.Pass, one.Checks[check])
		}
	}
	return t
}
