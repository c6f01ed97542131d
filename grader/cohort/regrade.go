package cohort

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Regrade judges the records of a gradebook again by the tasks as they are now,
// without running anything, and keeps the new verdicts and grades. A submission
// whose verdict or points have moved says what they were. What was refused, or
// where the grader failed, stays as it was. Only what was graded under the
// options' Name counts; of the others Title, Tasks, Policy and the version in
// Settings are used, and Shows. The error is that of a gradebook that cannot be
// written, or of Shows.
func Regrade(ctx context.Context, o Options) ([]report.Submission, error) {
	g := &grading{Options: o, known: map[string]gradebook.Attempt{}}
	attempts, err := o.Book.Attempts(ctx, o.Name)
	if err != nil {
		return nil, err
	}
	judged := map[string]map[string]*verdict.Result{} // by challenge and key
	for _, t := range o.Tasks {
		c := t.Challenge
		g.challenges = append(g.challenges, c)
		var keys []string
		for _, a := range attempts {
			if grade := gradeOf(a, c.ID); grade != nil && grade.Key != "" {
				keys = append(keys, grade.Key)
			}
		}
		slices.Sort(keys)
		if judged[c.ID], err = results(ctx, o.Book, c, slices.Compact(keys)); err != nil {
			return nil, err
		}
	}
	var all []report.Submission
	err = o.Book.Do(ctx, func(tx *gradebook.Tx) error {
		for _, a := range attempts {
			s, moved := g.regrade(a, judged)
			all = append(all, s)
			for _, now := range moved {
				if err := tx.KeepGrade(a.ID, now); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for i, a := range attempts {
		if o.Shows == nil || err != nil {
			break
		}
		keys, files := map[string]string{}, map[string]string{}
		for _, grade := range a.Grades {
			keys[grade.Challenge], files[grade.Challenge] = grade.Key, grade.File
		}
		err = g.shows(ctx, all[i], a.Content, keys, files)
	}
	return all, err
}

// regrade gives what an attempt comes to now, and the grades that are new.
func (g *grading) regrade(a gradebook.Attempt, judged map[string]map[string]*verdict.Result) (s report.Submission, moved []gradebook.Grade) {
	s = report.Submission{Learner: a.Learner, Path: a.Path, Refused: a.Refused, Err: a.Error, Cached: true}
	if a.Account != "" {
		json.Unmarshal([]byte(a.Account), &s.Account) // the zero one where it cannot be read
	}
	if s.Refused != "" || s.Err != "" {
		return s, nil
	}
	s.Report.Title = g.Title
	was := report.Submission{}
	for _, c := range g.challenges {
		before := gradeOf(a, c.ID)
		if before != nil && before.Verdict == gradebook.Missing {
			missing := report.Missing{ID: c.ID, Deliverable: c.Deliverable, Looked: []string{a.Path}, MaxScore: c.Points()}
			s.Report.Missing, was.Report.Missing = append(s.Report.Missing, missing), append(was.Report.Missing, missing)
			continue
		}
		var r *verdict.Result
		err := errors.New("none was kept; grade it again")
		if before != nil {
			if r = judged[c.ID][before.Key]; r == nil {
				err = errors.New("it cannot be read; grade it again")
			}
		}
		if r == nil {
			s.Report, s.Err = report.Report{}, fmt.Sprintf("judge its record of %s again: %v", c.ID, err)
			return s, nil
		}
		s.Report.Challenges = append(s.Report.Challenges, r)
		was.Report.Challenges = append(was.Report.Challenges, &verdict.Result{Verdict: verdict.Verdict(before.Verdict), Score: before.Score})
		now := gradebook.Grade{Challenge: c.ID, Key: before.Key, File: before.File, Spec: gradebook.Digest(c.Text()), Verdict: string(r.Verdict), Score: r.Score, Most: r.MaxScore, Policy: string(g.Policy)}
		if !before.Same(now) {
			now.Worker, now.Build = before.Worker, g.build()
			moved = append(moved, now)
		}
	}
	score, _ := s.Report.Score()
	if before, _ := was.Report.Score(); was.Verdict() != s.Verdict() || before != score {
		s.Was, s.WasScore = was.Verdict(), before
	}
	return s, moved
}

// gradeOf gives an attempt's grade for a challenge, nil for none.
func gradeOf(a gradebook.Attempt, id string) *gradebook.Grade {
	i := slices.IndexFunc(a.Grades, func(g gradebook.Grade) bool { return g.Challenge == id })
	if i < 0 {
		return nil
	}
	return &a.Grades[i]
}
