package page

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/explain"
)

// TestWords looks for every term that the page links to, and for pictures and code in
// what is said of them.
func TestWords(t *testing.T) {
	there, rows, code := map[string]bool{}, 0, 0
	all := glossary()
	for _, w := range all {
		there[w.ID] = true
	}
	for _, e := range explain.All() {
		if e.Finding {
			all = append(all, newWord(e))
		}
	}
	for _, w := range all {
		if len(w.Prose) == 0 {
			t.Errorf("%s says nothing", w.ID)
		}
		for _, id := range w.See {
			if !there[id] {
				t.Errorf("%s leads to %s, which is not there", w.ID, id)
			}
		}
		for _, p := range w.Prose {
			rows, code = rows+len(p.Rows), code+len(p.Code)
			for _, r := range p.Rows {
				if r.Name == "" {
					t.Errorf("%s has a row without a name", w.ID)
				}
			}
		}
	}
	for of, id := range wordOf {
		if !there[id] {
			t.Errorf("%s leads to %s, which is not there", of, id)
		}
	}
	if rows < 20 || code < 20 {
		t.Errorf("%d rows and %d lines of code were read", rows, code)
	}
	if w := found("threads.join-in-start-loop"); w == nil || len(w.Prose) < 3 {
		t.Errorf("a mistake is explained by %v", w)
	}
}
