package phase

import "testing"

// TestRounds repeats a phase of four threads three times, and a thread of a round
// begins as the one of the round before ends: one burst, cut into three.
func TestRounds(t *testing.T) {
	var s script
	root := s.task(1, 1, 0, 0)
	root.rest(100 * ms)
	for i := range 12 {
		thread := s.task(1, 10+i, 0, int64(100+i*100)*ms)
		thread.step(105*ms, 1, 0, 20, 20)
	}
	root.rest(1300 * ms)
	root.compute(1200 * ms)
	line := s.cut()
	if line.Threads == nil {
		t.Fatalf("no threads were seen: %+v", line.Bursts)
	}
	rounds := line.Threads.Rounds(4)
	if len(rounds) != 3 {
		t.Fatalf("%d rounds of %d workers", len(rounds), line.Threads.Distinct())
	}
	for i, r := range rounds {
		if wall := r.Wall(); wall < 350*ms || wall > 450*ms {
			t.Errorf("round %d lasts %d ms", i+1, wall/ms)
		}
	}
	for _, workers := range []int{0, 5, 8, 12} {
		if got := line.Threads.Rounds(workers); got != nil {
			t.Errorf("%d rounds of %d among 12 workers", len(got), workers)
		}
	}
}
