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

// line is a line of output.
type line struct {
	text  string
	words []string
}

func linesOf(text string) []line {
	var out []line
	for text := range strings.SplitSeq(text, "\n") {
		out = append(out, line{text, Words(text)})
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
	p.Reasoning = e.Reasoning != "" && (cover >= enough || begins(all, e.Reasoning) || cut(lines, e.Reasoning))
	r.strategyPrinted(e, lines, all, &p)
	p.Speedup = r.speedupPrinted(e, lines, all, &p)
	return p, cover
}

// strategyPrinted looks for the entry's strategy in a block: on a line with its
// label, else in a cell of its own, else as it stands in the matrix.
func (r reader) strategyPrinted(e *Entry, lines []line, all []string, p *Printed) {
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
		p.Strategy = slices.ContainsFunc(e.Texts, func(t string) bool {
			phrase := Words(t)
			// In the reason it may stand, too; a cell of several words may be wrapped.
			return count(all, phrase) > count(Words(e.Reasoning), phrase) || len(phrase) > 1 && covered(all, t) == 1 && covered(Words(e.Reasoning), t) < 1
		})
	}
	if !labelled && !p.Strategy && e.Strategy != "" {
		p.Strategy = slices.ContainsFunc(lines, func(l line) bool {
			return slices.ContainsFunc(gaps.Split(l.text, -1), func(cell string) bool {
				words := Words(cell)
				return len(words) > 0 && len(words) <= longestName/2 && r.strategy(cell) == e.Strategy && covered(Words(e.Reasoning), cell) < 1
			})
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
	cover := covered(words, e.Reasoning)
	longest := ""
	for _, reason := range e.Reasons {
		if len(reason) > len(longest) {
			longest = reason
		}
	}
	if len(Words(longest)) > sentenceWords {
		cover = math.Max(cover, covered(words, longest))
	}
	return cover
}

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

// cut says whether a cell holds the beginning of a text, down to the letter at
// which it was cut off.
func cut(lines []line, text string) bool {
	const least = 16 // letters: fewer may be a title
	whole := strings.Join(Words(text), " ")
	return slices.ContainsFunc(lines, func(l line) bool {
		return slices.ContainsFunc(wide.Split(l.text, -1), func(cell string) bool {
			begun := strings.Join(Words(cell), " ")
			return len(begun) >= least && strings.HasPrefix(whole, begun)
		})
	})
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
