package claim

import "strings"

// A title is what is said of a figure: the words before it, its column's
// head, the words of its heading.
type title struct {
	words   []string
	class   class
	last    class // of the last word that says time, CPU, use or speed
	unit    unit  // named in it, as in "time (ms)"
	over    bool  // CPU time over wall time
	several bool  // it has parts
}

const kinds = aboutTime | aboutCPU | aboutUse | aboutSpeed

func (t *title) add(tok token) {
	if tok.kind == mark {
		switch tok.text {
		case "%":
			t.unit = units["%"]
		case "/", ",":
			t.over = tok.text == "/" && t.class&aboutCPU != 0
			t.several = true
		}
		return
	}
	if tok.kind != word {
		return
	}
	t.words = append(t.words, tok.text)
	c := of(tok.text)
	if t.over && c&aboutTime != 0 {
		c = aboutUse
		t.class &^= aboutTime
	}
	t.class |= c
	if c&kinds != 0 {
		t.last = c & kinds
	}
	if u, ok := units[tok.text]; ok && !u.cores && u.kind != Speedup && (len(t.words) > 1 || tok.text != "s") {
		t.unit = u
	}
}

func (t title) empty() bool { return t.class&(kinds|aside) == 0 && t.unit.kind == "" }

func titleOf(tokens []token) title {
	var t title
	for _, tok := range tokens {
		t.add(tok)
	}
	return t
}

// unitAfter gives the unit that follows token i, and how many tokens it takes.
// A word that begins the next figure, as in "0.48 CPU%: 100", is none.
func unitAfter(toks []token, i int) (unit, int) {
	if toks[i].num.unit.kind != "" {
		return toks[i].num.unit, 0
	}
	if i > 0 && toks[i].glued && toks[i-1].kind == word && toks[i-1].text == "x" && !toks[i].num.whole { // x1.98
		return unit{kind: Speedup}, 0
	}
	at := func(k int) token {
		if i+k < len(toks) {
			return toks[i+k]
		}
		return token{kind: gap}
	}
	n, taken := at(1), 1
	if isOneOf(n, "-\\\t") { // 1.12-fach, 99\%
		n, taken = at(2), 2
	}
	if perCent[n.text+" "+at(2).text] {
		return units["%"], 2
	}
	u, ok := units[n.text]
	next := at(taken + 1)
	switch {
	case !ok:
		return noUnit, 0
	case n.kind == word && !n.glued && isOneOf(next, "=:") && at(taken+2).kind == figure: // "0.48 s: 3"
		return noUnit, 0
	case u.cores && leads(toks, i+taken+1), n.text == "min" && next.kind == figure:
		return noUnit, 0
	}
	return u, taken
}

// perCent is the percent sign in two words.
var perCent = map[string]bool{"per cent": true, "por ciento": true, "por cento": true, "pour cent": true}

// follows is what the words after a figure and its unit say of it, up to the
// next gap or mark. Words that lead to another figure are that one's title.
func follows(toks []token, i int) class {
	var c class
	open := 0
	for ; i < len(toks); i++ {
		switch tok := toks[i]; {
		case tok.kind == word && joins.has(tok.text):
			return c
		case tok.kind == word:
			c |= of(tok.text)
		case tok.kind == figure && (toks[i-1].text == "of" || toks[i-1].text == "all"): // of 2 cores
		case tok.kind == figure:
			return 0
		case tok.text == "(" || tok.text == "[":
			open++
		case (tok.text == ")" || tok.text == "]") && open > 0:
			open--
		case tok.text == "=" || tok.text == ":":
			return 0
		case tok.kind == mark && strings.Contains("_-/%", tok.text):
		default:
			return c
		}
	}
	return c
}

// leads reports whether the words from token i on are the title of another
// figure, as in "cores used: 1.9".
func leads(toks []token, i int) bool {
	for ; i < len(toks); i++ {
		switch tok := toks[i]; {
		case tok.kind == figure || tok.text == ":" || tok.text == "=":
			return true
		case tok.kind == word && joins.has(tok.text):
			return false
		case tok.kind != word && !(tok.kind == mark && strings.Contains("_-%()[]", tok.text)):
			return false
		}
	}
	return false
}

// describe finds what a figure is, from the unit after it, the title before
// it and the words behind it.
func (f *Figure) describe(t title, u unit, after class, num number) {
	if u.kind == "" && t.unit.kind != "" {
		u = t.unit
	}
	f.Unit = u.kind != ""
	odd := t.class&aside != 0
	switch u.kind {
	case Time:
		f.Value, f.Round = f.Value*u.scale, f.Round*u.scale
		f.Kind, f.Sure = Time, !odd
		switch {
		case t.last&aboutCPU != 0, after&aboutCPU != 0, t.class&aboutCPU != 0 && t.last&(aboutTime|aboutUse) != 0 && t.class&aboutTime != 0 && !t.says("wall", "elapsed", "real"):
			f.Kind = CPUTime
		case t.last&aboutUse != 0 && t.class&aboutTime == 0:
			f.Kind, f.Sure = CPUTime, false
		}
	case Utilization:
		f.Kind, f.Percent = Utilization, u.percent
		said := (t.class | after) & (aboutCPU | aboutUse)
		switch {
		case t.last&aboutSpeed != 0 || after&aboutSpeed != 0 || odd && t.class&aboutCPU == 0:
			f.Kind = Other
		case u.percent:
			f.Sure = said != 0 && !odd
		case f.whole && t.class&(aboutUse|aboutCPU) == 0: // 4 cores are the machine
			f.Kind = Other
		default:
			f.Sure = !odd
		}
	case Speedup:
		f.Kind, f.Sure = Speedup, !odd
		if f.whole && after&kinds == 0 && t.class&aboutSpeed == 0 {
			f.Kind = Other // 4 x Thread
		}
	default:
		f.bare(t, after, odd)
	}
	if num.skip {
		f.Kind = Other
	}
}

// bare is a figure without any unit.
func (f *Figure) bare(t title, after class, odd bool) {
	switch last := t.last; {
	case last&aboutSpeed != 0:
		f.Kind, f.Sure = Speedup, !odd
	case last&(aboutTime|aboutUse) != 0 && t.class&aboutCPU != 0 && t.class&aboutTime != 0 && !t.says("wall", "elapsed", "real"):
		f.Kind, f.Sure = CPUTime, !odd
	case last&(aboutUse|aboutCPU) != 0 && t.says("user", "usr", "sys", "system"):
		f.Kind = CPUTime
	case last&(aboutUse|aboutCPU) != 0:
		f.Kind, f.Sure, f.Either = Utilization, !odd && t.class&aboutTime == 0, t.over || t.class&aboutUse == 0
	case last&aboutTime != 0:
		f.Kind, f.Sure = Time, !odd && !(f.whole && f.Value < 20)
	case after&aboutCPU != 0 && after&^aboutCPU == 0:
		f.Kind = Utilization
	default:
		f.Kind = Plain
	}
}

// single reports whether a heading speaks of one kind of figure.
func (t title) single() bool {
	switch t.class & kinds {
	case aboutTime, aboutSpeed, aboutUse, aboutCPU, aboutUse | aboutCPU:
		return true
	case aboutTime | aboutCPU:
		return !t.several && !t.says("wall", "elapsed")
	}
	return false
}

func (t title) says(words ...string) bool {
	for _, w := range t.words {
		for _, o := range words {
			if w == o {
				return true
			}
		}
	}
	return false
}
