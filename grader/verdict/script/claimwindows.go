package script

import (
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
)

// A printed figure never equals the observed one: the script's clock is read
// a little before the first and after the last worker. These say how far off
// an honest figure may be.
const (
	startUp    = 0.10 // seconds of CPU time that the interpreter's own start takes of the first stretch, where it was not measured
	tick       = 0.02 // seconds of CPU time, two ticks of os.times
	exit       = 0.01 // seconds of CPU time that a process takes to end
	throttle   = 0.05 // seconds, half a period of a control group's quota
	tolerance  = 0.15 // relative, of a time
	moment     = 0.03 // seconds, of a time
	ratioSlack = 0.12 // relative, of a ratio of printed times
	points     = 5    // percent points, of a utilization
	share      = 0.10 // relative, of a utilization
	cpuShare   = 0.25 // relative, of a CPU time
	// doubt is how much further off, relatively, a figure must be to be wrong
	// where the machine had more to do than its cores could: between the two it
	// is undecided.
	doubt = 0.25
)

// window is the range in which an honest time for a phase lies, in seconds.
type window struct {
	lo, hi, wall, cpu float64
	missed            float64 // at its ends, where samples came late
}

var kinds = []phase.Kind{phase.Main, phase.Threads, phase.Processes}

// named are the phases as a program prints them, in the order of kinds.
var named = map[phase.Kind]claim.Phase{phase.Main: claim.Sequential, phase.Threads: claim.Threads, phase.Processes: claim.Processes}

// chosen gives the phase of a kind, nil where it was not seen.
func (c judgedRun) chosen(kind phase.Kind) *phase.Phase {
	return map[phase.Kind]*phase.Phase{phase.Main: c.Sequential, phase.Threads: c.Threads, phase.Processes: c.Processes}[kind]
}

// basis is what a run's figures are compared with.
type basis struct {
	byKind  map[phase.Kind][]window
	timed   map[claim.Phase]ranges
	start   float64 // seconds of CPU time of the interpreter's own start
	crowded bool    // the machine had more to do than its cores could
	tasks   int     // that a phase is asked to have
	// moment and tick are those of the constants at the longest look. At a short one
	// they are shorter in proportion, so that a false figure hides no more easily; an
	// honest one that is off by more has to wait for the longer look.
	moment, tick float64
}

// newJudgedRun cuts a run into phases and reads what it printed. A phase is asked to
// have so many tasks, each of which is so long, as a share of those of the longest look.
func newJudgedRun(run *record.Run, rec *record.Record, tasks int, length float64) judgedRun {
	host := rec.Host
	c := judgedRun{Run: run, Timeline: phase.Cut(run), claims: claim.Read(run.End.Stdout, run.End.Stderr)}
	c.tasks, c.moment, c.tick = tasks, moment*length, tick*length
	c.start = float64(rec.Submission.Probe.StartupUS) / 1e6
	if c.start == 0 || run.Whose == record.Reference {
		c.start = startUp
	}
	c.crowded = run.End.ThrottledUS > 0 || host.Quota > 0 && host.Quota < 1 || host.Capacity > 0 && host.Capacity < host.Cores()/2
	if c.Sequential != nil {
		u := c.Sequential.Use()
		c.crowded = c.crowded || float64(u.Preempted) > crowd*float64(u.CPU)
	}
	instants := c.instants()
	c.byKind = map[phase.Kind][]window{}
	for _, k := range kinds {
		c.byKind[k] = c.look(k, instants)
	}
	c.timed = c.timeRanges()
	return c
}

// crowd is how long a sequential phase waits for a core, relative to its CPU
// time, on a machine that has more to do than its cores can.
const crowd = 0.5

// windows gives those of all stretches of work that a script may have timed
// as this phase, the chosen phase's own first; none where there was no such.
func (c judgedRun) windows(kind phase.Kind) []window { return c.byKind[kind] }

// look finds the windows: each burst, and each run of neighbouring ones.
func (c judgedRun) look(kind phase.Kind, instants []int64) []window {
	var out []window
	var tries []phase.Phase
	chosen := c.chosen(kind)
	if chosen != nil {
		tries = append(tries, *chosen)
	}
	for _, p := range c.Candidates(kind) {
		if 2*p.CPU() >= c.largest(kind) { // a smaller one is a scrap of it, or a warm-up
			tries = append(tries, p)
		}
	}
	if chosen != nil && kind != phase.Main {
		tries = append(tries, chosen.Rounds(c.tasks)...)
	}
	for _, p := range tries {
		out = append(out, c.window(p, instants))
	}
	// Rounds that follow each other without a break look like one stretch:
	// the printed time may be that of a single round.
	if kind == phase.Main && c.Threads != nil {
		for _, k := range []int{rounds(c, phase.Threads), rounds(c, phase.Processes)} {
			if k > 1 && len(out) > 0 {
				w, n := out[0], float64(k)
				out = append(out, window{lo: w.lo/n - c.moment, hi: w.hi / n * (1 + tolerance), wall: w.wall / n, cpu: w.cpu / n})
			}
		}
	}
	return out
}

// window gives that of one stretch of work.
func (c judgedRun) window(p phase.Phase, instants []int64) window {
	first, last := p.Bursts[0], p.Bursts[len(p.Bursts)-1]
	wall, cpu := float64(p.Wall())/1e6, float64(p.CPU())/1e6
	w := window{wall: wall, cpu: cpu}
	if p.Kind == phase.Main && first.Kind == phase.Main {
		// What the main thread did before and after belongs to its
		// stretch, but rests between do not: they are no work.
		w.lo = wall*(1-tolerance) - c.moment
		if first.After == 0 {
			w.lo -= c.start * math.Max(1, wall/cpu)
		}
		w.hi = wall*(1+tolerance) + 2*c.moment
		return w
	}
	around := float64(last.Before-first.After) / 1e6
	// Workers are seen a little after their start and last seen a
	// little before their end: whoever waits for them waits longer,
	// but who only waits for a result does not wait for their exit.
	w.lo = wall*(1-tolerance/5) - c.moment/5
	if first.Kind == phase.Processes && cpu > 0 {
		w.lo -= exit * float64(p.Workers()) * wall / cpu
	}
	if c.Run.End.ThrottledUS > 0 {
		w.lo -= throttle
	}
	if p.Kind == phase.Main { // timed inside an interpreter of its own
		w.lo = wall*(1-2*tolerance) - 2*startUp
	}
	w.hi = math.Max(wall, around)*(1+tolerance/3) + c.moment
	// On a crowded machine the sampler comes late, too: an edge lies
	// anywhere between the samples around it.
	begin, end := late(instants, first.Start), late(instants, last.End)
	if c.crowded {
		w.lo -= math.Max(begin, end)
	}
	w.hi += begin + end
	w.missed = begin + end
	return w
}

// instants gives the times of all samples of the run, in µs, in order.
func (c judgedRun) instants() []int64 {
	var out []int64
	for i := range c.Tasks {
		for _, p := range c.Tasks[i].Points {
			out = append(out, p.T)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// late is by how much, in seconds, the samples around an instant are further
// apart than on a quiet machine.
func late(instants []int64, t int64) float64 {
	const usual = 20_000 // µs
	i, _ := slices.BinarySearch(instants, t)
	gap := int64(0)
	for k := max(1, i); k <= min(i+1, len(instants)-1); k++ {
		gap = max(gap, instants[k]-instants[k-1])
	}
	return float64(max(0, gap-usual)) / 1e6
}

// largest is the CPU time, in µs, of the largest burst of a kind.
func (c judgedRun) largest(kind phase.Kind) int64 {
	var most int64
	for _, b := range c.Bursts {
		if b.Kind == kind {
			most = max(most, b.CPU())
		}
	}
	return most
}

// rounds counts how often a phase of several workers was seen that did about
// as much as the largest.
func rounds(c judgedRun, kind phase.Kind) int {
	n := 0
	if p := c.chosen(kind); p != nil {
		n = len(p.Rounds(c.tasks))
	}
	seen := 0
	for _, b := range c.Bursts {
		if b.Kind == kind && len(b.Workers) > 1 && 2*b.CPU() >= c.largest(kind) {
			seen++
		}
	}
	return max(n, seen)
}

// extent is a range of values, and ranges are several, in order and apart.
type (
	extent struct{ lo, hi float64 }
	ranges []extent
)

// joined sorts extents and joins those that meet.
func joined(extents []extent) ranges {
	slices.SortFunc(extents, func(a, b extent) int {
		if a.lo < b.lo {
			return -1
		} else if a.lo > b.lo {
			return 1
		}
		return 0
	})
	var out ranges
	for _, s := range extents {
		if n := len(out); n > 0 && s.lo <= out[n-1].hi {
			out[n-1].hi = math.Max(out[n-1].hi, s.hi)
			continue
		}
		out = append(out, s)
	}
	return out
}

// holds reports whether a value that was rounded so may lie in the ranges.
func (r ranges) holds(value, round float64) bool {
	// Rounded to the next, or cut off.
	i, _ := slices.BinarySearchFunc(r, value-round/2, func(s extent, v float64) int {
		if s.hi < v {
			return -1
		}
		return 1
	})
	return i < len(r) && r[i].lo <= value+round
}

// wider gives the ranges with so much more room, relative to their ends.
func (r ranges) wider(by float64) ranges {
	out := make([]extent, len(r))
	for i, s := range r {
		out[i] = extent{s.lo - by*math.Abs(s.lo), s.hi * (1 + by)}
	}
	return joined(out)
}

// reading is a way to read figures: the values that an honest one may have,
// for each phase that was seen, times a scale.
type reading struct {
	scale  float64 // from the printed value
	ranges map[claim.Phase]ranges
}

// fits reports whether a figure may be read so.
func (r reading) fits(f claim.Figure) bool {
	in, seen := r.ranges[f.Phase]
	return !seen || in.holds(f.Value*r.scale, f.Round*r.scale)
}

// wider gives the reading with more room.
func (r reading) wider(by float64) reading {
	out := reading{scale: r.scale, ranges: map[claim.Phase]ranges{}}
	for p, in := range r.ranges {
		out.ranges[p] = in.wider(by)
	}
	return out
}

// explains reports whether the series can be read so as a whole: at least
// half of each phase's figures, where a phase was printed several times, and
// all of them where it is not sure what they are.
func (r reading) explains(s claim.Series) bool {
	for p := range r.ranges {
		fit := 0
		for _, f := range s.Figures[p] {
			if r.fits(f) {
				fit++
			}
		}
		if n := len(s.Figures[p]); n > 0 && (2*fit < n || !s.Sure && fit < n) {
			return false
		}
	}
	return true
}
