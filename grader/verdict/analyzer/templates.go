package analyzer

import (
	"fmt"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// template is what was chosen for a strategy, and its run.
type template struct {
	id      string
	snippet *record.Snippet // nil where there is none
	trial   *trial          // nil where it was not run
	lives   phase.Lives     // of the run
}

// trial is the run of a template.
type trial struct {
	*record.Run
	snippet *record.Snippet
}

// templateRow computes a quantity of a template, and words it.
type templateRow struct {
	name string
	// figure computes it of a template that was run; of those before a run is
	// needed, source does.
	figure func(*template) (int, bool)
	source func(*template) int
	// unclear says why what was seen decides nothing; nil where it does.
	unclear func(*template) string
	// things is what is counted, in the singular; words say what was seen where
	// that does not.
	things string
	words  func(*kind, *template) string
}

// templateRows are all quantities of a template.
var templateRows = []templateRow{
	{name: "found", source: func(t *template) int { return truth(t.snippet != nil) }},
	{name: "gaps", source: func(t *template) int { return len(t.snippet.Gaps) }},
	{name: "completed", figure: func(t *template) (int, bool) { return truth(t.trial.End.OK()), true }},
	{name: "threads", figure: func(t *template) (int, bool) { return t.trial.threads(t.lives), true }, things: "thread beside the main thread",
		unclear: func(t *template) string {
			if p := t.trial.Template; p.Threads >= 2 && t.trial.threads(t.lives) < 2 && p.Crew == 0 && p.Pooled == 0 {
				return "its threads were over too soon to be observed"
			}
			return ""
		}},
	{name: "processes", figure: func(t *template) (int, bool) { return t.trial.processes(t.lives), true }, things: "child process", words: (*kind).idleChildren,
		unclear: func(t *template) string {
			if p := t.trial.Template; p.Items != nil && *p.Items > 0 && p.Handed > 0 && t.lives.Processes == 0 {
				return "its child processes were over too soon to be observed"
			}
			return ""
		}},
	{name: "in_main", words: func(k *kind, t *template) string {
		return fmt.Sprintf("observed: the main thread used %.0f %% of the CPU time", 100*k.Figure(t.id+".in_main").Value)
	}},
	{name: "waits", figure: (*template).waits, things: "wait of its event loop"},
	{name: "left", figure: func(t *template) (int, bool) { return t.trial.Template.Left, true }, things: "thread left behind"},
}

func truth(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// waits counts the waits that were under way at once: a hybrid may wait in
// threads of its own.
func (t *template) waits() (int, bool) {
	n := t.trial.Template.Waits
	if t.trial.processes(t.lives) > 0 {
		n = max(n, t.trial.Template.Crew, t.trial.Template.Pooled)
	}
	return n, true
}

// idleChildren says what child processes did that did not share the tasks, empty
// where they did.
func (k *kind) idleChildren(t *template) string {
	n, items, seen := int(k.Figure(t.id+".processes").Value), t.trial.Template.Items, t.lives.Processes
	switch {
	case n >= 2 || items == nil || seen <= n:
		return ""
	case *items > 0:
		return fmt.Sprintf("observed: %d child processes, which did %s, never two before the first was waited for", seen, words.Count(*items, "task"))
	}
	return fmt.Sprintf("observed: %d child processes, and none of them did a task", seen)
}

// compute puts the quantities of a template among the figures.
func (t *template) compute(k *kind) {
	for _, r := range templateRows {
		name := t.id + "." + r.name
		rounds := verdict.Rounds{Never: t.notRun(r), Unclear: t.starved(r)}
		switch {
		case rounds.Never != "" || rounds.Unclear != "":
		case r.source != nil:
			rounds.Add(stat.Exactly(float64(r.source(t))), true)
		case r.figure != nil:
			n, ok := r.figure(t)
			rounds.Add(stat.Exactly(float64(n)), ok)
		default:
			rounds.Add(stat.Exactly(t.lives.InMain), true)
		}
		if r.unclear != nil && rounds.Never == "" && rounds.Unclear == "" {
			rounds.Unclear = r.unclear(t)
		}
		k.Gather(name, rounds)
	}
}

// notRun says why a quantity of a template is missing, empty where it is not.
func (t *template) notRun(r templateRow) string {
	switch {
	case r.name == "found":
		return ""
	case t.snippet == nil:
		return "there is no template for " + t.id
	case r.source != nil || t.trial != nil:
		return ""
	case len(t.snippet.Needs) > 0:
		return fmt.Sprintf("the %s template cannot be run as it is: it needs %s", t.id, words.Code(t.snippet.Needs))
	}
	return "the " + t.id + " template was not run"
}

// starved says that a template was ended because it had no core to run on, empty
// where it had.
func (t *template) starved(r templateRow) string {
	const most = 0.5 // of its time
	if r.source != nil || t.trial == nil || t.trial.End.Limit == "" || phase.Starved(t.trial.Run) <= most {
		return ""
	}
	return "the " + t.id + " template was ended (" + t.trial.End.Limit + "), and it had waited for a core most of the time"
}

// tooShort is the life of a thread, in µs, below which the sampler may miss
// that it overlapped with another one.
const tooShort = 50_000

// threads is how many threads were at work at once: as many as were seen or,
// where they were over too soon to be seen together, as many as had been
// started before one was waited for.
func (t *trial) threads(alive phase.Lives) int {
	n := max(alive.Threads, t.Template.Pooled)
	if alive.Longest < tooShort {
		n = max(n, t.Template.Crew)
	}
	return n
}

// processes is how many child processes were there at once and did something.
// Children that did no task, or never two before the first was waited for, do
// not count however many there were; what cannot be counted is not asked for.
func (t *trial) processes(alive phase.Lives) int {
	n := alive.Processes
	if items := t.Template.Items; items != nil && n > 0 {
		n = min(max(n, t.Template.Handed), *items)
		if t.Template.Handed > 0 {
			n = min(n, t.Template.Handed)
		}
	}
	return n
}

// templatePlace is where a strategy's template stands.
func (k *kind) templatePlace(id string) *record.Place {
	if t := k.templates[id]; t != nil && t.snippet != nil {
		return k.line(t.snippet.Line)
	}
	return nil
}
