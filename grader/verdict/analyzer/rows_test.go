package analyzer

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/quantity/quantitytest"
)

func TestRows(t *testing.T) {
	var names []string
	for _, r := range rows {
		names = append(names, r.name)
		if (r.holds == nil) == (r.all == nil) || r.fault == nil && r.words == nil {
			t.Errorf("%s has no words, or not one way to compute it", r.name)
		}
	}
	quantitytest.Same(t, names, quantity.Analyzer)
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
	quantitytest.Same(t, names, quantity.Template)
}
