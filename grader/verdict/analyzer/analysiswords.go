package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/advice"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// explainAnalysis says what is wrong with an analyzer, where, and what to do.
func (j *judge) explainAnalysis(c *Check, s *spec.Check, broken []spec.Bound) {
	first := broken[0]
	c.Hint = cmp.Or(first.Hint, s.Hint)
	switch {
	case first.Quantity == "run.completed":
		j.explainEnd(c, s)
		return
	case j.rec.Submission.Source.Error != nil:
		c.Message, c.Hint = "The program cannot be run, so this cannot be seen.", "First mend what Python says of the file."
		return
	}
	if q := j.quantities[first.Quantity]; q.missing && j.analysis.matrix == nil && !strings.HasSuffix(first.Quantity, ".found") {
		if _, template := j.templateOf(first.Quantity); template == "" {
			c.Message, c.Location = sentence(q.why), j.line(j.analysis.contents.Line)
			return
		}
	}
	c.Message = sentence(first.Says)
	say := func(text string) {
		if text != "" {
			c.Message += " " + sentence(text)
		}
	}
	if id, name := j.templateOf(first.Quantity); name != "" {
		// A template whose cause shows in a later bound is explained by that.
		c.Location = j.templatePlace(id)
		text, place, hint := j.templateFault(id, name)
		say(text)
		if place != nil {
			c.Location = place
		}
		c.Hint = cmp.Or(hint, c.Hint)
		return
	}
	if strings.HasPrefix(first.Quantity, "hints.") {
		text, place := j.bareFunctions()
		say(text)
		c.Location = place
		return
	}
	if m := j.analysis.matrix; m != nil {
		c.Location = j.line(m.Table.Line)
	}
	for i := range j.analysis.Workloads {
		w := &j.analysis.Workloads[i]
		if text := j.workloadFault(first.Quantity, w, j.analysis.matrix.Entry(w.ID)); text != "" {
			say(text)
			if first.Quantity != "matrix.workloads" && first.Quantity != "reasoning.gil" && first.Quantity != "reasoning.limits" {
				break // one at a time
			}
		}
	}
}

// templateOf gives the strategy whose template a quantity is of, and its own
// name; empty for others.
func (j *judge) templateOf(quantity string) (id, name string) {
	id, name, _ = strings.Cut(quantity, ".")
	if slices.Contains(j.spec.Strategies(), id) {
		return id, name
	}
	return "", ""
}

// line is a place in the deliverable, nil for line 0.
func (j *judge) line(n int) *record.Place {
	if n == 0 {
		return nil
	}
	return &record.Place{File: j.rec.Submission.File, Line: n, Text: j.analysis.contents.Lines[n]}
}

// workloadFault says what of a workload's entry breaks a bound, empty for
// nothing.
func (j *judge) workloadFault(quantity string, w *spec.Workload, e *advice.Entry) string {
	a := j.analysis
	switch {
	case quantity == "matrix.workloads":
		if e == nil {
			return fmt.Sprintf("%s has no entry in `%s`", w.Title, a.matrix.Table.Name)
		}
		return ""
	case e == nil:
		return fmt.Sprintf("%s has no entry", w.Title)
	case quantity == "matrix.complete":
		if lacks := e.Lacks(); len(lacks) > 0 {
			return fmt.Sprintf("the entry of %s in `%s` has no %s", w.Title, a.matrix.Table.Name, strings.Join(lacks, " and no "))
		}
	case quantity == "analysis.workloads" || quantity == "analysis.agreement":
		return printedFault(w, e, a.print(w.ID))
	case quantity == "recommendations.accepted":
		if !fits(w, e) {
			return j.refusal(w, e)
		}
	case quantity == "reasoning.distinct":
		if twin := a.twin(e); twin != nil {
			return fmt.Sprintf("the reason for %s is also that for %s: %q", w.Title, a.Workload(twin.Workload).Title, cutOff(e.Reasoning))
		}
	case quantity == "reasoning.holds":
		if e.Reasoning == "" {
			return fmt.Sprintf("there is none for %s", w.Title)
		}
		if !holds(w, e) {
			return fmt.Sprintf("%s for %s: %s; it says %q", e.Strategy, w.Title, w.Accepted(e.Strategy).Says, cutOff(e.Reasoning))
		}
	case quantity == "speedups.known":
		if len(e.Figures) == 0 {
			return fmt.Sprintf("for %s it says %q", w.Title, cutOff(e.Speedup))
		}
	case quantity == "speedups.possible":
		if why := j.impossible(w, e); why != "" {
			return fmt.Sprintf("for %s it says %q: %s", w.Title, cutOff(e.Speedup), why)
		}
	case quantity == "speedups.agreement":
		if j.agrees(w, e) == False {
			return j.besideMeasured(w, e)
		}
	}
	return ""
}

// refusal says why a recommendation is not right.
func (j *judge) refusal(w *spec.Workload, e *advice.Entry) string {
	var right []string
	for _, a := range w.Accept {
		right = append(right, a.Strategy)
	}
	switch {
	case len(e.Texts) == 0:
		return fmt.Sprintf("%s has no recommendation", w.Title)
	case e.Strategy == "":
		return fmt.Sprintf("for %s it says %q, which names none of %s", w.Title, cutOff(e.Texts[0]), strings.Join(j.spec.Strategies(), ", "))
	}
	text := fmt.Sprintf("%s for %s: %s; right is %s", e.Strategy, w.Title, w.Refused(e.Strategy).Says, strings.Join(right, " or "))
	if mine, best := j.measured(w.Measured, e.Strategy), j.measured(w.Measured, right[0]); mine != nil && best != nil && best.Lo > mine.Hi {
		text += fmt.Sprintf(" (measured here: %sx and %sx)", number(mine.Speedup), number(best.Speedup))
	}
	return text
}

// printedFault says what of an entry is not printed as the matrix has it.
func printedFault(w *spec.Workload, e *advice.Entry, p advice.Printed) string {
	switch {
	case len(e.Lacks()) > 0:
		return fmt.Sprintf("the matrix has no %s for %s", strings.Join(e.Lacks(), " and no "), w.Title)
	case !p.Named:
		return fmt.Sprintf("%s is not printed", w.Title)
	case p.Other != "":
		return fmt.Sprintf("for %s it prints %s, and the matrix has %s", w.Title, p.Other, cmp.Or(e.Strategy, "none"))
	case !p.Strategy:
		return fmt.Sprintf("the recommendation for %s is not printed", w.Title)
	case !p.Reasoning:
		return fmt.Sprintf("the reasoning for %s is not printed as the matrix has it", w.Title)
	case p.Figure != 0:
		return fmt.Sprintf("the expected speedup for %s is printed as %s, and the matrix has %q", w.Title, number(p.Figure), cutOff(e.Speedup))
	case !p.Speedup:
		return fmt.Sprintf("the expected speedup for %s, %q, is not printed", w.Title, cutOff(e.Speedup))
	}
	return ""
}

// unclear says of which expected speedups the measuring here does not tell
// whether they are right.
func (j *judge) unclear() string {
	var titles []string
	for i := range j.analysis.Workloads {
		w := &j.analysis.Workloads[i]
		if e := j.analysis.matrix.Entry(w.ID); e != nil && j.agrees(w, e) == Undecided {
			titles = append(titles, w.Title)
		}
	}
	return sentence("what was measured here varies too much to tell whether the figure for " + strings.Join(titles, " and ") + " is right; a quieter machine would tell")
}

// besideMeasured shows an expected speedup beside the measured one.
func (j *judge) besideMeasured(w *spec.Workload, e *advice.Entry) string {
	cell := j.measured(w.Measured, e.Strategy)
	expected, here := j.scaled(w, e, e.Figures[0])
	of := plural("core", int(here))
	if w.Most == spec.ByWaits {
		of = "waits at once"
	}
	return fmt.Sprintf("for %s it says %q, which is %sx for %.0f %s; measured here is %sx (between %s and %s)",
		w.Title, cutOff(e.Speedup), number(expected), here, of, number(cell.Speedup), number(cell.Lo), number(cell.Hi))
}

// templatePlace is where a strategy's template stands.
func (j *judge) templatePlace(id string) *record.Place {
	for i, s := range j.analysis.Strategies {
		if k := j.analysis.chosen[i]; s.ID == id && k >= 0 {
			return j.line(j.analysis.contents.Snippets[k].Line)
		}
	}
	return nil
}

// templateFault says what is wrong with a template, at which line of the
// submission, and what to do where that is known.
func (j *judge) templateFault(id, name string) (text string, place *record.Place, hint string) {
	a := j.analysis
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
			return j.line(line)
		case s.Literal && line > 0:
			return j.line(s.Line + line - 1)
		}
		return j.line(s.Line)
	}
	t := a.trials[id]
	if name != "found" && len(s.Gaps) > 0 {
		g := s.Gaps[0]
		if g.Empty {
			return fmt.Sprintf("`%s` has no body", g.Name), within(g.Line), "Fill it in, so that the template does its work as it is."
		}
		return fmt.Sprintf("`%s` is not defined", g.Name), within(g.Line), "Define it in the template, so that it runs as it is."
	}
	switch {
	case t == nil && len(s.Needs) > 0:
		return fmt.Sprintf("it needs %s", backticked(s.Needs)), j.line(s.Line), "Give its parameters defaults, so that it can be called as it is."
	case name == "completed" && t != nil:
		return j.templateEnd(t, within)
	case t == nil:
		return "", nil, ""
	}
	things := map[string]string{"threads": "thread beside the main thread", "processes": "child process", "waits": "wait of its event loop", "left": "thread left behind"}
	q := j.quantities[id+"."+name]
	switch thing, n := things[name], int(q.Value); {
	case q.missing:
		text = q.why
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

// templateEnd says how a template's run ended.
func (j *judge) templateEnd(t *trial, within func(int) *record.Place) (text string, place *record.Place, hint string) {
	file := j.rec.Submission.File
	if t.snippet.Kind == "source" {
		file = templateFile
	}
	last, line := lastError(t.End.Stderr, file)
	if line > 0 {
		place = within(line)
	}
	switch {
	case t.End.Limit != "":
		return "it was ended: " + t.End.Limit, place, "A template shows its strategy in a few tenths of a second; take the waiting or the computing down."
	case last != "":
		return "its last words: " + last, place, "Run the template by itself, and mend what the traceback names."
	}
	return death(t.End), place, ""
}

// templateFile is what a template's program is called when it is run.
const templateFile = "template.py"

// bareFunctions lists the functions without all annotations.
func (j *judge) bareFunctions() (string, *record.Place) {
	var parts []string
	var first *record.Place
	for _, b := range j.analysis.contents.Bare {
		if first == nil {
			first = &record.Place{File: b.File, Line: b.Line}
			if b.File == j.rec.Submission.File {
				first = j.line(b.Line)
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
func (j *judge) seenAnalysis(s *spec.Check) string {
	a := j.analysis
	name := s.Bounds[len(s.Bounds)-1].Quantity
	if id, _ := j.templateOf(name); id != "" {
		var parts []string
		for _, id := range j.spec.Strategies() {
			q := func(name string) string { return number(j.quantities[id+"."+name].Value) }
			if t := a.trials[id]; t == nil {
				continue
			}
			switch {
			case !j.rec.Host.Scheduler:
			case j.quantities[id+".processes"].Value > 0 && j.quantities[id+".waits"].Value > 0:
				parts = append(parts, fmt.Sprintf("%s: %s waits, %s processes at once", id, q("waits"), q("processes")))
			case j.quantities[id+".processes"].Value > 0:
				parts = append(parts, fmt.Sprintf("%s: %s processes at once", id, q("processes")))
			case j.quantities[id+".waits"].Value > 0:
				parts = append(parts, fmt.Sprintf("%s: %s waits at once in one thread", id, q("waits")))
			default:
				parts = append(parts, fmt.Sprintf("%s: %s threads at once", id, q("threads")))
			}
		}
		return strings.Join(parts, "; ")
	}
	switch name {
	case "run.completed":
		return fmt.Sprintf("it ran for %s, to the end", seconds(float64(j.runs[0].End.WallUS)/1e6))
	case "matrix.complete":
		return fmt.Sprintf("`%s` has %d workloads", a.matrix.Table.Name, len(a.matrix.Entries))
	case "analysis.agreement":
		return fmt.Sprintf("what is printed is what `%s` has", a.matrix.Table.Name)
	case "recommendations.accepted":
		var parts []string
		for i := range a.Workloads {
			parts = append(parts, a.Workloads[i].Title+": "+a.matrix.Entry(a.Workloads[i].ID).Strategy)
		}
		return strings.Join(parts, ", ")
	case "reasoning.holds":
		return fmt.Sprintf("%s of the reasons name the GIL, %s what limits the strategy", number(j.quantities["reasoning.gil"].Value), number(j.quantities["reasoning.limits"].Value))
	case "hints.annotations":
		return fmt.Sprintf("%d %s, %d annotations", a.contents.Functions, plural("function", a.contents.Functions), a.contents.Annotations)
	}
	return ""
}

// analysisNotes say what is to be known about an analyzer's checks.
func (j *judge) analysisNotes() []string {
	var notes []string
	c := j.analysis.contents
	if n := len(c.Notes); n > 0 {
		notes = append(notes, fmt.Sprintf("%s, which is installed here, remarks (this costs no points): %s", c.Checker, strings.Join(c.Notes[:min(3, n)], "; ")))
	}
	for i := range j.analysis.Workloads {
		if w := &j.analysis.Workloads[i]; w.Measured == "" && len(j.rec.Measured) > 0 {
			notes = append(notes, fmt.Sprintf("%s work is not run here, so its figure is compared with nothing.", w.Title))
		}
	}
	return notes
}
