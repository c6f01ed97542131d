// Package explain holds what the words of a report mean, and what each finding in a
// source is, as pages of Markdown. They are one source for all who show them: the
// command line, a page in HTML, and a README that links to them.
//
// A page has an entry for each heading of the second level, which is "ID: Title".
// Below it may stand a line "*Also: ALIAS, ...*", then paragraphs, code, and pictures
// of timelines, which are fenced blocks of the language "timeline". A last line
// "See: ID, ..." names entries to read on with.
package explain

import (
	"embed"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed pages/*.md
var pages embed.FS

// Timeline is the language of the fenced blocks that hold a picture of a timeline: a
// row for each worker, its name in the first eleven columns, then blocks as high as its
// share of a core, from none to all of it.
const Timeline = "timeline"

// termsPage is the page of the terms; all others hold findings.
const termsPage = "terms.md"

// Entry is what is said of a term or a finding.
type Entry struct {
	ID      string // such as wanting-a-core, join-in-start-loop
	Title   string // what it is, in a few words
	Aliases []string
	// Finding says that it is one of reading the source, by the id that it has there
	// without a way of working.
	Finding bool
	// Text is Markdown without the heading: paragraphs, code, timelines.
	Text string
	See  []string // ids of other entries
}

// Summary is the first paragraph of the text, in one line.
func (e Entry) Summary() string {
	first, _, _ := strings.Cut(e.Text, "\n\n")
	return strings.Join(strings.Fields(first), " ")
}

// All gives the terms in the order in which they explain each other, then the findings
// by their ids. The slice is the caller's.
func All() []Entry { return slices.Clone(entries()) }

// Find gives the entry with this id or alias, written in small or large letters, with
// blanks or hyphens, with or without a way of working before it: threads.no-join, Wanted a
// core. It is false where there is none.
func Find(name string) (Entry, bool) {
	wanted := key(name)
	_, bare, _ := strings.Cut(wanted, ".")
	for _, e := range entries() {
		if e.ID == wanted || e.Finding && e.ID == bare || slices.ContainsFunc(e.Aliases, func(a string) bool { return key(a) == wanted }) {
			return e, true
		}
	}
	return Entry{}, false
}

// Names are all ids and aliases, in the order of All.
func Names() []string {
	var names []string
	for _, e := range entries() {
		names = append(append(names, e.ID), e.Aliases...)
	}
	return names
}

func key(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(name, "-", " ")), "-"))
}

var entries = sync.OnceValue(func() []Entry {
	files, err := pages.ReadDir("pages")
	if err != nil {
		return nil // they are embedded: the tests have seen them
	}
	var terms, findings []Entry
	for _, f := range files {
		text, err := pages.ReadFile(path.Join("pages", f.Name()))
		if err != nil {
			continue
		}
		if f.Name() == termsPage {
			terms = parse(string(text), false)
		} else {
			findings = append(findings, parse(string(text), true)...)
		}
	}
	slices.SortFunc(findings, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	return append(terms, findings...)
})

// parse reads a page.
func parse(text string, finding bool) []Entry {
	var all []Entry
	_, text, _ = strings.Cut(text, "\n## ")
	for section := range strings.SplitSeq(text, "\n## ") {
		heading, body, _ := strings.Cut(section, "\n")
		e := Entry{Finding: finding}
		e.ID, e.Title, _ = strings.Cut(heading, ": ")
		body = strings.TrimSpace(body)
		if rest, ok := strings.CutPrefix(body, "*Also: "); ok {
			var aliases string
			aliases, body, _ = strings.Cut(rest, "*\n")
			e.Aliases = strings.Split(aliases, ", ")
		}
		if at := strings.LastIndex(body, "\nSee: "); at >= 0 {
			e.See = strings.Split(strings.TrimSpace(body[at+len("\nSee: "):]), ", ")
			body = body[:at]
		}
		e.Text = strings.TrimSpace(body)
		all = append(all, e)
	}
	return all
}
