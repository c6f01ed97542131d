package phase

import (
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
)

const (
	// serving is the share of a core that a server uses at most while the
	// processes that it serves compute.
	serving = 0.10
	// servesShare is what a server used at most in all, its start included,
	// relative to the one of the others that used least.
	servesShare = 0.5
	// helping is the CPU time, in µs, that multiprocessing's own helpers of one
	// kind may use, most of it to start: 110 ms were seen, and on a crowded machine
	// 240 ms, less than any worker beside them that was a fresh interpreter, too.
	helping = 150_000
)

// helpers gives the processes, by PID, that are multiprocessing's own: a resource
// tracker, a fork server. Any program can take their command line, so they are
// helpers only where all of a kind together did less than the least of the other
// processes, or hardly more than start. What a fork server forks has its command
// line, and is a worker.
func helpers(run *record.Run) map[int]bool {
	type kind struct {
		parent int
		module string
	}
	commands, parent, used := map[int]string{}, map[int]int{}, map[int]int64{}
	for i := range run.Tasks {
		t := &run.Tasks[i]
		commands[t.PID] += t.Command + "\n"
		used[t.PID] += t.Last().CPU
		parent[t.PID] = t.Parent
	}
	named, least := map[kind][]int{}, int64(0)
	for pid, command := range commands {
		if module := helps(command, commands[parent[pid]]); module != "" {
			one := kind{parent[pid], module}
			named[one] = append(named[one], pid)
		} else if parent[pid] != 0 && (least == 0 || used[pid] < least) {
			least = used[pid]
		}
	}
	out := map[int]bool{}
	for _, pids := range named {
		var sum int64
		for _, pid := range pids {
			sum += used[pid]
		}
		for _, pid := range pids {
			out[pid] = sum <= max(helping, least)
		}
	}
	return out
}

// helps gives the module of multiprocessing whose helper a process calls itself,
// given its parent's command, too; empty for none.
func helps(command, parent string) string {
	const forkServer = "multiprocessing.forkserver"
	for _, module := range []string{"multiprocessing.resource_tracker", "multiprocessing.semaphore_tracker", forkServer} {
		if strings.Contains(command, module) && (module != forkServer || !strings.Contains(parent, forkServer)) {
			return module
		}
	}
	return ""
}

// withoutServers leaves out the processes that only served the others, such as
// a multiprocessing.Manager. A server was there before the first of the others
// worked and until the last had ended, and slept meanwhile: what it used, it
// used to start. Its name says nothing, since a program chooses that itself.
func withoutServers(processes []series) []series {
	working := busy(processes)
	if len(working) < 3 { // one server and two that it serves
		return processes
	}
	totals, works := make([]int64, len(working)), map[int]bool{}
	for i, w := range working {
		totals[i], works[w.tasks[0]] = total(w), true
	}
	slices.Sort(totals)
	served := func(s series) bool {
		if !works[s.tasks[0]] || float64(total(s)) > servesShare*float64(totals[1]) { // of the others none used less than the second
			return false
		}
		others := slices.DeleteFunc(slices.Clone(working), func(o series) bool { return o.tasks[0] == s.tasks[0] })
		least := total(others[0])
		from, to := others[0].worked()
		for _, o := range others[1:] {
			start, end := o.worked()
			least, from, to = min(least, total(o)), min(from, start), max(to, end)
		}
		used := span{s, from, to}.cpu()
		return s.born <= from && s.ended() >= to-slack && float64(total(s)) <= servesShare*float64(least) &&
			float64(used) <= serving*float64(to-from)
	}
	return slices.DeleteFunc(slices.Clone(processes), served)
}

// worked gives the begin and the end of what a process computed, in µs.
func (s series) worked() (start, end int64) {
	spans := s.spans(Processes)
	if len(spans) == 0 {
		return s.born, s.ended()
	}
	return spans[0].start, spans[len(spans)-1].end
}

// ended is when the worker was last seen, in µs.
func (s series) ended() int64 {
	if len(s.points) == 0 {
		return s.born
	}
	return s.points[len(s.points)-1].T
}
