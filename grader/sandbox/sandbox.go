// Package sandbox runs one command under limits and ends its whole process
// tree. It is the only package that starts processes.
//
// On Linux the command runs below a supervisor, a second copy of this
// program: it adopts what the command's processes leave behind, ends them
// all, and dies with the grader. main and TestMain call Supervise first.
// Elsewhere the command runs in a process group of its own.
//
// What the command did, a crash or a limit it ran into, is an Outcome; an
// error is ours.
package sandbox

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sched"
)

// Limits bound a run. Zero means no limit, but for Output and Kept.
type Limits struct {
	Wall   time.Duration
	CPU    time.Duration // of the whole tree
	Memory int64         // resident bytes of the whole tree
	Tasks  int           // threads and processes alive at once
	Output int64         // bytes on stdout and stderr together; 0 is DefaultOutput
}

const (
	// DefaultOutput is how much a run may print.
	DefaultOutput = 4 << 20
	// kept is how much of each stream is kept where the command does not say:
	// half from its start, half from its end.
	kept = 16 << 10
	// watchEvery is the time between two looks at the limits.
	watchEvery = 50 * time.Millisecond
	// fileSize bounds each file that a run writes, in bytes.
	fileSize = 1 << 30
)

// Command is what to run.
type Command struct {
	Args   []string // the program's absolute path, then its arguments
	Dir    string
	Env    []string // the whole environment: nothing is inherited
	Limits Limits
	// KeepOutput is how many bytes of each stream are kept, 0 for 16 KiB: the start
	// and the end of it.
	KeepOutput int
	// Watch says that the tasks are observed. Share is the most of a core that
	// the observation may take, 0 for sched.Share: where many short-lived tasks
	// are to be seen it takes more.
	Watch bool
	Share float64
	// Progress, if set, is called some twenty times a second during the run.
	Progress func(time.Duration, sched.Usage)
	// End, if set, ends the run when it gives a text, which says why and
	// becomes the outcome's Limit.
	End <-chan string
}

func (c Command) keepOutput() int {
	if c.KeepOutput == 0 {
		return kept
	}
	return c.KeepOutput
}

// Result is a run's end and what was observed of it.
type Result struct {
	record.Outcome
	sched.Observation
	// Started is the instant from which the times of the observation count,
	// on sched's clock.
	Started int64
}

// Run runs the command to its end, or until the context is done, which ends
// the whole process tree and gives the context's error.
func Run(ctx context.Context, c Command) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	res, err := run(ctx, c)
	if ctxErr := ctx.Err(); ctxErr != nil {
		return Result{}, ctxErr
	}
	if err != nil {
		return Result{}, fmt.Errorf("run %s: %w", strings.Join(c.Args, " "), err)
	}
	return res, nil
}

// exceeded names the limit that a run has reached, empty for none.
func (l Limits) exceeded(wall time.Duration, u sched.Usage, output int64) string {
	switch {
	case l.Wall > 0 && wall > l.Wall:
		return fmt.Sprintf("time limit of %s reached", l.Wall)
	case l.CPU > 0 && u.CPU > l.CPU:
		return fmt.Sprintf("limit of %s CPU time reached by %d tasks", l.CPU, u.Tasks)
	case l.Memory > 0 && u.Memory > l.Memory:
		return fmt.Sprintf("memory limit of %s reached by %d tasks", bytesize(l.Memory), u.Tasks)
	case l.Tasks > 0 && u.Tasks > l.Tasks:
		return fmt.Sprintf("limit of %d threads and processes reached", l.Tasks)
	case output > l.output():
		return fmt.Sprintf("output limit of %s reached", bytesize(l.output()))
	}
	return ""
}

func (l Limits) output() int64 {
	if l.Output == 0 {
		return DefaultOutput
	}
	return l.Output
}

func bytesize(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
