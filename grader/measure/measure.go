// Package measure holds what `gilcourse measure` runs: the lesson's kinds of
// workload under each of its strategies, as calls of a module of our own, so
// that a learner's estimates can be compared with what this machine does.
package measure

import (
	"embed"
	"fmt"
	"slices"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

//go:embed measure.yaml strategies.py
var files embed.FS

// Module is the file name of the module whose functions are called.
const Module = "strategies.py"

// Source is the module's text.
func Source() ([]byte, error) { return files.ReadFile(Module) }

// Spec gives the calls.
func Spec() (*spec.Challenge, error) {
	const file = "measure.yaml"
	data, err := files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c, err := spec.Parse("measure", file, data)
	if err != nil {
		return nil, fmt.Errorf("read what is to be measured: %w", err)
	}
	return c, nil
}

// Table is what was measured: a row for each workload, a column for each
// strategy, both in the order of the spec.
type Table struct {
	Workloads, Strategies []string
	cells                 map[[2]string]verdict.Approach
}

// At gives what was measured for a workload under a strategy; false where it
// was not.
func (t Table) At(workload, strategy string) (verdict.Approach, bool) {
	a, ok := t.cells[[2]string{workload, strategy}]
	return a, ok
}

// Tabulate sorts the approaches of a result that are of a workload into a table.
func Tabulate(r *verdict.Result) Table {
	t := Table{cells: map[[2]string]verdict.Approach{}}
	add := func(list *[]string, word string) {
		if !slices.Contains(*list, word) {
			*list = append(*list, word)
		}
	}
	for _, a := range r.Approaches {
		if a.Workload == "" {
			continue
		}
		add(&t.Workloads, a.Workload)
		add(&t.Strategies, a.Strategy)
		t.cells[[2]string{a.Workload, a.Strategy}] = a
	}
	return t
}

// mostKnown stands for a speedup without an upper bound, as one round gives.
const mostKnown = 1e6

// Cells gives the speedups for a record, row by row.
func (t Table) Cells() []record.Cell {
	var out []record.Cell
	for _, w := range t.Workloads {
		for _, s := range t.Strategies {
			if a, ok := t.At(w, s); ok {
				out = append(out, record.Cell{Workload: w, Strategy: s, Speedup: a.Speedup.Value, Lo: a.Speedup.Lo, Hi: min(a.Speedup.Hi, mostKnown),
					Parallelism: a.Parallelism, InFlight: a.InFlight})
			}
		}
	}
	return out
}
