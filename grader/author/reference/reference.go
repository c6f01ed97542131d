// Package reference writes the reference page of the language in which challenges
// are written: from the types that decode it, the catalogue of quantities, and
// what reading a source may find. Nothing in it is written by hand but how it is
// laid out, and an example of each kind.
package reference

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// examples holds a whole spec of each kind.
//
//go:embed examples/*.yaml
var examples embed.FS

// Example is a whole challenge.yaml of a kind.
func Example(kind spec.Kind) (string, error) {
	text, err := examples.ReadFile("examples/" + string(kind) + ".yaml")
	return string(text), err
}

// Write writes the page as Markdown.
func Write(w io.Writer) error {
	parts, err := spec.Language()
	if err != nil {
		return err
	}
	kinds, err := spec.EachKind()
	if err != nil {
		return err
	}
	p := page{parts: parts, written: map[string]bool{}}
	p.start(kinds)
	for _, k := range kinds {
		if err := p.kind(k); err != nil {
			return err
		}
	}
	p.findings()
	_, err = io.WriteString(w, p.text.String())
	return err
}

type page struct {
	text    strings.Builder
	parts   []spec.Structure
	written map[string]bool // the structures that have been described
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(&p.text, format+"\n", args...) }

// start describes what all kinds share.
func (p *page) start(kinds []spec.DescribedKind) {
	p.line(`# The language of challenges

This page is generated: %sgilcourse schema --markdown%s prints it, and a test keeps
the two equal. [README.md](README.md) says how a challenge is made.

A challenge is a file %schallenge.yaml%s, written in YAML. It is read strictly: an
unknown field, a missing one, a value out of its range and a bound that nothing can
break are refused, all of them at once, each at its line and column with what to
write instead. Times and amounts have a unit: %s150ms%s, %s5m%s, %s64MiB%s. Anchors,
aliases and tags are not allowed.

There are %d kinds of challenges:

| kind | what is done |
|---|---|`, "`", "`", "`", "`", "`", "`", "`", "`", "`", "`", len(kinds))
	for _, k := range kinds {
		p.line("| [%s](#challenges-of-the-kind-%s) | %s |", k.Kind, k.Kind, cell(k.Description))
	}
	var own []string
	for _, k := range kinds {
		own = append(own, k.Own...)
	}
	p.line("\n## Fields of every challenge\n")
	p.structure("Challenge", func(f spec.Field) bool { return !slices.Contains(own, f.Name) })
}

// kind describes what only challenges of a kind have.
func (p *page) kind(k spec.DescribedKind) error {
	p.line("\n## Challenges of the kind %s\n", k.Kind)
	p.line("What is done: %s.\n", k.Description)
	p.structure("Challenge", func(f spec.Field) bool { return slices.Contains(k.Own, f.Name) })
	for _, c := range k.Catalogues {
		p.line("\n### Quantities of %s\n", c.Of)
		p.quantities(c)
	}
	text, err := Example(k.Kind)
	if err != nil {
		return fmt.Errorf("read the example of the kind %s: %w", k.Kind, err)
	}
	p.line("\n### An example of the kind %s\n\n```yaml\n%s```", k.Kind, text)
	return nil
}

// structure describes the fields of a structure, those that are wanted, then the
// structures that they hold and that were not described before.
func (p *page) structure(name string, wanted func(spec.Field) bool) {
	s := p.find(name)
	var inner []string
	p.line("| field | what is written | meaning |\n|---|---|---|")
	for _, f := range s.Fields {
		if wanted == nil || wanted(f) {
			p.line("| `%s` | %s | %s |", f.Name, cell(p.kindOf(f)), cell(meaning(f)))
			inner = append(inner, f.Of)
		}
	}
	for _, f := range s.Fields {
		if (wanted == nil || wanted(f)) && len(f.Words) > 0 {
			p.words(f)
		}
	}
	for _, name := range inner {
		if name == "" || p.written[name] {
			continue
		}
		p.written[name] = true
		s := p.find(name)
		p.line("\n### %s\n", heading(name))
		if s.Description != "" {
			p.line("%s\n", sentence(strings.TrimPrefix(s.Description, name+" is ")))
		}
		p.structure(name, nil)
	}
}

// words lists the values that a field can have.
func (p *page) words(f spec.Field) {
	p.line("\n`%s` is one of:\n", f.Name)
	p.line("| value | meaning |\n|---|---|")
	for _, w := range f.Words {
		p.line("| `%s` | %s |", w.Name, cell(w.Description))
	}
}

func (p *page) find(name string) spec.Structure {
	for _, s := range p.parts {
		if s.Name == name {
			return s
		}
	}
	return spec.Structure{Name: name}
}

// kindOf says what is written for a field, and whether it must be.
func (p *page) kindOf(f spec.Field) string {
	text := f.Type
	if f.Of != "" {
		text += fmt.Sprintf(" of [%s](#%s)", strings.ToLower(heading(f.Of)), anchor(heading(f.Of)))
	}
	if f.Range != "" {
		text += ", " + f.Range
	}
	switch {
	case f.Needed:
		text += "; **must be there**"
	case f.Default != "":
		text += "; " + f.Default + " where it is not said"
	}
	return text
}

func meaning(f spec.Field) string { return sentence(f.Description) }

// quantities is a table of a catalogue.
func (p *page) quantities(c spec.Catalogue) {
	before := ""
	if c.Part != "" {
		before = c.Part + "."
	}
	p.line("| quantity | unit | range | witness | takes | robust | what it is |\n|---|---|---|---|---|---|---|")
	for _, q := range c.List {
		p.line("| `%s%s` | %s | %s | %s | %s | %s | %s |", before, q.Name, cell(q.Unit), values(q), q.Witness, takes(q), robust(q), cell(q.Description))
	}
}

// values says which values a quantity can have.
func values(q quantity.Quantity) string {
	switch q.Scale {
	case quantity.Truth:
		return "0 or 1"
	case quantity.Share:
		return "0 to 1"
	case quantity.Count:
		return "whole, from 0"
	}
	return "from 0"
}

// takes says what it takes to see a quantity.
func takes(q quantity.Quantity) string {
	var all []string
	for _, need := range []struct {
		one  quantity.Needs
		says string
	}{
		{quantity.NeedsScheduler, "a system whose tasks can be observed"}, {quantity.NeedsReference, "a run of the reference"}, {quantity.UsesReference, "fairer beside the reference"},
		{quantity.NeedsWrites, "a kernel that counts writes"}, {quantity.NeedsMeasured, "what `gilcourse measure` saw"},
	} {
		if q.Needs.Has(need.one) {
			all = append(all, need.says)
		}
	}
	return strings.Join(all, ", ")
}

// robust says what may move a quantity although the submission does as it always
// does.
func robust(q quantity.Quantity) string {
	switch {
	case q.Robust():
		return "yes"
	case q.Witness == quantity.Clock:
		return "no: load moves it"
	}
	return "no: one moment decides"
}

// findings lists what causes, where and pattern can name.
func (p *page) findings() {
	p.line(`
## Findings and causes

A cause names a finding: what reading the source must have found. Where the bound is
broken, and nothing that was observed speaks against it, the report shows its line and
says what that does. A way of working may stand before a finding, as in
%sthreads.no-join%s: sequential, threads, processes, asyncio, or workers where the source
does not tell which. A check's %swhere%s names a finding, too, or %starget%s (what is handed to
workers), or %sdef:FUNCTION%s. Challenges of all kinds can name all of them.

    causes:
      - finding: threads.no-join
        says: "nothing waits for the threads"
        hint: Call join on each of them.
        for: [threads.work]
        when: {threads.seen: {min: 1}}

| finding | the source … |
|---|---|`, "`", "`", "`", "`", "`", "`", "`", "`")
	for _, k := range python.FindingKinds {
		p.line("| `%s` | %s |", k.ID, cell(k.Description))
	}
}

// headings are what the structures are called where their types' names say little.
var headings = map[string]string{"Task": "Task", "Accepted": "Accepted strategies", "Refused": "Refused strategies"}

// heading is what the page calls a structure.
func heading(name string) string {
	if h, ok := headings[name]; ok {
		return h
	}
	return name
}

// anchor is where a heading is linked to.
func anchor(heading string) string { return strings.ReplaceAll(strings.ToLower(heading), " ", "-") }

// sentence is a text that begins with a capital letter, or a field, and ends with a
// full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	return strings.TrimSuffix(text, ".") + "."
}

// cell is a text as it stands in a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }
