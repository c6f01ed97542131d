package calls

import (
	"fmt"
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// passes gives how long, in seconds, each of two passes over a call's URLs
// took, from its first request to its last answer; false where each was not
// asked for exactly twice, or not all of them once before any the second time.
func passes(m observedCall) (first, second float64, ok bool) {
	wanted, times := map[int64]bool{}, map[int64]int{}
	for _, item := range m.list {
		wanted[item] = true
	}
	var spans [2][2]int64
	n := 0
	for _, r := range m.asked { // by Begin
		if r.Kind != "fetch" || !wanted[r.Item] {
			continue
		}
		pass := n / max(1, len(m.list))
		if times[r.Item]++; times[r.Item] != pass+1 || pass > 1 {
			return 0, 0, false
		}
		if n%len(m.list) == 0 {
			spans[pass][0] = r.Begin
		}
		spans[pass][1] = max(spans[pass][1], r.End)
		n++
	}
	seconds := func(s [2]int64) float64 { return float64(s[1]-s[0]) / 1e6 }
	return seconds(spans[0]), seconds(spans[1]), n == 2*len(m.list) && n > 0
}

// noPasses says what a call did that passes does not know.
const noPasses = "it did not download each URL twice, all of them once and then all of them again"

// gained is how much sooner the second of two passes was done.
func (k *kind) gained(c *spec.Call, name string) {
	back := k.measured(c)
	rounds := verdict.Rounds{Absent: noPasses}
	if len(back) == 0 {
		rounds.Never = neverReturned
	}
	for _, m := range back {
		first, second, ok := passes(m)
		if !ok || second <= 0 {
			rounds.Values = nil
			break
		}
		rounds.Add(stat.Exactly(first/second), true)
	}
	k.Gather(name, rounds)
}

// A time that was returned may be off by this share of the observed one and so
// many seconds: on a busy machine a thread waits before it reads its clock.
const (
	offShare   = 0.3
	offSeconds = 0.15
)

// mistimed says what is wrong with the times of two passes, in whole ms.
func mistimed(m observedCall) string {
	first, second, ok := passes(m)
	all := m.Told() // 507.0 is a whole number, too
	switch {
	case !ok:
		return noPasses
	case len(all) != 2 || slices.ContainsFunc(all, func(ms float64) bool { return ms != math.Trunc(ms) }):
		return fmt.Sprintf("it should return two whole numbers of milliseconds, and returned %s", words.Article(m.Type))
	}
	for i, seen := range []float64{first, second} {
		told := all[i] / 1e3
		if math.Abs(told-seen) > offShare*seen+offSeconds {
			return fmt.Sprintf("it says that the %s pass took %.0f ms, and the server saw %.0f ms from its first request to its last answer",
				[]string{"first", "second"}[i], told*1e3, seen*1e3)
		}
	}
	return ""
}
