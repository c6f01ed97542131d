package phase

import "testing"

// TestAlive counts workers that wait as well as those that compute, and tells
// overlapping from following.
func TestAlive(t *testing.T) {
	waiting := &script{}
	waiting.task(10, 10, 0, 0).compute(20 * ms).rest(400 * ms)
	for i := range 3 {
		waiting.task(10, 11+i, 0, 50*ms).rest(100 * ms)
	}
	if l := Alive(&waiting.run); l.Threads != 3 || l.Processes != 0 || l.InMain != 0 {
		t.Errorf("three waiting threads: %+v", l)
	}

	following := &script{}
	following.task(10, 10, 0, 0).compute(20 * ms).rest(400 * ms)
	for i := range int64(3) {
		following.task(10, 11+int(i), 0, (50+100*i)*ms).rest(100 * ms)
	}
	if l := Alive(&following.run); l.Threads != 1 {
		t.Errorf("three threads, one after the other: %+v", l)
	}

	shared := &script{}
	shared.task(10, 10, 0, 0).compute(60 * ms).rest(400 * ms)
	for i := range 2 {
		shared.task(20+i, 20+i, 10, 60*ms).compute(200 * ms)
	}
	tracker := shared.task(30, 30, 10, 60*ms)
	tracker.task().Command = "python3 -c from multiprocessing.resource_tracker import main;main(5)"
	tracker.compute(5 * ms)
	l := Alive(&shared.run)
	if l.Processes != 2 || l.Threads != 0 || l.InMain > 0.1 {
		t.Errorf("two processes that compute: %+v", l)
	}

	decoy := &script{}
	decoy.task(10, 10, 0, 0).compute(400 * ms)
	for i := range 2 {
		decoy.task(20+i, 20+i, 10, 60*ms).rest(200 * ms)
	}
	if l := Alive(&decoy.run); l.Processes != 2 || l.InMain < 0.9 {
		t.Errorf("the main process computes: %+v", l)
	}
}
