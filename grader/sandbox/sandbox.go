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
	"sync/atomic"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sched"
)

// Limits bound a run. Zero means no limit, but for Output and Kept.
type Limits struct {
	Wall time.Duration
	CPU  time.Duration // of the whole tree
	// Patience is how long the run may go on. Where it has no more, each process is
	// asked where its threads stand before it is ended: a Python with its faulthandler
	// on says so on its standard error.
	Patience Patience
	Memory   int64 // resident bytes of the whole tree
	Tasks    int   // threads and processes alive at once
	Output   int64 // bytes on stdout and stderr together; 0 is DefaultOutput
	// Written is how many bytes may be written to disks, and how many the
	// private folders for temporary files hold; 0 is DefaultWritten for those.
	Written int64
	// Files is how many descriptors each process may have open, rounded up to
	// a power of two, at least 256; FileSize is how many bytes a file may have.
	// 0 is DefaultFiles and DefaultFileSize.
	Files    int
	FileSize int64
}

const (
	// DefaultOutput is how much a run may print.
	DefaultOutput = 4 << 20
	// kept is how much of each stream is kept where the command does not say:
	// half from its start, half from its end.
	kept = 16 << 10
	// watchEvery is the time between two looks at the limits.
	watchEvery = 50 * time.Millisecond
	// DefaultFiles is how many descriptors each process of a run may have,
	// DefaultFileSize how long a file may be that it writes, in bytes, and
	// DefaultWritten how much there is room for in private folders.
	DefaultFiles    = 4096
	DefaultFileSize = 1 << 30
	DefaultWritten  = 1 << 30
)

// Box is what a command may use of the machine.
type Box struct {
	Layers *Layers // nil for none: what the command may use is then not enforced
	// Tmp is the folder for temporary files. Where the layers give the command
	// files of its own, it sees an empty one in its place, gone with the run.
	Tmp string
	// Read are files and folders that it may read, beside the system's
	// programs and libraries: an interpreter, say. Those that are not there are
	// left out.
	Read []string
	// Hide are folders that it must not see, even below one that it may read.
	Hide []string

	ports int // that were given to listeners
}

func (b *Box) space() space {
	if b == nil || b.Layers == nil {
		return shared
	}
	return b.Layers.plan.Space
}

// Command is what to run.
type Command struct {
	Args []string // the program's absolute path, then its arguments
	Dir  string   // the working folder
	// Keep are the only folders that last and that the command may write to,
	// none for Dir alone.
	Keep []string
	Env  []string // the whole environment: nothing is inherited
	// Box keeps the command from the rest of the machine. Nil is for programs
	// that are not the learner's and run none of the learner's code.
	Box *Box
	// Input is what the command reads on its standard input, at most 32 KiB.
	Input []byte
	// Listen are listeners of the box to which the command may connect.
	Listen []*Listener
	// Started, if set, is told the command's pid, as this process sees it.
	Started func(pid int)
	Limits  Limits
	// KeepOutput is how many bytes of each stream are kept, 0 for 16 KiB: the start
	// and the end of it. Of a longer one, three quarters as much again are lines
	// of its middle: of those that differ in their numbers only, the first few,
	// and before others those that Telling, if set, says are worth it.
	KeepOutput int
	Telling    func(line []byte) bool
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

var running atomic.Int64

// Running is how many runs are under way, of those that this process started.
func Running() int { return int(running.Load()) }

// Run runs the command to its end, or until the context is done, which ends
// the whole process tree and gives the context's error.
func Run(ctx context.Context, c Command) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	running.Add(1)
	defer running.Add(-1)
	res, err := run(ctx, c)
	for _, l := range c.Listen { // nobody comes any more
		l.Close()
	}
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
		return fmt.Sprintf("limit of %s CPU time reached by %s", l.CPU, processes(u.Processes))
	case l.Memory > 0 && u.Memory > l.Memory:
		return fmt.Sprintf("memory limit of %s reached by %s", bytesize(l.Memory), processes(u.Processes))
	case l.Tasks > 0 && u.Tasks > l.Tasks:
		return fmt.Sprintf("limit of %d threads and processes reached, in %s", l.Tasks, processes(u.Processes))
	case l.Written > 0 && u.Written > l.Written:
		return fmt.Sprintf("limit of %s written to files reached by %s", bytesize(l.Written), processes(u.Processes))
	case u.Files > l.files():
		return fmt.Sprintf("limit of %d open files in one process reached", l.files())
	case output > l.output():
		return fmt.Sprintf("output limit of %s reached", bytesize(l.output()))
	}
	return ""
}

// failedAt names the limit at which a run failed that ended by itself, empty
// for none. The system says no more of these limits than the error that a call
// gives to the program: what it left tells more, or else its own last words.
func (l Limits) failedAt(end *record.Outcome) string {
	says := func(errno string) bool { return strings.Contains(end.Stderr, "OSError: [Errno "+errno+"]") }
	const itself = ", as its own error says"
	switch {
	case end.OK() || end.Limit != "":
		return ""
	case end.Group != nil && end.Group.Killed > 0:
		return fmt.Sprintf("memory limit of %s reached by the whole run", bytesize(l.Memory))
	case end.Group != nil && end.Group.Refused > 0:
		return fmt.Sprintf("limit of %d threads and processes reached", l.Tasks)
	case end.Signal == "SIGXCPU":
		return fmt.Sprintf("limit of %s CPU time reached by 1 process", l.CPU)
	case end.Signal == "SIGXFSZ" || end.Longest >= l.fileSize():
		return fmt.Sprintf("limit of %s for one file reached", bytesize(l.fileSize()))
	case says("27"): // EFBIG
		return fmt.Sprintf("limit of %s for one file reached", bytesize(l.fileSize())) + itself
	case end.MostFiles > l.files():
		return fmt.Sprintf("limit of %d open files in one process reached", l.files())
	case says("24"): // EMFILE
		return fmt.Sprintf("limit of %d open files in one process reached", l.files()) + itself
	}
	return ""
}

// processes counts those that have not ended.
func processes(n int) string {
	if n == 1 {
		return "1 process"
	}
	return fmt.Sprintf("%d processes", n)
}

// pick gives the value, or the default where it is 0.
func pick[T ~int | ~int64](value, otherwise T) T {
	if value == 0 {
		return otherwise
	}
	return value
}

func (l Limits) output() int64 { return pick(l.Output, DefaultOutput) }

// backstop is how many tasks a run may have between two looks at them.
func (l Limits) backstop() int { return 2*l.Tasks + 64 }

func (l Limits) files() int      { return pick(l.Files, DefaultFiles) }
func (l Limits) fileSize() int64 { return pick(l.FileSize, DefaultFileSize) }

func bytesize(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
