package calls

import (
	"math"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

func TestPasses(t *testing.T) {
	r := func(item, begin, end int64) record.Request {
		return record.Request{Kind: "fetch", Item: item, Begin: begin * 1000, End: end * 1000}
	}
	items := []int64{7, 8, 9}
	right := []record.Request{r(7, 0, 400), r(8, 400, 900), r(9, 900, 1200), r(9, 1210, 1500), r(7, 1211, 1600), r(8, 1212, 1450)}
	m := observedCall{Call: &record.Call{Type: "list"}, list: items, asked: right}
	first, second, ok := passes(m)
	if !ok || math.Abs(first-1.2) > 1e-9 || math.Abs(second-0.39) > 1e-9 {
		t.Errorf("the passes took %v and %v, %v", first, second, ok)
	}
	for name, asked := range map[string][]record.Request{
		"none":            nil,
		"once":            right[:3],
		"one is missing":  right[:5],
		"three times":     append(append([]record.Request{}, right...), r(7, 2000, 2100)),
		"mixed up":        {right[0], right[0], right[1], right[2], right[4], right[5]},
		"of another item": append(append([]record.Request{}, right[:5]...), r(6, 1300, 1400)),
	} {
		if _, _, ok := passes(observedCall{Call: &record.Call{}, list: items, asked: asked}); ok {
			t.Errorf("%s: these are two passes", name)
		}
	}
	for _, c := range []struct {
		told []int64
		odd  string
		want string
	}{
		{[]int64{1210, 395}, "", ""},
		{[]int64{1300, 500}, "", ""},                        // a busy machine
		{[]int64{1, 0}, "", "the first pass took 1 ms"},     // seconds
		{[]int64{1210, 1210}, "", "the second pass took 1"}, // threads that did not help
		{[]int64{1210}, "", "two whole numbers"},
		{nil, "1.2", "two whole numbers"},
	} {
		m.Call = &record.Call{Type: "list", Odd: c.odd}
		m.Keep(c.told)
		if got := mistimed(m); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%v %s: %q, want %q", c.told, c.odd, got, c.want)
		}
	}
	for want, told := range map[string][]float64{"": {1210, 395}, "two whole numbers": {1210.4, 395.2}} {
		m.Call = &record.Call{Type: "list", Odd: "a float", Figures: told}
		if got := mistimed(m); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%v: %q, want %q", told, got, want)
		}
	}
}

func TestMiscounted(t *testing.T) {
	for _, c := range []struct {
		kind  string
		told  int64
		right bool
	}{{"int", 5, true}, {"int", 6, false}, {"bool", 1, false}, {"list", 5, false}} {
		m := observedCall{Call: &record.Call{Type: c.kind, Seen: map[string]float64{"value": 5}}}
		m.Keep([]int64{c.told})
		if got := miscounted(m); (got == "") != c.right {
			t.Errorf("%s %d: %q", c.kind, c.told, got)
		}
	}
}

// TestAnswer judges answers by a figure: what lies between two answers
// decides nothing.
func TestAnswer(t *testing.T) {
	low, high := 1.7, 2.0
	c := &spec.Challenge{Calls: []spec.Call{
		{ID: "hash", Function: "h"},
		{ID: "lets-go", Function: "f", Expect: spec.Answered, Arguments: []spec.Argument{{Name: "name"}}, Answers: []spec.Answer{
			{Spellings: []string{"True"}, When: []spec.Bound{{Quantity: "at_once", Min: &high, Message: "they took turns"}}},
			{Spellings: []string{"False"}, When: []spec.Bound{{Quantity: "hash.at_once", Max: &low}}},
		}},
	}}
	for _, one := range []struct {
		said   int64
		atOnce float64
		want   verdict.Truth
	}{{1, 3.5, verdict.True}, {0, 3.5, verdict.False}, {1, 1.1, verdict.False}, {0, 1.1, verdict.True}, {1, 1.85, verdict.Undecided}, {0, 1.85, verdict.Undecided}} {
		k := &kind{Judgement: verdict.New(c, &record.Record{Host: record.Host{Scheduler: true}})}
		k.Set("hash.at_once", stat.Exactly(one.atOnce))
		m := observedCall{Call: &record.Call{Ended: record.Returned, Type: "bool", Texts: map[string]string{"name": "hash"}}}
		m.Keep([]int64{one.said})
		k.calls = map[string][]observedCall{"lets-go": {m}}
		if got := k.answer(&c.Calls[1], m); got != one.want {
			t.Errorf("%d at %v is %s, want %s", one.said, one.atOnce, got, one.want)
		}
		k.answered(&c.Calls[1])
		if q := k.Figure("lets-go.correct"); q.Known != (one.want != verdict.Undecided) || q.Known && (q.Value == 1) != (one.want == verdict.True) {
			t.Errorf("%d at %v: correct is %+v", one.said, one.atOnce, q)
		}
		if text := k.notAnswered(&c.Calls[1]); (text != "") != (one.want == verdict.False) {
			t.Errorf("%d at %v: %q", one.said, one.atOnce, text)
		}
	}
	k := &kind{Judgement: verdict.New(c, &record.Record{})}
	if got := k.answer(&c.Calls[1], observedCall{Call: &record.Call{Type: "str", Text: "perhaps"}}); got != verdict.False {
		t.Errorf("an answer that is none is %s", got)
	}
}

// TestKnownAnswer judges answers by what the author knows, whatever was observed.
func TestKnownAnswer(t *testing.T) {
	c := &spec.Challenge{Calls: []spec.Call{
		{ID: "safe", Function: "f", Expect: spec.Answered, Arguments: []spec.Argument{{Name: "name"}}, Answers: []spec.Answer{
			{Spellings: []string{"yes"}, Cases: []string{"append"}},
			{Spellings: []string{"no"}, Cases: []string{"add one"}},
			{Spellings: []string{"perhaps"}},
		}},
	}}
	for _, one := range []struct {
		about, said string
		want        verdict.Truth
	}{{"append", "yes", verdict.True}, {"append", "No.", verdict.False}, {"append", "perhaps", verdict.False}, {"add one", "NO", verdict.True}, {"add one", "yes", verdict.False}} {
		k := &kind{Judgement: verdict.New(c, &record.Record{})}
		m := observedCall{Call: &record.Call{Ended: record.Returned, Type: "str", Text: one.said, Texts: map[string]string{"name": one.about}}}
		k.calls = map[string][]observedCall{"safe": {m}}
		if got := k.answer(&c.Calls[0], m); got != one.want {
			t.Errorf("%s for %s is %s, want %s", one.said, one.about, got, one.want)
		}
		k.answered(&c.Calls[0])
		if q := k.Figure("safe.correct"); !q.Known || (q.Value == 1) != (one.want == verdict.True) {
			t.Errorf("%s for %s: correct is %+v", one.said, one.about, q)
		}
		if text := k.notAnswered(&c.Calls[0]); (text != "") != (one.want == verdict.False) || text != "" && !strings.Contains(text, ", and the answer is ") {
			t.Errorf("%s for %s: %q", one.said, one.about, text)
		}
	}
}

// TestDeadlocked tells threads that stand still from those that compute.
func TestDeadlocked(t *testing.T) {
	run := func(used int64) *record.Run {
		return &record.Run{Tasks: []record.Task{{PID: 1, TID: 1, Born: 0, Died: 4e6, Points: []record.Point{{T: 0}, {T: 2e6, CPU: 1e5}, {T: 4e6, CPU: 1e5 + used}}}}}
	}
	two := []record.Place{{File: "a.py", Line: 3, Text: "with b:"}, {File: "a.py", Line: 3, Text: "with b:"}}
	for name, c := range map[string]struct {
		ended  record.CallEnd
		stands []record.Place
		used   int64
		want   bool
	}{
		"a deadlock":    {record.Hung, two, 1000, true},
		"computes":      {record.Hung, two, 19e5, false},
		"one thread":    {record.Hung, two[:1], 0, false},
		"it came back":  {record.Returned, two, 0, false},
		"nothing known": {record.Hung, nil, 0, false},
	} {
		m := observedCall{Call: &record.Call{Begin: 0, End: 4e6, Ended: c.ended, Stands: c.stands}, run: run(c.used)}
		if got := deadlocked(m); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := verdict.Standing(append(two, record.Place{File: "b.py", Line: 9})); got != "2 threads at a.py:3 (with b:), 1 thread at b.py:9" {
		t.Error(got)
	}
}
