package validation

import (
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestNext wants the sentence that fits, with the command as it can be typed.
func TestNext(t *testing.T) {
	right := Outcome{Submission: author.Submission{Fixture: course.Fixture{Name: author.Reference, Pass: true}}, Result: &verdict.Result{Verdict: verdict.Pass}}
	wrong := func(f course.Fixture, v verdict.Verdict) Outcome {
		return Outcome{Submission: author.Submission{Fixture: f}, Result: &verdict.Result{Verdict: v}, Problems: []string{"x"}}
	}
	honest := course.Fixture{Name: "pass/a", Dir: "p/x/pass/a", Pass: true}
	hair := right
	hair.Flips = []Flip{{Quantity: "run.parallelism"}}
	untried := right
	untried.Result = &verdict.Result{Verdict: verdict.Pass, Checks: []verdict.Check{{ID: "c", Evidence: []verdict.Evidence{{Quantity: "run.workers"}}}}}
	for _, tt := range []struct {
		name string
		r    Result
		want string
	}{
		{"one finding", Result{Findings: []Finding{{"f.yaml", 3, 7, "m"}}}, "Mend f.yaml:3:7, as it says there, and validate again."},
		{"findings first", Result{Findings: []Finding{{"f.yaml", 3, 7, "m"}, {"g", 0, 0, "m"}}, Outcomes: []Outcome{wrong(honest, verdict.Fail)}}, "Mend the 2 findings above, beginning with f.yaml:3:7"},
		{"a wrong fail", Result{Outcomes: []Outcome{wrong(honest, verdict.Fail)}, Left: 2}, "loosen the bound that it breaks, or mend the submission: `gilcourse check --course mine p/x mine/fixtures/p/x/pass/a`."},
		{"a wrong pass", Result{Outcomes: []Outcome{wrong(course.Fixture{Name: "fail/b", Want: "c"}, verdict.Pass)}}, "Tighten a bound of the check c, or write into `want` the check by which fail/b fails."},
		{"the reference", Result{Outcomes: []Outcome{wrong(course.Fixture{Name: author.Reference, Pass: true}, verdict.Fail)}}, "Mend the reference"},
		{"the starter", Result{Outcomes: []Outcome{wrong(course.Fixture{Name: author.Starter}, verdict.Pass)}}, "that the starter does not do"},
		{"a hair", Result{Outcomes: []Outcome{hair}}, "Move the limit of run.parallelism away from what reference shows: `gilcourse calibrate --course mine p/x`"},
		{"undecided", Result{Outcomes: []Outcome{wrong(honest, verdict.Inconclusive)}}, "Validate pass/a again when less runs beside it: `gilcourse validate --course mine p/x -s pass/a`."},
		{"not run", Result{Outcomes: []Outcome{right}, Left: 1}, "Run what was not run (1 submission): `gilcourse validate --course mine p/x`."},
		{"untried", Result{Outcomes: []Outcome{untried}}, "Add a fixture that breaks run.workers of the check c"},
		{"all is well", Result{Outcomes: []Outcome{right}}, "`gilcourse validate --course mine p/x --under idle,busy,one-core --repeat 3`"},
		{"nothing", Result{}, ""},
	} {
		tt.r.ID, tt.r.Course = "p/x", "mine"
		got := Next([]Result{tt.r})
		if !strings.Contains(got, tt.want) || (tt.want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if strings.Count(got, ". ") > 0 || got != "" && !strings.HasSuffix(got, ".") {
			t.Errorf("%s: %q is not one sentence", tt.name, got)
		}
	}
}
