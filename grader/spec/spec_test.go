package spec

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestChallengesOfTheCourse(t *testing.T) {
	data, err := os.ReadFile("../../challenges/challenge3/gil-discovery/challenge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("challenge3/gil-discovery", "challenge.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	if c.Size.Lesson != 50_000_000 || c.Tasks != 4 || len(c.Checks) != 7 || c.Points() != 100 {
		t.Errorf("size %d, %d tasks, %d checks, %v points", c.Size.Lesson, c.Tasks, len(c.Checks), c.Points())
	}
	if b := c.Checks[0].Bounds[0]; b.Quantity != "run.completed" || b.Min == nil || *b.Min != 1 {
		t.Errorf("the first bound is %+v", b)
	}
	if c.Text() != string(data) {
		t.Error("the text is not what was read")
	}
}

// TestSizesForAllWorkers holds the pages to their word: no function gets fewer
// sizes than workers.
func TestSizesForAllWorkers(t *testing.T) {
	files, err := filepath.Glob("../../challenges/*/*/challenge.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d challenges, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse("x/y", "challenge.yaml", data)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.Calls {
			call := &c.Calls[i]
			for _, a := range call.Arguments {
				if sized := call.Sized(); sized != nil && a.Value != nil && (a.Name == "workers" || a.Name == "threads") && float64(sized.Sizes) < *a.Value {
					t.Errorf("%s: %s has %d sizes for %v %s", file, call.ID, sized.Sizes, *a.Value, a.Name)
				}
			}
		}
	}
}

// TestHintsOfTheCourse wants hints of all levels for every check, those with code as
// lines that are indented.
func TestHintsOfTheCourse(t *testing.T) {
	files, err := filepath.Glob("../../challenges/*/*/challenge.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d challenges, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse("x/y", "challenge.yaml", data)
		if err != nil {
			t.Fatal(err)
		}
		for _, check := range c.Checks {
			if len(check.Hints) != HintLevels {
				t.Errorf("%s: %s has %d hints", file, check.ID, len(check.Hints))
				continue
			}
			for line := range strings.Lines(check.Hints[HintLevels-1]) {
				if code := strings.HasPrefix(line, "    "); !code && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "def ")) {
					t.Errorf("%s: %s: %q is code that is not indented by four spaces", file, check.ID, line)
				}
			}
		}
	}
}

const good = `version: 1
title: A
summary: B
deliverable: a.py
tasks: 4
lesson: {one: "Section 1"}
checks:
  - id: runs
    title: it runs
    points: 1
    hint: run it
    lesson: one
    bounds:
      run.completed: {min: 1}
`

func TestErrorsNameTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown field":     {"summary: B", "sumary: B", `challenge.yaml:3:1: sumary is unknown here; did you mean "summary"?`},
		"missing field":     {"    hint: run it\n", "", "challenge.yaml:8:5: checks[0].hint is missing; add `hint: …`"},
		"twice":             {"tasks: 4", "tasks: 4\ntitle: C", "title"},
		"unknown quantity":  {"run.completed", "run.complete", `challenge.yaml:14:7: "run.complete" is no quantity; did you mean "run.completed"?`},
		"no bound":          {"{min: 1}", "{says: x}", "challenge.yaml:14:7: run.completed has neither min nor max; write at least one"},
		"impossible bound":  {"{min: 1}", "{min: 2, max: 1}", "challenge.yaml:14:7: run.completed: min 2 is above max 1, which nothing can keep"},
		"points as text":    {"points: 1", "points: one", "challenge.yaml:10:13: checks[0].points is a number"},
		"a version to come": {"version: 1", "version: 7", "challenge.yaml:1:10: version 7 is unknown to this gilcourse; write `version: 1`"},
		"a path":            {"a.py", "../a.py", `challenge.yaml:4:14: deliverable: "../a.py" is no name of a Python file; write one such as gil_discovery.py`},
		"unknown section":   {"lesson: one", "lesson: two", `challenge.yaml:12:13: lesson: "two" is not among the lesson's sections above`},
		"duration":          {"tasks: 4", "tasks: 4\nlimits: {wall: 60}", `challenge.yaml:6:16: limits.wall: "60" is no duration; write a number with its unit, such as 150ms, 10s or 5m`},
		"few files":         {"tasks: 4", "tasks: 4\nlimits: {files: 20}", `challenge.yaml:6:17: limits.files is at least 256, not 20`},
		"bytes":             {"tasks: 4", "tasks: 4\nlimits: {memory: 2GB}", `challenge.yaml:6:18: limits.memory: "2GB" is no amount of bytes; write a whole number with its unit, such as 512KiB, 64MiB or 2GiB`},
		"anchor":            {"title: A", "title: &a A", "anchors, aliases and tags are not allowed"},
		"syntax":            {"title: A", "title: [A", "challenge.yaml:"},
		"a list":            {"checks:\n", "checks: 3\nother:\n", "checks is a list"},
		"second document":   {"tasks: 4\n", "tasks: 4\n---\nx: 1\n", "a second document"},
		"two hints":         {"hint: run it", "hint: run it\n    hints: [look, do]", "challenge.yaml:12:12: hints has 2 of 3 texts; write what to look at, then how to do it, then nearly the code"},
		"an empty hint":     {"hint: run it", "hint: run it\n    hints: [look, \" \", code]", "challenge.yaml:12:19: checks[0].hints[1] is empty; write a text"},
		"a hint twice":      {"hint: run it", "hint: run it\n    hints: [look, look, code]", `hints: "look" stands twice`},
		"confirmed by none": {"{min: 1}", "{min: 1, confirmed_by: threads.seen}", "threads.seen has no bound of its own in this check"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("a", "challenge.yaml", []byte(strings.Replace(good, c.old, c.new, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
			if len(All(err)) == 0 {
				t.Errorf("%v has no position", err)
			}
		})
	}
	if _, err := Parse("a", "challenge.yaml", []byte(good)); err != nil {
		t.Error(err)
	}
}

func TestAllErrorsAtOnce(t *testing.T) {
	bad := strings.NewReplacer("summary: B", "sumary: B", "tasks: 4", "tasks: many", "points: 1", "points: one").Replace(good)
	_, err := Parse("a", "challenge.yaml", []byte(bad))
	var errs Errors
	if !errors.As(err, &errs) || len(errs) != 3 { // that the misspelt one is missing is no other mistake
		t.Fatalf("got %v", err)
	}
	for i, line := range []int{3, 5, 10} {
		if errs[i].Line != line {
			t.Errorf("error %d is on line %d, not %d: %v", i, errs[i].Line, line, errs[i])
		}
	}
}

func TestEmptyAndHuge(t *testing.T) {
	for name, data := range map[string]string{
		"empty": "", "comment": "# nothing\n", "huge": strings.Repeat("#", MaxBytes+1),
		"deep": "a: " + strings.Repeat("[", 5000), "deep blocks": strings.Repeat("- ", 3000) + "a",
	} {
		if _, err := Parse("a", "challenge.yaml", []byte(data)); All(err) == nil {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("version: 1\nchecks: [{bounds: {a: {min: 1}}}]"))
	f.Add([]byte("a: &x [*x, *x]"))
	f.Add([]byte("? [a, b]\n: c\n"))
	for _, b := range broken {
		f.Add([]byte(strings.Replace(b.base, b.old, b.new, 1)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("a", "challenge.yaml", data)
		switch {
		case err == nil && (c.Title == "" || len(c.Checks) == 0):
			t.Error("a spec without a title or checks was accepted")
		case err != nil && len(All(err)) == 0:
			t.Errorf("an error without a place: %v", err)
		}
		for _, e := range All(err) {
			if e.Line < 1 || e.Column < 1 || e.Message == "" || e.Line > 1+strings.Count(string(data), "\n") {
				t.Errorf("a bad place: %+v", e)
			}
		}
	})
}
