package observe

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/sched"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
	"github.com/gilcourse/gilcourse/grader/workload"
)

// A kind observes submissions to challenges of one kind. Its methods are called
// in this order, each once.
type kind interface {
	// files names what is copied of the submission's folder beside the script and
	// what it imports. A shared folder, such as that for temporary files, holds
	// more than the submission.
	files(folder fs.FS, shared bool) ([]string, error)
	// prepare does with the copies what needs no quiet machine.
	prepare(context.Context) error
	// observe runs the submission and the reference, alone on the machine.
	observe(context.Context) error
}

// kinds are the kinds of challenges.
var kinds = map[spec.Kind]func(*observation) kind{
	spec.KindScript:   func(ob *observation) kind { return &script{observation: ob} },
	spec.KindCalls:    func(ob *observation) kind { return newCalls(ob) },
	spec.KindAnalyzer: func(ob *observation) kind { return &analyzer{ob} },
}

// observation is one under way. It takes no lock: that is its caller's.
type observation struct {
	Settings
	Target
	kind      kind
	turn      *machinelock.Turn
	scratch   *sandbox.Scratch
	box       *sandbox.Box
	interp    *python.Interpreter
	rec       *record.Record
	before    *verdict.Result // of the look before, nil for none
	why       string          // it goes on after that, for the progress
	learner   *program
	reference *program // nil for none
}

// program is one of the two that are run.
type program struct {
	whose  record.Whose
	script string
	dir    string // the files as written
	survey python.Survey
}

// open begins an observation. Close it.
func open(ctx context.Context, s Settings, t Target) (*observation, error) {
	begin := kinds[t.Challenge.Kind()]
	if begin == nil {
		return nil, fmt.Errorf("observe %s: its kind %q is unknown; a challenge comes from spec.Parse", t.Challenge.ID, t.Challenge.Kind())
	}
	layers, err := sandbox.Choose(ctx, s.Sandbox)
	if err != nil {
		return nil, err
	}
	scratch, err := sandbox.NewScratch(layers)
	if err != nil {
		return nil, err
	}
	turn := s.Turn
	if turn == nil {
		turn = machinelock.Queue(t.Challenge.ID)
	}
	ob := &observation{Settings: s, Target: t, turn: turn, scratch: scratch, box: &sandbox.Box{Layers: layers, Tmp: scratch.Tmp, Hide: s.Hide}}
	ob.rec = &record.Record{Header: record.Header{Version: record.Version, Gilcourse: s.Version, Challenge: t.Challenge.ID, Spec: t.Challenge.Text(),
		Full: s.Full, StrictClock: s.StrictClock, Sandbox: layers.Report()}}
	ob.kind = begin(ob)
	return ob, nil
}

func (ob *observation) close() error {
	if ob.Settings.Turn == nil {
		ob.turn.Leave()
	}
	return ob.scratch.Close()
}

// read reads the submission, which takes a moment and no lock.
func (ob *observation) read(ctx context.Context) (err error) {
	if ob.interp, err = python.Open(ob.Python, ob.scratch.Dir); err != nil {
		return err
	}
	if ob.rec.Header.Formula {
		if err := ob.interp.Draw(workload.DrawFormula(ob.rec.Header.Seed).Python()); err != nil {
			return err
		}
	}
	if own := ob.Challenge.CallablesText; own != "" {
		if err := ob.interp.Bring(own); err != nil {
			return err
		}
	}
	ob.interp.Confine(ob.box)
	return ob.readLearner(ctx)
}

// broken reports whether the submission, once it is read, cannot run: judging names
// the line.
func (ob *observation) broken() bool { return ob.rec.Submission.Source.Error != nil }

// stays reports whether nothing is run: the submission cannot be, or the
// interpreter is older than the challenge takes.
func (ob *observation) stays() bool {
	return ob.broken() || ob.Challenge.TooOld(ob.rec.Python.Version)
}

// prepare reads the reference, and builds both programs.
func (ob *observation) prepare(ctx context.Context) error {
	if ob.stays() {
		return nil
	}
	if err := ob.readReference(ctx); err != nil {
		return err
	}
	return ob.kind.prepare(ctx)
}

// observe runs them; nobody else may use the machine meanwhile.
func (ob *observation) observe(ctx context.Context) (*record.Record, error) {
	ob.say("measuring the machine", 0, 0)
	ob.rec.Header.Started = time.Now().UTC().Truncate(time.Second)
	ob.rec.Host = sched.Host()
	if !ob.stays() {
		if err := ob.kind.observe(ctx); err != nil {
			return nil, err
		}
	}
	return ob.rec, nil
}

// rounds makes rounds, from 0, until the rule says that further ones would
// change nothing. Round is false after a crash or a limit, which they would not
// change either.
func (ob *observation) rounds(ctx context.Context, rule stat.Rounds, round func(n int) (whole bool, err error)) error {
	for n := 0; ; n++ {
		whole, err := ob.try(ctx, func() (bool, error) { return round(n) })
		if err != nil || !whole {
			return err
		}
		if result := judge.With(ob.Challenge, ob.rec); rule.Enough(n+1, result.Decided()) || ob.confirms(result) {
			return nil
		}
	}
}

// try makes a round. Where the grader could not, what was seen before can be judged,
// and the round is not whole.
func (ob *observation) try(ctx context.Context, round func() (whole bool, err error)) (whole bool, err error) {
	before := len(ob.rec.Runs)
	whole, err = round()
	if err != nil && before > 0 {
		ob.rec.Runs = ob.rec.Runs[:before]
		return false, ob.without(ctx, record.FailedRound, err)
	}
	return whole, err
}

// without goes on without something that the grader could not do. The error is the
// context's.
func (ob *observation) without(ctx context.Context, part record.FailedPart, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	ob.rec.Header.Failures = append(ob.rec.Header.Failures, record.Failure{Part: part, Error: ob.hide(ob.scratch.Tmp, err.Error())})
	if part == record.FailedReference {
		ob.reference = nil
	}
	return nil
}

// confirms reports whether a result shows again what an earlier, shorter look had
// shown: the same checks fail, and nothing is open. Where others crowd the machine two
// looks may err in the same way, and the stopping rule's least rounds are made.
func (ob *observation) confirms(result *verdict.Result) bool {
	return ob.before != nil && !crowded(ob.rec.Host) && result.Verdict == verdict.Fail && slices.EqualFunc(ob.before.Checks, result.Checks, func(a, b verdict.Check) bool {
		return a.Verdict == b.Verdict && b.Verdict != verdict.Inconclusive
	})
}

// fewCores is the share of its cores that a machine gives where it is crowded, and
// muchLoad how many tasks a core then has to run.
const (
	fewCores = 0.55
	muchLoad = 2.5
)

// crowded reports whether others use much of the machine.
func crowded(h record.Host) bool {
	return h.Capacity > 0 && h.Capacity < fewCores*h.Cores() || h.Load > muchLoad*float64(h.CPUs)
}

// program gives the one that is run in a turn, nil for none.
func (ob *observation) program(whose record.Whose) *program {
	switch whose {
	case record.Learner:
		return ob.learner
	case record.Reference:
		return ob.reference
	}
	return nil
}

// gil notes what was said of the GIL after the submission's imports. They can
// switch it on, never off, whatever they have the interpreter say.
func (ob *observation) gil(on bool) { ob.rec.Python.GIL = ob.rec.Python.GIL || on }

// command is what all runs have in common.
func (ob *observation) command(dir string, wall time.Duration, doing string) sandbox.Command {
	limits := ob.Challenge.Limits
	return sandbox.Command{
		Dir: dir,
		Env: ob.interp.Environment(ob.box.Tmp),
		Box: ob.box,
		Limits: sandbox.Limits{Wall: wall, CPU: time.Duration(limits.CPU), Memory: int64(limits.Memory),
			Tasks: limits.Tasks, Output: int64(limits.Output),
			Written: int64(limits.Written), Files: limits.Files, FileSize: int64(limits.FileSize)},
		Watch:    true,
		Progress: func(d time.Duration, u sched.Usage) { ob.say(doing, d, u.Tasks) },
	}
}

// run runs a program as a script, in the folder with its files or a copy of
// them, and adds that to the record. The result is valid until the next run. A
// round counts from 1, 0 is a run for a moment. It ends where the patience does.
func (ob *observation) run(ctx context.Context, p *program, dir string, wall time.Duration, patience sandbox.Patience, round int) (*record.Run, error) {
	doing := ob.why + fmt.Sprintf("running %s, round %d", p.script, round)
	switch {
	case p.whose == record.Reference:
		doing = ob.why + fmt.Sprintf("running the reference, round %d", round)
	case round == 0:
		doing = fmt.Sprintf("running %s as handed in, for a moment", p.script)
	}
	cmd := ob.command(dir, wall, doing)
	cmd.Args, cmd.Telling = []string{ob.interp.Path, p.script}, claim.Telling
	cmd.Limits.Patience, cmd.Env = patience, append(cmd.Env, python.Faulthandler)
	run, err := ob.add(p, dir, func() (sandbox.Result, error) { return sandbox.Run(ctx, cmd) })
	if err == nil && run.End.Limit != "" {
		own := func(file string) bool { return slices.Contains(p.survey.Files, file) }
		run.End.Stands, run.End.Stderr = python.Stands(run.End.Stderr, own)
		for i, at := range run.End.Stands {
			run.End.Stands[i].Text = lineOf(dir, at.File, at.Line)
		}
	}
	return run, err
}

// add makes a run and adds it to the record. The result is valid until the
// next run.
func (ob *observation) add(p *program, dir string, run func() (sandbox.Result, error)) (*record.Run, error) {
	throttled := sched.Throttled()
	res, err := run()
	if err != nil {
		return nil, err
	}
	res.ThrottledUS = sched.Throttled() - throttled
	res.Stdout, res.Stderr = ob.hide(dir, res.Stdout), ob.hide(dir, res.Stderr)
	ob.rec.Runs = append(ob.rec.Runs, record.Run{ID: len(ob.rec.Runs) + 1, Whose: p.whose, Tasks: res.Tasks, Cores: res.Cores, End: &res.Outcome})
	return &ob.rec.Runs[len(ob.rec.Runs)-1], nil
}

// hide takes the folders out of a text that only this observation had.
func (ob *observation) hide(dir, text string) string {
	return strings.NewReplacer(dir+string(filepath.Separator), "", ob.scratch.Dir, path.Join("…")).Replace(text)
}
