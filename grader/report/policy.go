package report

import (
	"slices"

	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Policy is what a course makes of an inconclusive verdict. It changes no
// verdict, but the points, and what the whole comes to. The zero value leaves
// it inconclusive, without points.
type Policy string

// The policies: it counts as a pass, as a fail, or not at all.
const (
	CountPass Policy = "pass"
	CountFail Policy = "fail"
	CountSkip Policy = "skip"
)

// Policies names the policies.
func Policies() []string { return []string{string(CountPass), string(CountFail), string(CountSkip)} }

// Description is the policy in words, empty where there is none.
func (p Policy) Description() string {
	switch p {
	case CountPass:
		return "By the course's policy an inconclusive verdict counts as a pass."
	case CountFail:
		return "By the course's policy an inconclusive verdict counts as a fail."
	case CountSkip:
		return "By the course's policy an inconclusive verdict does not count."
	}
	return ""
}

// Count gives what verdicts come to under the policy: an error where there is
// one, else a fail, else Refused, else an inconclusive, else a pass. Where
// nothing is left to count it is inconclusive.
func (p Policy) Count(verdicts ...verdict.Verdict) verdict.Verdict {
	rank := []verdict.Verdict{verdict.Pass, verdict.NotJudged, verdict.Inconclusive, Refused, verdict.Fail, verdict.Error}
	worst := -1
	for _, v := range verdicts {
		if v == verdict.Inconclusive && p != "" {
			if p == CountSkip {
				continue
			}
			v = verdict.Verdict(p)
		}
		for i := range rank {
			if rank[i] == v {
				worst = max(worst, i)
			}
		}
	}
	if worst < 0 {
		return verdict.Inconclusive
	}
	return rank[worst]
}

// counts is what a verdict counts as. What is not judged waits for something to
// mend, so it counts as a fail.
func (p Policy) counts(v verdict.Verdict) verdict.Verdict {
	if v == verdict.NotJudged {
		return verdict.Fail
	}
	if v == verdict.Inconclusive && (p == CountPass || p == CountFail) {
		return verdict.Verdict(p)
	}
	return v
}

// Counts is what the report comes to under its policy.
func (r Report) Counts() verdict.Verdict { return r.Policy.Count(r.Verdict()) }

// open says that a check is inconclusive.
func (r Report) open() bool {
	return slices.ContainsFunc(r.Challenges, func(c *verdict.Result) bool {
		return slices.ContainsFunc(c.Checks, func(k verdict.Check) bool { return k.Verdict == verdict.Inconclusive })
	})
}

// counted gives the report with the points that its policy makes of
// inconclusive checks: all of them, none, or the check is left out of what can
// be had.
func (r Report) counted() Report {
	if r.Policy != CountPass && r.Policy != CountSkip {
		return r
	}
	r.Challenges = slices.Clone(r.Challenges)
	for i, c := range r.Challenges {
		one := *c
		one.Checks = slices.Clone(c.Checks)
		for n := range one.Checks {
			switch k := &one.Checks[n]; {
			case k.Verdict != verdict.Inconclusive:
			case r.Policy == CountPass:
				one.Score += k.MaxPoints - k.Points
				k.Points = k.MaxPoints
			default:
				one.Score, one.MaxScore = one.Score-k.Points, one.MaxScore-k.MaxPoints
				k.Points, k.MaxPoints = 0, 0
			}
		}
		r.Challenges[i] = &one
	}
	return r
}

// counted gives the cohort with its policy in each of its reports.
func (c Cohort) counted() Cohort {
	c.Submissions = slices.Clone(c.Submissions)
	for i := range c.Submissions {
		rep := &c.Submissions[i].Report
		rep.Policy = c.Policy
		*rep = rep.counted()
	}
	return c
}
