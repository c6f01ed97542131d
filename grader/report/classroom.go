package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// classroom is what a test runner hands to GitHub Classroom's
// autograding-grading-reporter, as Base64 in an output of its step. The points
// that Classroom takes over are the sum of the scores; the table that the
// reporter prints counts tests, so with points of different weight it shows
// another total.
type classroom struct {
	Version  int             `json:"version"`
	Status   string          `json:"status"` // pass, fail or error
	MaxScore float64         `json:"max_score"`
	Tests    []classroomTest `json:"tests"`
}

type classroomTest struct {
	Name     string  `json:"name"`
	Status   string  `json:"status"`
	Score    float64 `json:"score"`
	Message  string  `json:"message"`
	TestCode string  `json:"test_code"`
	Filename string  `json:"filename"`
	Line     int     `json:"line_no"`
	Duration int     `json:"duration"`
}

// passFailError is a verdict for those who know no inconclusive: that is an
// error to them, never a fail.
func passFailError(v verdict.Verdict) string {
	if v == verdict.Pass || v == verdict.Fail {
		return string(v)
	}
	return string(verdict.Error)
}

func writeClassroom(w io.Writer, r Report, _ Options) error {
	out := classroom{Version: 1, Status: passFailError(r.Counts()), Tests: []classroomTest{}}
	_, out.MaxScore = r.Score()
	for _, i := range r.items() {
		out.Tests = append(out.Tests, classroomTest{Name: r.name(i), Status: passFailError(i.Counts), Score: i.Points, Message: i.story(),
			TestCode: i.Bounds, Filename: i.Path, Line: i.Line})
	}
	var b bytes.Buffer
	if err := safetext.WriteJSON(&b, out); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, base64.StdEncoding.EncodeToString(b.Bytes()))
	return err
}
