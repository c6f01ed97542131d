// Command gilcourse grades the challenges of a course on Python's Global
// Interpreter Lock: it looks at what a program really did on the machine's
// cores.
package main

import (
	"os"

	"github.com/gilcourse/gilcourse/grader/sandbox"
)

func main() {
	if sandbox.Supervise() { // a second copy of this program watches each run
		return
	}
	os.Exit(run(os.Args, os.Stdout, os.Stderr))
}
