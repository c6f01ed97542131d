package calls

import (
	"fmt"
	"slices"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/words"
	"github.com/gilcourse/gilcourse/grader/workload"
)

// expectation judges what a call returns, for one of spec's expectations.
type expectation struct {
	// want gives the numbers that must be returned, in order; source names what
	// makes them.
	want   func(observedCall) []int64
	source string
	// asWell gives other numbers that are as right, and what is wrong even where
	// they are returned, empty for nothing. It is nil where there are none.
	asWell func(observedCall) (numbers []int64, fault string)
	// wrong says what is wrong, empty for nothing, where no list of numbers is
	// wanted.
	wrong func(observedCall) string
	// turns is the work of the call in turns of the workload's loop, nil where it
	// is not counted in them; byCPU tells that one task after the other takes the
	// call's CPU time.
	turns func(observedCall) float64
	byCPU bool
	// raised is the type of the exception that a failing task raises, empty for
	// ValueError.
	raised string
}

func right(observedCall) string { return "" }

// expectations are all that a call can be expected to return. Answers, and
// whether processes pay off, are judged by other figures: see answers.go and
// breakeven.go.
var expectations map[spec.Expectation]expectation

func init() {
	expectations = map[spec.Expectation]expectation{
		spec.Tasks:      {want: computed, source: "`task`", turns: loopTurns},
		spec.Primes:     {want: each(workload.Primes), source: "counting primes", byCPU: true},
		spec.Factorials: {want: each(workload.FactorialBits), source: "`bit_length`", byCPU: true},
		spec.Fetched:    {want: fetched, source: "`fetch`", raised: "ConnectionError"},
		spec.Got:        {want: got, source: "`get`"},
		spec.Stored:     {want: stored, source: "`store`", asWell: processed, turns: func(m observedCall) float64 { return float64(m.Iterations) * float64(len(m.list)) }},
		spec.Balances:   {want: func(m observedCall) []int64 { return workload.Balances(m.of.Threads, m.of.Times) }},
		spec.Counted:    {wrong: miscounted},
		spec.Spans:      {wrong: mistimed},
		spec.Figures:    {wrong: figuresWrong, turns: loopTurns},
		spec.Reference:  {wrong: unlike},
		spec.Worth:      {wrong: right},
		spec.Answered:   {wrong: right},
		spec.Anything:   {wrong: right},
	}
}

// loopTurns sums up the sizes, where the call's tasks are the workload's.
func loopTurns(m observedCall) float64 {
	if m.of.Computes() == "" {
		return 0
	}
	sum := 0.0
	for _, size := range m.list {
		sum += float64(size)
	}
	return sum
}

// mostTurns is more than all tasks of a call ever take: minutes of Python.
const mostTurns = 1e9

// computed is what the callable of the workload gives for each size.
func computed(m observedCall) []int64 {
	if float64(m.Count)*m.Mean > mostTurns {
		return nil // no call of ours: the record was edited
	}
	switch computes := m.of.Computes(); {
	case computes == "scan":
		return each(workload.Scan)(m)
	case slices.Contains(spec.Steps, computes):
		return each(func(size int64) int64 { return size })(m)
	}
	return each(m.formula.Task)(m)
}

// each computes a result for each number of the list.
func each(result func(int64) int64) func(observedCall) []int64 {
	return func(m observedCall) []int64 {
		want := make([]int64, len(m.list))
		for i, n := range m.list {
			want[i] = result(n)
		}
		return want
	}
}

func fetched(m observedCall) []int64 {
	want := make([]int64, m.count())
	for i := range want {
		want[i] = inputs(m).Fetched(int64(i), m.Iterations, false)
	}
	return want
}

func got(m observedCall) []int64 {
	return each(func(item int64) int64 { return inputs(m).Fetched(item, m.Iterations, false) })(m)
}

func stored(m observedCall) []int64 {
	return each(func(item int64) int64 {
		return inputs(m).Stored(m.formula.Process(inputs(m).Fetched(item, m.Iterations, false)))
	})(m)
}

// processed is what was handed to `store`, and a fault where some of it was not.
func processed(m observedCall) (values []int64, fault string) {
	values = each(func(item int64) int64 {
		return m.formula.Process(inputs(m).Fetched(item, m.Iterations, false))
	})(m)
	n := 0
	for _, value := range values {
		if slices.ContainsFunc(m.asked, func(r record.Request) bool { return r.Kind == "store" && r.Item == value }) {
			n++
		}
	}
	if n < len(values) {
		fault = fmt.Sprintf("it returned what `process` gives, but only %d of %d results were stored", n, len(values))
	}
	return values, fault
}

func inputs(m observedCall) workload.Call { return workload.Call{Seed: m.Seed} }

// wrong says what is wrong with what a call returned, empty for nothing.
func wrong(m observedCall) string {
	e := expectations[m.of.Expect]
	if e.want == nil {
		return e.wrong(m)
	}
	text := differs(m, e.want(m))
	if text == "" || e.asWell == nil {
		return text
	}
	numbers, fault := e.asWell(m)
	switch other := differs(m, numbers); other {
	case "":
		return fault
	case disordered:
		return other
	}
	return text
}

const disordered = "the results are right but in another order than the inputs"

// differs says how what a call returned differs from these numbers, empty for
// not at all.
func differs(m observedCall, numbers []int64) string {
	e := expectations[m.of.Expect]
	var want record.Call
	want.Keep(numbers)
	single := m.of.Expect == spec.Primes && m.of.Sized().Sizes == 0
	switch {
	case single && m.Type != "int":
		return fmt.Sprintf("it returned %s, not a number", words.Article(m.Type))
	case !single && m.Type != "list" && m.Type != "tuple":
		return fmt.Sprintf("it returned %s, not a list", words.Article(m.Type))
	case m.Odd != "":
		return fmt.Sprintf("its list holds %s, which is no result of %s", m.Odd, e.source)
	case m.Results != want.Results:
		return fmt.Sprintf("it returned %d results for %d inputs", m.Results, want.Results)
	case slices.Equal(m.Result, want.Result) && m.Digest == want.Digest:
		return ""
	case m.Sorted != "" && m.Sorted == want.Sorted,
		m.Sorted == "" && slices.Equal(slices.Sorted(slices.Values(m.Result)), slices.Sorted(slices.Values(want.Result))):
		return disordered
	}
	return firstWrong(m, want)
}

// firstWrong says which of the numbers is the first wrong one.
func firstWrong(m observedCall, want record.Call) string {
	for i := range min(len(m.Result), len(want.Result)) {
		switch {
		case m.Result[i] == want.Result[i]:
		case m.of.Expect == spec.Balances:
			return fmt.Sprintf("account %d of %d holds %d after all transfers, and should hold %d", i+1, want.Results, m.Result[i], want.Result[i])
		case m.of.Expect == spec.Primes:
			return fmt.Sprintf("there are %d primes below %d, and it says %d", want.Result[i], m.list[i], m.Result[i])
		default:
			return fmt.Sprintf("result %d of %d is %d, and should be %d", i+1, want.Results, m.Result[i], want.Result[i])
		}
	}
	return fmt.Sprintf("a result after the first %d of %d is wrong", record.Kept, want.Results)
}
