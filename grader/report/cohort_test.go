package report_test

import (
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

func TestPolicy(t *testing.T) {
	const pass, fail, open, refused, ours = verdict.Pass, verdict.Fail, verdict.Inconclusive, report.Refused, verdict.Error
	for _, c := range []struct {
		policy report.Policy
		of     []verdict.Verdict
		want   verdict.Verdict
	}{
		{"", []verdict.Verdict{pass, pass}, pass},
		{"", []verdict.Verdict{pass, open}, open},
		{"", []verdict.Verdict{open, refused}, refused},
		{"", []verdict.Verdict{refused, fail, pass}, fail},
		{"", []verdict.Verdict{fail, ours, refused}, ours},
		{report.CountPass, []verdict.Verdict{pass, open}, pass},
		{report.CountFail, []verdict.Verdict{pass, open}, fail},
		{report.CountSkip, []verdict.Verdict{pass, open}, pass},
		{report.CountSkip, []verdict.Verdict{open, open}, open}, // nothing was decided
		{report.CountPass, []verdict.Verdict{open, ours}, ours},
	} {
		if got := c.policy.Count(c.of...); got != c.want {
			t.Errorf("policy %q of %v: %s, want %s", c.policy, c.of, got, c.want)
		}
	}
}

// TestCohortText shows a cohort with all kinds of verdicts, of learners with
// hostile names.
func TestCohortText(t *testing.T) {
	result := func(v verdict.Verdict, score float64) report.Report {
		return report.Report{Challenges: []*verdict.Result{{ID: "x/y", Verdict: v, Score: score, MaxScore: 10, Checks: []verdict.Check{
			{ID: "runs", Verdict: verdict.Pass}, {ID: "threads", Verdict: v}}}}}
	}
	c := report.Cohort{Challenge: "x/y", Title: "Y", Policy: report.CountSkip, Absent: []string{"Nora"}, Submissions: []report.Submission{
		{Learner: "anna", Report: result(verdict.Pass, 10)},
		{Learner: "ben\x1b[2J", Report: result(verdict.Fail, 4), Was: verdict.Pass, WasScore: 10},
		{Learner: "cem", Report: result(verdict.Inconclusive, 4), Tries: 2},
		{Learner: "dana", Refused: "dana.rar: is a RAR archive"},
		{Learner: "emil", Err: "the disk is full"},
	}}
	const want = `x/y  Y
5 submissions: 1 pass, 1 fail, 1 inconclusive, 1 refused, 1 not graded, which is
the grader's fault

  learner       verdict         points
  anna          ✓ pass           10/10
  "ben\x1b[2J"  ✗ fail            4/10  threads
  cem           ? inconclusive    4/10  threads
  dana          ! refused               dana.rar: is a RAR archive
  emil          ! error                 the disk is full

  check    pass  fail  open  who fails it
  runs        3     0     0
  threads     1     1     1  "ben\x1b[2J"

  moved         was       is
  "ben\x1b[2J"  pass, 10  fail, 4 points

  Nothing was handed in by Nora.

  By the course's policy an inconclusive verdict does not count.
`
	var b strings.Builder
	if err := report.WriteCohort(&b, "text", c, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	if err := report.WriteCohort(&b, "json", c, report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"verdict": "error"`, `"inconclusive_counts_as": "skip"`, `"was_score": 10`, `"error": "the disk is full"`, `"fails": [`} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("the JSON has no %s", part)
		}
	}
	if strings.Contains(b.String(), "\x1b") {
		t.Error("the JSON holds a control character")
	}
}
