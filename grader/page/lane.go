package page

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
)

// state is what a task did at an instant, as far as the record tells.
type state int

// The states, in the order in which they are stacked in a lane, from below.
const (
	computing state = iota // on a core
	ready                  // it wanted a core and waited in the run queue
	locked                 // it slept, and woke often while another thread of its process computed, or wanted to
	answering              // it slept while a request of its own was under way
	asleep                 // it slept, for whatever else
	states
)

const (
	// wakes is how often a second a thread that waits for the GIL wakes at
	// least: it does so every 5 ms (sys.getswitchinterval), and seldomer where
	// it has to wait for a core, too.
	wakes = 25
	// beside is the share of a core that other threads of its process use, or want, at
	// least while a thread sleeps that waits for the GIL which they hold.
	beside = 0.25
	// unseen is the longest time, in µs, for which a task is there before it is
	// seen, see package sched.
	unseen = 500_000
	// mostSteps bounds the steps of a lane: more are joined.
	mostSteps = 400
)

// step is a stretch of a lane, from the end of the one before. Times are µs since
// the run's start.
type step struct {
	From, To int64
	Shares   [states]float64 // of the step's time, 1 in all
	Wakes    float64         // times a second that the task was given a core
}

// lane is what one task did.
type lane struct {
	Name       string
	Born, Died int64
	CPU        int64 // µs in all
	Steps      []step
}

// series is what a task had used at any instant.
type series []record.Point

// at interpolates between the points around t: µs on a core, or waiting for one.
func (s series) at(t int64) float64 {
	i, found := slices.BinarySearchFunc(s, t, func(p record.Point, t int64) int { return cmp.Compare(p.T, t) })
	switch {
	case found:
		return wanted(s[i])
	case i == 0:
		return 0
	case i == len(s):
		return wanted(s[i-1])
	}
	a, b := s[i-1], s[i]
	return wanted(a) + (wanted(b)-wanted(a))*float64(t-a.T)/float64(b.T-a.T)
}

func wanted(p record.Point) float64 { return float64(p.CPU + p.Wait) }

// watched is a run as its lanes are drawn from.
type watched struct {
	run      *record.Run
	siblings map[int][]series   // of each process, by PID
	waits    map[int][]interval // for answers, joined, by TID
}

// interval is a stretch of time, in µs.
type interval struct{ from, to int64 }

func watch(run *record.Run) watched {
	w := watched{run: run, siblings: map[int][]series{}, waits: map[int][]interval{}}
	known := map[int]bool{}
	root := 0
	for i := range run.Tasks {
		t := &run.Tasks[i]
		w.siblings[t.PID] = append(w.siblings[t.PID], t.Points)
		known[t.TID] = true
		if root == 0 && t.Parent == 0 && !t.Thread() {
			root = t.TID
		}
	}
	for _, r := range run.Requests {
		tid := root // where the client's thread goes by another name in the sandbox
		if parts := strings.Split(r.From, "."); len(parts) > 1 {
			if n, err := strconv.Atoi(parts[1]); err == nil && known[n] {
				tid = n
			}
		}
		w.waits[tid] = append(w.waits[tid], interval{r.Begin, max(r.End, r.Left)})
	}
	for tid, all := range w.waits {
		w.waits[tid] = joined(all)
	}
	return w
}

// joined merges intervals that overlap, in order.
func joined(all []interval) []interval {
	slices.SortFunc(all, func(a, b interval) int { return cmp.Compare(a.from, b.from) })
	var out []interval
	for _, one := range all {
		if n := len(out); n > 0 && one.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, one.to)
		} else {
			out = append(out, one)
		}
	}
	return out
}

// covered is the time of a stretch that intervals cover, which are joined.
func covered(all []interval, from, to int64) int64 {
	var sum int64
	for _, one := range all {
		sum += max(0, min(one.to, to)-max(one.from, from))
	}
	return sum
}

// lane draws one task of the run.
func (w watched) lane(t *record.Task, name string) lane {
	l := lane{Name: name, Born: t.Born, Died: max(t.Died, t.Born), CPU: t.Last().CPU}
	points := thinned(t.Points)
	last := record.Point{T: t.Born}
	if len(points) > 0 { // it lived for at least as long before it was seen
		last.T = max(0, min(t.Born, points[0].T)-min(points[0].CPU+points[0].Wait, unseen))
		l.Born = last.T
	}
	var used []record.Point // of each step
	for _, p := range points {
		if p.T <= last.T {
			continue
		}
		l.Steps = append(l.Steps, step{From: last.T, To: p.T, Wakes: float64(p.Slices-last.Slices) / float64(p.T-last.T) * 1e6})
		used = append(used, record.Point{CPU: p.CPU - last.CPU, Wait: p.Wait - last.Wait})
		last = p
	}
	if l.Died > last.T {
		l.Steps, used = append(l.Steps, step{From: last.T, To: l.Died}), append(used, record.Point{})
	}
	backwards(l.Steps, used)
	for i := range l.Steps {
		w.sleeps(t, &l.Steps[i])
	}
	return l
}

// backwards shares the times out. The kernel counts a wait when it ends, and a
// sample may come late, so what has no room in a step was before it.
func backwards(steps []step, used []record.Point) {
	var cpu, wait float64 // that had no room yet
	for i, s := range slices.Backward(steps) {
		length := float64(s.To - s.From)
		cpu, wait = cpu+float64(used[i].CPU), wait+float64(used[i].Wait)
		on := min(cpu, length)
		queued := min(wait, length-on)
		cpu, wait = cpu-on, wait-queued
		steps[i].Shares[computing], steps[i].Shares[ready] = on/length, queued/length
	}
}

// sleeps tells apart what a task slept for in a step, as far as that can be told.
func (w watched) sleeps(t *record.Task, s *step) {
	rest := max(0, 1-s.Shares[computing]-s.Shares[ready])
	length := float64(s.To - s.From)
	waited := min(rest, float64(covered(w.waits[t.TID], s.From, s.To))/length)
	s.Shares[answering], rest = waited, rest-waited
	if s.Wakes >= wakes && rest > 0 {
		others := -(s.Shares[computing] + s.Shares[ready]) * length
		for _, o := range w.siblings[t.PID] {
			others += o.at(s.To) - o.at(s.From)
		}
		if others >= beside*rest*length {
			s.Shares[locked], rest = rest, 0
		}
	}
	s.Shares[asleep] = rest
}

// thinned leaves out points where there are too many to draw.
func thinned(points []record.Point) []record.Point {
	every := int(math.Ceil(float64(len(points)) / mostSteps))
	if every <= 1 {
		return points
	}
	var out []record.Point
	for i := every - 1; i < len(points); i += every {
		out = append(out, points[i])
	}
	if last := points[len(points)-1]; out[len(out)-1].T != last.T {
		out = append(out, last)
	}
	return out
}
