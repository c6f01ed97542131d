package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/advice"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/words"
)

// row computes a quantity of the program as a whole, and words it.
type row struct {
	name string
	// holds says of a workload's entry whether it counts, and fault what is wrong
	// with it, empty for nothing; absent says that a workload without an entry
	// counts, since others tell of that.
	holds  func(*kind, *spec.Workload, *advice.Entry) bool
	fault  func(*kind, *spec.Workload, *advice.Entry) string
	absent bool
	// all computes the quantity in another way, and words say what was seen then.
	all   func(*kind, string)
	words func(*kind) string
	// seen says in a few words what a check that passes rests on, nil for nothing.
	// Of a check's quantities the one that stands first here is taken.
	seen func(*kind) string
}

// rows are all quantities of an analyzer.
var rows []row

func init() {
	rows = []row{
		{name: "matrix.complete", holds: func(_ *kind, _ *spec.Workload, e *advice.Entry) bool { return e.Complete() }, fault: (*kind).incomplete,
			seen: func(k *kind) string {
				return fmt.Sprintf("`%s` has %d workloads", k.matrix.Table.Name, len(k.matrix.Entries))
			}},
		{name: "matrix.workloads", holds: func(*kind, *spec.Workload, *advice.Entry) bool { return true }, fault: (*kind).noEntry},
		{name: "matrix.used", all: (*kind).matrixUsed, words: (*kind).unused},
		{name: "analysis.agreement", fault: (*kind).notPrinted, holds: func(k *kind, w *spec.Workload, _ *advice.Entry) bool { return k.print(w.ID).Whole() },
			seen: func(k *kind) string { return fmt.Sprintf("what is printed is what `%s` has", k.matrix.Table.Name) }},
		{name: "analysis.workloads", fault: (*kind).notPrinted, holds: func(k *kind, w *spec.Workload, _ *advice.Entry) bool { return k.print(w.ID).Shown() }},
		{name: "recommendations.accepted", absent: true, holds: func(_ *kind, w *spec.Workload, e *advice.Entry) bool { return fits(w, e) }, fault: (*kind).refusal,
			seen: (*kind).recommended},
		{name: "reasoning.holds", absent: true, holds: func(_ *kind, w *spec.Workload, e *advice.Entry) bool { return holds(w, e) }, fault: (*kind).doesNotHold,
			seen: func(k *kind) string {
				return fmt.Sprintf("%s of the reasons name the GIL, %s what limits the strategy", words.Number(k.Figure("reasoning.gil").Value), words.Number(k.Figure("reasoning.limits").Value))
			}},
		{name: "reasoning.gil", holds: func(k *kind, _ *spec.Workload, e *advice.Entry) bool { return advice.Has(e.Reasoning, k.GIL) }, fault: faultless},
		{name: "reasoning.limits", holds: func(k *kind, _ *spec.Workload, e *advice.Entry) bool { return advice.Has(e.Reasoning, k.Limits) }, fault: faultless},
		{name: "reasoning.distinct", absent: true, holds: func(k *kind, _ *spec.Workload, e *advice.Entry) bool { return len(k.twins(e)) == 0 }, fault: (*kind).twinReason},
		{name: "speedups.known", absent: true, holds: func(_ *kind, _ *spec.Workload, e *advice.Entry) bool { return len(e.Figures) > 0 }, fault: (*kind).noFigure},
		{name: "speedups.possible", absent: true, fault: (*kind).cannotBe, holds: func(k *kind, w *spec.Workload, e *advice.Entry) bool {
			return len(e.Figures) > 0 && k.impossible(w, e) == ""
		}},
		{name: "speedups.agreement", all: (*kind).agreement, fault: (*kind).besideMeasured, words: saysItself},
		{name: "hints.annotations", all: func(k *kind, name string) { k.SetCount(name, k.contents.Annotations) }, words: saysItself, seen: func(k *kind) string {
			return fmt.Sprintf("%s, %d annotations", words.Count(k.contents.Functions, "function"), k.contents.Annotations)
		}},
		{name: "hints.bare", all: func(k *kind, name string) { k.SetCount(name, len(k.contents.Bare)) }, words: func(k *kind) string {
			text, _ := k.bareFunctions()
			return text
		}},
		{name: "run.completed", all: func(k *kind, name string) { k.SetTruth(name, k.completed()) }, words: saysItself, seen: func(k *kind) string {
			return fmt.Sprintf("it ran for %s, to the end", words.Seconds(float64(k.runs[0].End.WallUS)/1e6))
		}},
	}
}

// saysItself is for quantities of which the bound's own message says all.
func saysItself(*kind) string { return "" }

// faultless is for quantities that are not asked of each workload.
func faultless(*kind, *spec.Workload, *advice.Entry) string { return "" }

// rowOf gives the row of a quantity, nil for none, as for those of templates.
func rowOf(name string) *row {
	i := slices.IndexFunc(rows, func(r row) bool { return r.name == name })
	if i < 0 {
		return nil
	}
	return &rows[i]
}

// compute puts the row's quantity among the figures: the number of workloads for
// which it holds. Without a decision matrix it is missing.
func (r *row) compute(k *kind) {
	switch {
	case r.all != nil:
		r.all(k, r.name)
		return
	case k.matrix == nil:
		k.Missing(r.name, k.noMatrix())
		return
	}
	n := 0
	for i := range k.Workloads {
		if e := k.matrix.Entry(k.Workloads[i].ID); e == nil && r.absent || e != nil && r.holds(k, &k.Workloads[i], e) {
			n++
		}
	}
	k.SetCount(r.name, n)
}

// noMatrix says why there is none, and what was looked at.
func (k *kind) noMatrix() string {
	c := k.contents
	if c.Error != "" {
		return "the module cannot be imported, so no decision matrix can be seen: " + c.Error
	}
	why := "no decision matrix was found: no mapping, list, Enum or function names the workloads with several parts each"
	var seen []string
	for i := range c.Tables {
		if t := &c.Tables[i]; t.Name != "" && len(seen) < mostNamed {
			seen = append(seen, fmt.Sprintf("`%s` (%d entries)", t.Name, len(t.Rows)))
		}
	}
	if len(seen) > 0 {
		why += "; looked at: " + strings.Join(seen, ", ")
	}
	return why
}

// mostNamed is how many tables a message names.
const mostNamed = 6

// matrixUsed says whether what is printed comes from the matrix.
func (k *kind) matrixUsed(name string) {
	if k.matrix == nil {
		k.Missing(name, k.noMatrix())
		return
	}
	used, _ := k.used()
	k.SetTruth(name, used)
}

// unused says how it was seen that the matrix is not used.
func (k *kind) unused() string {
	if _, not := k.used(); len(not) > 0 {
		return "when the reasons are altered in the matrix, the old ones are still printed for " + list(not)
	}
	return fmt.Sprintf("nothing in the program reads `%s`", k.matrix.Table.Name)
}

// used says whether what is printed comes from the matrix, and of which
// workloads it does not: all reasons that are printed follow when they are
// altered. Where that was not seen, something in the source reads the matrix.
func (k *kind) used() (used bool, not []string) {
	follow := 0
	for i := range k.matrix.Entries {
		switch e := &k.matrix.Entries[i]; {
		case e.Follows == nil || i >= len(k.printed) || !k.printed[i].Reasoning:
		case *e.Follows:
			follow++
		default:
			not = append(not, k.Workload(e.Workload).Title)
		}
	}
	if follow == 0 && len(not) == 0 {
		return k.matrix.Table.Used, nil
	}
	return len(not) == 0, not
}

// print gives what was printed of a workload's entry.
func (k *kind) print(workload string) advice.Printed {
	for i := range k.printed {
		if k.matrix.Entries[i].Workload == workload {
			return k.printed[i]
		}
	}
	return advice.Printed{}
}
