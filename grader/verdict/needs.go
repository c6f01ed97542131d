package verdict

import (
	"fmt"
	"slices"

	"github.com/gilcourse/gilcourse/grader/spec"
)

// checks judges the checks of the spec, in its order. One mistake costs one
// check: of a check that needs a failed one, only those bounds count that do not
// merely follow from what failed there, and where none is left it is not judged.
func (j *Judgement) checks(kind Kind, rounds int) []Check {
	if j.Spec.TooOld(j.Record.Python.Version) {
		return j.tooOld()
	}
	all := map[string]*compared{}
	for i := range j.Spec.Checks {
		s := &j.Spec.Checks[i]
		c := j.compare(kind, s, rounds)
		all[s.ID] = &c
	}
	var out []Check
	done := map[string]bool{}
	for i := range j.Spec.Checks {
		j.settle(kind, all, done, j.Spec.Checks[i].ID)
	}
	for i := range j.Spec.Checks {
		c := all[j.Spec.Checks[i].ID]
		if c.Verdict == "" {
			j.judge(kind, c, rounds)
		}
		out = append(out, c.Check)
	}
	return out
}

// tooOld are the checks where the interpreter is older than the challenge takes.
func (j *Judgement) tooOld() []Check {
	var out []Check
	for i := range j.Spec.Checks {
		s := &j.Spec.Checks[i]
		out = append(out, Check{ID: s.ID, Title: s.Title, MaxPoints: s.Points, Lesson: j.Spec.Lesson[s.Lesson], Verdict: Inconclusive,
			Message: fmt.Sprintf("This challenge takes Python %s or newer, and the interpreter here is %s, so that nothing was run.", j.Spec.Python, j.Record.Python.Version),
			Hint:    fmt.Sprintf("Check again with such an interpreter: --python %s.", j.Spec.Python)})
	}
	return out
}

// settle takes away what follows from the failed checks that a check needs, which
// are settled first. The spec has no cycles.
func (j *Judgement) settle(kind Kind, all map[string]*compared, done map[string]bool, id string) {
	if done[id] {
		return
	}
	done[id] = true
	c := all[id]
	c.first = c.broken
	open := len(c.broken) + len(c.undecided)
	for _, s := range j.Spec.Needed(c.spec) {
		j.settle(kind, all, done, s.ID)
		need := all[s.ID]
		failed, waits := need.broken, s.ID
		if need.Verdict == NotJudged { // what follows from that follows from what that waits for
			failed, waits = need.first, need.WaitsFor
		}
		if len(failed) == 0 {
			continue
		}
		follows := func(b spec.Bound) bool { return kind.Follows(b, failed) }
		before := len(c.broken) + len(c.undecided)
		c.broken = slices.DeleteFunc(slices.Clone(c.broken), follows)
		c.undecided = slices.DeleteFunc(slices.Clone(c.undecided), follows)
		if left := len(c.broken) + len(c.undecided); left < before && c.WaitsFor == "" {
			c.WaitsFor = waits
		}
	}
	switch {
	case open > 0 && len(c.broken)+len(c.undecided) == 0:
		c.Verdict, c.Warnings = NotJudged, nil
		c.Message = fmt.Sprintf("Not judged: it waits for `%s`, without which nothing can be told here.", c.WaitsFor)
	default:
		c.WaitsFor = ""
	}
}

// First gives the failed check to mend first: the one for which most others wait,
// of these the first in the spec's order; nil where none has failed.
func (r *Result) First() *Check {
	var first *Check
	most := -1
	for i := range r.Checks {
		c := &r.Checks[i]
		if n := len(r.Waiting(c.ID)); c.Verdict == Fail && n > most {
			first, most = c, n
		}
	}
	return first
}

// Stuck gives the check that a learner needs help with: the First failed one, else
// the first that is inconclusive; nil where there is none.
func (r *Result) Stuck() *Check {
	if first := r.First(); first != nil {
		return first
	}
	for i := range r.Checks {
		if k := &r.Checks[i]; k.Verdict == Inconclusive {
			return k
		}
	}
	return nil
}

// Waiting gives the ids of the checks that are not judged until this one passes,
// in the spec's order.
func (r *Result) Waiting(id string) []string {
	var ids []string
	for _, c := range r.Checks {
		if c.WaitsFor == id {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
