package calls

import (
	"fmt"
	"math"

	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/words"
)

// objectRows say what the objects that were passed in saw of a call.
var objectRows = []row{
	logRow("updates", func(m observedCall) float64 { return m.Seen["updates"] / math.Max(1, updates(m)) }),
	logRow("lost", seenBy("lost")), logRow("users", seenBy("users")), logRow("unlocked", seenBy("unlocked")), logRow("held", seenBy("held")),
}

func seenBy(name string) func(observedCall) float64 {
	return func(m observedCall) float64 { return m.Seen[name] }
}

func logRow(name string, f func(observedCall) float64) row {
	return row{name: name, absent: neverReturned, words: (*kind).logSeen, figure: func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
		return stat.Exactly(f(m)), m.Seen != nil
	}}
}

// updates is how many updates a call asks for: of a counter, so many times in
// each thread; of accounts, two for each transfer.
func updates(m observedCall) float64 {
	if m.of.Expect == spec.Balances {
		return float64(2 * m.of.Threads * m.of.Times)
	}
	return m.value(spec.RoleTimes) * math.Max(1, m.value(spec.RoleWorkers))
}

// miscounted says what is wrong with a count that was returned.
func miscounted(m observedCall) string {
	switch {
	case m.Odd != "" || m.Results != 1 || m.Type != "int":
		return fmt.Sprintf("it should return the counter's value, and returned %s", words.Article(m.Type))
	case float64(m.Result[0]) != m.Seen["value"]:
		return fmt.Sprintf("it returned %d, and the counter's value is %.0f", m.Result[0], m.Seen["value"])
	}
	return ""
}

// logSeen tells what the objects of a call's first round saw.
func (k *kind) logSeen(c *spec.Call) string {
	back := k.measured(c)
	if len(back) == 0 {
		return ""
	}
	m := back[0]
	text := fmt.Sprintf("%.0f of %.0f updates were made, by %.0f %s", m.Seen["updates"], updates(m), m.Seen["users"], words.Plural("thread", int(m.Seen["users"])))
	switch n := m.Seen["lost"]; n {
	case 0:
		text += "; none of them was lost"
	default:
		text += fmt.Sprintf("; %.0f of these undid another one, since they rested on a value that had been replaced meanwhile", n)
	}
	if c.Expect == spec.Balances {
		text += fmt.Sprintf("; %.0f were made without the account's lock, and at most %.0f %s held at once", m.Seen["unlocked"], m.Seen["held"],
			map[bool]string{true: "lock was", false: "locks were"}[m.Seen["held"] == 1])
	}
	return text
}
