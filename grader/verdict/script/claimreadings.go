package script

import (
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// timeRanges are the honest times of each phase that was seen. Where the
// threads or the processes were not, the main thread may have done their work:
// its stretch is then the sequential phase's and theirs together.
func (c judgedRun) timeRanges() map[claim.Phase]ranges {
	out := map[claim.Phase]ranges{}
	for _, k := range kinds {
		if c.chosen(k) == nil {
			continue
		}
		var extents []extent
		for _, w := range c.windows(k) {
			extents = append(extents, extent{w.lo, w.hi})
		}
		if k == phase.Main && c.seen() < len(kinds) {
			extents = append(extents, extent{0, extents[0].hi})
		}
		out[named[k]] = joined(extents)
	}
	return out
}

// timeReadings are the ways to read a series as times: in seconds, or, where
// no unit is printed, in another one.
func (c judgedRun) timeReadings(s claim.Series) []reading {
	if c.timed == nil {
		return nil
	}
	scales := []float64{1, 1e-3, 1e-6, 1e-9, 60}
	if hasUnit(s) {
		scales = scales[:1]
	}
	var out []reading
	for _, scale := range scales {
		out = append(out, reading{scale: scale, ranges: c.timed})
	}
	return out
}

func hasUnit(s claim.Series) bool {
	for _, fs := range s.Figures {
		for _, f := range fs {
			if f.Unit {
				return true
			}
		}
	}
	return false
}

// useReadings are the ways to read a series as CPU use: as CPU time; in
// percent, or in cores, of one core, of the machine or of what may be used of
// it; of the whole machine, neighbours included, which is what /proc/stat
// shows; of the parent alone, where the script says so.
func (c judgedRun) useReadings(s claim.Series, host record.Host) []reading {
	if s.Kind == claim.CPUTime {
		return c.cpuTimeReadings(s)
	}
	percent, parent := false, c.claims.SaysParent
	for _, fs := range s.Figures {
		for _, f := range fs {
			percent = percent || f.Percent
		}
	}
	var out []reading
	for _, of := range slices.Compact([]float64{1, float64(host.CPUs), float64(host.Affinity)}) {
		out = append(out, reading{scale: of / 100, ranges: c.use(of, host.Cores(), false)})
		if !percent {
			out = append(out, reading{scale: of, ranges: c.use(of, host.Cores(), false)})
		}
		if parent {
			out = append(out, reading{scale: of / 100, ranges: c.use(of, host.Cores(), true)})
			if !percent {
				out = append(out, reading{scale: of, ranges: c.use(of, host.Cores(), true)})
			}
		}
	}
	if either(s) {
		out = append(out, c.cpuTimeReadings(s)[0])
	}
	if percent {
		whole := c.machineRanges()
		out = append(out, reading{scale: 1, ranges: whole}, reading{scale: 1 / float64(max(1, host.CPUs)), ranges: whole})
	}
	return out
}

// use are the honest utilizations of each phase, in cores, as a figure shows
// that is printed as a part of so many.
func (c judgedRun) use(of, cores float64, parent bool) map[claim.Phase]ranges {
	out := map[claim.Phase]ranges{}
	for _, k := range kinds {
		if c.chosen(k) == nil {
			continue
		}
		most := cores
		if k != phase.Processes {
			most = 1
		}
		var extents []extent
		for _, w := range c.windows(k) {
			low, high := math.Max(0, w.cpu-c.tick)/math.Max(w.hi, 1e-6), (w.cpu+c.tick)/math.Max(w.wall, 1e-6)
			// A phase may have been shorter than it was seen, or used more.
			high = math.Max(high, math.Min(most, (w.cpu+c.tick+w.missed)/math.Max(w.lo, 1e-6)))
			// On a crowded machine all shares are small: so are those of a
			// figure that leaves the children out.
			below := math.Min(points/100.0, low/4)
			extents = append(extents, extent{low*(1-share) - below, high*(1+share) + points/100.0})
		}
		if k == phase.Processes && parent {
			extents = append(extents, extent{0, 2 * points / 100.0 * math.Max(1, of/2)})
		}
		out[named[k]] = joined(extents)
	}
	return out
}

// cpuTimeReadings are those of CPU time, in seconds unless no unit is printed.
func (c judgedRun) cpuTimeReadings(s claim.Series) []reading {
	in := map[claim.Phase]ranges{}
	for _, k := range kinds {
		if c.chosen(k) == nil {
			continue
		}
		var extents []extent
		for _, w := range c.windows(k) {
			extents = append(extents, extent{w.cpu*(1-cpuShare) - c.moment, w.cpu*(1+cpuShare) + c.moment})
		}
		if k == phase.Processes && c.claims.SaysParent {
			extents = append(extents, extent{0, startUp})
		}
		in[named[k]] = joined(extents)
	}
	out := []reading{{scale: 1, ranges: in}}
	if !hasUnit(s) {
		out = append(out, reading{scale: 1e-3, ranges: in})
	}
	return out
}

// machineRanges are the shares of the whole machine's time, in percent, that
// were busy during each phase.
func (c judgedRun) machineRanges() map[claim.Phase]ranges {
	out := map[claim.Phase]ranges{}
	for _, k := range kinds {
		if c.chosen(k) == nil {
			continue
		}
		var extents []extent
		for _, b := range c.Bursts {
			if b.Kind != k || len(c.Cores) < 2 {
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
			extents = append(extents, extent{busy*(1-share) - points, busy*(1+share) + points})
		}
		out[named[k]] = joined(extents)
	}
	return out
}

// mostTimes bounds the printed times of a phase from which speedups may follow.
const mostTimes = 8

// speedupsAgree is 0 where a printed speedup of threads or processes follows
// neither from the printed times nor from the observed ones.
func (c judgedRun) speedupsAgree(times judged) stat.Interval {
	for _, k := range kinds[1:] {
		printed, own := c.printedRatios(times, named[k])
		windows, base := c.windows(k), c.windows(phase.Main)
		if c.chosen(k) == nil || len(windows) == 0 || len(base) == 0 {
			continue
		}
		var observed []extent
		const near = 1.35
		if times.found && own {
			base = nil // what follows from the phase's own printed times is known to the digit
		}
		for _, b := range base[:min(len(base), 64)] {
			for _, w := range windows[:min(len(windows), 64)] {
				if b.wall > 0 && w.wall > 0 {
					r := b.wall / w.wall
					observed = append(observed, extent{r / near, r * near}, extent{1 / r / near, 1 / r * near})
				}
			}
		}
		ratios := joined(append(observed, printed...))
		any, right := false, false
		for _, f := range c.claims.Figures {
			if f.Kind == claim.Speedup && f.Sure && f.Phase == named[k] {
				any = true
				right = right || ratios.holds(f.Value, f.Round)
			}
		}
		if any && !right {
			return stat.Exactly(0)
		}
	}
	return stat.Exactly(1)
}

// printedRatios are the ratios of any two printed times of which one is the phase's,
// or nobody knows whose; own reports whether the phase's is among them.
func (c judgedRun) printedRatios(times judged, of claim.Phase) (out []extent, own bool) {
	var all []claim.Figure
	count := map[claim.Phase]int{}
	take := func(f claim.Figure) {
		if f.Value > 0 && count[f.Phase] < mostTimes {
			count[f.Phase]++
			all = append(all, f)
		}
	}
	for _, p := range claim.Phases {
		for _, f := range times.series.Figures[p] {
			take(f)
		}
	}
	for _, f := range c.claims.Figures {
		if f.Kind == claim.Time || f.Kind == claim.CPUTime || f.Kind == claim.Plain && f.Round < 1 {
			take(f)
		}
	}
	whose := func(f claim.Figure) bool { return f.Phase == of || f.Phase == "" }
	for _, a := range all {
		own = own || a.Phase == of
		for _, b := range all {
			if !whose(a) && !whose(b) {
				continue
			}
			out = append(out, extent{math.Max(0, a.Value-a.Round) / (b.Value + b.Round) * (1 - ratioSlack),
				(a.Value + a.Round) / math.Max(1e-9, b.Value-b.Round) * (1 + ratioSlack)})
		}
	}
	return out, own
}
