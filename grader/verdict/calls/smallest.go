package calls

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// smallest shows the smallest call that went wrong, in Python that can be pasted;
// empty where none is known of which the inputs are few.
func (k *kind) smallest(c *spec.Call) string {
	if len(c.Edges) == 0 || !slices.ContainsFunc(answers(k.calls[c.ID]), func(m observedCall) bool { return wrong(m) != "" }) {
		return ""
	}
	var best *observedCall
	calls := returned(k.calls[c.ID], record.Edge)
	for i := range calls {
		m := &calls[i]
		if m.Odd == "" && wrong(*m) != "" && (best == nil || simpler(m.list, best.list)) {
			best = m
		}
	}
	if best == nil {
		return ""
	}
	return fmt.Sprintf("`%s` gives `%s`, and should give `%s`", python(c, *best), shown(best.Result, best.Type == "list" || best.Type == "tuple"),
		shown(expectations[c.Expect].want(*best), c.Sized().Sizes > 0))
}

// simpler reports whether a list is shorter, or its numbers are smaller.
func simpler(a, b []int64) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return slices.Compare(a, b) < 0
}

// python writes a call of plain values as Python has it.
func python(c *spec.Call, m observedCall) string {
	var given []string
	for _, a := range c.Arguments {
		switch {
		case a.Takes > 0:
			given = append(given, shown(m.list, a.Sizes > 0))
		case a.Value != nil:
			given = append(given, strconv.FormatFloat(*a.Value, 'f', -1, 64))
		default:
			given = append(given, a.Name)
		}
	}
	return fmt.Sprintf("%s(%s)", c.Function, strings.Join(given, ", "))
}

// shown writes numbers as Python does.
func shown(numbers []int64, list bool) string {
	var parts []string
	for _, n := range numbers {
		parts = append(parts, strconv.FormatInt(n, 10))
	}
	text := strings.Join(parts, ", ")
	if list {
		return "[" + text + "]"
	}
	return text
}
