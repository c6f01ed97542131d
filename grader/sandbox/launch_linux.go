package sandbox

import (
	"errors"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/sched"
)

// launcher is the thread that starts the command. It gives up what the command
// must not have, since a child inherits that from the thread that makes it, and
// the other threads of the supervisor keep it. It lives on, as one of the
// command's own kind, to end what it has started.
type launcher struct {
	orders chan func()
	alone  bool // it is PID 1: nobody else is in its process namespace
	scoped bool // its signals reach nobody but what it has started
	group  bool // what it has started is in a control group
}

// launch starts the command on a thread of its own and gives its pid.
func launch(o *order, rules *ruleset, files []uintptr) (*launcher, int, error) {
	l := &launcher{orders: make(chan func()), alone: o.Plan.Space == private && os.Getpid() == 1, group: o.Plan.Group != ""}
	done := make(chan started)
	go l.work(o, rules, files, done)
	s := <-done
	return l, s.pid, s.err
}

// started is what came of starting the command.
type started struct {
	pid int
	err error
}

// work is the launcher's thread.
func (l *launcher) work(o *order, rules *ruleset, files []uintptr, done chan<- started) {
	runtime.LockOSThread() // for ever: no other goroutine may run on it
	if unix.Gettid() == unix.Getpid() {
		// The main thread stands for the process where signals are sent to it,
		// so it must not be of the command's kind: another one does the work.
		moved := make(chan started)
		go l.work(o, rules, files, moved)
		done <- <-moved
		runtime.UnlockOSThread()
		return
	}
	err := l.restrict(o, rules)
	pid := 0
	if err == nil {
		attr := &syscall.SysProcAttr{Setsid: true}
		if o.Plan.UID != 0 {
			attr.Credential = &syscall.Credential{Uid: uint32(o.Plan.UID), Gid: uint32(o.Plan.UID)}
		}
		pid, err = syscall.ForkExec(o.Args[0], o.Args, &syscall.ProcAttr{Dir: o.Dir, Env: o.Env, Files: files, Sys: attr})
		if err != nil {
			err = &startError{err}
		}
	}
	done <- started{pid, err}
	for do := range l.orders {
		do()
	}
}

// startError is a command that could not be started, in a sandbox that works.
type startError struct{ error }

func (e *startError) Unwrap() error { return e.error }

// restrict gives up, on this thread, what the command must not have.
func (l *launcher) restrict(o *order, rules *ruleset) error {
	if !o.Plan.NoPrivs {
		return nil
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return step("set no_new_privs", err)
	}
	if rules != nil {
		if err := rules.enforce(); err != nil {
			return err
		}
		l.scoped = o.Plan.Landlock >= landlockScopes
	}
	// Where the command runs as another user, root's capabilities end as the
	// user changes.
	if err := dropPrivileges(o.Plan.UID == 0); err != nil {
		return step("drop capabilities", err)
	}
	if o.Plan.Seccomp {
		return filterCalls()
	}
	return nil
}

// dropPrivileges takes the capabilities out of this thread's bounding set,
// and, where they are not needed any more, out of its other sets.
func dropPrivileges(all bool) error {
	for c := uintptr(0); c <= 63; c++ {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if errors.Is(err, unix.EINVAL) {
			break // the last one is behind us
		}
		if errors.Is(err, unix.EPERM) {
			break // it has none to begin with
		}
	}
	if !all {
		return nil
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil && !errors.Is(err, unix.EINVAL) {
		return err
	}
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return unix.Capset(&head, &none[0])
}

// end ends everything that the command has started. Some of it may be about to
// start more: it is called again until nothing is left.
func (l *launcher) end() {
	if l.group {
		unix.Write(killFD, []byte("1"))
	}
	if !l.alone && !l.scoped {
		sweep(sched.Descendants(os.Getpid()))
		return
	}
	done := make(chan struct{})
	l.orders <- func() {
		defer close(done)
		// A signal to -1 goes to all that this thread may reach. Before it is
		// sent, it is made sure that this is the run and nothing else.
		switch {
		case l.alone && os.Getpid() == 1:
			unix.Kill(-1, unix.SIGKILL)
		case l.scoped && errors.Is(unix.Kill(os.Getppid(), 0), unix.EPERM) && errors.Is(unix.Kill(1, 0), unix.EPERM):
			unix.Kill(-1, unix.SIGKILL)
		default:
			sweep(sched.Descendants(os.Getpid()))
		}
	}
	<-done
}

// sweep stops processes first, so that none can replace another while they
// are killed.
func sweep(pids []int) {
	for _, pid := range pids {
		unix.Kill(pid, unix.SIGSTOP)
	}
	for _, pid := range pids {
		unix.Kill(pid, unix.SIGKILL)
	}
}
