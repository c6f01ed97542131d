package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/fatih/color"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// palette holds the colours of one writer.
type palette struct{ pass, fail, open, dim, bold func(...any) string }

func newPalette(on bool) palette {
	paint := func(attributes ...color.Attribute) func(...any) string {
		c := color.New(attributes...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c.SprintFunc()
	}
	return palette{paint(color.FgGreen), paint(color.FgRed), paint(color.FgYellow), paint(color.Faint), paint(color.Bold)}
}

// mark is a verdict's sign and colour.
func (p palette) mark(v verdict.Verdict) (sign string, paint func(...any) string) {
	switch v {
	case verdict.Pass:
		return "✓", p.pass
	case verdict.Fail:
		return "✗", p.fail
	case verdict.NotJudged:
		return "·", p.dim
	}
	return "?", p.open
}

// text writes a report for a terminal.
type text struct {
	*bufio.Writer
	palette
	width int
}

// newText makes a writer of text for a terminal.
func newText(w io.Writer, o Options) text {
	if o.Width == 0 {
		o.Width = 80
	}
	return text{bufio.NewWriter(w), newPalette(o.Color), max(60, min(o.Width, 110))}
}

func writeText(w io.Writer, r Report, o Options) error {
	t := newText(w, o)
	if o.Brief {
		t.briefly(r, o)
	} else {
		t.all(r, o)
	}
	if says := r.Policy.Description(); says != "" && r.open() {
		fmt.Fprintln(t)
		t.paragraph("  ", "  ", says)
	}
	return t.Flush()
}

// all writes all that a report holds.
func (t text) all(r Report, o Options) {
	if r.Title != "" {
		fmt.Fprintf(t, "%s\n\n", t.bold(r.Title))
	}
	for i, c := range r.Challenges {
		if i > 0 {
			fmt.Fprintln(t)
		}
		t.challenge(c, o)
	}
	t.missing(r)
	if len(r.Challenges)+len(r.Missing) > 1 {
		score, most := r.Score()
		_, paint := t.mark(r.Verdict())
		fmt.Fprintf(t, "\n%s  %s of %s points\n", paint(strings.ToUpper(string(r.Verdict()))), figure(score), figure(most))
	}
}

// missing writes what has no result.
func (t text) missing(r Report) {
	for _, m := range r.Missing {
		sign, paint := t.mark(m.Verdict())
		fmt.Fprintf(t, "\n%s\n", t.bold(m.ID))
		t.paragraph("  "+paint(sign)+" ", "    ", m.String())
	}
}

func (m Missing) String() string {
	switch {
	case m.Failed != "":
		return "gilcourse itself failed on " + m.Deliverable + ", which is no verdict on it: " + m.Failed + ". Check again; if it stays, report it as a defect of gilcourse."
	case m.Refused != "":
		return m.Refused
	}
	return fmt.Sprintf("%s was not found; looked in %s. Name its folder or file: gilcourse check %s PATH", m.Deliverable, strings.Join(m.Looked, ", then in "), m.ID)
}

func (t text) challenge(c *verdict.Result, o Options) {
	fmt.Fprintf(t, "%s  %s\n", t.bold(c.ID), c.Title)
	first := c.First()
	if first != nil && alone(c) {
		only := *first
		only.Lesson = "" // the line and what to do are all that helps here
		t.start(c, &only)
	} else {
		t.whole(c, first, o)
	}
	for _, n := range c.Notes {
		fmt.Fprintln(t)
		t.paragraph("  ", "  ", n)
	}
	_, paint := t.mark(c.Verdict)
	if !alone(c) {
		fmt.Fprintln(t)
	}
	fmt.Fprintf(t, "%s  %s of %s points\n", paint(strings.ToUpper(string(c.Verdict))), figure(c.Score), figure(c.MaxScore))
}

// alone reports whether nothing but one failed check was judged.
func alone(c *verdict.Result) bool {
	n := 0
	for _, k := range c.Checks {
		if k.Verdict != verdict.NotJudged {
			n++
		}
	}
	return n == 1 && len(c.Checks) > 1
}

// start tells the first thing to mend: where, what was seen, and what to do.
func (t text) start(c *verdict.Result, first *verdict.Check) {
	t.place("Start here: ", first, first.Title)
	t.cause(*first, "  ")
	if n := len(c.Waiting(first.ID)); n > 0 {
		_, paint := t.mark(verdict.NotJudged)
		t.painted("  ", "  ", waiting(n), paint)
	}
}

// waiting says how many checks wait for the one that is told, at least one.
func waiting(n int) string {
	if n == 1 {
		return "1 more check waits for this one."
	}
	return fmt.Sprintf("%d more checks wait for this one.", n)
}

// whole tells all that was seen of a challenge, the first thing to mend before it.
func (t text) whole(c *verdict.Result, first *verdict.Check, o Options) {
	fmt.Fprintln(t, t.dim(fmt.Sprintf("%s, %s %s, %s", safetext.Name(c.File), c.Python.Implementation, c.Python.Version, machine(c))))
	if s := sandboxed(c.Sandbox); s != "" {
		t.painted("", "  ", s, t.dim)
	}
	if first != nil {
		fmt.Fprintln(t)
		t.start(c, first)
	}
	tables := Tables(c)
	t.tables(tables, true)
	if phases := tables[:min(1, len(tables))]; o.Legend && len(phases) > 0 && phases[0].First {
		t.legend(phases)
	}
	t.timeline(c)
	fmt.Fprintln(t)
	id := 0
	for _, k := range c.Checks {
		id = max(id, len(k.ID))
	}
	for i := range c.Checks {
		t.check(c.Checks[i], id, first == &c.Checks[i])
	}
	t.tables(tables, false)
}

// sandboxed says what stood between the program and the machine; empty where
// the record does not know.
func sandboxed(s *record.Sandbox) string {
	if s == nil {
		return ""
	}
	line := "sandbox: " + strings.Join(s.Active(), ", ")
	switch missing := s.Missing(); {
	case s.Mode == "off":
		line += "; the rest is switched off"
	case len(missing) > 0:
		line += "; without " + strings.Join(missing, ", ") + ": `gilcourse doctor` says why"
	}
	return line
}

// machine says what the machine gave.
func machine(c *verdict.Result) string {
	h := c.Host
	s := fmt.Sprintf("%d of %d cores usable", h.Affinity, h.CPUs)
	if h.Affinity == h.CPUs {
		s = fmt.Sprintf("%d cores", h.CPUs)
	}
	if h.Quota > 0 {
		s += fmt.Sprintf(", quota of %s", figure(h.Quota))
	}
	if h.Capacity > 0 {
		s += fmt.Sprintf(" (about %.1f free now)", h.Capacity)
	}
	return s
}

// tables writes the tables that stand before the checks, or after them.
func (t text) tables(all []Table, first bool) {
	for _, table := range all {
		if table.First != first {
			continue
		}
		fmt.Fprintln(t)
		t.rows(table.Rows, table.Left)
		if table.Notes != "" {
			t.dimmed("  ", table.Notes)
		}
	}
}

// rows writes a table whose first row holds the headings; so many columns are
// aligned to the left, the others to the right.
func (t text) rows(rows [][]string, left int) {
	for i, line := range format.Columns(rows, left) {
		if i == 0 {
			line = t.dim(line)
		}
		fmt.Fprintln(t, "  "+line)
	}
}

// check tells a check; one that was told already, at the start, in its line alone.
func (t text) check(k verdict.Check, id int, told bool) {
	sign, paint := t.mark(k.Verdict)
	title := k.Title
	if k.Verdict == verdict.NotJudged {
		title = "not judged: waits for " + k.WaitsFor
	}
	fmt.Fprintf(t, "  %s %-*s %7s  %s\n", paint(sign), id, k.ID, figure(k.Points)+"/"+figure(k.MaxPoints), title)
	const indent = "      "
	switch {
	case told:
		t.dimmed(indent, "see above: start here")
	case k.Verdict == verdict.NotJudged: // all is said
	case k.Verdict == verdict.Pass:
		if k.Message != "" {
			t.dimmed(indent, k.Message)
		}
	default:
		if k.Location != nil {
			t.place(indent, &k, "")
		}
		t.cause(k, indent)
	}
	for _, w := range k.Warnings {
		t.dimmed(indent, w)
	}
}

// place writes the learner's line that explains a check, or another text where
// there is none.
func (t text) place(before string, k *verdict.Check, otherwise string) {
	place := otherwise
	if k.Location != nil {
		place = fmt.Sprintf("%s:%d", safetext.Name(k.Location.File), k.Location.Line)
	}
	place = t.bold(before + place)
	if k.Location != nil && k.Location.Text != "" {
		place += "  " + t.dim(safetext.Text(k.Location.Text))
	}
	fmt.Fprintln(t, place)
}

// cause writes what was seen, and what to do.
func (t text) cause(k verdict.Check, indent string) {
	t.paragraph(indent, indent, k.Message)
	if k.Hint != "" {
		t.paragraph(indent+"Do: ", indent+"    ", k.Hint)
	}
	if k.Lesson != "" {
		t.dimmed(indent, "Lesson: "+k.Lesson)
	}
}

func (t text) dimmed(indent, s string) { t.painted(indent, indent, s, t.dim) }

func (t text) paragraph(first, rest, s string) { t.painted(first, rest, s, fmt.Sprint) }

// painted writes a text in lines that fit, of which the first begins
// otherwise. Colour comes last: quoting would show its codes.
func (t text) painted(first, rest, s string, paint func(...any) string) {
	for i, line := range format.Wrap(safetext.Text(s), t.width-len(rest)) {
		if i == 0 {
			fmt.Fprintln(t, first+paint(line))
		} else {
			fmt.Fprintln(t, rest+paint(line))
		}
	}
}

func figure(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
