// Package claim reads what a learner's program printed: the times, the CPU
// utilization and the speedups of its phases, in prose, tables, JSON or logs.
//
// An output is read as a layout and not as numbers. A terminal shows its lines
// (terminal.go) without Python's own messages (traceback.go). A line is cut
// into words, numbers and marks (scan.go, number.go), and its words are known
// by a vocabulary (words.go). Each number becomes a Figure (line.go), with the
// phase that it belongs to (label.go, assign.go, table.go, object.go) and what
// its unit, its title, its column or its heading say that it is (kind.go).
// Figures that stand in the same place for each phase form a Series
// (series.go).
//
// Nothing is compared with what was observed here. Reading takes time that is
// linear in the text.
package claim

import (
	"slices"
	"strings"
)

// Phase is one of the three ways to run the four tasks.
type Phase string

// The phases, in the order of the lesson.
const (
	Sequential Phase = "sequential"
	Threads    Phase = "threads"
	Processes  Phase = "processes"
)

// Phases lists them, in the order of the lesson.
var Phases = []Phase{Sequential, Threads, Processes}

// Kind is what a figure is about.
type Kind string

// The kinds of figures.
const (
	Time        Kind = "time"        // wall time, in seconds
	CPUTime     Kind = "cpu time"    // in seconds
	Speedup     Kind = "speedup"     // a ratio of times
	Utilization Kind = "utilization" // in percent, in cores, or a share of the machine
	Plain       Kind = "plain"       // a number whose meaning was not found
	Other       Kind = "other"       // a number that is none of these: a count, an efficiency, an expectation
)

// Figure is one printed number.
type Figure struct {
	Kind  Kind
	Phase Phase // empty where no phase was named
	// Value is in seconds for times with a unit, else as printed.
	Value float64
	// Round is how much rounding may have changed the value: one unit of its
	// last printed digit, in the value's unit.
	Round float64
	// Sure says that the output itself says what the figure is, with a unit or
	// in words, and that it is the phase's own: no share of it, no expectation.
	Sure bool
	// Unit says that a unit was printed: without one, a time may be in
	// milliseconds, and a utilization in percent, in cores or a share.
	Unit bool
	// Percent says that a percent sign was printed, or the word.
	Percent bool
	// Either says that a utilization may as well be CPU time in seconds: its title
	// is CPU, without a unit.
	Either bool
	Line   int // the index of its line in Printed.Lines

	title string // the words that it stands under
	nth   int    // its number among the figures of this title in its line
	whole bool   // printed without a decimal point
	row   int    // the line that names its phase
	below bool   // that line is an earlier one
	lead  int    // the last line without figures before it, -1 for none
	led   bool   // a word begins its line, and speaks of no whole program
}

// Printed is what a program printed.
type Printed struct {
	Lines []string // as a terminal shows them
	// Series are the ways in which the figures can be read together, the most
	// specific first.
	Series []Series
	// Figures are all that belong to a phase, in the order of the text.
	Figures []Figure
	// Overall are the figures that belong to no phase.
	Overall []Figure
	// Cut says that a part of the output was not kept.
	Cut bool
	// SaysParent says that somewhere it is written that child processes are not
	// counted.
	SaysParent bool
}

// Series are the figures that stand in the same place for each phase.
type Series struct {
	Key     string // the same in each run of a program
	Kind    Kind
	Sure    bool // all figures are
	Strict  bool // they stand under the same words, not merely in the same order
	Figures map[Phase][]Figure
	// Order holds the figures where no phase is named, in the order of the
	// text; Figures is nil then.
	Order []Figure
}

// Has reports whether the series has a figure of the phase.
func (s Series) Has(p Phase) bool { return len(s.Figures[p]) > 0 }

// mostLine and mostFigures bound what is read: people read shorter lines, and
// fewer figures.
const (
	mostLine    = 4000
	mostFigures = 20_000
)

// Read reads a program's standard output and error.
func Read(stdout, stderr string) *Printed {
	var lines []string
	for _, text := range []string{stdout, stderr} {
		lines = append(lines, said(shown(text))...)
	}
	p := &Printed{Lines: lines, Cut: isCut(stdout) || isCut(stderr)}
	r := newReader(lines)
	r.read()
	p.SaysParent = r.saysParent
	for _, f := range r.figures {
		if f.Phase == "" {
			p.Overall = append(p.Overall, f)
		} else {
			p.Figures = append(p.Figures, f)
		}
	}
	renamed(p.Figures)
	p.Figures = own(p.Figures, &p.Overall)
	p.Figures, p.Overall = eliminated(p.Figures, p.Overall)
	p.Series = series(p.Figures, p.Overall)
	return p
}

// isCut reports whether the middle of a long output was left out.
func isCut(text string) bool {
	const long = 12 << 10 // bytes: of a shorter one, all is kept
	return len(text) > long && strings.Contains(text, " bytes left out ...]\n")
}

// Telling reports whether a line has both a figure and a phase's name, so that
// it is worth keeping of a long output.
func Telling(line []byte) bool {
	text := plainText(string(line))
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= '0' && r <= '9' }) {
		return false
	}
	return slices.ContainsFunc(Phases, func(p Phase) bool { return mentions(text, names[p]) })
}
