package observe

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/build"
	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/server"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// watchShare is the share of a core that the sampler may take: each call
// starts and ends processes, and finding them costs most.
const watchShare = 0.03

// calls observes a module whose functions are called.
type calls struct {
	*observation
	iterationNS float64                                // CPU time of an iteration of the workload's loop; 0 until it is known
	builds      map[record.Whose][]record.Build        // of the C code
	calibrated  map[record.Whose]map[string]nativeSize // by call, of the program's own code
}

// nativeSize is how a program's own code is called: with so many sizes around
// this one.
type nativeSize struct {
	size  int64
	tasks int
}

func newCalls(ob *observation) *calls {
	if ob.rec.Header.Seed = ob.Seed; ob.Seed == 0 {
		ob.rec.Header.Seed = 1 + rand.Uint64N(1<<32-1) // short enough to be typed
	}
	ob.rec.Header.Formula = true
	return &calls{observation: ob, builds: map[record.Whose][]record.Build{},
		calibrated: map[record.Whose]map[string]nativeSize{record.Learner: {}, record.Reference: {}}}
}

// files names C code, and whatever it needs.
func (c *calls) files(folder fs.FS, shared bool) ([]string, error) {
	names, err := folderFiles(folder, shared)
	if shared {
		names = slices.DeleteFunc(names, func(name string) bool { return path.Ext(name) == ".py" })
	}
	return append(names, filepath.Base(c.File)), err // even through a link
}

// prepare builds the C code of both programs in their working copies.
func (c *calls) prepare(ctx context.Context) error {
	for _, p := range []*program{c.reference, c.learner} {
		if p == nil {
			continue
		}
		steps, err := build.C(ctx, build.Options{
			Dir: p.dir, Compiler: build.Compiler(), Python: c.rec.Python, Box: c.box, Env: python.Environment(c.box.Tmp), Libraries: p.survey.Libraries,
			Progress: func(doing string) { c.say(doing, 0, 0) },
		})
		if err != nil {
			return fmt.Errorf("build the C code of %s: %w", p.script, err)
		}
		c.builds[p.whose] = steps
	}
	c.rec.Submission.Builds = c.builds[record.Learner]
	return nil
}

// observe makes the rounds: the first of all calls, further ones of those that the
// open checks rest on.
func (c *calls) observe(ctx context.Context) error {
	rule, needed := plan.Rounds(c.Challenge), plan.All
	var before []string // that failed
	for n := 0; ; n++ {
		whole, err := c.try(ctx, func() (bool, error) { return c.bothRounds(ctx, n, needed) })
		if err != nil || !whole {
			return err
		}
		if n+1 < rule.Min {
			continue
		}
		result := judge.With(c.Challenge, c.rec)
		failed := result.Failed()
		open := plan.Again(rule, n+1, result.Open(c.Challenge, n+1 == rule.Min), failed, before)
		if len(open) == 0 {
			return nil
		}
		before, needed = failed, plan.Needed(c.Challenge, open)
		c.why = strings.Join(open, ", ") + " not clear yet, looking longer: "
	}
}

// bothRounds makes a round of both programs. It is false where some call of the
// learner's did not come back.
func (c *calls) bothRounds(ctx context.Context, n int, needed func(*spec.Call) bool) (whole bool, err error) {
	for _, whose := range plan.RoundOrder(n) {
		p := c.program(whose)
		if p == nil {
			continue
		}
		before := len(c.rec.Runs)
		whole, err := c.round(ctx, p, n, needed)
		if err != nil && whose == record.Reference {
			c.rec.Runs = c.rec.Runs[:before]
			err = c.without(ctx, record.FailedReference, err)
		}
		if err != nil || !whole && whose == record.Learner {
			return false, err
		}
	}
	return true, nil
}

// round makes all calls of a program's round. Where one ends the program, the
// others are made in a further run. It is false where some call did not come
// back.
func (c *calls) round(ctx context.Context, p *program, n int, needed func(*spec.Call) bool) (whole bool, err error) {
	todo := plan.Steps(c.Challenge, p.whose, n, needed)
	whole = true
	for len(todo) > 0 {
		steps := alike(todo)
		made, err := c.session(ctx, p, n, steps)
		if err != nil {
			return false, err
		}
		answered := c.rec.Runs[len(c.rec.Runs)-1].Calls
		if made == 0 && answered[0].Ended != record.Returned {
			return false, nil // it could not even be imported
		}
		cut := made < len(steps) || answered[len(answered)-1].Ended.Cut()
		whole = whole && (!cut || steps[made-1].Aim == record.Edge) // what edges end is told of the results alone
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
func (c *calls) session(ctx context.Context, p *program, round int, steps []plan.Step) (begun int, err error) {
	doing := c.why + fmt.Sprintf("calling the functions of %s, round %d", p.script, round+1)
	if p.whose == record.Reference {
		doing = c.why + fmt.Sprintf("calling the reference's functions, round %d", round+1)
	}
	l, err := c.box.Listen()
	if err != nil {
		return 0, err
	}
	srv := server.Start(l)
	cmd := c.command(p.dir, time.Duration(c.Challenge.Limits.Wall), doing)
	cmd.Listen = append(cmd.Listen, l)
	cmd.Share = watchShare
	cmd.Env = append(cmd.Env, "GILCOURSE_SERVER="+srv.Addr())
	if slices.ContainsFunc(c.builds[p.whose], func(b record.Build) bool { return !b.OK }) {
		cmd.Env = append(cmd.Env, "GILCOURSE_UNBUILT="+p.dir)
	}
	called := caller{calls: c, p: p, round: round, srv: srv}
	var started int64
	run, err := c.add(p, p.dir, func() (sandbox.Result, error) {
		res, err := c.interp.Drive(ctx, cmd, strings.TrimSuffix(p.script, ".py"), importLimit, steps[0].Call.GIL, func(s *python.Session) { called.make(s, steps) })
		started = res.Started
		return res, err
	})
	if err != nil {
		srv.Close(0)
		return 0, err
	}
	run.Look, run.Requests = round+1, srv.Close(started)
	for i := range called.made {
		c.relate(p, &called.made[i], started)
	}
	run.Calls = called.made
	return called.begun, nil
}

// relate gives a call's times from the begin of its run on, and its places with
// their lines; it takes out of its texts what only this observation had.
func (c *calls) relate(p *program, call *record.Call, started int64) {
	call.Begin, call.End = (call.Begin-started)/1000, (call.End-started)/1000
	call.Message, call.Odd = c.hide(p.dir, call.Message), c.hide(p.dir, call.Odd)
	for k := range call.Thrown {
		call.Thrown[k].Message = c.hide(p.dir, call.Thrown[k].Message)
	}
	if call.Place != nil && call.Place.Text == "" {
		call.Place.Text = lineOf(p.dir, call.Place.File, call.Place.Line)
	}
	for k, at := range call.Stands {
		call.Stands[k].Text = lineOf(p.dir, at.File, at.Line)
	}
}
