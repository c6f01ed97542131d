package report

import (
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// longestLearner is how many characters of a learner's name a table shows.
const longestLearner = 32

// writeCohortText writes the table of a cohort, and which check fails whom.
func writeCohortText(w io.Writer, c Cohort, o Options) error {
	t := newText(w, o)
	fmt.Fprintf(t, "%s  %s\n", t.bold(c.Challenge), c.Title)
	t.paragraph("", "", c.Summary())
	fmt.Fprintln(t)
	t.learners(c)
	t.tallies(c)
	t.moved(c)
	if len(c.Left) > 0 {
		fmt.Fprintln(t)
		t.paragraph("  ", "  ", "Stopped before it came to "+names(c.Left, 8)+".")
	}
	if len(c.Absent) > 0 {
		fmt.Fprintln(t)
		t.paragraph("  ", "  ", "Nothing was handed in by "+names(c.Absent, len(c.Absent))+".")
	}
	if says := c.Policy.Description(); says != "" {
		fmt.Fprintln(t)
		t.paragraph("  ", "  ", says)
	}
	return t.Flush()
}

// Summary counts the submissions by verdict, in words.
func (c Cohort) Summary() string {
	words := map[verdict.Verdict]string{verdict.Pass: "pass", verdict.Fail: "fail", verdict.Inconclusive: "inconclusive", Refused: "refused",
		verdict.Error: "not graded, which is the grader's fault"}
	var parts []string
	totals := c.Totals()
	for _, v := range Outcomes {
		if totals[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", totals[v], words[v]))
		}
	}
	if n := len(c.Left); n > 0 {
		parts = append(parts, fmt.Sprintf("%d left, since it was stopped", n))
	}
	all, noun := len(c.Submissions)+len(c.Left), "submissions"
	if all == 1 {
		noun = "submission"
	}
	return fmt.Sprintf("%d %s: %s", all, noun, strings.Join(parts, ", "))
}

// mark is a submission's verdict with its sign, such as "✗ fail".
func (s Submission) mark(p palette) (plain string, paint func(...any) string) {
	v := s.Verdict()
	sign, paint := p.mark(v)
	switch v {
	case Refused, verdict.Error:
		sign = "!"
	}
	return sign + " " + string(v), paint
}

func (t text) learners(c Cohort) {
	rows := [][]string{{"learner", "verdict", "points", ""}}
	var paints []func(...any) string
	for _, s := range c.Submissions {
		mark, paint := s.mark(t.palette)
		points := ""
		if s.Refused == "" && s.Err == "" {
			score, most := s.Report.Score()
			points = figure(score) + "/" + figure(most)
		}
		rows = append(rows, []string{short(safetext.Name(s.Learner), longestLearner), mark, points, ""})
		paints = append(paints, paint)
	}
	lines := format.Columns(rows, 2)
	wide := 0
	for _, l := range lines {
		wide = max(wide, len([]rune(l)))
	}
	fmt.Fprintln(t, "  "+t.dim(lines[0]))
	for i, s := range c.Submissions {
		mark, line := rows[i+1][1], lines[i+1]
		why := format.Wrap(safetext.Text(s.Reason()), max(24, t.width-wide-4))
		pad := strings.Repeat(" ", wide-len([]rune(line)))
		before, after, _ := strings.Cut(line, mark)
		fmt.Fprintln(t, strings.TrimRight("  "+before+paints[i](mark)+after+pad+"  "+why[0], " "))
		for _, more := range why[1:] {
			fmt.Fprintln(t, strings.Repeat(" ", wide+4)+more)
		}
	}
}

func (t text) tallies(c Cohort) {
	tallies := c.Tallies()
	if len(tallies) == 0 || len(c.Submissions) < 2 {
		return
	}
	rows := [][]string{{"check", "pass", "fail", "open", ""}}
	for _, k := range tallies {
		name := k.Check
		if tallies[0].Challenge != tallies[len(tallies)-1].Challenge {
			name = path.Base(k.Challenge) + "/" + name
		}
		rows = append(rows, []string{name, strconv.Itoa(k.Pass), strconv.Itoa(k.Fail), strconv.Itoa(k.Inconclusive), ""})
	}
	lines := format.Columns(rows, 1)
	wide := 0
	for _, l := range lines {
		wide = max(wide, len([]rune(l)))
	}
	fmt.Fprintf(t, "\n  %s\n", t.dim(lines[0]+"  who fails it"))
	for i, k := range tallies {
		pad := strings.Repeat(" ", wide-len([]rune(lines[i+1])))
		who := format.Wrap(names(k.Fails, 8), max(24, t.width-wide-4))
		fmt.Fprintln(t, strings.TrimRight("  "+lines[i+1]+pad+"  "+who[0], " "))
		for _, more := range who[1:] {
			fmt.Fprintln(t, strings.Repeat(" ", wide+4)+more)
		}
	}
}

// moved lists the verdicts that are no longer what they were.
func (t text) moved(c Cohort) {
	rows := [][]string{}
	for _, s := range c.Submissions {
		if s.Was != "" {
			score, _ := s.Report.Score()
			rows = append(rows, []string{short(safetext.Name(s.Learner), longestLearner), fmt.Sprintf("%s, %s", s.Was, figure(s.WasScore)),
				fmt.Sprintf("%s, %s points", s.Verdict(), figure(score))})
		}
	}
	if len(rows) == 0 {
		return
	}
	fmt.Fprintln(t)
	t.rows(append([][]string{{"moved", "was", "is"}}, rows...), 3)
}

// names lists at most so many names.
func names(all []string, most int) string {
	var shown []string
	for _, n := range all[:min(len(all), most)] {
		shown = append(shown, short(safetext.Name(n), longestLearner))
	}
	s := strings.Join(shown, ", ")
	if more := len(all) - most; more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}
