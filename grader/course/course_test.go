package course

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

func tree(files map[string]string) fstest.MapFS {
	fs := fstest.MapFS{}
	for name, text := range files {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fs
}

const one = "version: 1\ntitle: A\nsummary: B\ndeliverable: a.py\ntasks: 4\nchecks:\n  - {id: runs, title: runs, points: 1, hint: h, bounds: {run.completed: {min: 1}}}\n"

func small() Course {
	return Course{Name: "test",
		Challenges: tree(map[string]string{
			"w/workshop.yaml":        "version: 1\ntitle: W\nchallenges: [second, first]\n",
			"w/first/challenge.yaml": one, "w/second/challenge.yaml": one, "w/second/README.md": "# Second\n",
			"p/first/challenge.yaml": one, "p/alone/challenge.yaml": one, "p/_hidden/challenge.yaml": one,
		}),
		Reference: tree(map[string]string{"w/first/a.py": ""}),
		Fixtures:  tree(map[string]string{"w/first/pass/x/a.py": "", "w/first/fail/y/a.py": "", "w/first/fail/y/want": "runs some-cause\n", "w/second/fail/z/a.py": ""}),
	}
}

func TestResolve(t *testing.T) {
	c := small()
	for name, want := range map[string]string{
		"w":            "w/second w/first", // in the workshop's order
		"w/first":      "w/first",
		"w/first/":     "w/first",
		"alone":        "p/alone",
		"challenges/w": "w/second w/first",
	} {
		ids, _, err := c.Resolve(name)
		if got := strings.Join(ids, " "); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, want)
		}
	}
	if _, _, err := c.Resolve("first"); err == nil || !strings.Contains(err.Error(), "w/first, p/first") {
		t.Errorf("two are called first: %v", err)
	}
	_, _, err := c.Resolve("alnoe")
	var unknown *Unknown
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), `did you mean "p/alone"?`) {
		t.Errorf("got %v", err)
	}
	if _, _, err := c.Resolve("zebra"); err == nil || !strings.Contains(err.Error(), "there are w, w/second") {
		t.Errorf("got %v", err)
	}
}

// TestWhole resolves the workshop at the top of a course, which is called course.
func TestWhole(t *testing.T) {
	c := Course{Name: "test", Challenges: tree(map[string]string{
		"workshop.yaml": "version: 1\ntitle: All of it\nchallenges: [p/second, first]\n", "first/challenge.yaml": one, "p/second/challenge.yaml": one, "p/third/challenge.yaml": one, "last/challenge.yaml": one,
	})}
	for _, name := range []string{"course", "."} {
		ids, w, err := c.Resolve(name)
		if got := strings.Join(ids, " "); err != nil || got != "p/second first last" || w.ID != Whole || w.Title != "All of it" {
			t.Errorf("%s: %q, %+v, %v", name, got, w, err)
		}
	}
	if ids, err := c.WorkshopIDs(); err != nil || len(ids) != 1 || ids[0] != Whole {
		t.Errorf("%v, %v", ids, err)
	}
	if sections, err := c.Sections(); err != nil || sections[0].Title != "p" && sections[0].Title != "course  All of it" {
		t.Errorf("%+v, %v", sections, err)
	}
	named := Course{Challenges: tree(map[string]string{"workshop.yaml": "version: 1\ntitle: W\nchallenges: [course]\n", "course/challenge.yaml": one})}
	if ids, w, err := named.Resolve("course"); err != nil || w != nil || len(ids) != 1 {
		t.Errorf("a challenge called course: %v, %v, %v", ids, w, err)
	}
}

func TestFixtures(t *testing.T) {
	c := small()
	found, err := c.Of("w/first")
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	if f := found[0]; f.Pass || f.Want != "runs" || f.Cause != "some-cause" || f.Dir != "w/first/fail/y" {
		t.Errorf("%+v", f)
	}
	if !found[1].Pass {
		t.Errorf("%+v", found[1])
	}
	if _, err := c.Of("w/second"); err == nil || !strings.Contains(err.Error(), "has no file `want`") {
		t.Errorf("got %v", err)
	}
	if none, err := c.Of("p/alone"); err != nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
}

func TestWhatIsMissing(t *testing.T) {
	c := small()
	if _, err := c.Solution("w/second"); err == nil {
		t.Error("there is no solution")
	}
	if _, err := c.Starter("w/first"); err == nil {
		t.Error("there is no starter")
	}
	if text, err := c.Readme("w/second"); err != nil || text != "# Second\n" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "is no course") {
		t.Errorf("got %v", err)
	}
}
