// Package errorrates tells how often a challenge is judged wrongly: its submissions,
// whose verdict is known, are run again and again under conditions that a
// machine may be in, and their verdicts are compared with what they must be;
// beside them those of rules that know nothing but a clock.
package errorrates

import (
	"math/rand/v2"
	"slices"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/author/condition"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// Turn is one run that is to be made.
type Turn struct {
	ID         string // of the challenge
	Submission author.Submission
	Condition  condition.Condition
	Repeat     int // from 1
}

// Order gives the runs of all submissions, by challenge, under all conditions,
// so often, in an order that is drawn from the seed: whatever part of it is
// made is a fair sample. Challenges take turns, and in each honest and faulty
// submissions, and of the faulty those that must fail by one check and another;
// each is run under all conditions before the next one, and all before any is
// repeated. The starter, whose verdict is known only not to be a pass, is left
// out.
func Order(submissions map[string][]author.Submission, conditions []condition.Condition, repeats int, seed uint64) []Turn {
	var ids []string
	for id := range submissions {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	drawn := rand.New(rand.NewPCG(seed, 0))
	var challenges [][]Turn
	for _, id := range ids {
		kinds := map[string][]Turn{} // by the check that must fail, "" for the honest
		var checks []string
		for _, s := range submissions[id] {
			if s.Name == author.Starter {
				continue
			}
			if s.Want != "" && kinds[s.Want] == nil {
				checks = append(checks, s.Want)
			}
			kinds[s.Want] = append(kinds[s.Want], Turn{ID: id, Submission: s})
		}
		var faulty [][]Turn
		drawn.Shuffle(len(checks), func(i, k int) { checks[i], checks[k] = checks[k], checks[i] })
		for _, check := range append(checks, "") {
			kind := kinds[check]
			drawn.Shuffle(len(kind), func(i, k int) { kind[i], kind[k] = kind[k], kind[i] })
			if check != "" {
				faulty = append(faulty, kind)
			}
		}
		challenges = append(challenges, inTurn(kinds[""], inTurn(faulty...)))
	}
	once := inTurn(challenges...)
	var all []Turn
	for repeat := 1; repeat <= repeats; repeat++ {
		for _, t := range once {
			for _, c := range conditions {
				t.Condition, t.Repeat = c, repeat
				all = append(all, t)
			}
		}
	}
	return all
}

// inTurn takes one from each list, then the next of each, to the end of all.
func inTurn[T any](lists ...[]T) []T {
	var all []T
	for i, more := 0, true; more; i++ {
		more = false
		for _, list := range lists {
			if i < len(list) {
				all, more = append(all, list[i]), true
			}
		}
	}
	return all
}

// Trial is one run, judged.
type Trial struct {
	Submission course.Fixture
	Condition  condition.Condition
	Repeat     int
	Verdict    verdict.Verdict            // on the whole
	Checks     map[string]verdict.Verdict // by id
	Clocked    []verdict.Clocked          // what a clock alone saw
	Cores      float64                    // how many the run might use, by affinity and quota
	File       string                     // in which the record is kept, empty for none
}

// Judge judges what was observed in a turn.
func Judge(ch *spec.Challenge, t Turn, o author.Observed) Trial {
	rec := o.Records[0]
	r := judge.With(ch, rec)
	trial := Trial{Submission: t.Submission.Fixture, Condition: t.Condition, Repeat: t.Repeat, Verdict: r.Verdict, Checks: map[string]verdict.Verdict{},
		Clocked: judge.Clock(ch, rec), Cores: rec.Host.Cores(), File: o.File}
	for _, k := range r.Checks {
		trial.Checks[k.ID] = k.Verdict
	}
	return trial
}

// decisive is the verdict that must be right: an honest submission's as a whole,
// a faulty one's by the check that it must fail by.
func (t Trial) decisive() verdict.Verdict {
	if t.Submission.Pass {
		return t.Verdict
	}
	return t.Checks[t.Submission.Want]
}

// Wrong says that a verdict was given, and is not what it must be.
func (t Trial) Wrong() bool {
	if t.Submission.Pass {
		return t.decisive() == verdict.Fail
	}
	return t.decisive() == verdict.Pass
}

// Rate is how many of so many.
type Rate struct{ Count, Of int }

// Confidence is that of the intervals of rates.
const Confidence = 0.95

// Interval is the rate with its score interval (stat.Wilson), as if all runs
// were independent; those of one submission are less than that.
func (r Rate) Interval() stat.Interval { return stat.Wilson(r.Count, r.Of, Confidence) }

// Tally counts verdicts on honest and on faulty submissions.
type Tally struct {
	WrongPasses  Rate // of the faulty
	WrongFails   Rate // of the honest
	Inconclusive Rate // of both
}

// add counts a verdict on an honest or a faulty submission.
func (t *Tally) add(honest bool, v verdict.Verdict) {
	of, wrong := &t.WrongPasses, verdict.Pass
	if honest {
		of, wrong = &t.WrongFails, verdict.Fail
	}
	of.Of++
	t.Inconclusive.Of++
	switch v {
	case wrong:
		of.Count++
	case verdict.Pass, verdict.Fail:
	default:
		t.Inconclusive.Count++
	}
}

// Measurement is a challenge with the runs that were made.
type Measurement struct {
	ID, Title   string
	Checks      []string // in the spec's order
	Conditions  []condition.Condition
	Left        []condition.Unavailable // conditions that are not to be had here
	Submissions int                     // that were picked
	Repeats     int
	Trials      []Trial
}

// Planned is how many runs there are to be.
func (m Measurement) Planned() int { return m.Submissions * m.Repeats * len(m.Conditions) }

// Reached is how many of the submissions were run at least once under each
// condition.
func (m Measurement) Reached() int {
	under := map[string]map[condition.Condition]bool{}
	for _, t := range m.Trials {
		if under[t.Submission.Name] == nil {
			under[t.Submission.Name] = map[condition.Condition]bool{}
		}
		under[t.Submission.Name][t.Condition] = true
	}
	n := 0
	for _, conditions := range under {
		if len(conditions) == len(m.Conditions) {
			n++
		}
	}
	return n
}

// every stands for all conditions together.
const every condition.Condition = ""

func (t Trial) under(c condition.Condition) bool { return c == every || t.Condition == c }

// Tally counts the verdicts under a condition, all for "". For a check it counts
// that check's verdicts on the honest submissions and on those that must fail by
// it; for "" an honest submission's verdict as a whole, and that of the check
// by which a faulty one must fail.
func (m Measurement) Tally(c condition.Condition, check string) Tally {
	var t Tally
	for _, one := range m.Trials {
		switch {
		case !one.under(c):
		case check == "":
			t.add(one.Submission.Pass, one.decisive())
		case one.Submission.Pass || one.Submission.Want == check:
			t.add(one.Submission.Pass, one.Checks[check])
		}
	}
	return t
}

// Wrong are the runs whose verdict is wrong.
func (m Measurement) Wrong() []Trial {
	return slices.DeleteFunc(slices.Clone(m.Trials), func(t Trial) bool { return !t.Wrong() })
}
