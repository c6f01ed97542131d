package verdict

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// callOf gives the spec's call that a quantity is of, nil for none, and the
// quantity's own name.
func (j *judge) callOf(quantity string) (*spec.Call, string) {
	id, name, _ := strings.Cut(quantity, ".")
	return j.spec.Call(id), name
}

// explainCalls finds the cause of a fail of a challenge of calls.
func (j *judge) explainCalls(c *Check, s *spec.Check, broken []spec.Bound) {
	first := broken[0]
	c.Hint = s.Hint
	if imported, _ := j.imported(); !imported && first.Quantity != "module.imported" {
		c.Message, c.Hint = "The module could not be imported.", "First mend the import."
		return
	}
	call, name := j.callOf(first.Quantity)
	q := j.quantities[first.Quantity]
	switch correct := j.quantities[first.Quantity[:len(first.Quantity)-len(name)]+"correct"]; {
	case call == nil:
		j.explainModule(c, first)
		return
	case call.Native && j.failedBuild() != nil && (correct.missing || correct.Value != 1):
		c.Message, c.Location, c.Hint = j.notBuilt()
		return
	case name == "raises" && len(of(j.calls[call.ID], record.Measured)) > 0:
		c.Message = sentence(first.Says + ": " + j.instead(call))
	case name == "raises" || name == "returned" || q.missing && len(of(j.calls[call.ID], record.Measured)) == 0:
		c.Message, c.Location, c.Hint = j.notReturned(call, s.Hint)
		return
	case name == "correct":
		c.Message = sentence(j.notRight(call, first))
	default:
		says := first.Says
		if q.missing {
			says = q.why
		}
		c.Message = sentence(says)
		if seen := j.observed(first); !q.missing && seen != "" {
			c.Message += " " + sentence("observed: "+seen)
		}
	}
	if cause, place := j.cause(s, broken); cause != nil {
		c.Message = sentence(cause.Says)
		if name == "raises" {
			c.Message += " " + sentence(first.Says+": "+j.instead(call))
		} else if seen := j.observed(first); seen != "" {
			c.Message += " " + sentence("observed: "+seen)
		}
		c.Cause, c.Location = cause.Finding, place
		if cause.Hint != "" {
			c.Hint = cause.Hint
		}
	}
	if c.Location == nil {
		c.Location = j.where("def:" + call.Function)
	}
}

// imported says whether the module could be imported, and how its import
// ended.
func (j *judge) imported() (bool, record.Call) {
	for _, r := range j.rec.Runs {
		for _, call := range r.Calls {
			if r.Whose == record.Learner && call.Aim == record.Import {
				return call.Ended == record.Returned, call
			}
		}
	}
	return false, record.Call{}
}

// explainModule is about the module as a whole and what its calls left.
func (j *judge) explainModule(c *Check, b spec.Bound) {
	switch b.Quantity {
	case "module.imported":
		if e := j.rec.Submission.Source.Error; e != nil {
			c.Message = sentence(fmt.Sprintf("%s cannot be imported: %s", e.File, e.Text))
			c.Location = &record.Place{File: e.File, Line: e.Line}
			return
		}
		_, call := j.imported()
		c.Location = call.Place
		c.Message = sentence(fmt.Sprintf("%s cannot be imported: %s", j.rec.Submission.File, j.ending(call, "the import")))
		if b := j.failedBuild(); b != nil {
			c.Message += " " + sentence(fmt.Sprintf("%s could not be built: %s", b.File, firstError(b)))
		}
	case "module.functions":
		for i := range j.spec.Calls {
			call := &j.spec.Calls[i]
			for _, m := range j.calls[call.ID] {
				if m.Ended == record.Undefined || m.Ended == record.Signature {
					c.Message = sentence(j.ending(*m.Call, "`"+call.Function+"`"))
					c.Location = m.Place
					c.Hint = fmt.Sprintf("Define `%s(%s)`.", call.Function, parameters(call))
					return
				}
			}
		}
		c.Message = sentence(b.Says)
	default:
		c.Message = sentence(b.Says)
		if seen := j.observed(b); seen != "" {
			c.Message += " " + sentence("observed: "+seen)
		}
	}
}

func parameters(c *spec.Call) string {
	var names []string
	for _, a := range c.Arguments {
		names = append(names, a.Name)
	}
	return strings.Join(names, ", ")
}

// notReturned says how a call ended instead, where, and what to do.
func (j *judge) notReturned(call *spec.Call, hint string) (message string, place *record.Place, next string) {
	place = j.where("def:" + call.Function)
	for _, m := range j.calls[call.ID] {
		if m.Ended == record.Returned || m.Aim != record.Measured && m.Aim != record.Pilot {
			continue
		}
		if m.Place != nil {
			place = m.Place
		}
		switch m.Ended {
		case record.Undefined, record.Signature:
			hint = fmt.Sprintf("Define `%s(%s)`.", call.Function, parameters(call))
		case record.Raised:
			hint = "Read the last lines of the traceback: they name the line and the reason."
		case record.Hung:
			if len(m.Stands) > 0 {
				at := m.Stands[0]
				place = &at
			}
			if deadlocked(m) {
				return sentence(fmt.Sprintf("a deadlock: `%s` had not come back after %.0f s, and used no CPU time any more. %s: each waits for what another one holds",
					call.Function, float64(m.End-m.Begin)/1e6, standing(m.Call))), place, hint
			}
			hint = "Look for what is waited for and never comes: a queue without its end mark, a lock, a future that nobody completes."
		}
		return sentence(j.ending(*m.Call, "`"+call.Function+"`")), place, hint
	}
	return sentence(fmt.Sprintf("`%s` was not called: the program had ended before", call.Function)), place, "First mend what ended the program."
}

// ending says how a call ended that did not return.
func (j *judge) ending(call record.Call, what string) string {
	switch call.Ended {
	case record.Raised, record.Unready:
		if n := len(call.Thrown); n > 0 {
			last := call.Thrown[0]
			text := strings.TrimSuffix(fmt.Sprintf("%s: %s", last.Type, last.Message), ": ")
			if last.Type == "SystemExit" {
				return what + " ended the program: SystemExit"
			}
			return fmt.Sprintf("%s raised %s", what, cutOff(text))
		}
		return what + " raised an exception"
	case record.Exited:
		return what + " ended the program with `sys.exit`"
	case record.Hung:
		text := fmt.Sprintf("%s had not come back after %.0f s, and was ended", what, float64(call.End-call.Begin)/1e6)
		if at := standing(&call); at != "" {
			text += "; then stood " + at
		}
		return text
	case record.Undefined:
		text := "there is no function " + what
		if near := spec.Nearest(strings.Trim(what, "`"), strings.Fields(call.Says)); len(near) > 0 {
			text += "; did you mean " + near[0] + "?"
		}
		return text
	case record.Signature:
		return fmt.Sprintf("%s does not take the arguments: %s", what, call.Says)
	case record.Forged:
		return what + " was cut short: something answered in its place before it had returned"
	}
	for _, r := range j.rec.Runs {
		for _, c := range r.Calls {
			if c.Seed == call.Seed && c.ID == call.ID && c.Aim == call.Aim && c.Ended == record.Died && r.Whose == record.Learner {
				return what + " ended the whole program: " + death(r.End)
			}
		}
	}
	return what + " ended the whole program"
}

// death says how a process ended.
func death(end *record.Outcome) string {
	switch {
	case end.Limit != "":
		return end.Limit
	case end.Signal != "":
		return fmt.Sprintf("signal %s (a crash in C code, or a kill)", end.Signal)
	}
	return fmt.Sprintf("exit status %d (os._exit, say)", end.Exit)
}

func cutOff(s string) string {
	if len(s) > 300 {
		return strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}

// notBuilt says why C code could not be built, where, and what to do.
func (j *judge) notBuilt() (message string, place *record.Place, next string) {
	b := j.failedBuild()
	return sentence(fmt.Sprintf("%s could not be built: %s", b.File, firstError(b))), b.Error, "Mend what the compiler names. It was called as: " + b.Command
}

// failedBuild gives the first build that failed, nil for none.
func (j *judge) failedBuild() *record.Build {
	i := slices.IndexFunc(j.rec.Submission.Builds, func(b record.Build) bool { return !b.OK && b.Missing == "" })
	if i < 0 {
		return nil
	}
	return &j.rec.Submission.Builds[i]
}

func firstError(b *record.Build) string {
	if b.Error != nil && b.Error.Text != "" {
		return b.Error.Text
	}
	return cutOff(strings.TrimSpace(b.Output))
}

// buildsSeen says what became of the C code.
func (j *judge) buildsSeen() string {
	var parts []string
	for _, b := range j.rec.Submission.Builds {
		if b.OK {
			parts = append(parts, fmt.Sprintf("%s became %s", b.File, strings.Join(b.Made, " and ")))
		} else {
			parts = append(parts, fmt.Sprintf("%s could not be built: %s", b.File, firstError(&b)))
		}
	}
	if len(parts) == 0 {
		return "there is no C code to build"
	}
	return strings.Join(parts, "; ")
}

// instead says what a call did where an exception should have reached the
// caller.
func (j *judge) instead(call *spec.Call) string {
	for _, m := range j.calls[call.ID] {
		if m.Aim != record.Raises {
			continue
		}
		switch {
		case m.Ended == record.Returned && m.Odd != "":
			return fmt.Sprintf("it returned a list with %s instead", m.Odd)
		case m.Ended == record.Returned:
			return fmt.Sprintf("it returned %s of %d results instead", article(m.Type), m.Results)
		}
		if m.Ended == record.Raised && len(m.Thrown) > 0 {
			return fmt.Sprintf("it raised %s instead (%s)", m.Thrown[0].Type, cutOff(m.Thrown[0].Message))
		}
		return j.ending(*m.Call, "it")
	}
	return "it was not called: the program had ended before"
}

// notRight says what is wrong with the results.
func (j *judge) notRight(call *spec.Call, b spec.Bound) string {
	if call.Expect == spec.Answered {
		if text := j.notAnswered(call); text != "" {
			return text
		}
		return b.Says
	}
	if call.Expect == spec.Worth {
		for _, m := range of(j.calls[call.ID], record.Measured) {
			want, known := j.worth(m)
			if !known || len(m.Result) == 1 && (m.Result[0] != 0) == want {
				continue
			}
			got := map[bool]string{true: "True", false: "False"}
			says := m.Odd
			if len(m.Result) == 1 {
				says = got[m.Result[0] != 0]
			}
			return fmt.Sprintf("`%s(%v, %v, %v)` gives %s. Here a loop would take %s for these tasks, and processes took %s to start, so that %s is right",
				call.Function, m.Values["task_seconds"], m.Values["count"], m.Values["workers"], says,
				span(m.Values["task_seconds"]*m.Values["count"]), span(j.poolStart()), got[want])
		}
		return b.Says
	}
	for _, m := range answers(j.calls[call.ID]) {
		if text := wrong(call, m); text != "" {
			again := map[record.Aim]string{record.Again: ", when it is called again with other inputs"}[m.Aim]
			return fmt.Sprintf("`%s` gives wrong results%s: %s", call.Function, again, text)
		}
	}
	return b.Says
}

// poolStart is what starting and ending a pool takes, in seconds.
func (j *judge) poolStart() float64 {
	c, _ := j.costs()
	return math.Max(c.least, leastStart)
}

// span writes a time with a unit that suits it.
func span(s float64) string {
	switch {
	case s < 1e-3:
		return fmt.Sprintf("%.0f µs", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.0f ms", s*1e3)
	}
	return fmt.Sprintf("%.1f s", s)
}

// observedCall says what was seen of a quantity of a call.
func (j *judge) observedCall(call *spec.Call, name string) string {
	v := func(name string) float64 { return j.quantities[call.ID+"."+name].Value }
	switch name {
	case "in_main", "in_threads", "in_processes":
		if v("in_main")+v("in_threads")+v("in_processes") > 1.005 {
			return fmt.Sprintf("the main thread used %.0f %% of the CPU time that the work may take, which is %d times the reference's", 100*v("in_main"), decoys)
		}
		return fmt.Sprintf("of its CPU time the main thread used %.0f %%, other threads %.0f %%, child processes %.0f %%",
			100*v("in_main"), 100*v("in_threads"), 100*v("in_processes"))
	case "workers":
		return fmt.Sprintf("%.0f %s did the work", v("workers"), plural(j.kindOf(call), int(math.Round(v("workers")))))
	case "busiest":
		return fmt.Sprintf("of %.0f %s, one used %.0f %% of the CPU time that the reference needs for all of it", v("workers"), plural(j.kindOf(call), int(math.Round(v("workers")))), 100*v("busiest"))
	case "concurrency":
		return fmt.Sprintf("of %.0f %s, %s were at work at once", v("workers"), plural(j.kindOf(call), int(math.Round(v("workers")))), number(v("concurrency")))
	case "parallelism":
		return fmt.Sprintf("of %.0f %s, %s wanted a core at once", v("workers"), plural(j.kindOf(call), int(math.Round(v("workers")))), number(v("parallelism")))
	case "handoffs":
		return fmt.Sprintf("they went to sleep %.0f times per second of CPU time; threads that wait for the GIL do so some hundred times", v("handoffs"))
	case "cores":
		return fmt.Sprintf("they were allowed on %.0f %% of the cores that they could use here", 100*v("cores"))
	case "messages":
		return fmt.Sprintf("%s writes between processes for each task", number(v("messages")))
	case "utilization":
		return fmt.Sprintf("it kept %.0f %% of a core busy", 100*v("utilization"))
	case "work":
		return fmt.Sprintf("it used %s times the CPU time that the reference needs for the same inputs", number(v("work")))
	case "size":
		return fmt.Sprintf("within the same time it manages sizes up to %s", number(v("size")))
	case "waited":
		return fmt.Sprintf("the call took %s times the seconds that it was asked to wait", number(v("waited")))
	case "wall_off", "cpu_off", "main_off", "threads_off", "processes_off", "memory_told", "lines_told":
		return j.observedFigure(call, name)
	case "cost":
		return fmt.Sprintf("a task cost %.0f µs of CPU time in all", v("cost"))
	case "efficiency":
		q := j.quantities[call.ID+".efficiency"]
		return fmt.Sprintf("its speedup was %s of the reference's (between %s and %s)", number(q.Value), number(q.Lo), number(q.Hi))
	case "in_flight":
		return fmt.Sprintf("at most %.0f of its %.0f requests were under way at once", v("in_flight"), j.requests(call))
	case "under_way":
		return fmt.Sprintf("on average %s requests were under way over the whole call", number(v("under_way")))
	case "loops":
		return fmt.Sprintf("%.0f event loops sent requests", v("loops"))
	case "lag":
		return fmt.Sprintf("half of the answers waited for more than %s until they were read", span(v("lag")))
	case "busy":
		return fmt.Sprintf("%s cores were wanted on average over the call", number(v("busy")))
	case "at_once":
		return fmt.Sprintf("%s of its steps were under way at once", number(v("at_once")))
	case "threads", "processes":
		return fmt.Sprintf("at most %.0f %s were alive at once", v(name), map[string]string{"threads": "threads beside the main thread", "processes": "child processes"}[name])
	case "wall":
		return fmt.Sprintf("the call took %s", span(v("wall")))
	case "lost", "users", "unlocked", "updates", "held":
		return j.loggedWords(call)
	case "gain":
		return fmt.Sprintf("the first pass took %s times as long as the second", number(v("gain")))
	case "gil":
		return map[bool]string{true: "the interpreter said that its GIL is on", false: "the interpreter said that its GIL is off"}[v("gil") == 1]
	case "overlap":
		return fmt.Sprintf("requests were under way during %.0f %% of the computing time", 100*v("overlap"))
	}
	return ""
}

// requests is how many requests a call makes.
func (j *judge) requests(call *spec.Call) float64 {
	n := 0
	for _, m := range of(j.calls[call.ID], record.Measured) {
		n = max(n, len(m.asked))
	}
	return float64(n)
}

// kindOf names the call's workers, in the singular.
func (j *judge) kindOf(call *spec.Call) string {
	for _, m := range of(j.calls[call.ID], record.Measured) {
		if p := m.workers(); p != nil && p.Kind == phase.Threads {
			return "thread"
		}
	}
	return "process"
}

// telling are the quantities that say best what a passing call did.
var telling = []string{"parallelism", "messages", "in_flight", "overlap"}

// seenCalls says in a few words what a passing check of calls rests on.
func (j *judge) seenCalls(s *spec.Check) string {
	var parts []string
	for _, b := range s.Bounds {
		call, name := j.callOf(b.Quantity)
		if call == nil || !slices.Contains(telling, name) || !j.quantities[b.Quantity].known {
			continue
		}
		text := j.observedCall(call, name)
		switch {
		case name == "messages":
			text = fmt.Sprintf("`batch=%v`: %s", j.batchOf(call), text)
		case call.Native:
			text += j.builtBy()
		}
		parts = append(parts, text)
	}
	if len(parts) > 0 {
		return strings.Join(parts, "; ")
	}
	switch call, name := j.callOf(s.Bounds[len(s.Bounds)-1].Quantity); {
	case call != nil && call.Expect == spec.Worth:
		return fmt.Sprintf("%.0f of %d cases are clear here", j.quantities[call.ID+".cases"].Value, len(call.Cases))
	case name == "correct":
		n := 0
		for _, all := range j.calls {
			n += len(answers(all))
		}
		return fmt.Sprintf("%d calls, each with other inputs", n)
	}
	return ""
}

// builtBy tells the command that built the C code, empty for none.
func (j *judge) builtBy() string {
	for _, b := range j.rec.Submission.Builds {
		if b.OK && b.Command != "" {
			return "; built by `" + b.Command + "`"
		}
	}
	return ""
}

func (j *judge) batchOf(call *spec.Call) float64 {
	if a := call.Argument("batch"); a != nil && a.Value != nil {
		return *a.Value
	}
	return 0
}
