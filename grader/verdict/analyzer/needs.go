package analyzer

import (
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Follows reports whether a bound shows nothing of its own: of a module that
// cannot be imported nothing can be read, a program that ended early has not
// printed the rest, and entries that the matrix does not have are missing
// wherever entries are counted.
func (k *kind) Follows(b spec.Bound, failed []spec.Bound) bool {
	broke := func(name string) bool {
		return slices.ContainsFunc(failed, func(b spec.Bound) bool { return b.Quantity == name })
	}
	f := k.Figure(b.Quantity)
	whose, _ := verdict.Part(b.Quantity)
	if broke(b.Quantity) {
		return true
	}
	if broke("run.completed") && (!f.Known || whose == "analysis" || k.contents.Error != "" && whose != "hints") {
		return true
	}
	counts := func(name string) bool {
		return broke(name) && (f.Missing || f.Value >= k.Figure(name).Value) && slices.Contains(counted, whose)
	}
	return counts("matrix.workloads") || counts("matrix.complete") || broke(whose+".found") && strings.HasPrefix(b.Quantity, whose+".")
}

// counted are the beginnings of the quantities that count entries of the matrix.
var counted = []string{"matrix", "analysis", "recommendations", "reasoning", "speedups"}
