package phase

import (
	"math"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
)

// ms is a millisecond in a record's unit.
const ms = 1000

// script builds a run from what its tasks do.
type script struct{ run record.Run }

func (s *script) task(pid, tid, parent int, born int64) *builder {
	s.run.Tasks = append(s.run.Tasks, record.Task{ID: len(s.run.Tasks), PID: pid, TID: tid, Parent: parent, Born: born, Died: born,
		Points: []record.Point{{T: born}}})
	return &builder{s, len(s.run.Tasks) - 1}
}

func (s *script) cut() Timeline { return Cut(&s.run) }

type builder struct {
	s  *script
	id int
}

func (b *builder) task() *record.Task { return &b.s.run.Tasks[b.id] }

// step adds points every 20 ms for a while in which the task uses these
// shares of a core and of waiting, and switches so often a second.
func (b *builder) step(lasts int64, cpu, wait, sleeps, preempted float64) *builder {
	t := b.task()
	first := t.Last()
	for at := int64(20 * ms); at <= lasts; at += 20 * ms {
		share := func(x float64) int64 { return int64(x * float64(at)) }
		p := record.Point{T: first.T + at, CPU: first.CPU + share(cpu), Wait: first.Wait + share(wait),
			Voluntary: first.Voluntary + share(sleeps/1e6), Involuntary: first.Involuntary + share(preempted/1e6)}
		p.Slices = p.Voluntary + p.Involuntary
		t.Points = append(t.Points, p)
	}
	t.Died = first.T + lasts
	return b
}

// compute has a core to itself; crowd shares it with others that compute;
// gil takes turns with three other threads; rest sleeps.
func (b *builder) compute(lasts int64) *builder { return b.step(lasts, 1, 0, 0, 20) }
func (b *builder) crowd(lasts int64) *builder   { return b.step(lasts, 0.5, 0.5, 0, 100) }
func (b *builder) gil(lasts int64) *builder     { return b.step(lasts, 0.25, 0.03, 200, 50) }
func (b *builder) rest(lasts int64) *builder {
	t := b.task()
	p := t.Last()
	p.T += lasts
	t.Points = append(t.Points, p)
	t.Died = p.T
	return b
}

func near(t *testing.T, name string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s is %.2f, want %.2f", name, got, want)
	}
}

// honest is the lesson's script on two cores: 600 ms in turn, in threads, and
// in processes.
func honest() *script {
	s := &script{}
	s.task(10, 10, 0, 0).compute(600 * ms).rest(600 * ms).rest(300 * ms)
	for i := range 4 {
		s.task(10, 11+i, 0, 600*ms).gil(600 * ms)
	}
	for i := range 4 {
		s.task(20+i, 20+i, 10, 1200*ms).crowd(300 * ms)
	}
	return s
}

func TestHonest(t *testing.T) {
	line := honest().cut()
	if line.Sequential == nil || line.Threads == nil || line.Processes == nil {
		t.Fatalf("phases are missing: %+v", line)
	}
	near(t, "the sequential phase's wall time", float64(line.Sequential.Wall()), 600*ms, 30*ms)
	near(t, "the threads' CPU time", float64(line.Threads.CPU()), 600*ms, 30*ms)
	near(t, "the processes' CPU time", float64(line.Processes.CPU()), 600*ms, 30*ms)
	near(t, "the threads' parallelism", line.Threads.Parallelism().Value, 1, 0.1)
	near(t, "the processes' parallelism", line.Processes.Parallelism().Value, 4, 0.3)
	near(t, "the threads' hand-offs", line.HandOffs(line.Threads).Value, 800, 100)
	near(t, "the processes' hand-offs", line.HandOffs(line.Processes).Value, 0, 5)
	near(t, "the overlap", line.Overlap, 0, 0.05)
	if line.Threads.Workers() != 4 || line.Processes.Workers() != 4 || line.Processes.Width() != 4 {
		t.Errorf("%d threads, %d processes", line.Threads.Workers(), line.Processes.Workers())
	}
	near(t, "the processes on four idle cores", line.Processes.Ideal(4), 150*ms, 15*ms)
	near(t, "the threads on four idle cores", line.Threads.Ideal(4), 600*ms, 30*ms)
}

// TestHelpersAreNoPhases adds what is started beside the work.
func TestHelpersAreNoPhases(t *testing.T) {
	s := honest()
	s.task(10, 30, 0, 100*ms).step(1300*ms, 0.01, 0, 20, 0) // samples the CPU
	tracker := s.task(31, 31, 10, 1190*ms)
	tracker.task().Command = "python3 -c from multiprocessing.resource_tracker import main;main(5)"
	tracker.compute(60 * ms).rest(200 * ms)
	s.task(32, 32, 10, 500*ms).step(900*ms, 0.02, 0, 30, 0) // a manager
	line := s.cut()
	if line.Threads.Workers() != 4 || line.Processes.Workers() != 4 || line.Threads.Width() != 4 {
		t.Errorf("%d threads, %d processes", line.Threads.Workers(), line.Processes.Workers())
	}
	if line.Idle[Threads] != 1 {
		t.Errorf("idle workers: %v", line.Idle)
	}
}

func TestJoinedInTheStartLoop(t *testing.T) {
	s := &script{}
	main := s.task(10, 10, 0, 0).compute(600 * ms).rest(600 * ms)
	for i := range 4 {
		s.task(10, 11+i, 0, 600*ms).gil(600 * ms)
	}
	for i := range 4 {
		s.task(20+i, 20+i, 10, int64(1200+160*i)*ms).compute(150 * ms)
		main.compute(0).rest(160 * ms)
	}
	line := s.cut()
	if line.Processes == nil || line.Processes.Workers() != 4 || line.Processes.Width() != 1 {
		t.Fatalf("want four processes, one at a time: %+v", line.Processes)
	}
	near(t, "their parallelism", line.Processes.Parallelism().Value, 1, 0.1)
}

// TestWarmUpAndScaling runs one, two, four and eight threads: those that did
// the sequential phase's work are the phase.
func TestWarmUpAndScaling(t *testing.T) {
	s := &script{}
	main := s.task(10, 10, 0, 0).compute(600 * ms)
	at, tid := int64(600*ms), 11
	for _, n := range []int{1, 2, 4, 8} {
		lasts := int64(n) * 150 * ms
		for range n {
			s.task(10, tid, 0, at).step(lasts, 1/float64(n), 0.02, 200, 50)
			tid++
		}
		main.rest(lasts)
		at += lasts
	}
	line := s.cut()
	if line.Threads == nil || line.Threads.Workers() != 4 || len(line.Threads.Bursts) != 1 {
		t.Fatalf("want the burst of four threads: %+v", line.Threads)
	}
	near(t, "its work", float64(line.Threads.CPU()), 600*ms, 40*ms)
}

// TestNotJoined lets the processes start while the threads run.
func TestNotJoined(t *testing.T) {
	s := &script{}
	s.task(10, 10, 0, 0).compute(600 * ms).rest(900 * ms)
	for i := range 4 {
		s.task(10, 11+i, 0, 600*ms).gil(800 * ms)
	}
	for i := range 4 {
		s.task(20+i, 20+i, 10, 620*ms).crowd(300 * ms)
	}
	if line := s.cut(); line.Overlap < 0.8 {
		t.Errorf("the overlap is %.2f", line.Overlap)
	}
}

// TestSpawnBeforeALock starts fresh interpreters at once, which then work one
// at a time: their start-up is no parallel work.
func TestSpawnBeforeALock(t *testing.T) {
	s := &script{}
	s.task(10, 10, 0, 0).compute(600 * ms).rest(1400 * ms)
	for i := range 4 {
		b := s.task(20+i, 20+i, 10, 600*ms)
		b.task().Command = "python3 -c from multiprocessing.spawn import spawn_main; spawn_main() --multiprocessing-fork"
		b.crowd(120 * ms)
		if i > 0 {
			b.rest(int64(i) * 150 * ms)
		}
		b.compute(140 * ms)
	}
	line := s.cut()
	if p := line.Processes.Parallelism().Value; p > 1.7 {
		t.Errorf("the parallelism is %.2f", p)
	}
}

// TestProcessCountsOnce runs two processes one after the other, of which each has
// two interpreters in two threads: two tasks want a core at once, but one process.
func TestProcessCountsOnce(t *testing.T) {
	s := &script{}
	s.task(10, 10, 0, 0).compute(1200 * ms).rest(700 * ms)
	for i := range 2 {
		born := int64(1200+310*i) * ms
		s.task(20+i, 20+i, 10, born).compute(300 * ms)
		s.task(20+i, 30+i, 10, born).compute(300 * ms)
	}
	p := s.cut().Processes
	if p == nil || p.Workers() != 2 {
		t.Fatalf("want two processes: %+v", p)
	}
	near(t, "their parallelism", p.Parallelism().Value, 1, 0.1)
	near(t, "their CPU time", float64(p.CPU()), 1200*ms, 40*ms)
}

// TestWaitsOnACrowdedMachine leaves open whether threads that slept often and
// waited long for a core computed in parallel, and does not where they seldom slept,
// or hardly waited.
func TestWaitsOnACrowdedMachine(t *testing.T) {
	for name, c := range map[string]struct {
		cpu, wait, sleeps, preempted float64
		open                         bool // whether a bound of 1.7 is
	}{
		"taking turns in a crowd": {0.1, 0.85, 60, 50, true},
		"computing in a crowd":    {0.1, 0.85, 1, 50, false},
		"computing side by side":  {0.5, 0.3, 60, 50, false},
	} {
		alone := int64(4*c.cpu*1000) * ms
		s := &script{}
		s.task(10, 10, 0, 0).compute(alone).rest(1100 * ms)
		for i := range 4 {
			s.task(10, 11+i, 0, alone).step(1000*ms, c.cpu, c.wait, c.sleeps, c.preempted)
		}
		p := s.cut().Threads
		if p == nil {
			t.Fatalf("%s: no threads", name)
		}
		v := p.Parallelism()
		if open := v.Lo < 1.7 && v.Value > 1.7; open != c.open {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// TestForkServer tells the server from the workers it forks.
func TestForkServer(t *testing.T) {
	s := &script{}
	const server = "python3 -c from multiprocessing.forkserver import main; main()"
	s.task(10, 10, 0, 0).compute(600 * ms).rest(400 * ms)
	s.task(15, 15, 10, 600*ms).compute(60 * ms).rest(300 * ms)
	s.run.Tasks[1].Command = server
	for i := range 4 {
		s.task(20+i, 20+i, 15, 660*ms).crowd(300 * ms)
		s.run.Tasks[2+i].Command = server
	}
	if line := s.cut(); line.Processes == nil || line.Processes.Workers() != 4 {
		t.Errorf("want the four workers: %+v", line.Processes)
	}
}

// TestPhaseInAProcessOfItsOwn is a driver that runs each phase as a script.
func TestPhaseInAProcessOfItsOwn(t *testing.T) {
	s := &script{}
	s.task(10, 10, 0, 0).step(40*ms, 1, 0, 0, 0).rest(1600 * ms)
	s.task(20, 20, 10, 40*ms).compute(600 * ms)
	s.task(21, 21, 10, 660*ms).step(40*ms, 0.5, 0, 0, 0).rest(600 * ms)
	for i := range 4 {
		s.task(21, 30+i, 10, 700*ms).gil(600 * ms)
	}
	s.task(22, 22, 10, 1320*ms).step(20*ms, 0.5, 0, 0, 0).rest(320 * ms)
	for i := range 4 {
		s.task(40+i, 40+i, 22, 1340*ms).crowd(300 * ms)
	}
	line := s.cut()
	if line.Sequential == nil || line.Threads == nil || line.Processes == nil {
		t.Fatalf("phases are missing: %+v", line)
	}
	if line.Threads.Workers() != 4 || line.Processes.Workers() != 4 {
		t.Errorf("%d threads, %d processes", line.Threads.Workers(), line.Processes.Workers())
	}
	near(t, "the sequential work", float64(line.Sequential.CPU()), 600*ms, 30*ms)
}

// TestQueuedIsNotAsleep starves a process for longer than it may rest: it
// wanted a core all the while.
func TestQueuedIsNotAsleep(t *testing.T) {
	s := &script{}
	s.task(10, 10, 0, 0).compute(200 * ms).rest(1000 * ms)
	b := s.task(20, 20, 10, 200*ms).compute(100 * ms)
	k := b.task()
	p := k.Last()
	p.T += 490 * ms
	k.Points = append(k.Points, p) // nothing was seen of it
	p.T, p.CPU, p.Wait, p.Slices, p.Involuntary = p.T+10*ms, p.CPU+10*ms, p.Wait+490*ms, p.Slices+1, p.Involuntary+1
	k.Points = append(k.Points, p)
	b.compute(100 * ms)
	var bursts int
	for _, burst := range s.cut().Bursts {
		if burst.Kind == Processes {
			bursts++
		}
	}
	if bursts != 1 {
		t.Errorf("cut into %d bursts", bursts)
	}
}

func TestNothing(t *testing.T) {
	line := Cut(&record.Run{})
	if line.Sequential != nil || len(line.Bursts) != 0 {
		t.Errorf("phases of nothing: %+v", line)
	}
}
