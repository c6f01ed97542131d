package analyzer

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/advice"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// analysis is what was read of an analyzer.
type analysis struct {
	*spec.Analysis
	contents *record.Contents
	matrix   *advice.Matrix    // nil where none was found
	printed  []advice.Printed  // by the matrix's entries
	trials   map[string]*trial // of the templates that were run, by strategy
	chosen   []int             // the templates' snippets, by the spec's strategies
}

// trial is the run of a template.
type trial struct {
	*record.Run
	snippet *record.Snippet
}

// analysisQuantities are those of a challenge with an analysis.
func (k *kind) analysisQuantities() {
	a := &analysis{Analysis: k.Spec.Analysis, contents: k.Record.Submission.Contents, trials: map[string]*trial{}}
	if a.contents == nil {
		a.contents = &record.Contents{}
	}
	k.analysis = a
	for i := range k.Record.Runs {
		run := &k.Record.Runs[i]
		t := run.Template
		switch {
		case t == nil:
			k.runs = append(k.runs, run)
		case t.Snippet >= 0 && t.Snippet < len(a.contents.Snippets):
			a.trials[t.Strategy] = &trial{run, &a.contents.Snippets[t.Snippet]}
		}
	}
	k.SetTruth("run.completed", k.completed())
	output := ""
	if len(k.runs) > 0 {
		output = k.runs[0].End.Stdout + "\n" + k.runs[0].End.Stderr
	}
	a.matrix, a.printed = advice.Read(a.Analysis, a.contents, output)
	a.chosen = advice.Templates(a.Analysis, a.contents)
	k.matrixQuantities()
	k.printedQuantities()
	k.adviceQuantities()
	k.speedupQuantities()
	for i, s := range a.Strategies {
		k.templateQuantities(s.ID, a.chosen[i])
	}
	k.Set("hints.bare", stat.Exactly(float64(len(a.contents.Bare))))
	k.Set("hints.annotations", stat.Exactly(float64(a.contents.Annotations)))
}

// count sets a quantity to the number of workloads for which something holds;
// without a decision matrix the quantity is missing. A workload without an
// entry counts as absent says: it costs the checks that are about all five, not
// those that are about what is said of each.
func (k *kind) count(name string, absent bool, holds func(*spec.Workload, *advice.Entry) bool) {
	a := k.analysis
	if a.matrix == nil {
		k.Missing(name, k.noMatrix())
		return
	}
	n := 0
	for i := range a.Workloads {
		if e := a.matrix.Entry(a.Workloads[i].ID); e == nil && absent || e != nil && holds(&a.Workloads[i], e) {
			n++
		}
	}
	k.Set(name, stat.Exactly(float64(n)))
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

func (k *kind) matrixQuantities() {
	k.count("matrix.workloads", false, func(*spec.Workload, *advice.Entry) bool { return true })
	k.count("matrix.complete", false, func(_ *spec.Workload, e *advice.Entry) bool { return e.Complete() })
	if m := k.matrix; m != nil {
		used, _ := k.used()
		k.SetTruth("matrix.used", used)
	} else {
		k.Missing("matrix.used", k.noMatrix())
	}
}

// used says whether what is printed comes from the matrix, and of which
// workloads it does not: all reasons that are printed follow when they are
// altered. Where that was not seen, something in the source reads the matrix.
func (a *analysis) used() (used bool, not []string) {
	follow := 0
	for i := range a.matrix.Entries {
		switch e := &a.matrix.Entries[i]; {
		case e.Follows == nil || i >= len(a.printed) || !a.printed[i].Reasoning:
		case *e.Follows:
			follow++
		default:
			not = append(not, a.Workload(e.Workload).Title)
		}
	}
	if follow == 0 && len(not) == 0 {
		return a.matrix.Table.Used, nil
	}
	return len(not) == 0, not
}

// printedQuantities compare what the program printed with its matrix.
func (k *kind) printedQuantities() {
	a := k.analysis
	k.count("analysis.workloads", false, func(w *spec.Workload, _ *advice.Entry) bool { return a.print(w.ID).Shown() })
	k.count("analysis.agreement", false, func(w *spec.Workload, _ *advice.Entry) bool { return a.print(w.ID).Whole() })
}

// print gives what was printed of a workload's entry.
func (a *analysis) print(workload string) advice.Printed {
	for i := range a.printed {
		if a.matrix.Entries[i].Workload == workload {
			return a.printed[i]
		}
	}
	return advice.Printed{}
}

// adviceQuantities judge the recommendations and their reasons.
func (k *kind) adviceQuantities() {
	a := k.analysis
	k.count("recommendations.accepted", true, fits)
	k.count("reasoning.gil", false, func(_ *spec.Workload, e *advice.Entry) bool { return advice.Has(e.Reasoning, a.GIL) })
	k.count("reasoning.limits", false, func(_ *spec.Workload, e *advice.Entry) bool { return advice.Has(e.Reasoning, a.Limits) })
	k.count("reasoning.distinct", true, func(_ *spec.Workload, e *advice.Entry) bool { return len(a.twins(e)) == 0 })
	k.count("reasoning.holds", true, func(w *spec.Workload, e *advice.Entry) bool { return holds(w, e) })
}

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
func (a *analysis) twins(e *advice.Entry) []*advice.Entry {
	var out []*advice.Entry
	for i := range a.matrix.Entries {
		if o := &a.matrix.Entries[i]; o.Workload != e.Workload && advice.Alike(e.Reasoning, o.Reasoning) {
			out = append(out, o)
		}
	}
	return out
}

// speedupQuantities compare the expected speedups with what can be, and with
// what was measured.
func (k *kind) speedupQuantities() {
	k.count("speedups.known", true, func(_ *spec.Workload, e *advice.Entry) bool {
		return len(e.Figures) > 0
	})
	k.count("speedups.possible", true, func(w *spec.Workload, e *advice.Entry) bool {
		return len(e.Figures) > 0 && k.impossible(w, e) == ""
	})
	if k.matrix == nil {
		k.Missing("speedups.agreement", k.noMatrix())
		return
	}
	if len(k.Record.Measured) == 0 {
		k.Unknown("speedups.agreement", "nothing was measured here", "")
		return
	}
	sum := stat.Interval{}
	for i := range k.Spec.Analysis.Workloads {
		w := &k.Spec.Analysis.Workloads[i]
		agrees := verdict.True
		if e := k.matrix.Entry(w.ID); e != nil {
			agrees = k.agrees(w, e)
		}
		sum.Hi++
		switch agrees {
		case verdict.True:
			sum.Value, sum.Lo = sum.Value+1, sum.Lo+1
		case verdict.Undecided:
			sum.Value += 0.5
		default:
			sum.Hi--
		}
	}
	k.Set("speedups.agreement", sum)
}

const (
	// lessonCores is what the lesson's machine has.
	lessonCores = 4
	// roundedUp allows for figures that were rounded up.
	roundedUp = 1.05
	// mostOfAll is more than any speedup that the lesson speaks of.
	mostOfAll = 1000
	// hidden is the most that waiting behind the work, for each core, or that
	// feeding a device well can give: a stage of four that take turns is one of
	// the lesson's hybrids.
	hidden = 4
)

// impossible says why an expected speedup cannot be, empty where it can.
func (k *kind) impossible(w *spec.Workload, e *advice.Entry) string {
	for _, f := range e.Figures {
		limit, of := k.limit(w, e, f)
		if e.Strategy == "" {
			limit = mostOfAll // what it may give is not known, and the recommendation says why
		}
		switch {
		case f.Infinite:
			return "no speedup is without bound"
		case f.Symbolic:
		case f.Hi <= w.Over && w.Over >= 1:
			return fmt.Sprintf("%s is no speedup: the strategy would be no faster than one step after the other", words.Number(f.Hi)+"x")
		case f.Hi <= w.Over:
			return fmt.Sprintf("%s would be a slowdown", words.Number(f.Hi)+"x")
		case f.Hi > limit*roundedUp:
			return fmt.Sprintf("%s is more than %s can give", words.Number(f.Hi)+"x", of)
		}
	}
	return ""
}

// limit is the most that a figure can be, and what limits it, in words.
func (k *kind) limit(w *spec.Workload, e *advice.Entry, f advice.Figure) (float64, string) {
	cores := float64(max(lessonCores, k.Record.Host.CPUs))
	coreWords := fmt.Sprintf("%s cores", words.Number(cores))
	if n := f.Cores; n > 0 {
		cores, coreWords = float64(n), fmt.Sprintf("%d %s", n, words.Plural("core", n))
	} else if f.Waits > 0 { // two threads, four workers
		cores, coreWords = math.Min(cores, float64(f.Waits)), fmt.Sprintf("%d at once", f.Waits)
	}
	waits := f.Waits
	for _, name := range e.Names {
		if waits == 0 {
			waits = advice.Waits(name)
		}
	}
	switch {
	case w.Most == spec.ByCores:
		return cores, coreWords
	case w.Most == spec.ByWaits && waits > 0:
		return float64(waits), fmt.Sprintf("%d waits at once", waits)
	case w.Most == spec.ByBoth && waits > 0:
		return float64(waits) + cores, fmt.Sprintf("%d waits at once and %s", waits, coreWords)
	case w.Most == spec.ByBoth:
		return hidden * cores, coreWords + ", with the waiting hidden behind the work,"
	case w.Most == spec.ByNone:
		return hidden * math.Max(float64(waits), math.Max(cores, float64(lessonCores))), "feeding a device"
	}
	return mostOfAll, "anything"
}

// agrees compares an expected speedup with the measured one, both for as many
// cores or waits: three-valued, since the machine may not tell.
func (k *kind) agrees(w *spec.Workload, e *advice.Entry) verdict.Truth {
	cell := k.measured(w.Measured, e.Strategy)
	if cell == nil || w.Most == spec.ByBoth || w.Most == spec.ByNone || len(e.Figures) == 0 {
		return verdict.True // of what depends on the mix of stages, or was not run, nothing is said
	}
	agrees := verdict.False
	short := false // less was measured than is expected
	for _, f := range e.Figures {
		expected, here := k.scaled(w, e, f)
		short = short || cell.Hi < expected
		if here <= 1 {
			return verdict.True // it cannot show here
		}
		far := k.Spec.Analysis.FarOff
		lo, hi := expected/far, expected*far
		switch verdict.Compare(stat.Interval{Value: cell.Speedup, Lo: cell.Lo, Hi: cell.Hi}, &lo, &hi) {
		case verdict.True:
			return verdict.True
		case verdict.Undecided:
			agrees = verdict.Undecided
		}
	}
	if short && k.crowded() {
		return verdict.Undecided // others took what the strategy would have used
	}
	return agrees
}

// much is the share of the machine's time from which on others had so much of
// it that what was measured here may be less than the strategy gives.
const much = 0.25

// crowded says whether the machine had other things to do.
func (k *kind) crowded() bool {
	h := k.Record.Host
	return h.Capacity > 0 && h.Capacity < (1-much)*h.Cores() || h.Pressure > much || h.Steal+h.Busy > much || h.Load > 2*float64(h.CPUs)
}

// scaled gives what an expected speedup would be for the cores of this machine,
// or for the waits that were measured, and how many those are.
func (k *kind) scaled(w *spec.Workload, e *advice.Entry, f advice.Figure) (expected, here float64) {
	of, _ := k.limit(w, e, f)
	cell := k.measured(w.Measured, e.Strategy)
	if w.Most == spec.ByWaits {
		here = cell.InFlight
	} else {
		here = math.Min(k.Record.Host.Cores(), lessonCores) // as many workers are measured
	}
	if f.Symbolic {
		return here, here
	}
	middle := (f.Lo + f.Hi) / 2
	if of >= mostOfAll || of <= 1 {
		return middle, 0 // it does not say for how many
	}
	return 1 + (middle-1)*(here-1)/(of-1), here
}

// measured gives what a strategy gave for a workload here, nil where it was not
// run.
func (k *kind) measured(workload, strategy string) *record.Cell {
	for i := range k.Record.Measured {
		if c := &k.Record.Measured[i]; workload != "" && c.Workload == workload && c.Strategy == strategy {
			return c
		}
	}
	return nil
}

// templateQuantities are those of one strategy's template.
func (k *kind) templateQuantities(id string, chosen int) {
	a := k.analysis
	k.SetTruth(id+".found", chosen >= 0)
	rest := func(from int, put func(string, string), why string) {
		for _, q := range quantity.Template[from:] {
			put(id+"."+q.Name, why)
		}
	}
	if chosen < 0 {
		rest(1, k.Missing, "there is no template for "+id)
		return
	}
	k.Set(id+".gaps", stat.Exactly(float64(len(a.contents.Snippets[chosen].Gaps))))
	t := a.trials[id]
	switch {
	case t == nil && len(a.contents.Snippets[chosen].Needs) > 0:
		rest(2, k.Missing, fmt.Sprintf("the %s template cannot be run as it is: it needs %s", id, words.Code(a.contents.Snippets[chosen].Needs)))
		return
	case t == nil:
		rest(2, k.Missing, "the "+id+" template was not run")
		return
	}
	if t.End.Limit != "" && phase.Starved(t.Run) > 0.5 {
		rest(2, func(name, why string) { k.Unknown(name, why, "") }, "the "+id+" template was ended ("+t.End.Limit+"), and it had waited for a core most of the time")
		return
	}
	k.SetTruth(id+".completed", t.End.OK())
	k.Set(id+".left", stat.Exactly(float64(t.Template.Left)))
	if !k.Record.Host.Scheduler {
		k.Set(id+".waits", stat.Exactly(float64(t.Template.Waits)))
		for _, name := range []string{"threads", "processes", "in_main"} {
			k.Unknown(id+"."+name, "tasks cannot be observed on "+k.Record.Host.OS, "")
		}
		return
	}
	alive := phase.Alive(t.Run)
	processes, threads := t.processes(alive), t.threads(alive)
	k.Set(id+".in_main", stat.Exactly(alive.InMain))
	k.Set(id+".processes", stat.Exactly(float64(processes)))
	if t.Template.Threads >= 2 && threads < 2 && t.Template.Crew == 0 && t.Template.Pooled == 0 {
		k.Unknown(id+".threads", "its threads were over too soon to be observed", "")
	} else {
		k.Set(id+".threads", stat.Exactly(float64(threads)))
	}
	waits := t.Template.Waits
	if processes > 0 { // a hybrid may wait in threads of its own
		waits = max(waits, t.Template.Crew, t.Template.Pooled)
	}
	k.Set(id+".waits", stat.Exactly(float64(waits)))
}

// tooShort is the life of a thread, in µs, below which the sampler may miss
// that it overlapped with another one.
const tooShort = 50_000

// threads is how many threads were at work at once: as many as were seen or,
// where they were over too soon to be seen together, as many as had been
// started before one was waited for.
func (t *trial) threads(alive phase.Lives) int {
	n := max(alive.Threads, t.Template.Pooled)
	if alive.Longest < tooShort {
		n = max(n, t.Template.Crew)
	}
	return n
}

// processes is how many child processes were there at once and did something.
// Children that did no task, or never two before the first was waited for, do
// not count however many there were; what cannot be counted is not asked for.
func (t *trial) processes(alive phase.Lives) int {
	n := alive.Processes
	if items := t.Template.Items; items != nil && n > 0 {
		n = min(max(n, t.Template.Handed), *items)
		if t.Template.Handed > 0 {
			n = min(n, t.Template.Handed)
		}
	}
	return n
}

// advices sums up the advice beside what was measured.
func (k *kind) advices() []verdict.Advice {
	if k.analysis == nil || k.matrix == nil {
		return nil
	}
	var out []verdict.Advice
	for i := range k.Spec.Analysis.Workloads {
		w := &k.Spec.Analysis.Workloads[i]
		one := verdict.Advice{Workload: w.Title}
		if e := k.matrix.Entry(w.ID); e != nil {
			one.Expected, one.Accepted = e.Speedup, fits(w, e)
			if one.Strategy = e.Strategy; one.Strategy == "" && len(e.Texts) > 0 {
				one.Strategy = e.Texts[0]
			}
			one.Measured = k.measured(w.Measured, e.Strategy)
		}
		one.Best = k.best(w.Measured)
		out = append(out, one)
	}
	return out
}

// best gives the strategy whose speedup is above those of all others, to the
// ends of their intervals; empty for none.
func (k *kind) best(workload string) string {
	for _, c := range k.Record.Measured {
		if c.Workload == workload && !slices.ContainsFunc(k.Record.Measured, func(o record.Cell) bool {
			return o.Workload == workload && o.Strategy != c.Strategy && o.Hi >= c.Lo
		}) {
			return c.Strategy
		}
	}
	return ""
}
