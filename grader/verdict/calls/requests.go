package verdict

import (
	"math"
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// asked are the quantities of the server witness.
func (j *judge) asked(c *spec.Call) {
	switch c.Expect {
	case spec.Spans:
		j.gained(c)
	case spec.Fetched, spec.Stored, spec.Got:
		j.underWay(c)
	}
}

// underWay are the quantities of requests that were under way together.
func (j *judge) underWay(c *spec.Call) {
	var flight, mean, loops, lag, overlap []stat.Interval
	back := of(j.calls[c.ID], record.Measured)
	for _, m := range back {
		needed := needed(m)
		flight = append(flight, stat.Exactly(float64(inFlight(needed))))
		from, under := map[string]bool{}, 0.0
		for _, r := range m.asked {
			from[r.From] = true
		}
		for _, r := range needed {
			under += float64(r.End-r.Begin) / 1e6
		}
		mean = append(mean, stat.Exactly(under/m.wall()))
		loops = append(loops, stat.Exactly(float64(max(len(from), askers(m)))))
		if v, ok := lags(m.asked); ok {
			lag = append(lag, v)
		}
		if p := m.workers(); p != nil {
			overlap = append(overlap, stat.Exactly(overlapping(p, m.asked)))
		}
	}
	put := func(name string, rounds []stat.Interval) {
		switch {
		case len(back) == 0:
			j.missing(c.ID+"."+name, "it never returned")
		case len(rounds) == 0 && name == "overlap" && j.rec.Host.Scheduler:
			j.missing(c.ID+"."+name, "no thread or process beside the main thread did a fair share of the work")
		case len(rounds) == 0:
			j.unknown(c.ID+"."+name, "no request was seen to its end")
		default:
			j.set(c.ID+"."+name, stat.Middle(rounds))
		}
	}
	put("in_flight", flight)
	put("under_way", mean)
	put("loops", loops)
	put("lag", j.beyondReference(c, lag))
	put("overlap", overlap)
}

// askers is how many threads sent the requests, to the scheduler, for who asks
// names itself: those beside the main thread that did more than wait, where
// they and not the main thread did the call's work; 0 where that is not clear.
func askers(m made) int {
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
func needed(m made) []record.Request {
	wanted, times := map[int64]bool{}, map[int64]int{}
	for i := range int64(m.Values["count"]) {
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

// beyondReference takes the reference's lag off each of the learner's, end by
// end: on a slow or crowded machine even the best event loop stands still while
// it starts processes, and waits for a core.
func (j *judge) beyondReference(c *spec.Call, lag []stat.Interval) []stat.Interval {
	var usual []stat.Interval
	for _, m := range of(j.peers[c.ID], record.Measured) {
		if v, ok := lags(m.asked); ok {
			usual = append(usual, v)
		}
	}
	r := stat.Middle(usual)
	out := make([]stat.Interval, len(lag))
	for i, v := range lag {
		out[i] = stat.Interval{Value: math.Max(0, v.Value-r.Value), Lo: math.Max(0, v.Lo-r.Lo), Hi: math.Max(0, v.Hi-r.Hi)}
		out[i].Value = math.Min(math.Max(out[i].Value, out[i].Lo), math.Max(out[i].Hi, out[i].Lo))
		out[i].Hi = math.Max(out[i].Hi, out[i].Value)
	}
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

// lags is the median time, in seconds, from an answer until its client had
// read it, with the distribution-free interval of the median at 95 % (the
// order statistics around the middle, n/2 ± 0.98 √n).
func lags(asked []record.Request) (stat.Interval, bool) {
	var all []float64
	for _, r := range asked {
		if r.Left > 0 && r.End > 0 {
			all = append(all, math.Max(0, float64(r.Left-r.End)/1e6))
		}
	}
	if len(all) == 0 {
		return stat.Interval{}, false
	}
	slices.Sort(all)
	n := float64(len(all))
	at := func(i float64) float64 { return all[int(math.Min(n-1, math.Max(0, i)))] }
	return stat.Interval{Value: stat.Median(all), Lo: at(math.Floor(n/2 - 0.98*math.Sqrt(n))), Hi: at(math.Ceil(n/2 + 0.98*math.Sqrt(n)))}, true
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
