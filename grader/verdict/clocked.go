package verdict

import (
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Times are the wall times, in seconds, of one round of a way of working.
type Times struct {
	Alone float64 // of the same work one step after the other
	Took  float64
	// Work is how much work it was, in turns of a loop, 1 where that is not
	// counted: where the inputs differ, Took over Work can be compared.
	Work float64
}

// split gives the times as two series.
func split(times []Times) (alone, took []float64) {
	for _, t := range times {
		alone, took = append(alone, t.Alone), append(took, t.Took)
	}
	return alone, took
}

// Clocked is what a clock alone saw of a way of working.
type Clocked struct {
	Check   string // the check that judges its speed
	Workers int    // how many tasks there were, or workers were asked for
	// Learner and Reference are the rounds, in the order in which they were
	// run; none where the way of working was not seen, or not run.
	Learner, Reference []Times
}

// Clock gives, for each check of the spec with a least efficiency or speedup,
// what a clock alone saw in the record, in the spec's order: of a script the
// phase that is named, of other challenges the call.
func Clock(c *spec.Challenge, rec *record.Record) []Clocked {
	var j *judge
	var all []Clocked
	for _, k := range c.Checks {
		for _, b := range k.Bounds {
			way, figure, _ := strings.Cut(b.Quantity, ".")
			if b.Min == nil || figure != "efficiency" && figure != "speedup" {
				continue
			}
			if j == nil {
				j = newJudge(c, rec)
			}
			one := Clocked{Check: k.ID, Workers: c.Tasks}
			if call := c.Call(way); call != nil {
				one.Workers = 0
				for _, m := range j.calls[call.ID] {
					one.Workers = max(one.Workers, int(m.Values["workers"]))
				}
				one.Learner, one.Reference = j.paces(j.calls, call), j.paces(j.peers, call)
			} else {
				of := ofProcesses
				if way == "threads" {
					of = ofThreads
				}
				one.Learner, one.Reference = walls(j.runs, of, whole), walls(j.others, of, whole)
			}
			all = append(all, one)
			break
		}
	}
	return all
}
