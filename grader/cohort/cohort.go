// Package cohort grades many submissions: it prepares several side by side,
// measures one at a time, goes on whatever becomes of one of them, and keeps
// what it has observed, so that nothing is done twice.
package cohort

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gilcourse/gilcourse/grader/intake"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordcache"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
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
	// Store, if set, keeps the records. Kept ones are judged again and nothing
	// is run, unless Fresh says so.
	Store *Store
	Fresh bool
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
	// Records are those of the challenges that were judged, as far as they are
	// kept or were just made.
	Records []*record.Record
	// Source gives the text of a file that was handed in for a challenge, empty
	// where it cannot be read. It is nil, or good until the call has returned.
	Source func(challenge, file string) string
}

// Progress is how far a cohort is.
type Progress struct {
	Done, Of int
	Learner  string        // whose submission it is
	Left     time.Duration // as the measured ones took, 0 while that is unknown
	observe.Progress
}

// ahead is how many submissions are prepared for each core, before those are
// measured one by one.
const ahead = 3

// workers is how many submissions are prepared at once.
func workers() int { return runtime.NumCPU() }

// grading is a cohort under way.
type grading struct {
	Options
	challenges []*spec.Challenge
	keys       *recordcache.Keys    // nil without a store
	references []recordcache.Digest // of the tasks
	jobs       []*job
	cells      []record.Cell // what `gilcourse measure` gives here, once that is known
	progress   sync.Mutex
	started    time.Time
	waited     time.Duration // for others, since
	done       int
	measured   int
	toMeasure  float64 // how many of those opened so far had to be measured
	opened     int
}

// Grade grades the submissions. Whatever is wrong with one of them, on its side
// or on ours, is in its place; the error is the context's, with all that was
// graded before, or that of a store that cannot be written.
func Grade(ctx context.Context, o Options) ([]report.Submission, error) {
	g := &grading{Options: o, started: time.Now()}
	for _, s := range o.Sources {
		g.jobs = append(g.jobs, &job{Source: s, parts: make([]part, len(o.Tasks))})
	}
	for _, t := range o.Tasks {
		g.challenges = append(g.challenges, t.Challenge)
	}
	if o.Store != nil {
		if err := g.describe(ctx); err != nil {
			return nil, err
		}
	}
	open := func(j *job) bool { return g.submission(j).Verdict() == verdict.Inconclusive }
	err := Again(g.jobs, o.Retries, open, func(jobs []*job, try int) error {
		if try > 1 {
			g.done -= len(jobs)
		}
		return g.round(ctx, jobs, try > 1)
	})
	var graded []report.Submission
	for _, j := range g.jobs {
		if j.finished() {
			graded = append(graded, g.submission(j))
		}
	}
	if o.Store != nil && (err == nil || ctx.Err() != nil) { // else it was the store
		err = errors.Join(err, o.Store.save())
	}
	return graded, err
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

// round grades some submissions: a few are prepared side by side, then measured
// in turn.
func (g *grading) round(ctx context.Context, jobs []*job, again bool) error {
	for batch := range slices.Chunk(jobs, ahead*workers()) {
		if err := g.batch(ctx, batch, again); err != nil {
			return err
		}
	}
	return nil
}

func (g *grading) batch(ctx context.Context, batch []*job, again bool) error {
	defer func() {
		for _, j := range batch {
			j.close()
		}
	}()
	todo := make(chan *job)
	var group sync.WaitGroup
	for range workers() {
		group.Go(func() {
			for j := range todo {
				g.prepare(ctx, j, again)
			}
		})
	}
	for _, j := range batch {
		todo <- j
	}
	close(todo)
	group.Wait()
	g.waited += longestWait(batch)
	for _, j := range batch {
		g.opened++
		if j.waits() {
			g.toMeasure++
		}
	}
	for _, j := range batch {
		waits := j.waits()
		g.measure(ctx, j)
		err := g.show(j)
		j.close()
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		g.done++
		if waits {
			g.measured++
		}
		s := g.submission(j)
		if g.Store != nil {
			g.Store.note(g.entry(j, s))
			if waits {
				if err := g.Store.save(); err != nil {
					return err
				}
			}
		}
		if g.Each != nil {
			g.Each(slices.Index(g.jobs, j), s)
		}
	}
	return nil
}

// longestWait is the longest that one of those which were prepared side by side has
// waited.
func longestWait(batch []*job) (longest time.Duration) {
	for _, j := range batch {
		for _, p := range j.parts {
			if p.prepared != nil {
				longest = max(longest, p.prepared.Waited())
			}
		}
	}
	return longest
}

// prepare takes a submission in, looks what is known of it, and prepares the
// rest; again means what was inconclusive.
func (g *grading) prepare(ctx context.Context, j *job, again bool) {
	if ctx.Err() != nil {
		return
	}
	var err error
	if j.in, err = j.open(g.challenges); err != nil {
		j.failed(ctx, err)
		return
	}
	var content recordcache.Digest
	if g.Store != nil {
		content, _ = recordcache.Path(j.at) // without one it is measured
	}
	found := 0
	for i, c := range g.challenges {
		p := &j.parts[i]
		if p.file, err = j.in.Find(c.Deliverable, path.Base(c.ID), len(g.Tasks) == 1); err != nil {
			j.failed(ctx, err)
			return
		}
		if p.missing = p.file == ""; !p.missing {
			found++
			p.origin = j.in.Origin(p.file)
		}
	}
	if found == 0 {
		j.failed(ctx, &intake.Refused{Where: j.Path, What: "does not hold " + strings.Join(deliverables(g.challenges), ", ")})
		return
	}
	for i := range j.parts {
		p := &j.parts[i]
		if p.missing || p.result != nil && !(again && p.result.Verdict == verdict.Inconclusive) {
			continue
		}
		if g.Store != nil && content != nil {
			if p.key, err = g.keys.Key(g.challenges[i], g.references[i], content); err != nil {
				j.failed(ctx, err)
				return
			}
		}
		if r, _, _ := g.Store.once(p.key, g.challenges[i], g.Fresh || again, nil); r != nil {
			p.result, p.kept = r, true
			continue
		}
		settings := g.Settings
		settings.Progress = func(now observe.Progress) { g.say(j, now) }
		if p.prepared, err = observe.Prepare(ctx, settings, observe.Target{Challenge: g.challenges[i], File: p.file, Solution: g.Tasks[i].Solution}); err != nil {
			j.failed(ctx, fmt.Errorf("prepare %s: %w", g.challenges[i].ID, err))
			return
		}
	}
}

// measure measures what was prepared of a submission, judges it and keeps it.
func (g *grading) measure(ctx context.Context, j *job) {
	measured := false
	for i := range j.parts {
		p := &j.parts[i]
		if p.prepared == nil || j.err != nil || j.refused != "" {
			continue
		}
		// The same may have been handed in by one just before.
		again := p.result != nil
		before := p.prepared.Waited()
		result, kept, err := g.Store.once(p.key, g.challenges[i], g.Fresh || again, func() (*record.Record, error) {
			rec, err := g.observe(ctx, p.prepared, g.challenges[i].ID, j.tries+1)
			if g.Shows != nil {
				p.record = rec
			}
			return rec, err
		})
		g.waited += p.prepared.Waited() - before
		if err != nil {
			j.failed(ctx, err)
			return
		}
		p.result, p.kept = result, kept
		measured = measured || !kept
	}
	if measured {
		j.tries++
	}
}

// observe observes what was prepared for a challenge; a try counts from 1.
func (g *grading) observe(ctx context.Context, p *observe.Prepared, id string, try int) (*record.Record, error) {
	p.Measured(g.cells)
	rec, err := p.Observe(ctx)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", id, err)
	}
	if try > 1 {
		rec.Header.Tries = try
	}
	if len(rec.Measured) > 0 {
		g.cells = rec.Measured
	}
	return rec, nil
}

// say tells what is being done for a submission.
func (g *grading) say(j *job, now observe.Progress) {
	if g.Progress == nil {
		return
	}
	g.progress.Lock()
	defer g.progress.Unlock()
	p := Progress{Done: g.done, Of: len(g.jobs), Learner: j.Label, Progress: now}
	if g.measured > 0 {
		each := (time.Since(g.started) - g.waited) / time.Duration(g.measured)
		p.Left = time.Duration(float64(each) * float64(len(g.jobs)-g.done) * g.toMeasure / float64(g.opened))
	}
	g.Progress(p)
}

// describe finds out what decides about the records, beside the submissions.
func (g *grading) describe(ctx context.Context) (err error) {
	if g.keys, err = g.Settings.Keys(ctx); err != nil {
		return err
	}
	for _, t := range g.Tasks {
		reference, err := recordcache.Files(t.Solution)
		if err != nil {
			return fmt.Errorf("read the reference of %s: %w", t.Challenge.ID, err)
		}
		g.references = append(g.references, reference)
	}
	return nil
}
