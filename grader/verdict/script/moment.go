package script

import (
	"fmt"
	"slices"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

const (
	// stepped is the share of the copy's first phase, by CPU time, from which on
	// work of another kind is a phase of its own.
	stepped = 0.2
	// enough is the share of the CPU time of the copy's first phase that the
	// original must have used to tell what it does.
	enough = 0.6
	// starved is the run-queue wait, relative to the time that a run lasted, from
	// which on the machine is why it used little CPU time.
	starved = 0.3
)

// original is what the submission as handed in did in a moment.
type original struct {
	ended bool // by itself
	// beyond says that it went on to other work than the copies' first phase, or
	// did such work from the start; idle that it hardly computed.
	beyond, idle bool
	// elsewhere says that its threads stood outside the work when it was ended.
	elsewhere bool
	order     []phase.Kind
	cpu, wall float64 // seconds
	starved   bool    // the machine gave it too little to tell
}

// original compares the moment with what each copy did until its first phase was
// over; false where there is nothing to compare.
func (k *kind) original() (original, bool) {
	if k.moment == nil || !k.Record.Host.Scheduler {
		return original{}, false
	}
	var o original
	seen := false
	for _, r := range k.runs {
		first := r.First()
		if first == nil || r.Size == 0 {
			continue
		}
		one := k.beside(r, first)
		if !seen {
			o, seen = one, true
			continue
		}
		o.beyond, o.idle, o.starved = o.beyond && one.beyond, o.idle && one.idle, o.starved || one.starved
	}
	o.elsewhere = !o.ended && k.elsewhere()
	return o, seen
}

// elsewhere reports whether no thread of the original stood in the lines of the
// work. It is false where those are not known, as of a task that stands in no function.
func (k *kind) elsewhere() bool {
	probe, source := k.Record.Submission.Probe, k.Record.Submission.Source
	works := func(file string, line int) bool {
		return file == k.Record.Submission.File && slices.ContainsFunc(probe.Work, func(l record.Lines) bool { return line >= l.From && line <= l.To })
	}
	if len(probe.Work) == 0 || len(k.moment.End.Stands) == 0 {
		return false
	}
	for _, f := range source.Findings {
		if f.ID == k.Spec.Task.Pattern && !works(f.File, f.Line) {
			return false
		}
	}
	return !slices.ContainsFunc(k.moment.End.Stands, func(at record.Place) bool { return works(at.File, at.Line) })
}

// beside compares the moment with one copy, whose first phase this is.
func (k *kind) beside(copied judgedRun, first *phase.Phase) original {
	line := phase.Cut(k.moment)
	o := original{ended: k.moment.End.Limit == "", wall: float64(k.moment.End.WallUS) / 1e6}
	o.order = line.Order(line.Ended+1, int64(stepped*float64(first.CPU())))
	o.beyond = !within(o.order, copied.Order(first.End(), int64(stepped/2*float64(first.CPU()))))
	used := phase.Used(k.moment, line.Ended)
	o.cpu = float64(used) / 1e6
	o.idle = float64(used) < enough*float64(phase.Used(copied.Run, first.End()))
	var wait int64
	for _, t := range k.moment.Tasks {
		wait += t.Last().Wait
	}
	o.starved = float64(wait) > starved*float64(k.moment.End.WallUS) || k.moment.End.ThrottledUS > 0
	return o
}

// within reports whether all of one order stands in another, in the same order.
func within(one, other []phase.Kind) bool {
	for _, kind := range one {
		i := slices.Index(other, kind)
		if i < 0 {
			return false
		}
		other = other[i:]
	}
	return true
}

// taskScales is 0 where the original was done, or gone on, when it cannot have been.
func (k *kind) taskScales(name string) {
	o, compared := k.original()
	switch {
	case !compared:
		k.SetTruth(name, true)
	case o.ended && k.moment.End.Exit != 0:
		k.Unknown(name, "as handed in, the script ended with an error within a moment, and only its smaller copy ran to its end", "Run the script yourself, as it is, and mend the error.")
	case o.idle && o.starved && !o.ended:
		k.Unknown(name, "the machine had so much else to do that the script as handed in could not be seen at work", "")
	default:
		k.SetTruth(name, !o.ended && !o.beyond && !o.idle && !o.elsewhere)
	}
}

// scalesSeen says what the original did.
func (k *kind) scalesSeen() string {
	o, _ := k.original()
	run := k.runs[len(k.runs)-1]
	size := words.Grouped(k.Spec.Size.Lesson)
	switch {
	case o.ended:
		return fmt.Sprintf("as handed in it ended after %s and %s of CPU time; a copy with %s in the place of %s computed for %s",
			words.Span(o.wall), words.Span(o.cpu), words.Grouped(run.Size), size, words.Span(float64(run.End.CPUUS)/1e6))
	case o.idle:
		return fmt.Sprintf("as handed in it used %s of CPU time in %s, and the copy with %s in the place of %s computed from the start",
			words.Span(o.cpu), words.Span(o.wall), words.Grouped(run.Size), size)
	}
	if o.elsewhere && !o.beyond {
		return fmt.Sprintf("as handed in, after %s of CPU time, it was not in its task: there stood %s", words.Span(o.cpu), verdict.Standing(k.moment.End.Stands))
	}
	return fmt.Sprintf("as handed in, with %s, it was as far after %s of CPU time as the copy with %s", size, words.Span(o.cpu), words.Grouped(run.Size))
}

// sizePlace is where the lesson's size stands, nil for nowhere.
func (k *kind) sizePlace() *record.Place {
	sizes := k.Record.Submission.Source.Sizes
	if len(sizes) == 0 {
		return nil
	}
	return &record.Place{File: sizes[0].File, Line: sizes[0].Line}
}
