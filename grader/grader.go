// Package grader conducts a check: it finds out what a submission is, runs it
// and the reference in turn under observation, and gives the record. Judging
// the record is package verdict's.
package grader

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/build"
	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/machine"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/sched"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Options say what to check and how.
type Options struct {
	Version   string // of this program, for the record
	Challenge *spec.Challenge
	Solution  fs.FS  // the reference solution's folder; nil to run without one
	File      string // the submission's deliverable
	Python    string // path of the interpreter
	// Full runs the script as written, at the lesson's size.
	Full bool
	// StrictClock makes a clock that cannot decide inconclusive.
	StrictClock bool
	// Sandbox says how far the learner's code must be isolated, "" for
	// sandbox.Auto.
	Sandbox sandbox.Mode
	// Hide are folders that it must not see, wherever they lie.
	Hide []string
	// Seed is what inputs are drawn from, 0 for one that nobody knows before.
	Seed uint64
	// Measured is what `gilcourse measure` gave on this machine; nil to have it
	// measured where the challenge compares with it.
	Measured []record.Cell
	// Progress, if set, is told what is being done, some twenty times a
	// second while something runs.
	Progress func(Progress)
	// Alone says that the caller keeps all others from the machine.
	Alone bool
}

// Progress is what a check is doing.
type Progress struct {
	Doing string // such as "running gil_discovery.py, round 1"
	For   time.Duration
	Tasks int // busy or not, of the run
}

// program is one of the two scripts that a check runs.
type program struct {
	whose  record.Whose
	script string
	dir    string // the files as written
	survey python.Survey
	native map[string]native // by call
	builds []record.Build
}

// observation is a check under way.
type observation struct {
	Options
	scratch   string
	box       *sandbox.Box
	interp    *python.Interpreter
	rec       *record.Record
	learner   *program
	reference *program
	size      int64   // 0: as written
	turn      float64 // CPU time of one turn of the workload's loop, in ns
}

// Prepared is a submission that has been read and built: what is left to do
// needs the machine for itself. Close it.
type Prepared struct {
	ob      *observation
	scratch *sandbox.Scratch
}

// Prepare reads and builds the submission and the reference. It shares the
// machine with others who prepare; nobody measures meanwhile. What the
// submission did wrong is in the record that Observe gives; an error is ours, a
// file that cannot be read, or the context's end.
func Prepare(ctx context.Context, o Options) (*Prepared, error) {
	layers, err := sandbox.Choose(ctx, o.Sandbox)
	if err != nil {
		return nil, err
	}
	scratch, err := sandbox.NewScratch(layers)
	if err != nil {
		return nil, err
	}
	ob := &observation{Options: o, scratch: scratch.Dir, box: &sandbox.Box{Layers: layers, Tmp: scratch.Tmp, Hide: o.Hide}}
	ob.rec = &record.Record{Header: record.Header{Version: record.Version, Gilcourse: o.Version, Challenge: o.Challenge.ID, Spec: o.Challenge.Text(),
		Full: o.Full, StrictClock: o.StrictClock, Sandbox: layers.Report()}}
	p := &Prepared{ob, scratch}
	if err := p.prepare(ctx); err != nil {
		scratch.Close()
		return nil, err
	}
	return p, nil
}

func (p *Prepared) prepare(ctx context.Context) (err error) {
	ob := p.ob
	if !ob.Alone {
		release, err := machine.Share(ctx, ob.wait)
		if err != nil {
			return err
		}
		defer release()
	}
	if len(ob.Challenge.Calls) > 0 {
		if ob.rec.Header.Seed = ob.Seed; ob.Seed == 0 {
			ob.rec.Header.Seed = 1 + rand.Uint64N(1<<32-1) // short enough to be typed
		}
	}
	if ob.interp, err = python.Open(ob.Python, ob.scratch); err != nil {
		return err
	}
	ob.interp.Confine(ob.box)
	if err := ob.read(ctx); err != nil {
		return err
	}
	switch {
	case ob.rec.Submission.Source.Error != nil: // it cannot run: judging names the line
	case ob.Challenge.Analysis != nil:
		return ob.contents(ctx)
	case len(ob.Challenge.Calls) > 0:
		return ob.build(ctx)
	}
	return nil
}

// Close removes what was made for it.
func (p *Prepared) Close() error { return p.scratch.Close() }

// Measured says what `gilcourse measure` gave, where that became known since.
func (p *Prepared) Measured(cells []record.Cell) { p.ob.Measured = cells }

// Observe runs the submission and the reference as the challenge asks, alone
// on the machine, and gives the record. Call it once.
func (p *Prepared) Observe(ctx context.Context) (*record.Record, error) {
	ob := p.ob
	if !ob.Alone {
		release, err := machine.Alone(ctx, ob.wait)
		if err != nil {
			return nil, err
		}
		defer release()
		ob.Alone = true
	}
	ob.say("measuring the machine", 0, 0)
	ob.rec.Header.Started = time.Now().UTC().Truncate(time.Second)
	ob.rec.Host = sched.Host()
	if err := ob.execute(ctx); err != nil {
		return nil, err
	}
	return ob.rec, nil
}

// execute runs what the challenge asks for.
func (ob *observation) execute(ctx context.Context) error {
	switch {
	case ob.rec.Submission.Source.Error != nil:
		return nil
	case ob.Challenge.Analysis != nil:
		return ob.analyze(ctx)
	case len(ob.Challenge.Calls) > 0:
		return ob.calls(ctx)
	}
	if err := ob.probe(ctx); err != nil {
		return err
	}
	return ob.runs(ctx)
}

// Observe prepares the submission, runs it and the reference as the challenge
// asks, and gives the record. What the submission did wrong is in the record;
// an error is ours, a file that cannot be read, or the context's end.
func Observe(ctx context.Context, o Options) (*record.Record, error) {
	p, err := Prepare(ctx, o)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	return p.Observe(ctx)
}

// Waiting is what a check does while others have the machine.
const Waiting = "waiting until another gilcourse has measured"

// wait tells that others have the machine.
func (ob *observation) wait(since time.Duration) {
	ob.say(Waiting, since, 0)
}

func (ob *observation) say(doing string, elapsed time.Duration, tasks int) {
	if ob.Progress != nil {
		ob.Progress(Progress{doing, elapsed, tasks})
	}
}

// read copies and surveys both programs.
func (ob *observation) read(ctx context.Context) error {
	folder, script := filepath.Split(ob.File)
	if folder == "" {
		folder = "."
	}
	root, err := os.OpenRoot(folder) // no link leads out of it
	if err != nil {
		return &Unreadable{err}
	}
	defer root.Close()
	data, err := readFile(root.FS(), script)
	if err != nil {
		return &Unreadable{err}
	}
	lesson := ob.Challenge.Size.Lesson
	ob.say("reading "+script, 0, 0)
	survey, err := ob.interp.Survey(ctx, absolute(folder), script, lesson, ob.Challenge.Functions()...)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	ob.rec.Python = survey.Python
	ob.rec.Submission = record.Submission{File: script, SHA256: hex.EncodeToString(sum[:]), Source: survey.Source}
	if survey.Source.Error != nil {
		return nil
	}
	ob.learner = &program{whose: record.Learner, script: script, dir: filepath.Join(ob.scratch, "submission"), survey: survey, native: map[string]native{}}
	files := survey.Files
	if len(ob.Challenge.Calls) > 0 { // C code, and whatever it needs
		// In the system's temporary folder, where the lesson puts things, most
		// is not the learner's.
		shallow := sameFile(folder, os.TempDir())
		more, err := folderFiles(root.FS(), shallow)
		if err != nil {
			return &Unreadable{err}
		}
		if shallow {
			more = slices.DeleteFunc(more, func(name string) bool { return path.Ext(name) == ".py" })
		}
		files = append(append(files, script), more...) // what it imports, even through a link
		slices.Sort(files)
		files = slices.Compact(files)
	}
	if err := copyFiles(root.FS(), files, ob.learner.dir); err != nil {
		return &Unreadable{err}
	}

	if ob.Solution == nil {
		return nil
	}
	names, err := folderFiles(ob.Solution, false)
	if err != nil {
		return fmt.Errorf("read the reference: %w", err)
	}
	ref := &program{whose: record.Reference, script: ob.Challenge.Deliverable, dir: filepath.Join(ob.scratch, "reference"), native: map[string]native{}}
	if err := copyFiles(ob.Solution, names, ref.dir); err != nil {
		return fmt.Errorf("copy the reference: %w", err)
	}
	if ref.survey, err = ob.interp.Survey(ctx, ref.dir, ref.script, lesson); err != nil {
		return err
	}
	ob.reference = ref
	return nil
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}

// build builds the C code of both programs in their working copies.
func (ob *observation) build(ctx context.Context) error {
	for _, p := range []*program{ob.reference, ob.learner} {
		if p == nil {
			continue
		}
		steps, err := build.C(ctx, build.Options{
			Dir: p.dir, Compiler: build.Compiler(), Python: ob.rec.Python, Box: ob.box, Env: python.Environment(ob.box.Tmp), Libraries: p.survey.Libraries,
			Progress: func(doing string) { ob.say(doing, 0, 0) },
		})
		if err != nil {
			return fmt.Errorf("build the C code of %s: %w", p.script, err)
		}
		p.builds = steps
	}
	ob.rec.Submission.Builds = ob.learner.builds
	return nil
}

// scale makes a copy of the program in which the lesson's size is replaced.
func (ob *observation) scale(p *program, name string, size int64) (string, error) {
	dir := filepath.Join(ob.scratch, string(p.whose)+"-"+name)
	if err := copyFiles(os.DirFS(p.dir), p.survey.Files, dir); err != nil {
		return "", fmt.Errorf("copy %s: %w", p.script, err)
	}
	for _, file := range p.survey.Files {
		data, err := os.ReadFile(filepath.Join(p.dir, file))
		if err != nil {
			return "", err
		}
		scaled, err := plan.Scale(file, data, p.survey.Source.Sizes, size)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, file), scaled, 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// probe calls the learner's functions on a small size.
func (ob *observation) probe(ctx context.Context) error {
	task := ob.Challenge.Task
	if len(task.Accept) == 0 {
		return nil
	}
	dir, err := ob.scale(ob.learner, "small", task.Small)
	if err != nil {
		return err
	}
	var targets []string
	for _, f := range ob.rec.Submission.Source.Findings {
		if name, ok := strings.CutPrefix(f.ID, "target:"); ok {
			targets = append(targets, name)
		}
	}
	ob.say("calling the functions of "+ob.learner.script, 0, 0)
	probe, gil, err := ob.interp.Probe(ctx, dir, ob.learner.script, task.Small, task.Accept, targets)
	if err != nil {
		return fmt.Errorf("call the functions of %s: %w", ob.learner.script, err)
	}
	ob.rec.Submission.Probe = probe
	if gil != nil {
		ob.gil(*gil)
	}
	return nil
}

// gil notes what was said of the GIL after the submission's imports. They can
// switch it on, never off, whatever they have the interpreter say.
func (ob *observation) gil(on bool) { ob.rec.Python.GIL = ob.rec.Python.GIL || on }

// runs makes the pilot runs that find the size, then the rounds.
func (ob *observation) runs(ctx context.Context) error {
	rule := plan.Rounds(ob.Challenge)
	scalable := len(ob.learner.survey.Source.Sizes) > 0 && ob.Challenge.Size.Lesson > 0 && !ob.Full
	if scalable {
		ob.size = plan.FirstSize(ob.Challenge, ob.rec.Python.LoopNS)
	} else {
		rule.Min, rule.Max = 1, 1 // as written, a run takes its time
	}
	run, err := ob.run(ctx, ob.learner, 1)
	if err != nil {
		return err
	}
	for pilots := 1; scalable && run.End.OK() && !asleep(run.End) && pilots < plan.MaxPilots; pilots++ {
		next, better := plan.NextSize(ob.Challenge, ob.size, ob.taskTime(run))
		if !better {
			break
		}
		run.Pilot = true
		ob.size = next
		if run, err = ob.run(ctx, ob.learner, 1); err != nil {
			return err
		}
	}
	for round := 0; ; round++ {
		turn := plan.Turn(round)
		if round == 0 {
			turn = [2]record.Whose{record.Reference} // the learner's was the pilot
		}
		for _, whose := range turn {
			p := ob.learner
			if whose == record.Reference {
				p = ob.reference
			}
			if whose == "" || p == ob.reference && !ob.comparable() {
				continue
			}
			if _, err := ob.run(ctx, p, round+1); err != nil {
				return err
			}
		}
		if last := ob.rec.Runs[len(ob.rec.Runs)-1]; !last.End.OK() {
			return nil // a crash or a limit: more rounds would not change it
		}
		result, err := verdict.Judge(ob.rec)
		if err != nil {
			return err
		}
		if rule.Enough(round+1, result.Decided()) {
			return nil
		}
	}
}

// comparable says whether a reference run could tell anything: whether the
// learner's runs showed the phases whose speed would be compared.
func (ob *observation) comparable() bool {
	i := slices.IndexFunc(ob.rec.Runs, func(r record.Run) bool { return r.Whose == record.Learner && !r.Pilot })
	if i < 0 || !ob.rec.Runs[i].End.OK() || ob.reference == nil {
		return false
	}
	// A task that is quick at the lesson's own size is no work, and the
	// reference's would take half a minute.
	if ob.size > 0 && ob.rec.Host.Scheduler && ob.taskTime(&ob.rec.Runs[i]) < time.Duration(ob.Challenge.Size.Task)/2 {
		return false
	}
	line := phase.Cut(&ob.rec.Runs[i])
	return line.Sequential != nil && line.Processes != nil || !ob.rec.Host.Scheduler
}

// asleep says that a run spent its time waiting: a larger size would only
// make it longer.
func asleep(end *record.Outcome) bool { return end.WallUS > 1e6 && end.CPUUS < end.WallUS/4 }

// taskTime estimates what one task used: the largest phase holds all tasks.
func (ob *observation) taskTime(run *record.Run) time.Duration {
	if !ob.rec.Host.Scheduler {
		return time.Duration(ob.Challenge.Size.Task) // unseen: the first size stands
	}
	line := phase.Cut(run)
	var most int64
	for _, p := range []*phase.Phase{line.Sequential, line.Threads, line.Processes} {
		if p != nil {
			most = max(most, p.CPU())
		}
	}
	return time.Duration(most) * time.Microsecond / time.Duration(ob.Challenge.Tasks)
}

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

// hide takes the folders out of a text that only this check had.
func (ob *observation) hide(dir, text string) string {
	return strings.NewReplacer(dir+string(filepath.Separator), "", ob.scratch, path.Join("…")).Replace(text)
}

// ended adds a run to the record. The result is valid until the next run.
func (ob *observation) ended(p *program, res sandbox.Result) *record.Run {
	res.Stdout, res.Stderr = ob.hide(p.dir, res.Stdout), ob.hide(p.dir, res.Stderr)
	ob.rec.Runs = append(ob.rec.Runs, record.Run{ID: len(ob.rec.Runs) + 1, Whose: p.whose, Size: ob.size,
		Tasks: res.Tasks, Cores: res.Cores, End: &res.Outcome})
	return &ob.rec.Runs[len(ob.rec.Runs)-1]
}

// run makes one run of the program at the current size and adds it to the
// record. The result is valid until the next run.
func (ob *observation) run(ctx context.Context, p *program, round int) (*record.Run, error) {
	dir, limits := p.dir, ob.Challenge.Limits
	wall := time.Duration(limits.Wall)
	if ob.size == 0 && ob.Challenge.Size.Lesson > 0 {
		wall = time.Duration(limits.Full)
	}
	if ob.size > 0 {
		var err error
		if dir, err = ob.scale(p, fmt.Sprint(ob.size), ob.size); err != nil {
			return nil, err
		}
	}
	doing := fmt.Sprintf("running %s, round %d", p.script, round)
	if p.whose == record.Reference {
		doing = fmt.Sprintf("running the reference, round %d", round)
	}
	cmd := ob.command(dir, wall, doing)
	cmd.Args, cmd.Telling = []string{ob.interp.Path, p.script}, claim.Telling
	throttled := sched.Throttled()
	res, err := sandbox.Run(ctx, cmd)
	if err != nil {
		return nil, err
	}
	res.ThrottledUS = sched.Throttled() - throttled
	at := *p
	at.dir = dir
	return ob.ended(&at, res), nil
}
