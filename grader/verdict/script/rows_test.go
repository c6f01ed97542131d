package script

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/quantity/quantitytest"
)

// TestRows wants a row with words for each entry of the catalogue, and an entry
// for each row.
func TestRows(t *testing.T) {
	var names []string
	for _, r := range rows {
		names = append(names, r.name)
		if (r.figure == nil) == (r.all == nil) || r.words == nil {
			t.Errorf("%s has no words, or not one way to compute it", r.name)
		}
		if r.figure != nil && r.of == "" && r.never == "" {
			t.Errorf("%s does not say why it is missing", r.name)
		}
	}
	quantitytest.Same(t, names, quantity.Script)
}
