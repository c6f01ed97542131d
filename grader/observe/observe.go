// Package observe watches what a submission does: it finds out what was handed
// in, runs it and the reference in turn under observation, and gives the record.
// Judging the record is package verdict's.
package observe

import (
	"context"
	"io/fs"
	"time"

	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordcache"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Settings say how submissions are observed, whichever they are.
type Settings struct {
	Version string // of this program, for the record
	Python  string // path of the interpreter
	// Full runs scripts as written, at the lesson's size.
	Full bool
	// StrictClock makes a clock that cannot decide inconclusive.
	StrictClock bool
	// Sandbox says how far the learner's code must be isolated, "" for
	// sandbox.Auto.
	Sandbox sandbox.Mode
	// Hide are folders that it must not see, wherever they lie.
	Hide []string
	// Seed is what inputs are drawn from, 0 for one that nobody knows before.
	Seed uint64
	// Progress, if set, is told what is being done, some twenty times a
	// second while something runs.
	Progress func(Progress)
	// Exclusive says that the caller keeps all others from the machine
	// (machinelock.Alone).
	Exclusive bool
}

// Target is what is observed, and what it is compared with.
type Target struct {
	Challenge *spec.Challenge
	File      string // the submission's deliverable
	Solution  fs.FS  // the reference solution's folder; nil to run without one
	// Measured is what `gilcourse measure` gave on this machine; nil to have it
	// measured where the challenge compares with it.
	Measured []record.Cell
}

// Progress is what an observation is doing.
type Progress struct {
	Doing string // such as "running gil_discovery.py, round 1"
	For   time.Duration
	Tasks int // busy or not, of the run
}

// Waiting is what an observation does while others have the machine.
const Waiting = "waiting until another gilcourse has measured"

// Keys gives the keys under which what is observed in this way is kept.
func (s Settings) Keys(ctx context.Context) (*recordcache.Keys, error) {
	return recordcache.NewKeys(ctx, recordcache.How{Version: s.Version, Python: s.Python, Sandbox: s.Sandbox, Full: s.Full, StrictClock: s.StrictClock, Seed: s.Seed})
}

// lock takes the machine's lock in one of its ways, unless the caller holds it.
func (s Settings) lock(ctx context.Context, take func(context.Context, func(time.Duration)) (func(), error)) (release func(), err error) {
	if s.Exclusive {
		return func() {}, nil
	}
	return take(ctx, func(since time.Duration) { s.say(Waiting, since, 0) })
}

func (s Settings) say(doing string, elapsed time.Duration, tasks int) {
	if s.Progress != nil {
		s.Progress(Progress{doing, elapsed, tasks})
	}
}

// Prepared is a submission that has been read and built: what is left to do
// needs the machine for itself. Close it.
type Prepared struct{ ob *observation }

// Prepare reads and builds the submission and the reference. It shares the
// machine with others who prepare; nobody measures meanwhile. What the
// submission did wrong is in the record that Observe gives; an error is ours, an
// Unreadable, or the context's end.
func Prepare(ctx context.Context, s Settings, t Target) (*Prepared, error) {
	ob, err := open(ctx, s, t)
	if err != nil {
		return nil, err
	}
	release, err := s.lock(ctx, machinelock.Share)
	if err == nil {
		err = ob.prepare(ctx)
		release()
	}
	if err != nil {
		ob.close()
		return nil, err
	}
	return &Prepared{ob}, nil
}

// Close removes what was made for it.
func (p *Prepared) Close() error { return p.ob.close() }

// Measured says what `gilcourse measure` gave, where that became known since.
func (p *Prepared) Measured(cells []record.Cell) { p.ob.Measured = cells }

// Observe runs the submission and the reference as the challenge asks, alone
// on the machine, and gives the record. Call it once.
func (p *Prepared) Observe(ctx context.Context) (*record.Record, error) {
	release, err := p.ob.lock(ctx, machinelock.Alone)
	if err != nil {
		return nil, err
	}
	defer release()
	return p.ob.observe(ctx)
}

// Observe prepares the submission, runs it and the reference as the challenge
// asks, and gives the record. What the submission did wrong is in the record;
// an error is ours, an Unreadable, or the context's end.
func Observe(ctx context.Context, s Settings, t Target) (*record.Record, error) {
	p, err := Prepare(ctx, s, t)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	return p.Observe(ctx)
}
