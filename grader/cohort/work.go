package cohort

import (
	"context"
	"fmt"
	"time"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/queue"
	"github.com/gilcourse/gilcourse/grader/record"
)

// WorkOptions say how this machine works for a gradebook.
type WorkOptions struct {
	Settings observe.Settings // Python, Full, StrictClock and Seed do not count: jobs say that
	Book     *gradebook.Book
	// Pythons are the paths of the interpreters that are offered, at least one; all
	// but the first as far as they can be used.
	Pythons []string
	// Drain ends it when nothing is left that it could judge.
	Drain bool
	// Say, if set, is told a line for whoever looks after the machine.
	Say func(string)
}

// Work observes and judges what others ask for in a gradebook, as far as this
// machine can judge it, until the context is done; what is under way goes back
// then. Submissions and course come out of the gradebook. The error is the
// context's, or that of a gradebook that cannot be used any more.
func Work(ctx context.Context, o WorkOptions) error {
	var pythons []record.Python
	for i, path := range o.Pythons {
		p, err := python.Describe(ctx, path)
		if err != nil && i > 0 {
			continue // it cannot be offered
		}
		if err != nil {
			return fmt.Errorf("describe the interpreter: %w", err)
		}
		p.Path = path // a virtual environment's is a link
		pythons = append(pythons, p)
	}
	offer, err := offer(ctx, o.Settings, pythons)
	if err != nil {
		return err
	}
	say := func(format string, args ...any) {
		if o.Say != nil {
			o.Say(fmt.Sprintf(format, args...))
		}
	}
	ob := &observer{settings: o.Settings, book: o.Book}
	defer ob.close()
	handle := func(ctx context.Context, t queue.Task) (queue.Outcome, error) {
		start := time.Now()
		out, err := ob.handle(ctx, t)
		what := out.Verdict.Verdict
		switch {
		case ctx.Err() != nil || err != nil:
			what = "given back"
		case out.Refused != "":
			what = "refused (" + out.Refused + ")"
		case out.Failed != "":
			what = "error (" + out.Failed + ")"
		}
		say("%s %.12s, try %d: %s, after %.1f s", t.ChallengeID, t.Content, t.Try, what, time.Since(start).Seconds())
		return out, err
	}
	// What is prepared ahead here, another machine could measure: one, no more.
	q, err := queue.New(o.Book, queue.Worker{Offer: offer, Slots: 2, Handle: handle, Say: o.Say})
	if err != nil {
		return err
	}
	say("working for %s as %s: %s", o.Book.Name(), q.ID(), offer)
	return q.Run(ctx, func(ctx context.Context) (bool, error) {
		if !o.Drain {
			return false, nil
		}
		left, err := q.Unfinished(ctx)
		return left == 0, err
	})
}
