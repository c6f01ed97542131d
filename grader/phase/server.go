package phase

import "slices"

const (
	// serving is the share of a core that a server uses at most while the
	// processes that it serves compute.
	serving = 0.10
	// servesShare is what a server used at most in all, its start included,
	// relative to the one of the others that used least.
	servesShare = 0.5
)

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
