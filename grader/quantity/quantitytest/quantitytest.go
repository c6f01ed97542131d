// Package quantitytest helps tests to compare rows with the catalogue.
package quantitytest

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/quantity"
)

// Same wants one row for each entry of a catalogue, and an entry for each row.
func Same(t *testing.T, rows []string, catalogue []quantity.Quantity) {
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
