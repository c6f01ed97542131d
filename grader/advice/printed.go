package advice

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gilcourse/gilcourse/grader/spec"
)

// Printed is what a program printed of one entry of its matrix.
type Printed struct {
	// Named, Strategy, Reasoning and Speedup say that the part is there, and
	// as the matrix has it.
	Named, Strategy, Reasoning, Speedup bool
	// Other is the strategy that is printed where it is another one.
	Other string
	// Figure is the printed figure where it is another one, 0 for none.
	Figure float64
}

// Whole says that all parts are printed as the matrix has them.
func (p Printed) Whole() bool { return p.Named && p.Strategy && p.Reasoning && p.Speedup }

var (
	escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]")
	figures = regexp.MustCompile(`\d+(?:[.,]\d+)?`)
)

// line is a line of output.
type line struct {
	text  string
	words []string
}

// anchor is where an entry's block may begin.
type anchor struct{ line, entry int }

// ReadPrinted looks for each entry of a matrix in a program's output, in the
// order of its entries. The output is cut into blocks at the lines that begin
// with the name of a workload; how a block looks is left open.
func ReadPrinted(a *spec.Analysis, m *Matrix, output string) []Printed {
	r := reader{a}
	var lines []line
	for text := range strings.SplitSeq(escapes.ReplaceAllString(output, ""), "\n") {
		lines = append(lines, line{text, Words(text)})
	}
	anchors := r.anchors(m, lines)
	out := make([]Printed, len(m.Entries))
	for i := range m.Entries {
		best := -1.0
		for k, from := range anchors {
			if from.entry != i {
				continue
			}
			covered := -1.0
			for end := k + 1; end <= len(anchors); end++ {
				to := len(lines)
				if end < len(anchors) {
					if anchors[end].entry == i && anchors[end].line > from.line+1 {
						break // its next block
					}
					to = anchors[end].line
				}
				if to <= from.line {
					to = from.line + 1
				}
				p, cover := r.block(&m.Entries[i], lines[from.line:to])
				if covered >= 0 && cover < covered+more {
					break // nothing of the reason stands further on: that is another entry's
				}
				covered = cover
				score := cover
				for _, there := range []bool{p.Strategy, p.Reasoning, p.Speedup} {
					if there {
						score++
					}
				}
				if score > best {
					best, out[i] = score, p
				}
			}
		}
	}
	return out
}

// more is how much more of a reason a block must hold to go on past the name
// of another workload.
const more = 0.2

// inFront is how many words may stand before a workload's name: a number, a
// log's level, a label.
const inFront = 4

// anchors gives the lines that begin with a workload's name, of several names
// with the first: as the matrix has it; for entries that are nowhere named so,
// in other words.
func (r reader) anchors(m *Matrix, lines []line) []anchor {
	var out []anchor
	taken := map[int]bool{}
	found := make([]bool, len(m.Entries))
	for n, l := range lines {
		entry, first := -1, len(l.words)
		for i := range m.Entries {
			if at := r.named(l.words, m.Entries[i].Names); at >= 0 && at < first {
				entry, first = i, at
			}
		}
		if entry >= 0 {
			out = append(out, anchor{n, entry})
			taken[n], found[entry] = true, true
		}
	}
	for n, l := range lines {
		if _, ok := label(l.text, r.Analysis.Reasoning); ok {
			continue
		}
		id := r.workload(strings.Join(l.words[:min(len(l.words), inFront)], " "))
		for i := range m.Entries {
			if !taken[n] && !found[i] && m.Entries[i].Workload == id {
				out = append(out, anchor{n, i})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b anchor) int { return a.line - b.line })
	return out
}

// named gives the place of one of the names near a line's beginning, without
// the label of another part before it; -1 for none.
func (r reader) named(words []string, names []string) int {
	for _, name := range names {
		phrase := Words(name)
		if len(phrase) == 0 {
			continue
		}
		i := at(words[:min(len(words), inFront+len(phrase))], phrase)
		if i >= 0 && !r.part(words[:i]) {
			return i
		}
	}
	return -1
}

// part says whether the label of a strategy, a reason or a speedup stands
// among the words.
func (r reader) part(words []string) bool {
	return has(words, r.Analysis.Reasoning) || has(words, r.Analysis.Strategy) || has(words, r.Analysis.Speedup)
}

// block compares a block of output with an entry, and says which share of the
// reason's words it holds.
func (r reader) block(e *Entry, lines []line) (Printed, float64) {
	p := Printed{Named: true}
	var all []string
	for _, l := range lines {
		all = append(all, l.words...)
	}
	cover := covered(all, e.Reasoning)
	p.Reasoning = e.Reasoning != "" && (cover >= enough || begins(all, e.Reasoning))

	labelled := false
	for _, l := range lines {
		text, ok := label(l.text, r.Analysis.Strategy)
		if !ok {
			continue
		}
		id := r.strategy(text)
		switch {
		case id == "" && !contains(Words(text), e.Texts):
			continue
		case id == e.Strategy || contains(Words(text), e.Texts):
			p.Strategy = true
		default:
			p.Other = id
		}
		labelled = true
	}
	if !labelled {
		p.Strategy = contains(all, e.Texts) || slices.ContainsFunc(e.Texts, func(t string) bool { return covered(all, t) == 1 }) // a cell may be wrapped
	}
	if p.Strategy {
		p.Other = ""
	}
	p.Speedup = r.speedupPrinted(e, lines, all, &p)
	return p, cover
}

// enough is the share of a reason's words that has to be printed: a table may
// cut some off, a paragraph may add some.
const enough = 0.6

// covered is the share of a text's different words that stand among the words.
func covered(words []string, text string) float64 {
	want := map[string]bool{}
	for _, w := range Words(text) {
		if len(w) > 2 {
			want[w] = true
		}
	}
	if len(want) == 0 {
		return 0
	}
	n := len(want)
	for _, w := range words {
		delete(want, w)
	}
	return float64(n-len(want)) / float64(n)
}

// begins says whether the first words of a text are printed: it may be cut off.
func begins(words []string, text string) bool {
	const start = 5
	first := Words(text)
	return len(first) > start && at(words, first[:start]) >= 0
}

// contains says whether one of the texts stands among the words.
func contains(words, texts []string) bool {
	return slices.ContainsFunc(texts, func(t string) bool {
		phrase := Words(t)
		return len(phrase) > 0 && at(words, phrase) >= 0
	})
}

// label gives what follows a label on a line: one of the patterns near its
// beginning, up to a colon or another divider where there is one.
func label(text string, patterns []spec.Pattern) (rest string, ok bool) {
	for _, sep := range []string{":", "=", " - ", "->", "→", "|", "..", "\t"} {
		head, tail, found := strings.Cut(text, sep)
		if words := Words(head); found && len(words) > 0 && len(words) <= inFront+1 && has(words, patterns) {
			return strings.TrimLeft(tail, " .:=|->\t\""), true
		}
	}
	return "", false
}

// speedupPrinted says whether the entry's figures stand in the block, in
// whatever rounding; if another one stands in their place, the outcome has it.
func (r reader) speedupPrinted(e *Entry, lines []line, all []string, p *Printed) bool {
	if e.Speedup == "" {
		return false
	}
	if contains(all, []string{e.Speedup}) {
		return true
	}
	var labelled, every []float64
	for _, l := range lines {
		text, ok := label(l.text, r.Analysis.Speedup)
		for _, f := range figures.FindAllString(text, -1) {
			if ok {
				labelled = append(labelled, value(f))
			}
		}
		for _, f := range figures.FindAllString(l.text, -1) {
			every = append(every, value(f))
		}
	}
	if len(e.Figures) == 0 || !e.Figures[0].Known() || e.Figures[0].Symbolic || e.Figures[0].Infinite {
		return covered(all, e.Speedup) >= enough
	}
	want, printed := e.Figures[0], every
	if len(labelled) > 0 {
		printed = labelled
	}
	for _, v := range []float64{want.Lo, want.Hi} {
		if !slices.ContainsFunc(printed, func(f float64) bool { return math.Abs(f-v) <= rounding(v) }) {
			if len(labelled) > 0 {
				p.Figure = labelled[0]
			}
			return false
		}
	}
	return true
}

// rounding is how far off a printed figure may be: half of its last digit,
// where it is printed with one digit after the point.
func rounding(v float64) float64 {
	if s := strconv.FormatFloat(v, 'f', -1, 64); !strings.Contains(s, ".") || len(s)-strings.Index(s, ".") <= 2 {
		return 1e-9
	}
	return 0.0501
}

// Shown says that all parts are printed, as the matrix has them or otherwise.
func (p Printed) Shown() bool {
	return p.Named && (p.Strategy || p.Other != "") && p.Reasoning && (p.Speedup || p.Figure != 0)
}
