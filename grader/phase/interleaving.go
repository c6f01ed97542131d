package phase

import (
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/stat"
)

const (
	// window is the CPU time of a group of workers, in µs, within which several of
	// them should have worked: eight of the interpreter's switch intervals of 5 ms
	// (sys.getswitchinterval).
	window = 40_000
	// fewWindows is the number of windows below which their differences say
	// nothing of the mean.
	fewWindows = 3
	// coarse is how many times longer than it should be a window may be on
	// average: beyond, workers that take turns and workers that run one after
	// the other look alike.
	coarse = 4
)

// sharing is how many workers shared a window of a group's CPU time.
type sharing struct {
	cpu float64 // µs, of all workers
	// effective is the effective number of workers, the inverse Simpson index of
	// their shares: four with a quarter each are 4, one alone is 1.
	effective float64
	times     float64 // how many times longer than asked for, 1 or more
}

// Interleaving is how many of a phase's workers shared each 40 ms of their CPU
// time, on average over all times that the phase was seen: threads that
// wait for the GIL all have a turn in it, threads that run one after the other do
// not, however often they sleep or ask for a lock. The interval carries how much
// the stretches differ, and what lies between two samples: how much the figure
// shrinks as the stretches do. It is false where the phases are too short, or were
// looked at too seldom, to tell.
func Interleaving(phases ...*Phase) (stat.Interval, bool) {
	var windows, longer []sharing
	for _, p := range phases {
		windows = append(windows, p.sharings(window)...)
		longer = append(longer, p.sharings(2*window)...)
	}
	if len(windows) < fewWindows || len(longer) == 0 {
		return stat.Interval{}, false
	}
	mean, margin, times := shared(windows)
	v := stat.Interval{Value: mean, Lo: 1, Hi: mean + margin}
	if times <= coarse {
		twice, _, _ := shared(longer)
		v.Lo = math.Max(1, mean-margin-math.Max(0, twice-mean)*math.Log2(times))
	}
	return v, true
}

// shared gives the mean of how many workers shared the windows, two standard
// errors of it, and how many times longer than they should be the windows are.
func shared(windows []sharing) (mean, margin, times float64) {
	var cpu, squares float64
	for _, w := range windows {
		cpu, mean, times = cpu+w.cpu, mean+w.cpu*w.effective, times+w.times
	}
	mean /= math.Max(1, cpu)
	for _, w := range windows {
		squares += w.cpu / math.Max(1, cpu) * (w.effective - mean) * (w.effective - mean)
	}
	n := float64(len(windows))
	return mean, 2 * math.Sqrt(squares/math.Max(1, n-1)), times / n
}

// sharings cuts the phase at samples, so that each window has at least so much
// of the workers' CPU time, in µs. What is left at the end of a burst is no window.
func (p Phase) sharings(length float64) []sharing {
	var out []sharing
	for _, b := range p.Bursts {
		workers := map[int]series{}
		var times []int64
		for _, s := range b.spans {
			workers[s.tasks[0]] = s.series
			for _, p := range s.points {
				if p.T > b.Start && p.T <= b.End {
					times = append(times, p.T)
				}
			}
		}
		slices.Sort(times)
		from := b.Start
		for _, t := range slices.Compact(times) {
			var sum, squares float64
			for _, s := range workers {
				used := float64(span{s, from, t}.cpu())
				sum, squares = sum+used, squares+used*used
			}
			if sum >= length {
				out = append(out, sharing{sum, sum * sum / squares, sum / length})
				from = t
			}
		}
	}
	return out
}
