// Package guide says where a learner is in a course: what is done, what comes
// next, and what helps with the check that failed first.
package guide

import (
	"slices"
	"time"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Stop is a challenge on the way through a course, with what the learner has done
// there.
type Stop struct {
	Number    int // from 1, in the order in which a learner does them
	Section   string
	Challenge *spec.Challenge
	// Passed is when the challenge was passed, zero where it was not.
	Passed   time.Time
	Attempts []progress.Attempt // those that are kept, the oldest first
}

// Done reports whether the challenge was passed.
func (s Stop) Done() bool { return !s.Passed.IsZero() }

// Points is the most that an attempt got, false where none is known.
func (s Stop) Points() (float64, bool) {
	best, ok := progress.Best(s.Attempts)
	if !ok && s.Done() {
		return s.Challenge.Points(), true
	}
	return best.Points, ok
}

// Way gives all challenges of a course, in the order in which a learner does them.
func Way(co course.Course, done progress.Folder) ([]Stop, error) {
	sections, err := co.Sections()
	if err != nil {
		return nil, err
	}
	var way []Stop
	for _, section := range sections {
		for _, ch := range section.Challenges {
			s := Stop{Number: len(way) + 1, Section: section.Title, Challenge: ch, Attempts: done.Attempts(ch.ID)}
			if p, ok := done.Get(ch.ID); ok {
				s.Passed = p.When
			}
			way = append(way, s)
		}
	}
	return way, nil
}

// Last gives the stop at which the learner was last, by the attempts that are
// kept; nil where there are none.
func Last(way []Stop) *Stop {
	var last *Stop
	when := func(s *Stop) time.Time { return s.Attempts[len(s.Attempts)-1].When }
	for i := range way {
		if s := &way[i]; len(s.Attempts) > 0 && (last == nil || when(s).After(when(last))) {
			last = s
		}
	}
	return last
}

// Next gives the challenge to do next: the one that the learner was at last, where
// it was not passed, else the first one after it that was not, and from the start
// again after the end. It is nil where all are done.
func Next(way []Stop) *Stop {
	if last := Last(way); last != nil {
		if !last.Done() {
			return last
		}
		return After(way, last.Challenge.ID)
	}
	return After(way, "")
}

// After gives the first challenge behind another one that was not passed, and from
// the start again after the end; nil where there is none but that one.
func After(way []Stop, id string) *Stop {
	from := 1 + slices.IndexFunc(way, func(s Stop) bool { return s.Challenge.ID == id })
	for i := range way {
		if s := &way[(from+i)%len(way)]; !s.Done() && s.Challenge.ID != id {
			return s
		}
	}
	return nil
}

// Attempt is a judged check as it is kept.
func Attempt(rec *record.Record, result *verdict.Result) progress.Attempt {
	a := progress.Attempt{Challenge: result.ID, When: rec.Header.Started, Verdict: string(result.Verdict), Points: result.Score, MaxPoints: result.MaxScore,
		SHA256: rec.Submission.SHA256}
	for _, k := range result.Checks {
		a.Checks = append(a.Checks, progress.Mark{Check: k.ID, Verdict: string(k.Verdict)})
	}
	return a
}

// Hints are the texts that help with a check, each of which says more than the one
// before, at least one: those of the challenge, else what to do next.
func Hints(ch *spec.Challenge, k *verdict.Check) []string {
	i := slices.IndexFunc(ch.Checks, func(c spec.Check) bool { return c.ID == k.ID })
	if i >= 0 && len(ch.Checks[i].Hints) > 0 && k.Verdict == verdict.Fail { // else it is the machine that hinders
		return ch.Checks[i].Hints
	}
	return []string{k.Hint}
}
