package phase

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
)

// inTurn runs four threads one after the other, each for so long, while the
// others wake up again and again to ask for a lock.
func inTurn(each int64) *script {
	s := &script{}
	s.task(10, 10, 0, 0).compute(4 * each).rest(4 * each)
	for i := range int64(4) {
		b := s.task(10, 11+int(i), 0, 4*each)
		if i > 0 {
			b.step(i*each, 0.01, 0, 300, 0)
		}
		b.compute(each)
	}
	return s
}

// seldom keeps the samples at every so many ms, and the last.
func seldom(run *record.Run, every int64) {
	for i := range run.Tasks {
		t := &run.Tasks[i]
		last := t.Last()
		var kept []record.Point
		for _, p := range t.Points {
			if p.T%(every*ms) == 0 || p.T == last.T {
				kept = append(kept, p)
			}
		}
		t.Points = kept
	}
}

func TestInterleaving(t *testing.T) {
	for _, c := range []struct {
		name   string
		s      *script
		every  int64 // ms between two samples
		lo, hi float64
	}{
		{"threads that wait for the GIL", honest(), 20, 3.8, 4.1},
		{"looked at every 100 ms", honest(), 100, 3.5, 4.1},
		{"one after the other, however often they sleep", inTurn(160 * ms), 20, 1, 1.5},
	} {
		seldom(&c.s.run, c.every)
		line := c.s.cut()
		if line.Threads == nil {
			t.Fatalf("%s: no threads", c.name)
		}
		v, ok := Interleaving(line.Threads)
		if !ok || v.Lo < c.lo || v.Hi > c.hi || !v.Valid() {
			t.Errorf("%s: %+v, %v; want it between %.1f and %.1f", c.name, v, ok, c.lo, c.hi)
		}
	}
}

// TestInterleavingSeenSeldom wants no certainty where a whole task lies between
// two samples: threads that run one after the other look like honest ones.
func TestInterleavingSeenSeldom(t *testing.T) {
	for _, every := range []int64{160, 320, 640} {
		s := inTurn(160 * ms)
		seldom(&s.run, every)
		p := s.cut().Threads
		if p == nil {
			continue
		}
		if v, ok := Interleaving(p); ok && v.Lo > 2 {
			t.Errorf("looked at every %d ms, it is surely more than two: %+v", every, v)
		}
	}
	if v, ok := Interleaving(); ok {
		t.Errorf("of no phase: %+v", v)
	}
}

// TestOverlapWithWorkersOfNoPhase sees children that compute while the threads
// only seem to, beside a fair phase of processes.
func TestOverlapWithWorkersOfNoPhase(t *testing.T) {
	s := honest()
	fair := s.cut().Overlap
	for i := range 4 {
		s.task(50+i, 50+i, 10, 620*ms).step(560*ms, 0.25, 0.7, 0, 100)
	}
	if line := s.cut(); fair > 0.1 || line.Overlap < 0.5 {
		t.Errorf("the overlap is %.2f, and %.2f with children beside the threads", fair, line.Overlap)
	}
}
