package verdict

import (
	"fmt"
	"slices"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/workload"
)

// outcomes are the quantities of the result witness.
func (j *judge) outcomes(c *spec.Call) {
	all := j.calls[c.ID]
	measured := slices.DeleteFunc(slices.Clone(all), func(m made) bool { return m.Aim != record.Measured })
	back := of(all, record.Measured)
	if len(measured) == 0 {
		j.missing(c.ID+".returned", "it was not called: the program had ended before")
	} else {
		j.setTruth(c.ID+".returned", len(back) == len(measured))
	}
	switch clear := 0; {
	case c.Expect == spec.Answered: // once all quantities are known
	case c.Expect == spec.Worth:
		right := true
		for _, m := range back {
			if want, known := j.worth(m); known {
				if m.run == back[0].run {
					clear++
				}
				right = right && len(m.Result) == 1 && (m.Result[0] != 0) == want
			}
		}
		j.set(c.ID+".cases", stat.Exactly(float64(clear)))
		switch {
		case clear > 0:
			j.setTruth(c.ID+".correct", right)
		case len(back) == 0:
			j.missing(c.ID+".correct", "it never returned")
		default:
			j.unknown(c.ID+".correct", "no case is clear on this machine as it was")
		}
	case len(back) == 0:
		j.missing(c.ID+".correct", "it never returned")
	case c.Expect == spec.Reference && !slices.ContainsFunc(back, func(m made) bool { return m.peer != nil }):
		j.unknown(c.ID+".correct", "the reference was not run beside it")
	default:
		j.setTruth(c.ID+".correct", !slices.ContainsFunc(answers(all), func(m made) bool { return wrong(c, m) != "" }))
	}
	if c.Raises {
		raised, hung := false, false
		for _, m := range all {
			if m.Aim == record.Raises {
				raised, hung = reached(c, m), m.Ended == record.Hung
			}
		}
		if j.setTruth(c.ID+".raises", raised); hung && poolsMayHang(j.rec.Python.Version) {
			j.unknown(c.ID+".raises", "it had not come back, which pools of this version of Python do by themselves at times when a task raises")
		}
	}
}

// poolsMayHang says of a version of Python that its ProcessPoolExecutor and
// Pool can wait for ever when they are shut down while tasks are pending: seen
// up to 3.10, once in some dozen calls.
func poolsMayHang(version string) bool {
	var major, minor int
	fmt.Sscanf(version, "%d.%d", &major, &minor)
	return major == 3 && minor <= 10
}

// mostTurns is more than all tasks of a call ever take: minutes of Python.
const mostTurns = 1e9

// expected gives what a call must return.
func expected(c *spec.Call, m made) []int64 {
	inputs := workload.Call{Seed: m.Seed}
	var want []int64
	switch c.Expect {
	case spec.Tasks:
		result := workload.Task
		if computes := c.Computes(); computes == "scan" {
			result = workload.Scan
		} else if slices.Contains(spec.Steps, computes) {
			result = func(size int64) int64 { return size }
		}
		if float64(m.Count)*m.Mean > mostTurns {
			return nil // no call of ours: the record was edited
		}
		for _, s := range m.list {
			want = append(want, result(s))
		}
	case spec.Primes:
		for _, s := range m.list {
			want = append(want, workload.Primes(s))
		}
	case spec.Factorials:
		for _, s := range m.list {
			want = append(want, workload.FactorialBits(s))
		}
	case spec.Got:
		for _, item := range m.list {
			want = append(want, inputs.Fetched(item, m.Turns, false))
		}
	case spec.Balances:
		want = workload.Balances(c.Threads, c.Times)
	case spec.Fetched:
		for i := range int64(m.Values["count"]) {
			want = append(want, inputs.Fetched(i, m.Turns, false))
		}
	case spec.Stored:
		for _, item := range m.list {
			want = append(want, inputs.Stored(workload.Process(inputs.Fetched(item, m.Turns, false))))
		}
	}
	return want
}

// wrong says what is wrong with what a call returned, empty for nothing.
func wrong(c *spec.Call, m made) string {
	switch c.Expect {
	case spec.Anything:
		return ""
	case spec.Counted:
		return miscounted(m)
	case spec.Spans:
		return mistimed(m)
	case spec.Figures:
		return figuresWrong(c, m)
	case spec.Reference:
		if m.peer == nil {
			return "" // nobody knows
		}
		return unlike(m)
	}
	var want record.Call
	want.Keep(expected(c, m))
	single := c.Expect == spec.Primes && c.Sized().Sizes == 0
	switch {
	case single && m.Type != "int":
		return fmt.Sprintf("it returned %s, not a number", article(m.Type))
	case !single && m.Type != "list" && m.Type != "tuple":
		return fmt.Sprintf("it returned %s, not a list", article(m.Type))
	case m.Odd != "":
		return fmt.Sprintf("its list holds %s, which is no result of %s", m.Odd, source(c))
	case m.Results != want.Results:
		return fmt.Sprintf("it returned %d results for %d inputs", m.Results, want.Results)
	case slices.Equal(m.Result, want.Result) && m.Digest == want.Digest:
		return ""
	case m.Sorted != "" && m.Sorted == want.Sorted,
		m.Sorted == "" && slices.Equal(slices.Sorted(slices.Values(m.Result)), slices.Sorted(slices.Values(want.Result))):
		return "the results are right but in another order than the inputs"
	}
	for i := range min(len(m.Result), len(want.Result)) {
		switch {
		case m.Result[i] == want.Result[i]:
		case c.Expect == spec.Balances:
			return fmt.Sprintf("account %d of %d holds %d after all transfers, and should hold %d", i+1, want.Results, m.Result[i], want.Result[i])
		case c.Expect == spec.Primes:
			return fmt.Sprintf("there are %d primes below %d, and it says %d", want.Result[i], m.list[i], m.Result[i])
		default:
			return fmt.Sprintf("result %d of %d is %d, and should be %d", i+1, want.Results, m.Result[i], want.Result[i])
		}
	}
	return fmt.Sprintf("a result after the first %d of %d is wrong", record.Kept, want.Results)
}

// source names what makes a call's results.
func source(c *spec.Call) string {
	return map[spec.Expectation]string{spec.Tasks: "`task`", spec.Primes: "counting primes", spec.Fetched: "`fetch`", spec.Stored: "`store`",
		spec.Got: "`get`", spec.Factorials: "`bit_length`"}[c.Expect]
}

func article(noun string) string {
	switch {
	case noun == "NoneType":
		return "None"
	case noun != "" && slices.Contains([]byte("aeiou"), noun[0]):
		return "an " + noun
	}
	return "a " + noun
}

// reached says whether the exception of the task that raised is what the call
// ended with.
func reached(c *spec.Call, m made) bool {
	if m.Ended != record.Raised {
		return false
	}
	kind := "ValueError"
	if c.Expect == spec.Fetched {
		kind = "ConnectionError"
	}
	return slices.ContainsFunc(m.Thrown, func(e record.Exception) bool { return e.Type == kind })
}
