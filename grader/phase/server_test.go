package phase_test

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
)

// TestManagerIsNoWorker cuts runs of an honest script whose four processes put
// their results into a dictionary of a multiprocessing.Manager.
func TestManagerIsNoWorker(t *testing.T) {
	rec, err := recordings.Read("crowded/manager-beside-four-processes")
	if err != nil {
		t.Fatal(err)
	}
	cut := 0
	for i := range rec.Runs {
		if rec.Runs[i].Pilot {
			continue
		}
		line := phase.Cut(&rec.Runs[i])
		if cut++; line.Processes == nil || line.Processes.Workers() != 4 {
			t.Errorf("run %d: want 4 processes, got %+v", i, line.Processes)
		}
	}
	if cut < 2 {
		t.Fatalf("only %d runs", cut)
	}
}

// TestServerByConduct tells a server by what it did: only one that slept while
// the others computed, and was there all the time, is none of the workers.
func TestServerByConduct(t *testing.T) {
	task := func(id int, points ...record.Point) record.Task {
		return record.Task{ID: id, PID: 10 + id, TID: 10 + id, Parent: 10, Command: "python3 x.py", Born: points[0].T, Died: points[len(points)-1].T, Points: points}
	}
	// compute gives the points of a task that uses a whole core from one
	// millisecond to another, and sleeps until a third.
	compute := func(from, to, until int64) []record.Point {
		var points []record.Point
		for ms := from; ms <= until; ms += 10 {
			points = append(points, record.Point{T: ms * 1000, CPU: (min(ms, to) - from) * 1000, Slices: ms, Involuntary: ms})
		}
		return points
	}
	for _, c := range []struct {
		name  string
		first []record.Point
		want  int
	}{
		{"slept while the others computed", compute(10, 40, 400), 3},
		{"computed beside them", compute(10, 240, 400), 4},
		{"was gone before they worked", compute(10, 40, 50), 4},
		{"did as much as the others, before them", compute(0, 200, 700), 4},
	} {
		root := task(0, compute(0, 10, 800)...)
		root.PID, root.TID, root.Parent = 10, 10, 0
		begin := c.first[0].T/1000 + 50
		if c.want == 4 && c.first[len(c.first)-1].T >= 700_000 {
			begin = 210
		}
		run := &record.Run{Tasks: []record.Task{root, task(1, c.first...)}}
		for id := 2; id < 5; id++ {
			run.Tasks = append(run.Tasks, task(id, compute(begin, begin+200, begin+200)...))
		}
		workers := map[int]bool{}
		for _, b := range phase.Cut(run).Bursts {
			for _, w := range b.Workers {
				workers[w.PID] = b.Kind == phase.Processes
			}
		}
		n := 0
		for _, process := range workers {
			if process {
				n++
			}
		}
		if n != c.want {
			t.Errorf("a process that %s: %d workers, want %d", c.name, n, c.want)
		}
	}
}

// TestHelperByConduct takes a process for one of multiprocessing's own helpers
// only where it did hardly more than start, whatever it calls itself.
func TestHelperByConduct(t *testing.T) {
	for _, c := range []struct {
		name        string
		trackers    int
		each        int64 // ms of CPU time
		workers     int64 // ms of CPU time of each of four processes that came later, 0 for none
		wantedWorks int
	}{
		{"one that only starts", 1, 40, 0, 0},
		{"one that starts slowly, beside four fresh interpreters", 1, 240, 300, 4},
		{"four that compute", 4, 120, 0, 4},
		{"four that compute, beside four processes", 4, 120, 120, 8},
		{"one that does the work of four", 1, 480, 120, 5},
	} {
		run := &record.Run{}
		add := func(parent int, command string, from, ms int64) {
			k := record.Task{ID: len(run.Tasks), PID: 10 + len(run.Tasks), Parent: parent, Command: command, Born: from * 1000, Died: (from + ms) * 1000}
			k.TID = k.PID
			for at := int64(0); at <= ms; at += 10 {
				k.Points = append(k.Points, record.Point{T: (from + at) * 1000, CPU: at * 1000, Slices: at, Involuntary: at})
			}
			run.Tasks = append(run.Tasks, k)
		}
		add(0, "python3 x.py", 0, 20)
		for range c.trackers {
			add(10, "python3 -c from multiprocessing.resource_tracker import main;main(5)", 30, c.each)
		}
		for range 4 {
			if c.workers > 0 {
				add(10, "python3 x.py", 600, c.workers)
			}
		}
		pids := map[int]bool{}
		for _, b := range phase.Cut(run).Bursts {
			for _, w := range b.Workers {
				if b.Kind == phase.Processes {
					pids[w.PID] = true
				}
			}
		}
		if len(pids) != c.wantedWorks {
			t.Errorf("%s: %d workers, want %d", c.name, len(pids), c.wantedWorks)
		}
	}
}
