package advice

import (
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Templates gives for each strategy, in the spec's order, the index of the
// snippet that is its template, -1 for none.
//
// The names under which a snippet stands tell its strategy, the innermost
// first. Of several, one in a mapping or a list counts over one with a name of
// its own, a program over a function, and what can be run over what cannot.
func Templates(a *spec.Analysis, c *record.Contents) []int {
	r := reader{Analysis: a}
	out := make([]int, len(a.Strategies))
	for i, s := range a.Strategies {
		best := 0
		out[i] = -1
		for k := range c.Snippets {
			if rank := r.rank(&c.Snippets[k], s.ID); rank > best {
				best, out[i] = rank, k
			}
		}
	}
	return out
}

// shown are the words of names that a template has.
var shown = []spec.Pattern{{{"template*"}}, {{"example*"}}, {{"demo*"}}, {{"pattern*"}}, {{"snippet*"}}, {{"code"}}, {{"source"}}, {{"run"}}, {{"show"}}}

// rank is how likely a snippet is the template of a strategy, 0 where it is
// not.
func (r reader) rank(s *record.Snippet, strategy string) int {
	i, id := len(s.Names)-1, ""
	for ; i >= 0; i-- {
		if id = r.strategy(s.Names[i]); id != "" {
			break
		}
	}
	switch inside := collected(s.Steps); {
	case id != strategy:
		return 0
	case s.Kind == "source" && inside:
		return 10
	case inside && len(s.Needs) == 0:
		return 9
	case inside:
		return 8
	case s.Kind == "source":
		return 7
	case i < len(s.Names)-1: // a method of a class that is named so
		return 1
	case len(s.Needs) > 0 || strings.HasPrefix(s.Names[i], "_"):
		return 2
	case has(Words(strings.Join(s.Names, " ")), shown):
		return 6
	case s.Kind == "class":
		return 5
	}
	return 4
}

// collected says that the steps lead into a mapping or a sequence, and not on
// through a call.
func collected(steps []record.Step) bool {
	inside := slices.ContainsFunc(steps, func(s record.Step) bool { return s.Key != nil || s.Item != nil })
	return inside && !steps[len(steps)-1].Call
}
