package sandbox

import (
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/sched"
)

const (
	// grace is how long helpers of the command (resource trackers, say) may
	// take to end by themselves after it.
	grace = 250 * time.Millisecond
	// sweepEvery is the time between two rounds of ending what is left.
	sweepEvery = 2 * time.Millisecond
)

// Supervise does the supervisor's work where this process was started as one,
// and says whether it was: main then exits at once.
func Supervise() bool {
	if os.Args[0] != supervisorName {
		return false
	}
	// The command inherits nothing but its three standard streams.
	unix.CloseRange(3, ^uint(0)>>1, unix.CLOSE_RANGE_CLOEXEC)
	orders, answers := os.NewFile(3, "orders"), os.NewFile(4, "answers")
	unix.CloseOnExec(3)
	unix.CloseOnExec(4)

	out := gob.NewEncoder(answers) // one for all messages: it tells the types once
	var o order
	var a answer
	if err := gob.NewDecoder(orders).Decode(&o); err != nil {
		a.Error = fmt.Sprintf("read the orders: %v", err)
	} else {
		a = supervise(o, orders, out)
	}
	out.Encode(message{Answer: &a})
	return true
}

func supervise(o order, orders io.Reader, answers *gob.Encoder) answer {
	fail := func(doing string, err error) answer { return answer{Error: doing + ": " + err.Error()} }
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fail("become a subreaper", err)
	}
	unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: fileSize, Max: fileSize})
	if o.CPU > 0 {
		s := uint64(o.CPU/time.Second) + 5
		unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: s, Max: s + 5})
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return fail("open the null device", err)
	}
	start, started := time.Now(), sched.Now()
	watched := func() sched.Observation { return sched.Observation{} }
	if o.Watch {
		watched = watch(start, o.Share, answers)
	}
	root, err := syscall.ForkExec(o.Args[0], o.Args, &syscall.ProcAttr{
		Dir: o.Dir, Env: o.Env, Files: []uintptr{null.Fd(), 1, 2}, Sys: &syscall.SysProcAttr{Setsid: true}})
	if err != nil {
		return fail("start "+o.Args[0], err)
	}
	// Held streams would keep the grader waiting for their end.
	unix.Dup2(int(null.Fd()), 1)
	unix.Dup2(int(null.Fd()), 2)

	var ending atomic.Bool
	go func() {
		io.Copy(io.Discard, orders) // until the grader closes it, or is gone
		ending.Store(true)
		for {
			end(sched.Descendants(os.Getpid()))
			time.Sleep(sweepEvery)
		}
	}()
	var a answer
	a.Started = started
	rootEnded := false
	for {
		var status unix.WaitStatus
		flags := 0
		if rootEnded {
			flags = unix.WNOHANG
		}
		pid, err := unix.Wait4(-1, &status, flags, nil)
		switch {
		case err == unix.EINTR:
		case err != nil: // ECHILD: nobody is left
			var use unix.Rusage
			unix.Getrusage(unix.RUSAGE_CHILDREN, &use)
			a.CPUUS = (use.Utime.Nano() + use.Stime.Nano()) / 1000
			a.Observation = watched()
			return a
		case pid == root:
			rootEnded = true
			a.WallUS = time.Since(start).Microseconds()
			if a.Exit = status.ExitStatus(); status.Signaled() {
				a.Signal = unix.SignalName(status.Signal())
			}
		case pid == 0:
			if since := time.Since(start).Microseconds() - a.WallUS; since > grace.Microseconds() && !ending.Load() {
				left := sched.Descendants(os.Getpid())
				a.Left = max(a.Left, len(left))
				end(left)
			}
			time.Sleep(sweepEvery)
		}
	}
}

// watch observes the tasks below this process and tells what they use, until
// the function that it gives is called.
func watch(start time.Time, share float64, answers *gob.Encoder) func() sched.Observation {
	watcher := sched.Watch(os.Getpid(), start, share)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for tick := time.NewTicker(watchEvery); ; {
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
				used := watcher.Usage()
				answers.Encode(message{Used: &used})
			}
		}
	}()
	return func() sched.Observation {
		close(stop)
		<-stopped // the answer is the last message
		return watcher.Stop()
	}
}

// end stops all the processes first, so that none can replace another while
// they are killed.
func end(pids []int) {
	for _, pid := range pids {
		unix.Kill(pid, unix.SIGSTOP)
	}
	for _, pid := range pids {
		unix.Kill(pid, unix.SIGKILL)
	}
}
