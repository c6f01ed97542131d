// Package calls judges the record of a module whose functions were called: by
// what they returned, and by what was seen of each call.
package calls

import (
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/plan"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/workload"
)

// kind judges calls.
type kind struct {
	*verdict.Judgement
	// calls are the learner's calls by the spec's, peers the reference's. What
	// answers are compared with was called beside the reference, and stands in
	// both.
	calls, peers map[string][]observedCall
	startup      verdict.Startup
	confidence   float64 // of the clock's intervals
}

// New gives the kind that judges calls.
func New(j *verdict.Judgement) verdict.Kind {
	k := &kind{Judgement: j, startup: verdict.Startup{CPU: freshest(j.Record.Runs), Host: j.Record.Host}, confidence: plan.Rounds(j.Spec).Confidence()}
	k.calls, k.peers = k.look(record.Learner), k.look(record.Reference)
	for i := range j.Spec.Calls {
		if c := &j.Spec.Calls[i]; c.Compared() && len(returned(k.peers[c.ID], record.Measured)) > 0 {
			k.calls[c.ID] = k.peers[c.ID]
		}
	}
	k.pair()
	return k
}

// look cuts the windows of one program's measured calls, by the spec's call.
func (k *kind) look(whose record.Whose) map[string][]observedCall {
	out := map[string][]observedCall{}
	var formula workload.Formula
	if head := k.Record.Header; head.Formula {
		formula = workload.DrawFormula(head.Seed)
	}
	for i := range k.Record.Runs {
		run := &k.Record.Runs[i]
		if run.Whose != whose {
			continue
		}
		for n := range run.Calls {
			call := &run.Calls[n]
			if k.Spec.Call(call.ID) == nil || call.Aim == record.Pilot && call.Ended == record.Returned {
				continue // the import, a rest, or a call of another version of the spec
			}
			out[call.ID] = append(out[call.ID], observe(k.Spec.Call(call.ID), run, call, formula))
		}
	}
	return out
}

// observe gathers what was seen of a call.
func observe(of *spec.Call, run *record.Run, call *record.Call, formula workload.Formula) observedCall {
	m := observedCall{Call: call, of: of, run: run, formula: formula}
	switch inputs := (workload.Call{Seed: call.Seed}); {
	case len(call.Inputs) > 0:
		m.list = call.Inputs
	case call.Mean > 0:
		m.list = inputs.Sizes(call.Count, call.Mean, false)
	case call.Count > 0:
		m.list = inputs.Items(call.Count)
	}
	if call.Aim == record.Measured && call.Ended == record.Returned {
		m.window = phase.Within(run, call.Begin, call.End)
	}
	for _, r := range run.Requests {
		if r.Begin >= call.Begin && r.Begin <= call.End {
			m.asked = append(m.asked, r)
		}
	}
	return m
}

// pair finds for each of the learner's calls the reference's with the same
// inputs.
func (k *kind) pair() {
	for id, calls := range k.calls {
		for i := range calls {
			n := slices.IndexFunc(k.peers[id], func(p observedCall) bool {
				return p.Seed == calls[i].Seed && p.Aim == calls[i].Aim && p.Ended == record.Returned
			})
			if n >= 0 {
				calls[i].peer = &k.peers[id][n]
			}
		}
	}
}

// returned gives the calls with this aim that returned.
func returned(calls []observedCall, aim record.Aim) []observedCall {
	var out []observedCall
	for _, m := range calls {
		if m.Aim == aim && m.Ended == record.Returned {
			out = append(out, m)
		}
	}
	return out
}

// measured gives the calls of the spec's call that were measured and returned.
func (k *kind) measured(c *spec.Call) []observedCall { return returned(k.calls[c.ID], record.Measured) }

// answers gives the calls whose results must be right, as far as they returned:
// of those with edges the ones that are as long as the others.
func answers(calls []observedCall) []observedCall {
	all := append(returned(calls, record.Measured), returned(calls, record.Again)...)
	for _, m := range returned(calls, record.Edge) {
		if len(m.Inputs) == max(1, m.of.Sized().Sizes) {
			all = append(all, m)
		}
	}
	return all
}

// freshest is the least CPU time, in µs, of the reference's interpreters until
// they had imported the module; 0 where none has.
func freshest(runs []record.Run) int64 {
	var used []int64
	for i := range runs {
		for _, c := range runs[i].Calls {
			if runs[i].Whose == record.Reference && c.Aim == record.Import {
				used = append(used, phase.Within(&runs[i], 0, c.End).Main)
			}
		}
	}
	if len(used) == 0 {
		return 0
	}
	return slices.Min(used)
}

// Figures computes the quantities of the module and of each call.
func (k *kind) Figures() {
	for _, r := range moduleRows {
		r.all(k, r.name)
	}
	var last []*spec.Call
	for i := range k.Spec.Calls {
		c := &k.Spec.Calls[i]
		if why := k.unbuilt(); c.Native && why != "" && len(k.measured(c)) == 0 {
			for _, q := range quantity.Of(c.ID, quantity.Call) {
				k.Unknown(q.Name, why, install)
			}
			continue
		}
		for n := range rows {
			rows[n].compute(k, c)
		}
		last = append(last, c)
	}
	for _, c := range last { // answers rest on the figures of other calls
		k.answered(c)
	}
}

// Clocked gives the times of a call over the rounds.
func (k *kind) Clocked(way string) verdict.Clocked {
	c := k.Spec.Call(way)
	if c == nil {
		return verdict.Clocked{}
	}
	clocked := verdict.Clocked{Learner: k.paces(k.calls, c), Reference: k.paces(k.peers, c)}
	for _, m := range k.calls[c.ID] {
		clocked.Workers = max(clocked.Workers, int(m.value(spec.RoleWorkers)))
	}
	return clocked
}

// Unsettled says nothing of its own: the figures know.
func (k *kind) Unsettled(spec.Bound) (verdict.Explanation, bool) { return verdict.Explanation{}, false }

// Summarise adds the comparison of the approaches and what is known of the
// inputs.
func (k *kind) Summarise(r *verdict.Result) {
	r.Runs, r.Approaches, r.Notes = k.rounds(), k.approaches(), k.notes()
}

// rounds is how often the submission was measured: the most that any of its
// calls was, since a round goes on in another run where a call has ended one.
func (k *kind) rounds() int {
	most := 0
	if slices.ContainsFunc(k.Record.Runs, func(r record.Run) bool { return r.Whose == record.Learner }) {
		most = 1 // even where nothing but the import was tried
	}
	for _, calls := range k.calls {
		runs := map[*record.Run]bool{}
		for _, m := range calls {
			if m.run.Whose == record.Learner {
				runs[m.run] = true
			}
		}
		most = max(most, len(runs))
	}
	return most
}

// medianOf is the median of a figure over calls, 0 for none.
func medianOf(calls []observedCall, f func(observedCall) float64) float64 {
	if len(calls) == 0 {
		return 0
	}
	all := make([]float64, len(calls))
	for i, m := range calls {
		all[i] = f(m)
	}
	return stat.Median(all)
}
