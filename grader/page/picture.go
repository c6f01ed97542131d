package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/words"
)

const (
	// mostLanes bounds the lanes of a picture: of more tasks, those that used
	// most CPU time are drawn.
	mostLanes = 14
	// hardly is the CPU time, in µs, below which a task that was there for a moment
	// only has no lane.
	hardly = 10_000
	// mostTold is how many marks of a picture are told to those who cannot see it.
	mostTold = 20
	// bins is how many steps the sum of all lanes has.
	bins = 240
)

// picture is a stretch of one run.
type picture struct {
	Whose    string
	From, To int64 // µs since the run's start
	Lanes    []lane
	More     int // tasks that have no lane
	Marks    []mark
	Marked   string        // what a mark is
	Used     [bins]float64 // cores, of all tasks together
	Wanted   [bins]float64 // cores that they waited for, besides
	Cores    float64       // that they could have
	Requests []level       // nil where none was seen
}

// mark names a stretch of a picture.
type mark struct {
	Name     string
	From, To int64
}

// level is how many requests were under way from an instant on.
type level struct {
	At int64 // µs since the run's start
	N  int
}

// newPicture draws a stretch of a run.
func newPicture(rec *record.Record, run *record.Run, whose string, from, to int64) picture {
	p := picture{Whose: whose, From: max(0, from), To: to, Cores: rec.Host.Cores()}
	w := watch(run)
	name := named(run, p.From, to)
	for _, t := range ordered(run) {
		if name[t.ID] == "" {
			continue
		}
		l := w.lane(t, name[t.ID])
		l.Steps = slices.DeleteFunc(l.Steps, func(s step) bool { return s.To <= p.From || s.From >= to })
		p.sum(l)
		p.Lanes = append(p.Lanes, l)
	}
	p.drop(run)
	p.Requests = levels(run.Requests, p.From, to)
	return p
}

// ordered gives the tasks by their processes, those of the root first.
func ordered(run *record.Run) []*record.Task {
	place := map[int]int{}
	var all []*record.Task
	for i := range run.Tasks {
		t := &run.Tasks[i]
		if _, known := place[t.PID]; !known {
			place[t.PID] = i
		}
		all = append(all, t)
	}
	slices.SortStableFunc(all, func(a, b *record.Task) int { return cmp.Compare(place[a.PID], place[b.PID]) })
	return all
}

// named gives each task of a stretch its name, by its ID; none to one that was
// there for a moment only, which the last call may have left.
func named(run *record.Run, from, to int64) map[int]string {
	names, processes, threads := map[int]string{}, map[int]string{}, map[int]int{}
	var many int
	for i := range run.Tasks {
		t := &run.Tasks[i]
		root := t.Parent == 0
		there := min(t.Died, to) - max(t.Born, from)
		used := series(t.Points).at(to) - series(t.Points).at(from)
		if there < 0 || there*50 < to-from && used < hardly && !(root && !t.Thread()) {
			continue
		}
		switch {
		case root && !t.Thread():
			names[t.ID] = "main"
		case root:
			threads[t.PID]++
			names[t.ID] = fmt.Sprintf("thread %d", threads[t.PID])
		case !t.Thread():
			if helper := helps(t.Command); helper != "" {
				processes[t.PID] = helper
			} else {
				many++
				processes[t.PID] = fmt.Sprintf("process %d", many)
			}
			names[t.ID] = processes[t.PID]
		default:
			threads[t.PID]++
			names[t.ID] = fmt.Sprintf("%s, thread %d", cmp.Or(processes[t.PID], "process"), threads[t.PID])
		}
	}
	return names
}

// helps names what multiprocessing starts for itself, as far as its command line
// tells; empty for others.
func helps(command string) string {
	for module, name := range map[string]string{"multiprocessing.resource_tracker": "tracker", "multiprocessing.forkserver": "fork server"} {
		if strings.Contains(command, module) {
			return name
		}
	}
	return ""
}

// sum adds a lane to what all tasks used.
func (p *picture) sum(l lane) {
	width := float64(p.To-p.From) / bins
	if width <= 0 {
		return
	}
	for _, s := range l.Steps {
		from, to := max(0, float64(s.From-p.From)/width), min(bins, float64(s.To-p.From)/width)
		for b := int(from); b < bins && float64(b) < to; b++ {
			share := min(to, float64(b+1)) - max(from, float64(b))
			p.Used[b] += share * s.Shares[computing]
			p.Wanted[b] += share * s.Shares[ready]
		}
	}
}

// drop keeps the lanes that did most, where there are too many, in their order.
func (p *picture) drop(run *record.Run) {
	if len(p.Lanes) <= mostLanes {
		return
	}
	used := func(l lane) float64 {
		if l.Name == "main" {
			return float64(run.End.WallUS)
		}
		var sum float64
		for _, s := range l.Steps {
			sum += float64(s.To-s.From) * (s.Shares[computing] + s.Shares[ready])
		}
		return sum
	}
	all := make([]float64, len(p.Lanes))
	for i, l := range p.Lanes {
		all[i] = used(l)
	}
	slices.Sort(all)
	least, before := all[len(all)-mostLanes], len(p.Lanes)
	p.Lanes = slices.DeleteFunc(p.Lanes, func(l lane) bool { return used(l) < least })
	p.Lanes = p.Lanes[:min(len(p.Lanes), mostLanes)]
	p.More = before - len(p.Lanes)
}

// levels counts the requests under way in a stretch, nil where there were none.
func levels(requests []record.Request, from, to int64) []level {
	var moves []level
	for _, r := range requests {
		if r.Begin >= from && r.Begin < to {
			moves = append(moves, level{r.Begin, 1}, level{max(r.Begin, r.End), -1})
		}
	}
	slices.SortStableFunc(moves, func(a, b level) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.N, b.N)) })
	var out []level
	n := 0
	for _, m := range moves {
		n += m.N
		if k := len(out); k > 0 && out[k-1].At == m.At {
			out[k-1].N = n
		} else {
			out = append(out, level{m.At, n})
		}
	}
	return out
}

// most is the most requests that were under way.
func most(levels []level) int {
	n := 0
	for _, l := range levels {
		n = max(n, l.N)
	}
	return n
}

// message tells a picture to those who cannot see it.
func (p picture) message() string {
	var parts []string
	for _, m := range p.Marks[:min(len(p.Marks), mostTold)] {
		parts = append(parts, fmt.Sprintf("%s from %s to %s", m.Name, words.Span(float64(m.From-p.From)/1e6), words.Span(float64(m.To-p.From)/1e6)))
	}
	for _, l := range p.Lanes {
		var sum [states]float64
		var all float64
		for _, s := range l.Steps {
			for k := range sum {
				sum[k] += s.Shares[k] * float64(s.To-s.From)
			}
			all += float64(s.To - s.From)
		}
		if all > 0 {
			parts = append(parts, fmt.Sprintf("%s: %.0f %% computing, %.0f %% waiting for a core, %.0f %% asleep on the GIL or a lock",
				l.Name, sum[computing]/all*100, sum[ready]/all*100, sum[locked]/all*100))
		}
	}
	return strings.Join(parts, "; ")
}
