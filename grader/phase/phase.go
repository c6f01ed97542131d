// Package phase cuts the timeline of a run into phases: stretches with one
// way of working. It looks at what the tasks did, not at the source.
//
// A worker is a thread other than its process's main thread, or a child
// process with all its threads. Workers of one kind whose active spans
// overlap form a burst; bursts of one kind with nothing else between them
// form a chain. What the main thread used outside the bursts is its own.
package phase

import (
	"cmp"
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/record"
)

// Kind is a way of working.
type Kind string

// The ways of working.
const (
	Main      Kind = "main"      // only the main thread is busy
	Threads   Kind = "threads"   // threads of one process
	Processes Kind = "processes" // child processes
	Idle      Kind = "idle"      // waiting: sleep, I/O
)

const (
	// least is the CPU time, in µs, under which a worker is not busy at all.
	least = 8_000
	// busyShare of what the busiest worker of its kind used makes a worker
	// busy: samplers, trackers and managers use less. Beside others of the
	// same burst it takes burstShare: one task in one process may be four
	// times as long as those of four, but not at the same time.
	busyShare  = 0.15
	burstShare = 0.25
	// sameWork is the factor within which two phases did the same work, for
	// telling which bursts belong together. The spec's bounds judge.
	sameWork = 1.5
	// equalWork is the factor that noise alone explains.
	equalWork = 1.25
)

// Burst is a group of workers that were active together.
type Burst struct {
	Kind       Kind
	Start, End int64 // µs since the run's start
	Workers    []Worker
	// After and Before are the end of what was busy before the burst and
	// the start of what was busy after it, so that whoever timed the burst
	// from inside measured at most Before - After.
	After, Before int64
	spans         []span
}

// Worker is one thread, or one process with its threads.
type Worker struct {
	PID   int
	Tasks []int // IDs, the first is the worker's own
	CPU   int64 // µs
	Start int64
	End   int64
	// Spawned says that the process is a fresh interpreter, whose CPU time
	// includes its start-up where that went over into the work.
	Spawned bool
}

// Phase is one way of working, as chosen among the bursts of its kind: those
// that together did the work that the other phases did.
type Phase struct {
	Kind   Kind
	Bursts []Burst // in time order, never empty
}

// Timeline is a run, cut.
type Timeline struct {
	// Bursts are all stretches of work in time order; those of the main
	// thread have one worker.
	Bursts []Burst
	// Sequential, Threads and Processes are the phases, nil where not seen.
	Sequential, Threads, Processes *Phase
	// Overlap is the share, 0 to 1, of the shorter of two phases during
	// which the other was running too.
	Overlap float64
	// Idle are the workers that were started but hardly worked, by kind:
	// decoys, helpers, and threads whose work was done elsewhere.
	Idle  map[Kind]int
	Ended int64 // µs, end of the last task
	root  series
}

// Cut cuts a run's timeline.
func Cut(run *record.Run) Timeline {
	line := Timeline{Idle: map[Kind]int{}}
	root, workers := units(run)
	if root.pid == 0 {
		return line
	}
	line.root = root
	for _, t := range run.Tasks {
		line.Ended = max(line.Ended, t.Died)
	}
	var bursts []Burst
	for _, w := range workers {
		bursts = append(bursts, line.group(w)...)
	}
	line.overlapWithMain(root, bursts)
	bursts = append(bursts, own(root, bursts)...)
	slices.SortStableFunc(bursts, func(a, b Burst) int { return cmp.Compare(a.Start, b.Start) })
	line.Bursts = bursts
	line.neighbours()
	line.choose()
	return line
}

// host is a set of workers that may form bursts: the threads of one process,
// or all processes.
type host struct {
	kind    Kind
	workers []series
}

// units tells the root's main thread from the workers of every process.
func units(run *record.Run) (root series, hosts []host) {
	var pids []int
	tasks := map[int][]*record.Task{}
	parent := map[int]int{}
	for i := range run.Tasks {
		t := &run.Tasks[i]
		if tasks[t.PID] == nil {
			pids = append(pids, t.PID)
		}
		tasks[t.PID] = append(tasks[t.PID], t)
		parent[t.PID] = t.Parent
	}
	helper := helpers(run)
	var processes []series
	for _, pid := range pids {
		var main, threads []series
		for _, t := range tasks[pid] {
			if t.Thread() {
				threads = append(threads, ofTask(t))
			} else {
				main = append(main, ofTask(t))
			}
		}
		if len(main) == 0 {
			continue // its main thread was never seen
		}
		if parent[pid] == 0 && root.pid == 0 {
			root = main[0]
			hosts = append(hosts, host{Threads, threads})
			continue
		}
		if helper[pid] {
			continue
		}
		// The threads of a child are workers of their own where several of
		// them are busy; else they are a part of the child's work.
		if len(busy(threads)) >= 2 {
			hosts = append(hosts, host{Threads, threads})
		} else {
			main = append(main, threads...)
		}
		processes = append(processes, sum(main))
	}
	return root, append(hosts, host{Processes, withoutServers(processes)})
}

// busy gives the workers that did a fair part of the work.
func busy(workers []series) []series {
	var most int64
	for _, w := range workers {
		most = max(most, total(w))
	}
	floor := max(least, int64(busyShare*float64(most)))
	var out []series
	for _, w := range workers {
		if total(w) >= floor {
			out = append(out, w)
		}
	}
	return out
}

func total(s series) int64 {
	if len(s.points) == 0 {
		return 0
	}
	return s.points[len(s.points)-1].CPU
}

// group forms the bursts of one host's workers.
func (line *Timeline) group(h host) []Burst {
	working := busy(h.workers)
	line.Idle[h.kind] += len(h.workers) - len(working)
	var spans []span
	var most int64
	for _, w := range working {
		spans = append(spans, worked(w.spans(h.kind))...)
	}
	for _, s := range spans {
		most = max(most, s.cpu())
	}
	spans = slices.DeleteFunc(spans, func(s span) bool { return s.cpu() < max(least, int64(busyShare*float64(most))) })
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	var bursts []Burst
	for _, s := range spans {
		if n := len(bursts); n > 0 && s.start+min(slack, (s.end-s.start)/10) < bursts[n-1].End {
			bursts[n-1].add(s)
			continue
		}
		b := Burst{Kind: h.kind, Start: s.start}
		b.add(s)
		bursts = append(bursts, b)
	}
	for i, b := range bursts {
		bursts[i] = b.pruned()
	}
	return bursts
}

// pruned gives the burst without the workers that did no fair share of it.
func (b Burst) pruned() Burst {
	var most int64
	for _, w := range b.Workers {
		most = max(most, w.CPU)
	}
	out := Burst{Kind: b.Kind, Start: b.End}
	for _, s := range b.spans {
		if float64(s.cpu()) >= burstShare*float64(most) {
			out.Start = min(out.Start, s.start)
			out.add(s)
		}
	}
	return out
}

// worked drops the start-up of a fresh interpreter where it is set off from
// the work that follows: the worker waited for its turn in between.
func worked(spans []span) []span {
	if len(spans) < 2 || !spans[0].spawned {
		return spans
	}
	var most int64
	for _, s := range spans[1:] {
		most = max(most, s.cpu())
	}
	if spans[0].cpu() < most {
		return spans[1:]
	}
	return spans
}

func (b *Burst) add(s span) {
	b.End = max(b.End, s.end)
	b.spans = append(b.spans, s)
	b.Workers = append(b.Workers, Worker{PID: s.pid, Tasks: s.tasks, CPU: s.cpu(), Start: s.start, End: s.end, Spawned: s.spawned})
}

// own gives the stretches of the root's main thread outside the bursts.
func own(root series, bursts []Burst) []Burst {
	var out []Burst
	for _, s := range root.spans(Main) {
		pieces := []span{s}
		for _, b := range bursts {
			var cut []span
			for _, p := range pieces {
				if b.End <= p.start || b.Start >= p.end {
					cut = append(cut, p)
					continue
				}
				if b.Start > p.start {
					cut = append(cut, span{p.series, p.start, b.Start})
				}
				if b.End < p.end {
					cut = append(cut, span{p.series, b.End, p.end})
				}
			}
			pieces = cut
		}
		for _, p := range pieces {
			b := Burst{Kind: Main, Start: p.start}
			b.add(p)
			out = append(out, b)
		}
	}
	var most int64
	for _, b := range out {
		most = max(most, b.CPU())
	}
	return slices.DeleteFunc(out, func(b Burst) bool { return b.CPU() < max(least, int64(busyShare*float64(most))) })
}

// overlapWithMain notes how much of the main thread's work was done while
// workers were busy: it did not wait for them.
func (line *Timeline) overlapWithMain(root series, bursts []Burst) {
	all := total(root)
	if all < 10*least {
		return
	}
	var beside int64
	for _, b := range bursts {
		used := span{root, b.Start, b.End}.cpu()
		if float64(used) >= busyShare*float64(b.CPU()) {
			beside += used
		}
	}
	line.Overlap = math.Min(1, float64(beside)/float64(all))
}

// neighbours finds what was busy before and after each burst.
func (line *Timeline) neighbours() {
	for i := range line.Bursts {
		b := &line.Bursts[i]
		b.Before = line.Ended
		for j, o := range line.Bursts {
			if j == i {
				continue
			}
			if o.End <= b.Start {
				b.After = max(b.After, o.End)
			}
			if o.Start >= b.End {
				b.Before = min(b.Before, o.Start)
			}
		}
	}
}
