package calls

import (
	"fmt"
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// requestRows say what the grader's own server saw.
var requestRows = []row{
	{name: "gain", all: (*kind).gained, words: says("gain", "the first pass took %s times as long as the second", number)},
	requestRow("in_flight", func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
		return unhurried(float64(inFlight(needed(m))), m), true
	}, (*kind).inFlightSeen, true),
	requestRow("under_way", func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
		under := 0.0
		for _, r := range needed(m) {
			under += float64(r.End-r.Begin) / 1e6
		}
		return unhurried(under/m.wall(), m), true
	}, says("under_way", "on average %s requests were under way over the whole call", number), false),
	requestRow("loops", func(_ *kind, _ *spec.Call, m observedCall) (stat.Interval, bool) {
		from := map[string]bool{}
		for _, r := range m.asked {
			from[r.From] = true
		}
		return stat.Exactly(float64(max(len(from), askers(m)))), true
	}, says("loops", "%.0f event loops sent requests", plainly), false),
	requestRow("lag", func(k *kind, c *spec.Call, m observedCall) (stat.Interval, bool) {
		v, ok := lags(m)
		return beyond(v, k.usualLag(c)), ok
	}, says("lag", "half of the answers waited for more than %s until they were read", span), false),
	{name: "overlap", absent: noWorkers, words: overlapSeen, seen: overlapSeen,
		figure: ofWorkers(func(k *kind, m observedCall, p *phase.Phase) stat.Interval {
			v := overlapping(p, m.asked)
			return stat.Interval{Value: v, Lo: v, Hi: math.Max(v, math.Min(1, v*k.stretch(p)))}
		})},
}

// requestRow is for calls that send requests.
func requestRow(name string, figure func(*kind, *spec.Call, observedCall) (stat.Interval, bool), words func(*kind, *spec.Call) string, tells bool) row {
	r := row{name: name, figure: figure, unseen: "no request was seen to its end", words: words}
	if tells {
		r.seen = words
	}
	return r
}

func overlapSeen(k *kind, c *spec.Call) string {
	return fmt.Sprintf("requests were under way during %.0f %% of the computing time", 100*k.v(c, "overlap"))
}

func (k *kind) inFlightSeen(c *spec.Call) string {
	most := 0
	for _, m := range k.measured(c) {
		most = max(most, len(m.asked))
	}
	return fmt.Sprintf("at most %.0f of its %d requests were under way at once", k.v(c, "in_flight"), most)
}

// unhurried gives a number of requests under way; those beside the first may be
// more where the main thread need not wait for a core before it sends the next.
func unhurried(n float64, m observedCall) stat.Interval {
	const most = 4 // times as many
	waited := 0.0
	for i := range m.window.Run.Tasks {
		if t := &m.window.Run.Tasks[i]; t.Parent == 0 && !t.Thread() {
			waited += float64(t.Last().Wait) / 1e6
		}
	}
	times := math.Min(most, m.wall()/math.Max(1e-6, m.wall()-waited))
	return stat.Interval{Value: n, Lo: n, Hi: n + math.Max(0, n-1)*(times-1)}
}

// askers is how many threads sent the requests, to the scheduler, for who asks
// names itself: those beside the main thread that did more than wait, where
// they and not the main thread did the call's work; 0 where that is not clear.
func askers(m observedCall) int {
	if main, threads, _ := m.shares(); threads <= main {
		return 0
	}
	const sends, several = 1000, 3 // µs that a request takes at least; a helper or two are no askers
	n, root := 0, 0
	for i := range m.window.Run.Tasks {
		t := &m.window.Run.Tasks[i]
		if root == 0 && t.Parent == 0 && !t.Thread() {
			root = t.PID
		}
		if t.PID == root && t.Thread() && t.Last().CPU >= sends {
			n++
		}
	}
	if n < several {
		return 0
	}
	return n
}

// needed gives a call's requests without those for items that the call was not
// about or that were asked for more than once: whoever fetches each item once
// has none, and others under way beside the ones that count show nothing.
func needed(m observedCall) []record.Request {
	wanted, times := map[int64]bool{}, map[int64]int{}
	for i := range m.count() {
		wanted[i] = true
	}
	for _, item := range m.list {
		wanted[item] = true
	}
	for _, r := range m.asked {
		if r.Kind == "fetch" {
			times[r.Item]++
		}
	}
	return slices.DeleteFunc(slices.Clone(m.asked), func(r record.Request) bool {
		return r.Kind == "fetch" && (times[r.Item] > 1 || !wanted[r.Item])
	})
}

// usualLag is the reference's, zero where it was not run.
func (k *kind) usualLag(c *spec.Call) stat.Interval {
	var usual []stat.Interval
	for _, m := range returned(k.peers[c.ID], record.Measured) {
		if v, ok := lags(m); ok {
			usual = append(usual, v)
		}
	}
	return stat.Middle(usual)
}

// beyond takes the reference's lag off the learner's, end by end: on a slow or
// crowded machine even the best event loop stands still while it starts
// processes, and waits for a core.
func beyond(v, usual stat.Interval) stat.Interval {
	out := stat.Interval{Value: math.Max(0, v.Value-usual.Value), Lo: math.Max(0, v.Lo-usual.Lo), Hi: math.Max(0, v.Hi-usual.Hi)}
	out.Value = math.Min(math.Max(out.Value, out.Lo), math.Max(out.Hi, out.Lo))
	out.Hi = math.Max(out.Hi, out.Value)
	return out
}

// inFlight is the most requests that were under way at once.
func inFlight(asked []record.Request) int {
	spans := make([][2]int64, len(asked))
	for i, r := range asked {
		spans[i] = [2]int64{r.Begin, r.End}
	}
	return stat.AtOnce(spans)
}

// seenWait is the lag, in µs, from which on the samples tell how much of it was a wait
// for a core.
const seenWait = 10_000

// lags is the median time, in seconds, from an answer until its client had
// read it, without what the client waited for a core meanwhile, with the distribution-free interval of the median at 95 % (the
// order statistics around the middle, n/2 ± 0.98 √n).
func lags(m observedCall) (stat.Interval, bool) {
	var all []float64
	for _, r := range m.asked {
		if r.Left <= 0 || r.End <= 0 {
			continue
		}
		lag := r.Left - r.End
		if lag >= seenWait {
			lag -= phase.Waited(m.run, clientThread(r), r.End, r.Left)
		}
		all = append(all, math.Max(0, float64(lag)/1e6))
	}
	if len(all) == 0 {
		return stat.Interval{}, false
	}
	slices.Sort(all)
	n := float64(len(all))
	at := func(i float64) float64 { return all[int(math.Min(n-1, math.Max(0, i)))] }
	return stat.Interval{Value: stat.Median(all), Lo: at(math.Floor(n/2 - 0.98*math.Sqrt(n))), Hi: at(math.Ceil(n/2 + 0.98*math.Sqrt(n)))}, true
}

// clientThread is the thread that sent a request, 0 for one that does not say.
func clientThread(r record.Request) int {
	var pid, tid int
	fmt.Sscanf(r.From, "%d.%d.", &pid, &tid)
	return tid
}

// overlapping is the share of the workers' active time during which a request
// was under way.
func overlapping(p *phase.Phase, asked []record.Request) float64 {
	var busy, both int64
	for _, b := range p.Bursts {
		busy += b.End - b.Start
		at := b.Start
		for _, r := range asked { // by Begin
			from, to := max(r.Begin, at), min(r.End, b.End)
			if to > from {
				both += to - from
				at = to
			}
		}
	}
	return float64(both) / math.Max(1, float64(busy))
}
