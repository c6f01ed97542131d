package calls

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/quantity/quantitytest"
	"github.com/gilcourse/gilcourse/grader/spec"
)

func TestRows(t *testing.T) {
	var names []string
	for _, r := range rows {
		names = append(names, r.name)
		if (r.figure == nil) == (r.all == nil) || r.words == nil {
			t.Errorf("%s has no words, or not one way to compute it", r.name)
		}
	}
	quantitytest.Same(t, names, quantity.Call)
}

func TestModuleRows(t *testing.T) {
	var names []string
	for _, r := range moduleRows {
		names = append(names, r.name)
		if r.all == nil || r.words == nil {
			t.Errorf("%s has no words, or no way to compute it", r.name)
		}
	}
	quantitytest.Same(t, names, quantity.Module)
}

// TestExpectations wants one row for each kind of result that a spec can ask for.
func TestExpectations(t *testing.T) {
	for _, e := range spec.Expectations() {
		if row, ok := expectations[e]; !ok || (row.want == nil) == (row.wrong == nil) {
			t.Errorf("%s has no row, or not one way to tell a wrong result", e)
		}
	}
	if len(expectations) != len(spec.Expectations()) {
		t.Errorf("%d rows for %d expectations", len(expectations), len(spec.Expectations()))
	}
}
