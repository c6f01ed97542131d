package report

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// markdown writes GitHub Flavored Markdown (https://github.github.com/gfm/),
// as a step's summary or a comment shows it.
type markdown struct{ *bufio.Writer }

func writeMarkdown(w io.Writer, r Report, _ Options) error {
	m := markdown{bufio.NewWriter(w)}
	if r.several() {
		fmt.Fprintf(m, "# %s: %s\n\n", prose(r.title(), false), prose(r.outcome(), false))
	}
	for _, c := range r.Challenges {
		m.challenge(r, c)
	}
	for _, i := range r.items() {
		if i.ID == notHandedIn {
			fmt.Fprintf(m, "## ✗ %s\n\n", prose(i.Challenge, false))
			m.story(i)
		}
	}
	return m.Flush()
}

func (m markdown) challenge(r Report, c *verdict.Result) {
	sign, _ := palette{}.mark(c.Verdict)
	fmt.Fprintf(m, "## %s %s: %s, %s of %s points\n\n", sign, prose(c.Title, false), c.Verdict, figure(c.Score), figure(c.MaxScore))
	fmt.Fprintf(m, "%s, %s\n\n", code(safetext.Name(c.File)), prose(fmt.Sprintf("%s %s, %s", c.Python.Implementation, c.Python.Version, machine(c)), false))
	if c.Verdict == verdict.Inconclusive {
		m.paragraph(prose(r.undecided(), true))
	}
	first := c.First()
	if first != nil {
		fmt.Fprintf(m, "### Start here: %s\n\n", prose(first.Title, false))
		m.story(r.item(c, first))
		if n := len(c.Waiting(first.ID)); n > 0 {
			m.paragraph(prose(waiting(n), true))
		}
	}
	rows := [][]string{{"", "check", "", "points"}}
	var open []item
	for _, i := range r.items() {
		if i.Challenge != c.ID {
			continue
		}
		sign, _ := palette{}.mark(i.Verdict)
		rows = append(rows, []string{sign, i.ID, i.Title, figure(i.Points) + "/" + figure(i.MaxPoints)})
		if i.Verdict != verdict.Pass && i.Verdict != verdict.NotJudged && (first == nil || i.ID != first.ID) {
			open = append(open, i)
		}
	}
	m.table(rows, 3)
	for _, i := range open {
		sign, _ := palette{}.mark(i.Verdict)
		fmt.Fprintf(m, "### %s %s\n\n", sign, prose(i.Title, false))
		m.story(i)
	}
	tables := Tables(c)
	m.tables(tables, true)
	var drawn bytes.Buffer
	t := newText(&drawn, Options{})
	t.timeline(c)
	t.Flush()
	m.block(drawn.String())
	m.tables(tables, false)
	for _, n := range c.Notes {
		m.paragraph(prose(safetext.Text(n), true))
	}
}

// story tells an item, a paragraph a line.
func (m markdown) story(i item) {
	if i.Line > 0 {
		m.paragraph(code(fmt.Sprintf("%s:%d", i.File, i.Line)) + " " + code(i.Source))
	}
	for line := range strings.Lines(i.Text) {
		m.paragraph(prose(line, true))
	}
}

// paragraph writes what is markup already.
func (m markdown) paragraph(s string) { fmt.Fprintf(m, "%s\n\n", strings.TrimSpace(s)) }

// writeCohortMarkdown writes a table of learners, and one of checks.
func writeCohortMarkdown(w io.Writer, c Cohort, _ Options) error {
	m := markdown{bufio.NewWriter(w)}
	fmt.Fprintf(m, "# %s\n\n%s.\n\n", prose(c.Title, false), prose(c.Summary(), false))
	rows := [][]string{{"learner", "verdict", "what did not pass", "points"}}
	for _, s := range c.Submissions {
		mark, _ := s.mark(palette{})
		points := ""
		if s.Refused == "" && s.Err == "" {
			score, most := s.Report.Score()
			points = figure(score) + "/" + figure(most)
		}
		rows = append(rows, []string{safetext.Text(s.Learner), mark, safetext.Text(s.Reason()), points})
	}
	m.table(rows, 3)
	if tallies := c.Tallies(); len(tallies) > 0 {
		rows := [][]string{{"check", "pass", "fail", "inconclusive"}}
		for _, t := range tallies {
			rows = append(rows, []string{path.Base(t.Challenge) + "/" + t.Check, fmt.Sprint(t.Pass), fmt.Sprint(t.Fail), fmt.Sprint(t.Inconclusive)})
		}
		m.table(rows, 1)
	}
	for _, learner := range c.Absent {
		m.paragraph(prose(safetext.Text(learner)+" handed in nothing.", true))
	}
	if says := c.Policy.Description(); says != "" {
		m.paragraph(prose(says, true))
	}
	return m.Flush()
}

// tables writes the tables that stand before the timeline, or after it.
func (m markdown) tables(all []Table, first bool) {
	for _, table := range all {
		if table.First == first {
			m.table(table.Rows, table.Left)
		}
	}
}

// table writes a table whose first row holds the headings; so many columns are
// aligned to the left, the others to the right. Without rows it writes nothing.
func (m markdown) table(rows [][]string, left int) {
	if len(rows) == 0 {
		return
	}
	line := func(cells []string) { fmt.Fprintf(m, "| %s |\n", strings.Join(cells, " | ")) }
	for n, row := range rows {
		cells := make([]string, len(row))
		for i, c := range row {
			if cells[i] = prose(c, false); strings.Contains(c, "|") { // which a span of code cannot hold here
				cells[i] = strings.ReplaceAll(plain(strings.Join(strings.Fields(c), " "), false), "|", `\|`)
			}
		}
		line(cells)
		if n > 0 {
			continue
		}
		for i := range cells {
			if cells[i] = "---"; i >= left {
				cells[i] = "--:"
			}
		}
		line(cells)
	}
	fmt.Fprintln(m)
}

// block writes lines as they are, in a fence that they cannot end.
func (m markdown) block(s string) {
	if s = strings.Trim(s, "\n"); s != "" {
		fence := strings.Repeat("`", max(3, longestRun(s)+1))
		fmt.Fprintf(m, "%s\n%s\n%s\n\n", fence, s, fence)
	}
}

// prose writes a text so that nothing in it is markup but the single backticks
// around code. Blanks and line ends become one blank. More could be markup at
// the start of a paragraph.
func prose(s string, start bool) string {
	parts := strings.Split(strings.Join(strings.Fields(s), " "), "`")
	var b strings.Builder
	for i, part := range parts {
		switch {
		case i%2 == 0:
			b.WriteString(plain(part, start && i == 0))
		case i == len(parts)-1: // nothing closes it
			b.WriteString("\\`" + plain(part, false))
		case strings.TrimSpace(part) == "":
			b.WriteString("\\`\\`" + part)
		default:
			b.WriteString(code(part))
		}
	}
	return b.String()
}

// apart keeps GitHub from making links and mentions out of text.
var apart = strings.NewReplacer("@", "@<!-- -->", "://", ":<!-- -->//", "www.", "www<!-- -->.")

// plain escapes what could be markup.
func plain(s string, start bool) string {
	var b strings.Builder
	for i, r := range s {
		lead := start && strings.Trim(s[:i], "0123456789") == ""
		if strings.ContainsRune("\\`*_{}[]<>#~&!$", r) || lead && (i == 0 && strings.ContainsRune("-+=:", r) || i > 0 && strings.ContainsRune(".)", r)) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return apart.Replace(b.String())
}

// code writes a text as a span of code; nothing for an empty one.
func code(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// longestRun counts the most backticks in a row.
func longestRun(s string) int {
	most, run := 0, 0
	for _, r := range s {
		if run++; r != '`' {
			run = 0
		}
		most = max(most, run)
	}
	return most
}
