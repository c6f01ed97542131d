package reference

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/spec"
)

var update = flag.Bool("update", false, "write challenges/REFERENCE.md anew")

const file = "../../../challenges/REFERENCE.md"

// TestPage keeps the page in the repository equal to what is generated.
func TestPage(t *testing.T) {
	var b strings.Builder
	if err := Write(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(have), b.String()); d != "" {
		t.Errorf("challenges/REFERENCE.md is not what is generated (go test ./grader/author/reference -update writes it):\n%s", d)
	}
}

// TestWhole wants all that can be written on the page: every field with what it
// means, every quantity and every finding.
func TestWhole(t *testing.T) {
	var b strings.Builder
	if err := Write(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	parts, err := spec.Language()
	if err != nil || len(parts) < 10 {
		t.Fatalf("%d parts of the language, %v", len(parts), err)
	}
	for _, s := range parts {
		for _, f := range s.Fields {
			if !strings.Contains(page, "| `"+f.Name+"` | ") {
				t.Errorf("%s.%s is not on the page", s.Name, f.Name)
			}
			if f.Description == "" && f.Of == "" {
				t.Errorf("%s.%s has no description", s.Name, f.Name)
			}
		}
	}
	for _, list := range slices.Concat(quantity.Whole, quantity.Parts) {
		for _, q := range list {
			if !strings.Contains(page, q.Name+"` | ") {
				t.Errorf("the quantity %s is not on the page", q.Name)
			}
		}
	}
	for _, k := range python.FindingKinds {
		if !strings.Contains(page, "| `"+k.ID+"` | ") {
			t.Errorf("the finding %s is not on the page", k.ID)
		}
	}
	if strings.Contains(page, "](#)") || strings.Contains(page, "|  |  |  |") {
		t.Error("a link or a row is empty")
	}
}

// TestExamples wants an example of every kind that can be used as it is.
func TestExamples(t *testing.T) {
	kinds, err := spec.EachKind()
	if err != nil || len(kinds) < 3 {
		t.Fatalf("%v, %v", kinds, err)
	}
	for _, k := range kinds {
		text, err := Example(k.Kind)
		if err != nil {
			t.Error(err)
			continue
		}
		c, err := spec.Parse("x", string(k.Kind)+".yaml", []byte(text))
		if err != nil {
			t.Error(err)
			continue
		}
		if c.Kind() != k.Kind {
			t.Errorf("the example of the kind %s is of the kind %s", k.Kind, c.Kind())
		}
		if k.Description == "" || len(k.Catalogues) == 0 {
			t.Errorf("the kind %s has no description, or no quantities", k.Kind)
		}
	}
}
