package analyzer

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/advice"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// explainAnalysis says what is wrong with an analyzer, where, and what to do.
func (k *kind) explainAnalysis(c *verdict.Check, s *spec.Check, broken []spec.Bound) {
	first := broken[0]
	c.Hint = cmp.Or(first.Hint, s.Hint)
	switch {
	case first.Quantity == "run.completed":
		k.explainEnd(c, s)
		return
	case k.Record.Submission.Source.Error != nil:
		c.Message, c.Hint = "The program cannot be run, so this cannot be seen.", "First mend what Python says of the file."
		return
	}
	if q := k.Figure(first.Quantity); q.Missing && k.matrix == nil && !strings.HasSuffix(first.Quantity, ".found") {
		if _, template := k.templateOf(first.Quantity); template == "" {
			c.Message, c.Location = words.Sentence(q.Reason), k.line(k.contents.Line)
			return
		}
	}
	switch _, template := k.templateOf(first.Quantity); {
	case template != "":
		k.explainTemplates(c, broken)
	case strings.HasPrefix(first.Quantity, "hints."):
		text, place := k.bareFunctions()
		c.Message, c.Location = sentences(first.Says, text), place
	default:
		if m := k.matrix; m != nil {
			c.Location = k.line(m.Table.Line)
		}
		c.Message = k.explainWorkloads(broken)
	}
}

// sentences joins sentences, without the empty ones.
func sentences(texts ...string) string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, words.Sentence(t))
		}
	}
	return strings.Join(out, " ")
}

// explainWorkloads says what is wrong with the entries: all of it, each
// workload once, under the first bound that it breaks.
func (k *kind) explainWorkloads(broken []spec.Bound) string {
	var texts []string
	told := map[string]bool{}
	for n, b := range broken {
		says := []string{b.Says}
		if b.Quantity == "matrix.used" && k.matrix != nil {
			if _, not := k.used(); len(not) > 0 {
				says = append(says, "when the reasons are altered in the matrix, the old ones are still printed for "+list(not))
			} else {
				says = append(says, fmt.Sprintf("nothing in the program reads `%s`", k.matrix.Table.Name))
			}
		}
		titles := map[string][]string{} // by the fault, which has a gap for them
		var faults []string
		for i := range k.Workloads {
			w := k.Workloads[i]
			title := w.Title
			w.Title = titleGap
			if k.matrix == nil || told[w.ID] {
				continue
			}
			if text := k.workloadFault(b.Quantity, &w, k.matrix.Entry(w.ID)); text != "" {
				if told[w.ID] = true; titles[text] == nil {
					faults = append(faults, text)
				}
				titles[text] = append(titles[text], title)
			}
		}
		for _, text := range faults {
			says = append(says, strings.ReplaceAll(text, titleGap, list(titles[text])))
		}
		// A bound that only says in other words what was said before is left out.
		if n == 0 || len(says) > 1 || b.Quantity == "reasoning.gil" || b.Quantity == "reasoning.limits" {
			texts = append(texts, says...)
		}
	}
	return sentences(texts...)
}

// titleGap stands in a fault for the titles of the workloads that have it.
const titleGap = "\x00"

// list joins names: a, b and c.
func list(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// explainTemplates says what is wrong with the templates: all of it, in the
// order of the file. What only follows from another fault is left out.
func (k *kind) explainTemplates(c *verdict.Check, broken []spec.Bound) {
	type fault struct {
		line  int
		says  string
		place *record.Place
		hint  string
	}
	var faults []fault
	told := map[string]bool{}
	for _, b := range broken {
		id, name := k.templateOf(b.Quantity)
		if told[id] {
			continue
		}
		told[id] = true
		text, place, hint := k.templateFault(id, name)
		f := fault{math.MaxInt, sentences(b.Says, text), k.templatePlace(id), cmp.Or(hint, b.Hint)}
		if place != nil {
			f.place = place
		}
		if f.place != nil {
			f.line = f.place.Line
		}
		faults = append(faults, f)
	}
	slices.SortStableFunc(faults, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
	var texts, hints []string
	for i, f := range faults {
		if c.Location == nil {
			c.Location = f.place
		}
		if i > 0 && f.place != nil {
			f.says += fmt.Sprintf(" (Line %d.)", f.place.Line)
		}
		texts = append(texts, f.says)
		if f.hint != "" && !slices.Contains(hints, f.hint) {
			hints = append(hints, f.hint)
		}
	}
	c.Message = strings.Join(texts, " ")
	if len(hints) > 0 {
		c.Hint = strings.Join(hints, " ")
	}
}

// templateOf gives the strategy whose template a quantity is of, and its own
// name; empty for others.
func (k *kind) templateOf(quantity string) (id, name string) {
	id, name, _ = strings.Cut(quantity, ".")
	if slices.Contains(k.Spec.Strategies(), id) {
		return id, name
	}
	return "", ""
}

// line is a place in the deliverable, nil for line 0.
func (k *kind) line(n int) *record.Place {
	if n == 0 {
		return nil
	}
	return &record.Place{File: k.Record.Submission.File, Line: n, Text: k.contents.Lines[n]}
}

// workloadFault says what of a workload's entry breaks a bound, empty for
// nothing.
func (k *kind) workloadFault(quantity string, w *spec.Workload, e *advice.Entry) string {
	a := k.analysis
	switch {
	case quantity == "matrix.workloads":
		if e == nil {
			return fmt.Sprintf("`%s` has no entry for %s", a.matrix.Table.Name, w.Title)
		}
		return ""
	case e == nil && strings.HasPrefix(quantity, "analysis."):
		return "the matrix has no entry for " + w.Title
	case e == nil:
		return ""
	case quantity == "matrix.complete":
		if lacks := e.Lacks(); len(lacks) > 0 {
			return fmt.Sprintf("`%s` has no %s for %s", a.matrix.Table.Name, strings.Join(lacks, " and no "), w.Title)
		}
	case quantity == "analysis.workloads" || quantity == "analysis.agreement":
		return printedFault(w, e, a.print(w.ID))
	case quantity == "recommendations.accepted":
		if !fits(w, e) {
			return k.refusal(w, e)
		}
	case quantity == "reasoning.distinct":
		if twins := a.twins(e); len(twins) > 0 && a.before(w.ID, twins) {
			var titles []string
			for _, t := range twins {
				titles = append(titles, a.Workload(t.Workload).Title)
			}
			return fmt.Sprintf("the reason for %s is also that for %s: %q", w.Title, list(titles), words.Shorten(e.Reasoning))
		}
	case quantity == "reasoning.holds":
		if e.Reasoning == "" {
			return fmt.Sprintf("there is none for %s", w.Title)
		}
		if !holds(w, e) {
			return fmt.Sprintf("%s for %s: %s; it says %q", e.Strategy, w.Title, w.Accepted(e.Strategy).Says, words.Shorten(e.Reasoning))
		}
	case quantity == "speedups.known":
		if !e.HasSpeedup {
			return "there is none for " + w.Title
		}
		if len(e.Figures) == 0 {
			return fmt.Sprintf("for %s it says %q", w.Title, words.Shorten(e.Speedup))
		}
	case quantity == "speedups.possible":
		if why := k.impossible(w, e); why != "" {
			return fmt.Sprintf("for %s it says %q: %s", w.Title, words.Shorten(e.Speedup), why)
		}
	case quantity == "speedups.agreement":
		if k.agrees(w, e) == verdict.False {
			return k.besideMeasured(w, e)
		}
	}
	return ""
}

// before says whether a workload stands before all of these entries' in the spec.
func (a *analysis) before(id string, entries []*advice.Entry) bool {
	for i := range a.Workloads {
		switch {
		case a.Workloads[i].ID == id:
			return true
		case slices.ContainsFunc(entries, func(e *advice.Entry) bool { return e.Workload == a.Workloads[i].ID }):
			return false
		}
	}
	return false
}

// refusal says why a recommendation is not right.
func (k *kind) refusal(w *spec.Workload, e *advice.Entry) string {
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
	text := fmt.Sprintf("%s for %s: %s; right is %s", e.Strategy, w.Title, w.Refused(e.Strategy).Says, strings.Join(right, " or "))
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

// unclear says of which expected speedups the measuring here does not tell
// whether they are right.
func (k *kind) unclear() string {
	var titles []string
	for i := range k.Workloads {
		w := &k.Workloads[i]
		if e := k.matrix.Entry(w.ID); e != nil && k.agrees(w, e) == verdict.Undecided {
			titles = append(titles, w.Title)
		}
	}
	return words.Sentence("what was measured here varies too much to tell whether the figure for " + strings.Join(titles, " and ") + " is right; a quieter machine would tell")
}

// besideMeasured shows an expected speedup beside the measured one.
func (k *kind) besideMeasured(w *spec.Workload, e *advice.Entry) string {
	cell := k.measured(w.Measured, e.Strategy)
	expected, here := k.scaled(w, e, e.Figures[0])
	of := words.Plural("core", int(here))
	if w.Most == spec.ByWaits {
		of = "waits at once"
	}
	return fmt.Sprintf("for %s it says %q, which is %sx for %.0f %s; measured here is %sx (between %s and %s)",
		w.Title, words.Shorten(e.Speedup), words.Number(expected), here, of, words.Number(cell.Speedup), words.Number(cell.Lo), words.Number(cell.Hi))
}

// templatePlace is where a strategy's template stands.
func (k *kind) templatePlace(id string) *record.Place {
	for i, s := range k.Strategies {
		if n := k.chosen[i]; s.ID == id && n >= 0 {
			return k.line(k.contents.Snippets[n].Line)
		}
	}
	return nil
}

// templateFault says what is wrong with a template, at which line of the
// submission, and what to do where that is known.
func (k *kind) templateFault(id, name string) (text string, place *record.Place, hint string) {
	a := k.analysis
	var s *record.Snippet
	for i, one := range a.Strategies {
		if one.ID == id && a.chosen[i] >= 0 {
			s = &a.contents.Snippets[a.chosen[i]]
		}
	}
	if s == nil {
		return "none of what the module holds has its name", nil,
			fmt.Sprintf("Add one: a program in a text, a function or a class, in a mapping from strategy to template or named after it, such as `%s_TEMPLATE`.", strings.ToUpper(id))
	}
	within := func(line int) *record.Place {
		switch {
		case s.Kind != "source":
			return k.line(line)
		case s.Literal && line > 0:
			return k.line(s.Line + line - 1)
		}
		return k.line(s.Line)
	}
	t := a.trials[id]
	if name != "found" && len(s.Gaps) > 0 {
		return gapsFault(s.Gaps, within)
	}
	switch {
	case t == nil && len(s.Needs) > 0:
		return fmt.Sprintf("it needs %s", words.Code(s.Needs)), k.line(s.Line), "Give its parameters defaults, so that it can be called as it is."
	case name == "completed" && t != nil:
		return k.templateEnd(t, within)
	case t == nil:
		return "", nil, ""
	}
	things := map[string]string{"threads": "thread beside the main thread", "processes": "child process", "waits": "wait of its event loop", "left": "thread left behind"}
	q := k.Figure(id + "." + name)
	switch thing, n := things[name], int(q.Value); {
	case q.Missing:
		text = q.Reason
	case name == "processes" && n < 2 && t.Template.Items != nil && phase.Alive(t.Run).Processes > n:
		seen := phase.Alive(t.Run).Processes
		if text = fmt.Sprintf("observed: %d child processes, and none of them did a task", seen); *t.Template.Items > 0 {
			text = fmt.Sprintf("observed: %d child processes, which did %d %s, never two before the first was waited for", seen, *t.Template.Items, words.Plural("task", *t.Template.Items))
		}
	case name == "in_main":
		text = fmt.Sprintf("observed: the main thread used %.0f %% of the CPU time", 100*q.Value)
	case n == 0:
		text = "observed: no " + thing
	case n == 1:
		text = "observed: never more than one " + thing + " at once"
	default:
		text = fmt.Sprintf("observed: %d at once (each a %s)", n, thing)
	}
	return text, nil, ""
}

// gapsFault names all that a template leaves to be filled in, each name once.
func gapsFault(gaps []record.Gap, within func(int) *record.Place) (text string, place *record.Place, hint string) {
	first := within(gaps[0].Line)
	var names, empty []string
	for _, g := range gaps {
		list, name := &names, "`"+g.Name+"`"
		if g.Empty {
			list = &empty
		}
		if at := within(g.Line); at != nil && first != nil && at.Line != first.Line {
			name += fmt.Sprintf(" (line %d)", at.Line)
		}
		if !slices.ContainsFunc(*list, func(n string) bool { return strings.HasPrefix(n, "`"+g.Name+"`") }) {
			*list = append(*list, name)
		}
	}
	verb := func(n int, one, many string) string {
		if n == 1 {
			return one
		}
		return many
	}
	var texts []string
	if len(names) > 0 {
		texts = append(texts, strings.Join(names, ", ")+" "+verb(len(names), "is", "are")+" not defined")
		hint = "Define " + verb(len(names), "it", "them") + " in the template, so that it runs as it is."
	}
	if len(empty) > 0 {
		texts = append(texts, strings.Join(empty, ", ")+" "+verb(len(empty), "has", "have")+" no body")
		hint = cmp.Or(hint, "Fill it in, so that the template does its work as it is.")
	}
	return strings.Join(texts, "; "), first, hint
}

// templateEnd says how a template's run ended.
func (k *kind) templateEnd(t *trial, within func(int) *record.Place) (text string, place *record.Place, hint string) {
	file := k.Record.Submission.File
	if t.snippet.Kind == "source" {
		file = templateFile
	}
	last, line := verdict.LastError(t.End.Stderr, file)
	if line > 0 {
		place = within(line)
	}
	switch {
	case t.End.Limit != "":
		return "it was ended: " + t.End.Limit, place, "A template shows its strategy in a few tenths of a second; take the waiting or the computing down."
	case last != "":
		return "its last words: " + last, place, "Run the template by itself, and mend what the traceback names."
	}
	return verdict.Death(t.End), place, ""
}

// templateFile is what a template's program is called when it is run.
const templateFile = "template.py"

// bareFunctions lists the functions without all annotations.
func (k *kind) bareFunctions() (string, *record.Place) {
	var parts []string
	var first *record.Place
	for _, b := range k.contents.Bare {
		if first == nil {
			first = &record.Place{File: b.File, Line: b.Line}
			if b.File == k.Record.Submission.File {
				first = k.line(b.Line)
			}
		}
		lacks := make([]string, len(b.Lacks))
		for i, l := range b.Lacks {
			if lacks[i] = "`" + l + "`"; l == "return" {
				lacks[i] = "the result"
			}
		}
		parts = append(parts, fmt.Sprintf("`%s` in line %d lacks %s", b.Function, b.Line, strings.Join(lacks, ", ")))
	}
	const most = 6
	if len(parts) > most {
		parts = append(parts[:most], fmt.Sprintf("and %d more", len(parts)-most))
	}
	return strings.Join(parts, "; "), first
}

// seenAnalysis says in a few words what a passing check of an analyzer rests on.
func (k *kind) seenAnalysis(s *spec.Check) string {
	a := k.analysis
	name := s.Bounds[len(s.Bounds)-1].Quantity
	if id, _ := k.templateOf(name); id != "" {
		var parts []string
		for _, id := range k.Spec.Strategies() {
			q := func(name string) string { return words.Number(k.Figure(id + "." + name).Value) }
			if t := a.trials[id]; t == nil {
				continue
			}
			switch {
			case !k.Record.Host.Scheduler:
			case k.Figure(id+".processes").Value > 0 && k.Figure(id+".waits").Value > 0:
				parts = append(parts, fmt.Sprintf("%s: %s waits, %s processes at once", id, q("waits"), q("processes")))
			case k.Figure(id+".processes").Value > 0:
				parts = append(parts, fmt.Sprintf("%s: %s processes at once", id, q("processes")))
			case k.Figure(id+".waits").Value > 0:
				parts = append(parts, fmt.Sprintf("%s: %s waits at once in one thread", id, q("waits")))
			default:
				parts = append(parts, fmt.Sprintf("%s: %s threads at once", id, q("threads")))
			}
		}
		return strings.Join(parts, "; ")
	}
	switch name {
	case "run.completed":
		return fmt.Sprintf("it ran for %s, to the end", words.Seconds(float64(k.runs[0].End.WallUS)/1e6))
	case "matrix.complete":
		return fmt.Sprintf("`%s` has %d workloads", a.matrix.Table.Name, len(a.matrix.Entries))
	case "analysis.agreement":
		return fmt.Sprintf("what is printed is what `%s` has", a.matrix.Table.Name)
	case "recommendations.accepted":
		var parts []string
		for i := range a.Workloads {
			if e := a.matrix.Entry(a.Workloads[i].ID); e != nil {
				parts = append(parts, a.Workloads[i].Title+": "+e.Strategy)
			}
		}
		return strings.Join(parts, ", ")
	case "reasoning.holds":
		return fmt.Sprintf("%s of the reasons name the GIL, %s what limits the strategy", words.Number(k.Figure("reasoning.gil").Value), words.Number(k.Figure("reasoning.limits").Value))
	case "hints.annotations":
		return fmt.Sprintf("%d %s, %d annotations", a.contents.Functions, words.Plural("function", a.contents.Functions), a.contents.Annotations)
	}
	return ""
}

// analysisNotes say what is to be known about an analyzer's checks.
func (k *kind) analysisNotes() []string {
	var notes []string
	c := k.contents
	if n := len(c.Notes); n > 0 {
		notes = append(notes, fmt.Sprintf("%s, which is installed here, remarks (this costs no points): %s", c.Checker, strings.Join(c.Notes[:min(3, n)], "; ")))
	}
	for i := range k.Workloads {
		if w := &k.Workloads[i]; w.Measured == "" && len(k.Record.Measured) > 0 {
			notes = append(notes, fmt.Sprintf("%s work is not run here, so its figure is compared with nothing.", w.Title))
		}
	}
	return notes
}
