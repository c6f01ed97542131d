package calls

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// boundedRows say how well a limit on the requests under way was kept, and used.
var boundedRows = []row{
	requestRow("peak", func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
		return whole(unhurried(float64(inFlight(m.asked)), m)), len(m.asked) > 0
	}, says("peak", "at most %s at once", requests), true),
	requestRow("typical", func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
		n, ok := typical(m.asked)
		return whole(unhurried(n, m)), ok
	}, says("typical", "for half of the time at most %s", requests), false),
	requestRow("accompanied", func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
		v, ok := accompanied(m.asked)
		return stat.Exactly(v), ok
	}, says("accompanied", "%.0f %% of the requests had another one beside them", percent), false),
}

// requests says how many were under way.
func requests(v float64) any {
	n := int(math.Round(v))
	if n == 1 {
		return "1 request was under way"
	}
	return fmt.Sprintf("%d requests were under way", n)
}

// whole rounds an interval of a number of things to whole ones.
func whole(v stat.Interval) stat.Interval {
	return stat.Interval{Value: math.Round(v.Value), Lo: math.Round(v.Lo), Hi: math.Round(v.Hi)}
}

// typical is the median over time of how many requests were under way, from the
// first request to the last answer; false where there was none.
func typical(asked []record.Request) (float64, bool) {
	type edge struct {
		at   int64
		step int
	}
	var edges []edge
	for _, r := range asked {
		edges = append(edges, edge{r.Begin, 1}, edge{max(r.Begin, r.End), -1})
	}
	if len(edges) == 0 {
		return 0, false
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	lasted := map[int]int64{} // by how many were under way
	now, before := 0, edges[0].at
	for _, e := range edges {
		lasted[now] += e.at - before
		now, before = now+e.step, e.at
	}
	half, sum := (before-edges[0].at)/2, int64(0)
	for n := len(asked); n > 0; n-- {
		if sum += lasted[n]; sum > 0 && sum >= half {
			return float64(n), true
		}
	}
	return 0, true
}

// accompanied is the share of the requests during which another one was under way;
// false where there was none.
func accompanied(asked []record.Request) (float64, bool) {
	with := 0
	for i, r := range asked {
		beside := func(o record.Request) bool { return o.Begin < r.End && r.Begin < o.End }
		if slices.ContainsFunc(asked[:i], beside) || slices.ContainsFunc(asked[i+1:], beside) {
			with++
		}
	}
	return float64(with) / math.Max(1, float64(len(asked))), len(asked) > 0
}
