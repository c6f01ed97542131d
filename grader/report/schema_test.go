package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func conforms(s *jsonschema.Schema, text []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

// TestSchemaHolds validates every golden report, a hostile one, and what
// `gilcourse measure` gave.
func TestSchemaHolds(t *testing.T) {
	s := schema(t)
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d reports, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := conforms(s, text); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	var hostile, measured bytes.Buffer
	r := judged(t, "workarounds/pass-typed-forkserver-taskgroup")
	for i := range r.Approaches {
		r.Approaches[i].Workload, r.Approaches[i].Strategy = "CPU-bound", "threading"
	}
	if err := WriteMeasured(&measured, "json", r, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := Write(&hostile, "json", Report{Challenges: []*verdict.Result{lied("\x00\xff::")}}, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{hostile.Bytes(), measured.Bytes()} {
		if err := conforms(s, text); err != nil {
			t.Errorf("%v in %s", err, text)
		}
	}
	for _, wrong := range []string{`{}`, `{"version": 2, "verdict": "pass", "score": 0, "max_score": 0, "challenges": []}`,
		`{"version": 1, "verdict": "passed", "score": 0, "max_score": 0, "challenges": []}`, `{"version": 1, "verdict": "pass", "score": 0, "max_score": 0, "challenges": [], "more": 1}`} {
		if conforms(s, []byte(wrong)) == nil {
			t.Errorf("%s is no report", wrong)
		}
	}
}

// TestSchemaIsComplete compares the fields of the schema with those that are
// written, and which of them are always there.
func TestSchemaIsComplete(t *testing.T) {
	var doc struct {
		Defs map[string]struct {
			Required   []string
			Properties map[string]json.RawMessage
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema, &doc); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{"report": jsonReport{}, "cohort": jsonCohort{}, "submission": jsonSubmission{}, "measured": jsonMeasured{}, "measuredCell": jsonCell{},
		"approach": approachRow{}, "challenge": jsonChallenge{}, "check": jsonCheck{}, "location": jsonLocation{}, "evidence": jsonEvidence{}, "phase": phaseRow{},
		"advice": adviceRow{}, "build": record.Build{}, "host": record.Host{}, "python": record.Python{}, "sandbox": record.Sandbox{}} {
		all, required := fields(reflect.TypeOf(value))
		def := doc.Defs[name]
		var got []string
		for property := range def.Properties {
			got = append(got, property)
		}
		slices.Sort(got)
		slices.Sort(def.Required)
		if !slices.Equal(got, all) {
			t.Errorf("%s has %v, the schema knows %v", name, all, got)
		}
		if !slices.Equal(def.Required, required) {
			t.Errorf("%s always has %v, the schema requires %v", name, required, def.Required)
		}
	}
}

// fields names the JSON fields of a struct, and those that are never left out,
// both sorted.
func fields(t reflect.Type) (all, required []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			a, r := fields(f.Type)
			all, required = append(all, a...), append(required, r...)
			continue
		}
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		all = append(all, name)
		if rest != "omitempty" {
			required = append(required, name)
		}
	}
	slices.Sort(all)
	slices.Sort(required)
	return all, required
}
