package report

import (
	"io"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// prairieLearn is /grade/results/results.json of a PrairieLearn external
// grader. What is inconclusive cannot be graded and costs no attempt.
// https://prairielearn.readthedocs.io/en/latest/externalGrading/
type prairieLearn struct {
	Gradable     bool               `json:"gradable"`
	FormatErrors []string           `json:"format_errors,omitempty"` // where it is not gradable
	Score        float64            `json:"score"`                   // 0 to 1
	Message      string             `json:"message,omitempty"`
	Output       string             `json:"output,omitempty"`
	Tests        []prairieLearnTest `json:"tests,omitempty"`
}

type prairieLearnTest struct {
	Name        string  `json:"name"`
	Description string  `json:"description"`
	Points      float64 `json:"points"`
	MaxPoints   float64 `json:"max_points"`
	Message     string  `json:"message"`
}

func writePrairieLearn(w io.Writer, r Report, _ Options) error {
	out := prairieLearn{Gradable: true, Message: r.title() + ": " + r.outcome(), Output: r.remarks()}
	if score, most := r.Score(); most > 0 {
		out.Score = score / most
	}
	nothing := len(r.Challenges) == 0
	if v := r.Counts(); nothing || v != verdict.Pass && v != verdict.Fail {
		out.Gradable, out.Score = false, 0
	}
	for _, i := range r.items() {
		if nothing {
			out.FormatErrors = append(out.FormatErrors, i.story())
			continue
		}
		out.Tests = append(out.Tests, prairieLearnTest{Name: r.name(i), Description: i.Bounds, Points: i.Points, MaxPoints: i.MaxPoints, Message: i.story()})
	}
	if !out.Gradable && !nothing {
		out.FormatErrors = []string{r.undecided()}
	}
	return safetext.WriteJSON(w, out)
}
