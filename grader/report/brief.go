package report

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Part is a part of a brief report.
type Part struct {
	Name  string   // verdict, start, others, timeline, passed, legend, or a table's
	Lines []string // without their ends, painted where the options want colour; at least one
}

// Brief gives what a person at a terminal needs of a challenge, in this order: what
// it comes to; the first thing to do; the other checks that did not pass, a line
// each; tables and timeline; what passed, in one line; with o.Legend what the
// headings mean. A part that has nothing to say is left out.
func Brief(c *verdict.Result, o Options) []Part { return brief(oneline(c), o) }

func brief(c *verdict.Result, o Options) []Part {
	var parts []Part
	add := func(name string, write func(text)) {
		var b bytes.Buffer
		t := newText(&b, o)
		write(t)
		t.Flush() // into memory
		if s := strings.Trim(b.String(), "\n"); s != "" {
			parts = append(parts, Part{name, strings.Split(s, "\n")})
		}
	}
	add("verdict", func(t text) { t.outcome(c) })
	stuck := c.Stuck()
	if stuck != nil {
		add("start", func(t text) { t.begin(c, stuck) })
		add("others", func(t text) { t.others(c, stuck) })
	}
	if !alone(c) {
		tables := Tables(c)
		for _, table := range tables {
			if table.First {
				add(table.Name, func(t text) { t.rows(t.fitting(table), table.Left) })
			}
		}
		add("timeline", func(t text) { t.timeline(c) })
		for _, table := range tables {
			if !table.First {
				add(table.Name, func(t text) { t.rows(t.fitting(table), table.Left) })
			}
		}
		if o.Legend {
			add("legend", func(t text) { t.legend(tables) })
		}
	}
	add("passed", func(t text) { t.passed(c) })
	return parts
}

// briefly writes a report that begins with what matters.
func (t text) briefly(r Report, o Options) {
	if len(r.Challenges)+len(r.Missing) > 1 {
		score, most := r.Score()
		t.total(r.Verdict(), score, most, t.bold(r.title()))
		fmt.Fprintln(t)
	}
	for i, c := range r.Challenges {
		if i > 0 {
			fmt.Fprintln(t)
		}
		before := ""
		for _, part := range brief(c, o) {
			if before != "" && part.Name != "others" { // these go on from what comes first
				fmt.Fprintln(t)
			}
			fmt.Fprintln(t, strings.Join(part.Lines, "\n"))
			before = part.Name
		}
		o.Legend = false // once
	}
	t.missing(r)
}

// outcome writes what a challenge comes to.
func (t text) outcome(c *verdict.Result) {
	t.total(c.Verdict, c.Score, c.MaxScore, t.bold(path.Base(c.ID))+"  "+c.Title)
}

func (t text) total(v verdict.Verdict, score, most float64, what string) {
	_, paint := t.mark(v)
	fmt.Fprintf(t, "%s  %s of %s points  %s\n", paint(strings.ToUpper(string(v))), figure(score), figure(most), what)
}

// begin is start with the check's name, which stands nowhere else in a brief report.
func (t text) begin(c *verdict.Result, k *verdict.Check) {
	sign, paint := t.mark(k.Verdict)
	t.place("Start here: ", k, k.ID)
	t.painted("  "+paint(sign)+" ", "    ", k.ID+": "+k.Title, fmt.Sprint)
	t.cause(*k, "  ")
	if n := len(c.Waiting(k.ID)); n > 0 {
		_, paint := t.mark(verdict.NotJudged)
		t.painted("  ", "  ", waiting(n), paint)
	}
}

// fitting gives the rows of a table without the last columns that have no room.
func (t text) fitting(table Table) [][]string {
	rows := table.Rows
	for len(rows[0]) > 2 {
		widest := 0
		for _, line := range format.Columns(rows, table.Left) {
			widest = max(widest, format.Width(line))
		}
		if widest+2 <= t.width {
			break
		}
		fewer := make([][]string, len(rows))
		for i, r := range rows {
			fewer[i] = r[:len(r)-1]
		}
		rows = fewer
	}
	return rows
}

// others writes the checks that failed or stayed open but for the one that is told
// first, a line each; those that wait are counted there.
func (t text) others(c *verdict.Result, first *verdict.Check) {
	id := 0
	for _, k := range c.Checks {
		id = max(id, len(k.ID))
	}
	for i := range c.Checks {
		k := &c.Checks[i]
		if k == first || k.Verdict == verdict.Pass || k.Verdict == verdict.NotJudged {
			continue
		}
		sign, paint := t.mark(k.Verdict)
		line := fmt.Sprintf(" %-*s  ", id, k.ID)
		if k.Location != nil {
			line += fmt.Sprintf("%s:%d  ", safetext.Name(k.Location.File), k.Location.Line)
		}
		line += safetext.Line(strings.Join(strings.Fields(k.Message), " "))
		fmt.Fprintf(t, "  %s%s\n", paint(sign), format.Cut(line, t.width-3))
	}
}

// passed writes what passed, in one line.
func (t text) passed(c *verdict.Result) {
	var ids []string
	for _, k := range c.Checks {
		if k.Verdict == verdict.Pass {
			ids = append(ids, k.ID)
		}
	}
	if len(ids) > 0 {
		fmt.Fprintf(t, "  %s %s\n", t.pass("✓"), format.Cut(fmt.Sprintf("%d passed: %s", len(ids), strings.Join(ids, ", ")), t.width-4))
	}
}

// The legend of the phases, a line each: what a learner has to know to read them.
const (
	wantedLegend  = "wanted a core: how many had work at once; about 1: they take turns on the GIL"
	handOffLegend = "hand-offs: pauses to let another go on; hundreds a second: they share the GIL"
)

// legend writes what the headings of tables mean.
func (t text) legend(tables []Table) {
	for _, table := range tables {
		switch {
		case table.Name == "phases":
			t.dimmed("  ", wantedLegend)
			t.dimmed("  ", handOffLegend)
		case table.Notes != "":
			t.dimmed("  ", table.Notes)
		}
	}
}

// HasLegend reports whether a brief report shows anything that a legend explains.
func HasLegend(r Report) bool {
	for _, c := range r.Challenges {
		if !alone(c) && len(Tables(c)) > 0 {
			return true
		}
	}
	return false
}
