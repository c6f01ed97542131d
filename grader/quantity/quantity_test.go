package quantity

import (
	"strings"
	"testing"
)

// TestCatalogue wants of each entry what a reader of the schema needs.
func TestCatalogue(t *testing.T) {
	for kind, list := range map[string][]Quantity{"script": Script, "module": Module, "call": Call, "analyzer": Analyzer, "template": Template} {
		seen := map[string]bool{}
		for _, q := range list {
			if seen[q.Name] {
				t.Errorf("%s: %s stands twice", kind, q.Name)
			}
			seen[q.Name] = true
			if q.Description == "" || q.Witness == "" || q.Scale == "" {
				t.Errorf("%s: %+v lacks a description, a witness or a scale", kind, q)
			}
			if share := strings.HasPrefix(q.Description, "the share of") && q.Unit != "of a core"; share != (q.Scale == Share) {
				t.Errorf("%s: %s is a share, from 0 to 1: %v, and its scale is %s", kind, q.Name, share, q.Scale)
			}
			if strings.HasPrefix(q.Description, "1 where") && q.Scale != Truth && q.Scale != Ratio {
				t.Errorf("%s: %s is 1 or 0, and its scale is %s", kind, q.Name, q.Scale)
			}
			if q.Witness == Scheduler && !q.Needs.Has(NeedsScheduler) {
				t.Errorf("%s: the scheduler is the witness of %s, which does not need it", kind, q.Name)
			}
		}
	}
}

func TestOf(t *testing.T) {
	got := Of("run", []Quantity{{Name: "wall"}})
	if len(got) != 1 || got[0].Name != "run.wall" {
		t.Errorf("%+v", got)
	}
}

// TestMomentary wants of each quantity that is the most at some moment that it says
// so.
func TestMomentary(t *testing.T) {
	for _, list := range [][]Quantity{Script, Module, Call, Analyzer, Template} {
		for _, q := range list {
			if most := strings.HasPrefix(q.Description, "the most "); most != q.Needs.Has(Momentary) || most && q.Robust() {
				t.Errorf("%s is the most at one moment: %v, and its needs are %b", q.Name, most, q.Needs)
			}
		}
	}
}
