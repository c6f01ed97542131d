package calls

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/words"
)

// resultRows say what became of a call and of its results.
var resultRows = []row{
	{name: "returned", all: (*kind).returned, words: silent},
	{name: "correct", all: (*kind).correct, words: silent, seen: (*kind).callsSeen},
	{name: "cases", all: (*kind).cases, words: (*kind).casesSeen},
	{name: "raises", all: (*kind).raises, words: silent},
}

// returned reports whether every measured call came back.
func (k *kind) returned(c *spec.Call, name string) {
	measured := slices.ContainsFunc(k.calls[c.ID], func(m observedCall) bool { return m.Aim == record.Measured })
	if !measured {
		k.Missing(name, "it was not called: the program had ended before")
		return
	}
	k.SetTruth(name, !slices.ContainsFunc(k.calls[c.ID], func(m observedCall) bool {
		return m.Aim == record.Measured && m.Ended != record.Returned
	}))
}

// correct reports whether all results are right, as far as the calls returned.
func (k *kind) correct(c *spec.Call, name string) {
	back := k.measured(c)
	switch {
	case c.Expect == spec.Answered: // once all figures are known
	case len(back) == 0:
		k.Missing(name, neverReturned)
	case c.Expect == spec.Worth:
		k.worthRight(name, back)
	case c.Expect == spec.Reference && !slices.ContainsFunc(back, func(m observedCall) bool { return m.peer != nil }):
		k.Unknown(name, "the reference was not run beside it", "")
	default:
		k.SetTruth(name, !slices.ContainsFunc(answers(k.calls[c.ID]), func(m observedCall) bool { return wrong(m) != "" }))
	}
}

// callsSeen counts the calls of the learner's functions whose results are right,
// or the cases that were clear.
func (k *kind) callsSeen(c *spec.Call) string {
	if c.Expect == spec.Worth {
		return k.casesSeen(c)
	}
	n := 0
	for i := range k.Spec.Calls {
		if c := &k.Spec.Calls[i]; c.Function != "" {
			n += len(answers(k.calls[c.ID]))
		}
	}
	return fmt.Sprintf("%s, each with other inputs", words.Count(n, "call"))
}

// raises reports whether the exception of a task reached the caller.
func (k *kind) raises(c *spec.Call, name string) {
	if !c.Raises {
		k.Unknown(name, c.ID+" is not called so that a task raises", "")
		return
	}
	raised, hung := false, false
	for _, m := range k.calls[c.ID] {
		if m.Aim == record.Raises {
			raised, hung = reached(m), m.Ended == record.Hung
		}
	}
	if k.SetTruth(name, raised); hung && poolsMayHang(k.Record.Python.Version) {
		k.Unknown(name, "it had not come back, which pools of this version of Python do by themselves at times when a task raises", "")
	}
}

// notRight says what is wrong with the results.
func (k *kind) notRight(call *spec.Call, b spec.Bound) string {
	text := ""
	switch call.Expect {
	case spec.Answered:
		text = k.notAnswered(call)
	case spec.Worth:
		text = k.notWorth(call)
	default:
		if text = k.smallest(call); text != "" {
			break
		}
		for _, m := range answers(k.calls[call.ID]) {
			if what := wrong(m); what != "" {
				again := map[record.Aim]string{record.Again: ", when it is called again with other inputs"}[m.Aim]
				text = fmt.Sprintf("`%s` gives wrong results%s: %s%s", call.Function, again, what, m.askedAgain())
				break
			}
		}
	}
	return cmp.Or(text, b.Message)
}

// askedAgain tells that the server was asked for the same thing again and again,
// and for others never; empty where it was not.
func (m observedCall) askedAgain() string {
	times := map[int64]int{}
	most := 0
	for _, r := range m.asked {
		if r.Kind == "fetch" {
			times[r.Item]++
			most = max(most, times[r.Item])
		}
	}
	if m.of.Expect != spec.Got || most < 2 || len(times) >= len(m.list) {
		return ""
	}
	return fmt.Sprintf("; the server was asked for one URL %d times, and never for %d of the %d", most, len(m.list)-len(times), len(m.list))
}

// outOfOrder reports whether the results of a call are right but in another order
// than the inputs.
func (k *kind) outOfOrder(call *spec.Call) bool {
	for _, m := range answers(k.calls[call.ID]) {
		if what := wrong(m); what != "" {
			return what == disordered
		}
	}
	return false
}

// poolsMayHang says of a version of Python that its ProcessPoolExecutor and
// Pool can wait for ever when they are shut down while tasks are pending: seen
// up to 3.10, once in some dozen calls.
func poolsMayHang(version string) bool {
	var major, minor int
	fmt.Sscanf(version, "%d.%d", &major, &minor)
	return major == 3 && minor <= 10
}

// reached says whether the exception of the task that raised is what the call
// ended with.
func reached(m observedCall) bool {
	kind := cmp.Or(expectations[m.of.Expect].raised, "ValueError")
	return m.Ended == record.Raised && slices.ContainsFunc(m.Thrown, func(e record.Exception) bool { return e.Type == kind })
}
