package cohort

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/queue"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/sched"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// offer says what this machine offers: itself, this program and some
// interpreters, the first of which is the one for its own jobs.
func offer(ctx context.Context, s observe.Settings, pythons []record.Python) (o queue.Offer, err error) {
	if o.Build, err = Build(s.Version); err != nil {
		return o, err
	}
	layers, err := sandbox.Choose(ctx, s.Sandbox)
	if err != nil {
		return o, err
	}
	o.Layers, o.Host, o.Pythons = layers.Report().Active(), sched.Described(), pythons
	return o, nil
}

// observer observes what a queue asks for: submission and course come out of
// the gradebook. Its methods may be called from any goroutine.
type observer struct {
	settings observe.Settings
	book     *gradebook.Book
	say      func(queue.Task, observe.Progress) // nil for nothing
	took     func(time.Duration)                // without waiting for others; nil for nothing

	mu         sync.Mutex
	scratch    *sandbox.Scratch         // for the references
	challenges map[string]challenge     // by their digests
	cells      map[string][]record.Cell // what `gilcourse measure` gives here, by interpreters
}

// challenge is one out of the gradebook.
type challenge struct {
	*spec.Challenge
	solution fs.FS
}

func (o *observer) close() {
	if o.scratch != nil {
		o.scratch.Close()
	}
}

// handle observes and judges one submission.
func (o *observer) handle(ctx context.Context, t queue.Task) (queue.Outcome, error) {
	out, err := o.observe(ctx, t)
	switch {
	case err == nil:
		return out, nil
	case errors.As(err, new(*gradebook.Failure)):
		return out, err
	case refusal(err):
		return queue.Outcome{Refused: oneLine(err.Error())}, nil
	}
	return queue.Outcome{Failed: err.Error()}, nil
}

func (o *observer) observe(ctx context.Context, t queue.Task) (out queue.Outcome, err error) {
	ch, err := o.challenge(ctx, t.Challenge)
	if err != nil {
		return out, fmt.Errorf("prepare %s: %w", t.ChallengeID, err)
	}
	scratch, err := sandbox.NewScratch(nil)
	if err != nil {
		return out, err
	}
	defer scratch.Close()
	if err := o.book.Restore(ctx, t.Content, scratch.Tmp); err != nil {
		return out, fmt.Errorf("prepare %s: %w", t.ChallengeID, err)
	}
	o.mu.Lock()
	s := o.settings
	o.mu.Unlock()
	s.Python, s.Full, s.StrictClock, s.Sandbox, s.Seed = t.Python, t.Full, t.StrictClock, sandbox.Mode(t.Sandbox), t.Seed
	if o.say != nil {
		s.Progress = func(now observe.Progress) { o.say(t, now) }
	}
	start := time.Now()
	p, err := observe.Prepare(ctx, s, observe.Target{Challenge: ch.Challenge, File: filepath.Join(scratch.Tmp, filepath.FromSlash(t.File)), Solution: ch.solution})
	if err != nil {
		return out, fmt.Errorf("prepare %s: %w", t.ChallengeID, err)
	}
	defer p.Close()
	o.mu.Lock()
	p.Measured(o.cells[t.Python])
	o.mu.Unlock()
	rec, err := p.Observe(ctx)
	if err != nil {
		return out, fmt.Errorf("check %s: %w", t.ChallengeID, err)
	}
	if o.took != nil {
		o.took(time.Since(start) - p.Waited())
	}
	o.learn(t.Python, rec.Measured)
	if t.Try > 1 {
		rec.Header.Tries, rec.Header.Earlier = t.Try, earlier(t.Earlier)
	}
	return outcome(ch.Challenge, t.Key, rec)
}

// earlier gives the machines on which the same was inconclusive before.
func earlier(r gradebook.Record) []record.Earlier {
	records, err := record.Read(bytes.NewReader(r.Data))
	if err != nil {
		return nil // what is measured now counts, whatever was before
	}
	h := records[0].Header
	return append(h.Earlier, record.Earlier{Started: h.Started, Host: records[0].Host, Python: records[0].Python.Version})
}

// outcome judges a record.
func outcome(c *spec.Challenge, key string, rec *record.Record) (out queue.Outcome, err error) {
	r := judge.With(c, rec)
	if out.Verdict, err = pack(c, key, r); err != nil {
		return out, err
	}
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	if err := errors.Join(record.Write(zip, rec), zip.Close()); err != nil {
		return out, err
	}
	out.Record, out.Inconclusive = b.Bytes(), r.Verdict == verdict.Inconclusive
	return out, nil
}

// learn keeps what `gilcourse measure` gives here, so that it is measured once.
func (o *observer) learn(python string, cells []record.Cell) {
	if len(cells) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cells == nil {
		o.cells = map[string][]record.Cell{}
	}
	o.cells[python] = cells
}

// challenge gives the challenge of a digest, with its reference in a folder.
func (o *observer) challenge(ctx context.Context, sum string) (c challenge, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c, known := o.challenges[sum]; known {
		return c, nil
	}
	kept, err := o.book.Challenge(ctx, sum)
	if err != nil {
		return c, err
	}
	if c.Challenge, err = spec.Parse(kept.ID, "challenge.yaml", []byte(kept.Spec)); err != nil {
		return c, err
	}
	if o.scratch == nil {
		if o.scratch, err = sandbox.NewScratch(nil); err != nil {
			return c, err
		}
		o.settings.Hide = append(slices.Clone(o.settings.Hide), o.scratch.Dir)
	}
	folder, err := os.MkdirTemp(o.scratch.Dir, "reference")
	if err != nil {
		return c, err
	}
	if err := o.book.Restore(ctx, kept.Reference, folder); err != nil {
		return c, err
	}
	c.solution = os.DirFS(folder)
	if o.challenges == nil {
		o.challenges = map[string]challenge{}
	}
	o.challenges[sum] = c
	return c, nil
}
