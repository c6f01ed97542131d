package report

import (
	"io"
	"path"
	"slices"
	"unicode/utf8"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// exercism is results.json of an Exercism test runner, version 3.
// https://exercism.org/docs/building/tooling/test-runners/interface
type exercism struct {
	Version int    `json:"version"`
	Status  string `json:"status"` // pass, fail, or error where it is not for the learner to mend
	// Message goes with an error, and then there are no tests.
	Message string         `json:"message,omitempty"`
	Tests   []exercismTest `json:"tests,omitempty"`
}

type exercismTest struct {
	Name     string `json:"name"`
	TestCode string `json:"test_code"`
	Status   string `json:"status"`
	Message  string `json:"message,omitempty"` // with all but a pass
	// Task is the challenge's place in the workshop, from 1.
	Task int `json:"task_id"`
}

// longestExercism is how many characters of a message are written: 65535 bytes
// are taken.
const longestExercism = 65535 / utf8.UTFMax

func writeExercism(w io.Writer, r Report, _ Options) error {
	out := exercism{Version: 3, Status: passFailError(r.Counts())}
	if len(r.Challenges) == 0 { // nothing ran
		out.Status = string(verdict.Error)
	}
	if out.Status == string(verdict.Error) {
		if len(r.Challenges) > 0 {
			out.Message = r.undecided() + "\n"
		}
		for _, i := range r.items() {
			if i.Verdict != verdict.Pass {
				out.Message += i.Title + "\n" + i.story() + "\n"
			}
		}
		out.Message = short(out.Message, longestExercism)
		return safetext.WriteJSON(w, out)
	}
	tasks := []string{}
	for _, i := range r.items() {
		if !slices.Contains(tasks, i.Challenge) {
			tasks = append(tasks, i.Challenge)
		}
		test := exercismTest{Name: path.Base(i.Challenge) + ": " + i.ID, TestCode: "# " + i.Title, Status: passFailError(i.Counts), Task: len(tasks)}
		if i.Bounds != "" {
			test.TestCode += "\n" + i.Bounds
		}
		if i.Verdict != verdict.Pass {
			test.Message = i.story()
		}
		out.Tests = append(out.Tests, test)
	}
	return safetext.WriteJSON(w, out)
}
