package verdict

import (
	"fmt"
	"math"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// logged are the quantities of the object witness.
func (j *judge) logged(c *spec.Call) {
	back := of(j.calls[c.ID], record.Measured)
	figure := func(name string, f func(made) float64) {
		var rounds []stat.Interval
		for _, m := range back {
			if m.Seen != nil {
				rounds = append(rounds, stat.Exactly(f(m)))
			}
		}
		if len(rounds) == 0 {
			j.missing(c.ID+"."+name, "it never returned")
			return
		}
		j.set(c.ID+"."+name, stat.Middle(rounds))
	}
	for _, name := range []string{"lost", "users", "unlocked", "held"} {
		figure(name, func(m made) float64 { return m.Seen[name] })
	}
	figure("updates", func(m made) float64 { return m.Seen["updates"] / math.Max(1, updates(c, m)) })
}

// updates is how many updates a call asks for: of a counter, so many times in
// each thread; of accounts, two for each transfer.
func updates(c *spec.Call, m made) float64 {
	if c.Expect == spec.Balances {
		return float64(2 * c.Threads * c.Times)
	}
	return m.Values["times"] * math.Max(1, m.Values["workers"])
}

// miscounted says what is wrong with a count that was returned.
func miscounted(m made) string {
	switch {
	case m.Odd != "" || m.Results != 1 || m.Type != "int":
		return fmt.Sprintf("it should return the counter's value, and returned %s", article(m.Type))
	case float64(m.Result[0]) != m.Seen["value"]:
		return fmt.Sprintf("it returned %d, and the counter's value is %.0f", m.Result[0], m.Seen["value"])
	}
	return ""
}

// loggedWords tells what the objects of a call's first round saw.
func (j *judge) loggedWords(c *spec.Call) string {
	back := of(j.calls[c.ID], record.Measured)
	if len(back) == 0 {
		return ""
	}
	m := back[0]
	text := fmt.Sprintf("%.0f updates of %.0f, by %.0f %s; %.0f rested on a value that had been replaced meanwhile", m.Seen["updates"], updates(c, m),
		m.Seen["users"], plural("thread", int(m.Seen["users"])), m.Seen["lost"])
	if c.Expect == spec.Balances {
		text += fmt.Sprintf("; %.0f were made without the account's lock, and at most %.0f %s held at once", m.Seen["unlocked"], m.Seen["held"],
			map[bool]string{true: "lock was", false: "locks were"}[m.Seen["held"] == 1])
	}
	return text
}
