package page

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/advice"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// drawnFigure is a figure as the template and the page's script read it.
type drawnFigure struct {
	N           int            `json:"-"` // on the page, from 0
	Title       string         `json:"-"`
	Description string         `json:"-"`
	Start       bool           `json:"-"`      // it is shown first
	Length      int64          `json:"length"` // units of 0.1 ms
	Ticks       []tick         `json:"-"`
	Height      float64        `json:"cores"` // of the sums
	Pictures    []drawnPicture `json:"pictures"`
	seen        [states]bool
}

type drawnPicture struct {
	Whose    string      `json:"whose"`
	Message  string      `json:"-"`
	Lasted   string      `json:"-"`
	Lanes    []drawnLane `json:"lanes"`
	More     int         `json:"-"`
	Marks    []drawnMark `json:"-"`
	Marked   string      `json:"-"` // what a mark is
	Used     string      `json:"-"` // path
	Wanted   string      `json:"-"` // path
	CoresAt  float64     `json:"-"` // of the line at the number of cores, in percent from above
	Cores    string      `json:"-"`
	Requests string      `json:"-"` // path, empty for none
	Most     int         `json:"-"` // requests
	Under    [][2]int64  `json:"requests,omitempty"`
}

type drawnLane struct {
	Name  string  `json:"name"`
	Data  []int64 `json:"data"`
	Paths []layer `json:"-"`
}

// layer is one state of a lane, drawn.
type layer struct{ Class, Path string }

type drawnMark struct {
	Name     string
	X, Width string
	From, To int64
}

var classes = [states]string{"computing", "ready", "locked", "answering", "asleep"}

// drawn draws figures, numbered from so many on.
func drawn(all []figure, from int) []drawnFigure {
	var out []drawnFigure
	for i, f := range all {
		d := drawnFigure{N: from + i, Title: f.Title, Description: f.Description, Length: f.Length / unit, Ticks: ticks(f.Length), Height: f.height()}
		requests := 0
		for _, p := range f.Pictures {
			requests = max(requests, most(p.Requests))
		}
		for _, p := range f.Pictures {
			d.Pictures = append(d.Pictures, d.picture(p, requests))
		}
		out = append(out, d)
	}
	return out
}

// picture draws one picture of a figure; the most requests are those of all.
func (d *drawnFigure) picture(p picture, requests int) drawnPicture {
	out := drawnPicture{Whose: p.Whose, Marked: p.Marked, Message: p.message(), Lasted: words.Span(float64(p.To-p.From) / 1e6), More: p.More,
		Used: p.area(d.Height, p.Used), Wanted: p.area(d.Height, p.Used, p.Wanted), CoresAt: 100 - 100*p.Cores/d.Height, Cores: words.Number(p.Cores)}
	for _, m := range p.Marks {
		length := float64(d.Length)
		from, to := p.units(m.From), p.units(m.To)
		out.Marks = append(out.Marks, drawnMark{m.Name, percent(float64(from) / length), percent(float64(to-from) / length), from, to})
	}
	for _, l := range p.Lanes {
		one := drawnLane{Name: l.Name, Data: p.data(l)}
		for k := range states {
			if path := p.path(l, k); path != "" {
				one.Paths = append(one.Paths, layer{classes[k], path})
				d.seen[k] = true
			}
		}
		out.Lanes = append(out.Lanes, one)
	}
	if len(p.Requests) > 0 {
		out.Requests, out.Most = p.requests(requests), most(p.Requests)
		for _, l := range p.Requests {
			out.Under = append(out.Under, [2]int64{p.units(l.At), int64(l.N)})
		}
	}
	return out
}

// legend says what a colour means.
type legend struct{ Class, Name, Description string }

// legends are those of the states that were seen.
func legends(gil bool, figures []drawnFigure) []legend {
	lock := legend{"locked", "asleep on the GIL or a lock", "It slept and woke many times a second while another thread of its process computed or waited for a core, as a thread does that waits for the GIL. The kernel does not say for which lock, so another lock looks the same."}
	if !gil {
		lock.Name, lock.Description = "asleep on a lock", "It slept and woke many times a second while another thread of its process computed or waited for a core. This interpreter runs without the GIL, so it is another lock."
	}
	all := [states]legend{
		{"computing", "computing", "The task was on a core."},
		{"ready", "ready, waiting for a core", "It wanted to compute, and stood in the kernel's run queue: the cores were taken, or a quota was used up."},
		lock,
		{"answering", "waiting for I/O", "It slept while a request that it had sent to the grader's server was under way."},
		{"asleep", "asleep", "It slept for something else: a thread that it joins, a timer, a pipe, a disk. The record cannot tell these apart."},
	}
	var out []legend
	for k, l := range all {
		if slices.ContainsFunc(figures, func(f drawnFigure) bool { return f.seen[k] }) {
			out = append(out, l)
		}
	}
	return out
}

// tile is a phase at one look.
type tile struct {
	Name    string
	Kind    phase.Kind
	Moral   string // what that means, empty where it is not clear
	Wanted  string // how many wanted a core at once
	Workers int
	Meter   []string // of each worker the share that is filled, in percent
	Facts   [][2]string
}

// The shares of the workers that want a core at once, up to which they share one and
// from which on they work in parallel, as the course's challenges have them; and how
// often a second those hand a lock over that take turns on it.
const (
	sharing  = 0.5
	parallel = 0.6
	often    = 100
)

// moral says what the figures of a phase mean, empty where they do not tell: naps
// look like hand-offs, so turns are what the evidence on interleaving says, too.
func moral(r *verdict.Result, p verdict.Phase) string {
	workers := float64(p.Workers)
	forged := slices.ContainsFunc(r.Checks, func(k verdict.Check) bool {
		return slices.ContainsFunc(k.Evidence, func(e verdict.Evidence) bool {
			return e.Quantity == string(p.Kind)+".interleaving" && e.Holds != verdict.True
		})
	})
	switch {
	case forged:
		return ""
	case p.Kind == phase.Main || p.Workers < 3:
		return ""
	case p.Parallelism >= parallel*workers:
		return "Side by side"
	case p.Parallelism > sharing*workers:
		return ""
	case p.HandOffs >= often:
		return "Taking turns"
	}
	return "One after the other"
}

func tiles(r *verdict.Result) []tile {
	var out []tile
	for _, p := range r.Phases {
		name := string(p.Kind)
		if p.Kind == phase.Main {
			name = "sequential"
		}
		t := tile{Name: name, Kind: p.Kind, Moral: moral(r, p), Wanted: fmt.Sprintf("%.1f", p.Parallelism), Workers: p.Workers}
		for i := range min(p.Workers, 16) {
			t.Meter = append(t.Meter, percent(math.Max(0, math.Min(1, p.Parallelism-float64(i)))))
		}
		t.Facts = append(t.Facts, [2]string{"wall time", words.Seconds(p.Wall)}, [2]string{"CPU time", words.Seconds(p.CPU)}, [2]string{"hand-offs", fmt.Sprintf("%.0f/s", p.HandOffs)})
		if p.Speedup > 0 && p.Kind != phase.Main {
			t.Facts = append(t.Facts, [2]string{"speedup here", fmt.Sprintf("%.1fx", p.Speedup)}, [2]string{"on 4 idle cores", fmt.Sprintf("%.1fx", p.Ideal)})
		}
		out = append(out, t)
	}
	return out
}

// table is one of the report's, with a chart of speedups beside it.
type table struct {
	report.Table
	Title  string
	Charts []speed // nil for none, else one for each row but the headings
}

// speed is a speedup on the scale of all that are compared.
type speed struct {
	Known    bool
	Interval bar
	Dot      string
	Told     []string // where the learner's own figures lie
	Message  string
	One      string // where nothing is gained or lost
}

// compared is a speedup that was measured, from lo to hi, and what the learner
// expects; a value of 0 is not known.
type compared struct {
	lo, value, hi float64
	told          []float64
}

// tables are those of the report but for the phases, which tiles show.
func tables(r *verdict.Result) []table {
	var out []table
	for _, t := range report.Tables(r) {
		one := table{Table: t}
		var all []compared
		switch t.Name {
		case "approaches":
			one.Title = "Ways of working, side by side"
			for _, a := range r.Approaches {
				all = append(all, compared{lo: a.Speedup.Lo, value: a.Speedup.Value, hi: a.Speedup.Hi})
			}
		case "advice":
			one.Title = "Your figures beside what was measured here"
			for _, a := range r.Advice {
				var c compared
				if m := a.Measured; m != nil {
					c.lo, c.value, c.hi = m.Lo, m.Speedup, m.Hi
				}
				for _, f := range advice.Figures(a.Expected) {
					if f.Hi > 0 {
						c.told = append(c.told, (f.Lo+f.Hi)/2)
					}
				}
				all = append(all, c)
			}
		default:
			continue
		}
		if slices.ContainsFunc(all, func(c compared) bool { return c.value > 0 || len(c.told) > 0 }) {
			one.Charts = speeds(all)
		}
		one.Rows, one.Left = filled(one.Rows, one.Left)
		out = append(out, one)
	}
	return out
}

// filled gives a table without its empty columns, so many of which are aligned to
// the left.
func filled(rows [][]string, left int) (out [][]string, stillLeft int) {
	out = make([][]string, len(rows))
	for k := range rows[0] {
		if !slices.ContainsFunc(rows[1:], func(row []string) bool { return row[k] != "" }) {
			continue
		}
		if k < left {
			stillLeft++
		}
		for i, row := range rows {
			out[i] = append(out[i], row[k])
		}
	}
	return out, stillLeft
}

// mostDrawn is the largest speedup that is drawn of those that a learner expects.
const mostDrawn = 1000

// speeds draws speedups by their ratios; an end that is very far off is cut.
func speeds(all []compared) []speed {
	lo, hi := 1.0, 1.0
	for i, c := range all {
		all[i].told = slices.DeleteFunc(c.told, func(v float64) bool { return v > mostDrawn })
		for _, v := range append(slices.Clone(all[i].told), c.value) {
			if v > 0 {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	a := axis{lo: math.Log10(lo / 2), hi: math.Log10(hi * 2), log: true}
	var out []speed
	for _, c := range all {
		s := speed{Known: c.value > 0, One: percent(a.at(1))}
		if s.Known {
			s.Interval, s.Dot = a.bar(c.lo, c.hi), percent(a.at(c.value))
			s.Message = fmt.Sprintf("measured %.1f times, between %.1f and %s", c.value, c.lo, words.Number(math.Round(c.hi*10)/10))
		}
		for _, v := range c.told {
			s.Told = append(s.Told, percent(a.at(v)))
			s.Message = strings.TrimPrefix(fmt.Sprintf("%s; yours %.1f", s.Message, v), "; ")
		}
		out = append(out, s)
	}
	return out
}

// attempts are the points of the checks so far, as a line.
type attempts struct {
	Points  string // of the line, in a box of 100 by 100
	Dots    []dot
	Message string
}

type dot struct {
	X, Y    string
	Verdict verdict.Verdict
	Message string
}

// mostAttempts bounds those that are drawn.
const mostAttempts = 60

// newAttempts draws the attempts, nil for fewer than two.
func newAttempts(all []progress.Attempt) *attempts {
	all = all[max(0, len(all)-mostAttempts):]
	if len(all) < 2 {
		return nil
	}
	out := &attempts{}
	for i, a := range all {
		x, y := 4+92*float64(i)/float64(len(all)-1), 90.0
		if a.MaxPoints > 0 {
			y -= 80 * a.Points / a.MaxPoints
		}
		out.Points += fmt.Sprintf("%.1f,%.1f ", x, y)
		out.Dots = append(out.Dots, dot{fmt.Sprintf("%.1f%%", x), fmt.Sprintf("%.1f%%", y), verdict.Verdict(a.Verdict),
			fmt.Sprintf("%s: %s, %s of %s points", a.When.Local().Format("2006-01-02 15:04"), a.Verdict, report.Figure(a.Points), report.Figure(a.MaxPoints))})
	}
	first, last := all[0], all[len(all)-1]
	out.Message = fmt.Sprintf("%d attempts, from %s to %s points", len(all), report.Figure(first.Points), report.Figure(last.Points))
	return out
}
