package claim

import (
	"slices"
	"strings"
)

// label is a phase's name in a line.
type label struct {
	phase    Phase
	from, to int // tokens
	hedged   bool
}

// labels finds the phases that a line names.
func (r *reader) labels(toks []token) []label {
	var out []label
	for i := 0; i < len(toks); i++ {
		if toks[i].kind != word && toks[i].kind != figure {
			continue
		}
		p, n, ok := phraseAt(toks, i)
		if !ok && r.isAlone(toks, i) {
			p, n, ok = Sequential, 2, true
		}
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

// isAlone reports whether "1 thread" or "one process" begins at token i, in an output
// that names the sequential phase nowhere else.
func (r *reader) isAlone(toks []token, i int) bool {
	one := toks[i].text == "one" || toks[i].kind == figure && toks[i].num.whole && toks[i].num.value == 1
	_, unnamed := r.vague[Sequential]
	return one && unnamed && i+1 < len(toks) && (toks[i+1].text == "thread" || toks[i+1].text == "process" || toks[i+1].text == "worker")
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
	case "vs", "versus", "against", "than", "over", "gegenüber", "que", "als", "wie", "frente", "contra", "gegen", "comme", "dan", "än", "enn", "niż", "чем":
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

// countIn gives where the parentheses that end at token i open, -1 unless
// they say how many of a label there are.
func countIn(toks []token, labels []label, i int) int {
	if toks[i].text != ")" {
		return -1
	}
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

func distinct(labels []label) int {
	seen := map[Phase]bool{}
	for _, l := range labels {
		seen[l.phase] = true
	}
	return len(seen)
}
