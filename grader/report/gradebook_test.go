package report_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/lms"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestGradebooks writes what platforms import: only their own learners, an empty
// grade where nothing is decided, and no formula.
func TestGradebooks(t *testing.T) {
	judged := func(v verdict.Verdict, score float64) report.Report {
		return report.Report{Challenges: []*verdict.Result{{ID: "a/b", Verdict: v, Score: score, MaxScore: 100, Checks: []verdict.Check{{ID: "one", Verdict: v, Points: score, MaxPoints: 100}}}}}
	}
	c := report.Cohort{Title: "=Lab, 1", Submissions: []report.Submission{
		{Learner: "Jane", Account: lms.Account{Platform: lms.Moodle, Name: "Jane Doe", ID: "7"}, Report: judged(verdict.Pass, 100)},
		{Learner: "+Evil", Account: lms.Account{Platform: lms.Moodle, Name: "=HYPERLINK(1)", ID: "8"}, Report: judged(verdict.Fail, 40)},
		{Learner: "Cem", Account: lms.Account{Platform: lms.Moodle, Name: "Cem", ID: "9"}, Report: judged(verdict.Inconclusive, 0)},
		{Learner: "Doe, J", Account: lms.Account{Platform: lms.Canvas, Name: "doej", ID: "12"}, Report: judged(verdict.Pass, 100)},
		{Learner: "Ben", Account: lms.Account{Platform: lms.Blackboard, Login: "ben"}, Refused: "is a link"},
		{Learner: "nobody", Report: judged(verdict.Pass, 100)},
	}}
	for format, want := range map[string][][]string{
		"moodle": {{"Identifier", "Full name", "Grade", "Maximum grade", "Feedback comments"},
			{"Participant 7", "Jane Doe", "100", "100", ""}, {"Participant 8", "'=HYPERLINK(1)", "40", "100", "one"}, {"Participant 9", "Cem", "", "100", "one"}},
		"canvas":     {{"Student", "ID", "SIS User ID", "SIS Login ID", "Section", "'=Lab, 1"}, {"Points Possible", "", "", "", "", "100"}, {"Doe, J", "12", "", "", "", "100"}},
		"blackboard": {{"Username", "'=Lab, 1 [Total Pts: 100 Score]"}, {"ben", ""}},
	} {
		var b bytes.Buffer
		if err := report.WriteCohort(&b, format, c, report.Options{}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(want) {
			t.Errorf("%s has the rows %q, want %q", format, rows, want)
			continue
		}
		for i := range want {
			if strings.Join(rows[i], "|") != strings.Join(want[i], "|") {
				t.Errorf("%s: row %d is %q, want %q", format, i, rows[i], want[i])
			}
		}
	}
	if left := report.LeftOut("canvas", c); len(left) != 5 || report.LeftOut("csv", c) != nil {
		t.Errorf("left out are %q", left)
	}
}
