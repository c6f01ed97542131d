package script

import (
	"regexp"
	"strings"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
)

// prepares is the line of a traceback in which multiprocessing has a fresh
// interpreter import the script, before it gets any work.
var prepares = regexp.MustCompile(`spawn\.py", line \d+, in prepare\b`)

// stillborn is how many of a run's processes ended with an error while they
// started, as their tracebacks say: they import the script, and without a guard
// they run it again. They did none of the work.
func stillborn(run *record.Run) int {
	n := len(prepares.FindAllString(run.End.Stderr, -1))
	if n == 0 {
		return 0
	}
	for _, again := range []string{"During handling of the above exception", "was the direct cause of the following exception"} {
		n -= strings.Count(run.End.Stderr, again)
	}
	return max(1, n)
}

// buried gives the phase of processes, nil where all of them were stillborn.
func buried(p *phase.Phase, dead int) *phase.Phase {
	if p == nil || dead == 0 {
		return p
	}
	for _, w := range p.Each() {
		if !w.Spawned {
			return p
		}
	}
	if p.Workers() <= dead {
		return nil
	}
	return p
}
