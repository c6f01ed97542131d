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
	r := reader{a}
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
	i := len(s.Names) - 1
	id := ""
	for ; i >= 0; i-- {
		if id = r.strategy(s.Names[i]); id != "" {
			break
		}
	}
	name := s.Names[len(s.Names)-1]
	switch collected := len(s.Steps) > 1 && s.Steps[len(s.Steps)-1][0] != "call" && slices.ContainsFunc(s.Steps, func(step []any) bool { return step[0] == "key" || step[0] == "item" }); {
	case id != strategy:
		return 0
	case s.Kind == "source" && collected:
		return 10
	case collected && len(s.Needs) == 0:
		return 9
	case collected:
		return 8
	case s.Kind == "source":
		return 7
	case i < len(s.Names)-1: // a method of a class that is named so
		return 1
	case len(s.Needs) > 0 || strings.HasPrefix(name, "_"):
		return 2
	case has(Words(strings.Join(s.Names, " ")), shown):
		return 6
	case s.Kind == "class":
		return 5
	}
	return 4
}
