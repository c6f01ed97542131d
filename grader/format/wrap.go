package format

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Wrap breaks a text at blanks into lines, at least one, so that none is wider than
// so many columns, but for words that are.
func Wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && Width(line)+1+Width(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// code begins a line of code in a text: it is neither wrapped nor joined.
const code = "    "

// Paragraphs wraps a text whose lines of code are indented by four blanks: those stay
// as they are, and so do empty lines; other lines that follow each other are one
// paragraph.
func Paragraphs(s string, width int) []string {
	var lines []string
	var words []string
	flush := func() {
		if len(words) > 0 {
			lines = append(lines, Wrap(strings.Join(words, " "), width)...)
		}
		words = nil
	}
	for line := range strings.Lines(strings.Trim(s, "\n")) {
		line = strings.TrimRight(line, " \n")
		switch {
		case line == "" || strings.HasPrefix(line, code):
			flush()
			lines = append(lines, line)
		default:
			words = append(words, line)
		}
	}
	flush()
	return lines
}

// Cut gives the part of a line that fits into so many columns, with … at its end
// where something is left out; all of it where width is 0 or less.
func Cut(line string, width int) string {
	if width <= 0 || Width(line) <= width {
		return line
	}
	var b strings.Builder
	used := 1 // the …
	for g := uniseg.NewGraphemes(line); g.Next() && used+g.Width() <= width; used += g.Width() {
		b.WriteString(g.Str())
	}
	return b.String() + "…"
}
