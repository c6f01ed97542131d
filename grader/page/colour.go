package page

import (
	"strings"
	"unicode"

	"github.com/gilcourse/gilcourse/grader/safetext"
)

// span is a part of a text of one kind: the name of its class, empty for plain.
type span struct{ Class, Text string }

// keywords are Python's, with its constants (Python 3 language reference, 2.3.1).
var keywords = func() map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(`False None True and as assert async await break class continue def del elif else except
		finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case`) {
		all[w] = true
	}
	return all
}()

// colour tells comments, strings, numbers and keywords apart in lines of Python.
// It reads each character once, and takes whatever it is given.
func colour(lines []string) [][]span {
	out := make([][]span, len(lines))
	quote := "" // of a string that goes on over lines
	for i, l := range lines {
		l = strings.TrimRight(l, "\r")
		if r := []rune(l); len(r) > longestLine {
			l = string(r[:longestLine]) + "…"
		}
		out[i], quote = colourLine(safetext.Text(l), quote)
	}
	return out
}

// colourLine reads one line, in which a string with this quote may go on.
func colourLine(line, quote string) (spans []span, goesOn string) {
	add := func(class, text string) {
		if n := len(spans); n > 0 && spans[n-1].Class == class {
			spans[n-1].Text += text
		} else if text != "" {
			spans = append(spans, span{class, text})
		}
	}
	rest := line
	if quote != "" {
		end, open := stringEnd(rest, quote)
		add("st", rest[:end])
		if rest = rest[end:]; open {
			return spans, quote
		}
	}
	before := ""
	for rest != "" {
		switch c := rest[0]; {
		case c == '#':
			add("co", rest)
			return spans, ""
		case c == '"' || c == '\'':
			quote := rest[:1]
			if triple := strings.Repeat(quote, 3); strings.HasPrefix(rest, triple) {
				quote = triple
			}
			end, open := stringEnd(rest[len(quote):], quote)
			add("st", rest[:len(quote)+end])
			if rest = rest[len(quote)+end:]; open && len(quote) == 3 {
				return spans, quote
			}
		default:
			n := wordEnd(rest)
			word := rest[:n]
			add(classOf(word, before), word)
			if strings.TrimSpace(word) != "" {
				before = word
			}
			rest = rest[n:]
		}
	}
	return spans, ""
}

// stringEnd gives where a string ends that began before s: behind its quote, or
// at the end of the line, and then it may go on.
func stringEnd(s, quote string) (end int, open bool) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case strings.HasPrefix(s[i:], quote):
			return i + len(quote), false
		}
	}
	return len(s), true
}

// wordEnd gives the length of the word or number that s begins with, else of the
// one character.
func wordEnd(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch {
	case n < 0:
		return len(s)
	case n > 0:
		return n
	}
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}

func classOf(word, before string) string {
	switch {
	case before == "def" || before == "class":
		if strings.TrimSpace(word) != "" {
			return "fn"
		}
	case keywords[word]:
		return "kw"
	case word[0] >= '0' && word[0] <= '9':
		return "nu"
	}
	return ""
}
