// Package condition makes, on this machine, the conditions under which a
// grader has to be right: other programs that compute beside it, a single core,
// a quota of the cores' time.
package condition

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spelling"
)

// Condition is one that a machine may be in.
type Condition string

// The conditions.
const (
	// Idle leaves the machine as it is: nothing is added.
	Idle Condition = "idle"
	// Busy has a loop that computes beside for each core, with the same
	// priority, each in a session of its own, as other programs are (sched(7),
	// "The autogroup feature").
	Busy Condition = "busy"
	// Crowded has eight such loops for each core: a classroom's server in the last
	// hour before the deadline.
	Crowded Condition = "crowded"
	// OneCore lets this process, and what it starts, run on one core only, as
	// `taskset` does.
	OneCore Condition = "one-core"
	// Quota puts this process, and what it starts, into a control group with a
	// quota of one core, or of half the cores where there are fewer than two.
	Quota Condition = "quota"
)

// All are the conditions there are.
var All = []Condition{Idle, Busy, Crowded, OneCore, Quota}

// crowd is the number of loops for each core under Crowded.
const crowd = 8

// Parse reads a list of conditions, separated by commas: each once, in the
// order in which they are named.
func Parse(list string) ([]Condition, error) {
	var named []Condition
	for name := range strings.SplitSeq(list, ",") {
		c := Condition(strings.TrimSpace(name))
		if !slices.Contains(All, c) {
			var known []string
			for _, k := range All {
				known = append(known, string(k))
			}
			return nil, fmt.Errorf("there is no condition %q; %s", string(c), spelling.Suggest(string(c), known))
		}
		if !slices.Contains(named, c) {
			named = append(named, c)
		}
	}
	return named, nil
}

// Unavailable is a condition that cannot be made on this machine.
type Unavailable struct {
	Condition Condition
	Reason    string
}

func (e *Unavailable) Error() string {
	return fmt.Sprintf("this machine cannot make the condition %s: %s", e.Condition, e.Reason)
}

// Make makes the condition, for this process as a whole and what it starts from
// now on, until undo is called; python is the interpreter that computes beside
// where something has to. Only one condition can be made at a time. An error is
// *Unavailable where the machine does not allow it, the context's, or that of
// starting a loop; then nothing is left of it. The error of undo says that the
// condition did not last until then, or that something of it is left.
//
// Where this process is killed, the loops end with it, and an empty control
// group stays until the next Make or Try.
func (c Condition) Make(ctx context.Context, python string) (undo func() error, err error) {
	switch c {
	case Busy:
		return c.beside(ctx, python, runtime.NumCPU())
	case Crowded:
		return c.beside(ctx, python, crowd*runtime.NumCPU())
	case OneCore:
		return oneCore()
	case Quota:
		return quota(math.Min(1, float64(runtime.NumCPU())/2))
	}
	return func() error { return nil }, nil
}

// Try makes the condition for a moment, to see whether it is to be had: nil, or
// an error as that of Make.
func (c Condition) Try(ctx context.Context, python string) error {
	undo, err := c.Make(ctx, python)
	if err != nil {
		return err
	}
	return undo()
}

// startLimit is how long the loops may take to start: sixteen took 12 s on two cores.
const startLimit = time.Minute

// loop computes for three hours at most, longer than any measurement takes.
const loop = "import time\nend = time.monotonic() + 3 * 3600\nwhile time.monotonic() < end: pass"

// beside starts so many loops. The sandbox ends them with this process, however
// that ends.
func (c Condition) beside(ctx context.Context, python string, loops int) (func() error, error) {
	beside, cancel := context.WithCancel(ctx)
	started, ended := make(chan int, loops), make(chan error, loops)
	for range loops {
		go func() {
			_, err := sandbox.Run(beside, sandbox.Command{Args: []string{python, "-I", "-S", "-c", loop}, Dir: os.TempDir(),
				Started: func(pid int) { started <- pid }})
			ended <- err
		}()
	}
	alive := loops
	undo := func() error {
		early := len(ended) // before they were asked to
		cancel()
		var failed error
		for range alive {
			if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
				failed = errors.Join(failed, err)
			}
		}
		if failed == nil && early > 0 && ctx.Err() == nil {
			failed = errors.New("it ended by itself, or was ended")
		}
		if failed != nil {
			return fmt.Errorf("compute beside, as the condition %s asks: %w", c, failed)
		}
		return nil
	}
	patience := time.After(startLimit)
	for range loops {
		select {
		case <-started:
		case <-patience:
			return nil, errors.Join(fmt.Errorf("no loop that computes beside has started within %s", startLimit), undo())
		case err := <-ended:
			alive--
			if err == nil {
				err = fmt.Errorf("%s ended at once", python)
			}
			return nil, errors.Join(fmt.Errorf("compute beside, as the condition %s asks: %w", c, err), undo())
		}
	}
	return undo, nil
}
