package analyzer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/advice"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/words"
)

// fits says whether the recommendation is right for the workload.
func fits(w *spec.Workload, e *advice.Entry) bool {
	no := w.Refused(e.Strategy)
	return w.Accepted(e.Strategy) != nil || no != nil && advice.Has(e.Reasoning, no.Unless)
}

// holds says whether the reason holds for the recommendation; for one that is
// refused no reason is asked.
func holds(w *spec.Workload, e *advice.Entry) bool {
	ok := w.Accepted(e.Strategy)
	return e.Reasoning != "" && (ok == nil || len(ok.Because) == 0 || advice.Has(e.Reasoning, ok.Because))
}

// twins gives the other entries with the same reason, but for the names of the
// workloads, in the matrix's order.
func (k *kind) twins(e *advice.Entry) []*advice.Entry {
	var out []*advice.Entry
	for i := range k.matrix.Entries {
		if o := &k.matrix.Entries[i]; o.Workload != e.Workload && advice.Alike(e.Reasoning, o.Reasoning) {
			out = append(out, o)
		}
	}
	return out
}

// noEntry says that a workload has none.
func (k *kind) noEntry(w *spec.Workload, e *advice.Entry) string {
	if e != nil {
		return ""
	}
	return fmt.Sprintf("`%s` has no entry for %s", k.matrix.Table.Name, w.Title)
}

// incomplete says which parts an entry lacks.
func (k *kind) incomplete(w *spec.Workload, e *advice.Entry) string {
	if e == nil || len(e.Lacks()) == 0 {
		return ""
	}
	return fmt.Sprintf("`%s` has no %s for %s", k.matrix.Table.Name, strings.Join(e.Lacks(), " and no "), w.Title)
}

// notPrinted says what of an entry is not printed as the matrix has it.
func (k *kind) notPrinted(w *spec.Workload, e *advice.Entry) string {
	if e == nil {
		return "the matrix has no entry for " + w.Title
	}
	return printedFault(w, e, k.print(w.ID))
}

// twinReason names the other workloads with the same reason, once for all of
// them.
func (k *kind) twinReason(w *spec.Workload, e *advice.Entry) string {
	if e == nil {
		return ""
	}
	twins := k.twins(e)
	if len(twins) == 0 || !k.before(w.ID, twins) {
		return ""
	}
	var titles []string
	for _, t := range twins {
		titles = append(titles, k.Workload(t.Workload).Title)
	}
	return fmt.Sprintf("the reason for %s is also that for %s: %q", w.Title, list(titles), words.Shorten(e.Reasoning))
}

// doesNotHold says why a reason does not hold.
func (k *kind) doesNotHold(w *spec.Workload, e *advice.Entry) string {
	switch {
	case e == nil:
		return ""
	case e.Reasoning == "":
		return fmt.Sprintf("there is none for %s", w.Title)
	case holds(w, e):
		return ""
	}
	return fmt.Sprintf("%s for %s: %s; it says %q", e.Strategy, w.Title, w.Accepted(e.Strategy).Message, words.Shorten(e.Reasoning))
}

// noFigure says that an expected speedup is none.
func (k *kind) noFigure(w *spec.Workload, e *advice.Entry) string {
	switch {
	case e == nil || len(e.Figures) > 0:
		return ""
	case !e.HasSpeedup:
		return "there is none for " + w.Title
	}
	return fmt.Sprintf("for %s it says %q", w.Title, words.Shorten(e.Speedup))
}

// recommended lists the recommendations.
func (k *kind) recommended() string {
	var parts []string
	for i := range k.Workloads {
		if e := k.matrix.Entry(k.Workloads[i].ID); e != nil {
			parts = append(parts, k.Workloads[i].Title+": "+e.Strategy)
		}
	}
	return strings.Join(parts, ", ")
}

// before says whether a workload stands before all of these entries' in the spec.
func (k *kind) before(id string, entries []*advice.Entry) bool {
	for i := range k.Workloads {
		switch {
		case k.Workloads[i].ID == id:
			return true
		case slices.ContainsFunc(entries, func(e *advice.Entry) bool { return e.Workload == k.Workloads[i].ID }):
			return false
		}
	}
	return false
}

// refusal says why a recommendation is not right.
func (k *kind) refusal(w *spec.Workload, e *advice.Entry) string {
	if e == nil || fits(w, e) {
		return ""
	}
	var right []string
	for _, a := range w.Accept {
		right = append(right, a.Strategy)
	}
	switch {
	case len(e.Texts) == 0:
		return "there is no recommendation for " + w.Title
	case e.Strategy == "":
		return fmt.Sprintf("for %s it says %q, which names none of %s", w.Title, words.Shorten(e.Texts[0]), strings.Join(k.Spec.Strategies(), ", "))
	}
	text := fmt.Sprintf("%s for %s: %s; right is %s", e.Strategy, w.Title, w.Refused(e.Strategy).Message, strings.Join(right, " or "))
	if mine, best := k.measured(w.Measured, e.Strategy), k.measured(w.Measured, right[0]); mine != nil && best != nil && best.Lo > mine.Hi {
		text += fmt.Sprintf(" (measured here: %sx and %sx)", words.Number(mine.Speedup), words.Number(best.Speedup))
	}
	return text
}

// printedFault says what of an entry is not printed as the matrix has it.
func printedFault(w *spec.Workload, e *advice.Entry, p advice.Printed) string {
	switch {
	case len(e.Lacks()) > 0:
		return fmt.Sprintf("the matrix has no %s for %s", strings.Join(e.Lacks(), " and no "), w.Title)
	case !p.Named:
		return "the output does not name " + w.Title
	case p.Other != "":
		return fmt.Sprintf("for %s it prints %s, and the matrix has %s", w.Title, p.Other, cmp.Or(e.Strategy, "none"))
	case !p.Strategy:
		return fmt.Sprintf("the recommendation for %s is not printed", w.Title)
	case !p.Reasoning:
		return fmt.Sprintf("the reasoning for %s is not printed as the matrix has it", w.Title)
	case p.Figure != 0:
		return fmt.Sprintf("the expected speedup for %s is printed as %s, and the matrix has %q", w.Title, words.Number(p.Figure), words.Shorten(e.Speedup))
	case !p.Speedup:
		return fmt.Sprintf("the expected speedup for %s, %q, is not printed", w.Title, words.Shorten(e.Speedup))
	}
	return ""
}
