package observe

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// script observes a script that is run as it is: at a smaller size, where the
// lesson's stands in its source.
type script struct {
	*observation
	size int64         // 0: as written
	task time.Duration // of CPU time, that each task should take
	look int           // the number of this look, 0 where there is a single one
}

func (s *script) files(fs.FS, bool) ([]string, error) { return nil, nil }

func (s *script) prepare(context.Context) error { return nil }

func (s *script) observe(ctx context.Context) error {
	if err := s.probe(ctx); err != nil {
		return err
	}
	if err := s.runs(ctx); err != nil {
		return err
	}
	return s.moment(ctx)
}

// probe calls the learner's functions on a small size.
func (s *script) probe(ctx context.Context) error {
	task := s.Challenge.Task
	if len(task.Accept) == 0 {
		return nil
	}
	dir, err := s.scale(s.learner, "small", task.Small)
	if err != nil {
		return err
	}
	first := plan.FirstSize(s.Challenge, time.Duration(s.Challenge.Size.Task), s.rec.Python.LoopNS)
	calls := python.Calls{Size: task.Small, Large: first, Alone: plan.Alone(first), Accept: task.Accept, Ways: map[string][]string{}}
	if calls.Copy, err = s.scale(s.learner, "alone", calls.Alone); err != nil {
		return err
	}
	for _, f := range s.rec.Submission.Source.Findings {
		switch way, name, handed := strings.Cut(f.ID, "target:"); {
		case handed && way == "":
			calls.Targets = append(calls.Targets, name)
		case handed:
			way = strings.TrimSuffix(way, ".")
			calls.Ways[way] = append(calls.Ways[way], name)
		}
	}
	s.say("calling the functions of "+s.learner.script, 0, 0)
	probe, gil, err := s.interp.Probe(ctx, dir, s.learner.script, calls)
	if err != nil {
		return fmt.Errorf("call the functions of %s: %w", s.learner.script, err)
	}
	s.rec.Submission.Probe = probe
	if gil != nil {
		s.gil(*gil)
	}
	return nil
}

// runs looks at the script until a look has decided.
func (s *script) runs(ctx context.Context) error {
	scalable := len(s.learner.survey.Source.Sizes) > 0 && s.Challenge.Size.Lesson > 0 && !s.Full
	looks := plan.Looks(s.Challenge, scalable)
	for i, look := range looks {
		if len(looks) > 1 {
			s.look = look.Number
		}
		switch {
		case i > 0:
			s.size = plan.LongerSize(s.Challenge, s.size, s.task, look.Task)
		case scalable:
			s.size = plan.FirstSize(s.Challenge, look.Task, s.rec.Python.LoopNS)
		}
		s.task = look.Task
		made, err := s.try(ctx, func() (bool, error) { return true, s.observeLook(ctx, look, scalable) })
		if err != nil || !made || !s.last().End.OK() {
			return err
		}
		s.before = judge.With(s.Challenge, s.rec)
		open := s.before.Open(s.Challenge, true)
		if len(open) == 0 {
			return nil
		}
		s.why = strings.Join(open, ", ") + " not clear yet, looking longer: "
	}
	return nil
}

// last is the last run.
func (s *script) last() *record.Run { return &s.rec.Runs[len(s.rec.Runs)-1] }

// observeLook makes the pilot runs that find the size, then the rounds.
func (s *script) observeLook(ctx context.Context, look plan.Look, scalable bool) error {
	if err := s.pilots(ctx, scalable); err != nil {
		return err
	}
	return s.rounds(ctx, look.Rounds, func(n int) (whole bool, err error) {
		order := plan.RoundOrder(n)
		if n == 0 {
			order = [2]record.Whose{record.Reference} // the learner's was the pilot
		}
		for _, whose := range order {
			p := s.program(whose)
			if p == nil || whose == record.Reference && !s.comparable() {
				continue
			}
			_, err := s.runAtSize(ctx, p, n+1)
			if err != nil && whose == record.Reference {
				err = s.without(ctx, record.FailedReference, err)
			}
			if err != nil {
				return false, err
			}
		}
		return s.last().End.OK(), nil
	})
}

// pilots runs the learner's program until the size is a good one: the last of
// these runs is the first round's. A run that had computed for too long is tried
// again at a much smaller size: what ends then is slow.
func (s *script) pilots(ctx context.Context, scalable bool) error {
	patience := s.patience(s.learner)
	run, err := s.runFor(ctx, s.learner, patience, 1)
	if err == nil && scalable && run.End.Limit != "" && time.Duration(run.End.CPUUS)*time.Microsecond >= patience.Busy {
		run.Pilot = true
		s.size, patience.Busy = plan.Slow(s.size)
		patience.Idle = patience.Busy
		run, err = s.runFor(ctx, s.learner, patience, 1)
	}
	for made := 1; err == nil && scalable && run.End.OK() && !asleep(run.End) && made < plan.MaxPilots; made++ {
		next, better := plan.NextSize(s.Challenge, s.task, s.size, s.taskTime(run))
		if !better {
			break
		}
		run.Pilot = true
		s.size = next
		run, err = s.runAtSize(ctx, s.learner, 1)
	}
	return err
}

// runAtSize runs a program at the current size. The result is valid until the
// next run.
func (s *script) runAtSize(ctx context.Context, p *program, round int) (*record.Run, error) {
	return s.runFor(ctx, p, s.patience(p), round)
}

// runFor is runAtSize with a patience of its own.
func (s *script) runFor(ctx context.Context, p *program, patience sandbox.Patience, round int) (*record.Run, error) {
	dir, wall := p.dir, time.Duration(s.Challenge.Limits.Wall)
	if s.size == 0 && s.Challenge.Size.Lesson > 0 {
		wall = time.Duration(s.Challenge.Limits.Full)
	}
	if s.size > 0 {
		var err error
		if dir, err = s.scale(p, fmt.Sprint(s.size), s.size); err != nil {
			return nil, err
		}
	}
	run, err := s.run(ctx, p, dir, wall, patience, round)
	if err == nil {
		run.Size, run.Look = s.size, s.look
	}
	return run, err
}

// patience follows from what a scaled run should take; one as written takes its
// time.
func (s *script) patience(p *program) sandbox.Patience {
	if s.size == 0 {
		return sandbox.Patience{Idle: plan.AsWritten}
	}
	expected := plan.Expected(s.Challenge, s.task)
	for i := range s.rec.Runs {
		if r := &s.rec.Runs[i]; r.Whose == p.whose && r.Size > 0 && r.End.OK() {
			expected = max(expected, time.Duration(float64(r.End.CPUUS)*float64(s.size)/float64(r.Size))*time.Microsecond)
		}
	}
	return sandbox.Patience{Busy: plan.LongestRun(expected), Idle: plan.LongestRun(0)}
}

// scale makes a copy of the program in which the lesson's size is replaced.
func (s *script) scale(p *program, name string, size int64) (string, error) {
	dir := filepath.Join(s.scratch.Dir, string(p.whose)+"-"+name)
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

// comparable says whether a reference run could tell anything: whether the
// learner's runs showed the phases whose speed would be compared.
func (s *script) comparable() bool {
	i := slices.IndexFunc(s.rec.Runs, func(r record.Run) bool { return r.Whose == record.Learner && !r.Pilot && r.Look == s.look })
	if i < 0 || !s.rec.Runs[i].End.OK() {
		return false
	}
	// A task that is quick at the lesson's own size is no work, and the
	// reference's would take half a minute.
	if s.size > 0 && s.rec.Host.Scheduler && s.taskTime(&s.rec.Runs[i]) < s.task/2 {
		return false
	}
	line := phase.Cut(&s.rec.Runs[i])
	return line.Sequential != nil && line.Processes != nil || !s.rec.Host.Scheduler
}

// asleep says that a run spent its time waiting: a larger size would only
// make it longer.
func asleep(end *record.Outcome) bool { return end.WallUS > 1e6 && end.CPUUS < end.WallUS/4 }

// taskTime estimates what one task used: the largest phase holds all tasks.
func (s *script) taskTime(run *record.Run) time.Duration {
	if !s.rec.Host.Scheduler {
		return s.task // unseen: the first size stands
	}
	line := phase.Cut(run)
	var most int64
	for _, p := range []*phase.Phase{line.Sequential, line.Threads, line.Processes} {
		if p != nil {
			most = max(most, p.CPU())
		}
	}
	return time.Duration(most) * time.Microsecond / time.Duration(s.Challenge.Tasks)
}
