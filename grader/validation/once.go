package validation

import (
	"context"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Records are what was observed of a submission, in the order of the tries.
type Records struct {
	Records []*record.Record
	Kept    bool // they were there already
	Took    time.Duration
}

// Once gives the records of a submission on the machine as it is: those that
// Validate has kept, all tries of them; else none, or, where run says so, one that
// is made now and kept for Validate, too.
func (p *Runner) Once(ctx context.Context, ch *spec.Challenge, s Submission, run bool) (Records, error) {
	begin := time.Now()
	reference, key, records, err := p.kept(ctx, ch, s)
	if err != nil {
		return Records{}, err
	}
	if len(records) > 0 {
		return Records{records, true, time.Since(begin)}, nil
	}
	if !run {
		return Records{}, nil
	}
	rec, err := p.observe(ctx, ch, reference, s, p.Options, "")
	if err != nil {
		return Records{}, err
	}
	return Records{[]*record.Record{rec}, false, time.Since(begin)}, p.Results.Keep(key, rec)
}
