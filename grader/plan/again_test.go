package plan

import (
	"slices"
	"testing"

	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

func TestAgain(t *testing.T) {
	rule := stat.Rounds{Min: 1, Max: 4}
	for name, c := range map[string]struct {
		rounds               int
		open, failed, before string
		want                 string
	}{
		"all passed":                {rounds: 1},
		"a first fail":              {rounds: 1, open: "a", failed: "a", want: "a"},
		"sure, and something open":  {rounds: 1, open: "b", failed: "a", want: "b"},
		"failed twice":              {rounds: 2, open: "a", failed: "a", before: "a"},
		"failed twice, another not": {rounds: 2, open: "ab", failed: "a", before: "a"},
		"failed for the first time": {rounds: 2, open: "a", failed: "a", want: "a"},
		"another one failed":        {rounds: 2, open: "b", failed: "b", before: "a", want: "b"},
		"unclear":                   {rounds: 3, open: "ab", before: "a", want: "ab"},
		"the last round":            {rounds: 4, open: "ab"},
	} {
		got := Again(rule, c.rounds, ids(c.open), ids(c.failed), ids(c.before))
		if !slices.Equal(got, ids(c.want)) {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
	}
}

// ids gives a check for each letter.
func ids(letters string) (all []string) {
	for _, r := range letters {
		all = append(all, string(r))
	}
	return all
}

func TestNeeded(t *testing.T) {
	c := &spec.Challenge{
		Calls: []spec.Call{{ID: "loop"}, {ID: "threads", Function: "f"}, {ID: "batched", Function: "g"}, {ID: "one", Function: "g"},
			{ID: "asked", Function: "h", Expect: spec.Answered}, {ID: "compared", Expect: spec.Anything}},
		Checks: []spec.Check{
			{ID: "a", Bounds: []spec.Bound{{Quantity: "batched.cost", Of: "one.cost"}}},
			{ID: "b", Bounds: []spec.Bound{{Quantity: "asked.correct"}}},
			{ID: "c", Bounds: []spec.Bound{{Quantity: "calls.growth"}}},
		},
	}
	for check, want := range map[string]string{"a": "loop batched one ", "b": "loop threads batched one asked compared ", "c": "loop threads batched one asked compared "} {
		got := ""
		for i := range c.Calls {
			if Needed(c, []string{check})(&c.Calls[i]) {
				got += c.Calls[i].ID + " "
			}
		}
		if got != want {
			t.Errorf("%s rests on %s, want %s", check, got, want)
		}
	}
}
