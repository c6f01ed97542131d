package script

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/quantity"
)

// TestRows wants a row with words for each entry of the catalogue, and an entry
// for each row.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.name] {
			t.Errorf("%s has two rows", r.name)
		}
		seen[r.name] = true
		if (r.figure == nil) == (r.all == nil) || r.words == nil {
			t.Errorf("%s has no words, or not one way to compute it", r.name)
		}
		if r.figure != nil && r.of == "" && r.never == "" {
			t.Errorf("%s does not say why it is missing", r.name)
		}
	}
	for _, q := range quantity.Script {
		if !seen[q.Name] {
			t.Errorf("%s has no row", q.Name)
		}
		delete(seen, q.Name)
	}
	for name := range seen {
		t.Errorf("%s has a row and no entry in the catalogue", name)
	}
}
