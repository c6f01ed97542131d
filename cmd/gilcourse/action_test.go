package main

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// action is what is read of an action.yml.
// https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax
type action struct {
	Inputs map[string]struct {
		Description string
		Required    bool
		Default     *string
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []struct {
			ID, Shell, Run string
			Env            map[string]string
		}
	}
}

var expression = regexp.MustCompile(`\$\{\{ *([a-z_.]+) *\}\}`)

// evaluate replaces the expressions in a text by their values; one that has
// none fails the test.
func evaluate(t *testing.T, text string, values map[string]string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(s string) string {
		name := expression.FindStringSubmatch(s)[1]
		value, known := values[name]
		if !known {
			t.Errorf("%s has no value", name)
		}
		return value
	})
}

// runAction runs the steps of the action as GitHub's runner does, and gives what
// stood in the log and whether they succeeded. Outputs are put to values, which
// hold the inputs.
func runAction(t *testing.T, a action, dir, workspace string, values map[string]string) (log string, ok bool) {
	t.Helper()
	for name, in := range a.Inputs {
		if _, given := values["inputs."+name]; !given && in.Default != nil {
			values["inputs."+name] = *in.Default
		}
	}
	temp := t.TempDir()
	ok = true
	for _, step := range a.Runs.Steps {
		script, output := filepath.Join(temp, "step.sh"), filepath.Join(temp, "output")
		if step.Shell != "bash" {
			t.Fatalf("a step of a composite action names its shell, which is not %q", step.Shell)
		}
		for file, text := range map[string]string{script: evaluate(t, step.Run, values), output: ""} {
			if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
		cmd.Dir = workspace
		cmd.Env = append(os.Environ(), "CI=true", "GITHUB_ACTIONS=true", "GITHUB_ACTION_PATH="+dir, "GITHUB_WORKSPACE="+workspace, "RUNNER_TEMP="+temp,
			"GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+filepath.Join(workspace, "summary.md"), "XDG_STATE_HOME="+temp, "GILCOURSE_LOCK="+filepath.Join(temp, "lock"))
		for name, value := range step.Env {
			cmd.Env = append(cmd.Env, name+"="+evaluate(t, value, values))
		}
		text, err := cmd.CombinedOutput()
		log, ok = log+string(text), ok && err == nil
		outputs, err := os.ReadFile(output)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(outputs)) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			values["steps."+step.ID+".outputs."+name] = value
		}
	}
	return log, ok
}

// TestAction runs the composite action on a file that Python cannot read, and
// with inputs that are wrong.
func TestAction(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("its runner is Linux")
	}
	dir, err := filepath.Abs("../../.github/actions/check")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var a action
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	if a.Runs.Using != "composite" || len(a.Runs.Steps) == 0 {
		t.Fatalf("got %+v", a)
	}
	for name, in := range a.Inputs {
		if in.Description == "" || in.Required == (in.Default != nil) {
			t.Errorf("the input %s needs a description, and a default or required", name)
		}
		if !strings.Contains(string(text), "${{ inputs."+name+" }}") {
			t.Errorf("the input %s is not used", name)
		}
	}
	binary, err := exec.LookPath("gilcourse")
	if err != nil {
		t.Fatal(err)
	}
	workspace := t.TempDir()
	if err := os.MkdirAll(filepath.Join(workspace, "home, work"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(workspace, "home, work", "gil_discovery.py"), []byte("from threading import Thread\ndef task(:\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"inputs.challenge": "gil-discovery", "inputs.path": "home, work", "inputs.python": os.Getenv("GILCOURSE_PYTHON"), "inputs.binary": binary}
	log, ok := runAction(t, a, dir, workspace, values)
	if ok || !strings.Contains(log, "\n::error file=home%2C work/gil_discovery.py,line=2,title=") {
		t.Errorf("ok %v: %s", ok, log)
	}
	got := map[string]string{}
	for name, out := range a.Outputs {
		if out.Description == "" {
			t.Errorf("the output %s needs a description", name)
		}
		got[name] = evaluate(t, out.Value, values)
	}
	if got["verdict"] != "fail" {
		t.Errorf("the verdict is %q", got["verdict"])
	}
	if text, err := base64.StdEncoding.DecodeString(got["result"]); err != nil || !strings.Contains(string(text), `"max_score": 100`) {
		t.Errorf("%v: the result is %s", err, text)
	}
	for _, file := range []string{got["junit"], got["json"], filepath.Join(workspace, "summary.md")} {
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
	// a course of one's own, whose challenge the course in the program has not
	own := filepath.Join(workspace, "own")
	if err := os.CopyFS(filepath.Join(own, "challenges", "mine"), os.DirFS("../../challenges/challenge3/gil-discovery")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(own, "reference", "mine"), os.DirFS("../../reference/challenge3/gil-discovery")); err != nil {
		t.Fatal(err)
	}
	values = map[string]string{"inputs.challenge": "mine", "inputs.path": "home, work", "inputs.binary": binary, "inputs.course": "own"}
	if log, ok := runAction(t, a, dir, workspace, values); ok || values["steps.check.outputs.verdict"] != "fail" {
		t.Errorf("a course of one's own: ok %v, %q: %s", ok, values["steps.check.outputs.verdict"], log)
	}
	for input, wrong := range map[string]string{"tries": "many", "inconclusive": "maybe", "challenge": "gil-discovry", "course": "home, work"} {
		values := map[string]string{"inputs.challenge": "gil-discovery", "inputs.path": "home, work", "inputs.binary": binary, "inputs." + input: wrong}
		if log, ok := runAction(t, a, dir, workspace, values); ok {
			t.Errorf("%s %q is taken: %s", input, wrong, log)
		}
	}
}
