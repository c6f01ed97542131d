package calls

import (
	"math"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/workload"
)

// observedCall is a call with what was seen during it.
type observedCall struct {
	*record.Call
	of  *spec.Call
	run *record.Run
	// formula is what `task` and `process` computed.
	formula workload.Formula
	window  phase.Window // of a call that was measured and returned
	// asked are the requests of the call.
	asked []record.Request
	// list is what was passed as a list: sizes or items; a single size, too.
	list []int64
	// peer is the reference's call with the same inputs, nil where there is
	// none.
	peer *observedCall
}

// leastUsage is the CPU time, in µs, from which on ticks of 10 ms are fine
// enough.
const leastUsage = 60_000

// shares are the CPU times, in µs, of the main thread, of the other threads of
// the program, and of all other processes: from the samples, and where the
// kernel's accounts were read, from those, since nothing is missed there.
func (m observedCall) shares() (main, threads, processes float64) {
	w := m.window
	main, threads, processes = float64(w.Main), float64(w.Threads), float64(w.Processes)
	if b := m.Usage; b != nil && b.Own+b.Children >= leastUsage {
		// The call's two instants are told from inside, the accounts are of
		// the time from its order to its answer.
		main = math.Max(main, float64(b.Main-2*record.Tick))
		threads, processes = math.Max(0, float64(b.Own)-main), float64(b.Children)
	}
	return main, threads, processes
}

// cpu is the CPU time of the whole call, in µs.
func (m observedCall) cpu() float64 {
	main, threads, processes := m.shares()
	return main + threads + processes
}

// wall is how long the call took, in seconds.
func (m observedCall) wall() float64 { return float64(m.End-m.Begin) / 1e6 }

// workers gives what the call's workers did, of the kind that did more; nil
// where only the main thread was busy.
func (m observedCall) workers() *phase.Phase {
	threads, processes := m.window.All(phase.Threads), m.window.All(phase.Processes)
	_, inThreads, inProcesses := m.shares()
	switch {
	case threads == nil:
		return processes
	case processes == nil || inThreads > inProcesses:
		return threads
	}
	return processes
}

// value gives the number that was passed for an argument with this role, 0 for
// none.
func (m observedCall) value(role spec.Role) float64 {
	if a := m.of.Role(role); a != nil {
		return m.Values[a.Name]
	}
	return 0
}

// mostCount is more than any spec asks for: a record may have been edited.
const mostCount = 100_000

// count is how often the function was asked to fetch.
func (m observedCall) count() int64 {
	return int64(math.Max(0, math.Min(mostCount, m.value(spec.RoleCount))))
}

// turns is the work of the call in turns of the workload's loop, 0 where it
// is not counted in them.
func (m observedCall) turns() float64 {
	if e := expectations[m.of.Expect]; e.turns != nil {
		return e.turns(m)
	}
	return 0
}

// tasks is how many tasks the call had.
func (m observedCall) tasks() float64 {
	if n := m.count(); n > 0 {
		return float64(n)
	}
	return math.Max(1, float64(m.Count))
}
