package sandbox

import (
	"fmt"
	"time"

	"github.com/gilcourse/gilcourse/grader/sched"
)

// Effort is how long a run has gone on, in two ways that other programs on the
// machine cannot lengthen: by what it computed, and by how long nothing of it
// wanted a core. The zero value is that of a run that begins.
type Effort struct {
	Busy time.Duration // CPU time of the whole tree
	Idle time.Duration // since something last wanted a core for a while
	at   time.Duration
	used sched.Usage
}

// littleBusy is the share of a core below which a run counts as idle: what polls
// for something that never comes uses less.
const littleBusy = 0.1

// Add takes in what the tree had used so long after the run's start. Where the
// system tells no CPU time, all time is idle.
func (e *Effort) Add(at time.Duration, u sched.Usage) {
	wanted := max(0, u.CPU+u.Wait-e.used.CPU-e.used.Wait)
	e.Idle = max(0, e.Idle+at-e.at-time.Duration(float64(wanted)/littleBusy))
	e.Busy = max(e.Busy, u.CPU)
	e.at, e.used = at, u
}

// Rest begins the idle time anew.
func (e *Effort) Rest() { e.Idle = 0 }

// Patience bounds an effort: how long it may compute, and how long it may do
// nothing at all. Zero means no bound.
type Patience struct{ Busy, Idle time.Duration }

// Spent says which bound an effort is beyond that began at a given CPU time, empty
// for neither.
func (p Patience) Spent(e Effort, since time.Duration) string {
	switch {
	case p.Busy > 0 && e.Busy-since > p.Busy:
		return fmt.Sprintf("it had computed for %s and had not ended", p.Busy)
	case p.Idle > 0 && e.Idle > p.Idle:
		return fmt.Sprintf("for %s none of its threads and processes had done anything", p.Idle)
	}
	return ""
}
