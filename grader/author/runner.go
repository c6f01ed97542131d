package author

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gilcourse/gilcourse/grader/author/condition"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordcache"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Runner observes submissions of a course, or takes what was observed of them
// before. It is not safe for concurrent use: only one submission is alone on
// the machine.
type Runner struct {
	Course   course.Course
	Settings observe.Settings
	// Cache keeps what was observed; the zero value keeps nothing.
	Cache recordcache.Folder

	keys     *recordcache.Keys
	measured map[condition.Condition][]record.Cell // what `gilcourse measure` gives
}

// Way is how the machine is while a submission runs. The zero Way is the
// machine as it is.
type Way struct {
	Condition condition.Condition
	// Repeat, from 1 under a condition, tells apart runs under the same one.
	// Where the settings have a seed, each draws from the one after that of the
	// repeat before.
	Repeat int
}

// Observed is what was observed of a submission.
type Observed struct {
	Records []*record.Record // in the order of the tries, at least one
	File    string           // in which they are kept, empty for none
	Kept    bool             // they were there already
	Took    time.Duration    // without waiting for others
}

// mostTries is how often a submission is run until its records will do.
const mostTries = 2

// Observe gives the records that are kept of a submission in this way, where
// they will do; any do where willDo is nil. Else it is run until its records
// will do, at most twice, and they are kept. An error is ours, the context's, or
// that this machine cannot be made so (condition.Unavailable).
func (r *Runner) Observe(ctx context.Context, ch *spec.Challenge, s Submission, way Way, willDo func([]*record.Record) bool) (Observed, error) {
	if willDo == nil {
		willDo = func([]*record.Record) bool { return true }
	}
	turn := machinelock.Queue(ch.ID)
	defer turn.Leave()
	o, err := r.once(ctx, ch, s, way, willDo, func() (records []*record.Record, err error) {
		for range mostTries {
			rec, err := r.run(ctx, ch, s, way, turn)
			if err != nil {
				return nil, err
			}
			if records = append(records, rec); willDo(records) {
				break
			}
		}
		return records, nil
	})
	o.Took -= turn.Waited()
	return o, err
}

// Kept gives the records that are kept of a submission in this way, all tries of
// them; it has no records where none are kept.
func (r *Runner) Kept(ctx context.Context, ch *spec.Challenge, s Submission, way Way) (Observed, error) {
	o, err := r.once(ctx, ch, s, way, func([]*record.Record) bool { return true }, nil)
	return o, err
}

func (r *Runner) once(ctx context.Context, ch *spec.Challenge, s Submission, way Way, willDo func([]*record.Record) bool, run func() ([]*record.Record, error)) (o Observed, err error) {
	begin := time.Now()
	key, err := r.key(ctx, ch, s, way)
	if err != nil {
		return Observed{}, err
	}
	if key != "" {
		o.File = r.Cache.File(key)
	}
	o.Records, o.Kept, err = r.Cache.Once(key, willDo, run)
	o.Took = time.Since(begin)
	return o, err
}

// key is what the records of a submission are kept under, empty where none are.
func (r *Runner) key(ctx context.Context, ch *spec.Challenge, s Submission, way Way) (key string, err error) {
	if r.Cache.Dir == "" {
		return "", nil
	}
	if r.keys == nil {
		if r.keys, err = r.Settings.Keys(ctx); err != nil {
			return "", err
		}
	}
	reference, err := r.Course.Solution(ch.ID)
	if err != nil {
		return "", err
	}
	solution, err := recordcache.Files(reference)
	if err != nil {
		return "", fmt.Errorf("read the reference of %s: %w", ch.ID, err)
	}
	submission, err := recordcache.Files(s.Files)
	if err != nil {
		return "", fmt.Errorf("read %s of %s: %w", s.Name, ch.ID, err)
	}
	if way == (Way{}) {
		return r.keys.Key(ch, solution, submission)
	}
	return r.keys.Key(ch, solution, submission, string(way.Condition), strconv.Itoa(way.Repeat))
}

// run makes the condition, once nobody else measures, and runs the submission.
func (r *Runner) run(ctx context.Context, ch *spec.Challenge, s Submission, way Way, turn *machinelock.Turn) (rec *record.Record, err error) {
	settings := r.Settings
	settings.Turn = turn
	if way.Condition == "" {
		return r.observe(ctx, ch, s, settings, "")
	}
	if settings.Exclusive = true; settings.Seed != 0 {
		settings.Seed += uint64(way.Repeat - 1)
	}
	release, err := turn.Alone(ctx, func(w machinelock.Wait) {
		if settings.Progress != nil {
			settings.Progress(observe.WaitingProgress(w))
		}
	})
	if err != nil {
		return nil, err
	}
	defer release()
	undo, err := way.Condition.Make(ctx, settings.Python)
	if err != nil {
		return nil, err
	}
	defer func() {
		if failed := undo(); failed != nil {
			rec, err = nil, errors.Join(err, failed)
		}
	}()
	return r.observe(ctx, ch, s, settings, way.Condition)
}

// observe unpacks a submission and runs it. What the lesson's strategies give
// under this condition is the same for all.
func (r *Runner) observe(ctx context.Context, ch *spec.Challenge, s Submission, settings observe.Settings, c condition.Condition) (*record.Record, error) {
	reference, err := r.Course.Solution(ch.ID)
	if err != nil {
		return nil, err
	}
	scratch, err := sandbox.NewScratch(nil)
	if err != nil {
		return nil, err
	}
	defer scratch.Close()
	dir := filepath.Join(scratch.Dir, path.Base(s.Name)) // what a message may show
	if err := os.CopyFS(dir, s.Files); err != nil {
		return nil, fmt.Errorf("unpack %s of %s: %w", s.Name, ch.ID, err)
	}
	rec, err := observe.Observe(ctx, settings, observe.Target{Challenge: ch, Solution: reference, File: filepath.Join(dir, ch.Deliverable), Measured: r.measured[c]})
	if err != nil {
		return nil, fmt.Errorf("run %s of %s: %w", s.Name, ch.ID, err)
	}
	if len(rec.Measured) > 0 {
		if r.measured == nil {
			r.measured = map[condition.Condition][]record.Cell{}
		}
		r.measured[c] = rec.Measured
	}
	return rec, nil
}
