package phase

import (
	"path"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
)

// Window is what the tasks of a run did between two instants, such as the
// begin and the end of a call.
type Window struct {
	Timeline
	Run        *record.Run // the part of the run, its points counted from Start
	Start, End int64       // µs since the run's start
	// Main, Threads and Processes are the CPU time, in µs, of the root's main
	// thread, of its other threads, and of all other processes but compilers.
	Main, Threads, Processes int64
}

// late is how long, in µs, after a task has ended the sampler may notice it, where
// the machine is crowded: one that was there before an instant, is said to have
// ended that soon after it, and used less than lateCPU, in µs, was gone by then.
const (
	late    = 100_000
	lateCPU = 10_000
)

// Within cuts what lies between two instants of a run, in µs.
func Within(run *record.Run, start, end int64) Window {
	w := Window{Start: start, End: end}
	part := record.Run{}
	root := 0
	for i := range run.Tasks {
		t := &run.Tasks[i]
		if root == 0 && t.Parent == 0 && !t.Thread() {
			root = t.PID
		}
		if t.Died < start || t.Born > end || compiler(t.Command) {
			continue
		}
		s := series{points: t.Points}
		one := *t
		one.ID, one.Points = len(part.Tasks), nil
		one.Born, one.Died = max(t.Born, start), min(t.Died, end)
		before := s.at(start)
		keep := func(p record.Point) {
			p.CPU, p.Wait, p.Slices = p.CPU-before.CPU, p.Wait-before.Wait, p.Slices-before.Slices
			p.Voluntary, p.Involuntary = p.Voluntary-before.Voluntary, p.Involuntary-before.Involuntary
			one.Points = append(one.Points, p)
		}
		if t.Born <= start {
			keep(before)
		}
		for _, p := range t.Points {
			if p.T > start && p.T < end {
				keep(p)
			}
		}
		keep(s.at(end))
		if t.Born < start && t.Died < min(end, start+late) && one.Last().CPU < lateCPU {
			continue
		}
		part.Tasks = append(part.Tasks, one)
		switch used := one.Last().CPU; {
		case t.PID != root:
			w.Processes += used
		case t.Thread():
			w.Threads += used
		default:
			w.Main += used
		}
	}
	w.Run, w.Timeline = &part, Cut(&part)
	return w
}

// compilers are what a learner's code may call before it loads the result:
// they do none of the work.
var compilers = []string{"cc", "gcc", "clang", "cc1", "as", "collect2", "ld", "tcc", "c++", "g++"}

func compiler(command string) bool {
	program, _, _ := strings.Cut(command, " ")
	return slices.Contains(compilers, path.Base(program))
}

// All gives everything that workers of one kind did in the window as one
// phase, nil where none was busy.
func (w Window) All(kind Kind) *Phase {
	p := Phase{Kind: kind}
	for _, b := range w.Bursts {
		if b.Kind == kind {
			p.Bursts = append(p.Bursts, b)
		}
	}
	if len(p.Bursts) == 0 {
		return nil
	}
	return &p
}
