package verdict

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

// Approach is one way of working beside the others: medians over the rounds.
// A figure that does not apply, or that was not seen, is 0.
type Approach struct {
	Label       string
	Function    string
	Wall        float64       // seconds
	Speedup     stat.Interval // against the same work one step after the other
	Parallelism float64       // workers that wanted a core at once
	InFlight    float64       // most requests under way at once
	Workers     int
	Memory      float64 // MiB that the largest worker process held
	Overhead    float64 // µs of CPU time for each task beside the task's own
	Lines       int     // of the learner's code
}

// overheadNoise is the share of a task's own CPU time below which an overhead
// cannot be told from the noise of the CPU's speed.
const overheadNoise = 0.3

// approaches compares the calls that have a label.
func (j *judge) approaches() []Approach {
	type loop struct {
		run      *record.Run
		computes string
	}
	own := map[loop]float64{} // CPU time of a turn, in µs
	for i := range j.spec.Calls {
		if c := &j.spec.Calls[i]; c.Function == "" {
			for _, m := range of(j.calls[c.ID], record.Measured) {
				own[loop{m.run, c.Computes()}] = float64(m.window.Main) / math.Max(1, m.turns(c))
			}
		}
	}
	var out []Approach
	for i := range j.spec.Calls {
		c := &j.spec.Calls[i]
		back := of(j.calls[c.ID], record.Measured)
		if c.Label == "" || len(back) == 0 {
			continue
		}
		var wall, overhead, memories []float64
		for _, m := range back {
			wall = append(wall, m.wall())
			turn, known := own[loop{m.run, cmp.Or(c.Computes(), "task")}]
			cpu, work := m.cpu(), m.turns(c)*turn
			if beside := cpu - work; (known || m.turns(c) == 0) && c.Function != "" && !c.Native && beside > overheadNoise*work {
				overhead = append(overhead, beside/m.tasks())
			}
			if p := m.workers(); p != nil {
				memories = append(memories, memory(m, p))
			}
		}
		a := Approach{Label: c.Label, Function: c.Function, Wall: stat.Median(wall), Lines: j.lines(c.Function)}
		if len(overhead) > 0 {
			a.Overhead = stat.Median(overhead)
		}
		if len(memories) > 0 {
			a.Memory = stat.Median(memories)
		}
		value := func(name string) float64 {
			if q := j.quantities[c.ID+"."+name]; q.known {
				return q.Value
			}
			return 0
		}
		a.Parallelism, a.Workers, a.InFlight = value("parallelism"), int(math.Round(value("workers"))), value("in_flight")
		if c.Function != "" {
			if q := j.quantities[c.ID+".speedup"]; q.known {
				a.Speedup = q.Interval
			}
		}
		out = append(out, a)
	}
	return out
}

// lines counts the lines of the learner's code for a function, that of the
// functions which it calls included.
func (j *judge) lines(function string) int {
	for _, f := range j.rec.Submission.Source.Functions {
		if f.Name == function {
			return f.Lines
		}
	}
	return 0
}

// callNotes say what is to be known about the inputs, and what processes cost.
func (j *judge) callNotes() []string {
	notes := []string{fmt.Sprintf("The inputs were drawn from the seed %d; `--seed %d` draws them again.", j.rec.Header.Seed, j.rec.Header.Seed)}
	for _, b := range j.rec.Submission.Builds {
		if warning := strings.TrimSpace(b.Output); b.OK && warning != "" {
			first, _, _ := strings.Cut(warning, "\n")
			notes = append(notes, fmt.Sprintf("The compiler says of %s: %s", b.File, cutOff(first)))
		}
	}
	var start, memories []float64
	for i := range j.spec.Calls {
		c := &j.spec.Calls[i]
		for _, m := range of(j.calls[c.ID], record.Measured) {
			if p := m.workers(); p != nil && p.Kind == phase.Processes && memory(m, p) > 0 {
				memories = append(memories, memory(m, p))
			}
			if a := c.Sized(); c.Expect == spec.Tasks && c.Function != "" && c.Label == "" && a != nil && float64(a.Takes)/1e9 < tiny {
				start = append(start, m.wall())
			}
		}
	}
	if len(start) == 0 || len(memories) == 0 {
		return notes
	}
	text := fmt.Sprintf("What processes cost here: %s to start and end them, up to %.0f MiB of memory each", span(stat.Median(start)), stat.Median(memories))
	sep := "; for a tiny task "
	var costs, messages []float64
	for i := range j.spec.Calls {
		c := &j.spec.Calls[i]
		if q := j.quantities[c.ID+".cost"]; c.Argument("batch") != nil && q.known && j.batchOf(c) > 0 {
			text += fmt.Sprintf("%s%.0f µs of CPU time with %v in a message", sep, q.Value, j.batchOf(c))
			sep = ", "
			costs, messages = append(costs, q.Value), append(messages, 1/j.batchOf(c))
		}
	}
	if len(costs) == 2 && costs[0] > costs[1] && messages[0] > messages[1] {
		text += fmt.Sprintf(", so that a message costs some %.0f µs", (costs[0]-costs[1])/(messages[0]-messages[1]))
	}
	return append(notes, text+".")
}
