package phase

import (
	"cmp"
	"slices"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// Lives is how many workers of a run were alive, whether they computed or
// waited.
type Lives struct {
	// Threads is the most threads of the root process beside its main thread
	// that were alive at once, Processes the most child processes, without
	// multiprocessing's own helpers.
	Threads, Processes int
	// InMain is the share, 0 to 1, of the CPU time used after the first worker
	// was born that the root's main thread used, without as much as it had used
	// until then: starting workers and ending an interpreter takes time, too. It
	// is 0 where hardly any was used.
	InMain float64
	// Longest is the longest that one of Threads lived, in µs.
	Longest int64
}

// hardly is the CPU time, in µs, of all tasks of a run below which it does not
// say who did the work: starting workers takes some, too.
const hardly = 100_000

// Alive says how many workers a run had.
func Alive(run *record.Run) Lives {
	var l Lives
	root := 0
	for i := range run.Tasks {
		t := &run.Tasks[i]
		if root == 0 && t.Parent == 0 && !t.Thread() {
			root = t.PID
		}
	}
	helper := helpers(run)
	var threads, processes, workers []*record.Task
	for i := range run.Tasks {
		t := &run.Tasks[i]
		switch {
		case t.PID == root && t.Thread():
			threads, workers = append(threads, t), append(workers, t)
		case t.PID != root && !t.Thread() && !helper[t.PID]:
			processes, workers = append(processes, t), append(workers, t)
		}
	}
	l.Threads, l.Processes = atOnce(threads), atOnce(processes)
	if len(workers) == 0 {
		return l
	}
	for _, t := range threads {
		l.Longest = max(l.Longest, t.Died-t.Born)
	}
	first := slices.MinFunc(workers, func(a, b *record.Task) int { return cmp.Compare(a.Born, b.Born) }).Born
	var main, all int64
	for i := range run.Tasks {
		t := &run.Tasks[i]
		s := ofTask(t)
		used := s.at(t.Died).CPU
		if t.Born < first {
			used -= s.at(first).CPU
		}
		if t.PID == root && !t.Thread() {
			used = max(0, used-s.at(first).CPU)
			main = used
		}
		all += used
	}
	if all >= hardly {
		l.InMain = float64(main) / float64(all)
	}
	return l
}

// Starved is the share of a run's wall time, 0 to 1, in which that of its tasks
// which waited longest stood in the run queue: time that the machine did not
// give it. It is 0 for a run without wall time.
func Starved(run *record.Run) float64 {
	var most int64
	for i := range run.Tasks {
		if points := run.Tasks[i].Points; len(points) > 0 {
			most = max(most, points[len(points)-1].Wait)
		}
	}
	if run.End == nil || run.End.WallUS <= 0 {
		return 0
	}
	return min(1, float64(most)/float64(run.End.WallUS))
}

// atOnce is the most of the tasks that were alive at once: one that is first
// seen when another is last seen follows it.
func atOnce(tasks []*record.Task) int {
	spans := make([][2]int64, len(tasks))
	for i, t := range tasks {
		spans[i] = [2]int64{t.Born, max(t.Died, t.Born+1)}
	}
	return stat.AtOnce(spans)
}
