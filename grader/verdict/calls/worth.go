package verdict

import (
	"math"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// How far apart the two ways must be for a case to be clear: the times are
// estimates, and the learner's are others.
const (
	clearlyWorth    = 1.5
	clearlyNotWorth = 3
)

// costs are what processes cost here, as measured: seconds to start a pool
// and to end it, at the least and at the most, and to send one task.
type costs struct{ least, most, message float64 }

// few is how many tasks a call has at most of which hardly anything but the
// start-up is seen.
const few = 16

// costs takes them from the calls of processes, the learner's and the
// reference's: a call's time less its work's.
func (j *judge) costs() (costs, bool) {
	c := costs{least: math.Inf(1)}
	for _, calls := range []map[string][]made{j.calls, j.peers} {
		for id, all := range calls {
			s := j.spec.Call(id)
			if s.Expect != spec.Tasks || s.Function == "" {
				continue
			}
			for _, m := range of(all, record.Measured) {
				_, threads, processes := m.shares()
				if processes < threads {
					continue
				}
				tasks, cpu := m.tasks(), processes/1e6
				switch small := float64(s.Sized().Takes)/1e9 < tiny; {
				case small && tasks <= few:
					c.least = math.Min(c.least, m.wall())
				case small:
					c.message = math.Max(c.message, m.wall()/tasks)
				}
				if p := m.workers(); p != nil {
					c.most = math.Max(c.most, m.wall()-cpu/math.Max(1, float64(p.Distinct())))
				}
			}
		}
	}
	if math.IsInf(c.least, 1) {
		return costs{}, false
	}
	c.least = math.Max(c.least, leastStart)
	return c, true
}

const (
	// tiny is a task, in seconds, that is shorter than its message.
	tiny = 1e-3
	// leastStart is the least that handing work to a process takes, in
	// seconds, even where it waits for it: two switches, two messages.
	leastStart = 100e-6
)

// worth says whether processes beat a loop in a case, and false where that is
// not clear on this machine.
func (j *judge) worth(m made) (want, known bool) {
	c, ok := j.costs()
	if !ok {
		return false, false
	}
	task, count, workers := m.Values["task_seconds"], m.Values["count"], m.Values["workers"]
	loop := task * count
	if loop*clearlyNotWorth < c.least {
		return false, true
	}
	// The cores that may be used, not what a busy moment left of them: that is
	// what the function is asked about.
	side := math.Min(math.Min(workers, count), j.rec.Host.Cores())
	if side <= 1 {
		return false, false
	}
	if loop > clearlyWorth*(loop/side+task+c.most+count*c.message) {
		return true, true
	}
	return false, false
}
