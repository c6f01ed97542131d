package page

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// shortest is how long a call lasts at least that is drawn, in µs: a shorter one ends
// before it was looked at twice.
const shortest = 15_000

// figure is what happened in a stretch of a run: of the submission's, and of the
// reference's beside it.
type figure struct {
	ID          string // of the call, or the template's strategy; empty for a run
	Title       string
	Description string // what was done, in a sentence
	Length      int64  // µs, the longer of the pictures
	Pictures    []picture
}

// figures draws what the last runs of a record did: a script as a whole, with its
// phases; each call by itself; each template.
func figures(c *spec.Challenge, rec *record.Record) []figure {
	yours, reference := lastRun(rec, record.Learner), lastRun(rec, record.Reference)
	var all []figure
	if yours != nil {
		all = append(all, ofRun(rec, yours, reference)...)
		all = append(all, ofCalls(c, rec, yours, reference)...)
	}
	for i := range rec.Runs {
		if run := &rec.Runs[i]; run.Template != nil && run.End != nil {
			one := newFigure("template: "+run.Template.Strategy, "What your template did when it was run.", whole(rec, run, "your template"))
			one.ID = run.Template.Strategy
			all = append(all, one)
		}
	}
	return slices.DeleteFunc(all, func(f figure) bool { return f.Length <= 0 })
}

// lastRun is the last run that is judged, nil for none.
func lastRun(rec *record.Record, whose record.Whose) *record.Run {
	for i := range slices.Backward(rec.Runs) {
		if run := &rec.Runs[i]; run.Whose == whose && !run.Pilot && run.Template == nil && run.End != nil {
			return run
		}
	}
	return nil
}

// ofRun draws runs without calls as a whole.
func ofRun(rec *record.Record, yours, reference *record.Run) []figure {
	if calls := yours.Calls; len(calls) > 0 {
		return nil
	}
	pictures := []picture{whole(rec, yours, "your program")}
	if reference != nil {
		pictures = append(pictures, whole(rec, reference, "the reference"))
	}
	return []figure{newFigure("the whole run", "From the start of your program to its end, the last time that it was run.", pictures...)}
}

// ofCalls draws each call that was measured, the first of its kind.
func ofCalls(c *spec.Challenge, rec *record.Record, yours, reference *record.Run) []figure {
	var all []figure
	seen := map[string]bool{}
	for i := range yours.Calls {
		call := &yours.Calls[i]
		if call.Aim != record.Measured || seen[call.ID] || call.End-call.Begin < shortest {
			continue
		}
		seen[call.ID] = true
		title, about := call.ID, "What the grader's own loop did, with which the calls are compared."
		if known := c.Call(call.ID); known != nil {
			if known.Startup {
				continue // it serves the judging of others
			}
			title = cmp.Or(known.Label, call.ID)
			if known.Function != "" {
				about = fmt.Sprintf("What the first measured call of `%s` did.", known.Function)
			}
		}
		pictures := []picture{newPicture(rec, yours, "your program", call.Begin, call.End)}
		if reference != nil {
			if k := slices.IndexFunc(reference.Calls, func(r record.Call) bool { return r.ID == call.ID && r.Aim == record.Measured }); k >= 0 {
				r := &reference.Calls[k]
				pictures = append(pictures, newPicture(rec, reference, "the reference", r.Begin, r.End))
			}
		}
		one := newFigure(title, about, pictures...)
		one.ID = call.ID
		all = append(all, one)
	}
	if len(all) > 0 {
		pictures := []picture{allCalls(c, rec, yours, "your program")}
		if reference != nil {
			pictures = append(pictures, allCalls(c, rec, reference, "the reference"))
		}
		all = append(all, newFigure("all calls", "All calls that the grader made in one run, one after the other, those for exceptions and with other inputs included.", pictures...))
	}
	return all
}

// allCalls draws a run from its first call to its end, with its calls.
func allCalls(c *spec.Challenge, rec *record.Record, run *record.Run, whose string) picture {
	from, to := run.End.WallUS, int64(0)
	var marks []mark
	for _, call := range run.Calls {
		if call.Aim == record.Import {
			continue
		}
		from, to = min(from, call.Begin), max(to, call.End)
		name := call.ID
		if known := c.Call(call.ID); known != nil {
			name = cmp.Or(known.Label, call.ID)
		}
		if call.Aim == record.Rest {
			name = "rest"
		}
		marks = append(marks, mark{name, call.Begin, call.End})
	}
	p := newPicture(rec, run, whose, from, to)
	p.Marks, p.Marked = marks, "call"
	return p
}

func newFigure(title, about string, pictures ...picture) figure {
	f := figure{Title: title, Description: about, Pictures: pictures}
	for _, p := range pictures {
		f.Length = max(f.Length, p.To-p.From)
	}
	return f
}

// whole draws a run from its start to its end, with its phases.
func whole(rec *record.Record, run *record.Run, whose string) picture {
	end := run.End.WallUS
	for i := range run.Tasks {
		end = max(end, run.Tasks[i].Died)
	}
	p := newPicture(rec, run, whose, 0, end)
	line := phase.Cut(run)
	add := func(name string, ph *phase.Phase) {
		if ph == nil {
			return
		}
		for _, b := range ph.Bursts {
			p.Marks = append(p.Marks, mark{name, b.Start, b.End})
		}
	}
	p.Marked = "phase"
	add("sequential", line.Sequential)
	add("threads", line.Threads)
	add("processes", line.Processes)
	slices.SortStableFunc(p.Marks, func(a, b mark) int { return cmp.Compare(a.From, b.From) })
	return p
}
