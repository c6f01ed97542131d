package observe

import (
	"time"

	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sched"
	"github.com/gilcourse/gilcourse/grader/server"
	"github.com/gilcourse/gilcourse/grader/workload"
)

const (
	// importLimit is how long the import of a module may compute, and how long it
	// may do nothing at all.
	importLimit = 10 * time.Second
	// rest is how long is looked whether anything computes after the calls.
	rest = 400 * time.Millisecond
	// longPilot is how long a pilot call may take before no larger one is tried.
	longPilot = 3 * time.Second
)

// caller talks to the driver of one run.
type caller struct {
	*calls
	p     *program
	round int
	srv   *server.Server
	pid   int
	made  []record.Call
	begun int            // steps
	bill  sched.Accounts // of the process tree before the call
	cpu   time.Duration  // of the program itself in the last call
}

// make makes the calls of the steps, until one ends the program.
func (c *caller) make(s *python.Session, steps []plan.Step) {
	if !c.importModule(s) {
		return
	}
	for i, step := range steps {
		c.begun = i + 1
		if step.Call.Native && !c.pilots(s, step) {
			return
		}
		sized, known := c.calibrated[c.p.whose][step.Call.ID]
		if !known {
			sized = nativeSize{plan.FirstPilot, 1}
		}
		if !c.call(s, step, sized) {
			return
		}
	}
	if c.p.whose == record.Learner && c.round == 0 {
		c.bill, _ = sched.Account(c.pid)
		a, _ := s.Rest(rest)
		c.keep(record.Call{Aim: record.Rest}, a)
	}
}

// importModule waits until the module is imported. It is false where it cannot
// be.
func (c *caller) importModule(s *python.Session) bool {
	began := sched.Now()
	ready, a, ok := s.Ready()
	imported := record.Call{Aim: record.Import, Begin: began, End: sched.Now(), Ended: record.Returned}
	if !ok {
		imported.Ended, imported.Message, imported.Place, imported.Thrown, imported.Stands = a.Ended, a.Message, a.Place, a.Thrown, a.Stands
	}
	c.made = append(c.made, imported)
	if !ok {
		return false
	}
	c.pid = ready.PID
	if c.p.whose == record.Learner {
		c.gil(ready.GIL)
	}
	if c.iterationNS == 0 {
		c.iterationNS = plan.IterationNS(ready.TurnNS, c.rec.Python.LoopNS)
	}
	return true
}

// pilots calls the program's own code once, so that what it compiles or loads
// at first is done, and then finds the size for which it takes as long as the
// spec wants. It is false where the program ended.
func (c *caller) pilots(s *python.Session, step plan.Step) bool {
	sized := step.Call.Sized()
	if sized == nil {
		return true
	}
	made := 0
	var starting time.Duration // what child processes take for hardly any work, and some ticks of the account
	pilot := func(size int64) (took time.Duration, returned, alive bool) {
		step.Aim, step.Case = record.Pilot, made
		made++
		alive = c.call(s, step, nativeSize{size, 1})
		call := c.made[len(c.made)-1]
		// CPU time, since on a busy machine a short call waits for longer
		// than it computes; that of child processes, where they compute.
		took = c.cpu
		if call.Usage != nil {
			children := time.Duration(call.Usage.Children) * time.Microsecond
			if made == 1 {
				starting = children + 4*record.Tick*time.Microsecond
			}
			took = max(took, children-starting)
		}
		if wall := time.Duration(call.End - call.Begin); wall > longPilot {
			took = max(took, wall)
		}
		return took, call.Ended == record.Returned, alive
	}
	if _, returned, alive := pilot(plan.FirstPilot); !returned {
		return alive
	}
	calibrated := c.calibrated[c.p.whose]
	if _, known := calibrated[step.Call.ID]; known {
		return true
	}
	want := time.Duration(sized.Takes)
	for size := int64(plan.FirstPilot); ; {
		took, returned, alive := pilot(size)
		next, more := plan.NextPilot(size, took, want)
		if !returned || !more || made > plan.MaxCallPilots {
			size, tasks := plan.Native(size, took, want, max(1, sized.Sizes))
			calibrated[step.Call.ID] = nativeSize{size, tasks}
			return alive
		}
		size = next
	}
}

// call makes one call, of the program's own code with sizes like this. It is
// false where the program ended in it.
func (c *caller) call(s *python.Session, step plan.Step, sized nativeSize) bool {
	call := record.Call{ID: step.Call.ID, Aim: step.Aim, Values: map[string]float64{}}
	aim := map[record.Aim]uint64{record.Measured: 0, record.Raises: 1, record.Pilot: 2, record.Again: 3, record.Edge: 4}[step.Aim]
	call.Seed = workload.Seed(c.rec.Header.Seed, uint64(c.round), uint64(step.Index), uint64(step.Case), aim)
	arguments, answers := draw(step, &call, sized, c.iterationNS, c.srv.Addr())
	c.srv.Set(answers)
	c.bill, _ = sched.Account(c.pid)
	a, ok := s.Call(python.Work{Function: step.Call.Function, Arguments: arguments, Threads: step.Call.Threads, Times: step.Call.Times, Limit: time.Duration(step.Call.Limit)})
	c.keep(call, a)
	return ok
}

// keep adds a call with its answer.
func (c *caller) keep(call record.Call, a python.Answer) {
	if now, ok := sched.Account(c.pid); ok && a.Ended != record.Died && c.bill.Own > 0 {
		written := max(0, now.Bytes-c.bill.Bytes)
		call.Usage = &record.Usage{Bytes: &written, Own: now.Own - c.bill.Own, Main: now.Main - c.bill.Main, Children: max(0, now.Children-c.bill.Children), Messages: max(0, now.Writes-c.bill.Writes), Alive: now.Alive}
	}
	c.cpu = time.Duration(a.CPU)
	call.Begin, call.End, call.Ended = a.Begin, a.End, a.Ended
	call.Type, call.Text, call.Odd, call.Figures = a.Type, a.Text, a.Odd, a.Figures
	call.Stands, call.Seen = a.Stands, a.Seen
	call.Keep(a.Result)
	call.Thrown, call.Message, call.Place = a.Thrown, a.Message, a.Place
	c.made = append(c.made, call)
}
