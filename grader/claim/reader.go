package claim

import (
	"regexp"
	"slices"
	"strings"
)

// reader turns lines into figures.
type reader struct {
	style      style
	lines      []string
	vague      map[Phase]stems // of the phases that no line names plainly
	figures    []Figure
	section    Phase // named by an earlier line
	row        int   // that line
	headed     bool  // it has no figures
	lead       int   // the last line without figures, -1 for none
	head       *header
	heading    title
	saysParent bool
}

func newReader(lines []string) *reader {
	r := &reader{lines: make([]string, len(lines)), vague: map[Phase]stems{}, lead: -1}
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
