package calls

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// overheadNoise is the share of a task's own CPU time below which an overhead
// cannot be told from the noise of the CPU's speed.
const overheadNoise = 0.3

// approaches compares the calls that have a label.
func (k *kind) approaches() []verdict.Approach {
	type loop struct {
		run      *record.Run
		computes string
	}
	own := map[loop]float64{} // CPU time of a turn, in µs
	for i := range k.Spec.Calls {
		if c := &k.Spec.Calls[i]; c.Function == "" {
			for _, m := range k.measured(c) {
				own[loop{m.run, c.Computes()}] = float64(m.window.Main) / math.Max(1, m.turns())
			}
		}
	}
	var out []verdict.Approach
	for i := range k.Spec.Calls {
		c := &k.Spec.Calls[i]
		back := k.measured(c)
		if c.Label == "" && c.Workload == "" || len(back) == 0 {
			continue
		}
		var wall, overhead, memories []float64
		for _, m := range back {
			wall = append(wall, m.wall())
			turn, known := own[loop{m.run, cmp.Or(c.Computes(), "task")}]
			cpu, work := m.cpu(), m.turns()*turn
			if beside := cpu - work; (known || m.turns() == 0) && c.Function != "" && !c.Native && beside > overheadNoise*work {
				overhead = append(overhead, beside/m.tasks())
			}
			if p := m.workers(); p != nil {
				memories = append(memories, memory(m, p))
			}
		}
		a := verdict.Approach{Label: cmp.Or(c.Label, c.Workload+" / "+c.Strategy), Workload: c.Workload, Strategy: c.Strategy, Function: c.Function, Wall: stat.Median(wall), Lines: k.lines(c.Function)}
		if len(overhead) > 0 {
			a.Overhead = stat.Median(overhead)
		}
		if len(memories) > 0 {
			a.Memory = stat.Median(memories)
		}
		value := func(name string) float64 {
			if q := k.Figure(c.ID + "." + name); q.Known {
				return q.Value
			}
			return 0
		}
		a.Parallelism, a.Workers, a.InFlight = value("parallelism"), int(math.Round(value("workers"))), value("in_flight")
		if c.Function != "" {
			if q := k.Figure(c.ID + ".speedup"); q.Known {
				a.Speedup = q.Interval
			}
		}
		out = append(out, a)
	}
	return out
}

// lines counts the lines of the learner's code for a function, that of the
// functions which it calls included.
func (k *kind) lines(function string) int {
	for _, f := range k.Record.Submission.Source.Functions {
		if f.Name == function {
			return f.Lines
		}
	}
	return 0
}

// ownLines counts the lines of the function alone.
func (k *kind) ownLines(function string) int {
	for _, f := range k.Record.Submission.Source.Functions {
		if f.Name == function && f.Own > 0 {
			return f.Own
		}
	}
	return k.lines(function)
}

// notes say what is to be known about the inputs, and what processes cost.
func (k *kind) notes() []string {
	if imported, _ := k.imported(); !imported {
		return nil
	}
	notes := []string{fmt.Sprintf("The inputs were drawn from the seed %d; `--seed %d` draws them again.", k.Record.Header.Seed, k.Record.Header.Seed)}
	if looks := k.Looks(); looks != "" {
		notes = append(notes, looks)
	}
	for _, b := range k.Record.Submission.Builds {
		if warning := strings.TrimSpace(b.Output); b.OK && warning != "" {
			first, _, _ := strings.Cut(warning, "\n")
			notes = append(notes, fmt.Sprintf("The compiler says of %s: %s", b.File, words.Shorten(first)))
		}
	}
	var start, memories []float64
	for i := range k.Spec.Calls {
		c := &k.Spec.Calls[i]
		for _, m := range k.measured(c) {
			if p := m.workers(); p != nil && p.Kind == phase.Processes && memory(m, p) > 0 {
				memories = append(memories, memory(m, p))
			}
			if c.Startup {
				start = append(start, m.wall())
			}
		}
	}
	if len(start) == 0 || len(memories) == 0 {
		return notes
	}
	text := fmt.Sprintf("What processes cost here: %s to start and end them, up to %.0f MiB of memory each", words.Span(stat.Median(start)), stat.Median(memories))
	sep := "; for a tiny task "
	var costs, messages []float64
	for i := range k.Spec.Calls {
		c := &k.Spec.Calls[i]
		if q := k.Figure(c.ID + ".cost"); c.Role(spec.RoleBatch) != nil && q.Known && batchOf(c) > 0 {
			text += fmt.Sprintf("%s%.0f µs of CPU time with %v in a message", sep, q.Value, batchOf(c))
			sep = ", "
			costs, messages = append(costs, q.Value), append(messages, 1/batchOf(c))
		}
	}
	if len(costs) == 2 && costs[0] > costs[1] && messages[0] > messages[1] {
		text += fmt.Sprintf(", so that a message costs some %.0f µs", (costs[0]-costs[1])/(messages[0]-messages[1]))
	}
	return append(notes, text+".")
}
