package analyzer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// Explain says what is wrong with an analyzer, where, and what to do.
func (k *kind) Explain(s *spec.Check, broken []spec.Bound) verdict.Explanation {
	first := broken[0].Quantity
	_, template := k.templateOf(first)
	f := k.Figure(first)
	switch {
	case first == "run.completed":
		return k.ended(s)
	case k.Record.Submission.Source.Error != nil:
		return verdict.Explanation{Message: "The program cannot be run, so this cannot be seen.", Hint: "First mend what Python says of the file."}
	case template != "":
		return k.explainTemplates(broken)
	case f.Missing && k.matrix == nil:
		return verdict.Explanation{Message: words.Sentence(f.Reason), Location: k.line(k.contents.Line)}
	case strings.HasPrefix(first, "hints."):
		text, place := k.bareFunctions()
		return verdict.Explanation{Message: sentences(broken[0].Message, text), Location: place}
	}
	e := verdict.Explanation{Message: k.explainWorkloads(broken)}
	if m := k.matrix; m != nil {
		e.Location = k.line(cmp.Or(k.faultyLine(broken), m.Table.Line))
	}
	return e
}

// ended says how the program ended.
func (k *kind) ended(s *spec.Check) verdict.Explanation {
	var ends []*record.Outcome
	for _, r := range k.runs {
		ends = append(ends, r.End)
	}
	return k.Ended(s, ends)
}

// Observed says what was seen of a quantity, or why nothing was.
func (k *kind) Observed(quantity string) string {
	f := k.Figure(quantity)
	id, name := k.templateOf(quantity)
	switch r := rowOf(quantity); {
	case !f.Known:
		return f.Reason
	case name != "":
		text, _, _ := k.templateFault(id, name)
		return text
	case r != nil && r.words != nil:
		return r.words(k)
	}
	return ""
}

// Seen says in a few words what a check that passes rests on.
func (k *kind) Seen(s *spec.Check) string {
	has := func(name string) bool {
		return slices.ContainsFunc(s.Bounds, func(b spec.Bound) bool { return b.Quantity == name })
	}
	for i := range rows {
		if rows[i].seen != nil && has(rows[i].name) {
			return rows[i].seen(k)
		}
	}
	if slices.ContainsFunc(s.Bounds, func(b spec.Bound) bool { id, _ := k.templateOf(b.Quantity); return id != "" }) {
		return k.templatesSeen()
	}
	return ""
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
		r := rowOf(b.Quantity)
		says := []string{b.Message}
		if r.words != nil && k.matrix != nil {
			if text := r.words(k); text != "" {
				says = append(says, text)
			}
		}
		if r.fault != nil && k.matrix != nil {
			says = append(says, k.faults(r, told)...)
		}
		// A bound that only says in other words what was said before is left out.
		if n == 0 || len(says) > 1 || b.Quantity == "reasoning.gil" || b.Quantity == "reasoning.limits" {
			texts = append(texts, says...)
		}
	}
	return sentences(texts...)
}

// faultyLine is the line of the first entry that breaks a bound, 0 where that is
// not known.
func (k *kind) faultyLine(broken []spec.Bound) int {
	for _, b := range broken {
		r := rowOf(b.Quantity)
		if r.fault == nil {
			continue
		}
		for i := range k.Workloads {
			if e := k.matrix.Entry(k.Workloads[i].ID); e != nil && r.fault(k, &k.Workloads[i], e) != "" {
				return e.Line
			}
		}
	}
	return 0
}

// faults says what breaks a bound: once for all workloads of which the same is to
// be said, and not of those of which something was told before.
func (k *kind) faults(r *row, told map[string]bool) []string {
	titles := map[string][]string{} // by the fault, which has a gap for them
	var faults []string
	for i := range k.Workloads {
		w := k.Workloads[i]
		title := w.Title
		w.Title = titleGap
		if told[w.ID] {
			continue
		}
		if text := r.fault(k, &w, k.matrix.Entry(w.ID)); text != "" {
			if told[w.ID] = true; titles[text] == nil {
				faults = append(faults, text)
			}
			titles[text] = append(titles[text], title)
		}
	}
	for i, text := range faults {
		faults[i] = strings.ReplaceAll(text, titleGap, list(titles[text]))
	}
	return faults
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

// notes say what is to be known about an analyzer's checks.
func (k *kind) notes() []string {
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
