package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

var update = flag.Bool("update", false, "write the golden files anew")

func judged(t *testing.T, name string) *verdict.Result {
	t.Helper()
	rec, err := recordings.Read(path.Join("challenge3", name))
	if err != nil {
		t.Fatal(err)
	}
	r, err := judge.Judge(rec)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestMain makes the word fixed that a learner must not guess.
func TestMain(m *testing.M) {
	resume = func() string { return "RESUME" }
	os.Exit(m.Run())
}

// workshop has a pass, a fail, a part that is missing, and one that lies in a
// folder.
func workshop(t *testing.T) Report {
	t.Helper()
	return Report{Title: "Challenge 3", Challenges: []*verdict.Result{judged(t, "gil-discovery/pass-spawn-json-devops"), judged(t, "workarounds/fail-c-syntax-error")},
		Missing: []Missing{{ID: "challenge3/strategy-analyzer", Deliverable: "concurrency_strategy.py", Looked: []string{"homework"}, MaxScore: 100}},
		Folders: map[string]string{"challenge3/workarounds": "homework/week 3"}}
}

// cohort has a submission of each outcome.
func cohort(t *testing.T) Cohort {
	t.Helper()
	one := func(name string) Report {
		return Report{Challenges: []*verdict.Result{judged(t, "gil-discovery/"+name)}}
	}
	bob := one("fail-crash-unpicklable-lambda")
	bob.Folders = map[string]string{"challenge3/gil-discovery": "course/term/bob"}
	return Cohort{Challenge: "challenge3/gil-discovery", Title: "Experience the GIL", Policy: CountSkip, Absent: []string{"Dora"}, Left: []string{"Gil"}, Submissions: []Submission{
		{Learner: "Ada", Path: "term/ada", Report: one("pass-spawn-json-devops"), Tries: 1},
		{Learner: "Bob", Path: "term/bob", Shown: "course/term/bob", Report: bob, Was: verdict.Pass, WasScore: 100, Cached: true},
		{Learner: "Cy", Path: "term/cy.zip", Shown: "course/term/cy.zip", Refused: "cy.zip: is no archive that can be read"},
		{Learner: "Eve", Path: "term/eve", Err: "check challenge3/gil-discovery: no space left on device"},
		{Learner: "Finn", Path: "term/finn", Report: open(t), Tries: 2},
	}}
}

// open is inconclusive.
func open(t *testing.T) Report {
	t.Helper()
	r := judged(t, "gil-discovery/fail-processes-joined-in-start-loop")
	for i := range r.Checks {
		if r.Checks[i].Verdict == verdict.Fail {
			r.Checks[i].Verdict = verdict.Inconclusive
		}
	}
	r.Verdict = verdict.Inconclusive
	return Report{Challenges: []*verdict.Result{r}}
}

// TestGolden compares all formats with what they were, from records: people's
// and programs' own for many, the others for a check that fails and for a
// workshop.
func TestGolden(t *testing.T) {
	for _, name := range []string{"gil-discovery/pass-spawn-json-devops", "gil-discovery/fail-processes-joined-in-start-loop", "gil-discovery/fail-crash-unpicklable-lambda",
		"workarounds/pass-typed-forkserver-taskgroup", "workarounds/fail-c-syntax-error",
		"strategy-analyzer/pass-enum-frozen-dataclasses", "strategy-analyzer/fail-hybrid-default-executor"} {
		rep := Report{Challenges: []*verdict.Result{judged(t, name)}}
		for _, format := range []string{"text", "json"} {
			golden(t, path.Base(name), format, func(w io.Writer) error { return Write(w, format, rep, Options{}) })
		}
	}
	several, undecided, many := workshop(t), open(t), cohort(t)
	for _, format := range Formats() {
		golden(t, "workshop", format, func(w io.Writer) error { return Write(w, format, several, Options{}) })
		golden(t, "inconclusive", format, func(w io.Writer) error { return Write(w, format, undecided, Options{}) })
	}
	undecided.Policy = CountPass
	for _, format := range Formats() {
		golden(t, "policy", format, func(w io.Writer) error { return Write(w, format, undecided, Options{}) })
	}
	for _, format := range CohortFormats() {
		golden(t, "cohort", format, func(w io.Writer) error { return WriteCohort(w, format, many, Options{}) })
	}
}

func golden(t *testing.T, name, format string, write func(io.Writer) error) {
	t.Run(name+"."+format, func(t *testing.T) {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name+"."+format)
		if *update {
			if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), out.String()); d != "" {
			t.Errorf("%s; `go test ./grader/report -update` accepts it", d)
		}
	})
}

// TestJSONIsWhatIsPromised decodes the report into the published shape.
func TestJSONIsWhatIsPromised(t *testing.T) {
	var out bytes.Buffer
	r := Report{Challenges: []*verdict.Result{judged(t, "gil-discovery/fail-processes-joined-in-start-loop")}, Missing: []Missing{{ID: "a/b", Deliverable: "c.py", Looked: []string{"d"}, MaxScore: 5}}}
	if err := Write(&out, "json", r, Options{}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version    int            `json:"version"`
		Verdict    string         `json:"verdict"`
		Score      float64        `json:"score"`
		MaxScore   float64        `json:"max_score"`
		Host       map[string]any `json:"host"`
		Python     map[string]any `json:"python"`
		Challenges []struct {
			ID      string `json:"id"`
			Verdict string `json:"verdict"`
			Checks  []struct {
				ID        string  `json:"id"`
				Verdict   string  `json:"verdict"`
				Points    float64 `json:"points"`
				MaxPoints float64 `json:"max_points"`
				Message   string  `json:"message"`
				Hint      string  `json:"hint"`
				Location  *struct {
					File string `json:"file"`
					Line int    `json:"line"`
				} `json:"location"`
				Evidence []map[string]any `json:"evidence"`
			} `json:"checks"`
		} `json:"challenges"`
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != 1 || got.Verdict != "fail" || got.MaxScore != 105 || got.Host == nil || got.Python == nil || len(got.Challenges) != 2 {
		t.Errorf("got %+v", got)
	}
	for _, c := range got.Challenges[0].Checks {
		if c.ID == "processes" && (c.Verdict != "fail" || c.Location == nil || c.Location.Line != 47 || c.Hint == "" || len(c.Evidence) == 0) {
			t.Errorf("got %+v", c)
		}
	}
}

// TestNarrow keeps every line within the terminal, but for the timeline and
// the tables, which have a width of their own.
func TestNarrow(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, "text", Report{Challenges: []*verdict.Result{judged(t, "gil-discovery/fail-processes-joined-in-start-loop")}}, Options{Width: 72}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "      ") && len([]rune(line)) > 73 && strings.Contains(strings.TrimSpace(line), " ") && !strings.Contains(line, ".py:") {
			t.Errorf("too long: %s", line)
		}
	}
}

func TestColour(t *testing.T) {
	r := Report{Challenges: []*verdict.Result{judged(t, "gil-discovery/pass-spawn-json-devops")}}
	var plain, coloured bytes.Buffer
	if err := Write(&plain, "text", r, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := Write(&coloured, "text", r, Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") || !strings.Contains(coloured.String(), "\x1b[32m") {
		t.Error("colour is there where it should not be, or the other way round")
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := Write(io.Discard, "pdf", Report{}, Options{}); err == nil || !strings.Contains(err.Error(), "text, json") {
		t.Errorf("got %v", err)
	}
	if err := WriteCohort(io.Discard, "gradescope", Cohort{}, Options{}); err == nil || !strings.Contains(err.Error(), "text, json, junit") {
		t.Errorf("got %v", err)
	}
}
