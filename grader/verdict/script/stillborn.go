package script

import (
	"regexp"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// prepares is the line of a traceback in which multiprocessing has a fresh
// interpreter import the script, before it gets any work.
var prepares = regexp.MustCompile(`spawn\.py", line \d+, in prepare\b`)

// stillborn is how many of a run's processes ended with an error while they
// started, as their tracebacks say: they import the script, and without a guard
// they run it again. All fresh interpreters import the same script, so none of
// them did any work.
func stillborn(run *record.Run) int {
	n := len(prepares.FindAllString(run.End.Stderr, -1))
	if n == 0 && verdict.Stillborn(run.End) {
		return 1
	} else if n == 0 {
		return 0
	}
	for _, again := range []string{"During handling of the above exception", "was the direct cause of the following exception"} {
		n -= strings.Count(run.End.Stderr, again)
	}
	return max(1, n)
}
