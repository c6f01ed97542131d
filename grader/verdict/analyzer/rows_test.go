package analyzer

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/quantity"
)

// same wants a row for each entry of a catalogue, and an entry for each row.
func same(t *testing.T, rows []string, catalogue []quantity.Quantity) {
	t.Helper()
	seen := map[string]bool{}
	for _, name := range rows {
		if seen[name] {
			t.Errorf("%s has two rows", name)
		}
		seen[name] = true
	}
	for _, q := range catalogue {
		if !seen[q.Name] {
			t.Errorf("%s has no row", q.Name)
		}
		delete(seen, q.Name)
	}
	for name := range seen {
		t.Errorf("%s has a row and no entry in the catalogue", name)
	}
}

func TestRows(t *testing.T) {
	var names []string
	for _, r := range rows {
		names = append(names, r.name)
		if (r.holds == nil) == (r.all == nil) || r.fault == nil && r.words == nil {
			t.Errorf("%s has no words, or not one way to compute it", r.name)
		}
	}
	same(t, names, quantity.Analyzer)
}

func TestTemplateRows(t *testing.T) {
	var names []string
	for _, r := range templateRows {
		names = append(names, r.name)
		if r.figure != nil && r.source != nil {
			t.Errorf("%s is computed in two ways", r.name)
		}
		if r.figure != nil && r.name != "completed" && r.things == "" {
			t.Errorf("%s has no words", r.name)
		}
	}
	same(t, names, quantity.Template)
}
