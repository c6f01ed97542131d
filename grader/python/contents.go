package python

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// Contents imports the module of an analyzer and shows what it holds. What the
// submission does wrong is in the result.
func (p *Interpreter) Contents(ctx context.Context, folder, script string) (*record.Contents, error) {
	var c record.Contents
	err := p.program(ctx, &c, "contents.py", folder, script)
	if broken := (*programError)(nil); errors.As(err, &broken) { // the submission's doing: its code ran there
		return &record.Contents{Error: broken.why}, nil
	}
	return &c, err
}

// Template is a template of a submission that is to be run.
type Template struct {
	Folder, Script string // of the submission
	Snippet        record.Snippet
	Dir            string // an empty folder for the template's own files, made if needed
}

// templateProgram is what a template's source is called.
const templateProgram = "template.py"

// Perform runs a template, and gives what it told from inside. Command's Args,
// and Dir for a source, are set here.
func (p *Interpreter) Perform(ctx context.Context, c sandbox.Command, t Template) (sandbox.Result, record.Performance, error) {
	var told record.Performance
	if err := os.MkdirAll(t.Dir, 0o755); err != nil {
		return sandbox.Result{}, told, fmt.Errorf("make a folder for the template: %w", err)
	}
	report, orders := filepath.Join(t.Dir, "report.json"), filepath.Join(t.Dir, "orders.json")
	order := map[string]any{"folder": t.Folder, "script": t.Script, "report": report}
	if t.Snippet.Kind == "source" {
		program := filepath.Join(t.Dir, templateProgram)
		if err := os.WriteFile(program, []byte(t.Snippet.Source), 0o644); err != nil {
			return sandbox.Result{}, told, fmt.Errorf("write the template: %w", err)
		}
		order["program"], c.Dir = program, t.Dir
	} else {
		order["steps"], order["runs"] = t.Snippet.Steps, t.Snippet.Runs
	}
	data, err := json.Marshal(order)
	if err != nil {
		return sandbox.Result{}, told, err
	}
	if err := os.WriteFile(orders, data, 0o644); err != nil {
		return sandbox.Result{}, told, fmt.Errorf("write the template's orders: %w", err)
	}
	c.Args = []string{p.Path, "-I", filepath.Join(p.dir, "perform.py"), orders}
	res, err := sandbox.Run(ctx, c)
	if err != nil {
		return res, told, err
	}
	res.Stderr = strings.ReplaceAll(res.Stderr, t.Dir+string(filepath.Separator), "")
	if data, err := os.ReadFile(report); err == nil {
		if json.Unmarshal(data, &told) != nil {
			told = record.Performance{} // the template wrote over it
		}
	}
	return res, told, nil
}

// checkers are the type checkers that are asked, the first that is there.
var checkers = []struct {
	name string
	args []string // the script follows
	line *regexp.Regexp
}{
	{"mypy", []string{"-m", "mypy", "--no-error-summary", "--no-incremental", "--hide-error-context", "--no-color-output"}, regexp.MustCompile(`^[^:]+\.py:\d+: error: .*`)},
	{"pyright", []string{"-m", "pyright"}, regexp.MustCompile(`^\s*\S+\.py:\d+:\d+ - error: .*`)},
}

// checkerLimits bound a type checker: what it says is worth no more.
var checkerLimits = sandbox.Limits{Wall: 20 * time.Second, CPU: 40 * time.Second, Memory: 2 << 30}

// CheckTypes gives the name of the type checker that this interpreter has, and
// what it says of a script, a line each. Empty where there is none, or where it
// gave no answer: its word is a note, never a verdict.
func (p *Interpreter) CheckTypes(ctx context.Context, folder, script string) (name string, notes []string) {
	for _, c := range checkers {
		there, err := sandbox.Run(ctx, sandbox.Command{Dir: p.dir, Env: p.env, Limits: checkerLimits,
			Args: []string{p.Path, "-I", "-c", "import sys, importlib.util as u; sys.exit(not u.find_spec(sys.argv[1]))", c.name}})
		if err != nil || !there.OK() {
			continue
		}
		args := append([]string{p.Path, "-I"}, c.args...)
		if c.name == "mypy" {
			args = append(args, "--cache-dir", os.DevNull)
		}
		res, err := sandbox.Run(ctx, sandbox.Command{Args: append(args, script), Dir: folder, Env: p.env, Limits: checkerLimits})
		if err != nil || res.Limit != "" || res.Exit > 1 {
			continue
		}
		for line := range strings.Lines(res.Stdout) {
			if c.line.MatchString(line) {
				notes = append(notes, strings.TrimSpace(strings.ReplaceAll(line, folder+string(filepath.Separator), "")))
			}
		}
		return c.name, notes
	}
	return "", nil
}
