package measure

import (
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestSpec wants a call of a function that is there for each cell of the table.
func TestSpec(t *testing.T) {
	c, err := Spec()
	if err != nil {
		t.Fatal(err)
	}
	source, err := Source()
	if err != nil {
		t.Fatal(err)
	}
	cells := map[string]bool{}
	for _, call := range c.Calls {
		if call.Function != "" && !strings.Contains(string(source), "def "+call.Function+"(") {
			t.Errorf("%s calls %s, which is not there", call.ID, call.Function)
		}
		if call.Workload != "" {
			cells[call.Workload+" / "+call.Strategy] = true
		}
	}
	for _, workload := range []string{"CPU-bound", "I/O-bound", "hybrid", "memory-bound"} {
		for _, strategy := range []string{"threading", "multiprocessing", "asyncio", "hybrid"} {
			if !cells[workload+" / "+strategy] {
				t.Errorf("%s under %s is not measured", workload, strategy)
			}
		}
	}
	if len(cells) != 16 {
		t.Errorf("%d cells", len(cells))
	}
}

func TestTabulate(t *testing.T) {
	table := Tabulate(&verdict.Result{Approaches: []verdict.Approach{
		{Workload: "a", Strategy: "x", Speedup: stat.Exactly(1)}, {Label: "no cell"}, {Workload: "b", Strategy: "x", Speedup: stat.Exactly(2)}, {Workload: "a", Strategy: "y", Speedup: stat.Exactly(3)},
	}})
	if !slices.Equal(table.Workloads, []string{"a", "b"}) || !slices.Equal(table.Strategies, []string{"x", "y"}) {
		t.Errorf("rows %v, columns %v", table.Workloads, table.Strategies)
	}
	if got, ok := table.At("a", "y"); !ok || got.Speedup.Value != 3 {
		t.Errorf("a / y is %+v", got)
	}
	if _, ok := table.At("b", "y"); ok {
		t.Error("b / y was not measured")
	}
}
