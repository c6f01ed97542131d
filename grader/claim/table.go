package claim

import (
	"regexp"
	"slices"
	"strings"
)

// header is the first line of a table.
type header struct {
	sep     string // what parts its cells: a mark, or nothing for two spaces
	open    bool   // the line begins with the mark
	spaced  bool   // single spaces part its cells, which are counted
	cells   []column
	isNamed bool // its cells name phases
}

// column is a cell of a header.
type column struct {
	from, to int // characters
	title    title
	phase    Phase
}

var (
	betweenCells = regexp.MustCompile(`</t[dh]>\s*<t[dh][^>]*>`)
	tags         = regexp.MustCompile(`</?t[rdh][^>]*>`)
)

// untagged writes a row of an HTML table with bars.
func untagged(line string) string {
	if !strings.Contains(line, "</t") {
		return line
	}
	return tags.ReplaceAllString(betweenCells.ReplaceAllString(line, " | "), " ")
}

// headerOf gives the header that a line without figures is, nil where it is
// none.
func headerOf(text string, toks []token, labels []label) *header {
	h := &header{}
	for _, sep := range []string{"|", "\t", "&", ";"} {
		if h.sep == "" && slices.ContainsFunc(toks, func(t token) bool { return t.text == sep }) {
			h.sep = sep
		}
	}
	if h.sep == "" && slices.ContainsFunc(toks, func(t token) bool { return t.text == "," && t.glued }) && !strings.Contains(text, ", ") {
		h.sep = ","
	}
	if h.sep == "" && strings.Count(text, " / ") > 1 {
		h.sep = "/"
	}
	h.open = barred(toks, h.sep)
	h.cells = h.cut(toks, labels)
	if h.good() {
		return h
	}
	if h.sep == "" && len(h.cells) == 1 {
		return spacedHeader(text, toks)
	}
	return nil
}

// barred reports whether a row has a bar on its left side that parts nothing.
func barred(toks []token, sep string) bool {
	return len(toks) > 0 && sep != "" && toks[0].text == sep && (toks[0].from == 0 || toks[len(toks)-1].text == sep)
}

// cut parts a line into cells.
func (h *header) cut(toks []token, labels []label) []column {
	var out []column
	var c *column
	begin := func() { out = append(out, column{from: -1}); c = &out[len(out)-1] }
	begin()
	for i, t := range toks {
		parts := h.sep == "" && t.kind == gap || h.sep != "" && t.kind == mark && t.text == h.sep
		if parts {
			if i > 0 || !h.open {
				begin()
			}
			continue
		}
		if t.kind == gap {
			continue
		}
		if c.from < 0 {
			c.from = t.from
		}
		c.to = t.to
		if l := slices.IndexFunc(labels, func(l label) bool { return l.from <= i && i < l.to }); l >= 0 {
			c.phase = labels[l].phase
			continue
		}
		c.title.add(t)
		if t.kind == word && units[t.text].kind == Time {
			c.title.unit = units[t.text]
		}
	}
	return out
}

// good reports whether two cells at least say what stands below them.
func (h *header) good() bool {
	titles, phases := 0, map[Phase]bool{}
	for _, c := range h.cells {
		if len(c.title.words) > 6 {
			return false
		}
		if !c.title.empty() {
			titles++
		}
		if c.phase != "" {
			phases[c.phase] = true
		}
	}
	h.isNamed = len(phases) > 1
	return titles >= 2 || h.isNamed && (len(phases) > 2 || titles > 0) || titles == 1 && len(h.cells) == 2 && len(phases) == 0
}

// spacedHeader reads "Method Time CPU%", nil where the line is a sentence.
func spacedHeader(text string, toks []token) *header {
	fields := strings.Fields(strings.TrimLeft(text, "#% "))
	if len(fields) > 7 || len(fields) < 3 || slices.ContainsFunc(toks, func(t token) bool { return t.text == ":" || t.text == "." }) {
		return nil
	}
	h := &header{spaced: true}
	titles := 0
	for _, f := range fields {
		t := titleOf(style{}.scan(f))
		if !t.empty() {
			titles++
		}
		h.cells = append(h.cells, column{title: t})
	}
	if titles < 2 || titles < len(fields)-1 {
		return nil
	}
	return h
}

// of gives the title and the phase of the column in which the k-th number of
// a line stands, and false where the line is no row of the table.
func (h *header) of(toks []token, nums []int, k int) (title, Phase, bool) {
	n := nums[k]
	switch {
	case h.spaced:
		if i := len(h.cells) - len(nums) + k; len(h.cells)-len(nums) == 1 && i < len(h.cells) {
			return h.cells[i].title, "", true
		}
		return title{}, "", false
	case h.sep == "":
		if !slices.ContainsFunc(toks, func(t token) bool { return t.kind == gap }) {
			return title{}, "", false
		}
		if i := h.cell(toks, n); i >= 0 {
			return h.cells[i].title, h.cells[i].phase, true
		}
		return h.below(toks[n])
	}
	i, seps := 0, 0
	for j, t := range toks {
		if t.kind == mark && t.text == h.sep {
			seps++
			if j > 0 || !h.open {
				if j < n {
					i++
				}
			}
		}
	}
	if seps == 0 {
		return title{}, "", false
	}
	if barred(toks, h.sep) && !h.open {
		i-- // the row has a bar on the left, its header none
	}
	if !h.cells[0].title.empty() && seps+1 > len(h.cells) && h.cells[0].phase == "" && nums[0] > 0 && toks[0].kind == word && !h.open {
		i--
	}
	if i < 0 || i >= len(h.cells) {
		return title{}, "", false
	}
	return h.cells[i].title, h.cells[i].phase, true
}

// cell counts the cells from the left where the row has as many as the header,
// or one more for its name; -1 where it has not.
func (h *header) cell(toks []token, n int) int {
	at, gaps := 0, 0
	for i, t := range toks {
		if t.kind == gap && i > 0 && i < len(toks)-1 {
			gaps++
			if i < n {
				at++
			}
		}
	}
	switch {
	case gaps+1 == len(h.cells):
		return at
	case gaps == len(h.cells) && at > 0 && (!h.cells[0].title.empty() || h.cells[0].phase != ""):
		return at - 1
	}
	return -1
}

// below gives the column whose head stands nearest above a number.
func (h *header) below(t token) (title, Phase, bool) {
	best, distance := -1, 0
	for i, c := range h.cells {
		if c.from < 0 {
			continue
		}
		d := max(0, c.from-t.to, t.from-c.to)*100 + min(abs(c.from-t.from), abs(c.to-t.to))
		if best < 0 || d < distance {
			best, distance = i, d
		}
	}
	if best < 0 || distance > 1000 {
		return title{}, "", false
	}
	return h.cells[best].title, h.cells[best].phase, true
}

func abs(n int) int { return max(n, -n) }
