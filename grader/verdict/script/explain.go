package script

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// Explain finds why a check fails: how the script or a worker ended, else a
// mistake in the source, else what was seen.
func (k *kind) Explain(s *spec.Check, broken []spec.Bound) verdict.Explanation {
	first := broken[0]
	f := k.Figure(first.Quantity)
	if first.Quantity == "run.completed" {
		return k.ended(s)
	}
	if !k.completed() && (f.Missing || len(k.runs) == 0) {
		return verdict.Explanation{Message: "The script ended before this part could be seen.", Hint: "First make the script run to its end."}
	}
	says := first.Message
	if f.Missing {
		says = f.Reason
	}
	var e verdict.Explanation
	text, place := k.workerError(first.Quantity)
	cause, at := k.Cause(s, broken, about)
	called := cause != nil && strings.HasSuffix(cause.Finding, ".target-called") && strings.Contains(text, "is not callable")
	switch {
	case text != "" && !called:
		says, e.Location = text, place
		if place == nil {
			e.Location = k.phaseStart(first)
		}
		e.Hint = "Mend the error first: a worker that dies does no work."
	case cause != nil:
		says = cause.Description
		e.Cause, e.Location, e.Hint = cause.Finding, at, cause.Hint
	default:
		e.Location = k.Where(s.Where)
		if odd := k.oddOne(broken); odd != "" {
			says, e.Location = odd, k.Where("sequential.here")
		} else if idle := k.idle(first); idle != "" {
			says, e.Location = idle, k.phaseStart(first)
			if len(k.phases()) == 0 {
				e.Hint = "Give each task the lesson's whole size, so that it takes seconds."
			}
		} else if e.Location == nil {
			e.Location = k.phaseStart(first)
		}
	}
	if place := k.placeOfTask(first.Quantity); place != nil && (e.Cause == "" || first.Quantity == "task.scales") {
		e.Location = place
	}
	if first.Quantity == "task.correct" {
		if text, place := k.wrongTask(); text != "" {
			if cause != nil {
				text += ". " + words.Sentence(cause.Description)
			} else {
				e.Location = place
			}
			says = text
		} else if says == "" {
			says = "the task is not " + k.Spec.Task.Name
		}
	}
	e.Message = k.message(says, broken)
	return e
}

// about gives the phase that a finding is about: its own, else the bound's.
func about(f record.Finding, b spec.Bound) (string, bool) {
	whose, _ := verdict.Part(f.ID)
	if !slices.ContainsFunc(phases, func(w way) bool { return w.name == whose }) {
		whose, _ = verdict.Part(b.Quantity)
	}
	return whose, true
}

// message says what is wrong, and what was observed of the first two broken
// bounds.
func (k *kind) message(says string, broken []spec.Bound) string {
	var observed []string
	for _, b := range broken[:min(2, len(broken))] {
		if text := k.Observed(b.Quantity); text != "" && text != says && !slices.Contains(observed, text) {
			observed = append(observed, text)
		}
	}
	if says == "" {
		says = broken[0].Quantity + " is out of bounds"
	}
	message := words.Sentence(says)
	if len(observed) > 0 {
		message += " " + words.Sentence("observed: "+strings.Join(observed, "; "))
	}
	return message
}

// Observed says what was seen of a quantity, or why nothing was.
func (k *kind) Observed(name string) string {
	if f := k.Figure(name); !f.Known {
		return f.Reason
	}
	if r := rowOf(name); r != nil {
		return r.words(k)
	}
	return ""
}

// Seen says what a check that passes rests on.
func (k *kind) Seen(s *spec.Check) string {
	for i := range rows {
		if rows[i].seen != nil && slices.ContainsFunc(s.Bounds, func(b spec.Bound) bool { return b.Quantity == rows[i].name }) {
			return rows[i].seen(k)
		}
	}
	return ""
}

// ended says how the runs, or the processes that they started, ended.
func (k *kind) ended(s *spec.Check) verdict.Explanation {
	var ends []*record.Outcome
	dead := 0
	for _, r := range k.runs {
		ends = append(ends, r.End)
		dead = max(dead, r.stillborn)
	}
	e := k.Ended(s, ends)
	if dead > 0 {
		e.Message = words.Sentence(words.Count(dead, "process")+" ended with an error as soon as started, and did no work") + " " + strings.TrimSpace(e.Message)
	}
	return e
}

// wrongTask says what a function that is handed to workers gives instead of the
// task, and where it stands.
func (k *kind) wrongTask() (string, *record.Place) {
	for _, call := range k.Record.Submission.Probe.Called {
		if call.Target && !call.Accepted {
			text := fmt.Sprintf("`%s` gives %s for n = %d, which is not %s", call.Function, call.Got, call.Size, k.Spec.Task.Name)
			if call.Want != "" {
				text = fmt.Sprintf("`%s` gives %s for n = %d, and %s is %s", call.Function, call.Got, call.Size, k.Spec.Task.Name, call.Want)
			}
			return text, &record.Place{File: k.Record.Submission.File, Line: call.Line}
		}
	}
	return "", nil
}

// phaseStart gives the line that starts the phase which a bound is about.
func (k *kind) phaseStart(b spec.Bound) *record.Place {
	phase, _ := verdict.Part(b.Quantity)
	return k.Where(phase + ".here")
}

// ofWorker is what stands above the error of a thread or a process.
var ofWorker = regexp.MustCompile(`(?m)^(Exception in thread |Process \S+:$|concurrent\.futures\.process\._RemoteTraceback)`)

// workerError gives the error of a thread or process that died while the
// script itself went on: what the scheduler then misses has its cause there.
func (k *kind) workerError(name string) (string, *record.Place) {
	if k.Quantity(name).Witness != quantity.Scheduler {
		return "", nil
	}
	file := k.Record.Submission.File
	for _, r := range k.runs {
		said := r.End.Stderr
		if !strings.Contains(said, "Traceback (most recent call last)") || !r.End.OK() && !ofWorker.MatchString(said) {
			continue // none, or the script's own
		}
		text, line := verdict.LastError(r.End.Stderr, file)
		var place *record.Place
		if line > 0 {
			place = &record.Place{File: file, Line: line}
		}
		return "a worker ended with an error: " + text, place
	}
	return "", nil
}

// idle tells that workers which were not seen as a phase were there all the same,
// with too little to do; empty where they were not.
func (k *kind) idle(b spec.Bound) string {
	whose, own := verdict.Part(b.Quantity)
	if own != "seen" || len(k.runs) == 0 || k.Where(whose+".here") == nil {
		return ""
	}
	run := k.runs[len(k.runs)-1]
	most := 0
	var used float64
	for _, t := range run.Tasks {
		root := t.PID == run.Tasks[0].PID
		if whose == "threads" && root && t.Thread() || whose == "processes" && !root && !t.Thread() {
			most++
			used += float64(t.Last().CPU) / 1e6
		}
	}
	if most < k.Spec.Tasks {
		return ""
	}
	return fmt.Sprintf("%d %s were started, but they used only %s of CPU time together, too little for a phase of work", most, whose, words.Span(used))
}

// oddOne tells that it is the sequential phase that did another amount of
// work, where the threads and the processes agree; empty where they do not.
func (k *kind) oddOne(broken []spec.Bound) string {
	work := func(b spec.Bound) bool { return strings.HasSuffix(b.Quantity, ".work") }
	threads, processes := k.Figure("threads.work"), k.Figure("processes.work")
	const clear = 1.4 // how far off the other one must be, too
	switch off := []float64{threads.Value, processes.Value}; {
	case !slices.ContainsFunc(broken, work) || !threads.Known || !processes.Known:
		return ""
	case off[0] > clear && off[1] > clear:
		return fmt.Sprintf("the sequential phase did less work than the others: the threads did %s times as much, the processes %s times", words.Number(off[0]), words.Number(off[1]))
	case off[0] < 1/clear && off[1] < 1/clear:
		return fmt.Sprintf("the sequential phase did more work than the others: the threads did %s of it, the processes %s", words.Number(off[0]), words.Number(off[1]))
	}
	return ""
}
