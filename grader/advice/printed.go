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

// Shown says that all parts are printed, as the matrix has them or otherwise.
func (p Printed) Shown() bool {
	return p.Named && (p.Strategy || p.Other != "") && p.Reasoning && (p.Speedup || p.Figure != 0)
}

// parts counts the parts that are printed as the matrix has them.
func (p Printed) parts() int {
	n := 0
	for _, there := range []bool{p.Named, p.Strategy, p.Reasoning, p.Speedup} {
		if there {
			n++
		}
	}
	return n
}

var (
	escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[ -/]*[@-~]")
	figures = regexp.MustCompile(`\d+(?:[.,]\d+)?`)
	wide    = regexp.MustCompile(`\s{2,}|[|│┃\t]`)
	gaps    = regexp.MustCompile(`\s{2,}|\s*[|│┃\t]\s*|:\s|\s[-–—=>→·•]+\s|,\s|;\s`)
)

// line is a line of output, with what was read of it.
type line struct {
	text  string
	words []string
	// strategy is what follows the label of one, speedup the figures after that
	// of one; nil for none.
	strategy *named
	speedup  []float64
	figures  []float64
	cells    []named  // short ones that name a strategy
	begun    []string // long ones, in words
}

// named is a text that may name a strategy.
type named struct {
	words []string
	id    string // of the strategy, empty for none
}

// leastCut is how many letters a cell has that may be a text that was cut off:
// fewer may be a title.
const leastCut = 16

func (r reader) line(text string) line {
	if l, ok := r.read[text]; ok {
		return l
	}
	l := line{text: text, words: Words(text)}
	if said, ok := label(text, r.Analysis.Strategy); ok {
		l.strategy = &named{Words(said), r.strategy(said)}
	}
	said, ok := label(text, r.Analysis.Speedup)
	for _, f := range figures.FindAllString(said, -1) {
		if ok {
			l.speedup = append(l.speedup, value(f))
		}
	}
	for _, f := range figures.FindAllString(text, -1) {
		l.figures = append(l.figures, value(f))
	}
	for _, cell := range gaps.Split(text, -1) {
		if words := Words(cell); len(words) > 0 && len(words) <= longestName/2 {
			if id := r.strategy(cell); id != "" {
				l.cells = append(l.cells, named{words, id})
			}
		}
	}
	for _, cell := range wide.Split(text, -1) {
		if begun := strings.Join(Words(cell), " "); len(begun) >= leastCut {
			l.begun = append(l.begun, begun)
		}
	}
	if r.read != nil {
		r.read[text] = l
	}
	return l
}

func (r reader) lines(text string) []line {
	var out []line
	for text := range strings.SplitSeq(text, "\n") {
		out = append(out, r.line(text))
	}
	return out
}

// block compares a block of output with an entry, and says which share of the
// reason's words it holds.
func (r reader) block(e *Entry, lines []line) (Printed, float64) {
	p := Printed{Named: true}
	var all []string
	for _, l := range lines {
		all = append(all, l.words...)
	}
	cover := reasonCovered(all, e)
	p.Reasoning = e.Reasoning != "" && (cover >= enough || begins(all, e.reason) || cut(lines, e.reason))
	r.strategyPrinted(e, lines, all, &p)
	p.Speedup = r.speedupPrinted(e, lines, all, &p)
	return p, cover
}

// strategyPrinted looks for the entry's strategy in a block: on a line with its
// label, else in a cell of its own, else as it stands in the matrix.
func (r reader) strategyPrinted(e *Entry, lines []line, all []string, p *Printed) {
	texts := make([][]string, len(e.Texts))
	for i, t := range e.Texts {
		texts[i] = Words(t)
	}
	labelled := false
	for _, l := range lines {
		said := l.strategy
		switch {
		case said == nil || said.id == "" && !contains(said.words, texts):
			continue
		case said.id == e.Strategy || contains(said.words, texts):
			p.Strategy = true
		default:
			p.Other = said.id
		}
		labelled = true
	}
	if !labelled {
		p.Strategy = slices.ContainsFunc(texts, func(phrase []string) bool {
			// In the reason it may stand, too; a cell of several words may be wrapped.
			return count(all, phrase) > count(e.reason, phrase) || len(phrase) > 1 && covered(all, phrase) == 1 && covered(e.reason, phrase) < 1
		})
	}
	if !labelled && !p.Strategy && e.Strategy != "" {
		p.Strategy = slices.ContainsFunc(lines, func(l line) bool {
			return slices.ContainsFunc(l.cells, func(c named) bool { return c.id == e.Strategy && covered(e.reason, c.words) < 1 })
		})
	}
	if p.Strategy {
		p.Other = ""
	}
}

// count says how often a phrase stands among the words.
func count(words, phrase []string) int {
	n := 0
	for i := range words {
		if len(phrase) > 0 && i+len(phrase) <= len(words) && matches(words[i:], phrase) {
			n++
		}
	}
	return n
}

// enough is the share of a reason's words that has to be printed: a table may
// cut some off, a paragraph may add some.
const enough = 0.6

// reasonCovered is the share of the reason's words that stand among the words:
// of all reasons of an entry or, where it has several, of the longest.
func reasonCovered(words []string, e *Entry) float64 {
	cover := covered(words, e.reason)
	if len(e.longest) > sentenceWords && len(e.longest) < len(e.reason) {
		cover = math.Max(cover, covered(words, e.longest))
	}
	return cover
}

// covered is the share of a text's different words that stand among the words.
func covered(words, text []string) float64 {
	want := map[string]bool{}
	for _, w := range text {
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
func begins(words, text []string) bool {
	const start = 5
	return len(text) > start && at(words, text[:start]) >= 0
}

// cut says whether a cell holds the beginning of a text, down to the letter at
// which it was cut off.
func cut(lines []line, text []string) bool {
	whole := strings.Join(text, " ")
	return slices.ContainsFunc(lines, func(l line) bool {
		return slices.ContainsFunc(l.begun, func(begun string) bool { return strings.HasPrefix(whole, begun) })
	})
}

// contains says whether one of the phrases stands among the words.
func contains(words []string, phrases [][]string) bool {
	return slices.ContainsFunc(phrases, func(p []string) bool { return len(p) > 0 && at(words, p) >= 0 })
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
	said := Words(e.Speedup)
	if contains(all, [][]string{said}) {
		return true
	}
	var labelled, every []float64
	for _, l := range lines {
		labelled, every = append(labelled, l.speedup...), append(every, l.figures...)
	}
	if len(e.Figures) == 0 || !e.Figures[0].Known() || e.Figures[0].Symbolic || e.Figures[0].Infinite {
		return covered(all, said) >= enough
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
