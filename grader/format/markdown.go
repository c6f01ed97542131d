package format

import (
	"regexp"
	"strings"
)

// item begins an item of a list in Markdown.
var item = regexp.MustCompile(`^\s*([-*]|\d+\.)\s+`)

// Markdown wraps the lines of a simple Markdown text as a terminal shows it:
// paragraphs and the items of lists are filled, what is indented by four blanks and
// rows of tables stay as they are, and headings and strong words lose their signs.
func Markdown(text []string, width int) []string {
	var out, words []string
	mark := "" // of the item that is filled, empty for a paragraph
	flush := func() {
		if len(words) == 0 {
			return
		}
		before := mark
		text := strings.ReplaceAll(strings.Join(words, " "), "**", "")
		for _, line := range Wrap(text, width-len(mark)) {
			out = append(out, before+line)
			before = strings.Repeat(" ", len(mark))
		}
		words, mark = nil, ""
	}
	for _, line := range text {
		begins := item.FindString(line)
		switch {
		case strings.TrimSpace(line) == "":
			flush()
			out = append(out, "")
		case begins != "":
			flush()
			mark, words = begins, append(words, line[len(begins):])
		case strings.HasPrefix(line, "#"):
			flush()
			out = append(out, strings.TrimLeft(line, "# "))
		case strings.HasPrefix(line, "|"), len(words) == 0 && strings.HasPrefix(line, code):
			flush()
			out = append(out, line)
		default:
			words = append(words, line)
		}
	}
	flush()
	return out
}
