// Package cohort grades many submissions: it takes them in, puts what is not
// known of them into a gradebook's queue, has that observed, here or on other
// machines, and goes on whatever becomes of one of them. Nothing is done twice.
package cohort

import (
	"context"
	"io/fs"
	"slices"
	"time"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Task is a challenge that all submissions are graded for.
type Task struct {
	Challenge *spec.Challenge
	Solution  fs.FS // the reference solution's folder
}

// Options say what to grade and how.
type Options struct {
	// Settings say how each is observed; their Progress is set for each
	// submission.
	Settings observe.Settings
	// Name is what the submissions are for: the challenge, or the workshop with
	// these tasks.
	Name  string
	Title string // of a workshop, else empty
	Tasks []Task
	// Sources are the submissions, in the order in which they are told.
	Sources []Source
	// Roster, if set, says who the learners are, for the gradebook.
	Roster *Roster
	// Book, if set, keeps everything. Kept records are judged again and nothing
	// is run, unless Fresh says so.
	Book  *gradebook.Book
	Fresh bool
	// Policy is what an inconclusive verdict counts as, for the gradebook.
	Policy report.Policy
	// Retries is how often what is inconclusive is measured again, after
	// everything else.
	Retries int
	// Shown, if set, gives a path as whoever reads the report finds it.
	Shown func(string) string
	// Shows, if set, is given what was observed of each submission, in the order of
	// the sources, and again of those that were measured again. Its error ends the
	// grading.
	Shows func(Seen) error
	// Progress, if set, is told what is being done, by one goroutine at a time.
	Progress func(Progress)
	// Each, if set, is told of each submission, in the order of the sources,
	// and again of those that were measured again.
	Each func(n int, s report.Submission)
}

// Seen is a submission with what its verdict rests on, for those who show it.
type Seen struct {
	report.Submission
	// Records are those of the challenges that were judged.
	Records []*record.Record
	// Source gives the text of a file that was handed in for a challenge, empty
	// where it cannot be read. It is nil where no files are kept, or good until the
	// call has returned.
	Source func(challenge, file string) string
}

// Progress is how far a cohort is.
type Progress struct {
	Done, Of int
	Learner  string        // whose submission it is
	Left     time.Duration // as the measured ones took, 0 while that is unknown
	observe.Progress
}

// Grade grades the submissions. Whatever is wrong with one of them, on its side
// or on ours, is in its place; the error is the context's, with all that was
// graded before, or that of a gradebook that cannot be written.
func Grade(ctx context.Context, o Options) (graded []report.Submission, err error) {
	if o.Book == nil {
		book, done, err := temporary(ctx)
		if err != nil {
			return nil, err
		}
		defer done()
		o.Book = book
	}
	g, err := begin(ctx, o)
	if err != nil {
		return nil, err
	}
	defer g.close()
	if err = g.takeIn(ctx); err == nil {
		err = g.work(ctx)
	}
	if kept := g.finish(context.WithoutCancel(ctx)); err == nil {
		err = kept
	}
	for _, j := range g.jobs {
		if j.settled() {
			graded = append(graded, g.submission(j))
		}
	}
	return graded, err
}

// temporary gives a gradebook that nobody keeps.
func temporary(ctx context.Context) (book *gradebook.Book, done func(), err error) {
	scratch, err := sandbox.NewScratch(nil)
	if err != nil {
		return nil, nil, err
	}
	if book, err = gradebook.Open(ctx, scratch.Dir, true); err != nil {
		scratch.Close()
		return nil, nil, err
	}
	return book, func() { book.Close(); scratch.Close() }, nil
}

// Again measures all, and up to so many times more those that are still open,
// after everything else: the machine may be quieter then. A try counts from 1.
// It stops at the first error.
func Again[T any](all []T, retries int, open func(T) bool, measure func(all []T, try int) error) error {
	for try := 1; len(all) > 0 && try <= 1+retries; try++ {
		if err := measure(all, try); err != nil {
			return err
		}
		all = slices.DeleteFunc(slices.Clone(all), func(t T) bool { return !open(t) })
	}
	return nil
}
