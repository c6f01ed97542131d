package claim

import (
	"regexp"
	"slices"
	"strings"
)

// label is a phase's name in a line.
type label struct {
	phase    Phase
	from, to int // tokens
	hedged   bool
}

// reader turns lines into figures.
type reader struct {
	style      style
	lines      []string
	vague      map[Phase]stems // of the phases that no line names plainly
	figures    []Figure
	section    Phase // named by an earlier line
	row        int   // that line
	head       *header
	heading    title
	saysParent bool
}

func newReader(lines []string) *reader {
	r := &reader{lines: make([]string, len(lines)), vague: map[Phase]stems{}}
	for i, line := range lines {
		if len(line) <= mostLine {
			r.lines[i] = unfold(untagged(plainText(line)))
		}
	}
	r.style.comma = commas(r.lines)
	for p, s := range vague {
		if !slices.ContainsFunc(r.lines, func(line string) bool { return mentions(line, names[p]) }) {
			r.vague[p] = s
		}
	}
	return r
}

// mentions reports whether a word of the line is among the stems.
func mentions(line string, s stems) bool {
	for i := 0; i < len(line); {
		rest := strings.TrimLeftFunc(line[i:], func(r rune) bool { return !isLetter(r) })
		if rest == "" {
			return false
		}
		w, n := scanWord(rest)
		if s.has(fold(w)) {
			return true
		}
		i = len(line) - len(rest) + max(n, 1)
	}
	return false
}

// parentWords are those by which a script says that children are not counted
// in its figures.
var parentWords = regexp.MustCompile(`(?i)\bparent\b|this process|main process(?:'s)? (?:cpu|only|alone)|own process|child(?:ren)? (?:are |is |processes )?(?:not|excluded|left out)|(?:without|excluding|not counting|no) (?:the |its )?(?:child|worker|subprocess)|not count`)

// leavesOut reports whether a line says that children are not counted.
func leavesOut(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) > len("parent")-1 && parentWords.MatchString(line)
}

func (r *reader) read() {
	skip := r.objects()
	for i, line := range r.lines {
		if skip[i] || len(r.figures) > mostFigures {
			continue
		}
		r.saysParent = r.saysParent || leavesOut(line)
		r.line(i, line)
	}
}

// line reads one line.
func (r *reader) line(at int, text string) {
	toks := r.style.scan(text)
	labels := r.labels(toks)
	nums := r.numbers(toks, labels)
	if len(nums) == 0 || len(labels) == 0 && inBrackets(toks, nums) {
		r.between(at, text, toks, labels)
		return
	}
	phases, ratio := r.assign(toks, labels, nums)
	together := r.head != nil && r.head.isNamed || len(labels) > 1
	inGroups := zipped(toks, labels, nums)
	var carried title
	var carriedUnit unit
	counts := map[string]int{}
	var epochs []Figure
	for k, n := range nums {
		f := Figure{Phase: phases[k], Value: toks[n].num.value, Round: toks[n].num.round, whole: toks[n].num.whole, Line: at, row: at}
		t := titleOf(before(toks, labels, nums, k))
		u, taken := unitAfter(toks, n)
		if inGroups && u.kind == "" { // the last of its group has it
			u, _ = unitAfter(toks, nums[k-k%len(labels)+len(labels)-1])
		}
		after := follows(toks, n+1+taken)
		if r.head != nil {
			if t2, p, ok := r.head.of(toks, nums, k); ok {
				if t.class&kinds == 0 {
					t2.words = append(t2.words, t.words...)
					t = t2
				}
				if len(labels) == 0 && p != "" {
					f.Phase = p
				}
			}
		}
		if ratio && u.kind == "" || k > 0 && t.empty() && u == carriedUnit && (together || listed(toks, nums, k)) {
			if ratio {
				carried.class, carried.last = carried.class|aboutSpeed, aboutSpeed
			}
			t = carried
		} else if k == 0 || !t.empty() {
			carried, carriedUnit = t, u
		}
		if f.Phase == "" && len(labels) == 0 && t.class&overall == 0 {
			f.Phase, f.row, f.below = r.section, r.row, r.section != ""
		}
		f.describe(t, u, after, toks[n].num)
		f.under(r.heading, t)
		f.title = strings.Join(slices.DeleteFunc(slices.Clone(t.words), countWords.has), " ")
		key := string(f.Kind) + f.title + "|" + string(f.Phase)
		f.nth = counts[key]
		counts[key]++
		if isEpoch(f.Value) && (f.Kind == Time || f.Kind == Plain) {
			f.Kind = Other
			epochs = append(epochs, f)
		}
		r.figures = append(r.figures, f)
	}
	r.between(at, text, toks, labels)
	r.spans(epochs)
}

// listed reports whether the k-th number follows the one before in a list.
func listed(toks []token, nums []int, k int) bool {
	n := nums[k]
	return (n-nums[k-1] == 1 || n-nums[k-1] == 2 && (toks[n-1].text == "," || toks[n-1].kind == gap)) && slices.ContainsFunc(toks[:nums[0]], func(t token) bool { return t.text == "[" })
}

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
func (r *reader) between(at int, text string, toks []token, labels []label) {
	plainly := slices.DeleteFunc(slices.Clone(labels), func(l label) bool { return l.hedged })
	nums := r.numbers(toks, labels)
	if len(plainly) > 0 && (distinct(plainly) == 1 || len(nums) > 0) {
		r.section, r.row = plainly[len(plainly)-1].phase, at
	}
	hasWords := slices.ContainsFunc(toks, func(t token) bool { return t.kind == word })
	if !hasWords {
		return
	}
	if len(nums) > 0 && !inBrackets(toks, nums) {
		return
	}
	if h := headerOf(text, toks, labels); h != nil {
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

func distinct(labels []label) int {
	seen := map[Phase]bool{}
	for _, l := range labels {
		seen[l.phase] = true
	}
	return len(seen)
}

// labels finds the phases that a line names.
func (r *reader) labels(toks []token) []label {
	var out []label
	for i := 0; i < len(toks); i++ {
		if toks[i].kind != word && toks[i].kind != figure {
			continue
		}
		p, n, ok := phraseAt(toks, i)
		if !ok && toks[i].kind == word {
			p, n = r.name(toks, i), 1
		}
		if ok && p == Sequential && strings.HasPrefix(toks[i+n-1].text, "process") && slices.ContainsFunc(toks[i+n:], func(t token) bool { return nameOf(t.text, names) == Processes }) {
			p = Processes // "single-process (multiprocessing.Process)" is the lesson's word for it
		}
		if p != "" && len(out) > 0 && (inside(toks, out[len(out)-1].to, i) || out[len(out)-1].to == i && nameOf(toks[i].text, names) == "") {
			if p == Sequential && toks[i-1].text == "(" { // 1 thread (sequential)
				out[len(out)-1].phase = p
			}
			p = "" // Sequential (1 thread), ThreadPool
		}
		if p != "" {
			out = append(out, label{phase: p, from: i, to: i + n, hedged: isHedged(toks, i)})
		}
		if n > 0 {
			i += n - 1
		}
	}
	return out
}

// inside reports whether token i stands in parentheses that open after a name,
// which ends at from, before any figure.
func inside(toks []token, from, i int) bool {
	open := false
	for _, t := range toks[from:i] {
		switch {
		case t.text == "(":
			open = true
		case t.text == ")" || t.text == "/" || t.text == "," || t.text == ":":
			return false
		case t.kind == figure && !t.num.whole:
			return false
		}
	}
	return open
}

func (r *reader) name(toks []token, i int) Phase {
	w := toks[i].text
	if _, isUnit := units[w]; isUnit && i > 0 && toks[i-1].kind == figure { // Hungarian's mp are seconds
		return ""
	}
	if notNames.has(w) || i+1 < len(toks) && strings.HasPrefix(w, "process") && (toks[i+1].text == "id" || toks[i+1].text == "ids") {
		return ""
	}
	if p := nameOf(w, names); p != "" {
		return p
	}
	return nameOf(w, r.vague)
}

var notNames = vocabulary(`processor procesor procesad processad processeur processore processing. processed. procesando. prozessor процессор процесор threadid`)

// phraseAt matches a name of several words, the longest there is.
func phraseAt(toks []token, i int) (Phase, int, bool) {
	var p Phase
	best := 0
	for _, ph := range phrases {
		if toks[i].text != ph.words[0] || len(ph.words) <= best || i+len(ph.words) > len(toks) {
			continue
		}
		match := true
		for k, w := range ph.words {
			match = match && toks[i+k].text == w
		}
		if match {
			p, best = ph.phase, len(ph.words)
		}
	}
	return p, best, best > 0
}

// isHedged reports whether the name at token i is one that something else is
// compared with.
func isHedged(toks []token, i int) bool {
	k := i - 1
	for k >= 0 && (toks[k].text == "the" || toks[k].text == "a" || toks[k].text == ".") {
		k--
	}
	if k > 0 && toks[k].text == "=" && (toks[k-1].text == "%" || toks[k-1].kind == figure) { // 100 % = sequential
		return true
	}
	if k < 0 || toks[k].kind != word {
		return false
	}
	prev := ""
	if k > 0 {
		prev = toks[k-1].text
	}
	switch toks[k].text {
	case "vs", "versus", "against", "than", "over", "gegenüber", "que", "als", "frente", "contra", "gegen":
		return true
	case "to", "with":
		return prev == "compared" || prev == "relative" || prev == "respect"
	case "as":
		return k > 0 && toks[k-1].kind == word && of(prev)&(aboutSpeed) != 0 || prev == "long"
	case "of":
		return k > 0 && (prev == "%" || toks[k-1].kind == figure)
	}
	return false
}

// numbers gives the tokens that are figures: no dates, no parts of names, and
// not how many threads or processes there are.
func (r *reader) numbers(toks []token, labels []label) []int {
	var out []int
	at := func(i int) token {
		if i >= 0 && i < len(toks) {
			return toks[i]
		}
		return token{kind: gap}
	}
	for i, t := range toks {
		if t.kind != figure || t.num.skip {
			continue
		}
		if prev := at(i - 1); prev.text == "±" || prev.text == "-" && at(i-2).text == "/" && at(i-3).text == "+" {
			continue
		} else if t.num.whole && t.glued && prev.glued && (prev.text == "-" || prev.text == "_" || prev.text == "#") && at(i-2).kind == word {
			continue // Thread-3
		}
		if t.num.whole && t.num.value <= 64 && slices.ContainsFunc(labels, func(l label) bool { return counts(toks, i, l) }) {
			continue
		}
		out = append(out, i)
	}
	return out
}

// counts reports whether the number at token i says how many of the label
// there are: 4 threads, 4 x Thread, Pool(4), threads x4.
func counts(toks []token, i int, l label) bool {
	between := func(from, to int, allowed ...string) bool {
		for _, t := range toks[from:to] {
			if t.kind == gap || !slices.Contains(allowed, t.text) && t.kind != word || t.kind == word && of(t.text) != 0 {
				return false
			}
		}
		return true
	}
	switch {
	case i < l.from:
		return l.from-i <= 3 && between(i+1, l.from, "x", "-")
	case i >= l.to && i-l.to <= 4:
		last := toks[i-1]
		if last.text == "x" && last.kind == word {
			return between(l.to, i-1)
		}
		return (last.text == "(" || last.text == "[") && i+1 < len(toks) && (toks[i+1].text == ")" || toks[i+1].text == "]" || toks[i+1].kind == word && toks[i+1].text != "s" && units[toks[i+1].text].kind != Time) && between(l.to, i-1)
	}
	return false
}

// inBrackets reports whether all numbers stand in parentheses: such a line is
// a heading.
func inBrackets(toks []token, nums []int) bool {
	for _, n := range nums {
		open := 0
		for _, t := range toks[:n] {
			switch t.text {
			case "(":
				open++
			case ")":
				open--
			}
		}
		if open <= 0 {
			return false
		}
	}
	return true
}

// assign gives the phase of each number, and reports whether they compare two
// phases.
func (r *reader) assign(toks []token, labels []label, nums []int) ([]Phase, bool) {
	out := make([]Phase, len(nums))
	if zipped(toks, labels, nums) {
		for k := range nums {
			out[k] = labels[k%len(labels)].phase
		}
		return out, false
	}
	ratio := false
	own := slices.DeleteFunc(slices.Clone(labels), func(l label) bool { return l.hedged })
	if len(own) == 2 && own[0].to+1 == own[1].from && toks[own[0].to].text == "/" { // seq/procs
		own, ratio = slices.DeleteFunc(own, func(l label) bool { return l.phase == Sequential }), true
	}
	if len(own) == 2 && toks[own[0].to].text == "/" {
		own = slices.DeleteFunc(own, func(l label) bool { return l.phase == Sequential })
		ratio = len(own) == 1
	}
	switch {
	case len(own) == 0 && len(labels) > 0: // only compared with
		for k := range out {
			out[k] = r.section
		}
		return out, false
	case len(own) == 0:
		return out, false
	}
	first := nums[0] < own[0].from && nums[len(nums)-1] < own[len(own)-1].from && distinct(own) > 1
	for k, n := range nums {
		i := slices.IndexFunc(own, func(l label) bool { return l.from > n })
		switch {
		case distinct(own) == 1:
			out[k] = own[0].phase
		case first && i >= 0 && !sentence(toks[n:own[i].from]):
			out[k] = own[i].phase
		case i > 0:
			out[k] = own[i-1].phase
		case i < 0:
			out[k] = own[len(own)-1].phase
		case sentence(toks[n:own[0].from]):
			out[k] = r.section
		default:
			out[k] = own[0].phase
		}
	}
	if sentence(toks[nums[0]:]) && nums[0] < own[0].from && r.section != "" && sentence(toks[nums[0]:own[0].from]) {
		out[0] = r.section
	}
	return out, ratio
}

// sentence reports whether one ends within the tokens.
func sentence(toks []token) bool {
	return slices.ContainsFunc(toks, func(t token) bool { return t.text == "." || t.text == ";" || t.text == "!" })
}

// zipped reports whether as many numbers of one unit as names follow, or
// precede, them all: "threads / processes: 0.4 / 0.2 s". Several such groups
// may follow.
func zipped(toks []token, labels []label, nums []int) bool {
	n := len(labels)
	if n < 2 || len(nums) == 0 || len(nums)%n != 0 || distinct(labels) != n {
		return false
	}
	if labels[n-1].from > nums[0] && (labels[0].from < nums[len(nums)-1] || len(nums) > n) {
		return false
	}
	for group := range slices.Chunk(nums, n) {
		var u unit
		for _, k := range group {
			v, _ := unitAfter(toks, k)
			if v.kind != "" && u.kind != "" && u != v {
				return false
			}
			if v.kind != "" {
				u = v
			}
		}
	}
	return len(nums) == n || len(nums) == n*2 && toks[nums[1]-1].kind == mark
}

// before gives the tokens between the figure before and this one that may say
// what it is: those of its own cell, or of the cells before it where its own
// has no words.
func before(toks []token, labels []label, nums []int, k int) []token {
	from := 0
	if k > 0 {
		_, taken := unitAfter(toks, nums[k-1])
		from = nums[k-1] + 1 + taken
	}
	var out []token
	words := false
	for i := nums[k] - 1; i >= from; i-- {
		if l := slices.IndexFunc(labels, func(l label) bool { return l.from <= i && i < l.to }); l >= 0 {
			continue
		}
		t := toks[i]
		if k > 0 && t.kind == word && joins.has(t.text) {
			break
		}
		if k > 0 && (!words && t.text == "," || t.text == "." && toks[i-1].text != "." && toks[i+1].text != ".") {
			break
		}
		if t.text == ")" { // (4 threads), (1 core)
			if open := countIn(toks, labels, i); open >= from {
				i = open
				continue
			}
		}
		if words && (t.kind == gap || t.text == "|" || t.text == ";" || t.text == "," && k > 0 || t.text == "\t" || t.text == ")" && k > 0) {
			break
		}
		words = words || t.kind == word && !countWords.has(t.text)
		out = append(out, t)
	}
	slices.Reverse(out)
	return out
}

// countIn gives where the parentheses that end at token i open, -1 unless
// they say how many of a label there are.
func countIn(toks []token, labels []label, i int) int {
	for k := i - 1; k >= 0 && i-k < 6; k-- {
		if toks[k].text != "(" {
			continue
		}
		if k+1 < i && toks[k+1].kind == figure && toks[k+1].num.whole && slices.ContainsFunc(labels, func(l label) bool { return counts(toks, k+1, l) }) {
			return k
		}
		break
	}
	return -1
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
