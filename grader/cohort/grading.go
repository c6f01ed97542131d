package cohort

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/queue"
	"github.com/gilcourse/gilcourse/grader/recordcache"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// workers is how many submissions are read at once.
func workers() int { return runtime.NumCPU() }

// grading is a cohort under way.
type grading struct {
	Options
	challenges []*spec.Challenge
	kept       []gradebook.Challenge // the same, in the gradebook
	references []recordcache.Digest  // of the tasks
	keys       *recordcache.Keys
	jobs       []*job
	asked      map[string][]*job // those that wait for a record, by its key
	known      map[string]gradebook.Attempt
	observer   *observer
	queue      *queue.Queue // nil while nothing is to be measured
	next       int          // of the jobs, to be told

	mu       sync.Mutex // for what is below
	done     int
	measured int
	spent    time.Duration // on those, without waiting for others
}

// begin finds out what decides about the records, beside the submissions, and what
// the gradebook knows already. Close it.
func begin(ctx context.Context, o Options) (g *grading, err error) {
	g = &grading{Options: o, asked: map[string][]*job{}, known: map[string]gradebook.Attempt{}}
	for _, s := range o.Sources {
		g.jobs = append(g.jobs, &job{Source: s, parts: make([]part, len(o.Tasks))})
	}
	if err := g.describe(ctx); err != nil {
		return nil, err
	}
	attempts, err := g.Book.Attempts(ctx, g.Name)
	if err != nil {
		return nil, err
	}
	for _, a := range attempts {
		g.known[a.Path] = a
	}
	return g, g.keepCourse(ctx)
}

// describe finds out what decides about the records.
func (g *grading) describe(ctx context.Context) (err error) {
	if g.keys, err = g.Settings.Keys(ctx); err != nil {
		return err
	}
	for _, t := range g.Tasks {
		g.challenges = append(g.challenges, t.Challenge)
		reference, err := recordcache.Files(t.Solution)
		if err != nil {
			return fmt.Errorf("read the reference of %s: %w", t.Challenge.ID, err)
		}
		g.references = append(g.references, reference)
	}
	return nil
}

// keepCourse keeps what is graded for, and who the learners are.
func (g *grading) keepCourse(ctx context.Context) error {
	var references []*gradebook.Tree
	for _, t := range g.Tasks {
		reference, err := gradebook.Snapshot(t.Solution, observe.MayNeed)
		if err != nil {
			return fmt.Errorf("read the reference of %s: %w", t.Challenge.ID, err)
		}
		references = append(references, reference)
	}
	return g.Book.Do(ctx, func(tx *gradebook.Tx) error {
		for i, c := range g.challenges {
			kept, err := tx.KeepChallenge(c.ID, c.Text(), references[i])
			if err != nil {
				return err
			}
			g.kept = append(g.kept, kept)
		}
		return errors.Join(tx.KeepCourse(g.Name, g.Title, g.kept), tx.KeepLearners(g.Roster.learners()))
	})
}

func (g *grading) close() {
	if g.observer != nil {
		g.observer.close()
	}
}

// work has observed what is not known, here and wherever else somebody works for
// the gradebook.
func (g *grading) work(ctx context.Context) error {
	if err := g.tell(ctx); err != nil || g.queue == nil {
		return err
	}
	return g.queue.Run(ctx, func(ctx context.Context) (bool, error) {
		if err := g.look(ctx); err != nil {
			return false, err
		}
		if err := g.tell(ctx); err != nil {
			return false, err
		}
		return !slices.ContainsFunc(g.jobs, (*job).pending), nil
	})
}

// look looks what has come of the measurements.
func (g *grading) look(ctx context.Context) error {
	var open []string
	for key, jobs := range g.asked {
		if jobs[0].pending() {
			open = append(open, key)
		}
	}
	var now map[string]gradebook.Measurement
	err := g.Book.Do(ctx, func(tx *gradebook.Tx) (err error) { now, err = tx.Measurements(open); return err })
	if err != nil {
		return err
	}
	judged := map[int][]string{} // keys by the number of their task
	for _, m := range now {
		for _, j := range g.asked[m.Key] {
			for i := range j.parts {
				if p := &j.parts[i]; p.key == m.Key && p.open && p.moved(j, m) && !slices.Contains(judged[i], m.Key) {
					judged[i] = append(judged[i], m.Key)
				}
			}
		}
	}
	for i, keys := range judged {
		results, err := results(ctx, g.Book, g.challenges[i], keys)
		if err != nil {
			return err
		}
		for _, key := range keys {
			for _, j := range g.asked[key] {
				if j.parts[i].result = results[key]; results[key] == nil {
					j.err = fmt.Errorf("read the record of %s: it is broken; grade it again", g.challenges[i].ID)
				}
			}
		}
	}
	return nil
}

// moved notes how far a measurement is; it reports whether there is a record to
// judge.
func (p *part) moved(j *job, m gradebook.Measurement) bool {
	switch m.State {
	case gradebook.Waiting:
		return false
	case gradebook.Refused:
		j.refused = oneLine(m.Error)
		return false
	case gradebook.Failed:
		j.err = errors.New(m.Error)
		return false
	}
	p.open = m.State == gradebook.Again
	if m.Tries == p.tries && p.result != nil {
		return false
	}
	p.tries = m.Tries
	return true
}

// tell tells of those that are settled, in order, and again of those that were
// measured again.
func (g *grading) tell(ctx context.Context) error {
	done := 0
	for n, j := range g.jobs {
		if j.settled() && !j.pending() {
			done++
		}
		again := j.told && n < g.next && !j.pending()
		first := n == g.next && j.settled()
		if first {
			g.next++
		}
		if !first && !again {
			continue
		}
		j.told = j.pending() // for now
		if err := g.show(ctx, j); err != nil {
			return err
		}
		if g.Each != nil {
			g.Each(n, g.submission(j))
		}
	}
	g.mu.Lock()
	g.done = done
	g.mu.Unlock()
	return nil
}

// say tells what is being done for a task, as long as that is not to wait for
// another task.
func (g *grading) say(t queue.Task, now observe.Progress) {
	if g.Progress == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	p := Progress{Done: g.done, Of: len(g.jobs), Progress: now}
	if jobs := g.asked[t.Key]; len(jobs) > 0 {
		p.Learner = jobs[0].Label
	}
	if g.measured > 0 {
		p.Left = g.spent / time.Duration(g.measured) * time.Duration(max(0, len(g.asked)-g.measured))
	}
	g.Progress(p)
}

// took notes how long a task took.
func (g *grading) took(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.measured++
	g.spent += d
}

// finish writes what the submissions came to, where the gradebook does not say so
// already: a worker may have judged by another spec, or for another course.
func (g *grading) finish(ctx context.Context) error {
	attempts, err := g.Book.Attempts(ctx, g.Name)
	if err != nil {
		return err
	}
	g.known = map[string]gradebook.Attempt{}
	for _, a := range attempts {
		g.known[a.Path] = a
	}
	return g.Book.Do(ctx, func(tx *gradebook.Tx) error {
		for _, j := range g.jobs {
			if !j.settled() {
				continue
			}
			if err := g.note(tx, j); err != nil {
				return err
			}
		}
		return nil
	})
}

// note keeps an attempt and its grades, where something of them is new.
func (g *grading) note(tx *gradebook.Tx, j *job) error {
	a := g.attempt(j)
	before, there := g.known[a.Path]
	if a.ID = before.ID; !there || before.Content != a.Content || before.Learner != a.Learner || before.Account != a.Account || before.Refused != a.Refused || before.Error != a.Error {
		if err := tx.KeepAttempt(&a); err != nil {
			return err
		}
	}
	for _, now := range a.Grades {
		if slices.ContainsFunc(before.Grades, func(g gradebook.Grade) bool { return before.Content == a.Content && g.Same(now) }) {
			continue
		}
		now.Worker, now.Build = queue.Process(), g.build()
		if err := tx.KeepGrade(a.ID, now); err != nil {
			return err
		}
	}
	g.known[a.Path] = a
	return nil
}

// build says which gilcourse this is.
func (g *grading) build() string {
	build, err := Build(g.Settings.Version)
	if err != nil {
		return g.Settings.Version
	}
	return build
}

// Build names a build of gilcourse: its version, and a hash of its file.
func Build(version string) (string, error) {
	sum, err := recordcache.Program()
	if err != nil {
		return "", fmt.Errorf("read this program: %w", err)
	}
	return fmt.Sprintf("%s %.12s", version, sum), nil
}

// inconclusive reports whether a part is to be measured again.
func (p *part) inconclusive() bool {
	return p.result != nil && p.result.Verdict == verdict.Inconclusive
}

// relative gives a file's path in a folder, with slashes.
func relative(folder, file string) (string, error) {
	rel, err := filepath.Rel(folder, file)
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s does not lie in %s", file, folder)
	}
	return filepath.ToSlash(rel), nil
}
