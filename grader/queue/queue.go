// Package queue has the jobs of a gradebook observed, on one machine or many.
// The jobs are River's, in the gradebook's database: what a job came to, its
// grade and its completion are one transaction. What River lacks is here: each
// machine takes only what it can judge, and a worker that is gone is noticed by
// its silence.
package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/gilcourse/gilcourse/grader/gradebook"
)

// Job is one submission to observe for one challenge.
type Job struct {
	Key         string `json:"key" river:"unique"` // of the record to make
	Challenge   string `json:"challenge"`          // its digest in the gradebook
	ChallengeID string `json:"challenge_id"`
	Content     string `json:"content"` // the digest of the submission's tree
	File        string `json:"file"`    // the deliverable in it, with slashes
	Course      string `json:"course"`  // whose attempts get the grade
	Policy      string `json:"policy,omitempty"`
	Retries     int    `json:"retries,omitempty"` // while it is inconclusive
	Full        bool   `json:"full,omitempty"`
	StrictClock bool   `json:"strict_clock,omitempty"`
	Sandbox     string `json:"sandbox,omitempty"`
	Seed        uint64 `json:"seed,omitempty"`
	// Fresh has it measured although there is a record, Last after all others.
	Fresh bool `json:"-"`
	Last  bool `json:"-"`
}

// Kind is the kind of job, for River.
func (Job) Kind() string { return "observe" }

// Task is a job that a worker has taken up.
type Task struct {
	Job
	Python string // the interpreter that meets the job's needs
	Try    int    // from 1
	// Earlier is the inconclusive record of the try before, with nil Data for none.
	Earlier gradebook.Record
}

// Outcome is what a task came to. Of Refused, Failed and the rest one is set.
type Outcome struct {
	Record       []byte // gzipped
	Verdict      gradebook.Verdict
	Inconclusive bool
	Refused      string // why the submission cannot be taken in
	Failed       string // why the grader itself failed
}

// Worker is what this process does for the queue.
type Worker struct {
	Offer Offer
	Slots int // how many jobs are prepared at once
	// Handle observes and judges. It gives up when the context is done. An error is
	// the gradebook's: the task is tried again.
	Handle func(context.Context, Task) (Outcome, error)
	// Say, if set, is told what the operator of a worker should know.
	Say func(string)
}

// Queue is a gradebook's queue, as one process sees it.
type Queue struct {
	Worker
	book   *gradebook.Book
	id     string
	client *river.Client[*sql.Tx]

	mu      sync.Mutex
	running map[int64]context.CancelFunc // by the numbers of their jobs
	orphans map[int64]int                // jobs that only the database takes for running here, and for how many beats
	queues  map[string]string            // those worked here, with their interpreters
	fatal   error
	changed chan bool // something came of a job, or cannot
}

// Jobs wait in the database, so that little is lost by asking seldom; a
// measurement takes seconds.
const (
	pollEvery  = 500 * time.Millisecond
	beatEvery  = 2 * time.Second
	silent     = 10 * time.Second // a worker that was not heard of for so long is gone
	outage     = 5 * time.Minute  // a database that is away for so long is given up
	waitsAgain = 2 * time.Second  // what was inconclusive, before it is measured again
	otherFirst = time.Minute      // for so long it is another machine's to measure
	// A job is an orphan for some beats by right: between its fetching and its work,
	// and while its end is written.
	orphanBeats = 5
)

// New opens the queue of a gradebook for a worker.
func New(book *gradebook.Book, w Worker) (*Queue, error) {
	id, err := newID()
	if err != nil {
		return nil, err
	}
	q := &Queue{Worker: w, book: book, id: id, running: map[int64]context.CancelFunc{}, orphans: map[int64]int{}, queues: map[string]string{}, changed: make(chan bool, 1)}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &worker{q: q}); err != nil {
		return nil, err
	}
	q.client, err = river.NewClient(book.Driver(), &river.Config{
		ID: id, Logger: slog.New(slog.DiscardHandler), PollOnly: true, FetchPollInterval: pollEvery,
		// Runs have limits of their own, and silence tells of the dead.
		JobTimeout: -1, RescueStuckJobsAfter: 30 * 24 * time.Hour,
		Queues: map[string]river.QueueConfig{id: {MaxWorkers: 1}}, Workers: workers,
	})
	if err != nil {
		return nil, fmt.Errorf("open the queue: %w", err)
	}
	return q, nil
}

// active are the states in which a job keeps others with its key out.
var active = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled}

// Priorities, of which River has four; the lowest number goes first.
const (
	usual  = 2
	behind = 4
)

func options(queue string, priority int) *river.InsertOpts {
	return &river.InsertOpts{Queue: queue, Priority: priority, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: active}}
}

// Insert puts jobs into the queue of their needs, each key once: what is under
// way, or was measured since, is not measured again unless it is to be fresh.
func (q *Queue) Insert(ctx context.Context, tx *gradebook.Tx, needs Needs, jobs []Job) error {
	if len(jobs) == 0 {
		return nil
	}
	name, text, err := needs.name()
	if err != nil {
		return err
	}
	if err := tx.KeepQueue(name, string(text)); err != nil {
		return err
	}
	open := map[string]bool{}
	for _, j := range slices.SortedFunc(slices.Values(jobs), func(a, b Job) int { return strings.Compare(a.Key, b.Key) }) { // lest two wait for each other
		if open[j.Key], err = tx.OpenMeasurement(j.Key, j.Fresh); err != nil {
			return err
		}
	}
	var params []river.InsertManyParams
	for _, j := range jobs {
		if !open[j.Key] {
			continue
		}
		priority := usual
		if j.Last {
			priority = behind
		}
		params = append(params, river.InsertManyParams{Args: j, InsertOpts: options(name, priority)})
	}
	if len(params) == 0 {
		return nil
	}
	_, err = q.client.InsertManyTx(ctx, tx.Tx, params)
	return err
}

// Run works until it is done, which is asked whenever something has come of a
// job, and every now and then; or until the context is done: then what was
// under way goes back. An error is the context's, or that of a database that
// cannot be used any more.
func (q *Queue) Run(ctx context.Context, done func(context.Context) (bool, error)) (err error) {
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		q.client.StopAndCancel(last)
		q.book.Do(last, func(tx *gradebook.Tx) error { return tx.EndWorker(q.id) })
	}()
	if err := q.beat(ctx); err != nil {
		return err
	}
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	beating, rest := context.WithCancel(ctx)
	defer rest()
	go q.beats(beating)
	answered := time.Now()
	for {
		finished, err := done(ctx)
		if err == nil {
			err = q.failure()
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && finished:
			return nil
		case err == nil:
			answered = time.Now()
		case !q.book.Remote() || time.Since(answered) > outage:
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-q.changed:
		}
	}
}

// beats beats until the context is done, and has Run look each time: something may
// have come of a job elsewhere.
func (q *Queue) beats(ctx context.Context) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := q.beat(ctx); err != nil && q.Say != nil && ctx.Err() == nil {
				q.Say(fmt.Sprintf("%v; trying again", err))
			}
			q.wake()
		}
	}
}

// wake has Run look again.
func (q *Queue) wake() {
	select {
	case q.changed <- true:
	default:
	}
}

// failure is the reason why nothing more can be kept, nil for none.
func (q *Queue) failure() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.fatal
}

// fail ends Run: nothing more can be kept.
func (q *Queue) fail(err error) {
	q.mu.Lock()
	q.fatal = err
	q.mu.Unlock()
	q.wake()
}

// errLost says that another worker has the job now: this one was silent for too
// long.
var errLost = errors.New("another worker has taken the job up")

// ID names this process in the gradebook.
func (q *Queue) ID() string { return q.id }

// Unfinished counts the jobs that this machine could work, and nobody has finished.
func (q *Queue) Unfinished(ctx context.Context) (n int, err error) {
	q.mu.Lock()
	names := slices.Collect(maps.Keys(q.queues))
	q.mu.Unlock()
	err = q.book.Do(ctx, func(tx *gradebook.Tx) error { n, err = tx.Unfinished(names); return err })
	return n, err
}
