package phase

import (
	"cmp"

	"github.com/gilcourse/gilcourse/grader/record"
)

// First gives the phase that began first, nil where none was seen.
func (line Timeline) First() *Phase {
	var first *Phase
	for _, p := range []*Phase{line.Sequential, line.Threads, line.Processes} {
		if p != nil && (first == nil || cmp.Less(p.Bursts[0].Start, first.Bursts[0].Start)) {
			first = p
		}
	}
	return first
}

// End is when the phase's last worker was done, in µs since the run's start.
func (p Phase) End() int64 { return p.Bursts[len(p.Bursts)-1].End }

// Order gives the ways of working that began before an instant, in µs, in the
// order in which they did, each stretch of one kind once; those with less CPU time
// than least, in µs, are left out.
func (line Timeline) Order(until, least int64) []Kind {
	var order []Kind
	for _, b := range line.Bursts {
		if b.Start < until && b.CPU() >= least && (len(order) == 0 || order[len(order)-1] != b.Kind) {
			order = append(order, b.Kind)
		}
	}
	return order
}

// Waited is for how long, in µs, a thread waited for a core between two instants.
func Waited(run *record.Run, tid int, from, to int64) int64 {
	var waited int64
	for i := range run.Tasks {
		if t := &run.Tasks[i]; t.TID == tid && t.Born < to && t.Died > from { // a number may be given again
			s := series{points: t.Points}
			waited += s.at(to).Wait - s.at(from).Wait
		}
	}
	return min(waited, to-from)
}

// Used is the CPU time, in µs, of all tasks of a run until an instant.
func Used(run *record.Run, until int64) int64 {
	w := Within(run, 0, until)
	return w.Main + w.Threads + w.Processes
}
