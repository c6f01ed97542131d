package report

import (
	"path"
	"strings"

	"github.com/gilcourse/gilcourse/grader/lms"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Cohort is what grading many submissions for one challenge or workshop gave.
type Cohort struct {
	Challenge   string       // id of the challenge or workshop
	Title       string       // its title
	Submissions []Submission // in the order in which they were named
	// Absent are the learners of the roster of whom nothing was handed in, in
	// the roster's order.
	Absent []string
	// Left are the learners whose submissions were not graded, since it was
	// stopped, in order.
	Left []string
	// Policy is what an inconclusive verdict counts as; that of the reports is
	// not looked at.
	Policy Policy
}

// Submission is one learner's, graded. Of Refused and Err at most one is set,
// and then there is no report.
type Submission struct {
	Learner string // as the roster names them, else the name of the file or folder
	Path    string // as it was named
	// Account is the learner as the learning platform knows them, from which it was
	// downloaded; the zero one elsewhere.
	Account lms.Account
	// Shown is the path as whoever reads the report finds it, with slashes;
	// empty where that is unknown, or nowhere (in an archive).
	Shown  string
	Report Report
	// Refused says why it could not be taken in, empty where it was.
	Refused string
	// Err says why the grader itself failed at it, empty where it did not.
	Err string
	// Cached says that nothing was run: it was judged from kept records.
	Cached bool
	// Tries is how often it was measured, more than once where it was
	// inconclusive; 0 where it was not.
	Tries int
	// Was and WasScore are the verdict and points before these, where one of
	// them was another; Was is empty elsewhere.
	Was      verdict.Verdict
	WasScore float64
}

// Refused is the verdict on a submission that could not be taken in.
const Refused verdict.Verdict = "refused"

// Outcomes are the verdicts that a submission can get, in the order in which
// they are told.
var Outcomes = []verdict.Verdict{verdict.Pass, verdict.Fail, verdict.Inconclusive, Refused, verdict.Error}

// Verdict is that of its report, Refused, or an error, which is ours.
func (s Submission) Verdict() verdict.Verdict {
	switch {
	case s.Err != "":
		return verdict.Error
	case s.Refused != "":
		return Refused
	}
	return s.Report.Verdict()
}

// Verdict is what the cohort comes to.
func (c Cohort) Verdict() verdict.Verdict {
	var all []verdict.Verdict
	for _, s := range c.Submissions {
		all = append(all, s.Verdict())
	}
	return c.Policy.Count(all...)
}

// Totals counts the submissions by verdict.
func (c Cohort) Totals() map[verdict.Verdict]int {
	n := map[verdict.Verdict]int{}
	for _, s := range c.Submissions {
		n[s.Verdict()]++
	}
	return n
}

// Tally counts one check's verdicts; where it was not judged, it does not count.
type Tally struct {
	Challenge, Check         string // ids
	Pass, Fail, Inconclusive int
	Fails                    []string // the learners who fail it, in order
}

// Tallies count the verdicts of each check over all that were judged, in the
// order in which the checks come. A part that was not handed in counts under
// the name "handed in".
func (c Cohort) Tallies() []Tally {
	var tallies []Tally
	place := map[[2]string]int{}
	add := func(challenge, check, learner string, v verdict.Verdict) {
		key := [2]string{challenge, check}
		i, ok := place[key]
		if !ok {
			i = len(tallies)
			place[key] = i
			tallies = append(tallies, Tally{Challenge: challenge, Check: check})
		}
		switch t := &tallies[i]; v {
		case verdict.Pass:
			t.Pass++
		case verdict.Fail:
			t.Fail++
			t.Fails = append(t.Fails, learner)
		case verdict.Inconclusive:
			t.Inconclusive++
		}
	}
	for _, s := range c.Submissions {
		for _, r := range s.Report.Challenges {
			for _, k := range r.Checks {
				add(r.ID, k.ID, s.Learner, k.Verdict)
			}
		}
		for _, m := range s.Report.Missing {
			add(m.ID, notHandedIn, s.Learner, verdict.Fail)
		}
	}
	return tallies
}

const notHandedIn = "handed in"

// open lists the checks of a submission that were judged and did not pass, by
// their ids; those of a workshop stand behind their challenge's name.
func (s Submission) open() []string {
	var ids []string
	several := len(s.Report.Challenges)+len(s.Report.Missing) > 1
	add := func(challenge, id string) {
		if several {
			id = path.Base(challenge) + "/" + id
		}
		ids = append(ids, id)
	}
	for _, r := range s.Report.Challenges {
		for _, k := range r.Checks {
			if k.Verdict != verdict.Pass && k.Verdict != verdict.NotJudged {
				add(r.ID, k.ID)
			}
		}
	}
	for _, m := range s.Report.Missing {
		add(m.ID, "not "+notHandedIn)
	}
	return ids
}

// Reason says in one line what a submission's verdict rests on: the checks that
// did not pass, or why there is no report; empty for a pass.
func (s Submission) Reason() string {
	switch {
	case s.Err != "":
		return s.Err
	case s.Refused != "":
		return s.Refused
	}
	return strings.Join(s.open(), ", ")
}
