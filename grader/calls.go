package grader

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sched"
	"github.com/gilcourse/gilcourse/grader/server"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
	"github.com/gilcourse/gilcourse/grader/workload"
)

const (
	// importLimit is the longest that importing a module may take.
	importLimit = 30 * time.Second
	// rest is how long is looked whether anything computes after the calls.
	rest = 400 * time.Millisecond
	// longPilot is how long a pilot call may take before no larger one is tried.
	longPilot = 3 * time.Second
	// watchShare is the share of a core that the sampler may take: each call
	// starts and ends processes, and finding them costs most.
	watchShare = 0.03
)

// native is how a program's own code is called: with so many sizes around
// this one.
type native struct {
	size  int64
	tasks int
}

// calls makes the rounds of a challenge whose functions are called.
func (ob *observation) calls(ctx context.Context) error {
	rule := plan.Rounds(ob.Challenge)
	for round := 0; ; round++ {
		for _, whose := range plan.Turn(round) {
			p := ob.learner
			if whose == record.Reference {
				p = ob.reference
			}
			if p == nil {
				continue
			}
			whole, err := ob.drive(ctx, p, round)
			if err != nil {
				return err
			}
			if !whole && whose == record.Learner {
				return nil // a crash or a hang: more rounds would not change it
			}
		}
		result, err := judge.Judge(ob.rec)
		if err != nil {
			return err
		}
		if rule.Enough(round+1, result.Decided()) {
			return nil
		}
	}
}

// drive makes all calls of a round. Where one ends the program, the others
// are made in a further run. It is false where some call did not come back.
func (ob *observation) drive(ctx context.Context, p *program, round int) (whole bool, err error) {
	todo := plan.Steps(ob.Challenge, p.whose, round)
	whole = true
	for len(todo) > 0 {
		steps := alike(todo)
		made, err := ob.session(ctx, p, round, steps)
		if err != nil {
			return false, err
		}
		calls := ob.rec.Runs[len(ob.rec.Runs)-1].Calls
		if made == 0 && calls[0].Ended != record.Returned {
			return false, nil // it could not even be imported
		}
		whole = whole && made == len(steps) && !calls[len(calls)-1].Ended.Cut()
		ended := todo[made-1].Call
		todo = slices.DeleteFunc(todo[made:], func(s plan.Step) bool { return s.Call == ended })
	}
	return whole, nil
}

// alike gives the first steps that can be made in one run: those for which
// the interpreter says the same of its GIL.
func alike(steps []plan.Step) []plan.Step {
	i := slices.IndexFunc(steps, func(s plan.Step) bool { return !agree(s.Call.GIL, steps[0].Call.GIL) })
	if i < 0 {
		return steps
	}
	return steps[:i]
}

// agree says that the interpreter is made to say the same of its GIL, on or off;
// nil is the truth.
func agree(one, other *bool) bool {
	return one == other || one != nil && other != nil && *one == *other
}

// session makes one run of the driver, which makes calls until all are made
// or one ends the program. It gives the number of steps that were begun.
func (ob *observation) session(ctx context.Context, p *program, round int, steps []plan.Step) (int, error) {
	doing := fmt.Sprintf("calling the functions of %s, round %d", p.script, round+1)
	if p.whose == record.Reference {
		doing = fmt.Sprintf("calling the reference's functions, round %d", round+1)
	}
	cmd := ob.command(p.dir, time.Duration(ob.Challenge.Limits.Wall), doing)
	l, err := ob.box.Listen()
	if err != nil {
		return 0, err
	}
	cmd.Listen = append(cmd.Listen, l)
	srv := server.Start(l)
	cmd.Share = watchShare
	cmd.Env = append(cmd.Env, "GILCOURSE_SERVER="+srv.Addr())
	if slices.ContainsFunc(p.builds, func(b record.Build) bool { return !b.OK }) {
		cmd.Env = append(cmd.Env, "GILCOURSE_UNBUILT="+p.dir)
	}
	c := caller{ob: ob, p: p, round: round, srv: srv}
	throttled := sched.Throttled()
	res, err := ob.interp.Drive(ctx, cmd, strings.TrimSuffix(p.script, ".py"), steps[0].Call.GIL, func(s *python.Session) { c.script(s, steps) })
	if err != nil {
		srv.Close(0)
		return 0, err
	}
	res.ThrottledUS = sched.Throttled() - throttled
	run := ob.ended(p, res)
	run.Requests = srv.Close(res.Started)
	for i := range c.calls {
		call := &c.calls[i]
		call.Begin, call.End = (call.Begin-res.Started)/1000, (call.End-res.Started)/1000
		call.Says, call.Odd = ob.hide(p.dir, call.Says), ob.hide(p.dir, call.Odd)
		for k := range call.Thrown {
			call.Thrown[k].Message = ob.hide(p.dir, call.Thrown[k].Message)
		}
		if call.Place != nil && call.Place.Text == "" {
			call.Place.Text = lineOf(p.dir, call.Place.File, call.Place.Line)
		}
		for k, at := range call.Stands {
			call.Stands[k].Text = lineOf(p.dir, at.File, at.Line)
		}
	}
	run.Calls = c.calls
	return c.begun, nil
}

// caller talks to the driver of one run.
type caller struct {
	ob    *observation
	p     *program
	round int
	srv   *server.Server
	pid   int
	calls []record.Call
	begun int
	bill  sched.Bill    // of the process tree before the call
	cpu   time.Duration // of the program itself in the last call
}

func (c *caller) script(s *python.Session, steps []plan.Step) {
	began := sched.Now()
	ready, a, ok := s.Ready(min(importLimit, time.Duration(c.ob.Challenge.Limits.Wall)))
	imported := record.Call{Aim: record.Import, Begin: began, End: sched.Now(), Ended: record.Returned}
	if !ok {
		imported.Ended, imported.Says, imported.Place, imported.Thrown = a.Ended, a.Says, a.Place, a.Thrown
	}
	c.calls = append(c.calls, imported)
	if !ok {
		return
	}
	c.pid = ready.PID
	if c.p.whose == record.Learner {
		c.ob.gil(ready.GIL)
	}
	if c.ob.turn == 0 {
		c.ob.turn = plan.Turns(ready.TurnNS, c.ob.rec.Python.LoopNS)
	}
	for i, step := range steps {
		c.begun = i + 1
		if step.Call.Native && !c.pilots(s, step) {
			return
		}
		sized, known := c.p.native[step.Call.ID]
		if !known {
			sized = native{plan.FirstPilot, 1}
		}
		if !c.make(s, step, sized) {
			return
		}
	}
	if c.p.whose == record.Learner && c.round == 0 {
		c.bill, _ = sched.Account(c.pid)
		a, _ = s.Rest(rest)
		c.keep(record.Call{Aim: record.Rest}, a)
	}
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
		alive = c.make(s, step, native{size, 1})
		call := c.calls[len(c.calls)-1]
		// CPU time, since on a busy machine a short call waits for longer
		// than it computes; that of child processes, where they compute.
		took = c.cpu
		if call.Bill != nil {
			children := time.Duration(call.Bill.Children) * time.Microsecond
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
	if _, known := c.p.native[step.Call.ID]; known {
		return true
	}
	want := time.Duration(sized.Takes)
	for size := int64(plan.FirstPilot); ; {
		took, returned, alive := pilot(size)
		next, more := plan.NextPilot(size, took, want)
		if !returned || !more || made > plan.MaxCallPilots {
			size, tasks := plan.Native(size, took, want, max(1, sized.Sizes))
			c.p.native[step.Call.ID] = native{size, tasks}
			return alive
		}
		size = next
	}
}

// make makes one call, of the program's own code with sizes like this. It is
// false where the program ended in it.
func (c *caller) make(s *python.Session, step plan.Step, sized native) bool {
	call := record.Call{ID: step.Call.ID, Aim: step.Aim, Values: map[string]float64{}}
	aim := map[record.Aim]uint64{record.Measured: 0, record.Raises: 1, record.Pilot: 2, record.Again: 3}[step.Aim]
	call.Seed = workload.Seed(c.ob.rec.Header.Seed, uint64(c.round), uint64(step.Index), uint64(step.Case), aim)
	arguments, answers := c.draw(step, &call, sized)
	c.srv.Set(answers)
	c.bill, _ = sched.Account(c.pid)
	a, ok := s.Call(python.Work{Function: step.Call.Function, Arguments: arguments, Threads: step.Call.Threads, Times: step.Call.Times, Limit: time.Duration(step.Call.Limit)})
	c.keep(call, a)
	return ok
}

// keep adds a call with its answer.
func (c *caller) keep(call record.Call, a python.Answer) {
	if now, ok := sched.Account(c.pid); ok && a.Ended != record.Died && c.bill.Own > 0 {
		call.Bill = &record.Bill{Own: now.Own - c.bill.Own, Main: now.Main - c.bill.Main, Children: max(0, now.Children-c.bill.Children), Messages: max(0, now.Writes-c.bill.Writes), Alive: now.Alive}
	}
	c.cpu = time.Duration(a.CPU)
	call.Begin, call.End, call.Ended = a.Begin, a.End, a.Ended
	call.Type, call.Text, call.Odd, call.Figures = a.Type, a.Text, a.Odd, a.Figures
	call.Stands, call.Seen = a.Stands, a.Seen
	call.Keep(a.Result)
	call.Thrown, call.Says, call.Place = a.Thrown, a.Says, a.Place
	c.calls = append(c.calls, call)
}

// draw draws the inputs of a call, and how the server answers during it.
func (c *caller) draw(step plan.Step, call *record.Call, sized native) ([]python.Argument, server.Plan) {
	inputs := workload.Call{Seed: call.Seed}
	raises := step.Aim == record.Raises
	answers := server.Plan{Call: inputs, Mean: time.Duration(step.Call.Delay), Refused: -1, Odd: -1}
	turns := func(d spec.Duration) float64 { return max(1, float64(d)/c.ob.turn*plan.Share(step.Aim)) }
	if step.Call.Takes > 0 {
		answers.Turns = int64(turns(step.Call.Takes))
		call.Turns = answers.Turns
	}
	failing := "" // which of the callables fails
	if raises {
		for _, a := range step.Call.Arguments {
			if a.Is == "task" || a.Is == "process" || a.Is == "fetch" && failing == "" {
				failing = a.Is
			}
		}
	}
	var arguments []python.Argument
	for _, a := range step.Call.Arguments {
		switch {
		case a.Is != "" && a.Is == failing && a.Is != "fetch":
			arguments = append(arguments, python.Argument{Callable: "failing_" + a.Is})
		case slices.Contains(spec.Objects, a.Is):
			arguments = append(arguments, python.Argument{Object: a.Is})
		case a.Is != "":
			arguments = append(arguments, python.Argument{Callable: a.Is})
		case a.Takes > 0:
			mean, n := turns(a.Takes), a.Sizes
			if step.Call.Native {
				mean, n = float64(sized.size), sized.tasks
			}
			if a.Sizes == 0 {
				n = 1
			}
			call.Count, call.Mean = n, mean
			sizes := inputs.Sizes(n, mean, failing == "task")
			if a.Sizes == 0 {
				arguments = append(arguments, python.Argument{Value: sizes[0]})
			} else {
				arguments = append(arguments, python.Argument{Value: sizes})
			}
		case a.Items > 0:
			call.Count = a.Items
			items := inputs.Items(a.Items)
			if failing == "process" {
				answers.Odd = items[inputs.Failing(a.Items)]
			}
			arguments = append(arguments, python.Argument{Value: items})
		case a.URLs > 0:
			call.Count = a.URLs
			urls := make([]string, a.URLs)
			for i, item := range inputs.Items(a.URLs) {
				urls[i] = fmt.Sprintf("http://%s/fetch/%d", c.srv.Addr(), item)
			}
			arguments = append(arguments, python.Argument{Value: urls})
		case a.Value != nil:
			call.Values[a.Name] = *a.Value
			arguments = append(arguments, python.Argument{Value: *a.Value})
		default:
			v := step.Call.Cases[step.Case][a.Name]
			if v.Text == "" {
				call.Values[a.Name] = v.Number
				arguments = append(arguments, python.Argument{Value: v.Number})
				break
			}
			if call.Texts == nil {
				call.Texts = map[string]string{}
			}
			call.Texts[a.Name] = v.Text
			arguments = append(arguments, python.Argument{Value: v.Text})
		}
	}
	if count, ok := call.Values["count"]; ok && failing == "fetch" {
		answers.Refused = int64(inputs.Failing(int(count)))
	}
	return arguments, answers
}
