package report

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/gilcourse/gilcourse/grader/lms"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// gradebook is a file of grades that a learning platform imports as it is: a row for
// each learner whose account there is known.
type gradebook struct {
	platform lms.Platform
	heads    func(c Cohort) []string
	// first are the rows before those of the learners, nil for none.
	first func(c Cohort) [][]string
	row   func(s Submission, grade string) []string
}

// The gradebooks. Each platform ignores columns that it does not know, and leaves a
// grade as it is where the cell is empty.
var (
	// Moodle's grading worksheet: Assignment > View all submissions > Upload grading
	// worksheet (mod/assign/feedback/offline).
	moodleBook = gradebook{lms.Moodle,
		func(c Cohort) []string {
			return []string{"Identifier", "Full name", "Grade", "Maximum grade", "Feedback comments"}
		}, nil,
		func(s Submission, grade string) []string {
			_, most := s.Report.Score()
			return []string{"Participant " + s.Account.ID, cell(safetext.Text(s.Account.Name)), grade, figure(most), cell(safetext.Text(s.Reason()))}
		}}
	// Canvas: Grades > Import. A second line says what a full score is.
	canvasBook = gradebook{lms.Canvas,
		func(c Cohort) []string {
			return []string{"Student", "ID", "SIS User ID", "SIS Login ID", "Section", cell(safetext.Text(c.Title))}
		},
		func(c Cohort) [][]string { return [][]string{{"Points Possible", "", "", "", "", figure(c.most())}} },
		func(s Submission, grade string) []string {
			return []string{cell(safetext.Text(s.Learner)), s.Account.ID, "", "", "", grade}
		}}
	// Blackboard: Grade Centre > Work Offline > Upload. A new column takes its full
	// score from its heading.
	blackboardBook = gradebook{lms.Blackboard,
		func(c Cohort) []string {
			return []string{"Username", fmt.Sprintf("%s [Total Pts: %s Score]", cell(safetext.Text(c.Title)), figure(c.most()))}
		}, nil,
		func(s Submission, grade string) []string {
			return []string{cell(safetext.Text(s.Account.Login)), grade}
		}}
)

func writeMoodle(w io.Writer, c Cohort, _ Options) error     { return moodleBook.write(w, c) }
func writeCanvas(w io.Writer, c Cohort, _ Options) error     { return canvasBook.write(w, c) }
func writeBlackboard(w io.Writer, c Cohort, _ Options) error { return blackboardBook.write(w, c) }

func (g gradebook) write(w io.Writer, c Cohort) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	out.Write(g.heads(c)) // its error stays
	if g.first != nil {
		out.WriteAll(g.first(c))
	}
	for _, s := range c.Submissions {
		if s.Account.Platform == g.platform {
			out.Write(g.row(s, c.grade(s)))
		}
	}
	out.Flush()
	return out.Error()
}

// grade is the points of a submission; empty where nothing is decided, or nothing
// could be graded: a person has to look.
func (c Cohort) grade(s Submission) string {
	switch v := s.Verdict(); {
	case v == Refused, v == verdict.Error, v == verdict.Inconclusive && c.Policy == "":
		return ""
	}
	score, _ := s.Report.Score()
	return figure(score)
}

// most is the full score: 0 where nothing was graded.
func (c Cohort) most() float64 {
	var most float64
	for _, s := range c.Submissions {
		_, m := s.Report.Score()
		most = max(most, m)
	}
	return most
}

// LeftOut names the learners whom a platform's gradebook has no row for: their
// submissions do not say whose account it is. None for other formats.
func LeftOut(format string, c Cohort) []string {
	books := map[string]lms.Platform{"moodle": lms.Moodle, "canvas": lms.Canvas, "blackboard": lms.Blackboard}
	platform, ok := books[format]
	if !ok {
		return nil
	}
	var learners []string
	for _, s := range c.Submissions {
		if s.Account.Platform != platform {
			learners = append(learners, s.Learner)
		}
	}
	return learners
}
