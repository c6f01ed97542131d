package claim

import (
	"regexp"
	"strings"
)

var (
	// pythons are lines that Python itself prints about errors and warnings,
	// and the grader where it left something out.
	pythons = regexp.MustCompile(`^\s*(?:Traceback \(most recent call last\)|File ".*", line \d+|Exception (?:in thread|ignored in)|During handling of the above exception|The above exception was the direct|[\w.]*(?:Error|Exception|Interrupt|Warning)(?::|$)|[~^]+\s*$)|^.*:\d+: \w*Warning: |^\[\.\.\. \d+ bytes left out \.\.\.\]$|^\[?Previous line repeated`)
	frame   = regexp.MustCompile(`^\s*File ".*", line \d+|:\d+: \w*Warning: `)
)

// said drops the lines that are no claims of the program: Python's own
// tracebacks and warnings. They become empty, so that all others keep their
// places.
func said(lines []string) []string {
	out := make([]string, len(lines))
	code := false // a line of source follows
	for i, line := range lines {
		switch {
		case pythons.MatchString(line):
			code = frame.MatchString(line)
		case code && strings.HasPrefix(line, "  "):
		default:
			out[i], code = line, false
		}
	}
	return out
}
