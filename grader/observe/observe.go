// Package observe watches what a submission does: it finds out what was handed
// in, runs it and the reference in turn under observation, and gives the record.
// Judging the record is package verdict's.
package observe

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordcache"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/words"
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
	// Turn is the place in the line of those who want the machine; nil for a place of
	// its own, at the end.
	Turn *machinelock.Turn
	// Exclusive says that the caller keeps all others from the machine
	// (machinelock.Turn.Alone).
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
	// Waiting says that others have the machine, and nothing is done.
	Waiting bool
}

// WaitingProgress says what is waited for, how many come first, and about how long
// that takes.
func WaitingProgress(w machinelock.Wait) Progress {
	doing := "waiting for the machine: "
	switch about := w.About.Round(5 * time.Second); {
	case w.Before == 0:
		doing += "others still use it"
	case about < 5*time.Second:
		doing += words.Count(w.Before, "check") + " before this one, not much longer"
	case about < 90*time.Second:
		doing += fmt.Sprintf("%s before this one, about %d s", words.Count(w.Before, "check"), int(about.Seconds()))
	default:
		doing += fmt.Sprintf("%s before this one, about %d min", words.Count(w.Before, "check"), int(w.About.Round(time.Minute).Minutes()))
	}
	return Progress{Doing: doing, For: w.For, Waiting: true}
}

// Keys gives the keys under which what is observed in this way is kept.
func (s Settings) Keys(ctx context.Context) (*recordcache.Keys, error) {
	return recordcache.NewKeys(ctx, recordcache.How{Version: s.Version, Python: s.Python, Sandbox: s.Sandbox, Full: s.Full, StrictClock: s.StrictClock, Seed: s.Seed})
}

// lock takes the machine's lock in one of the ways of the turn, unless the caller
// holds it.
func (s Settings) lock(ctx context.Context, take func(context.Context, func(machinelock.Wait)) (func(), error)) (release func(), err error) {
	if s.Exclusive {
		return func() {}, nil
	}
	return take(ctx, func(w machinelock.Wait) {
		if s.Progress != nil {
			s.Progress(WaitingProgress(w))
		}
	})
}

// locked does something under the lock. What cannot run needs none, and is told at
// once.
func (ob *observation) locked(ctx context.Context, take func(context.Context, func(machinelock.Wait)) (func(), error), do func() error) error {
	if !ob.stays() {
		release, err := ob.lock(ctx, take)
		if err != nil {
			return err
		}
		defer release()
	}
	return do()
}

func (s Settings) say(doing string, elapsed time.Duration, tasks int) {
	if s.Progress != nil {
		s.Progress(Progress{Doing: doing, For: elapsed, Tasks: tasks})
	}
}

// Prepared is a submission that has been read and built: what is left to do
// needs the machine for itself. Close it.
type Prepared struct{ ob *observation }

// Prepare reads and builds the submission and the reference. It shares the
// machine with others who prepare; nobody measures meanwhile. It stands in the line
// anew when it is observed. What the submission did wrong is in the record that Observe
// gives; an error is ours, an Unreadable, or the context's end.
func Prepare(ctx context.Context, s Settings, t Target) (*Prepared, error) {
	p, err := prepare(ctx, s, t)
	if err == nil {
		p.ob.turn.Leave()
	}
	return p, err
}

// prepare is Prepare for what is observed at once.
func prepare(ctx context.Context, s Settings, t Target) (*Prepared, error) {
	ob, err := open(ctx, s, t)
	if err != nil {
		return nil, err
	}
	if err = ob.read(ctx); err == nil {
		err = ob.locked(ctx, ob.turn.Share, func() error { return ob.prepare(ctx) })
	}
	if err != nil {
		ob.close()
		return nil, err
	}
	return &Prepared{ob}, nil
}

// Close removes what was made for it.
func (p *Prepared) Close() error { return p.ob.close() }

// Waited is how long it has waited for others.
func (p *Prepared) Waited() time.Duration { return p.ob.turn.Waited() }

// Measured says what `gilcourse measure` gave, where that became known since.
func (p *Prepared) Measured(cells []record.Cell) { p.ob.Measured = cells }

// Observe runs the submission and the reference as the challenge asks, alone
// on the machine, and gives the record. Call it once.
func (p *Prepared) Observe(ctx context.Context) (rec *record.Record, err error) {
	err = p.ob.locked(ctx, p.ob.turn.Alone, func() error {
		rec, err = p.ob.observe(ctx)
		return err
	})
	return rec, err
}

// Observe prepares the submission, runs it and the reference as the challenge
// asks, and gives the record. What the submission did wrong is in the record;
// an error is ours, an Unreadable, or the context's end.
func Observe(ctx context.Context, s Settings, t Target) (*record.Record, error) {
	p, err := prepare(ctx, s, t)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	return p.Observe(ctx)
}
