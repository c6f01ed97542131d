package report

import (
	"encoding/csv"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// writeCSV writes the gradebook of one submission.
func writeCSV(w io.Writer, r Report, o Options) error {
	s := Submission{Report: r}
	for _, c := range r.Challenges[:min(1, len(r.Challenges))] {
		s.Path = r.place(c.ID, c.File)
	}
	return writeCohortCSV(w, Cohort{Submissions: []Submission{s}, Policy: r.Policy}, o)
}

// writeCohortCSV writes a gradebook (RFC 4180): a row for each learner, a
// column for the points of each check, empty where it is inconclusive or was
// not judged. What a verdict counts as by the course's policy stands beside it.
func writeCohortCSV(w io.Writer, c Cohort, _ Options) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	heads := []string{"learner", "path", "verdict", "counts_as", "points", "max_points"}
	first := len(heads)
	for _, t := range c.Tallies() {
		if t.Check != notHandedIn {
			heads = append(heads, column(t.Challenge, t.Check))
		}
	}
	heads = append(heads, "why")
	if err := out.Write(heads); err != nil {
		return err
	}
	for _, s := range c.Submissions {
		row := make([]string, len(heads))
		row[0], row[1], row[2], row[3] = cell(safetext.Text(s.Learner)), cell(safetext.Text(s.Path)), string(s.Verdict()), string(s.Verdict())
		if s.Verdict() == verdict.Inconclusive && c.Policy != "" {
			row[3] = string(c.Policy)
		}
		if v := s.Verdict(); v != Refused && v != verdict.Error {
			score, most := s.Report.Score()
			row[4], row[5] = figure(score), figure(most)
		}
		for _, i := range s.Report.items() {
			if at := slices.Index(heads[first:], column(i.Challenge, i.ID)); at >= 0 && i.Counts != verdict.Inconclusive {
				row[first+at] = figure(i.Points)
			}
		}
		row[len(row)-1] = cell(safetext.Text(s.Reason()))
		if err := out.Write(row); err != nil {
			return err
		}
	}
	without := func(learners []string, verdict, why string) {
		for _, learner := range learners {
			row := make([]string, len(heads))
			row[0], row[2], row[3], row[len(row)-1] = cell(safetext.Text(learner)), verdict, verdict, why
			out.Write(row) // its error stays
		}
	}
	without(c.Left, "left", "it was stopped before")
	without(c.Absent, "absent", "nothing was handed in")
	out.Flush()
	return out.Error()
}

// column is the heading over a check's points.
func column(challenge, check string) string { return cell(path.Base(challenge) + "/" + check) }

// cell keeps a spreadsheet from taking a text for a formula: it begins with an
// apostrophe then, as a person would type it.
// https://owasp.org/www-community/attacks/CSV_Injection
func cell(s string) string {
	if strings.IndexAny(strings.TrimLeft(s, " \t\r\n"), "=+-@＝＋－＠|%") == 0 || strings.ContainsAny(s[:min(1, len(s))], "\t\r\n") {
		return "'" + s
	}
	return s
}
