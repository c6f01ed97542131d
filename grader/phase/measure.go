package phase

import (
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/stat"
)

// slack is how far off the edges of a phase may be: a sample before, a sample
// after, in µs.
const slack = 10_000

// Use is what the tasks of a phase used, in µs but for the counts.
type Use struct {
	Wall, CPU int64
	// Preempted is the part of the run-queue wait that followed a preemption.
	// When a task that slept wakes up it waits too, but it had asked for no
	// core before; a thread that wakes every 5 ms to look whether the GIL is
	// free does hardly anything else. The kernel counts the wait in one sum
	// and the switches in two, so the parts are taken in proportion to the
	// switches.
	Preempted int64
	// Sleeps are the voluntary switches: the task gave its core away.
	Sleeps float64
	// UnknownWait and UnknownSlices are the wait, in µs, and the slices of
	// tasks that ended before the kinds of their switches were looked at.
	UnknownWait   int64
	UnknownSlices float64
}

// Use sums up what the phase's workers used.
func (p Phase) Use() Use {
	u := Use{Wall: p.Wall()}
	for _, b := range p.Bursts {
		for _, s := range b.spans {
			used := s.used()
			u.CPU += used.CPU
			preempted, unknown := s.waited()
			u.Preempted, u.UnknownWait = u.Preempted+preempted, u.UnknownWait+unknown
			if asleep, counted := s.asleep(); counted {
				u.Sleeps += float64(used.Slices) * asleep
			} else {
				u.UnknownSlices += float64(used.Slices)
			}
		}
	}
	return u
}

// Parallelism is how many tasks wanted to compute at once, on average over
// the phase: (CPU time + run-queue wait after preemption) / wall time. On a
// quiet machine it is the mean number of cores in use; on a busy or throttled
// one it is what it would have been. A process counts once, however many of its
// tasks want a core.
func (p Phase) Parallelism() stat.Interval {
	u := p.Use()
	if u.Wall <= 0 {
		return stat.Interval{}
	}
	var least, most, value float64
	for _, b := range p.Bursts {
		for _, s := range b.spans {
			wanted, unknown := s.wanted()
			value += float64(wanted) + float64(unknown)/2
			least, most = least+float64(wanted)-p.doubtful(s), most+float64(wanted+unknown)
		}
	}
	wall := float64(u.Wall)
	edge := float64(slack * len(p.Bursts))
	return stat.Interval{Value: value / wall, Lo: least / (wall + edge), Hi: most / math.Max(wall-edge, wall/2)}
}

// doubtful is the part, in µs, of a thread's wait after preemption that it may
// have spent after a sleep. Where it waited longer than it computed, the two waits
// need not be in proportion to the switches: at a load of 18 on two cores, four
// honest threads, of which one at a time has the GIL, seemed to want 1.76 cores.
func (p Phase) doubtful(s span) float64 {
	preempted, _ := s.waited()
	if p.Kind != Threads || preempted < s.used().CPU {
		return 0
	}
	asleep, _ := s.asleep()
	return float64(preempted) * asleep
}

// waited is the part of the run-queue wait, in µs, that followed a preemption, and
// the part of which that is not known.
func (s span) waited() (preempted, unknown int64) {
	wait := s.used().Wait
	if asleep, counted := s.asleep(); counted {
		return int64(float64(wait) * (1 - asleep)), 0
	}
	return 0, wait
}

// wanted is for how long, in µs, the worker wanted a core for certain, and for how
// long it may have, besides; a process with several tasks wants one at a time.
func (s span) wanted() (wanted, unknown int64) {
	preempted, unknown := s.waited()
	wanted = s.used().CPU + preempted
	if len(s.tasks) > 1 {
		wanted = min(wanted, s.end-s.start)
		unknown = min(unknown, s.end-s.start-wanted)
	}
	return wanted, unknown
}

// Concurrency is how many workers were active at once, on average over the
// phase, whether they computed or waited for a lock.
func (p Phase) Concurrency() float64 {
	var active int64
	for _, w := range p.Each() {
		active += w.End - w.Start
	}
	return float64(active) / math.Max(1, float64(p.Wall()))
}

// HandOffs is how often the workers slept by their own will, per second of
// their CPU time. Threads that wait for the GIL sleep some hundred times, tasks
// that compute side by side hardly ever.
func (p Phase) HandOffs() stat.Interval { return p.handOffs(0) }

// handOffs counts further sleeps in.
func (p Phase) handOffs(more float64) stat.Interval {
	u := p.Use()
	if u.CPU <= 0 {
		return stat.Interval{}
	}
	sleeps, perSecond := u.Sleeps+more, 1e6/float64(u.CPU)
	return stat.Interval{Value: (sleeps + u.UnknownSlices/2) * perSecond, Lo: sleeps * perSecond, Hi: (sleeps + u.UnknownSlices) * perSecond}
}

// HandOffs is that of a phase, for threads with the main thread's: where a task
// never releases the GIL, it is the main thread that waits for it, to start the
// next one.
func (line Timeline) HandOffs(p *Phase) stat.Interval {
	sleeps := 0.0
	if p.Kind == Threads {
		for _, b := range p.Bursts {
			main := span{line.root, b.Start, b.End}
			asleep, _ := main.asleep()
			sleeps += float64(main.used().Slices) * asleep
		}
	}
	return p.handOffs(sleeps)
}

// Utilization is CPU time / wall time: the mean number of cores in use.
func (p Phase) Utilization() float64 {
	u := p.Use()
	if u.Wall <= 0 {
		return 0
	}
	return float64(u.CPU) / float64(u.Wall)
}

// mostAlone is how many hand-offs a second threads may have that run side by side,
// without a GIL or in C code: 70 were seen, and 200 and more where they share a GIL.
const mostAlone = 120

// sharesTheGIL reports whether threads took turns on it. On a crowded machine more than
// one of them may want a core, since each wake-up has to wait for one.
func (p Phase) sharesTheGIL() bool { return p.Kind == Threads && p.handOffs(0).Lo > mostAlone }

// Ideal is how long the phase would last on so many idle cores, in µs: where
// tasks compute side by side, their CPU time packed onto the cores, longest
// first (Graham, "Bounds on Multiprocessing Timing Anomalies", 1969); where
// they take turns, all of it.
func (p Phase) Ideal(cores int) float64 {
	var wall float64
	for _, b := range p.Bursts {
		one := Phase{Kind: p.Kind, Bursts: []Burst{b}}
		if one.Width() <= 1 || one.Parallelism().Value < 1.5 || one.sharesTheGIL() {
			wall += float64(b.CPU())
			continue
		}
		loads := make([]float64, max(1, cores))
		cpus := make([]int64, 0, len(b.Workers))
		for _, w := range b.Workers {
			cpus = append(cpus, w.CPU)
		}
		slices.Sort(cpus)
		for _, c := range slices.Backward(cpus) {
			slices.Sort(loads)
			loads[0] += float64(c)
		}
		wall += slices.Max(loads)
	}
	return wall
}

// Shares gives, for each worker of the burst, the share of a core that it
// used, 0 to 1, in each of so many equal steps from 0 to end, in µs.
func (b Burst) Shares(end int64, steps int) [][]float64 {
	var out [][]float64
	for _, s := range b.spans {
		shares := make([]float64, steps)
		for i := range shares {
			from, to := end*int64(i)/int64(steps), end*int64(i+1)/int64(steps)
			from, to = max(from, s.start), min(to, s.end)
			if to > from {
				used := span{s.series, from, to}.cpu()
				shares[i] = math.Min(1, float64(used)/(float64(end)/float64(steps)))
			}
		}
		out = append(out, shares)
	}
	return out
}
