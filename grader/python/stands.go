package python

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
)

// Faulthandler is what has every Python of a run say where its threads stand when
// it is to abort (https://docs.python.org/3/library/faulthandler.html).
const Faulthandler = "PYTHONFAULTHANDLER=1"

var (
	aborted     = regexp.MustCompile(`(?m)^Fatal Python error: Aborted\r?\n`)
	threadHead  = regexp.MustCompile(`^(?:Current thread|Thread) 0x[0-9a-f]+.*:$`)
	threadFrame = regexp.MustCompile(`^  File "(.+)", line (\d+) in `)
)

// Stands reads, in what a run wrote to its standard error, where the threads of
// its Pythons stood when they were aborted: of each thread the innermost line of
// the files that own reports. The rest is what was written before.
func Stands(stderr string, own func(file string) bool) (stands []record.Place, rest string) {
	at := aborted.FindStringIndex(stderr)
	if at == nil {
		return nil, stderr
	}
	found := true
	for line := range strings.Lines(stderr[at[1]:]) {
		line = strings.TrimRight(line, "\r\n")
		if threadHead.MatchString(line) {
			found = false
			continue
		}
		frame := threadFrame.FindStringSubmatch(line)
		if found || frame == nil || !own(frame[1]) || len(stands) == mostStands {
			continue
		}
		n, _ := strconv.Atoi(frame[2])
		stands, found = append(stands, record.Place{File: frame[1], Line: n}), true
	}
	return stands, stderr[:at[0]]
}
