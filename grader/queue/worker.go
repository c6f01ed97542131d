package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"

	"github.com/gilcourse/gilcourse/grader/gradebook"
)

// worker works the jobs of a queue.
type worker struct {
	river.WorkerDefaults[Job]
	q *Queue
}

// Work observes a submission and keeps what came of it. An error has River work the
// job again.
func (w *worker) Work(ctx context.Context, job *river.Job[Job]) error {
	q := w.q
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q.mu.Lock()
	q.running[job.ID] = cancel
	python := q.queues[job.Queue]
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		delete(q.running, job.ID)
		q.mu.Unlock()
	}()
	task := Task{Job: job.Args, Python: python}
	wait, err := q.take(ctx, &task, job.Queue)
	if err != nil {
		return q.given(ctx, err)
	}
	if wait {
		return river.JobSnooze(waitsAgain)
	}
	out, err := handled(ctx, q.Handle, task)
	if ctx.Err() != nil || err != nil {
		return q.given(ctx, err) // it is back, for whoever comes first
	}
	again := out.Inconclusive && task.Try <= task.Retries
	err = q.persist(ctx, job, func(tx *gradebook.Tx) error {
		if err := q.keep(tx, task, out, again); err != nil || again {
			return err
		}
		_, err := river.JobCompleteTx[*riverdatabasesql.Driver](ctx, tx.Tx, job)
		return err
	})
	switch {
	case errors.Is(err, errLost):
		return nil // nobody looks at this job any more
	case err != nil:
		return q.given(ctx, err)
	}
	q.wake()
	if again {
		return river.JobSnooze(waitsAgain)
	}
	return nil
}

// given gives a job back: at once, where the worker ends. What a SQLite file
// refuses it will refuse again, so that everything ends.
func (q *Queue) given(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return river.JobSnooze(0)
	case q.book.Remote():
		return river.JobSnooze(waitsAgain)
	}
	q.fail(err)
	return river.JobSnooze(0)
}

// handled handles a task; a panic is a failure of ours, like others.
func handled(ctx context.Context, handle func(context.Context, Task) (Outcome, error), t Task) (out Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = Outcome{Failed: fmt.Sprintf("gilcourse has a fault: %v", p)}, nil
		}
	}()
	return handle(ctx, t)
}

// take finds out which try this is. What was inconclusive here waits for another
// machine, where there is one.
func (q *Queue) take(ctx context.Context, t *Task, queue string) (wait bool, err error) {
	err = q.book.Do(ctx, func(tx *gradebook.Tx) error {
		m, err := tx.Measurement(t.Key)
		if err != nil {
			return err
		}
		t.Try = m.Tries + 1
		if m.State != gradebook.Again {
			return nil
		}
		if m.Worker == q.id && m.Age < otherFirst {
			if wait, err = tx.OtherWorker(q.id, queue, silent); err != nil || wait {
				return err
			}
		}
		t.Earlier, _, err = tx.Record(t.Key)
		return err
	})
	return wait, err
}

// keep keeps what a task came to.
func (q *Queue) keep(tx *gradebook.Tx, t Task, out Outcome, again bool) error {
	m := gradebook.Measurement{Key: t.Key, Tries: t.Try, Worker: q.id, State: gradebook.Done}
	switch {
	case again:
		m.State = gradebook.Again
	case out.Refused != "":
		m.State, m.Error = gradebook.Refused, out.Refused
	case out.Failed != "":
		m.State, m.Error = gradebook.Failed, out.Failed
	}
	err := errors.Join(tx.KeepMeasurement(m), tx.Fail(t.Content, t.Course, out.Refused, out.Failed))
	if err != nil || out.Record == nil {
		return err
	}
	v := out.Verdict
	v.Key = t.Key
	g := gradebook.Grade{Challenge: t.ChallengeID, Key: t.Key, File: t.File, Spec: v.Spec, Verdict: v.Verdict, Score: v.Score, Most: v.Most, Policy: t.Policy, Worker: q.id, Build: q.Offer.Build}
	err = tx.KeepRecord(gradebook.Record{Key: t.Key, Challenge: t.ChallengeID, Content: t.Content, Data: out.Record, Worker: q.id, Build: q.Offer.Build})
	if err == nil {
		err = tx.KeepVerdict(v)
	}
	if err == nil {
		err = tx.Grade(t.Content, t.Course, g)
	}
	return err
}

// persist does what belongs to a job in one transaction, if the job is still
// this worker's. While a server does not answer it tries again: what was
// observed is worth waiting for.
func (q *Queue) persist(ctx context.Context, job *river.Job[Job], f func(*gradebook.Tx) error) error {
	for start, uncertain := time.Now(), false; ; uncertain = true {
		err := q.book.Do(ctx, func(tx *gradebook.Tx) error {
			if err := tx.HoldMeasurement(job.Args.Key); err != nil { // before the job, as Insert does
				return err
			}
			switch state, err := tx.JobState(job.ID); {
			case err != nil:
				return err
			case state == "completed" && uncertain:
				return nil // the answer got lost, not the transaction
			case state != "running":
				return errLost
			}
			return f(tx)
		})
		if err == nil || errors.Is(err, errLost) || ctx.Err() != nil || !q.book.Remote() || time.Since(start) > outage {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}
