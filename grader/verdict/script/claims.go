package script

import (
	"math"
	"regexp"
	"slices"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// A printed figure never equals the observed one: the script's clock is read
// a little before the first and after the last worker. These say how far off
// an honest figure may be.
const (
	startUp    = 0.10 // seconds of CPU time that the interpreter's own start takes of the first stretch
	exit       = 0.01 // seconds of CPU time that a process takes to end
	throttle   = 0.05 // seconds, half a period of a control group's quota
	tolerance  = 0.15 // relative, of a time
	moment     = 0.03 // seconds, of a time
	ratioSlack = 0.12 // relative, of a ratio of printed times
	points     = 12   // percent points, of a utilization
	share      = 0.30 // relative, of a utilization
)

// window is the range in which an honest time for a phase lies, in seconds.
type window struct{ lo, hi, wall, cpu float64 }

// holds says whether the claim may be a time from the window.
func (w window) holds(c claim.Claim) bool {
	return c.Value+c.Round >= w.lo && c.Value-c.Round <= w.hi
}

// windows gives those of all stretches of work that a script may have timed
// as this phase: each burst, and each run of neighbouring ones.
func (c judgedRun) windows(kind phase.Kind) []window {
	chosen := map[phase.Kind]*phase.Phase{phase.Main: c.Sequential, phase.Threads: c.Threads, phase.Processes: c.Processes}[kind]
	var out []window
	var tries []phase.Phase
	if chosen != nil {
		tries = append(tries, *chosen)
	}
	tries = append(tries, c.Candidates(kind)...)
	for _, p := range tries {
		first, last := p.Bursts[0], p.Bursts[len(p.Bursts)-1]
		wall, cpu := float64(p.Wall())/1e6, float64(p.CPU())/1e6
		w := window{wall: wall, cpu: cpu}
		switch {
		case p.Kind == phase.Main && first.Kind == phase.Main:
			// What the main thread did before and after belongs to its
			// stretch, but rests between do not: they are no work.
			w.lo = wall*(1-tolerance) - moment
			if first.After == 0 {
				w.lo -= startUp*math.Max(1, wall/cpu) + wall*tolerance
			}
			w.hi = wall*(1+tolerance) + 2*moment
		default:
			around := float64(last.Before-first.After) / 1e6
			// Workers are seen a little after their start and last seen a
			// little before their end: whoever waits for them waits longer,
			// but who only waits for a result does not wait for their exit.
			w.lo = wall*(1-tolerance/5) - moment/5
			if first.Kind == phase.Processes && cpu > 0 {
				w.lo -= exit * float64(p.Workers()) * wall / cpu
			}
			if c.Run.End.ThrottledUS > 0 {
				w.lo -= throttle
			}
			if p.Kind == phase.Main { // timed inside an interpreter of its own
				w.lo = wall*(1-2*tolerance) - 2*startUp
			}
			w.hi = math.Max(wall, around)*(1+tolerance/3) + moment
		}
		out = append(out, w)
	}
	// Rounds that follow each other without a break look like one stretch:
	// the printed time may be that of a single round.
	if kind == phase.Main && c.Threads != nil {
		for _, k := range []int{len(c.Threads.Bursts), rounds(c, phase.Threads), rounds(c, phase.Processes)} {
			if k > 1 && len(out) > 0 {
				w, n := out[0], float64(k)
				out = append(out, window{lo: w.lo/n - moment, hi: w.hi / n * (1 + tolerance), wall: w.wall / n, cpu: w.cpu / n})
			}
		}
	}
	return out
}

// rounds counts how often a phase as wide as the chosen one was seen.
func rounds(c judgedRun, kind phase.Kind) int {
	n := 0
	for _, b := range c.Bursts {
		if b.Kind == kind && len(b.Workers) > 1 {
			n++
		}
	}
	return n
}

var kinds = []phase.Kind{phase.Main, phase.Threads, phase.Processes}

// about gives the claims of a kind about a phase, those without a phase for
// an empty one.
func (c judgedRun) about(kind claim.Kind, p phase.Kind) []claim.Claim {
	var out []claim.Claim
	for _, cl := range c.claims {
		if cl.Kind == kind && cl.Phase == p {
			out = append(out, cl)
		}
	}
	return out
}

// timesAgree is the share of the phases seen whose printed time lies in one
// of its windows; a phase without a readable time widens the interval.
func (c judgedRun) timesAgree() stat.Interval {
	var agree, open, all float64
	for _, kind := range kinds {
		windows := c.windows(kind)
		if len(windows) == 0 {
			continue
		}
		all++
		inside := func(cl claim.Claim) bool {
			return slices.ContainsFunc(windows, func(w window) bool { return w.holds(cl) })
		}
		labelled := c.about(claim.Time, kind)
		switch {
		case slices.ContainsFunc(labelled, inside):
			agree++
		case len(labelled) > 0:
		case slices.ContainsFunc(c.claims, func(cl claim.Claim) bool {
			return (cl.Kind == claim.Time || cl.Kind == claim.Plain && cl.Round < 1) && inside(cl)
		}):
			agree++ // a time, or a number with decimals, whatever it is called
		default:
			open++
		}
	}
	if all == 0 {
		return stat.Exactly(0)
	}
	if agree == 0 && open > 0 && len(c.claims) > 0 && c.mayHoldTimes() {
		return stat.Exactly(0) // figures were printed, and none is right
	}
	return stat.Interval{Value: agree / all, Lo: agree / all, Hi: (agree + open) / all}
}

// mayHoldTimes says whether some figure could be a time, understood or not:
// without any, an open phase stays open.
func (c judgedRun) mayHoldTimes() bool {
	return slices.ContainsFunc(c.claims, func(cl claim.Claim) bool { return cl.Kind == claim.Time || cl.Round < 1 })
}

// speedupsAgree is 0 where a printed speedup of threads or processes follows
// neither from the printed times nor from the observed ones.
func (c judgedRun) speedupsAgree() stat.Interval {
	base := c.windows(phase.Main)
	for _, kind := range kinds[1:] {
		claims := c.about(claim.Speedup, kind)
		windows := c.windows(kind)
		if len(claims) == 0 || len(windows) == 0 || len(base) == 0 {
			continue
		}
		if !slices.ContainsFunc(claims, func(cl claim.Claim) bool {
			return c.fromTimes(cl) || fromWindows(cl, base, windows)
		}) {
			return stat.Exactly(0)
		}
	}
	return stat.Exactly(1)
}

// fromTimes says whether the speedup is the ratio of two printed times.
func (c judgedRun) fromTimes(speedup claim.Claim) bool {
	var times []claim.Claim
	for _, cl := range c.claims {
		if (cl.Kind == claim.Time || cl.Kind == claim.CPUTime || cl.Kind == claim.Plain && cl.Round < 1) && cl.Value > 0 {
			times = append(times, cl)
		}
	}
	for _, a := range times {
		for _, b := range times {
			lo := math.Max(0, a.Value-a.Round) / (b.Value + b.Round) * (1 - ratioSlack)
			hi := (a.Value + a.Round) / math.Max(1e-9, b.Value-b.Round) * (1 + ratioSlack)
			if speedup.Value+speedup.Round >= lo && speedup.Value-speedup.Round <= hi {
				return true
			}
		}
	}
	return false
}

// fromWindows says whether the speedup, or its inverse, is near a ratio of
// observed wall times.
func fromWindows(speedup claim.Claim, base, windows []window) bool {
	const near = 1.35
	for _, b := range base {
		for _, w := range windows {
			ratio := b.wall / w.wall
			for _, r := range []float64{ratio, 1 / ratio} {
				if speedup.Value+speedup.Round >= r/near && speedup.Value-speedup.Round <= r*near {
					return true
				}
			}
		}
	}
	return false
}

// utilizationAgrees is 1 where a printed utilization is one of the honest
// readings of what was observed, 0 where utilizations were printed and some
// phase's are all off, and anything between where none could be read.
func (c judgedRun) utilizationAgrees(cpus, affinity int) stat.Interval {
	read, agree := 0, 0
	for _, kind := range kinds {
		windows := c.windows(kind)
		if len(windows) == 0 {
			continue
		}
		labelled := append(c.about(claim.Utilization, kind), c.about(claim.CPUTime, kind)...)
		if len(labelled) == 0 {
			continue
		}
		read++
		if slices.ContainsFunc(labelled, func(cl claim.Claim) bool { return c.reads(cl, kind, windows, cpus, affinity) }) {
			agree++
		}
	}
	if read > 0 {
		if agree == read {
			return stat.Exactly(1)
		}
		return stat.Exactly(0)
	}
	for _, kind := range kinds { // without a phase's name, or not understood
		windows := c.windows(kind)
		for _, cl := range c.claims {
			if cl.Kind != claim.Time && cl.Kind != claim.Speedup && c.reads(cl, kind, windows, cpus, affinity) {
				return stat.Exactly(1)
			}
		}
	}
	if len(c.claims) == 0 {
		return stat.Exactly(0)
	}
	return stat.Interval{Value: 0.5, Lo: 0, Hi: 1}
}

// reads says whether the claim is an honest reading of the phase's CPU use:
// as CPU time, in percent of one core, of the machine or of what may be used
// of it, in cores; of this process, with its children or without; or of the
// whole machine, neighbours included, which is what /proc/stat shows.
func (c judgedRun) reads(cl claim.Claim, kind phase.Kind, windows []window, cpus, affinity int) bool {
	for _, w := range windows {
		if cl.Kind == claim.CPUTime {
			if near(cl.Value, w.cpu, share, moment+cl.Round) {
				return true
			}
			continue
		}
		value := cl.Value
		low, high := w.cpu/math.Max(w.hi, 1e-6), w.cpu/math.Max(w.wall, 1e-6)
		if kind == phase.Processes && c.saysParent() && (value < points && cl.Percent || value < 0.2 && !cl.Percent) {
			return true // the parent's own time, without the children
		}
		for _, of := range []float64{1, float64(cpus), float64(affinity)} {
			for _, scale := range []float64{100, 1} {
				if cl.Percent && scale == 1 {
					continue
				}
				slack := points / 100.0 * scale
				// On a crowded machine all shares are small: so are those of a
				// figure that leaves the children out.
				below := math.Min(slack, low*scale/4)
				if value+cl.Round >= (low*scale*(1-share)-below)/of && value-cl.Round <= high*scale/of*(1+share)+slack/of {
					return true
				}
			}
		}
	}
	return c.machineReads(cl, kind, cpus)
}

// parentOnly are the words by which a script says that children are not
// counted in its figures.
var parentOnly = regexp.MustCompile(`(?i)\bparent|this process|main process|own process|child|not count|exclud|without the (?:worker|process)`)

func (c judgedRun) saysParent() bool {
	return parentOnly.MatchString(c.Run.End.Stdout) || parentOnly.MatchString(c.Run.End.Stderr)
}

func near(a, b, relative, absolute float64) bool { return math.Abs(a-b) <= relative*b+absolute }

// machineReads compares with the whole machine's use during the phase.
func (c judgedRun) machineReads(cl claim.Claim, kind phase.Kind, cpus int) bool {
	if !cl.Percent || len(c.Cores) < 2 {
		return false
	}
	for _, b := range c.Bursts {
		if b.Kind != kind {
			continue
		}
		first, last := c.Cores[0], c.Cores[len(c.Cores)-1]
		for _, s := range c.Cores {
			if s.T <= b.Start {
				first = s
			}
		}
		for _, s := range slices.Backward(c.Cores) {
			if s.T >= b.End {
				last = s
			}
		}
		all := float64(last.Busy - first.Busy + last.Idle - first.Idle + last.Steal - first.Steal)
		if all <= 0 {
			continue
		}
		busy := 100 * float64(last.Busy-first.Busy) / all
		if math.Abs(cl.Value-busy) <= points+share*busy/2 || math.Abs(cl.Value-busy*float64(cpus)) <= points*float64(cpus) {
			return true
		}
	}
	return false
}
