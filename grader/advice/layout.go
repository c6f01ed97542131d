package advice

import (
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/spec"
)

// ReadPrinted looks for each entry of a matrix in a program's output, in the
// order of its entries. The output is read in several layouts; the one counts
// in which most is printed as the matrix has it, for all entries together.
func ReadPrinted(a *spec.Analysis, m *Matrix, output string) []Printed {
	return reader{a, map[string]line{}}.printed(m, output)
}

func (r reader) printed(m *Matrix, output string) []Printed {
	lines := r.lines(escapes.ReplaceAllString(output, ""))
	var best []Printed
	most := -1
	for _, read := range []func() []Printed{
		func() []Printed { return r.titled(m, lines, false) },
		func() []Printed { return r.titled(m, lines, true) },
		func() []Printed { return r.gathered(m, lines) },
		func() []Printed { return r.titled(m, r.split(m, lines, false), false) },
		func() []Printed { return r.titled(m, r.split(m, lines, true), false) },
		func() []Printed { return r.gathered(m, r.split(m, lines, false)) },
		func() []Printed { return r.gathered(m, r.split(m, lines, true)) },
		func() []Printed { return r.paragraphs(m, lines) },
		func() []Printed { return r.side(m, lines) },
		func() []Printed { return r.reasoned(m, lines) },
	} {
		printed := read()
		sum := 0
		for i := range printed {
			sum += printed[i].parts()
		}
		if sum > most {
			best, most = printed, sum
		}
		if most == 4*len(m.Entries) {
			break
		}
	}
	return best
}

// anchor is where an entry's block may begin.
type anchor struct{ line, entry int }

// titled cuts the output at the lines that begin with the name of a workload.
// A block goes on past the next name as long as more of the reason follows.
func (r reader) titled(m *Matrix, lines []line, words bool) []Printed {
	anchors := r.anchors(m, lines, words)
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
// with the first: as the matrix has it; in other words for entries that are
// nowhere named so or, if words is set, for all.
func (r reader) anchors(m *Matrix, lines []line, words bool) []anchor {
	var out []anchor
	taken := map[int]bool{}
	found := make([]bool, len(m.Entries))
	for n, l := range lines {
		entry, first := -1, len(l.words)
		for i := range m.Entries {
			if at := r.named(l.words, m.Entries[i].Names, inFront); at >= 0 && at < first {
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
			if !taken[n] && (words || !found[i]) && m.Entries[i].Workload == id {
				out = append(out, anchor{n, i})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b anchor) int { return a.line - b.line })
	return out
}

// named gives the place of one of the names near a line's beginning, with no
// more than so many words before it, without the label of another part; -1 for
// none. With none before it, the place may be anywhere.
func (r reader) named(words []string, names []string, before int) int {
	for _, name := range names {
		phrase := Words(name)
		if len(phrase) == 0 {
			continue
		}
		near := words
		if before > 0 {
			near = words[:min(len(words), before+len(phrase))]
		}
		i := at(near, phrase)
		if i >= 0 && (before == 0 || !r.part(words[:i])) {
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

// gathered takes all blocks of a workload together: a list of strategies, one
// of reasons and one of speedups may stand one below the other.
func (r reader) gathered(m *Matrix, lines []line) []Printed {
	blocks := make([][]line, len(m.Entries))
	anchors := r.anchors(m, lines, true)
	for k, a := range anchors {
		to := len(lines)
		if k+1 < len(anchors) {
			to = max(anchors[k+1].line, a.line+1)
		}
		blocks[a.entry] = append(blocks[a.entry], lines[a.line:to]...)
	}
	return r.blocks(m, blocks)
}

// blocks compares each entry with its block, which is empty for none.
func (r reader) blocks(m *Matrix, blocks [][]line) []Printed {
	out := make([]Printed, len(m.Entries))
	for i, b := range blocks {
		if len(b) > 0 {
			out[i], _ = r.block(&m.Entries[i], b)
		}
	}
	return out
}

// split cuts lines that hold several entries, as Python shows a mapping or a
// list, at the names of their workloads: at all of them, or at the first of
// each.
func (r reader) split(m *Matrix, lines []line, all bool) []line {
	var out []line
	for _, l := range lines {
		var cuts []int
		entries := 0
		for i := range m.Entries {
			found := false
			for _, name := range m.Entries[i].Names {
				for from := 0; ; {
					k := strings.Index(l.text[from:], name)
					if k < 0 || name == "" || found && !all {
						break
					}
					k += from
					from = k + len(name)
					if opened(l.text[:k]) && closed(l.text[from:]) {
						cuts, found = append(cuts, k), true
					}
				}
			}
			if found {
				entries++
			}
		}
		if entries < least {
			out = append(out, l)
			continue
		}
		slices.Sort(cuts)
		from := 0
		for _, k := range append(cuts, len(l.text)) {
			if k > from {
				out = append(out, r.line(l.text[from:k]))
				from = k
			}
		}
	}
	return out
}

// opened says whether a name may begin after a text, closed whether one may end
// before it: in quotes, in brackets, or between dividers.
func opened(before string) bool {
	before = strings.TrimRight(before, " ")
	return before == "" || strings.ContainsAny(before[len(before)-1:], `'"<.[({,;|`)
}

func closed(after string) bool {
	after = strings.TrimLeft(after, " ")
	return after == "" || strings.ContainsAny(after[:1], `'":>,)]}=-(|`)
}

// paragraphs takes each paragraph for the entry whose reason it holds most of:
// the name may stand anywhere in it.
func (r reader) paragraphs(m *Matrix, lines []line) []Printed {
	blocks, covers := make([][]line, len(m.Entries)), make([]float64, len(m.Entries))
	take := func(p []line) {
		var all []string
		for _, l := range p {
			all = append(all, l.words...)
		}
		entry, most := -1, enough
		for i := range m.Entries {
			if c := reasonCovered(all, &m.Entries[i]); c >= most {
				entry, most = i, c
			}
		}
		if entry < 0 || most <= covers[entry] {
			return
		}
		text := strings.Join(all, " ")
		if r.named(all, m.Entries[entry].Names, 0) >= 0 || r.workload(text) == m.Entries[entry].Workload {
			blocks[entry], covers[entry] = p, most
		}
	}
	from := 0
	for n := 0; n <= len(lines); n++ {
		if n == len(lines) || len(lines[n].words) == 0 {
			take(lines[from:n])
			from = n
		}
	}
	return r.blocks(m, blocks)
}

var columnsOf = strings.NewReplacer("│", "|", "┃", "|", "\t", "|", "  ", "|")

// side reads a table with a column for each workload.
func (r reader) side(m *Matrix, lines []line) []Printed {
	blocks := make([][]line, len(m.Entries))
	of := map[int]int{} // the entry of each cell
	for _, l := range lines {
		cells := strings.FieldsFunc(columnsOf.Replace(l.text), func(c rune) bool { return c == '|' })
		cells = slices.DeleteFunc(cells, func(c string) bool { return strings.TrimSpace(c) == "" })
		head := map[int]int{}
		for k, cell := range cells {
			for i := range m.Entries {
				if id := r.workload(cell); len(Words(cell)) <= longestName && id == m.Entries[i].Workload {
					head[k] = i
				}
			}
		}
		if len(head) >= least && len(of) == 0 {
			of = head
		} else if len(of) == 0 || len(cells) < least {
			continue
		}
		for k, cell := range cells {
			if i, ok := of[k]; ok {
				text := cells[0] + ": " + cell
				blocks[i] = append(blocks[i], r.line(text))
			}
		}
	}
	return r.blocks(m, blocks)
}

// farthest is how many lines above its reason an entry's block may begin.
const farthest = 8

// reasoned finds the entries by their reasons, and lets each block begin as
// many lines above its reason as explains most, the same for all: names may be
// in another language.
func (r reader) reasoned(m *Matrix, lines []line) []Printed {
	places := make([]int, len(m.Entries))
	for i := range m.Entries {
		places[i] = reasonAt(&m.Entries[i], lines)
	}
	best, most := make([]Printed, len(m.Entries)), -1
	for above := 0; above <= farthest; above++ {
		blocks := make([][]line, len(m.Entries))
		for i, p := range places {
			if p < 0 {
				continue
			}
			to := len(lines)
			for _, q := range places {
				if q > p {
					to = min(to, max(q-above, p+1))
				}
			}
			blocks[i] = lines[max(0, p-above):to]
		}
		printed := r.blocks(m, blocks)
		sum := 0
		for i := range printed {
			printed[i].Named = len(blocks[i]) > 0 && r.called(&m.Entries[i], blocks[i])
			sum += printed[i].parts()
		}
		if sum > most {
			best, most = printed, sum
		}
	}
	return best
}

// reasonAt gives the line on which the printed reason begins, -1 for none.
func reasonAt(e *Entry, lines []line) int {
	const window = 12 // lines that a wrapped reason may have
	found, most := -1, 0.0
	for n := range lines {
		if covered(lines[n].words, e.reason) == 0 {
			continue
		}
		var all []string
		for k := n; k < min(n+window, len(lines)); k++ {
			all = append(all, lines[k].words...)
		}
		// The first line counts once more: a window that begins too early has
		// none of the reason there.
		if c := reasonCovered(all, e) + covered(lines[n].words, e.reason)/2; reasonCovered(all, e) >= enough && c > most {
			found, most = n, c
		}
	}
	return found
}

// called says whether a block names its workload: in words that are known, or
// in a line of its own that is none of the parts.
func (r reader) called(e *Entry, lines []line) bool {
	for _, l := range lines {
		if len(l.words) == 0 {
			continue
		}
		if r.named(l.words, e.Names, 0) >= 0 || r.workload(l.text) == e.Workload {
			return true
		}
		if r.part(l.words[:min(len(l.words), inFront)]) || r.strategy(l.text) != "" || covered(e.reason, l.words) > enough {
			return false
		}
		return true // the first line is a title
	}
	return false
}
