package sandbox

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
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
	// askFirst is what the grader sends before the orders end, to have the
	// processes asked where they stand. askTime is how long each may take to say
	// so, and mostAsked how many are asked, the first ones.
	askFirst  = 'a'
	askTime   = 200 * time.Millisecond
	mostAsked = 8
)

// The supervisor's descriptors.
const (
	ordersFD = 3 + iota
	answersFD
	listenersFD // a socket on which listeners are passed
	groupFD     // where processes are put into the run's control group, if there is one
	killFD      // and where all that is in it is ended
)

// Supervise does the supervisor's work where this process was started as one,
// and says whether it was: main then exits at once.
func Supervise() bool {
	if os.Args[0] != supervisorName {
		return false
	}
	// The command inherits nothing but its three standard streams.
	unix.CloseRange(3, ^uint(0)>>1, unix.CLOSE_RANGE_CLOEXEC)
	for _, fd := range []int{ordersFD, answersFD, listenersFD, groupFD, killFD} { // kernels without close_range
		unix.CloseOnExec(fd)
	}
	orders, answers := os.NewFile(ordersFD, "orders"), os.NewFile(answersFD, "answers")
	out := gob.NewEncoder(answers) // one for all messages: it tells the types once
	var o order
	var a answer
	if err := gob.NewDecoder(orders).Decode(&o); err != nil {
		a.Error = fmt.Sprintf("read the orders: %v", err)
	} else {
		a = supervise(&o, orders, out)
	}
	out.Encode(message{Answer: &a})
	return true
}

// settle puts the supervisor into the place that the plan gives it, and
// prepares the rules for the command.
func settle(o *order) (*ruleset, error) {
	v := newView(o)
	if o.Plan.Space != shared {
		if here := mountSpace(); here == "" || here == o.Outside {
			return nil, errors.New("it has no mount namespace of its own")
		}
		if err := raiseLoopback(); err != nil {
			return nil, step("switch the loopback interface on", err)
		}
		if err := openListeners(o.Ports, listenersFD); err != nil {
			return nil, step("open the listeners", err)
		}
		if err := furnish(o, v); err != nil {
			return nil, err
		}
	}
	unix.Close(listenersFD)
	if o.Plan.NoPrivs {
		// Nothing that the command does may reach the supervisor: its memory
		// and descriptors, where it is the same user's, or its life.
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
		// Signals are received and forgotten. Were they ignored, the command
		// would inherit that.
		signal.Notify(make(chan os.Signal, 1))
	}
	if o.Plan.Landlock == 0 {
		return nil, nil
	}
	return newRuleset(o, v)
}

// supervise runs the command of an order, and ends its tree.
func supervise(o *order, orders io.Reader, answers *gob.Encoder) answer {
	fail := func(doing string, err error) answer { return answer{Error: doing + ": " + err.Error()} }
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fail("become a subreaper", err)
	}
	rules, err := settle(o)
	if err != nil {
		return answer{Setup: err.Error()}
	}
	limitSelf(o)
	input, err := standardInput(o.Input)
	if err != nil {
		return fail("make the standard input", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return fail("open the null device", err)
	}
	start, started := time.Now(), sched.Now()
	watched := func() sched.Observation { return sched.Observation{} }
	if o.Watch {
		watched = watch(start, o, answers)
	}
	l, root, err := launch(o, rules, []uintptr{input.Fd(), 1, 2})
	if err != nil {
		watched()
		if cannot := (*startError)(nil); errors.As(err, &cannot) {
			return fail("start "+o.Args[0], err)
		}
		return answer{Setup: err.Error()}
	}
	limitCommand(root, o)
	if o.Plan.Group != "" {
		if err := place(root); err != nil {
			l.end()
			return answer{Setup: err.Error()}
		}
	}
	input.Close()
	answers.Encode(message{Root: root})
	// Held streams would keep the grader waiting for their end.
	unix.Dup2(int(null.Fd()), 1)
	unix.Dup2(int(null.Fd()), 2)
	a := reap(o, orders, l, root, start)
	a.Started, a.Observation = started, watched()
	return a
}

// reap waits until the command has ended and all that it left, which is ended
// after a grace; all is ended at once when the orders end.
func reap(o *order, orders io.Reader, l *launcher, root int, start time.Time) (a answer) {
	var ending atomic.Bool
	go func() {
		last, _ := io.ReadAll(orders) // until the grader closes it, or is gone
		ending.Store(true)
		if len(last) > 0 && last[0] == askFirst {
			ask(sched.Descendants(os.Getpid()))
		}
		for {
			l.end()
			time.Sleep(sweepEvery)
		}
	}()
	for flags := 0; ; {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, flags, nil)
		switch {
		case err == unix.EINTR:
		case err != nil: // ECHILD: nobody is left
			var use unix.Rusage
			unix.Getrusage(unix.RUSAGE_CHILDREN, &use)
			a.CPUUS = (use.Utime.Nano() + use.Stime.Nano()) / 1000
			return a
		case pid == root:
			flags = unix.WNOHANG
			a.Full = full(o)
			a.WallUS = time.Since(start).Microseconds()
			if a.Exit = status.ExitStatus(); status.Signaled() {
				a.Signal = unix.SignalName(status.Signal())
			}
			if a.Exit != 0 {
				a.Longest = longest(o)
			}
		case pid == 0:
			if since := time.Since(start).Microseconds() - a.WallUS; since > grace.Microseconds() && !ending.Load() {
				a.Left = max(a.Left, len(sched.Descendants(os.Getpid())))
				l.end()
			}
			time.Sleep(sweepEvery)
		}
	}
}

// ask has processes say where their threads stand, one after the other, so that
// what they say does not get mixed: Python's faulthandler does that when a process
// is to abort.
func ask(pids []int) {
	for _, pid := range pids[:min(len(pids), mostAsked)] {
		unix.Kill(pid, unix.SIGABRT)
		for end := time.Now().Add(askTime); unix.Kill(pid, 0) == nil && !ended(pid) && time.Now().Before(end); {
			time.Sleep(sweepEvery)
		}
	}
}

// ended reports whether a process has ended and waits for its parent.
func ended(pid int) bool {
	data, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return strings.Contains(string(data), ") Z ")
}

// mostSought bounds how many files are looked at for the longest one.
const mostSought = 20_000

// longest is the length of the longest file in the folders that the command
// may write to.
func longest(o *order) (most int64) {
	dirs := append([]string{o.Tmp}, o.Keep...)
	if o.Plan.Space != shared {
		dirs = append(dirs, "/tmp", "/dev/shm")
	}
	sought := 0
	for _, dir := range dirs {
		filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
			if sought++; sought > mostSought {
				return fs.SkipAll
			}
			if err == nil && d.Type().IsRegular() {
				if info, err := d.Info(); err == nil {
					most = max(most, info.Size())
				}
			}
			return nil
		})
	}
	return most
}

// standardInput gives the end of a pipe that holds the bytes, or the null
// device where there are none.
func standardInput(data []byte) (*os.File, error) {
	if len(data) == 0 {
		return os.OpenFile(os.DevNull, os.O_RDONLY, 0)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	_, err = w.Write(data) // a pipe holds 64 KiB
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	return r, err
}

// watch observes the tasks below this process and tells what they use, until
// the function that it gives is called.
func watch(start time.Time, o *order, answers *gob.Encoder) func() sched.Observation {
	watcher := sched.Watch(os.Getpid(), start, o.Share)
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
				answers.Encode(message{Used: &used, Full: full(o)})
			}
		}
	}()
	return func() sched.Observation {
		close(stop)
		<-stopped // the answer is the last message
		return watcher.Stop()
	}
}
