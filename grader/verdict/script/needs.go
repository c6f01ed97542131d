package script

import (
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Follows reports whether a bound shows nothing of its own: a script that ended
// early has not come to what is missing, work that is no work cannot be seen, and
// where a phase was not seen, neither its figures nor the printed ones can be
// told to be its own.
func (k *kind) Follows(b spec.Bound, failed []spec.Bound) bool {
	f := k.Figure(b.Quantity)
	whose, own := verdict.Part(b.Quantity)
	broke := func(names ...string) bool {
		return slices.ContainsFunc(failed, func(b spec.Bound) bool { return slices.Contains(names, b.Quantity) })
	}
	ended := broke("run.completed")
	switch {
	case broke(b.Quantity), ended && (!f.Known || k.Record.Submission.Source.Error != nil):
		return true
	case broke("task.correct", "task.size", "task.clocked") && k.Quantity(b.Quantity).Witness == quantity.Scheduler && k.hardlyWorked():
		return true // of so little work nothing can be told
	case strings.HasSuffix(b.Quantity, ".seen"):
		return ended
	case own == "work" || own == "tasks":
		return ended
	case own == "agreement", b.Quantity == "times.printed":
		return (ended || broke("sequential.seen", "threads.seen", "processes.seen", "phases.overlap")) && !k.allSeen()
	}
	return !f.Known && broke(whose+".seen")
}

// hardlyWorked reports whether all that the runs computed is too little to tell
// anything of it.
func (k *kind) hardlyWorked() bool {
	const least = 0.2 // s of CPU time: tens of samples
	cpu := 0.0
	for _, p := range k.phases() {
		cpu += p.CPU
	}
	return cpu < least
}

// allSeen reports whether each run showed all three phases, apart from each
// other.
func (k *kind) allSeen() bool {
	return len(k.runs) > 0 && !slices.ContainsFunc(k.runs, func(r judgedRun) bool {
		return r.Overlap > 0.3 || slices.ContainsFunc(phases, func(w way) bool { return w.of(r) == nil })
	})
}
