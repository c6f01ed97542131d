package phase

import "testing"

// TestWithin looks at one of two calls of a run: threads in the first,
// processes in the second.
func TestWithin(t *testing.T) {
	s := &script{}
	s.task(10, 10, 0, 0).compute(100 * ms).rest(900 * ms)
	for i := range 4 {
		s.task(10, 11+i, 0, 100*ms).gil(300 * ms)
	}
	for i := range 4 {
		s.task(20+i, 20+i, 10, 500*ms).crowd(300 * ms)
	}
	cc := s.task(30, 30, 10, 500*ms)
	cc.task().Command = "/usr/lib/gcc/cc1 -quiet primes.c"
	cc.compute(200 * ms)

	threads := Within(&s.run, 100*ms, 450*ms)
	if threads.Threads < 250*ms || threads.Processes != 0 || threads.Main > 20*ms {
		t.Errorf("main %d, threads %d, processes %d", threads.Main, threads.Threads, threads.Processes)
	}
	p := threads.All(Threads)
	if p == nil || p.Distinct() != 4 || threads.All(Processes) != nil {
		t.Fatalf("want four threads: %+v", p)
	}
	near(t, "their parallelism", p.Parallelism().Value, 1, 0.15)

	processes := Within(&s.run, 480*ms, 850*ms)
	p = processes.All(Processes)
	if p == nil || p.Distinct() != 4 || processes.All(Threads) != nil {
		t.Fatalf("want four processes: %+v", p)
	}
	near(t, "the compiler's CPU time is no work", float64(processes.Processes), 600*ms, 20*ms)
	near(t, "their parallelism", p.Parallelism().Value, 4, 0.3)

	if idle := Within(&s.run, 860*ms, 990*ms); idle.Main+idle.Threads+idle.Processes > 5*ms || idle.All(Processes) != nil {
		t.Errorf("a rest: %+v", idle)
	}
}

// TestWithinCutsBusyTasks takes the middle of a task's work.
func TestWithinCutsBusyTasks(t *testing.T) {
	s := &script{}
	s.task(10, 10, 0, 0).compute(1000 * ms)
	if w := Within(&s.run, 310*ms, 505*ms); w.Main < 190*ms || w.Main > 200*ms {
		t.Errorf("%d µs of 195 ms", w.Main)
	}
}
