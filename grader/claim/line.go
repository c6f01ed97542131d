package claim

import (
	"slices"
	"strings"
)

// line is one that is being read.
type line struct {
	at      int // its index
	text    string
	toks    []token
	labels  []label
	nums    []int // the tokens that are figures
	phases  []Phase
	ratio   bool  // its figures compare two phases
	grouped bool  // as many figures as names
	carried title // of an earlier figure, which may be this one's, too
	unit    unit  // of that figure
}

// line reads one line.
func (r *reader) line(at int, text string) {
	l := &line{at: at, text: text, toks: r.style.scan(text)}
	l.labels = r.labels(l.toks)
	l.nums = r.numbers(l.toks, l.labels)
	if len(l.nums) == 0 || len(l.labels) == 0 && inBrackets(l.toks, l.nums) {
		r.between(l)
		return
	}
	r.beside(l)
	l.phases, l.ratio = r.assign(l.toks, l.labels, l.nums)
	l.grouped = zipped(l.toks, l.labels, l.nums)
	nth := map[string]int{}
	var epochs []Figure
	counted := true
	for k := range l.nums {
		f := r.figure(l, k)
		key := string(f.Kind) + f.title + "|" + string(f.Phase)
		f.nth = nth[key]
		nth[key]++
		if isEpoch(f.Value) && (f.Kind == Time || f.Kind == Plain) {
			f.Kind = Other
			epochs = append(epochs, f)
		}
		counted = counted && f.whole && (f.Kind == Plain || f.Kind == Other)
		r.figures = append(r.figures, f)
	}
	r.between(l)
	if counted { // it says how many, and perhaps of what
		r.lead = at
	}
	r.spans(epochs)
}

// beside takes the sequential phase's name for what something is compared with
// where it follows the figures of a line below a phase's heading: "Time:
// 0.4 s, half of sequential".
func (r *reader) beside(l *line) {
	if r.headed && r.section != "" && len(l.labels) == 1 && l.labels[0].phase == Sequential && l.nums[0] < l.labels[0].from {
		l.labels[0].hedged = true
	}
}

// figure reads the k-th number of a line.
func (r *reader) figure(l *line, k int) Figure {
	n := l.nums[k]
	num := l.toks[n].num
	f := Figure{Phase: l.phases[k], Value: num.value, Round: num.round, whole: num.whole, Line: l.at, row: l.at, lead: r.lead}
	t := titleOf(before(l.toks, l.labels, l.nums, k))
	u, taken := unitAfter(l.toks, n)
	if isTail(l.toks, n+1+taken) && t.class&kinds == 0 { // 0.51user 0:00.53elapsed
		t = titleOf(l.toks[n+1+taken : n+2+taken])
	}
	if l.grouped && u.kind == "" { // the last of its group has it
		u, _ = unitAfter(l.toks, l.nums[k-k%len(l.labels)+len(l.labels)-1])
	}
	if r.head != nil {
		if column, p, ok := r.head.of(l.toks, l.nums, k); ok {
			if t.class&kinds == 0 {
				column.words = append(column.words, t.words...)
				t = column
			}
			if len(l.labels) == 0 && p != "" {
				f.Phase = p
			}
		}
	}
	t = l.carry(k, t, u, r.head != nil && r.head.isNamed)
	if len(l.labels) == 0 && f.Phase == "" && t.class&overall == 0 || len(l.labels) > 0 && allHedged(l.labels) {
		f.Phase, f.row, f.below = r.section, r.row, r.section != ""
	}
	f.describe(t, u, follows(l.toks, n+1+taken), num)
	f.under(r.heading, t)
	f.led = l.toks[0].kind == word && of(l.toks[0].text) == 0
	f.title = strings.Join(slices.DeleteFunc(slices.Clone(t.words), countWords.has), " ")
	return f
}

// allHedged reports whether something is merely compared with all names of a
// line, so that its figures belong to the phase above it.
func allHedged(labels []label) bool {
	return !slices.ContainsFunc(labels, func(l label) bool { return !l.hedged })
}

// carry gives the k-th number the title of the one before where it has none of
// its own and stands beside it: for the next phase, in a list, in a ratio.
func (l *line) carry(k int, t title, u unit, columns bool) title {
	switch {
	case l.ratio && u.kind == "":
		l.carried.class, l.carried.last = l.carried.class|aboutSpeed, aboutSpeed
		return l.carried
	case k > 0 && t.empty() && u == l.unit && (columns || len(l.labels) > 1 || listed(l.toks, l.nums, k)):
		return l.carried
	case k == 0 || !t.empty():
		l.carried, l.unit = t, u
	}
	return t
}

// listed reports whether the k-th number follows the one before in a list.
func listed(toks []token, nums []int, k int) bool {
	n := nums[k]
	return (n-nums[k-1] == 1 || n-nums[k-1] == 2 && (toks[n-1].text == "," || toks[n-1].kind == gap)) && slices.ContainsFunc(toks[:nums[0]], func(t token) bool { return t.text == "[" })
}

// before gives the tokens between the figure before and this one that may say
// what it is: those of its own cell, or of the cells before it where its own
// has no words.
func before(toks []token, labels []label, nums []int, k int) []token {
	from := 0
	if k > 0 {
		_, taken := unitAfter(toks, nums[k-1])
		from = nums[k-1] + 1 + taken
		if isTail(toks, from) {
			from++
		}
	}
	var out []token
	words := false
	for i := nums[k] - 1; i >= from; i-- {
		if slices.ContainsFunc(labels, func(l label) bool { return l.from <= i && i < l.to }) {
			continue
		}
		if k > 0 && parts(toks, i, words) || words && (toks[i].kind == gap || isOneOf(toks[i], "|;\t")) {
			break
		}
		if open := countIn(toks, labels, i); open >= from { // (4 threads), (1 core)
			i = open
			continue
		}
		words = words || toks[i].kind == word && !countWords.has(toks[i].text)
		out = append(out, toks[i])
	}
	slices.Reverse(out)
	return out
}

// isTail reports whether token i is a word that stands at a figure's end, without a
// space, and says what it is.
func isTail(toks []token, i int) bool {
	return i > 0 && i < len(toks) && toks[i].kind == word && toks[i].glued && toks[i-1].kind != word && of(toks[i].text)&kinds != 0 &&
		(toks[i-1].kind == figure || toks[i-1].text == "%")
}

// parts reports whether token i parts what is said of one figure from the next.
func parts(toks []token, i int, words bool) bool {
	t := toks[i]
	switch {
	case t.kind == word:
		return joins.has(t.text)
	case t.text == ".": // no leader dots
		return toks[i-1].text != "." && toks[i+1].text != "."
	}
	return t.text == "," || t.text == ";" || words && t.text == ")"
}

// isOneOf reports whether the token is one of the marks.
func isOneOf(t token, marks string) bool { return t.kind == mark && strings.Contains(marks, t.text) }

var countWords = vocabulary(`two. three. four. 4. cuatro. quatro. vier. quatre. quattro. cztery. четыре. the. a. with. in. by. for.`)

// under lets the heading of the lines say what their own words do not.
func (f *Figure) under(heading, own title) {
	if own.class&kinds != 0 || f.Kind != Plain && f.Kind != Utilization && f.Kind != Time {
		return
	}
	switch {
	case f.Kind == Plain && !heading.empty() && heading.class&aside == 0 && heading.single():
		f.describe(heading, noUnit, 0, number{})
	case f.Kind == Utilization && heading.class&(aboutUse|aboutCPU) != 0:
		f.Sure = true
	case f.Kind == Time && heading.class&aboutCPU != 0 && heading.class&aboutTime != 0 && len(heading.words) <= 4:
		f.Kind = CPUTime
	}
}

// between takes what a line says of those that follow.
func (r *reader) between(l *line) {
	toks, labels := l.toks, l.labels
	plainly := slices.DeleteFunc(slices.Clone(labels), func(l label) bool { return l.hedged })
	nums := l.nums
	if len(plainly) > 0 && (distinct(plainly) == 1 || len(nums) > 0) {
		r.section, r.row, r.headed = plainly[len(plainly)-1].phase, l.at, len(nums) == 0
	}
	hasWords := slices.ContainsFunc(toks, func(t token) bool { return t.kind == word })
	if !hasWords {
		return
	}
	if len(nums) > 0 && !inBrackets(toks, nums) {
		return
	}
	r.lead = l.at
	if h := headerOf(l.text, toks, labels); h != nil {
		r.head = h
		if len(labels) > 1 { // the phases are columns
			r.section = ""
		}
		return
	}
	if len(labels) == 0 {
		r.heading = titleOf(toks)
		if len(r.heading.words) > 8 {
			r.heading = title{}
		}
		r.head = nil
	}
}

// isEpoch reports whether a number is a time of day in seconds since 1970.
func isEpoch(v float64) bool { return v > 1e9 && v < 1e10 || v > 1e12 && v < 1e13 }

// spans turns two times of day in a row into the time between them.
func (r *reader) spans(epochs []Figure) {
	if len(epochs) != 2 {
		return
	}
	f := epochs[1]
	f.Value, f.Round = epochs[1].Value-epochs[0].Value, epochs[0].Round+epochs[1].Round
	if epochs[1].Value > 1e12 {
		f.Value, f.Round = f.Value/1e3, f.Round/1e3
	}
	if f.Value > 0 {
		f.Kind, f.Sure, f.Unit, f.title, f.nth = Time, false, true, "from to", 0
		r.figures = append(r.figures, f)
	}
}
