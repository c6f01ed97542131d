package page

import (
	"math"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
)

// point is a sample, its times in ms.
func point(t, cpu, wait, slices int64) record.Point {
	return record.Point{T: t * 1000, CPU: cpu * 1000, Wait: wait * 1000, Slices: slices}
}

// TestStates has tasks that do one thing each.
func TestStates(t *testing.T) {
	run := &record.Run{
		Tasks: []record.Task{
			{ID: 0, PID: 1, TID: 1, Died: 100_000, Points: []record.Point{point(0, 0, 0, 0), point(100, 1, 0, 2)}},                                  // joins the others
			{ID: 1, PID: 1, TID: 2, Died: 100_000, Points: []record.Point{point(0, 0, 0, 0), point(50, 40, 0, 10), point(100, 50, 0, 20)}},          // holds the GIL, then waits for it
			{ID: 2, PID: 1, TID: 3, Died: 100_000, Points: []record.Point{point(0, 0, 0, 0), point(50, 10, 0, 10), point(100, 50, 0, 20)}},          // the other way round
			{ID: 3, PID: 7, TID: 7, Parent: 1, Died: 100_000, Points: []record.Point{point(0, 0, 0, 0), point(50, 0, 0, 0), point(100, 10, 90, 1)}}, // its wait was counted when it ended
			{ID: 4, PID: 8, TID: 8, Parent: 1, Died: 100_000, Points: []record.Point{point(0, 0, 0, 0), point(100, 2, 0, 40)}},                      // asks the server from 20 to 80
			{ID: 5, PID: 9, TID: 9, Parent: 1, Died: 100_000, Points: []record.Point{point(0, 0, 0, 0), point(100, 2, 0, 40)}},                      // wakes often, alone
		},
		Requests: []record.Request{{From: "8.8.1", Begin: 20_000, End: 60_000, Left: 70_000}, {From: "8.8.1", Begin: 50_000, End: 80_000, Left: 0}},
	}
	w := watch(run)
	for i, want := range [][states]float64{
		{0.01, 0, 0, 0, 0.99},
		{0.5, 0, 0.5, 0, 0},
		{0.5, 0, 0.5, 0, 0},
		{0.1, 0.9, 0, 0, 0},
		{0.02, 0, 0, 0.6, 0.38},
		{0.02, 0, 0, 0, 0.98},
	} {
		l := w.lane(&run.Tasks[i], "")
		var got [states]float64
		for _, s := range l.Steps {
			for k, share := range s.Shares {
				got[k] += share * float64(s.To-s.From) / 100_000
			}
		}
		for k := range want {
			if math.Abs(got[k]-want[k]) > 0.001 {
				t.Errorf("task %d was %v, want %v", i, got, want)
				break
			}
		}
	}
}

// TestLanesOfRecordings draws what was observed on real machines: at each instant a
// lane is one whole, and it computes as long as the kernel counted.
func TestLanesOfRecordings(t *testing.T) {
	for _, name := range []string{"challenge3/gil-discovery/reference", "challenge3/workarounds/reference", "challenge3/strategy-analyzer/reference", "crowded/manager-on-a-crowded-machine"} {
		rec, err := recordings.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		lanes := 0
		for i := range rec.Runs {
			run := &rec.Runs[i]
			w := watch(run)
			for k := range run.Tasks {
				l := w.lane(&run.Tasks[k], "")
				var used float64
				last := l.Born
				for _, s := range l.Steps {
					sum := 0.0
					for _, share := range s.Shares {
						if share < 0 {
							t.Errorf("%s, run %d, task %d: a share of %v", name, i, k, share)
						}
						sum += share
					}
					if math.Abs(sum-1) > 1e-9 || s.From != last || s.To <= s.From {
						t.Errorf("%s, run %d, task %d: %v in all from %d to %d, after %d", name, i, k, sum, s.From, s.To, last)
					}
					used, last = used+s.Shares[computing]*float64(s.To-s.From), s.To
				}
				if cpu := float64(l.CPU); len(l.Steps) > 0 && math.Abs(used-cpu) > max(2000, cpu/50) {
					t.Errorf("%s, run %d, task %d: drawn for %.0f µs on a core, counted %.0f", name, i, k, used, cpu)
				}
				lanes++
			}
		}
		if lanes < 5 {
			t.Errorf("%s has %d lanes", name, lanes)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, length := range []int64{1, 900, 15_000, 367_000, 1_600_000, 30_000_000, 3_600_000_000} {
		if n := len(ticks(length)); n < 2 || n > 8 {
			t.Errorf("%d µs have %d ticks: %v", length, n, ticks(length))
		}
	}
}

// TestColour cuts lines of Python into parts that make the line again.
func TestColour(t *testing.T) {
	lines := []string{`def f(x): return "a # b" + 'c\'d'  # end`, `s = """one`, `two" '' # no comment`, `three""" + rb'x' + 12`, "'not closed", "for x in ß: pass", ""}
	want := map[string]string{"def": "kw", "f": "fn", `"a # b"`: "st", `'c\'d'`: "st", "# end": "co", `two" '' # no comment`: "st", "12": "nu", "'not closed": "st", "for": "kw", "pass": "kw"}
	for i, spans := range colour(lines) {
		whole := ""
		for _, s := range spans {
			whole += s.Text
			if class, ok := want[s.Text]; ok && class != s.Class {
				t.Errorf("%q is %q, want %q", s.Text, s.Class, class)
			}
			delete(want, s.Text)
		}
		if whole != lines[i] {
			t.Errorf("%q became %q", lines[i], whole)
		}
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}

func FuzzColour(f *testing.F) {
	f.Add("def f(): '''\n\xff\\\n")
	f.Fuzz(func(t *testing.T, s string) {
		colour([]string{s, s})
	})
}
