package claim

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind tells the parts of a line.
type tokenKind int

const (
	word   tokenKind = iota
	figure           // a number
	mark             // a single character: | , : ( %
	gap              // two spaces or more, which part cells
)

// token is a part of a line.
type token struct {
	kind     tokenKind
	text     string // a word in lower case, a mark
	from, to int    // characters from the line's start
	num      number
	glued    bool // nothing stands between it and the token before
}

// scan cuts a line into tokens.
func (st style) scan(line string) []token {
	var out []token
	col := 0 // characters
	add := func(k tokenKind, text string, n int) *token {
		glued := len(out) > 0 && out[len(out)-1].to == col
		out = append(out, token{kind: k, text: text, from: col, to: col + n, glued: glued})
		col += n
		return &out[len(out)-1]
	}
	bare := true // nothing but marks so far
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		switch {
		case r == ' ':
			n := len(line[i:]) - len(strings.TrimLeft(line[i:], " "))
			if n >= 2 && len(out) > 0 {
				add(gap, "", n)
			} else {
				col += n
			}
			size = n
		case r == '\t':
			n := len(line[i:]) - len(strings.TrimLeft(line[i:], "\t"))
			add(mark, "\t", n)
			size = n
		case r >= '0' && r <= '9' || r == '.' && i+1 < len(line) && isDigit(line[i+1]) && (i == 0 || line[i-1] != '.'):
			listed := len(out) > 0 && out[len(out)-1].text == "," && out[len(out)-1].to == col
			n, length := st.scanNumber(line[i:], bare, listed)
			if length == 0 {
				add(mark, string(r), 1)
				break
			}
			add(figure, "", utf8.RuneCountInString(line[i:i+length])).num = n
			bare = bare && n.skip
			size = length
		case isLetter(r):
			text, length := scanWord(line[i:])
			add(word, fold(text), utf8.RuneCountInString(text))
			bare = false
			size = length
		default:
			add(mark, string(r), 1)
		}
		i += size
	}
	return out
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// scanWord reads a word: letters, with digits where it is a name such as cpu0.
// wallTime, ThreadPool and wall_s are two words each; x2 is an x and a number.
func scanWord(s string) (string, int) {
	lower := false
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			if t := s[:i]; t == "x" || t == "X" || !isASCII(t) {
				return t, i
			}
			continue
		case !isLetter(r):
			return s[:i], i
		case unicode.IsUpper(r) && lower:
			return s[:i], i
		}
		lower = unicode.IsLower(r)
	}
	return s, len(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func fold(s string) string { return strings.ToLower(s) }
