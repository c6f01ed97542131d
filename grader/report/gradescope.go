package report

import (
	"io"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// gradescope is /autograder/results/results.json of a Gradescope autograder.
// The score is the sum of the tests'.
// https://gradescope-autograders.readthedocs.io/en/latest/specs/
type gradescope struct {
	Output           string           `json:"output"`
	OutputFormat     string           `json:"output_format"`
	TestOutputFormat string           `json:"test_output_format"`
	TestNameFormat   string           `json:"test_name_format"`
	StdoutVisibility string           `json:"stdout_visibility"`
	ExtraData        map[string]any   `json:"extra_data"`
	Tests            []gradescopeTest `json:"tests"`
}

type gradescopeTest struct {
	Number   string  `json:"number"`
	Name     string  `json:"name"`
	Score    float64 `json:"score"`
	MaxScore float64 `json:"max_score"`
	// Status is passed or failed; an inconclusive check has none, where the
	// policy does not decide.
	Status string   `json:"status,omitempty"`
	Output string   `json:"output"`
	Tags   []string `json:"tags,omitempty"`
}

func writeGradescope(w io.Writer, r Report, _ Options) error {
	out := gradescope{Output: r.title() + ": " + r.outcome(), OutputFormat: "text", TestOutputFormat: "text", TestNameFormat: "text",
		StdoutVisibility: "hidden", ExtraData: map[string]any{"verdict": r.Verdict()}, Tests: []gradescopeTest{}}
	if s := r.remarks(); s != "" {
		out.Output += "\n\n" + s
	}
	for _, i := range r.items() {
		test := gradescopeTest{Number: i.Number, Name: r.name(i), Score: i.Points, MaxScore: i.MaxPoints, Output: i.story(), Tags: []string{i.ID}}
		switch i.Counts {
		case verdict.Pass:
			test.Status = "passed"
		case verdict.Fail:
			test.Status = "failed"
		}
		out.Tests = append(out.Tests, test)
	}
	return safetext.WriteJSON(w, out)
}
