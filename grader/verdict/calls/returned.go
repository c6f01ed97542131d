package calls

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// returnedRows compare the figures that a call returned with what was observed of
// it.
var returnedRows = []row{
	offRow("wall"), offRow("cpu"), offRow("main"), offRow("threads"), offRow("processes"),
	{name: "memory_told", all: (*kind).memoryTold, words: returnedBeside("memory")},
	{name: "lines_told", all: (*kind).linesTold, words: returnedBeside("lines")},
}

func offRow(figure string) row {
	return row{name: figure + "_off", words: returnedBeside(figure), all: func(k *kind, c *spec.Call, name string) {
		k.compareReturned(c, name, figure, "nothing was seen that this figure could be of", func(m observedCall, told float64) (float64, bool) {
			lo, hi, ok := m.took(figure)
			return math.Max(0, math.Max(lo-told, told-hi)) / math.Max(m.wall(), 1e-3), ok
		})
	}}
}

// memoryTold compares a figure with the largest process.
func (k *kind) memoryTold(c *spec.Call, name string) {
	k.compareReturned(c, name, "memory", "", func(m observedCall, told float64) (float64, bool) {
		seen := largest(m.run)
		return told / math.Max(1, seen), seen > 0
	})
	if f := k.Figure(name); f.Missing && f.Reason == "" {
		k.Unknown(name, "no process lived long enough to see how much memory it held", "")
	}
}

// linesTold compares figures with the lines of functions: of several the one that
// is farthest off.
func (k *kind) linesTold(c *spec.Call, name string) {
	i := slices.IndexFunc(c.Figures, func(f string) bool { return strings.HasPrefix(f, "lines ") })
	if i < 0 {
		k.notAsked(c, name)
		return
	}
	k.compareReturned(c, name, c.Figures[i], "nothing was seen that this figure could be of", func(m observedCall, _ float64) (float64, bool) {
		farthest, any := 1.0, false
		for n, f := range c.Figures {
			function, isLines := strings.CutPrefix(f, "lines ")
			if all, own := float64(k.lines(function)), float64(k.ownLines(function)); isLines && all > 0 {
				any = true
				// With what it uses or without: both are its lines.
				seen := math.Min(math.Max(m.Told()[n], own), all)
				if ratio := math.Max(m.Told()[n]/seen, 1e-9); math.Abs(math.Log(ratio)) >= math.Abs(math.Log(farthest)) {
					farthest = ratio
				}
			}
		}
		return farthest, any
	})
}

// notAsked notes that the call is asked for no such figure.
func (k *kind) notAsked(c *spec.Call, name string) {
	k.Unknown(name, c.ID+" is asked for no such figure", "")
}

// compareReturned gathers how far a figure that was returned is off, in each
// call that returned as many figures as are asked for.
func (k *kind) compareReturned(c *spec.Call, name, figure, absent string, off func(m observedCall, told float64) (float64, bool)) {
	at := slices.Index(c.Figures, figure)
	if c.Expect != spec.Figures || at < 0 {
		k.notAsked(c, name)
		return
	}
	back := k.measured(c)
	rounds := verdict.Rounds{Absent: absent}
	if len(back) == 0 {
		rounds.Never = neverReturned
	}
	for _, m := range back {
		if told := m.Told(); len(told) == len(c.Figures) {
			v, ok := off(m, told[at])
			rounds.Add(stat.Exactly(v), ok)
		}
	}
	if k.v(c, "correct") != 1 {
		rounds.Absent = "it did not return the figures that are asked for"
	}
	k.Gather(name, rounds)
}

// took gives the seconds that an honest figure of this name lies between.
// Workers are seen a little after their start, and last seen a little before
// their end; whoever times them from outside may have begun when what was busy
// before them had ended, and have read the clock again before anything else
// was.
func (m observedCall) took(figure string) (lo, hi float64, ok bool) {
	kind := phase.Kind("")
	switch figure {
	case "wall":
		return m.wall(), m.wall(), true
	case "cpu":
		cpu := m.cpu() / 1e6
		return cpu, cpu, true
	case "main":
		kind = phase.Main
	case "threads":
		kind = phase.Threads
	case "processes":
		kind = phase.Processes
	}
	p := m.window.All(kind)
	if p == nil {
		return 0, 0, false
	}
	// The threads with which a pool serves its processes are a stretch of
	// threads, too, but a small one.
	var most int64
	for _, b := range p.Bursts {
		most = max(most, b.CPU())
	}
	p.Bursts = slices.DeleteFunc(p.Bursts, func(b phase.Burst) bool { return b.CPU() < most/4 })
	first, last := p.Bursts[0], p.Bursts[len(p.Bursts)-1]
	around := min(last.Before, m.End) - max(first.After, m.Begin)
	return float64(p.Wall()) / 1e6, math.Max(float64(around), float64(p.Wall())) / 1e6, true
}

// largest is the most memory, in MiB, that a process which the program started
// held during a run. Where the machine was too busy to look at any of them, it
// is what the program itself held, which a child that was forked has, too; 0
// where nothing was seen.
func largest(run *record.Run) float64 {
	var children, own int64
	for _, t := range run.Tasks {
		if t.Parent > 0 {
			children = max(children, t.PeakKB)
		} else {
			own = max(own, t.PeakKB)
		}
	}
	return float64(cmp.Or(children, own)) / 1024
}

// figuresWrong says what is wrong with the figures that a call returned, empty
// for nothing.
func figuresWrong(m observedCall) string {
	told := m.Told()
	if len(told) != len(m.of.Figures) {
		what := words.Article(m.Type)
		if n := len(told); n > 0 {
			what = fmt.Sprintf("%d %s", n, words.Plural("figure", n))
		}
		return fmt.Sprintf("it returned %s, where %d %s asked for", what, len(m.of.Figures), map[bool]string{true: "is", false: "are"}[len(m.of.Figures) == 1])
	}
	if i := slices.IndexFunc(told, func(f float64) bool { return f < 0 }); i >= 0 {
		return fmt.Sprintf("its figure %d is %s, which is less than nothing", i+1, words.Number(told[i]))
	}
	return ""
}

// returnedBeside says what was returned beside what was seen.
func returnedBeside(figure string) func(*kind, *spec.Call) string {
	return func(k *kind, c *spec.Call) string {
		var parts []string
		for i, f := range c.Figures {
			if f != figure && !(figure == "lines" && strings.HasPrefix(f, "lines ")) {
				continue
			}
			for _, m := range k.measured(c) {
				if text := k.besideSeen(m, f, i); text != "" {
					parts = append(parts, text)
					break
				}
			}
		}
		return strings.Join(parts, "; ")
	}
}

// besideSeen says what the figure with this index was, beside what was seen of
// it; empty where nothing can be said of the call.
func (k *kind) besideSeen(m observedCall, figure string, i int) string {
	told := m.Told()
	if len(told) != len(m.of.Figures) {
		return ""
	}
	if function, ok := strings.CutPrefix(figure, "lines "); ok {
		text := fmt.Sprintf("it says %s lines for `%s`, which has %d", words.Number(told[i]), function, k.lines(function))
		if own := k.ownLines(function); own < k.lines(function) {
			text += fmt.Sprintf(" (%d without what it uses)", own)
		}
		return text
	}
	if figure == "memory" {
		if largest(m.run) == 0 {
			return ""
		}
		return fmt.Sprintf("it says %s MiB, and the largest process held %s", words.Number(told[i]), words.Number(largest(m.run)))
	}
	lo, hi, _ := m.took(figure)
	seen := words.Span(lo)
	if words.Span(hi) != seen {
		seen = fmt.Sprintf("between %s and %s", seen, words.Span(hi))
	}
	return fmt.Sprintf("it says %s, and %s was seen", words.Span(told[i]), seen)
}

// unlike says how a result differs from the reference's for the same inputs,
// empty for not at all, or where nobody knows the reference's.
func unlike(m observedCall) string {
	want := m.peer
	if want == nil {
		return ""
	}
	list := func(t string) bool { return t == "list" || t == "tuple" }
	shown := func(m observedCall) string {
		switch told := m.Told(); {
		case m.Odd != "":
			return m.Odd
		case list(m.Type):
			return fmt.Sprintf("%s of %d", words.Article(m.Type), m.Results)
		case len(told) == 1:
			return words.Number(told[0])
		}
		return words.Article(m.Type)
	}
	switch near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b)) }; {
	case list(m.Type) != list(want.Type):
	case len(want.Figures) > 0 && slices.EqualFunc(m.Told(), want.Told(), near):
		return ""
	case m.Odd == want.Odd && m.Results == want.Results && slices.Equal(m.Result, want.Result) && m.Digest == want.Digest:
		return ""
	case list(m.Type) && m.Results == want.Results:
		for i := range m.Result {
			if m.Result[i] != want.Result[i] {
				return fmt.Sprintf("result %d of %d is %d, and should be %d", i+1, m.Results, m.Result[i], want.Result[i])
			}
		}
	}
	return fmt.Sprintf("it returned %s, and should have returned %s", shown(m), shown(*want))
}
