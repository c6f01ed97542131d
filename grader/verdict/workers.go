package verdict

import (
	"math"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
)

// Startup is what a fresh interpreter uses until it works: no work.
type Startup struct {
	CPU  int64 // µs, as measured once
	Host record.Host
}

// Noise is the factor by which a start may take more CPU time than the one that
// was measured: on a crowded machine, beside nine other busy programs, 1.7 was
// seen.
func (s Startup) Noise() float64 {
	if Crowded(s.Host) {
		return 1.8
	}
	return 1
}

// Crowded reports whether others took more than half of the cores while the
// machine was measured: there, the same work takes clearly more CPU time in one
// phase than in another, since whoever is put aside finds cold caches.
func Crowded(h record.Host) bool { return h.Capacity > 0 && h.Capacity < h.Cores()/2 }

// Of is what a worker used to start up, in µs: so many times what was measured,
// and at most half of what the worker used, or three quarters if more than
// measured. Only a fresh interpreter starts up.
func (s Startup) Of(w phase.Worker, times float64) int64 {
	if !w.Spawned {
		return 0
	}
	most := w.CPU / 2
	if times > 1 {
		most = w.CPU * 3 / 4
	}
	return min(int64(times*float64(s.CPU)), most)
}

// Used is the CPU time of each worker of a phase in µs, without its start-up, by
// the worker's task.
func (s Startup) Used(p *phase.Phase) map[int]float64 {
	used := map[int]float64{}
	for _, w := range p.Each() {
		used[w.Tasks[0]] += float64(w.CPU - s.Of(w, 1))
	}
	return used
}

// Work is the CPU time of all workers of a phase in µs, without their start-up.
func (s Startup) Work(p *phase.Phase) float64 {
	var sum float64
	for _, cpu := range s.Used(p) {
		sum += cpu
	}
	return sum
}

// SeldomSeen says why nothing is known of how workers took turns.
const SeldomSeen = "the workers were looked at too seldom to see how they took turns"

// Room is the share, 0 to 1, of the cores that so many workers could use on this
// machine which they were allowed to use.
func Room(p *phase.Phase, run *record.Run, affinity int) float64 {
	var lists []string
	for _, w := range p.Each() {
		list := run.Tasks[w.Tasks[0]].CPUs
		if list == "" {
			return 1
		}
		lists = append(lists, list)
	}
	return math.Min(1, float64(record.CountCPUs(lists...))/float64(min(p.Workers(), affinity)))
}
