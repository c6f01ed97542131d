package python

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// ImportLimit is the longest that the import of an analyzer may take.
const ImportLimit = 20 * time.Second

// Contents imports the module of an analyzer, for as long as it may take at most,
// and shows what it holds. What the submission does wrong is in the result. What the
// source alone tells is read by a process in which none of its code runs.
func (p *Interpreter) Contents(ctx context.Context, folder, script string, longest time.Duration) (*record.Contents, error) {
	var source, c record.Contents
	if err := p.program(ctx, &source, p.command("sources.py", folder, script)); err != nil {
		return nil, fmt.Errorf("read the source: %w", err)
	}
	err := p.program(ctx, &c, p.confined(folder, "contents.py", folder, script, fmt.Sprint(longest.Seconds())))
	if broken := (*programError)(nil); errors.As(err, &broken) { // the submission's doing: its code ran there
		c = record.Contents{Error: broken.why}
		if broken.silent {
			c.Error = "the module ended the program, or wrote over what was read of it"
		}
		err = nil
	}
	if err != nil {
		return nil, err
	}
	c.Functions, c.Annotations, c.Bare = source.Functions, source.Annotations, source.Bare
	if c.Lines == nil {
		c.Lines = source.Lines
	} else {
		maps.Copy(c.Lines, source.Lines)
	}
	return &c, nil
}

// Follow runs the analyzer with its reasons altered, and notes for each row of
// its tables whether what is printed followed. A program that says nothing of it
// leaves the rows as they are.
func (p *Interpreter) Follow(ctx context.Context, folder, script string, c *record.Contents, reasons []string) error {
	orders, err := json.Marshal(reasons)
	if err != nil {
		return err
	}
	var told struct {
		Rows    map[string][][]string `json:"rows"` // the words put into each row, by the table's name
		Printed []string              `json:"printed"`
	}
	err = p.program(ctx, &told, p.confined(folder, "altered.py", folder, script, string(orders)))
	if broken := (*programError)(nil); errors.As(err, &broken) {
		return nil // it does not run to its end then, or not at all
	}
	if err != nil {
		return fmt.Errorf("run %s with its reasons altered: %w", script, err)
	}
	for i := range c.Tables {
		t := &c.Tables[i]
		rows := told.Rows[t.Name]
		if len(rows) != len(t.Rows) {
			continue
		}
		for k, words := range rows {
			if len(words) > 0 {
				follows := slices.ContainsFunc(words, func(w string) bool { return slices.Contains(told.Printed, w) })
				t.Rows[k].Follows = &follows
			}
		}
	}
	return nil
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
	c.Keep = []string{t.Folder, t.Dir}
	c.Args = []string{p.Path, "-I", filepath.Join(p.dir, "perform.py"), orders}
	res, err := sandbox.Run(ctx, c)
	if err != nil {
		return res, told, err
	}
	res.Stderr = strings.ReplaceAll(res.Stderr, t.Dir+string(filepath.Separator), "")
	if data, err := readReport(t.Dir, filepath.Base(report)); err == nil {
		if json.Unmarshal(data, &told) != nil || record.Bounded(told) != nil {
			told = record.Performance{} // the template wrote over it
		}
	}
	return res, told, nil
}

// mostReported bounds a report, in bytes.
const mostReported = 1 << 16

// readReport reads a file from a folder in which the learner's code could put
// anything in its place.
func readReport(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if info, err := root.Lstat(name); err != nil || !info.Mode().IsRegular() || info.Size() > mostReported {
		return nil, fmt.Errorf("%s is no report (%v)", name, err)
	}
	return root.ReadFile(name)
}

// checkers are the type checkers that are asked, the first that is there.
var checkers = []struct {
	name string
	args func(interpreter string) []string // the script follows
	line *regexp.Regexp
}{
	{"mypy", func(interpreter string) []string {
		return []string{"--no-error-summary", "--no-color-output", "--cache-dir", os.DevNull, "--python-executable", interpreter}
	}, regexp.MustCompile(`^\S+\.py:\d+: error: .+`)},
	{"pyright", func(interpreter string) []string { return []string{"--pythonpath", interpreter} }, regexp.MustCompile(`^\s*\S+\.py:\d+:\d+ - error: .+`)},
}

// checkerLimits bound a type checker: what it says is worth no more.
var checkerLimits = sandbox.Limits{Wall: 20 * time.Second, CPU: 40 * time.Second, Memory: 2 << 30}

// CheckTypes gives the name of the type checker that stands beside the
// interpreter or on the PATH, and what it says of a script, a line each. Empty
// where there is none, or where it gave no answer: its word is a note, never a
// verdict.
func (p *Interpreter) CheckTypes(ctx context.Context, folder, script string) (name string, notes []string) {
	for _, c := range checkers {
		for _, program := range append([]string{filepath.Join(filepath.Dir(p.Path), c.name)}, onPath(c.name)...) {
			if info, err := os.Stat(program); err != nil || !info.Mode().IsRegular() {
				continue
			}
			cmd := p.confined(folder, "") // the folder may configure the checker
			cmd.Args, cmd.Limits = append(append([]string{program}, c.args(p.Path)...), script), checkerLimits
			res, err := sandbox.Run(ctx, cmd)
			if err != nil || res.Limit != "" || res.Exit < 0 || res.Exit > 1 {
				continue
			}
			for line := range strings.Lines(res.Stdout) {
				if c.line.MatchString(line) {
					notes = append(notes, strings.TrimSpace(strings.ReplaceAll(line, folder+string(filepath.Separator), "")))
				}
			}
			return c.name, notes
		}
	}
	return "", nil
}
