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
// Name counts; of the others Title, Tasks and Shows are used, the last from several
// goroutines at once, and without sources. The error is that of a store that cannot
// be written, or of Shows.
func Regrade(s *Store, o Options) ([]report.Submission, error) {
	var places []int
	for i, e := range s.entries {
		if e.Challenge == o.Name {
			places = append(places, i)
		}
	}
	regraded := make([]report.Submission, len(places))
	var group sync.WaitGroup
	failed := make([]error, len(places))
	slots := make(chan bool, workers())
	for k, i := range places {
		group.Go(func() {
			slots <- true
			defer func() { <-slots }()
			seen := s.regrade(&s.entries[i], o)
			if regraded[k] = seen.Submission; o.Shows != nil {
				failed[k] = o.Shows(seen)
			}
		})
	}
	group.Wait()
	return regraded, errors.Join(append(failed, s.save())...)
}

// Names are what the submissions of the store were graded for, sorted.
func (s *Store) Names() []string {
	seen := map[string]bool{}
	for _, e := range s.entries {
		seen[e.Challenge] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func (s *Store) regrade(e *Entry, o Options) Seen {
	sub := Seen{Submission: report.Submission{Learner: e.Learner, Path: e.Path, Refused: e.Refused, Err: e.Error, Cached: true}}
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
			sub.Records, sub.Report, sub.Err = nil, report.Report{}, fmt.Sprintf("judge its record of %s again: %v", c.ID, err)
			return sub
		}
		sub.Records = append(sub.Records, records[0])
		sub.Report.Challenges = append(sub.Report.Challenges, judge.With(c, records[0]))
	}
	score, _ := sub.Report.Score()
	if now := sub.Verdict(); now != e.Verdict || score != e.Score {
		sub.Was, sub.WasScore = e.Verdict, e.Score
		e.Verdict, e.Score = now, score
	}
	return sub
}
