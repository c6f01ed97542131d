package validation

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"time"

	"github.com/gilcourse/gilcourse/grader"
	"github.com/gilcourse/gilcourse/grader/condition"
	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Observed is a submission, run once under a condition.
type Observed struct {
	Record *record.Record
	File   string // in which the record is kept, empty for none
	Kept   bool   // it was there already
	Took   time.Duration
}

// Under runs a submission once under a condition, or gives the record that was
// kept of that. The repeats, from 1, are told apart by their numbers alone;
// where there is a seed, each draws from the one after that of the repeat
// before. An error is ours, the context's, or that the condition is not to be
// had (condition.Unavailable).
func (p *Runner) Under(ctx context.Context, ch *spec.Challenge, s Submission, c condition.Condition, repeat int) (Observed, error) {
	begin := time.Now()
	o := p.Options
	o.Alone = true
	if o.Seed != 0 {
		o.Seed += uint64(repeat - 1)
	}
	reference, key, records, err := p.kept(ctx, ch, s, string(c), strconv.Itoa(repeat))
	if err != nil {
		return Observed{}, err
	}
	var file string
	if key != "" {
		file = p.Results.File(key)
	}
	if len(records) > 0 {
		return Observed{records[0], file, true, time.Since(begin)}, nil
	}
	rec, err := p.alone(ctx, ch, reference, s, c, o)
	if err != nil {
		return Observed{}, err
	}
	return Observed{rec, file, false, time.Since(begin)}, p.Results.Keep(key, rec)
}

// alone makes the condition, once nobody else measures, and runs the submission.
func (p *Runner) alone(ctx context.Context, ch *spec.Challenge, reference fs.FS, s Submission, c condition.Condition, o grader.Options) (rec *record.Record, err error) {
	release, err := machinelock.Alone(ctx, func(since time.Duration) {
		if o.Progress != nil {
			o.Progress(grader.Progress{Doing: grader.Waiting, For: since})
		}
	})
	if err != nil {
		return nil, err
	}
	defer release()
	undo, err := c.Make(ctx, o.Python)
	if err != nil {
		return nil, err
	}
	defer func() {
		if failed := undo(); failed != nil {
			rec, err = nil, errors.Join(err, failed)
		}
	}()
	return p.observe(ctx, ch, reference, s, o, c)
}
