// Package spec decodes challenge.yaml and workshop.yaml: strictly, with all
// errors at once, each at its line and column and with the remedy.
package spec

import (
	"fmt"
	"time"
)

// HintLevels is how many Hints a check has that has any.
const HintLevels = 3

// Version is the version of the spec's language.
const Version = 1

// Challenge is one exercise, as its challenge.yaml says.
type Challenge struct {
	ID      string `yaml:"-"`                  // its folder's path
	Version int    `yaml:"version" need:"yes"` // of the language: 1
	// Title is what the exercise is called, in one line.
	Title string `yaml:"title" need:"yes"`
	// Summary is one sentence for lists.
	Summary string `yaml:"summary" need:"yes"`
	// Section is the lesson's section that the exercise belongs to; empty for
	// that of its workshop.
	Section string `yaml:"section"`
	// Deliverable is the file that a learner hands in.
	Deliverable string `yaml:"deliverable" need:"yes"`
	// Python is the least version of Python that it takes, such as 3.14: with an older
	// one nothing is decided, and the report says why. Any version will do where it is
	// not said.
	Python PythonVersion `yaml:"python"`
	// Tasks is how many tasks each phase of a script runs.
	Tasks int `yaml:"tasks" range:"1..64"`
	// Calls are the calls of the deliverable's functions, in order. A
	// challenge without any is a script, which is run as it is.
	Calls []Call `yaml:"calls"`
	// Callables are the names of functions of the author's own, which callables.py beside
	// this file defines, and arguments can be. What they give is not known to the
	// grader: such a call expects reference, answer, figures or anything.
	Callables []string `yaml:"callables"`
	// Analysis makes the script one that recommends strategies: it is run as
	// it is, and what its module holds is read and tried; left out in others.
	Analysis *Analysis `yaml:"analysis"`
	// Size says how the lesson's size is scaled; a challenge without one is
	// run as written.
	Size Size `yaml:"size"`
	// Rounds are how often the submission and the reference run in turn.
	Rounds Rounds `yaml:"rounds"`
	// Limits bound what a run may use.
	Limits Limits `yaml:"limits"`
	// Task is what the workers of a script compute.
	Task Task `yaml:"task"`
	// Lesson maps the short names of the lesson's sections to their titles.
	Lesson map[string]string `yaml:"lesson"`
	// Checks are what is asked for, in the order in which a report shows them.
	Checks []Check `yaml:"checks" need:"yes"`

	// CallablesText is callables.py, empty where there is none. Parse leaves it empty.
	CallablesText string `yaml:"-"`

	text []byte // as it was read
	at   map[string]Position
}

// Size is the lesson's size and the CPU time to which a task is scaled: at the first
// look, and at the longer one that follows where the first does not decide.
type Size struct {
	Lesson int64    `yaml:"lesson" range:"1.."`    // the number in the lesson
	First  Duration `yaml:"first" range:"1ms..1m"` // the CPU time that a task takes in the scaled copy, at the first look; `task` where it is not said
	Task   Duration `yaml:"task" range:"1ms..1m"`  // the CPU time that it takes at the second look
}

// Rounds bounds how often the submission and the reference run in turn.
type Rounds struct {
	Min int `yaml:"min" range:"1..20"` // the fewest
	Max int `yaml:"max" range:"1..20"` // the most, while a bound is undecided
}

// Limits bound each run.
type Limits struct {
	// Wall bounds a run, Full that of a script as written which could be scaled.
	Wall   Duration `yaml:"wall" range:"1s..24h"`
	Full   Duration `yaml:"full" range:"1s..24h"`
	CPU    Duration `yaml:"cpu" range:"1s..240h"`          // of all tasks together
	Memory Bytes    `yaml:"memory" range:"32MiB..1024GiB"` // of all processes together
	Tasks  int      `yaml:"tasks" range:"1..100000"`       // threads and processes alive at once
	Output Bytes    `yaml:"output" range:"1KiB..1GiB"`     // what may be printed
	// Written bounds what is written to files, all together; Files the open
	// files of each process, at least 256, rounded up to a power of two;
	// FileSize a single file.
	Written  Bytes `yaml:"written" range:"1KiB..1024GiB"`
	Files    int   `yaml:"files" range:"256.."`
	FileSize Bytes `yaml:"file_size" range:"1KiB..1024GiB"`
}

// Task is what the workers compute.
type Task struct {
	Name string `yaml:"name"` // as in "the task is NAME"
	// Accept are Python expressions in n: what the task may give for size n.
	Accept []string `yaml:"accept"`
	// Small is the size with which the learner's functions are called.
	Small int64 `yaml:"small" range:"1..1000000"`
	// Pattern is what the source shows where no function can be called.
	Pattern string `yaml:"pattern"`
}

// Check is one thing that the challenge asks for.
type Check struct {
	ID     string  `yaml:"id" need:"yes"`                     // what a fixture's file `want` names
	Title  string  `yaml:"title" need:"yes"`                  // what is asked for, as a report says it
	Points float64 `yaml:"points" need:"yes" range:"0..1000"` // what it adds to the score where it passes
	// Lesson is the short name of the lesson's section that explains it.
	Lesson string `yaml:"lesson"`
	// Hint is what to do next where nothing tells more.
	Hint string `yaml:"hint" need:"yes"`
	// Hints are asked for, one at a time, by a learner who is stuck: three texts,
	// each of which says more than the one before. The first is what to look at, the
	// second how to do it, the third nearly the code, with lines of code indented by
	// four spaces. Empty for a check that has only Hint.
	Hints []string `yaml:"hints"`
	// Where is the finding whose line is shown where no cause is known.
	Where string `yaml:"where"`
	// Needs are the checks without which this one may show nothing of its own:
	// what a failed one made unseeable is not judged. If they are not said, a
	// check needs the one with run.completed or module.imported, and those with
	// CALL.returned of the calls that it is about.
	Needs []string `yaml:"needs" empty:"none"`
	// Bounds are the limits that all must be kept.
	Bounds []Bound `yaml:"bounds" need:"yes"`
	// Causes are mistakes that explain a fail, the likeliest first.
	Causes []Cause `yaml:"causes"`
}

// Bound is a limit on a quantity.
type Bound struct {
	Quantity string `yaml:"quantity" key:"yes"`
	// Min is the least that keeps the bound, Max the most.
	Min *float64 `yaml:"min"`
	Max *float64 `yaml:"max"`
	// Of is what Min and Max are multiples of: another quantity, or an argument of
	// the call that the quantity is of, by its name: its number, or, of a list, its
	// length.
	Of string `yaml:"of"`
	// GIL restricts the bound to interpreters with the GIL on or off.
	GIL *bool `yaml:"gil"`
	// Otherwise is the bound on the same quantity where GIL or Scheduler
	// do not hold.
	Otherwise *Bound `yaml:"otherwise"`
	// Scheduler restricts it to systems where tasks can be observed (true)
	// or cannot (false).
	Scheduler *bool `yaml:"scheduler"`
	// ConfirmedBy is a quantity of this check that decides alone where this
	// one cannot be decided on the machine at hand.
	ConfirmedBy string `yaml:"confirmed_by"`
	// Message is the message where the bound is not kept, Hint what to do then, in
	// place of the check's.
	Message string `yaml:"says"`
	Hint    string `yaml:"hint"`
}

// For gives the bound that holds for this state of the GIL and this kind of
// system, nil for none.
func (b *Bound) For(gil, scheduler bool) *Bound {
	if (b.GIL == nil || *b.GIL == gil) && (b.Scheduler == nil || *b.Scheduler == scheduler) {
		return b
	}
	if b.Otherwise == nil {
		return nil
	}
	other := *b.Otherwise
	other.Quantity = b.Quantity
	return other.For(gil, scheduler)
}

// Cause is a mistake that the source shows.
type Cause struct {
	Finding     string `yaml:"finding" need:"yes"` // what reading the source must have found
	Description string `yaml:"says" need:"yes"`    // completes a sentence: what that does
	Hint        string `yaml:"hint"`               // what to do then, in place of the check's
	// For are the quantities whose bounds it can break, all where empty.
	For []string `yaml:"for"`
	// When are bounds that are kept wherever the mistake was made. One that is
	// broken, by what was observed, rules the mistake out, and it is not named.
	When []Bound `yaml:"when"`
}

// Workshop is a folder of challenges that is checked as one.
type Workshop struct {
	ID         string   `yaml:"-"`
	Version    int      `yaml:"version" need:"yes"`
	Title      string   `yaml:"title" need:"yes"`
	Summary    string   `yaml:"summary"`
	Challenges []string `yaml:"challenges" need:"yes"` // in order
}

// Points is the most points that the challenge gives.
func (c *Challenge) Points() float64 {
	var sum float64
	for _, check := range c.Checks {
		sum += check.Points
	}
	return sum
}

// Text is challenge.yaml as it was read.
func (c *Challenge) Text() string { return string(c.text) }

// At is where a value stands in challenge.yaml, by its path: checks[0].points;
// zero where it does not stand there.
func (c *Challenge) At(path string) Position { return c.at[path] }

// Duration is a span of time, written with its unit: 150ms, 5m.
type Duration time.Duration

func (d *Duration) parse(s string) error {
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf("%q is no duration; write a number with its unit, such as 150ms, 10s or 5m", s)
	}
	*d = Duration(v)
	return nil
}

// Bytes is an amount of memory or output, written with its unit: 64KiB, 2GiB.
type Bytes int64

func (b *Bytes) parse(s string) error {
	var n int64
	var unit string
	if _, err := fmt.Sscanf(s, "%d%s", &n, &unit); err == nil && n >= 0 {
		for i, u := range []string{"KiB", "MiB", "GiB"} {
			if unit == u && n < 1<<30 {
				*b = Bytes(n << (10 * (i + 1)))
				return nil
			}
		}
	}
	return fmt.Errorf("%q is no amount of bytes; write a whole number with its unit, such as 512KiB, 64MiB or 2GiB", s)
}
