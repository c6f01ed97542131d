package calls

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/workload"
)

func TestInFlight(t *testing.T) {
	r := func(begin, end int64) record.Request { return record.Request{Begin: begin, End: end, Left: end + 500} }
	for _, c := range []struct {
		asked []record.Request
		want  int
	}{
		{nil, 0},
		{[]record.Request{r(0, 10), r(10, 20), r(20, 30)}, 1}, // one ends as the next begins
		{[]record.Request{r(0, 10), r(5, 20), r(9, 30)}, 3},
		{[]record.Request{r(0, 100), r(10, 20), r(30, 40)}, 2},
	} {
		if got := inFlight(c.asked); got != c.want {
			t.Errorf("%d in flight of %v, want %d", got, c.asked, c.want)
		}
	}
}

func TestLags(t *testing.T) {
	var asked []record.Request
	for i := range int64(48) {
		asked = append(asked, record.Request{Begin: i, End: 1000, Left: 1000 + 100*i})
	}
	m := observedCall{asked: asked, run: &record.Run{}}
	v, ok := lags(m)
	if !ok || math.Abs(v.Value-0.00235) > 1e-6 || v.Lo > v.Value || v.Hi < v.Value || v.Hi > 0.0035 {
		t.Errorf("the lag is %+v", v)
	}
	// A halt while a pool starts or ends holds a few answers up, and does not count.
	for i := range asked[:12] {
		asked[i].Left += 300_000
	}
	if v, _ := lags(m); v.Value > 0.01 {
		t.Errorf("with a halt at the start the lag is %+v", v)
	}
	if _, ok := lags(observedCall{asked: []record.Request{{Begin: 1, End: 2}}, run: &record.Run{}}); ok {
		t.Error("a connection that was never let go has a lag")
	}
	// What the client waited for a core is no standing still: 70 of 100 ms here.
	m.asked = []record.Request{{From: "7.8.9", Begin: 1, End: 1000, Left: 101_000}}
	m.run.Tasks = []record.Task{{PID: 7, TID: 8, Born: 0, Died: 200_000, Points: []record.Point{{T: 0}, {T: 1000, Wait: 50}, {T: 101_000, Wait: 70_050}, {T: 200_000, Wait: 90_000}}}}
	if v, ok := lags(m); !ok || math.Abs(v.Value-0.03) > 1e-6 {
		t.Errorf("beside a wait for a core the lag is %+v", v)
	}
}

func TestOverlapping(t *testing.T) {
	p := &phase.Phase{Bursts: []phase.Burst{{Start: 100, End: 200}, {Start: 300, End: 400}}}
	for want, asked := range map[float64][]record.Request{
		0:    {{Begin: 0, End: 100}, {Begin: 200, End: 300}, {Begin: 400, End: 500}},
		1:    {{Begin: 0, End: 500}},
		0.5:  {{Begin: 100, End: 200}, {Begin: 120, End: 180}},
		0.25: {{Begin: 150, End: 260}},
	} {
		if got := overlapping(p, asked); math.Abs(got-want) > 1e-9 {
			t.Errorf("overlap %v of %v, want %v", got, asked, want)
		}
	}
}

func TestWrongResults(t *testing.T) {
	seed := workload.Call{Seed: 11}
	tasks := &spec.Call{ID: "x", Expect: spec.Tasks}
	for _, n := range []int{5, 500} {
		sizes := seed.Sizes(n, 100, false)
		var right []int64
		for _, s := range sizes {
			right = append(right, workload.Formula{}.Task(s))
		}
		reversed := make([]int64, n)
		for i, v := range right {
			reversed[n-1-i] = v
		}
		late := append([]int64(nil), right...)
		late[n-1]++
		for name, c := range map[string]struct {
			kind   string
			result []int64
			odd    string
			want   string
		}{
			"right":     {"list", right, "", ""},
			"a tuple":   {"tuple", right, "", ""},
			"None":      {"NoneType", nil, "None", "it returned None"},
			"generator": {"generator", nil, "<g>", "it returned a generator"},
			"holes":     {"list", nil, "None", "holds None"},
			"too short": {"list", right[1:], "", "results for"},
			"reversed":  {"list", reversed, "", "another order"},
			"last one":  {"list", late, "", map[int]string{5: "result 5 of 5", 500: "after the first 100"}[n]},
		} {
			call := record.Call{ID: "x", Seed: 11, Count: n, Mean: 100, Type: c.kind, Odd: c.odd}
			call.Keep(c.result)
			got := wrong(observedCall{Call: &call, of: tasks, list: sizes})
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("%s of %d: %q, want %q", name, n, got, c.want)
			}
		}
	}
}

// TestStoredOrReceipts takes what was stored for as right as what the stores
// returned, but only where it was stored.
func TestStoredOrReceipts(t *testing.T) {
	seed := workload.Call{Seed: 7}
	items := seed.Items(4)
	var values, receipts, backwards []int64
	var asked []record.Request
	for _, item := range items {
		value := workload.Formula{}.Process(seed.Fetched(item, 50, false))
		values, receipts = append(values, value), append(receipts, seed.Stored(value))
		asked = append(asked, record.Request{Kind: "fetch", Item: item}, record.Request{Kind: "store", Item: value})
	}
	for _, v := range values {
		backwards = append([]int64{v}, backwards...)
	}
	mixed := append(append([]int64{}, values[:2]...), receipts[2:]...)
	for name, c := range map[string]struct {
		told  []int64
		asked []record.Request
		want  string
	}{
		"receipts":                {receipts, asked, ""},
		"what was stored":         {values, asked, ""},
		"but one was not":         {values, asked[:7], "only 3 of 4 results were stored"},
		"nothing was stored":      {values, nil, "only 0 of 4 results were stored"},
		"nothing at all":          {nil, nil, "0 results for 4 inputs"},
		"what was stored, turned": {backwards, asked, "another order"},
		"some of each":            {mixed, asked, "result 1 of 4"},
	} {
		call := record.Call{Seed: 7, Count: 4, Iterations: 50, Type: "list"}
		call.Keep(c.told)
		got := wrong(observedCall{Call: &call, of: &spec.Call{Expect: spec.Stored}, list: items, asked: c.asked})
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestExtensions(t *testing.T) {
	builds := []record.Build{
		{OK: true, Made: []string{"primes.so", "libprimes.so"}},
		{OK: true, Made: []string{"native/_primes.cpython-311-x86_64-linux-gnu.so"}},
		{OK: false, Made: []string{"_more.cpython-311-x86_64-linux-gnu.so"}},
	}
	if n := extensions(builds); n != 1 {
		t.Errorf("%d extension modules, want 1", n)
	}
}

func TestLargest(t *testing.T) {
	run := record.Run{Tasks: []record.Task{{PID: 8, TID: 8, PeakKB: 100 << 10}, {PID: 9, TID: 9, Parent: 8, PeakKB: 20 << 10}, {PID: 10, TID: 10, Parent: 8}}}
	if got := largest(&run); got != 20 {
		t.Errorf("the largest child held %v MiB, want 20", got)
	}
	run.Tasks[1].PeakKB = 0
	if got := largest(&run); got != 100 {
		t.Errorf("without a look at any child %v MiB, want the program's own 100", got)
	}
}

func TestWaited(t *testing.T) {
	run := &record.Run{}
	c := &spec.Challenge{Calls: []spec.Call{{ID: "io", Arguments: []spec.Argument{{Name: "seconds"}}}}}
	call := func(seconds, took float64) observedCall {
		return observedCall{of: &c.Calls[0], Call: &record.Call{Ended: record.Returned, Values: map[string]float64{"seconds": seconds}, End: int64(took * 1e6)}, run: run}
	}
	for _, test := range []struct {
		calls []observedCall
		want  float64
	}{
		{[]observedCall{call(0.1, 0.1), call(0.4, 0.4)}, 1},
		{[]observedCall{call(0.1, 0.3), call(0.4, 0.3)}, 3}, // always the same wait
		{[]observedCall{call(0.1, 0.1), call(0.4, 0.1)}, 0.25},
	} {
		k := &kind{Judgement: verdict.New(c, &record.Record{}), calls: map[string][]observedCall{"io": test.calls}}
		if k.waited(&c.Calls[0], "io.waited"); math.Abs(k.Figure("io.waited").Value-test.want) > 1e-9 {
			t.Errorf("waited %v times, want %v", k.Figure("io.waited").Value, test.want)
		}
	}
}

// TestWorthByAnyStartMethod takes no case for clear that hangs on how the
// processes are started.
func TestWorthByAnyStartMethod(t *testing.T) {
	startup := spec.Call{ID: "startup", Expect: spec.Tasks, Function: "run", Startup: true,
		Arguments: []spec.Argument{{Name: "sizes", Sizes: 4, Takes: spec.Duration(10 * time.Microsecond)}}}
	worth := spec.Call{ID: "worth", Expect: spec.Worth, Function: "worth_it",
		Arguments: []spec.Argument{{Name: "task_seconds"}, {Name: "count"}, {Name: "workers"}}}
	c := &spec.Challenge{Calls: []spec.Call{startup, worth}}
	starts := func(ms int64) map[string][]observedCall {
		call := &record.Call{ID: "startup", Ended: record.Returned, End: ms * 1000, Count: 4}
		run := &record.Run{Tasks: []record.Task{{PID: 1, TID: 1, Died: call.End}}}
		for pid := 2; pid < 6; pid++ { // each is busy with its start
			child := record.Task{ID: pid - 1, PID: pid, TID: pid, Parent: 1, Died: call.End}
			for at := int64(0); at <= call.End; at += 2000 {
				child.Points = append(child.Points, record.Point{T: at, CPU: at / 2, Wait: at / 2})
			}
			run.Tasks = append(run.Tasks, child)
		}
		return map[string][]observedCall{"startup": {{of: &c.Calls[0], run: run, Call: call, window: phase.Within(run, 0, call.End)}}}
	}
	rec := &record.Record{}
	rec.Host.CPUs, rec.Host.Affinity = 4, 4
	for _, test := range []struct {
		seconds, count float64
		want, clear    bool
	}{
		{0.000001, 10, false, true}, // not worth it, whatever starts them
		{0.5, 40, true, true},       // worth it with both
		{0.01, 20, false, false},    // 0.2 s: more than a fork, less than a spawn
	} {
		// The learner's are spawned, the reference's forked.
		k := &kind{Judgement: verdict.New(c, rec), calls: starts(600), peers: starts(40)}
		m := observedCall{of: &c.Calls[1], Call: &record.Call{Values: map[string]float64{"task_seconds": test.seconds, "count": test.count, "workers": 4}}}
		if want, clear := k.worth(m); want != test.want || clear != test.clear {
			t.Errorf("%v tasks of %v s: %v, clear %v, want %v, %v", test.count, test.seconds, want, clear, test.want, test.clear)
		}
	}
}

func TestFiguresWrong(t *testing.T) {
	times := &spec.Call{ID: "x", Expect: spec.Figures, Figures: []string{"wall", "cpu"}}
	for want, call := range map[string]record.Call{
		"":                           {Type: "tuple", Figures: []float64{0.5, 0.25}},
		"returned None":              {Type: "NoneType", Odd: "None"},
		"returned 1 figure, where 2": {Type: "float", Odd: "0.5", Figures: []float64{0.5}},
		"figure 2 is -1, which is less than nothing": {Type: "list", Figures: []float64{1, -1}},
	} {
		if got := wrong(observedCall{Call: &call, of: times}); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	whole := record.Call{Type: "list"}
	if whole.Keep([]int64{1, 0}); wrong(observedCall{Call: &whole, of: times}) != "" {
		t.Error("whole numbers are figures, too")
	}
}

func TestUnlikeTheReference(t *testing.T) {
	peer := observedCall{Call: &record.Call{Type: "int"}}
	peer.Keep([]int64{42})
	same, other := record.Call{Type: "int"}, record.Call{Type: "int"}
	same.Keep([]int64{42})
	other.Keep([]int64{41})
	for want, call := range map[string]record.Call{
		"": same,
		"returned 41, and should have returned 42": other,
		"returned None, and should":                {Type: "NoneType", Odd: "None"},
		"returned 42.5, and":                       {Type: "float", Odd: "42.5", Figures: []float64{42.5}},
	} {
		if got := unlike(observedCall{Call: &call, peer: &peer}); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	near := observedCall{Call: &record.Call{Type: "float", Odd: "0.1", Figures: []float64{0.1}}}
	if got := unlike(observedCall{Call: &record.Call{Type: "float", Odd: "0.10000000000000001", Figures: []float64{0.1 + 1e-17}}, peer: &near}); got != "" {
		t.Errorf("rounding makes a difference: %s", got)
	}
}

func TestReached(t *testing.T) {
	tasks, fetched := &spec.Call{Expect: spec.Tasks}, &spec.Call{Expect: spec.Fetched}
	for _, c := range []struct {
		call   *spec.Call
		ended  record.CallEnd
		thrown []record.Exception
		want   bool
	}{
		{tasks, record.Raised, []record.Exception{{Type: "ValueError"}}, true},
		{tasks, record.Raised, []record.Exception{{Type: "TypeError"}, {Type: "ValueError"}}, true}, // a group
		{tasks, record.Raised, []record.Exception{{Type: "RuntimeError"}}, false},
		{tasks, record.Returned, nil, false},
		{tasks, record.Hung, nil, false},
		{fetched, record.Raised, []record.Exception{{Type: "ConnectionError"}}, true},
		{fetched, record.Raised, []record.Exception{{Type: "ValueError"}}, false},
	} {
		if got := reached(observedCall{of: c.call, Call: &record.Call{Ended: c.ended, Thrown: c.thrown}}); got != c.want {
			t.Errorf("%s with %v: %v", c.ended, c.thrown, got)
		}
	}
}
