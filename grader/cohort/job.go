package cohort

import (
	"context"
	"encoding/json"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/intake"
	"github.com/gilcourse/gilcourse/grader/lms"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// job is a submission under way.
type job struct {
	Source
	parts   []part
	tree    *gradebook.Tree // while it is taken in
	content string          // its digest, empty where it was not taken in
	refused string
	err     error
	told    bool
}

// part is what was handed in for one of the tasks.
type part struct {
	missing bool
	origin  string // where the file lies, empty where it was in an archive
	file    string // the file in the tree, with slashes
	key     string // of its record
	broken  bool   // its record is there, but cannot be read
	first   bool   // and none of those before it is the same
	open    bool   // while it is not known, or not for good
	tries   int
	result  *verdict.Result // nil until it is judged
}

// settled says that there is a verdict on it, for good or for now.
func (j *job) settled() bool {
	return j.refused != "" || j.err != nil || j.key() != "" &&
		!slices.ContainsFunc(j.parts, func(p part) bool { return !p.missing && p.result == nil })
}

// key is that of any of its parts.
func (j *job) key() string {
	for _, p := range j.parts {
		if p.key != "" {
			return p.key
		}
	}
	return ""
}

// pending says that something of it is measured, or will be.
func (j *job) pending() bool {
	return j.refused == "" && j.err == nil && slices.ContainsFunc(j.parts, func(p part) bool { return p.open })
}

// tries is how often it was measured.
func (j *job) tries() (n int) {
	for _, p := range j.parts {
		if p.first {
			n = max(n, p.tries)
		}
	}
	return n
}

// failed notes an error in a submission's place: it was refused, or we failed.
func (j *job) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if refusal(err) {
		j.refused = oneLine(err.Error())
	} else {
		j.err = err
	}
}

// refusal reports whether an error is a matter of what was handed in.
func refusal(err error) bool {
	var (
		refused *intake.Refused
		unread  *observe.Unreadable
	)
	return errors.As(err, &refused) || errors.As(err, &unread)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// submission is what a job came to.
func (g *grading) submission(j *job) report.Submission {
	s := report.Submission{Learner: j.Label, Path: j.Path, Account: j.Account, Refused: j.refused, Tries: j.tries()}
	inPlace := g.Shown != nil && filepath.Clean(j.at) == filepath.Clean(j.Path)
	if inPlace {
		s.Shown = g.Shown(j.Path)
	}
	if j.err != nil {
		s.Err = j.err.Error()
	}
	if j.err != nil || j.refused != "" {
		return s
	}
	folders := map[string]string{}
	s.Cached, s.Report.Title, s.Report.Folders = s.Tries == 0, g.Title, folders
	for i, p := range j.parts {
		if p.missing {
			c := g.challenges[i]
			s.Report.Missing = append(s.Report.Missing, report.Missing{ID: c.ID, Deliverable: c.Deliverable, Looked: []string{j.Path}, MaxScore: c.Points()})
		} else if p.result != nil {
			s.Report.Challenges = append(s.Report.Challenges, p.result)
			if inPlace && p.origin != "" {
				folders[p.result.ID] = path.Dir(g.Shown(p.origin))
			}
		}
	}
	return s
}

// attempt is what the gradebook keeps of a submission.
func (g *grading) attempt(j *job) gradebook.Attempt {
	a := gradebook.Attempt{Course: g.Name, Path: j.Path, Content: j.content, Learner: j.Label, Refused: j.refused}
	if abs, err := filepath.Abs(j.Path); err == nil {
		a.Path = abs
	}
	if account, err := json.Marshal(j.Account); err == nil && j.Account != (lms.Account{}) {
		a.Account = string(account)
	}
	if j.err != nil {
		a.Error = j.err.Error()
	}
	for i, p := range j.parts {
		c := g.challenges[i]
		switch {
		case a.Refused != "" || a.Error != "":
		case p.missing:
			a.Grades = append(a.Grades, gradebook.Grade{Challenge: c.ID, Verdict: gradebook.Missing, Most: c.Points(), Policy: string(g.Policy)})
		case p.result != nil:
			a.Grades = append(a.Grades, gradebook.Grade{Challenge: c.ID, Key: p.key, File: p.file, Spec: gradebook.Digest(c.Text()), Verdict: string(p.result.Verdict),
				Score: p.result.Score, Most: p.result.MaxScore, Policy: string(g.Policy)})
		}
	}
	return a
}
