package cohort

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/intake"
	"github.com/gilcourse/gilcourse/grader/lms"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Source is one learner's submission: a file, a folder or an archive.
type Source struct {
	Path  string // as it is shown
	Label string // the learner, as the names tell
	// Account is the learner as a learning platform knows them, the zero one where
	// the name is none of a platform's.
	Account lms.Account
	// Attempt orders the submissions of one account, the later the greater; empty
	// where that is not known.
	Attempt string
	// at is where it lies: Path, or what was unpacked of an archive of many.
	at string
	// refused says why it was not even opened, nil where it may be.
	refused error
}

// Sources are the submissions of a cohort, in the order in which they were
// named. Close them when they have been graded.
type Sources struct {
	All    []Source
	opened []*intake.Submission
}

// Close removes what was unpacked.
func (s *Sources) Close() error {
	var errs []error
	for _, o := range s.opened {
		errs = append(errs, o.Close())
	}
	return errors.Join(errs...)
}

// Find gives the submissions at the paths. A path that holds a deliverable of
// the challenges is a submission; a folder, or an archive, that does not is one
// of submissions, each of its entries one; where several paths are named, one with
// a single entry is a learner's, too. A path where nothing is, or a folder
// with nothing in it, is an error. The paths in except are left out.
func Find(paths []string, challenges []*spec.Challenge, except ...string) (*Sources, error) {
	s := &Sources{}
	for _, p := range paths {
		if err := s.add(p, len(paths) > 1, challenges, except); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// add adds what lies at a path; among others it is one of several that were
// named.
func (s *Sources) add(named string, among bool, challenges []*spec.Challenge, except []string) error {
	wanted := deliverables(challenges)
	one := Source{Path: named, Label: label(named, wanted), at: named}
	in, err := intake.Open(named)
	if refused := (*intake.Refused)(nil); errors.As(err, &refused) {
		s.All = append(s.All, one) // which is told in its place
		return nil
	} else if err != nil {
		return err
	}
	s.opened = append(s.opened, in)
	if in.File() {
		s.All = append(s.All, one)
		return nil
	}
	entries, err := in.Entries()
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e string) bool {
		return slices.ContainsFunc(except, func(x string) bool { return x != "" && sameFile(e, x) })
	})
	if from, err := platform(named, entries, wanted); err != nil || from != nil {
		return errors.Join(err, s.download(from, wanted))
	}
	if holds(in, challenges) {
		s.All = append(s.All, one)
		return nil
	}
	if among && len(entries) == 1 { // a learner's folder with an archive in it, say
		s.All = append(s.All, one)
		return nil
	}
	if len(entries) == 0 {
		return fmt.Errorf("%s holds no submissions: it has neither %s nor folders, archives or files of learners in it", safetext.Name(named), strings.Join(wanted, ", "))
	}
	for _, e := range entries {
		s.All = append(s.All, entry(named, e, wanted))
	}
	return nil
}

// entry is what lies in a folder of submissions.
func entry(named, at string, deliverables []string) Source {
	one := Source{Path: filepath.Join(named, filepath.Base(at)), Label: label(at, deliverables), at: at}
	if info, err := os.Lstat(at); err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		one.refused = &intake.Refused{Where: one.Path, What: "is a link, or no file and no folder", Do: "hand in the file itself"}
	}
	return one
}

func deliverables(challenges []*spec.Challenge) (names []string) {
	for _, c := range challenges {
		names = append(names, c.Deliverable)
	}
	return names
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// holds says whether a deliverable of one of the challenges is there, be it one
// that cannot be read.
func holds(in *intake.Submission, challenges []*spec.Challenge) bool {
	return slices.ContainsFunc(challenges, func(c *spec.Challenge) bool {
		file, err := in.Find(c.Deliverable, path.Base(c.ID), false)
		if several := (*intake.Refused)(nil); errors.As(err, &several) && file == "" {
			return false // several files of the name: of several learners
		}
		return file != "" || err != nil
	})
}

// label names a learner after a file or folder, or, where a file is called
// like the deliverable, after the folder that it lies in.
func label(at string, deliverables []string) string {
	if abs, err := filepath.Abs(at); err == nil {
		at = abs
	}
	base := filepath.Base(at)
	if slices.Contains(deliverables, base) {
		base = filepath.Base(filepath.Dir(at))
	}
	for _, ext := range []string{".tar.gz", ".tgz", ".tar", ".zip", ".py"} {
		if rest, ok := strings.CutSuffix(base, ext); ok && rest != "" {
			return rest
		}
	}
	return base
}

// deepest is how many folders with nothing but another folder, or an archive,
// in them are opened.
const deepest = 4

// open takes a submission in. Where a folder has nothing in it but one other
// thing, that is the submission: learners hand in a folder around a folder, or
// an archive, or a file of another name. A single file is apart from those
// beside it, which are other learners'.
func (s Source) open(challenges []*spec.Challenge) (in *intake.Submission, err error) {
	if s.refused != nil {
		return nil, s.refused
	}
	if in, err = intake.Open(s.at); err != nil {
		return nil, err
	}
	for depth := 0; depth < deepest && !in.File() && !holds(in, challenges); depth++ {
		next := only(in)
		if next == "" {
			break
		}
		if in, err = in.Enter(next); err != nil {
			return nil, err
		}
	}
	if err := in.Apart(); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

// only gives the one thing that lies in a folder, if it can be a submission:
// a folder, an archive or a Python file.
func only(in *intake.Submission) string {
	entries, err := in.Entries()
	if err != nil || len(entries) != 1 {
		return ""
	}
	info, err := os.Lstat(entries[0])
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return ""
	}
	if info.Mode().IsRegular() && filepath.Ext(entries[0]) != ".py" {
		inside, err := intake.Open(entries[0])
		if err != nil {
			return entries[0] // which says why
		}
		defer inside.Close()
		if inside.File() {
			return ""
		}
	}
	return entries[0]
}
