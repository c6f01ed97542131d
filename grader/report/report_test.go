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

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

var update = flag.Bool("update", false, "write the golden files anew")

const records = "../verdict/testdata/challenge3"

func judged(t *testing.T, name string) *verdict.Result {
	t.Helper()
	f, err := os.Open(filepath.Join(records, filepath.FromSlash(name)+".jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recs, err := record.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	r, err := verdict.Judge(recs[0])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestHostileText shows what a program wrote, and how its file is called,
// without obeying it.
func TestHostileText(t *testing.T) {
	const hostile = "\x1b[2J\x1b]0;owned\a \u202eevil\u009b31m ::error file=x::no ##[error]no"
	r := judged(t, "gil-discovery/fail-crash-unpicklable-lambda")
	r.File = "::set-output name=x::\x1b[31m.py"
	r.Notes = append(r.Notes, "::warning::"+hostile)
	for i := range r.Checks {
		r.Checks[i].Message, r.Checks[i].Hint, r.Checks[i].Warnings = hostile, hostile, []string{hostile}
		r.Checks[i].Location = &record.Place{File: r.File, Line: 1, Text: hostile}
	}
	for _, format := range Formats() {
		var out bytes.Buffer
		if err := Write(&out, format, Report{Challenges: []*verdict.Result{r}, Missing: []Missing{{ID: "x", Deliverable: "x.py", Looked: []string{hostile}}}}, Options{}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if strings.ContainsAny(line, "\x1b\a\u202e\u009b") || strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
				t.Errorf("%s: %q", format, line)
			}
		}
	}
}

// TestGolden compares both formats with what they were, from records.
func TestGolden(t *testing.T) {
	for _, name := range []string{"gil-discovery/pass-spawn-json-devops", "gil-discovery/fail-processes-joined-in-start-loop", "gil-discovery/fail-crash-unpicklable-lambda",
		"workarounds/pass-typed-forkserver-taskgroup", "workarounds/fail-c-syntax-error",
		"strategy-analyzer/pass-enum-frozen-dataclasses", "strategy-analyzer/fail-hybrid-default-executor"} {
		for _, format := range Formats() {
			t.Run(name+"."+format, func(t *testing.T) {
				var out bytes.Buffer
				if err := Write(&out, format, Report{Challenges: []*verdict.Result{judged(t, name)}}, Options{}); err != nil {
					t.Fatal(err)
				}
				golden := filepath.Join("testdata", path.Base(name)+"."+format)
				if *update {
					if err := os.MkdirAll("testdata", 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(string(want), out.String()); d != "" {
					t.Errorf("%s; `go test ./grader/report -update` accepts it", d)
				}
			})
		}
	}
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
	if err := Write(&bytes.Buffer{}, "pdf", Report{}, Options{}); err == nil || !strings.Contains(err.Error(), "json, text") {
		t.Errorf("got %v", err)
	}
}

// FuzzJudge judges records that were written over, and reports on them.
func FuzzJudge(f *testing.F) {
	for _, name := range []string{"gil-discovery/fail-processes-joined-in-start-loop", "gil-discovery/fail-crash-unpicklable-lambda", "workarounds/fail-c-syntax-error"} {
		file, err := os.Open(filepath.Join(records, filepath.FromSlash(name)+".jsonl.gz"))
		if err != nil {
			f.Fatal(err)
		}
		recs, err := record.Read(file)
		file.Close()
		if err != nil {
			f.Fatal(err)
		}
		rec := recs[0]
		rec.Runs = rec.Runs[:1] // small, so that much of it is tried
		for i := range rec.Runs {
			run := &rec.Runs[i]
			run.Tasks, run.Cores = run.Tasks[:min(len(run.Tasks), 6)], run.Cores[:min(len(run.Cores), 3)]
			run.Calls, run.Requests = run.Calls[:min(len(run.Calls), 4)], run.Requests[:min(len(run.Requests), 4)]
			for k := range run.Tasks {
				run.Tasks[k].Points = run.Tasks[k].Points[:min(len(run.Tasks[k].Points), 8)]
			}
		}
		var small bytes.Buffer
		if err := record.Write(&small, rec); err != nil {
			f.Fatal(err)
		}
		f.Add(small.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		recs, err := record.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, rec := range recs {
			r, err := verdict.Judge(rec)
			if err != nil {
				continue
			}
			for _, format := range Formats() {
				if err := Write(io.Discard, format, Report{Challenges: []*verdict.Result{r}}, Options{}); err != nil {
					t.Errorf("%s: %v", format, err)
				}
			}
		}
	})
}
