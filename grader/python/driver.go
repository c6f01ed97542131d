package python

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/sched"
)

// Farewell is how long a program may take to end after its last call.
const Farewell = 10 * time.Second

const (
	// slack is how much of the time between an order and its answer a call may
	// leave out at its beginning, and at its end, by the driver's own stamps: as
	// long as a process may wait for a core on a crowded machine. What is done
	// in that time the kernel's accounts hold.
	slack = 250 * time.Millisecond
	// callers is how many connections may be open at once, and speakers how
	// many of them may send a message: the driver has one.
	callers  = 64
	speakers = 4
	// introduction bounds how long a caller may take to show the token.
	introduction = 5 * time.Second
	// largestMessage is how many bytes the driver may send at once: twice what
	// the most numbers take that it sends. What it decodes to takes some times that.
	largestMessage = 5 << 20
	// longestMessage bounds how long it may take to send it.
	longestMessage = time.Minute
	// account is how long the driver may take to say where a call stands that
	// has reached its limit.
	account = 2 * time.Second
	// crowded is how many times longer than its limit a call may last that hardly
	// gets a core.
	crowded = 6
	// toStart is how long it may take until the driver's pid is known.
	toStart = time.Second
	// lookEvery is the time between two looks at how long a call has gone on.
	lookEvery = 50 * time.Millisecond
)

// Argument is passed to a function: one of the workload's callables or
// objects, by its name, or a value.
type Argument struct {
	Callable string `json:"callable,omitempty"`
	Object   string `json:"object,omitempty"` // one of spec.Objects
	Value    any    `json:"value"`
}

// Ready is what the driver says once it has tried to import the module.
type Ready struct {
	PID int  `json:"pid"`
	GIL bool `json:"gil"`
	// TurnNS is the CPU time of one turn of the workload's loop, in ns.
	TurnNS float64 `json:"turn_ns"`
}

// Answer is how a call ended. Its times are on sched's clock, in ns.
type Answer struct {
	Ended  record.CallEnd `json:"ended"`
	Begin  int64          `json:"begin"`
	End    int64          `json:"end"`
	CPU    int64          `json:"cpu_ns"` // of the program itself with its threads, by its own clock
	Type   string         `json:"type"`
	Result []int64        `json:"result"`
	Odd    string         `json:"odd"`
	// Figures are the numbers in what was returned: see record.Call.
	Figures []float64          `json:"figures"`
	Thrown  []record.Exception `json:"thrown"`
	Message string             `json:"says"`
	Place   *record.Place      `json:"place"`
	Text    string             `json:"text"`
	Stands  []record.Place     `json:"stands"`
	Seen    map[string]float64 `json:"seen"`
}

// order is what the grader tells the driver.
type order struct {
	Do        string     `json:"do"` // call, rest or stop
	Order     int        `json:"order"`
	Function  string     `json:"function"`
	Arguments []Argument `json:"arguments"`
	Seconds   float64    `json:"seconds"` // of a rest, or the limit of a call
	Threads   int        `json:"threads"`
	Times     int        `json:"times"`
}

// Work is a call to be made: see spec.Call.
type Work struct {
	Function  string // the grader's own way where it is empty
	Arguments []Argument
	Threads   int
	Times     int
	// Limit is how long the call may compute, and how long it may do nothing at
	// all: see sandbox.Effort.
	Limit time.Duration
}

// message is what the driver tells the grader.
type message struct {
	State string `json:"state"` // ready, unready or done
	Order int    `json:"order"`
	Ready
	Answer
	conn     net.Conn // waits for the next order
	received int64
}

// Session is the conversation with the driver of one run. Its methods are
// called by the script only, one after the other.
type Session struct {
	limit    time.Duration // of the import
	token    string
	arrived  chan message
	ended    chan struct{} // closed when the run has ended
	end      chan string   // ends the run
	started  chan int      // the driver's pid, once
	speaking chan struct{} // a place for each speaker
	open     net.Conn      // waits for the next order, nil for none
	pid      int           // the driver's, 0 while it is not known
	orders   int
	forged   bool
	overtime bool
	late     atomic.Bool // as overtime, where the driver could not say where it stands

	mu     sync.Mutex // guards effort
	effort sandbox.Effort
}

// Drive runs the module in the command's folder below the driver, and calls
// the script beside it, which talks to the driver. Command's Args and End are
// set here. When the script returns the driver is told to stop. The interpreter
// says of its GIL what gil says, the truth where that is nil. The import has the
// limit of a call.
func (p *Interpreter) Drive(ctx context.Context, c sandbox.Command, module string, limit time.Duration, gil *bool, script func(*Session)) (sandbox.Result, error) {
	l, err := c.Box.Listen()
	if err != nil {
		return sandbox.Result{}, fmt.Errorf("listen for the driver: %w", err)
	}
	defer l.Close()
	s := &Session{limit: limit, token: rand.Text(), arrived: make(chan message), ended: make(chan struct{}), end: make(chan string, 1), started: make(chan int, 1), speaking: make(chan struct{}, speakers)}
	orders := map[string]any{"address": l.Addr().String(), "token": s.token, "folder": c.Dir, "module": module, "seconds": (crowded * limit).Seconds()}
	if gil != nil {
		orders["gil"] = *gil
	}
	c.Input, err = json.Marshal(orders)
	if err != nil {
		return sandbox.Result{}, fmt.Errorf("write the driver's orders: %w", err)
	}

	go s.listen(l)
	done := make(chan struct{})
	go func() {
		defer close(done)
		script(s)
		if s.send(order{Do: "stop"}) {
			s.leave()
		}
	}()
	c.Args = []string{p.Path, "-I", filepath.Join(p.dir, "driver.py")}
	c.End = s.end
	c.Listen = append(c.Listen, l)
	c.Started = func(pid int) { s.started <- pid }
	tell := c.Progress
	c.Progress = func(at time.Duration, u sched.Usage) {
		s.mu.Lock()
		s.effort.Add(at, u)
		s.mu.Unlock()
		if tell != nil {
			tell(at, u)
		}
	}
	res, err := sandbox.Run(ctx, c)
	close(s.ended)
	<-done
	if s.open != nil {
		s.open.Close()
	}
	return res, err
}

// listen takes the messages of those who know the token. Others, whoever they
// are on this machine, are left standing, and can neither fill the memory nor
// keep the driver out for long.
func (s *Session) listen(l net.Listener) {
	places := make(chan struct{}, callers)
	for {
		places <- struct{}{}
		conn, err := l.Accept()
		if err != nil {
			return // closed
		}
		go func() {
			defer func() { <-places }()
			if err := s.introduced(conn); err != nil {
				conn.Close()
				return
			}
			s.speaking <- struct{}{}
			defer func() { <-s.speaking }()
			m, err := s.read(conn)
			if err != nil {
				conn.Close()
				return
			}
			select {
			case s.arrived <- m:
			case <-s.ended:
				conn.Close()
			}
		}()
	}
}

// introduced wants the token.
func (s *Session) introduced(conn net.Conn) error {
	conn.SetReadDeadline(time.Now().Add(introduction))
	token := make([]byte, len(s.token)+1)
	if _, err := io.ReadFull(conn, token); err != nil {
		return err
	}
	if string(token) != s.token+"\n" {
		return errors.New("this is not the driver")
	}
	return nil
}

// read reads a message.
func (s *Session) read(conn net.Conn) (message, error) {
	m := message{conn: conn}
	conn.SetReadDeadline(time.Now().Add(longestMessage))
	line, err := bufio.NewReader(io.LimitReader(conn, largestMessage)).ReadBytes('\n')
	m.received = sched.Now()
	if err != nil {
		return m, err
	}
	return m, m.decode(line)
}

// decode reads what the driver, or the learner's code in its place, has sent.
func (m *message) decode(line []byte) error {
	if err := json.Unmarshal(line, m); err != nil {
		return err
	}
	m.Answer.bound()
	return nil
}

// Bounds of what is kept of an answer, in characters: the driver sends less.
const (
	mostSaid   = 8_000
	mostWord   = 1_000
	mostThrown = 500
	mostStands = 100
	mostSeen   = 50
	mostLine   = 1_000_000 // of a source
)

// bound cuts an answer to the size that the driver's own have.
func (a *Answer) bound() {
	a.Ended = record.CallEnd(cut(string(a.Ended), mostWord))
	a.Type, a.Odd, a.Message = cut(a.Type, mostWord), cut(a.Odd, mostWord), cut(a.Message, mostSaid)
	a.Figures = a.Figures[:min(len(a.Figures), record.Kept)]
	a.Thrown = a.Thrown[:min(len(a.Thrown), mostThrown)]
	for i := range a.Thrown {
		a.Thrown[i] = record.Exception{Type: cut(a.Thrown[i].Type, mostWord), Message: cut(a.Thrown[i].Message, mostWord)}
	}
	a.Text = cut(a.Text, mostWord)
	a.Stands = a.Stands[:min(len(a.Stands), mostStands)]
	for i, p := range a.Stands {
		a.Stands[i] = record.Place{File: cut(p.File, mostWord), Line: min(max(0, p.Line), mostLine)}
	}
	if len(a.Seen) > mostSeen {
		a.Seen = nil
	}
	for name, n := range a.Seen {
		if len(name) > mostWord || math.Abs(n) > 1e15 {
			delete(a.Seen, name)
		}
	}
	if a.Place != nil {
		a.Place = &record.Place{File: cut(a.Place.File, mostWord), Line: min(max(0, a.Place.Line), mostLine)}
	}
}

// cut cuts a text to so many characters.
func cut(s string, most int) string {
	n := 0
	for at := range s {
		if n == most {
			return s[:at]
		}
		n++
	}
	return s
}

// told says whether the driver ever says of a call that it ended so.
func told(e record.CallEnd) bool {
	return slices.Contains([]record.CallEnd{record.Returned, record.Raised, record.Exited, record.Undefined, record.Signature, record.Hung}, e)
}

// send answers the driver's last message with an order.
func (s *Session) send(o order) bool {
	if s.open == nil {
		return false
	}
	err := json.NewEncoder(s.open).Encode(o)
	s.open.Close()
	s.open = nil
	return err == nil
}

// await waits for the driver's next message, at most so long; false where
// the run ended first.
func (s *Session) await(limit time.Duration, state ...string) (message, bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		select {
		case m := <-s.arrived:
			known := m.Order == s.orders
			for _, want := range state {
				if known && m.State == want && (want != "done" || told(m.Ended)) && !s.forged && !s.overtime {
					s.open = m.conn
					return m, true
				}
			}
			m.conn.Close()
			if s.overtime {
				continue // it is too late
			}
			s.forged = true
			s.stop("it answered in the driver's place")
		case <-timer.C:
			s.overtime = true
			s.stop(fmt.Sprintf("time limit of %s reached", limit))
		case <-s.ended:
			return message{}, false
		}
	}
}

// leave gives the program some time to end by itself.
func (s *Session) leave() {
	timer := time.NewTimer(Farewell)
	defer timer.Stop()
	select {
	case <-s.ended:
	case <-timer.C:
		s.stop(fmt.Sprintf("it had not ended %s after the last call", Farewell))
	}
}

func (s *Session) stop(why string) {
	select {
	case s.end <- why:
	default: // it is being ended
	}
}

// Ready waits until the module has been imported. It is false, with the
// reason, where that failed.
func (s *Session) Ready() (Ready, Answer, bool) {
	select { // the driver may see itself under another pid
	case s.pid = <-s.started:
	case <-s.ended:
	case <-time.After(toStart): // not told on this system
	}
	var m message
	var ok bool
	limit := s.within(s.limit, func(longest time.Duration) { m, ok = s.await(longest, "ready", "unready") })
	switch {
	case !ok:
		return Ready{}, Answer{Ended: s.ending()}, false
	case m.State == "unready" && m.Ended == record.Hung:
		s.overtime = true
		s.stop(limit)
		<-s.ended
		return m.Ready, m.Answer, false
	case m.State == "unready":
		m.Answer.Ended = record.Unready
		return m.Ready, m.Answer, false
	}
	m.Ready.PID = s.pid
	return m.Ready, m.Answer, true
}

// within does something that should not go on for longer than the limit: see hurry.
// It gives the limit that was reached, if one was.
func (s *Session) within(limit time.Duration, do func(longest time.Duration)) string {
	longest := crowded * limit
	returned, why := make(chan struct{}), make(chan string, 1)
	go func() { why <- s.hurry(limit, returned) }()
	do(longest + account)
	close(returned)
	return cmp.Or(<-why, fmt.Sprintf("time limit of %s reached", longest))
}

// Call has a function called, and waits for the end of the call, at most as
// long as its limit. It is false where the run ended in the call; the answer's
// Ended says how.
func (s *Session) Call(w Work) (Answer, bool) {
	o := order{Do: "call", Function: w.Function, Arguments: append([]Argument{}, w.Arguments...), Seconds: (crowded * w.Limit).Seconds(), Threads: w.Threads, Times: w.Times}
	var a Answer
	var ok bool
	limit := s.within(w.Limit, func(longest time.Duration) { a, ok = s.do(o, longest) })
	if ok && a.Ended == record.Hung { // the driver could still say where it stands
		s.overtime = true
		s.stop(limit)
		<-s.ended
		return a, false
	}
	return a, ok
}

// hurry looks how long a call goes on until it has returned. Once that is too long
// the driver is to say where the call stands, and where it does not the run ends.
// It gives why it was too long, empty where it was not.
func (s *Session) hurry(limit time.Duration, returned <-chan struct{}) string {
	s.mu.Lock()
	s.effort.Rest()
	since := s.effort.Busy
	s.mu.Unlock()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-returned:
			return ""
		case <-s.ended:
			return ""
		case <-tick.C:
		}
		s.mu.Lock()
		why := sandbox.Patience{Busy: limit, Idle: limit}.Spent(s.effort, since)
		s.mu.Unlock()
		if why == "" {
			continue
		}
		sandbox.Alarm(s.pid)
		select {
		case <-returned:
		case <-s.ended:
		case <-time.After(account):
			s.late.Store(true)
			s.stop(why)
		}
		return why
	}
}

// Rest has the driver sleep.
func (s *Session) Rest(d time.Duration) (Answer, bool) {
	return s.do(order{Do: "rest", Seconds: d.Seconds()}, d+time.Minute)
}

func (s *Session) do(o order, limit time.Duration) (Answer, bool) {
	s.orders++
	o.Order = s.orders
	sent := sched.Now()
	if !s.send(o) {
		<-s.ended
		return Answer{Ended: s.ending(), Begin: sent, End: sched.Now()}, false
	}
	m, ok := s.await(limit, "done")
	if ok && m.received < sent { // nobody answers an order that was not given yet
		s.forged = true
		s.stop("it answered in the driver's place")
		<-s.ended
		ok = false
	}
	if !ok {
		return Answer{Ended: s.ending(), Begin: sent, End: sched.Now()}, false
	}
	a := m.Answer
	a.Begin, a.End = stamps(a.Begin, a.End, sent, m.received)
	return a, true
}

// stamps gives a call's begin and end. The driver's own are the nearest, but
// the learner's code runs beside it: what they leave out of the time that was
// seen from here is no more than a busy machine explains.
func stamps(begin, end, sent, received int64) (int64, int64) {
	if begin < sent || begin > sent+slack.Nanoseconds() || begin > received {
		begin = sent
	}
	if end < begin || end > received || end < received-slack.Nanoseconds() {
		end = received
	}
	return begin, end
}

// ending says how a call ended that had no answer.
func (s *Session) ending() record.CallEnd {
	switch {
	case s.forged:
		return record.Forged
	case s.overtime || s.late.Load():
		return record.Hung
	}
	return record.Died
}
