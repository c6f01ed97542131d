package spec

import (
	"slices"
	"strings"
	"testing"
)

const needsSpec = `version: 1
title: A
summary: B
deliverable: a.py
tasks: 4
checks:
  - id: runs
    title: runs
    points: 1
    hint: Run it.
    bounds: {run.completed: {min: 1}}
  - id: phases
    title: phases
    points: 1
    hint: Do them.
    bounds: {threads.seen: {min: 1}}
  - id: times
    title: times
    points: 1
    hint: Print them.
    needs: [phases]
    bounds: {times.printed: {min: 1}}
`

func TestNeeds(t *testing.T) {
	c, err := Parse("a", "challenge.yaml", []byte(needsSpec))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string][]string{"runs": nil, "phases": {"runs"}, "times": {"runs", "phases"}} {
		var got []string
		for _, need := range c.Needed(c.Check(id)) {
			got = append(got, need.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s needs %v, want %v", id, got, want)
		}
	}
}

func TestNeedsErrors(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"needs: [phases]", "needs: [phase]", `challenge.yaml:21:13: needs: there is no check "phase"; did you mean "phases"?`},
		{"needs: [phases]", "needs: [times]", "challenge.yaml:21:13: needs: a check cannot wait for itself"},
		{"hint: Do them.", "hint: Do them.\n    needs: [times]", "challenge.yaml:16:13: needs: phases and times wait for each other"},
	} {
		_, err := Parse("a", "challenge.yaml", []byte(strings.Replace(needsSpec, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// TestDefaultNeeds wants a call's results to wait for the check of whether it
// returned, and no cycle where two checks could each wait for the other.
func TestDefaultNeeds(t *testing.T) {
	c := &Challenge{Calls: []Call{{ID: "a"}, {ID: "b"}}, Checks: []Check{
		{ID: "imports", Bounds: []Bound{{Quantity: "module.imported"}}},
		{ID: "results", Bounds: []Bound{{Quantity: "a.correct"}, {Quantity: "b.correct"}}},
		{ID: "first", Bounds: []Bound{{Quantity: "a.returned"}, {Quantity: "b.workers"}}},
		{ID: "second", Bounds: []Bound{{Quantity: "b.returned"}, {Quantity: "a.workers"}}},
	}}
	c.defaultNeeds()
	for id, want := range map[string][]string{"imports": nil, "results": {"first", "second", "imports"}, "first": {"second", "imports"}, "second": {"imports"}} {
		if got := c.Check(id).Needs; !slices.Equal(got, want) {
			t.Errorf("%s needs %v, want %v", id, got, want)
		}
	}
}
