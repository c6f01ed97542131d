package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gilcourse/gilcourse/grader/explain"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// word is what is said of a term or a finding.
type word struct {
	ID, Title string
	Prose     []prose
	See       []string // ids of terms
}

// prose is a paragraph, some lines of code, or a picture of a timeline.
type prose struct {
	Text  string
	Code  [][]span
	Rows  []sketch
	Width int // of the rows, in steps
}

// sketch is a row of a picture: a name, and a path in a box of 100 units' height, with
// 10 units for each step.
type sketch struct{ Name, Path string }

// heights are the signs of a sketch, from none to all of a core.
var heights = []rune(" ▁▂▃▄▅▆▇█")

// nameWidth is how many columns a row's name has, see package explain.
const nameWidth = 11

// glossary is what the terms of a page mean.
func glossary() []word {
	var all []word
	for _, e := range explain.All() {
		if !e.Finding {
			all = append(all, newWord(e))
		}
	}
	return all
}

// found is what a finding is that explains a fail, nil for none that is known.
func found(cause string) *word {
	if cause == "" {
		return nil
	}
	e, ok := explain.Find(verdict.Mistake(cause))
	if !ok || !e.Finding {
		return nil
	}
	w := newWord(e)
	return &w
}

func newWord(e explain.Entry) word {
	w := word{ID: e.ID, Title: e.Title}
	for _, id := range e.See {
		if other, ok := explain.Find(id); ok && !other.Finding {
			w.See = append(w.See, other.ID)
		}
	}
	var lines []string
	fence := ""
	flush := func() {
		if len(lines) > 0 {
			w.Prose = append(w.Prose, newProse(fence, lines))
		}
		lines = nil
	}
	for line := range strings.Lines(e.Text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			flush()
			if fence != "" {
				fence = ""
			} else {
				fence = strings.TrimPrefix(line, "```") + " "
			}
		case line == "" && fence == "":
			flush()
		default:
			lines = append(lines, line)
		}
	}
	flush()
	return w
}

// newProse shows lines of a fenced block of a language, or of a paragraph where that
// is empty.
func newProse(fence string, lines []string) prose {
	switch strings.TrimSpace(fence) {
	case explain.Timeline:
		var p prose
		for _, line := range lines {
			p.Width = max(p.Width, utf8.RuneCountInString(line)-nameWidth)
		}
		for _, line := range lines {
			p.Rows = append(p.Rows, newSketch([]rune(line)))
		}
		return p
	case "":
		if fence == "" {
			return prose{Text: strings.Join(lines, " ")}
		}
	}
	return prose{Code: colour(lines)}
}

func newSketch(line []rune) sketch {
	s := sketch{Name: strings.TrimSpace(string(line[:min(len(line), nameWidth)]))}
	var b strings.Builder
	for i, r := range line[min(len(line), nameWidth):] {
		if h := slices.Index(heights, r) * 100 / (len(heights) - 1); h > 0 {
			b.WriteString("M" + number(float64(i*10)) + " 100v-" + number(float64(h)) + "h10v" + number(float64(h)) + "z")
		}
	}
	s.Path = b.String()
	return s
}

// wordOf names the term that a quantity is about, by the end of the quantity's name.
var wordOf = map[string]string{
	"parallelism": "wanting-a-core", "handoffs": "hand-offs", "interleaving": "interleaving", "speedup": "speedup", "efficiency": "efficiency",
	"in_flight": "in-flight", "under_way": "in-flight", "lag": "lag", "messages": "messages", "work": "cpu-time", "workers": "worker", "agreement": "claim",
	"wanted a core": "wanting-a-core", "hand-offs": "hand-offs", "CPU time": "cpu-time", "speedup here": "speedup",
}
