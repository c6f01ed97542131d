package report

import (
	"io"
	"path"
	"strings"

	"github.com/gilcourse/gilcourse/grader/junit"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// writeJUnit writes a suite for each challenge, a case for each check. A check
// that is inconclusive, or not judged, is skipped.
func writeJUnit(w io.Writer, r Report, _ Options) error {
	return junit.Write(w, "gilcourse", suites(r, ""))
}

// writeCohortJUnit writes a suite for each challenge of each submission. One
// that was refused fails as a whole; our own failure is an error.
func writeCohortJUnit(w io.Writer, c Cohort, _ Options) error {
	var all []junit.Suite
	for _, s := range c.Submissions {
		learner := safetext.Name(s.Learner)
		one := junit.Case{Class: learner, Name: c.Challenge, Text: safetext.Text(s.Reason())}
		one.Message = one.Text
		switch s.Verdict() {
		case verdict.Error:
			one.Outcome = junit.Errored
		case Refused:
			one.Outcome = junit.Failed
		default:
			all = append(all, suites(s.Report, learner)...)
			continue
		}
		all = append(all, junit.Suite{Name: learner + ": " + c.Challenge, Cases: []junit.Case{one}})
	}
	for _, learner := range c.Left {
		learner = safetext.Name(learner)
		all = append(all, junit.Suite{Name: learner + ": " + c.Challenge, Cases: []junit.Case{{Class: learner, Name: c.Challenge, Outcome: junit.Skipped, Message: "stopped before"}}})
	}
	return junit.Write(w, "gilcourse "+c.Challenge, all)
}

// suites gives the suites of a report, of a learner where one is named.
func suites(r Report, learner string) []junit.Suite {
	facts := map[string][]junit.Property{}
	for _, c := range r.Challenges {
		score := figure(c.Score) + " of " + figure(c.MaxScore)
		facts[c.ID] = []junit.Property{{Name: "verdict", Value: string(c.Verdict)}, {Name: "points", Value: score},
			{Name: "file", Value: r.place(c.ID, c.File)}, {Name: "python", Value: c.Python.Implementation + " " + c.Python.Version}, {Name: "machine", Value: machine(c)}}
		if r.Policy != "" {
			facts[c.ID] = append(facts[c.ID], junit.Property{Name: "inconclusive_counts_as", Value: string(r.Policy)})
		}
	}
	var suites []junit.Suite
	for _, i := range r.items() {
		name, class := i.Challenge, strings.ReplaceAll(i.Challenge, "/", ".")
		if learner != "" {
			name, class = learner+": "+name, strings.ReplaceAll(learner, ".", "_")+"."+path.Base(i.Challenge)
		}
		if len(suites) == 0 || suites[len(suites)-1].Name != name {
			suites = append(suites, junit.Suite{Name: name, Properties: facts[i.Challenge]})
		}
		one := junit.Case{Class: class, Name: i.ID + ": " + i.Title, Outcome: junitOutcome(i.Counts), Text: i.story(), File: i.Path, Line: i.Line}
		if i.Verdict != verdict.Pass {
			one.Message, one.Type = i.message(), i.Cause
		}
		if i.Verdict == verdict.NotJudged {
			one.Outcome = junit.Skipped
		}
		suite := &suites[len(suites)-1]
		suite.Cases = append(suite.Cases, one)
	}
	return suites
}

func junitOutcome(v verdict.Verdict) junit.Outcome {
	switch v {
	case verdict.Pass:
		return junit.Passed
	case verdict.Fail:
		return junit.Failed
	case verdict.Inconclusive:
		return junit.Skipped
	}
	return junit.Errored
}
