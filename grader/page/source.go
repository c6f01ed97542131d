package page

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

const (
	// around is how many lines are shown before and after one that matters.
	around = 3
	// mostSource bounds the lines of a source that is shown, longestLine the
	// characters of each.
	mostSource  = 3000
	longestLine = 300
)

// source is a file of the learner's as the page shows it.
type source struct {
	File  string
	Lines []codeLine
	Known bool // the whole file is known, not its marked lines alone
	Marks int
}

// codeLine is a line with what is said of it.
type codeLine struct {
	N     int
	Spans []span
	Notes []remark
	Near  bool // it is marked, or stands near a marked one
	Gap   bool // lines before it are left out where only those near marks are shown
}

// Marked reports whether more than a hint for reading is said of the line.
func (l codeLine) Marked() bool {
	return slices.ContainsFunc(l.Notes, func(n remark) bool { return n.Kind != "info" })
}

// remark is said of a line.
type remark struct {
	Kind  string // fail, inconclusive or info
	Check string // its anchor, empty for none
	Title string
	Text  string
}

// sourceOf shows the deliverable with the lines that matter marked, and the other
// files that have some. Read may be nil, and gives the text of a file, empty where
// that is not known. A text that is not what was observed does not count.
func sourceOf(r *verdict.Result, rec *record.Record, read func(file string) string) []source {
	m := marked(r, rec)
	if m.lines[r.File] == nil && rec != nil {
		m.lines[r.File] = map[int]string{}
	}
	var all []source
	for file, lines := range m.lines {
		s := source{File: safetext.Name(file), Marks: len(m.notes[file])}
		text := ""
		if read != nil {
			text = read(file)
		}
		if text != "" && observed(r, rec, file, text, lines) {
			s.Lines, s.Known = shownLines(text, m.notes[file]), true
		} else {
			s.Lines = knownLines(lines, m.notes[file])
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b source) int {
		return cmp.Or(-cmp.Compare(min(a.Marks, 1), min(b.Marks, 1)), cmp.Compare(a.File, b.File))
	})
	return slices.DeleteFunc(all, func(s source) bool { return len(s.Lines) == 0 })
}

// marking is what is said of lines, and what the record knows of their texts, both
// by file and line.
type marking struct {
	notes map[string]map[int][]remark
	lines map[string]map[int]string
}

func (m marking) add(p record.Place, n remark) {
	if m.lines[p.File] == nil {
		m.notes[p.File], m.lines[p.File] = map[int][]remark{}, map[int]string{}
	}
	m.notes[p.File][p.Line] = append(m.notes[p.File][p.Line], n)
	m.lines[p.File][p.Line] = cmp.Or(p.Text, m.lines[p.File][p.Line])
}

// marked gathers what is said of lines.
func marked(r *verdict.Result, rec *record.Record) marking {
	m := marking{map[string]map[int][]remark{}, map[string]map[int]string{}}
	for _, k := range r.Checks {
		if k.Location != nil && k.Location.Line > 0 && k.Verdict != verdict.Pass {
			m.add(*k.Location, remark{string(k.Verdict), anchor(r.ID, k.ID), k.Title, k.Message})
		}
	}
	for _, b := range r.Builds {
		if b.Error != nil && b.Error.Line > 0 {
			m.add(*b.Error, remark{Kind: "fail", Text: "the compiler stops here"})
		}
	}
	if rec != nil {
		for _, s := range rec.Submission.Source.Sizes {
			m.add(record.Place{File: s.File, Line: s.Line}, remark{Kind: "info", Text: "the lesson's size; the copy that was run has another one in its place"})
		}
		for _, f := range rec.Submission.Source.Functions {
			m.add(record.Place{File: f.File, Line: f.Line}, remark{Kind: "info", Text: fmt.Sprintf("`%s` is called by the grader", f.Name)})
		}
	}
	return m
}

// observed reports whether a text is the one that was observed: of the deliverable
// its digest tells, of other files the lines that the record knows.
func observed(r *verdict.Result, rec *record.Record, file, text string, lines map[int]string) bool {
	if rec != nil && file == r.File {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:]) == rec.Submission.SHA256
	}
	split := strings.Split(text, "\n")
	for n, line := range lines {
		if line != "" && (n > len(split) || strings.TrimSpace(split[n-1]) != line) {
			return false
		}
	}
	return true
}

// shownLines are those of a whole file.
func shownLines(text string, marks map[int][]remark) []codeLine {
	var out []codeLine
	split := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, spans := range colour(split[:min(len(split), mostSource)]) {
		out = append(out, codeLine{N: i + 1, Spans: spans, Notes: marks[i+1]})
	}
	last := 0
	for i := range out {
		for d := -around; d <= around; d++ {
			out[i].Near = out[i].Near || len(marks[i+1+d]) > 0
		}
		if out[i].Near {
			out[i].Gap, last = i+1 > last+1, i+1
		}
	}
	return out
}

// knownLines are those that a record tells of.
func knownLines(texts map[int]string, marks map[int][]remark) []codeLine {
	var out []codeLine
	for n, text := range texts {
		if text != "" {
			out = append(out, codeLine{N: n, Spans: colour([]string{text})[0], Notes: marks[n], Near: true})
		}
	}
	slices.SortFunc(out, func(a, b codeLine) int { return cmp.Compare(a.N, b.N) })
	for i := range out {
		out[i].Gap = i > 0 && out[i].N > out[i-1].N+1
	}
	return out
}

// excerpt is the lines around one of a source, nil where they are not known.
func excerpt(all []source, file string, line int) []codeLine {
	for _, s := range all {
		if s.File != file {
			continue
		}
		var out []codeLine
		for _, l := range s.Lines {
			if l.N >= line-around && l.N <= line+around {
				l.Gap, l.Near = false, l.N == line
				out = append(out, l)
			}
		}
		return out
	}
	return nil
}
