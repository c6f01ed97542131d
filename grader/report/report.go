// Package report shows verdicts to people and programs. It never changes
// them: every format is a view of one Report.
package report

import (
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Report is what a check gave: the judged challenges of a submission.
type Report struct {
	Title      string // of the workshop, empty for a single challenge
	Challenges []*verdict.Result
	// Missing are the challenges of a workshop that were not handed in.
	Missing []Missing
	// Folders says where the files of a challenge lie, by its id: with slashes,
	// as whoever reads the report finds them. A challenge is not there where
	// that is unknown (a record), or nowhere (an archive).
	Folders map[string]string
	// Policy is what an inconclusive verdict counts as.
	Policy Policy
}

// Missing is a challenge without a result: its deliverable was not found, or could not
// be read, or the grader itself failed on it, which is no verdict.
type Missing struct {
	ID, Deliverable string
	Looked          []string // folders, in the order of looking
	Refused         string   // why what was handed in could not be read, empty where it was not there
	Failed          string   // what the grader failed on, empty where it did not
	MaxScore        float64
}

// Verdict is fail for what was not handed in, and error where the grader failed.
func (m Missing) Verdict() verdict.Verdict {
	if m.Failed != "" {
		return verdict.Error
	}
	return verdict.Fail
}

// Verdict is that of the whole: the worst of its challenges. A part that was
// not handed in fails.
func (r Report) Verdict() verdict.Verdict {
	v := verdict.Verdict("")
	for _, c := range r.Challenges {
		v = verdict.Worse(v, c.Verdict)
	}
	for _, m := range r.Missing {
		v = verdict.Worse(v, m.Verdict())
	}
	return v
}

// Score sums up the points, and the most that can be had.
func (r Report) Score() (score, most float64) {
	for _, c := range r.Challenges {
		score, most = score+c.Score, most+c.MaxScore
	}
	for _, m := range r.Missing {
		most += m.MaxScore
	}
	return score, most
}
