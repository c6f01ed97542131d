package report_test

import (
	"encoding/base64"
	"slices"
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

// TestPolicyIsSaid looks for the policy, and for the points that it makes of an
// inconclusive check, in every format.
func TestPolicyIsSaid(t *testing.T) {
	result := func() *verdict.Result {
		return &verdict.Result{ID: "x/y", Verdict: verdict.Inconclusive, Score: 4, MaxScore: 10, Checks: []verdict.Check{
			{ID: "runs", Verdict: verdict.Pass, Points: 4, MaxPoints: 4}, {ID: "threads", Verdict: verdict.Inconclusive, MaxPoints: 6}}}
	}
	for policy, want := range map[report.Policy]struct {
		verdict verdict.Verdict
		points  string
	}{"": {verdict.Inconclusive, "4 of 10 points"}, report.CountPass: {verdict.Pass, "10 of 10 points"}, report.CountFail: {verdict.Fail, "4 of 10 points"},
		report.CountSkip: {verdict.Inconclusive, "4 of 4 points"}} {
		rep := report.Report{Challenges: []*verdict.Result{result()}, Policy: policy}
		if got := rep.Counts(); got != want.verdict || rep.Verdict() != verdict.Inconclusive {
			t.Errorf("%q: %s counts as %s", policy, rep.Verdict(), got)
		}
		for _, format := range report.Formats() {
			var b strings.Builder
			if err := report.Write(&b, format, rep, report.Options{}); err != nil {
				t.Fatal(err)
			}
			got := b.String()
			if format == "classroom" {
				text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(got))
				if err != nil {
					t.Fatal(err)
				}
				got = string(text)
			}
			says := strings.Contains(got, "By the course's policy") || strings.Contains(got, `"inconclusive_counts_as"`) || format == "csv" && strings.Contains(got, ",inconclusive,"+string(policy)+",")
			if says != (policy != "") {
				t.Errorf("%q is not said in %s: %s", policy, format, got)
			}
			if slices.Contains([]string{"text", "gradescope", "markdown"}, format) && !strings.Contains(got, want.points) {
				t.Errorf("%q: no %s in %s: %s", policy, want.points, format, got)
			}
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
