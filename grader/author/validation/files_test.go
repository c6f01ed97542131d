package validation

import (
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// TestFilesOfTheCourse looks at the files of every challenge there is.
func TestFilesOfTheCourse(t *testing.T) {
	co, err := course.Open("../../..")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := co.IDs()
	if err != nil || len(ids) < 3 {
		t.Fatalf("%v, %v", ids, err)
	}
	for _, id := range ids {
		_, found, runnable, err := Files(co, id)
		if err != nil || !runnable {
			t.Errorf("%s: runnable %v, %v", id, runnable, err)
		}
		for _, f := range found {
			t.Error(f)
		}
	}
	strays, err := Strays(co)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range strays {
		t.Error(f)
	}
}

const (
	smallSpec = `version: 1
title: Small
summary: s
deliverable: a.py
calls:
  - {id: one, function: work, arguments: {task: {is: task}, sizes: {sizes: 2, takes: 1ms}}, expect: tasks}
checks:
  - {id: first, title: it is imported, points: 5, hint: h, bounds: {module.imported: {min: 1}}}
  - {id: second, title: it is right, points: 2.5, hint: h, bounds: {one.correct: {min: 1}}, causes: [{finding: sleep, says: s}]}
`
	smallReadme = "# Small\n\nWrite `a.py` with `work`.\n\n    gilcourse check small\n\n| check | what | points |\n|---|---|---|\n| `first` | it is imported | 5 |\n| `second` | it is right | 2.5 |\n"
	smallCode   = "def work(task, sizes):\n    return [task(n) for n in sizes]\n"
)

// small is a course with one challenge as it should be, changed by name: an
// empty text removes a file.
func small(changes map[string]string) course.Course {
	files := map[string]string{
		"challenges/w/workshop.yaml":         "version: 1\ntitle: W\nchallenges: [small]\n",
		"challenges/w/small/challenge.yaml":  smallSpec,
		"challenges/w/small/README.md":       smallReadme,
		"challenges/w/small/starter/a.py":    smallCode,
		"reference/w/small/a.py":             smallCode,
		"fixtures/w/small/pass/other/a.py":   smallCode,
		"fixtures/w/small/fail/broken/a.py":  "import nothing\n",
		"fixtures/w/small/fail/broken/want":  "first\n",
		"fixtures/w/small/fail/none/a.py":    "def work(task, sizes): pass\n",
		"fixtures/w/small/fail/none/want":    "second sleep\n",
		"fixtures/_attacks/anything/goes.py": "",
		"challenges/challenges.go":           "package challenges\n",
		"challenges/README.md":               "for authors\n",
	}
	for name, text := range changes {
		if text == "" {
			delete(files, name)
		} else {
			files[name] = text
		}
	}
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	sub := func(dir string) fs.FS {
		f, err := fs.Sub(tree, dir)
		if err != nil {
			panic(err)
		}
		return f
	}
	return course.Course{Name: "test", Challenges: sub("challenges"), Reference: sub("reference"), Fixtures: sub("fixtures")}
}

func findings(t *testing.T, co course.Course) (text string, runnable bool) {
	t.Helper()
	_, found, runnable, err := Files(co, "w/small")
	if err != nil {
		t.Fatal(err)
	}
	strays, err := Strays(co)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range append(found, strays...) {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n"), runnable
}

func TestFiles(t *testing.T) {
	if text, runnable := findings(t, small(nil)); text != "" || !runnable {
		t.Fatalf("a challenge as it should be, runnable %v: %s", runnable, text)
	}
	for _, tt := range []struct {
		name     string
		changes  map[string]string
		want     string // the only finding has these words
		runnable bool
	}{
		{"bad spec", map[string]string{"challenges/w/small/challenge.yaml": strings.Replace(smallSpec, "points: 5", "points: -5", 1)}, "challenges/w/small/challenge.yaml:8:48: checks[0].points is from 0 to 1000, not -5", false},
		{"title", map[string]string{"challenges/w/small/README.md": strings.Replace(smallReadme, "# Small", "# Smal", 1)}, "README.md:1: it begins with \"# Smal\"", true},
		{"deliverable", map[string]string{"challenges/w/small/README.md": strings.Replace(smallReadme, "a.py", "b.py", 1)}, "does not say `a.py`", true},
		{"function", map[string]string{"challenges/w/small/README.md": strings.Replace(smallReadme, "`work`", "`wrok`", 1)}, "does not say `work`", true},
		{"points", map[string]string{"challenges/w/small/README.md": strings.Replace(smallReadme, "| 2.5 |", "| 3 |", 1)}, "README.md:10: `second` has 3 points here and 2.5 in the spec", true},
		{"row", map[string]string{"challenges/w/small/README.md": strings.Replace(smallReadme, "| `second` | it is right | 2.5 |\n", "", 1)}, "lacks a row: | `second` | it is right | 2.5 |", true},
		{"command", map[string]string{"challenges/w/small/README.md": strings.Replace(smallReadme, "check small", "check smalll", 1)}, "README.md:5: `gilcourse check smalll` is another challenge", true},
		{"no README", map[string]string{"challenges/w/small/README.md": ""}, "there is none; it tells a learner", true},
		{"no starter", map[string]string{"challenges/w/small/starter/a.py": ""}, "the starter has no a.py", false},
		{"starter without function", map[string]string{"challenges/w/small/starter/a.py": "def wrok(): ...\n"}, "no `def work`", true},
		{"no reference", map[string]string{"reference/w/small/a.py": "", "reference/w/small/A.py": smallCode}, `the reference solution has no a.py, and "A.py" has another name`, false},
		{"no want", map[string]string{"fixtures/w/small/fail/none/want": "", "fixtures/w/small/fail/other/a.py": "", "fixtures/w/small/fail/n2/a.py": "x", "fixtures/w/small/fail/n2/want": "second"}, "fail/none: it has no file `want`", false},
		{"wrong want", map[string]string{"fixtures/w/small/fail/n2/a.py": "x", "fixtures/w/small/fail/n2/want": "secnod"}, `fail/n2/want:1: "secnod" is no check of the spec; did you mean "second"`, false},
		{"wrong cause", map[string]string{"fixtures/w/small/fail/none/want": "second slwo"}, `"slwo" is no cause of the check second`, true},
		{"want in pass", map[string]string{"fixtures/w/small/pass/other/want": "first"}, "wants nothing to fail", true},
		{"no pass", map[string]string{"fixtures/w/small/pass/other/a.py": ""}, "no submission must pass", true},
		{"check that cannot fail", map[string]string{"fixtures/w/small/fail/none/want": "first"}, "challenge.yaml:9:5: nothing shows that the check second can fail", true},
		{"near miss", map[string]string{"fixtures/w/small/passes/more/a.py": smallCode}, `fixtures/w/small/passes: it has no place here; did you mean "pass/"`, true},
		{"litter", map[string]string{"fixtures/w/small/pass/other/a.py~": "x"}, "a.py~: an editor or a file manager left it", true},
		{"byte code", map[string]string{"fixtures/w/small/pass/other/__pycache__/a.pyc": "x"}, "", true},
		{"loose file", map[string]string{"fixtures/w/small/fail/note.txt": "x"}, "fail/note.txt: it stands beside the submissions", false},
		{"stray in the challenge", map[string]string{"challenges/w/small/readme.md": "x"}, "it has no place here; did you mean \"README.md\"", true},
		{"callables without file", map[string]string{"challenges/w/small/challenge.yaml": strings.Replace(smallSpec, "checks:", "callables: [crunch]\nchecks:", 1)}, "challenges/w/small/challenge.yaml:7:13: callables: challenges/w/small/callables.py has no `def crunch`; write it there", false},
		{"callables of nobody", map[string]string{"challenges/w/small/callables.py": "def crunch(n):\n    return n\n"}, "challenges/w/small/callables.py: the spec names none of its functions", true},
		{"own callables", map[string]string{"challenges/w/small/callables.py": "def crunch(n):\n    return n\n",
			"challenges/w/small/challenge.yaml": strings.NewReplacer("checks:", "callables: [crunch]\nchecks:", "is: task", "is: crunch", "expect: tasks", "expect: reference").Replace(smallSpec)}, "", true},
		{"a cause that is none", map[string]string{"challenges/w/small/challenge.yaml": strings.Replace(smallSpec, "{finding: sleep, says: s}", "{finding: sleep, says: s}, {finding: treads.no-join, says: s}", 1)}, `challenges/w/small/challenge.yaml:9:139: the check second has the cause "treads.no-join", which reading a source never finds; did you mean "threads.no-join"`, true},
		{"a place that is none", map[string]string{"challenges/w/small/challenge.yaml": strings.Replace(smallSpec, "hint: h, bounds: {one", "hint: h, where: treads.here, bounds: {one", 1)}, "challenges/w/small/challenge.yaml:9:67: where: \"treads.here\" is no place that reading a source finds; write `def:FUNCTION`, `target`, or a finding: did you mean \"threads.here\"", true},
		{"misspelt folder", map[string]string{"fixtures/w/smal/pass/x/a.py": "x"}, `fixtures/w/smal: it belongs to no challenge; did you mean "w/small"`, true},
		{"misspelt tree", map[string]string{"reference/x/y/a.py": "x"}, "reference/x: it belongs to no challenge", true},
		{"workshop", map[string]string{"challenges/w/workshop.yaml": "version: 1\ntitle: W\nchallenges: [small, other]\n"}, "it lists other, and challenges/w/other/challenge.yaml is not there", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, runnable := findings(t, small(tt.changes))
			if !strings.Contains(text, tt.want) || runnable != tt.runnable || strings.Contains(text, "\n") || (tt.want == "") != (text == "") {
				t.Errorf("runnable %v, got %q; want %q alone", runnable, text, tt.want)
			}
		})
	}
}

// TestWrite writes outcomes of recordings in every format.
func TestWrite(t *testing.T) {
	ch, fixtures := discovery(t)
	p := Result{ID: ch.ID, Title: ch.Title, Findings: []Finding{{"challenges/x", 3, 7, "odd \x1b name"}}}
	for _, f := range fixtures {
		switch path.Base(f.Name) {
		case "closed-formula":
			f.Want = "runs" // which it does not fail
		case "best-of-three-csv":
		default:
			continue
		}
		rec := recorded(t, f)
		o := Outcome{Submission: author.Submission{Fixture: f}, Record: rec, Tries: 1, Result: judge.With(ch, rec)}
		o.Problems = o.Submission.Problems(o.Result)
		p.Outcomes = append(p.Outcomes, o)
	}
	if p.Verdict() != verdict.Fail || len(p.Outcomes) != 2 {
		t.Fatalf("%s, %d outcomes", p.Verdict(), len(p.Outcomes))
	}
	out := map[string]string{}
	for _, name := range Formats.Names() {
		var b strings.Builder
		if err := Formats.Write(&b, name, []Result{p}, format.Options{}); err != nil {
			t.Fatal(err)
		}
		out[name] = b.String()
		if strings.Contains(b.String(), "\x1b") {
			t.Errorf("%s has a control character", name)
		}
	}
	for _, want := range []string{"✗ fail/closed-formula", "✓ pass/best-of-three-csv", "must fail by runs, which got pass", "NOT VALIDATED", "1 of 2 submissions"} {
		if !strings.Contains(out["text"], want) {
			t.Errorf("the text lacks %q:\n%s", want, out["text"])
		}
	}
	var read jsonResults
	if err := json.Unmarshal([]byte(out["json"]), &read); err != nil || read.Verdict != verdict.Fail || len(read.Challenges[0].Submissions) != 2 {
		t.Errorf("%v: %s", err, out["json"])
	}
	for _, want := range []string{`<testsuite name="challenge3/gil-discovery" tests="3" failures="2"`, "must fail by runs, which got pass", "challenges/x:3:7: odd"} {
		if !strings.Contains(out["junit"], want) {
			t.Errorf("the JUnit lacks %q:\n%s", want, out["junit"])
		}
	}
}

// TestUntried asks which bounds of gil-discovery nothing shows that they can
// fail: with all fixtures, and without those that break one of them.
func TestUntried(t *testing.T) {
	ch, fixtures := discovery(t)
	const one = "processes.cores"
	breaks := func(r *verdict.Result) bool {
		return slices.ContainsFunc(r.Checks, func(k verdict.Check) bool {
			return slices.ContainsFunc(k.Evidence, func(e verdict.Evidence) bool { return e.Quantity == one && e.Holds == verdict.False })
		})
	}
	var all, fewer Result
	for _, f := range fixtures {
		o := Outcome{Submission: author.Submission{Fixture: f}, Result: judge.With(ch, recorded(t, f))}
		all.Outcomes = append(all.Outcomes, o)
		if !breaks(o.Result) {
			fewer.Outcomes = append(fewer.Outcomes, o)
		}
	}
	tells := func(p Result) bool {
		return slices.ContainsFunc(p.Untried(), func(u Untried) bool { return u.Check == "processes" && slices.Contains(u.Quantities, one) })
	}
	if tells(all) || !tells(fewer) {
		t.Errorf("untried are %v, and without the fixtures that break %s %v", all.Untried(), one, fewer.Untried())
	}
	if fewer.Left = 1; fewer.Untried() != nil {
		t.Error("one was not run, so nothing is known")
	}
}

// TestUnconfirmed asks which causes of gil-discovery no fixture is explained by:
// with all fixtures, and without those that are explained by one.
func TestUnconfirmed(t *testing.T) {
	ch, fixtures := discovery(t)
	const one = "processes.join-in-start-loop"
	all, fewer := Result{Challenge: ch}, Result{Challenge: ch}
	for _, f := range fixtures {
		o := Outcome{Submission: author.Submission{Fixture: f}, Result: judge.With(ch, recorded(t, f))}
		all.Outcomes = append(all.Outcomes, o)
		if !slices.ContainsFunc(o.Result.Checks, func(k verdict.Check) bool { return k.Cause == one }) {
			fewer.Outcomes = append(fewer.Outcomes, o)
		}
	}
	tells := func(p Result) bool {
		return slices.ContainsFunc(p.Unconfirmed(), func(u Unconfirmed) bool { return u.Check == "processes" && slices.Contains(u.Causes, one) })
	}
	if tells(all) || !tells(fewer) {
		t.Errorf("unconfirmed are %v, and without the fixtures that %s explains %v", all.Unconfirmed(), one, fewer.Unconfirmed())
	}
	t.Logf("no fixture of %s is explained by %v", ch.ID, all.Unconfirmed())
}

// TestUnstable lets one submission have a second try, not two.
func TestUnstable(t *testing.T) {
	second := Outcome{Tries: 2, Result: &verdict.Result{Verdict: verdict.Pass}, Submission: author.Submission{Fixture: course.Fixture{Pass: true}}}
	p := Result{Outcomes: []Outcome{second}}
	if p.Verdict() != verdict.Pass {
		t.Error("one second try is allowed")
	}
	if p.Outcomes = append(p.Outcomes, second); p.Verdict() != verdict.Fail {
		t.Error("two are not")
	}
}
