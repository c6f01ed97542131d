package verdict

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// observed says what was seen of a bound that is not kept.
func (j *judge) observed(b spec.Bound) string {
	q := j.quantities[b.Quantity]
	if !q.known {
		return q.why
	}
	if call, name := j.callOf(b.Quantity); call != nil {
		return j.observedCall(call, name)
	}
	value := func(name string) string { return j.figure(name) }
	switch b.Quantity {
	case "module.extensions":
		return j.buildsSeen()
	case "calls.growth":
		return fmt.Sprintf("each further call of a function left %s more processes or threads", value(b.Quantity))
	case "calls.resting":
		return fmt.Sprintf("after the last call %.0f %% of a core was still used", 100*q.Value)
	case "calls.ended":
		return j.farewell()
	case "calls.left":
		return fmt.Sprintf("%.0f %s had to be ended after the program", q.Value, plural("process", int(q.Value)))
	case "sequential.work", "threads.work", "processes.work":
		return j.works()
	case "threads.seen", "processes.seen", "sequential.seen":
		return j.works()
	case "threads.tasks", "processes.tasks":
		return fmt.Sprintf("the work of %s tasks, where the challenge asks for %d", value(b.Quantity), j.spec.Tasks)
	case "processes.cores":
		return fmt.Sprintf("they were allowed on %.0f %% of the cores that they could use here", 100*q.Value)
	case "task.size":
		return fmt.Sprintf("a task used the CPU time of about %s numbers, where the lesson asks for %s",
			grouped(int64(q.Value*float64(j.spec.Size.Lesson)/1e5)*1e5), grouped(j.spec.Size.Lesson))
	case "phases.overlap":
		return fmt.Sprintf("for %.0f %% of a phase another one was running too", 100*q.Value)
	case "threads.parallelism":
		return fmt.Sprintf("%s threads wanted a core at once, on average", value(b.Quantity))
	case "processes.parallelism":
		return fmt.Sprintf("of %s processes, %s wanted a core at once, on average; side by side it is nearly all of them", value("processes.workers"), value(b.Quantity))
	case "threads.handoffs":
		return fmt.Sprintf("the threads went to sleep %.0f times per second of CPU time; threads that wait for the GIL do so some hundred times", q.Value)
	case "threads.workers", "processes.workers", "threads.width", "processes.width":
		return fmt.Sprintf("%s %s", value(b.Quantity), plural(strings.TrimSuffix(j.must(b.Quantity).Unit, "s"), int(q.Value)))
	case "processes.efficiency":
		return fmt.Sprintf("the speedup was %s of the reference's (between %s and %s)%s", value(b.Quantity), number(q.Lo), number(q.Hi), j.overhead())
	case "times.agreement", "speedup.agreement", "utilization.agreement":
		return j.printedBeside(b.Quantity)
	}
	return ""
}

// figure writes a quantity's value; workers and tasks are counted in whole ones.
func (j *judge) figure(name string) string {
	v := j.quantities[name].Value
	switch j.must(name).Unit {
	case "threads", "processes":
		v = math.Round(v)
	}
	return number(v)
}

// works sums up the CPU time of the phases.
func (j *judge) works() string {
	names := map[phase.Kind]string{phase.Main: "the sequential phase", phase.Threads: "the threads", phase.Processes: "the processes"}
	seen := map[phase.Kind]bool{}
	var parts []string
	for _, p := range j.phases() {
		seen[p.Kind] = true
		parts = append(parts, fmt.Sprintf("%s used %s of CPU time", names[p.Kind], seconds(p.CPU)))
	}
	for _, k := range kinds {
		if !seen[k] {
			parts = append(parts, names[k]+" hardly any")
		}
	}
	return strings.Join(parts, ", ")
}

// overhead says how much longer the processes phase took than its work.
func (j *judge) overhead() string {
	for _, p := range j.phases() {
		if p.Kind == phase.Processes && p.Workers > 0 {
			return fmt.Sprintf("; the phase took %s for %s of CPU time in %d %s", seconds(p.Wall), seconds(p.CPU), p.Workers, plural("worker", p.Workers))
		}
	}
	return ""
}

// printedBeside shows the claims that contradict, beside what was observed.
func (j *judge) printedBeside(quantity string) string {
	if len(j.runs) == 0 {
		return ""
	}
	c := j.runs[len(j.runs)-1]
	var parts []string
	for _, kind := range kinds {
		windows := c.windows(kind)
		if c.chosen(kind) == nil || len(windows) == 0 {
			continue
		}
		if text := c.beside(quantity, kind, windows[0], j.rec.Host); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return "no printed figure matches what was seen"
	}
	return strings.Join(parts, "; ")
}

// seen says in a few words what a passing check rests on.
func (j *judge) seen(s *spec.Check) string {
	if len(s.Bounds) == 0 {
		return ""
	}
	switch {
	case j.analysis != nil:
		return j.seenAnalysis(s)
	case len(j.spec.Calls) > 0:
		return j.seenCalls(s)
	}
	value := func(name string) (string, bool) { return j.figure(name), j.quantities[name].known }
	switch s.Bounds[len(s.Bounds)-1].Quantity {
	case "run.completed":
		return fmt.Sprintf("%d %s, each to the end", len(j.runs), plural("run", len(j.runs)))
	case "task.correct", "task.clocked":
		for _, call := range j.rec.Submission.Probe.Called {
			if call.Accepted {
				return fmt.Sprintf("`%s(%d)` gives what it should", call.Function, call.Size)
			}
		}
		return "the source computes it"
	case "phases.overlap":
		return j.works()
	case "threads.handoffs", "threads.parallelism":
		p, ok1 := value("threads.parallelism")
		w, ok2 := value("threads.workers")
		if ok1 && ok2 && !j.rec.Python.GIL {
			return fmt.Sprintf("of %s threads, %s wanted a core at once, as they can without the GIL", w, p)
		}
		if ok1 && ok2 {
			return fmt.Sprintf("of %s threads, %s wanted a core at once, and they handed the GIL over %.0f times a second", w, p, j.quantities["threads.handoffs"].Value)
		}
	case "processes.efficiency", "processes.parallelism":
		p, ok1 := value("processes.parallelism")
		w, ok2 := value("processes.workers")
		if ok1 && ok2 {
			return fmt.Sprintf("of %s processes, %s wanted a core at once", w, p)
		}
	case "utilization.agreement":
		return "the printed CPU utilization is what was seen"
	case "speedup.agreement", "times.agreement":
		return "the printed times are what was seen"
	}
	return ""
}

// notes says what a reader must know to understand the figures.
func (j *judge) notes() []string {
	var notes []string
	rec := j.rec
	if len(j.runs) > 0 {
		switch r := j.runs[len(j.runs)-1]; {
		case r.Size > 0 && r.Size < j.spec.Size.Lesson:
			notes = append(notes, fmt.Sprintf("Run as a copy with %s for the lesson's %s, so that a task takes about %s here; `--full` runs it as written.",
				grouped(r.Size), grouped(j.spec.Size.Lesson), time.Duration(j.spec.Size.Task)))
		case r.Size == 0 && !rec.Header.Full && j.spec.Size.Lesson > 0:
			notes = append(notes, fmt.Sprintf("The lesson's %s was not found in the source, so the script was run as written.", grouped(j.spec.Size.Lesson)))
		}
		left := 0
		for _, r := range j.runs {
			left = max(left, r.End.Left)
		}
		if left > 0 {
			notes = append(notes, fmt.Sprintf("%d %s outlived the script and had to be ended.", left, plural("process", left)))
		}
	}
	switch {
	case j.analysis != nil:
		notes = append(notes, j.analysisNotes()...)
	case len(j.spec.Calls) > 0:
		notes = append(notes, j.callNotes()...)
	}
	if n := rec.Header.Tries; n > 1 {
		notes = append(notes, fmt.Sprintf("Measured %d times, since the machine did not allow a decision before; only the last time counts.", n))
	}
	if !rec.Host.Scheduler {
		notes = append(notes, "On this system the scheduler cannot be asked what each task did; what only it can tell is inconclusive.")
	} else if cores := rec.Host.Cores(); cores <= 1 {
		notes = append(notes, fmt.Sprintf("This machine gives %s of a core, so nothing can be faster in parallel; the scheduler still shows who wanted to run at once.", number(cores)))
	}
	if !rec.Python.GIL {
		notes = append(notes, "This interpreter runs without the GIL, so the threads are expected to run in parallel.")
	}
	return notes
}

// number writes a figure with three digits at most.
func number(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "any"
	case math.Abs(v) >= 100 || v == math.Trunc(v) && math.Abs(v) < 1e6:
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// grouped writes a whole number as Python does, in groups of three.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "_" + s[i:]
	}
	return s
}

func seconds(v float64) string { return fmt.Sprintf("%.2f s", v) }

// Count is a number of things in words, such as 1 run, or 2 runs.
func Count(n int, thing string) string { return fmt.Sprintf("%d %s", n, plural(thing, n)) }

func plural(word string, n int) string {
	switch {
	case n == 1:
		return word
	case strings.HasSuffix(word, "s"):
		return word + "es"
	}
	return word + "s"
}

// sentence makes a text start with a capital, unless with a name of a file, a
// function or a quantity, and end with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	r, n := utf8.DecodeRuneInString(s)
	if s == "" {
		return s
	}
	first, _, _ := strings.Cut(s, " ")
	if !strings.ContainsAny(strings.TrimRight(first, ".,:;"), "._/") {
		s = string(unicode.ToUpper(r)) + s[n:]
	}
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}
