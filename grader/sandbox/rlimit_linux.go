package sandbox

import (
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/sched"
)

// limitSelf sets limits that the supervisor itself can live with, before the
// command inherits them.
func limitSelf(o *order) {
	unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: uint64(o.Limits.FileSize), Max: uint64(o.Limits.FileSize)})
	if o.Limits.CPU > 0 {
		s := uint64(o.Limits.CPU/time.Second) + 5
		unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: s, Max: s + 5})
	}
}

// limitCommand sets the other limits on the command, which has just been
// executed and has not come to the learner's code yet. They are what stands
// between two looks at the whole tree; where they cannot be set, that must do.
func limitCommand(pid int, o *order) {
	lower := func(resource int, most uint64) {
		var old unix.Rlimit
		if unix.Prlimit(pid, resource, nil, &old) == nil && old.Max > most {
			unix.Prlimit(pid, resource, &unix.Rlimit{Cur: min(old.Cur, most), Max: most}, nil)
		}
	}
	// Whoever opens more than Files is seen to do so by the size of the table
	// of descriptors, a power of two.
	lower(unix.RLIMIT_NOFILE, uint64(max(512, 2*o.Limits.Files)))
	lower(unix.RLIMIT_MEMLOCK, 64<<20)
	lower(unix.RLIMIT_MSGQUEUE, 1<<20)
	if o.Limits.Tasks > 0 && o.Box {
		// Counted for each user in each user namespace, which is the run's own
		// where there is one; else with what the user runs besides. Root's are
		// not limited.
		others := 0
		if o.Plan.Space == shared {
			others += sched.ThreadsOf(os.Getuid())
		}
		lower(unix.RLIMIT_NPROC, uint64(o.Limits.backstop()+others))
	}
	if o.Box {
		// Where memory runs out, the run goes first.
		os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte("1000"), 0)
	}
}
