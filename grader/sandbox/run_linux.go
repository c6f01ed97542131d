package sandbox

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sched"
)

// supervisorName is the supervisor's argv[0].
const supervisorName = "gilcourse-supervisor"

// order is what the grader tells the supervisor, first of all.
type order struct {
	Plan    plan
	Args    []string
	Dir     string
	Keep    []string // the folders that may be written to
	Env     []string
	Input   []byte
	Box     bool // the command is in one
	Tmp     string
	Read    []string
	Hide    []string
	Home    string // of the user
	Outside string // the grader's mount namespace
	Ports   []int  // of the listeners to open
	Limits  Limits // backstops for what the grader looks at from time to time
	Watch   bool
	Share   float64
}

// message is one of many from the supervisor: the command's pid as the
// supervisor sees it, what the tree has used so far, again and again, and at
// last the answer.
type message struct {
	Root   int
	Used   *sched.Usage
	Full   string // which private folder has no room left
	Answer *answer
}

// answer is what the supervisor reports once the tree is gone.
type answer struct {
	Result
	Error string // why the command could not be started
	Setup string // which step of the sandbox failed
	Full  string // which private folder had no room left at the end
}

const (
	// endDelay is how long the supervisor may take to end a tree.
	endDelay = 10 * time.Second
	// silence is how long nothing may be heard of the supervisor before the
	// grader looks whether somebody has stopped it.
	silence = time.Second
)

// newOrder makes the order for a command.
func newOrder(c Command) order {
	o := order{Args: c.Args, Dir: c.Dir, Env: c.Env, Input: c.Input, Limits: c.Limits, Watch: c.Watch || c.Box != nil, Share: c.Share}
	o.Limits.Files, o.Limits.FileSize = c.Limits.files(), c.Limits.fileSize()
	if c.Box == nil || c.Box.Layers == nil {
		return o
	}
	o.Box = true
	o.Plan, o.Tmp = c.Box.Layers.plan, c.Box.Tmp
	for _, p := range c.Box.Read {
		o.Read = append(o.Read, absolute(p))
	}
	for _, p := range c.Box.Hide {
		o.Hide = append(o.Hide, absolute(p))
	}
	if o.Keep = c.Keep; len(o.Keep) == 0 {
		o.Keep = []string{c.Dir}
	}
	o.Outside = mountSpace()
	if home, err := os.UserHomeDir(); err == nil {
		o.Home = home
	}
	for _, l := range c.Listen {
		if o.Plan.Space != shared {
			o.Ports = append(o.Ports, l.addr.Port)
		}
	}
	return o
}

// absolute gives a path that means the same to the supervisor, which stands in
// another folder.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// supervisor is the process that runs a command, as the grader sees it.
type supervisor struct {
	*exec.Cmd
	orders         *os.File // closed to have the tree ended
	answers        *os.File
	listeners      int // socket
	printed        atomic.Int64
	stdout, stderr *capture
}

// startSupervisor starts it for a plan, and keeps what the command asks for of
// each stream.
func startSupervisor(p plan, g *group, c Command) (*supervisor, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	orders, ordersOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer orders.Close()
	answersIn, answers, err := os.Pipe()
	if err != nil {
		ordersOut.Close()
		return nil, err
	}
	defer answers.Close()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		ordersOut.Close()
		answersIn.Close()
		return nil, err
	}
	theirs := os.NewFile(uintptr(pair[1]), "listeners")
	defer theirs.Close()
	s := &supervisor{orders: ordersOut, answers: answersIn, listeners: pair[0]}
	s.stdout, s.stderr = newCapture(c, &s.printed), newCapture(c, &s.printed)
	s.Cmd = &exec.Cmd{Path: self, Args: []string{supervisorName}, Env: []string{}, Dir: "/", Stdout: s.stdout, Stderr: s.stderr,
		ExtraFiles: append([]*os.File{orders, answers, theirs}, g.files()...), SysProcAttr: p.attributes(), WaitDelay: endDelay}
	if err := s.Start(); err != nil {
		s.close()
		if p.Space != shared {
			return nil, &setupError{"start in namespaces of its own: " + err.Error()}
		}
		return nil, fmt.Errorf("start the supervisor: %w", err)
	}
	return s, nil
}

func (s *supervisor) close() {
	s.orders.Close()
	s.answers.Close()
	unix.Close(s.listeners)
}

// receive hands the listeners that the supervisor opened to those that wait
// for them.
func (s *supervisor) receive(listen []*Listener) error {
	buf, oob := make([]byte, 1), make([]byte, unix.CmsgSpace(4*len(listen)))
	_, n, _, _, err := unix.Recvmsg(s.listeners, buf, oob, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return err
	}
	messages, err := unix.ParseSocketControlMessage(oob[:n])
	if err != nil || len(messages) == 0 {
		return errors.New("the supervisor passed no listeners")
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != len(listen) {
		return errors.New("the supervisor passed other listeners than it was asked for")
	}
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "listener")
		inner, err := net.FileListener(f)
		f.Close()
		listen[i].set(inner, err)
	}
	return nil
}

func run(ctx context.Context, c Command) (Result, error) {
	o := newOrder(c)
	var g *group
	if o.Plan.Group != "" {
		var err error
		if g, err = newGroup(o.Plan.Group, c.Limits); err != nil {
			return Result{}, &setupError{"make a control group: " + err.Error()}
		}
		defer g.remove()
	}
	s, err := startSupervisor(o.Plan, g, c)
	if err != nil {
		return Result{}, err
	}
	defer s.close()
	now := time.Now()
	r := supervised{Command: c, supervisor: s, group: g, private: o.Plan.Space == private, start: now, heard: now}
	err = gob.NewEncoder(s.orders).Encode(o)
	if err == nil && len(o.Ports) > 0 {
		if rerr := s.receive(c.Listen); rerr != nil {
			s.orders.Close() // the answer says why there are none
		}
	}
	messages := s.messages()
	r.follow(ctx, messages)
	wall := time.Since(r.start)
	go func() {
		for range messages { // somebody may hold the pipe, and write to it
		}
	}()
	waitErr := s.Wait()
	if r.answer == nil && err != nil {
		return Result{}, fmt.Errorf("order the supervisor: %w", err)
	}
	if r.answer == nil { // nobody but the command had a reason to end the supervisor
		r.answer = &answer{Result: Result{Outcome: record.Outcome{Exit: -1, WallUS: wall.Microseconds(),
			Limit: fmt.Sprintf("the run ended the process that supervises it (%v)", waitErr)}}}
	}
	return r.result(wall)
}

// messages gives what the supervisor tells, until it has no more to tell.
func (s *supervisor) messages() <-chan message {
	messages := make(chan message)
	go func() {
		defer close(messages)
		for dec := gob.NewDecoder(s.answers); ; {
			var m message
			if dec.Decode(&m) != nil {
				return
			}
			messages <- m
		}
	}()
	return messages
}

// supervised is a run under way, as the grader sees it.
type supervised struct {
	Command
	supervisor *supervisor
	group      *group
	private    bool // the command's processes are in a namespace of their own
	start      time.Time
	heard      time.Time // when the supervisor told something last
	used       sched.Usage
	effort     Effort
	limit      string           // why the run is being ended, empty for no limit
	patience   <-chan time.Time // until when the supervisor may take to end it; nil while it need not
	answer     *answer          // nil until the run has ended, or where nobody answers
}

// follow looks after the run until it has ended.
func (r *supervised) follow(ctx context.Context, messages <-chan message) {
	done := ctx.Done()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for open := true; open && r.answer == nil; {
		var m message
		select {
		case m, open = <-messages:
			r.hear(m)
		case <-done:
			r.end()
			done = nil
		case <-r.patience: // somebody has stopped it
			r.force()
		case why := <-r.End:
			r.endFor(why)
		case <-tick.C:
			r.look()
		}
	}
}

// end has the supervisor end the tree, which it does when its orders end.
func (r *supervised) end() {
	r.supervisor.orders.Close()
	if r.patience == nil {
		r.patience = time.After(endDelay)
	}
}

// endFor ends the run because of a limit, the first that is reached; of an
// empty one, nothing.
func (r *supervised) endFor(limit string) {
	if r.limit == "" && limit != "" {
		r.limit = limit
		r.end()
	}
}

// force ends the tree and the supervisor, which did not.
func (r *supervised) force() {
	pid := r.supervisor.Process.Pid
	r.group.end()
	for range 50 { // it adopts them as long as it lives
		sweep(sched.Descendants(pid))
		time.Sleep(sweepEvery)
	}
	unix.Kill(pid, unix.SIGKILL)
	r.supervisor.answers.Close() // which somebody may hold open at the other end
}

// hear takes a message of the supervisor's in.
func (r *supervised) hear(m message) {
	r.heard = time.Now()
	if m.Used != nil {
		r.used = *m.Used
		r.effort.Add(time.Since(r.start), r.used)
	}
	r.endFor(m.Full)
	if m.Answer != nil {
		r.answer = m.Answer
	}
	if m.Root != 0 && r.Started != nil {
		r.Started(outside(r.supervisor.Process.Pid, m.Root, r.private))
	}
}

// look compares with the limits what is known of the run, and tells of it.
func (r *supervised) look() {
	wall := time.Since(r.start)
	if r.limit == "" {
		if why := r.Limits.Patience.Spent(r.effort, 0); why != "" {
			r.supervisor.orders.Write([]byte{askFirst})
			r.endFor(why)
		}
		r.endFor(r.Limits.exceeded(wall, r.used, r.supervisor.printed.Load()))
	}
	if pid := r.supervisor.Process.Pid; r.limit == "" && time.Since(r.heard) > silence && stopped(pid) {
		unix.Kill(pid, unix.SIGCONT) // to end the run
		r.endFor("the run stopped the process that supervises it")
	}
	if r.Progress != nil {
		r.Progress(wall, r.used)
	}
}

// result makes the result of an answer, after so long.
func (r *supervised) result(wall time.Duration) (Result, error) {
	switch {
	case r.answer.Setup != "":
		return Result{}, &setupError{r.answer.Setup}
	case r.answer.Error != "":
		return Result{}, errors.New(r.answer.Error)
	}
	res := r.answer.Result
	if r.limit != "" {
		res.Limit = r.limit
	}
	if res.WallUS == 0 {
		res.WallUS = wall.Microseconds()
	}
	res.Stdout, res.Stderr = r.supervisor.stdout.String(), r.supervisor.stderr.String()
	if res.Limit == "" && !res.OK() {
		res.Limit = r.answer.Full
	}
	res.Outcome.PeakKB, res.Outcome.Written, res.MostTasks = res.Observation.PeakKB, res.Observation.Written, res.Most
	res.Outcome.MostFiles, res.SamplerUS = res.Observation.MostFiles, res.Cost.Microseconds()
	res.Group = r.group.account()
	if res.Limit == "" {
		res.Limit = r.Limits.failedAt(&res.Outcome)
	}
	if res.Limit == "" { // what was too quick to be noticed before the end
		total := res.Observation.Total()
		total.CPU = max(total.CPU, time.Duration(res.CPUUS)*time.Microsecond)
		res.Limit = r.Limits.exceeded(0, total, 0)
	}
	return res, nil
}

// stopped says whether a process was stopped, by a signal or a debugger
// (proc_pid_stat(5)).
func stopped(pid int) bool {
	data, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, state, _ := strings.Cut(string(data), ") ")
	return strings.HasPrefix(state, "T") || strings.HasPrefix(state, "t")
}

// outside gives the pid by which this process knows a child of the supervisor,
// which the supervisor knows by another where it has a process namespace of
// its own; 0 for one that has gone.
func outside(supervisor, pid int, private bool) int {
	if !private {
		return pid
	}
	for _, child := range sched.Descendants(supervisor) {
		if sched.InnerPID(child) == pid {
			return child
		}
	}
	return 0
}
