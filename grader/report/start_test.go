package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestImportErrorIsShort wants a module that cannot be imported told in a few
// lines: the line, what was seen, what to do, and that the rest waits.
func TestImportErrorIsShort(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, "text", Report{Challenges: []*verdict.Result{judged(t, "workarounds/fail-imports-name-error")}}, Options{}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if n := strings.Count(text, "\n"); n > 8 {
		t.Errorf("%d lines:\n%s", n, text)
	}
	for _, part := range []string{"Start here: workarounds.py:", "NameError", "Do: ", "10 more checks wait for this one.", "FAIL  0 of 100 points"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not told:\n%s", part, text)
		}
	}
}

// TestStartHereInJSON wants the first thing to mend, with those that wait for it,
// and a reason in each of these.
func TestStartHereInJSON(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, "json", Report{Challenges: []*verdict.Result{judged(t, "gil-discovery/fail-crash-unpicklable-lambda")}}, Options{}); err != nil {
		t.Fatal(err)
	}
	var got jsonReport
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	start := got.Challenges[0].Start
	if start == nil || start.Check != "runs" || start.Location == nil || start.Location.Line != 52 || !slices.Equal(start.Waiting, []string{"phases", "processes"}) {
		t.Fatalf("got %+v", start)
	}
	for _, k := range got.Challenges[0].Checks {
		if waits := slices.Contains(start.Waiting, k.ID); waits != (k.Verdict == verdict.NotJudged) || waits && (k.WaitsFor != "runs" || k.Points != 0 || k.Hint != "") {
			t.Errorf("got %+v", k)
		}
	}
}

// TestFirst wants that which most wait for, though it stands last.
func TestFirst(t *testing.T) {
	r := &verdict.Result{Checks: []verdict.Check{{ID: "a", Verdict: verdict.Fail}, {ID: "b", Verdict: verdict.NotJudged, WaitsFor: "c"}, {ID: "c", Verdict: verdict.Fail}}}
	if first := r.First(); first == nil || first.ID != "c" {
		t.Errorf("got %+v", first)
	}
	if first := (&verdict.Result{Checks: []verdict.Check{{ID: "a", Verdict: verdict.Inconclusive}}}).First(); first != nil {
		t.Errorf("got %+v", first)
	}
}

// TestStuck wants the first failed one, else what is open.
func TestStuck(t *testing.T) {
	r := &verdict.Result{Checks: []verdict.Check{{ID: "a", Verdict: verdict.Pass}, {ID: "b", Verdict: verdict.Inconclusive}, {ID: "c", Verdict: verdict.Fail}}}
	if k := r.Stuck(); k == nil || k.ID != "c" {
		t.Errorf("stuck at %+v", k)
	}
	r.Checks = r.Checks[:2]
	if k := r.Stuck(); k == nil || k.ID != "b" {
		t.Errorf("stuck at %+v", k)
	}
	r.Checks = r.Checks[:1]
	if k := r.Stuck(); k != nil {
		t.Errorf("stuck at %+v", k)
	}
}
