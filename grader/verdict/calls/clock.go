package calls

import (
	"cmp"
	"fmt"
	"math"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// clockRows compare times for the same work.
var clockRows = []row{
	{name: "waited", all: (*kind).waited, words: says("waited", "the call took %s times the seconds that it was asked to wait", number)},
	{name: "speedup", all: (*kind).speedup, words: says("speedup", "it was %s times as fast as one task after the other", number)},
	{name: "efficiency", all: (*kind).efficiency, words: func(k *kind, c *spec.Call) string {
		f := k.Figure(c.ID + ".efficiency")
		return fmt.Sprintf("its speedup was %s of the reference's (between %s and %s)", words.Number(f.Value), words.Number(f.Lo), words.Number(f.Hi))
	}},
}

// speedup compares a call with the same work one task after the other.
func (k *kind) speedup(c *spec.Call, name string) {
	if base, call, ok := k.paced(c, name); ok {
		k.Set(name, stat.Ratio([][]float64{base}, [][]float64{call}, k.confidence))
	}
}

// efficiency is the speedup relative to the reference's.
func (k *kind) efficiency(c *spec.Call, name string) {
	base, call, ok := k.paced(c, name)
	if !ok {
		return
	}
	rbase, rcall := verdict.Split(k.paces(k.peers, c))
	if len(rbase) == 0 {
		k.Gather(name, verdict.Rounds{Lacks: quantity.NeedsReference})
		return
	}
	k.Set(name, stat.Ratio([][]float64{base, rcall}, [][]float64{call, rbase}, k.confidence))
}

// paced gives the times of a call and of the same work one task after the other,
// and false where there are none, which it notes.
func (k *kind) paced(c *spec.Call, name string) (base, call []float64, ok bool) {
	base, call = verdict.Split(k.paces(k.calls, c))
	if len(call) == 0 {
		k.Missing(name, neverReturned)
	}
	return base, call, len(call) > 0
}

// waited compares how long the calls took with what they were asked to wait: of
// several in a run, the one that is farthest off.
func (k *kind) waited(c *spec.Call, name string) {
	worst := map[*record.Run]float64{}
	for _, m := range k.measured(c) {
		if s := m.value(spec.RoleSeconds); s > 0 && m.wall() > 0 {
			if ratio := m.wall() / s; math.Abs(math.Log(ratio)) >= math.Abs(math.Log(cmp.Or(worst[m.run], 1))) {
				worst[m.run] = ratio
			}
		}
	}
	rounds := verdict.Rounds{Absent: neverReturned}
	for _, ratio := range worst {
		rounds.Add(stat.Exactly(ratio), true)
	}
	k.Gather(name, rounds)
}

// paces gives the times of a call over the rounds, those of the work alone by
// turn of the workload's loop where both count in turns; else it is what the
// call would have taken one step after the other.
func (k *kind) paces(calls map[string][]observedCall, c *spec.Call) []verdict.Times {
	loops, usual := k.loops(calls, c)
	var times []verdict.Times
	for _, m := range returned(calls[c.ID], record.Measured) {
		wall, alone := m.wall(), 0.0
		for _, r := range m.asked {
			alone += float64(max(0, r.End-r.Begin)) / 1e6
		}
		turns, loop := m.turns(), cmp.Or(loops[m.run], usual)
		switch {
		case expectations[c.Expect].byCPU:
			alone = m.cpu() / 1e6
		case turns > 0 && loop == 0:
			continue
		default:
			alone += turns * loop
		}
		if alone > 0 && wall > 0 {
			times = append(times, verdict.Times{Alone: alone, Took: wall, Work: cmp.Or(turns, 1)})
		}
	}
	return times
}

// loops gives the seconds of a turn of the loop that a call's tasks have, by run,
// and for runs that went on after a call had ended the one before: there the loop
// was not called again.
func (k *kind) loops(calls map[string][]observedCall, c *spec.Call) (byRun map[*record.Run]float64, usual float64) {
	byRun = map[*record.Run]float64{}
	var all []float64
	computes := cmp.Or(c.Computes(), "task") // process has the same loop
	for i := range k.Spec.Calls {
		if b := &k.Spec.Calls[i]; b.Function == "" && b.Computes() == computes {
			for _, m := range returned(calls[b.ID], record.Measured) {
				if t := m.turns(); t > 0 {
					byRun[m.run] = m.wall() / t
					all = append(all, m.wall()/t)
				}
			}
		}
	}
	if len(all) > 0 {
		usual = stat.Median(all)
	}
	return byRun, usual
}
