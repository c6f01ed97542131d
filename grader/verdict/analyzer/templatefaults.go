package analyzer

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// explainTemplates says what is wrong with the templates: all of it, in the
// order of the file. What only follows from another fault is left out.
func (k *kind) explainTemplates(broken []spec.Bound) verdict.Explanation {
	var c verdict.Explanation
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
		f := fault{math.MaxInt, sentences(b.Message, text), k.templatePlace(id), cmp.Or(hint, b.Hint)}
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
	c.Message, c.Hint = strings.Join(texts, " "), strings.Join(hints, " ")
	return c
}

// templateFault says what is wrong with a template, at which line of the
// submission, and what to do where that is known.
func (k *kind) templateFault(id, name string) (text string, place *record.Place, hint string) {
	t := k.templates[id]
	if t == nil || t.snippet == nil {
		return "none of what the module holds has its name", nil,
			fmt.Sprintf("Add one: a program in a text, a function or a class, in a mapping from strategy to template or named after it, such as `%s_TEMPLATE`.", strings.ToUpper(id))
	}
	s := t.snippet
	within := func(line int) *record.Place {
		switch {
		case s.Kind != "source":
			return k.line(line)
		case s.Literal && line > 0:
			return k.line(s.Line + line - 1)
		}
		return k.line(s.Line)
	}
	switch {
	case name != "found" && len(s.Gaps) > 0:
		return gapsFault(s.Gaps, within)
	case t.trial == nil && len(s.Needs) > 0:
		return fmt.Sprintf("it needs %s", words.Code(s.Needs)), k.line(s.Line), "Give its parameters defaults, so that it can be called as it is."
	case t.trial == nil:
		return "", nil, ""
	case name == "completed":
		return k.templateEnd(t.trial, within)
	}
	return k.templateSeen(t, name), nil, ""
}

// templateSeen says what was seen of a template.
func (k *kind) templateSeen(t *template, name string) string {
	f := k.Figure(t.id + "." + name)
	if f.Missing {
		return f.Reason
	}
	r := templateRows[slices.IndexFunc(templateRows, func(r templateRow) bool { return r.name == name })]
	if r.words != nil {
		if text := r.words(k, t); text != "" {
			return text
		}
	}
	switch n := int(f.Value); {
	case n == 0:
		return "observed: no " + r.things
	case n == 1:
		return "observed: never more than one " + r.things + " at once"
	default:
		return fmt.Sprintf("observed: %d at once (each a %s)", n, r.things)
	}
}

// templatesSeen says in a few words what the templates did.
func (k *kind) templatesSeen() string {
	var parts []string
	for _, id := range k.Spec.Strategies() {
		q := func(name string) string { return words.Number(k.Figure(id + "." + name).Value) }
		processes, waits := k.Figure(id+".processes").Value > 0, k.Figure(id+".waits").Value > 0
		switch {
		case k.templates[id].trial == nil || !k.Record.Host.Scheduler:
		case processes && waits:
			parts = append(parts, fmt.Sprintf("%s: %s waits, %s processes at once", id, q("waits"), q("processes")))
		case processes:
			parts = append(parts, fmt.Sprintf("%s: %s processes at once", id, q("processes")))
		case waits:
			parts = append(parts, fmt.Sprintf("%s: %s waits at once in one thread", id, q("waits")))
		default:
			parts = append(parts, fmt.Sprintf("%s: %s threads at once", id, q("threads")))
		}
	}
	return strings.Join(parts, "; ")
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
