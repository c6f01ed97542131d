package verdict

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
)

// told are the quantities of the figures that a call returned, beside what was
// observed of it.
func (j *judge) told(c *spec.Call) {
	if c.Expect != spec.Figures {
		return
	}
	back := of(j.calls[c.ID], record.Measured)
	compare := func(figure, name string, off func(m made, told float64) (float64, bool)) {
		var rounds []stat.Interval
		for _, m := range back {
			if told := m.Told(); len(told) == len(c.Figures) {
				if v, ok := off(m, told[slices.Index(c.Figures, figure)]); ok {
					rounds = append(rounds, stat.Exactly(v))
				}
			}
		}
		switch {
		case len(back) == 0:
			j.missing(name, "it never returned")
		case !j.rec.Host.Scheduler && figure != "wall" && !strings.HasPrefix(figure, "lines "):
			j.unknown(name, "tasks cannot be observed on "+j.rec.Host.OS)
		case len(rounds) == 0 && j.quantities[c.ID+".correct"].Value != 1:
			j.missing(name, "it did not return the figures that are asked for")
		case len(rounds) == 0 && figure == "memory":
			j.unknown(name, "no process lived long enough to see how much memory it held")
		case len(rounds) == 0:
			j.missing(name, "nothing was seen that this figure could be of")
		default:
			j.set(name, stat.Middle(rounds))
		}
	}
	lines := 1.0 // the farthest off of several
	for _, figure := range c.Figures {
		function, isLines := strings.CutPrefix(figure, "lines ")
		switch name := c.ID + "." + figure; {
		case figure == "any":
		case isLines:
			compare(figure, c.ID+".lines_told", func(_ made, told float64) (float64, bool) {
				seen := float64(j.lines(function))
				if ratio := told / seen; seen > 0 && math.Abs(math.Log(math.Max(ratio, 1e-9))) >= math.Abs(math.Log(lines)) {
					lines = math.Max(ratio, 1e-9)
				}
				return lines, seen > 0
			})
		case figure == "memory":
			compare(figure, name+"_told", func(m made, told float64) (float64, bool) {
				seen := largest(m.run)
				return told / math.Max(1, seen), seen > 0
			})
		default:
			compare(figure, name+"_off", func(m made, told float64) (float64, bool) {
				lo, hi, ok := m.took(figure)
				return math.Max(0, math.Max(lo-told, told-hi)) / math.Max(m.wall(), 1e-3), ok
			})
		}
	}
}

// took gives the seconds that an honest figure of this name lies between.
// Workers are seen a little after their start, and last seen a little before
// their end; whoever times them from outside may have begun when what was busy
// before them had ended, and have read the clock again before anything else
// was.
func (m made) took(figure string) (lo, hi float64, ok bool) {
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
func figuresWrong(c *spec.Call, m made) string {
	told := m.Told()
	if len(told) != len(c.Figures) {
		what := article(m.Type)
		if n := len(told); n > 0 {
			what = fmt.Sprintf("%d %s", n, plural("figure", n))
		}
		return fmt.Sprintf("it returned %s, where %d %s asked for", what, len(c.Figures), map[bool]string{true: "is", false: "are"}[len(c.Figures) == 1])
	}
	if i := slices.IndexFunc(told, func(f float64) bool { return f < 0 }); i >= 0 {
		return fmt.Sprintf("its figure %d is %s, which is less than nothing", i+1, number(told[i]))
	}
	return ""
}

// observedFigure says what was returned beside what was seen.
func (j *judge) observedFigure(c *spec.Call, name string) string {
	figure, _, _ := strings.Cut(name, "_")
	back := of(j.calls[c.ID], record.Measured)
	var parts []string
	for i, f := range c.Figures {
		for _, m := range back {
			told := m.Told()
			if len(told) != len(c.Figures) || f != figure && !(figure == "lines" && strings.HasPrefix(f, "lines ")) ||
				figure == "memory" && largest(m.run) == 0 {
				continue
			}
			switch {
			case figure == "lines":
				function := strings.TrimPrefix(f, "lines ")
				parts = append(parts, fmt.Sprintf("it says %s lines for `%s`, which has %d", number(told[i]), function, j.lines(function)))
			case figure == "memory":
				parts = append(parts, fmt.Sprintf("it says %s MiB, and the largest process held %s", number(told[i]), number(largest(m.run))))
			default:
				lo, hi, _ := m.took(f)
				seen := span(lo)
				if span(hi) != seen {
					seen = fmt.Sprintf("between %s and %s", seen, span(hi))
				}
				parts = append(parts, fmt.Sprintf("it says %s, and %s was seen", span(told[i]), seen))
			}
			break
		}
	}
	return strings.Join(parts, "; ")
}

// pair finds for each of the learner's calls the reference's with the same
// inputs.
func (j *judge) pair() {
	for id, calls := range j.calls {
		for i := range calls {
			k := slices.IndexFunc(j.peers[id], func(p made) bool {
				return p.Seed == calls[i].Seed && p.Aim == calls[i].Aim && p.Ended == record.Returned
			})
			if k >= 0 {
				calls[i].peer = &j.peers[id][k]
			}
		}
	}
}

// unlike says how a result differs from the reference's for the same inputs,
// empty for not at all. Both must be there.
func unlike(m made) string {
	want := m.peer
	list := func(t string) bool { return t == "list" || t == "tuple" }
	shown := func(m made) string {
		switch told := m.Told(); {
		case m.Odd != "":
			return m.Odd
		case list(m.Type):
			return fmt.Sprintf("%s of %d", article(m.Type), m.Results)
		case len(told) == 1:
			return number(told[0])
		}
		return article(m.Type)
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
