package cohort

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// Regrade judges the records of a store again by the tasks as they are now,
// without running anything, and keeps the new verdicts. A submission whose
// verdict or points have moved says what they were. What was refused, or where
// the grader failed, stays as it was. Only what was graded under the options'
// Name counts; of the others Title and Tasks are used. The error is that of a
// store that cannot be written.
func Regrade(s *Store, o Options) ([]report.Submission, error) {
	var places []int
	for i, e := range s.entries {
		if e.Challenge == o.Name {
			places = append(places, i)
		}
	}
	regraded := make([]report.Submission, len(places))
	var group sync.WaitGroup
	slots := make(chan bool, workers())
	for k, i := range places {
		group.Go(func() {
			slots <- true
			defer func() { <-slots }()
			regraded[k] = s.regrade(&s.entries[i], o)
		})
	}
	group.Wait()
	return regraded, s.save()
}

// Names are what the submissions of the store were graded for, sorted.
func (s *Store) Names() []string {
	seen := map[string]bool{}
	for _, e := range s.entries {
		seen[e.Challenge] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func (s *Store) regrade(e *Entry, o Options) report.Submission {
	sub := report.Submission{Learner: e.Learner, Path: e.Path, Refused: e.Refused, Err: e.Error, Cached: true}
	if sub.Refused != "" || sub.Err != "" {
		return sub
	}
	sub.Report.Title = o.Title
	for _, t := range o.Tasks {
		c := t.Challenge
		if slices.Contains(e.Missing, c.ID) {
			sub.Report.Missing = append(sub.Report.Missing, report.Missing{ID: c.ID, Deliverable: c.Deliverable, Looked: []string{e.Path}, MaxScore: c.Points()})
			continue
		}
		records, err := []*record.Record(nil), errors.New("none was kept; grade it again")
		if key, there := e.Records[c.ID]; there {
			records, err = s.records().Load(key)
		}
		if err != nil {
			sub.Report, sub.Err = report.Report{}, fmt.Sprintf("judge its record of %s again: %v", c.ID, err)
			return sub
		}
		sub.Report.Challenges = append(sub.Report.Challenges, judge.With(c, records[0]))
	}
	score, _ := sub.Report.Score()
	if now := sub.Verdict(); now != e.Verdict || score != e.Score {
		sub.Was, sub.WasScore = e.Verdict, e.Score
		e.Verdict, e.Score = now, score
	}
	return sub
}
