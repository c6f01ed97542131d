package phase

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
)

const (
	// How long a worker may sleep within one span, in µs. A thread sleeps
	// while another one holds the GIL, and under a quota everything stops
	// for some 100 ms at a time.
	threadRest  = 250_000
	processRest = 100_000
	mainRest    = 150_000
	// A worker is active where it uses or wants this share of a core. A
	// thread is active, too, where it wakes this often a second: one that
	// waits for the GIL wakes every 5 ms, one that waits for work sleeps on.
	activeShare = 0.05
	activeWakes = 25
)

// series is what one worker used over time: a thread, or a process with all
// its threads.
type series struct {
	tasks  []int // IDs
	pid    int
	points []record.Point
	born   int64
	// spawned says that the process is a fresh interpreter: it starts up and
	// imports the script before it works.
	spawned bool
}

func ofTask(t *record.Task) series {
	s := series{tasks: []int{t.ID}, pid: t.PID, points: t.Points, born: t.Born}
	s.spawned = strings.Contains(t.Command, "multiprocessing.spawn") || strings.Contains(t.Command, "--multiprocessing-fork")
	if len(t.Points) > 0 { // it lived for at least as long before it was seen
		s.born -= min(t.Points[0].CPU+t.Points[0].Wait, slack)
	}
	return s
}

// sum adds the series of a process's tasks into one.
func sum(parts []series) series {
	if len(parts) == 1 {
		return parts[0]
	}
	total := series{pid: parts[0].pid, born: parts[0].born, spawned: parts[0].spawned}
	var times []int64
	for _, s := range parts {
		total.tasks = append(total.tasks, s.tasks...)
		total.born = min(total.born, s.born)
		for _, p := range s.points {
			times = append(times, p.T)
		}
	}
	slices.Sort(times)
	// Those that have begun by t and have not ended, and what the ended ones used.
	begun := slices.DeleteFunc(slices.Clone(parts), func(s series) bool { return len(s.points) == 0 })
	slices.SortFunc(begun, func(a, b series) int { return cmp.Compare(a.points[0].T, b.points[0].T) })
	var ended record.Point
	var now []series
	for _, t := range slices.Compact(times) {
		for len(begun) > 0 && begun[0].points[0].T <= t {
			now, begun = append(now, begun[0]), begun[1:]
		}
		at := ended
		at.T = t
		now = slices.DeleteFunc(now, func(s series) bool {
			add(&at, s.at(t))
			if last := s.points[len(s.points)-1]; last.T <= t {
				add(&ended, last)
				return true
			}
			return false
		})
		total.points = append(total.points, at)
	}
	return total
}

// add adds what q counts to p.
func add(p *record.Point, q record.Point) {
	p.CPU, p.Wait, p.Slices = p.CPU+q.CPU, p.Wait+q.Wait, p.Slices+q.Slices
	p.Voluntary, p.Involuntary = p.Voluntary+q.Voluntary, p.Involuntary+q.Involuntary
}

// at interpolates between the points around t; it is zero before the first.
func (s series) at(t int64) record.Point {
	i, found := slices.BinarySearchFunc(s.points, t, func(p record.Point, t int64) int { return cmp.Compare(p.T, t) })
	switch {
	case found:
		return s.points[i]
	case i == 0:
		return record.Point{T: t}
	case i == len(s.points):
		p := s.points[i-1]
		p.T = t
		return p
	}
	a, b := s.points[i-1], s.points[i]
	between := func(x, y int64) int64 { return x + int64(float64(y-x)*float64(t-a.T)/float64(b.T-a.T)) }
	return record.Point{T: t, CPU: between(a.CPU, b.CPU), Wait: between(a.Wait, b.Wait), Slices: between(a.Slices, b.Slices),
		Voluntary: between(a.Voluntary, b.Voluntary), Involuntary: between(a.Involuntary, b.Involuntary)}
}

// span is a stretch in which a worker was active, without a long rest.
type span struct {
	series
	start, end int64
}

// cpu is what the worker used within the span, in µs.
func (s span) cpu() int64 { return s.used().CPU }

// used is the difference between the span's ends; a worker's first point
// counts from its birth.
func (s span) used() record.Point {
	a, b := s.at(s.start), s.at(s.end)
	if s.start <= s.born {
		a = record.Point{}
	}
	return record.Point{CPU: b.CPU - a.CPU, Wait: b.Wait - a.Wait, Slices: b.Slices - a.Slices,
		Voluntary: b.Voluntary - a.Voluntary, Involuntary: b.Involuntary - a.Involuntary}
}

// asleep is the share, 0 to 1, of the span's switches that the worker made by
// its own will, and false where they were not seen. Kinds of switches are
// looked at seldomer than slices are, so only their proportion is of use.
func (s span) asleep() (float64, bool) {
	p := s.used()
	if p.Voluntary+p.Involuntary <= 0 {
		p = s.at(s.end)
	}
	if p.Voluntary+p.Involuntary <= 0 {
		return 0, false
	}
	return float64(p.Voluntary) / float64(p.Voluntary+p.Involuntary), true
}

// spans cuts a series where its worker slept for longer than rest.
func (s series) spans(kind Kind) []span {
	rest := map[Kind]int64{Threads: threadRest, Processes: processRest, Main: mainRest}[kind]
	var out []span
	last := record.Point{T: s.born}
	for _, p := range s.points {
		dt, wait := p.T-last.T, p.Wait-last.Wait
		busy := float64(p.CPU-last.CPU+wait) >= activeShare*float64(dt)
		wakes := kind == Threads && float64(p.Slices-last.Slices) >= activeWakes*float64(dt)/1e6
		if p.CPU > last.CPU && (busy || wakes) {
			// The kernel adds a wait when it ends, so what is more than the
			// time since the last point was waited before: that was no sleep.
			queued := max(0, wait-dt)
			if n := len(out); n > 0 && last.T-out[n-1].end-queued <= rest {
				out[n-1].end = p.T
			} else {
				out = append(out, span{series: s, start: max(s.born, last.T-queued), end: p.T})
			}
		}
		last = p
	}
	return out
}
