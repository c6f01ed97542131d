// Package author has what the tools for authors of challenges share: the
// submissions whose verdict is known, and the one runner of them.
package author

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// The names of the two submissions that every challenge has beside fixtures.
const (
	Reference = "reference"
	Starter   = "starter"
)

// Submission is one whose verdict is known: the reference, the starter, or a
// fixture.
type Submission struct {
	course.Fixture
	Files fs.FS
}

// Submissions gives all that a challenge is tested with: the reference, the
// starter, then the fixtures by name.
func Submissions(co course.Course, id string) ([]Submission, error) {
	reference, err := co.Solution(id)
	if err != nil {
		return nil, err
	}
	starter, err := co.Starter(id)
	if err != nil {
		return nil, err
	}
	all := []Submission{{course.Fixture{Name: Reference, Pass: true}, reference}, {course.Fixture{Name: Starter}, starter}}
	fixtures, err := co.Of(id)
	if err != nil {
		return nil, err
	}
	for _, f := range fixtures {
		files, err := fs.Sub(co.Fixtures, f.Dir)
		if err != nil {
			return nil, err
		}
		all = append(all, Submission{f, files})
	}
	return all, nil
}

// Must is the verdict that a submission must get: pass, fail, or for the
// starter anything but a pass.
func (s Submission) Must() string {
	switch {
	case s.Pass:
		return "pass"
	case s.Name == Starter:
		return "no pass"
	}
	return "fail by " + s.Want
}

// Problems compares a result with what the submission must get: nothing where
// it is as it should be.
func (s Submission) Problems(r *verdict.Result) []string {
	if s.Name != Starter {
		return Problems(s.Fixture, r)
	}
	if r.Verdict == verdict.Pass {
		return []string{"the starter passes, so there is nothing to do"}
	}
	return nil
}

// Problems compares a judged fixture with what it must get: nothing where it
// is as it should be.
func Problems(f course.Fixture, r *verdict.Result) []string {
	if f.Pass {
		if r.Verdict != verdict.Pass {
			return []string{fmt.Sprintf("%s must pass, and got %s", f.Name, r.Verdict)}
		}
		return nil
	}
	i := slices.IndexFunc(r.Checks, func(c verdict.Check) bool { return c.ID == f.Want })
	switch {
	case i < 0:
		return []string{fmt.Sprintf("%s wants the check %q to fail, and there is none", f.Name, f.Want)}
	case r.Checks[i].Verdict != verdict.Fail:
		return []string{fmt.Sprintf("%s must fail by %s, which got %s", f.Name, f.Want, r.Checks[i].Verdict)}
	case f.Cause != "" && r.Checks[i].Cause != f.Cause:
		return []string{fmt.Sprintf("%s must fail because of %s, and the cause named is %q", f.Name, f.Cause, r.Checks[i].Cause)}
	}
	return nil
}

// Match reports whether a submission's name, or its last part, matches one of the
// patterns (path.Match); all match where there are none. A bad pattern is an
// error.
func (s Submission) Match(patterns []string) (bool, error) {
	matches := len(patterns) == 0
	for _, p := range patterns {
		for _, name := range []string{s.Name, path.Base(s.Name)} {
			ok, err := path.Match(p, name)
			if err != nil {
				return false, fmt.Errorf("%q is no pattern: * stands for anything, ? for one letter, [ab] for one of them", p)
			}
			matches = matches || ok
		}
	}
	return matches, nil
}

// Pick gives the submissions that match one of the patterns, in their order.
func Pick(all []Submission, patterns []string) ([]Submission, error) {
	var err error
	picked := slices.DeleteFunc(slices.Clone(all), func(s Submission) bool {
		ok, bad := s.Match(patterns)
		if bad != nil {
			err = bad
		}
		return !ok
	})
	return picked, err
}
