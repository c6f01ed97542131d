package spec

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("challenge.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("challenge.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validates(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	var doc any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// TestSchemaOfTheCourse validates every challenge.yaml there is.
func TestSchemaOfTheCourse(t *testing.T) {
	s := compiled(t)
	n := 0
	err := fs.WalkDir(os.DirFS("../../challenges"), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "challenge.yaml" {
			return err
		}
		n++
		text, err := os.ReadFile(path.Join("../../challenges", p))
		if err != nil {
			return err
		}
		if err := validates(t, s, text); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		return nil
	})
	if err != nil || n < 3 {
		t.Fatalf("%d specs, %v", n, err)
	}
}

// TestSchemaRefuses makes the mistakes that authors make, one at a time.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	const calls = "calls:\n  - {id: one, function: f, arguments: {task: {is: task}, sizes: {sizes: 8, takes: 50ms}}, expect: tasks, limit: 1m30s}\n"
	if err := validates(t, s, []byte(good+calls+"limits: {memory: 64MiB, wall: 1.5s}\nsize: {lesson: 50_000_000}\n")); err != nil {
		t.Fatalf("a spec without mistakes: %v", err)
	}
	for _, mistake := range [][2]string{
		{"title: A", "titel: A"},
		{"title: A\n", ""},
		{"tasks: 4", "tasks: four"},
		{"points: 1", "points: one"},
		{"run.completed", "run.complete"},
		{"min: 1", "minimum: 1"},
		{"takes: 50ms", "takes: 50"},
		{"takes: 50ms", "takes: 50 milliseconds"},
		{"is: task", "is: tsak"},
		{"expect: tasks", "expect: results"},
		{"limit: 1m30s", "limit: -1s"},
	} {
		text := strings.Replace(good+calls, mistake[0], mistake[1], 1)
		if text == good+calls {
			t.Fatalf("%q does not stand in the spec", mistake[0])
		}
		if validates(t, s, []byte(text)) == nil {
			t.Errorf("%q for %q is valid", mistake[1], mistake[0])
		}
	}
}

// TestSchemaExplains wants a description of every field.
func TestSchemaExplains(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"`deliverable` is the file that a learner hands in.",
		"`of` is what `min` and `max` are multiples of:",
		"how many processes wanted to compute at once, on average (scheduler, tasks)",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("it does not say %q", want)
		}
	}
}
