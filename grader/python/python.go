// Package python finds an interpreter, describes it, and reads a learner's
// source with the interpreter's own ast.
//
// The work inside the interpreter is done by the small Python programs beside
// this file, embedded; they need nothing but the standard library.
package python

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

//go:embed *.py
var programs embed.FS

// Oldest is the oldest version of Python that can be graded: its ast is the
// first that says where an expression ends.
const Oldest = "3.8"

// ownLimits bound the programs that read a submission: a generous multiple of
// what they need on a busy machine.
var ownLimits = sandbox.Limits{Wall: time.Minute, CPU: 30 * time.Second, Memory: 2 << 30, Tasks: 100}

// largestAnswer bounds what they tell of one, in bytes.
const largestAnswer = 16 << 20

// The workload is imported by name, before anything of the learner's, so it has
// a folder in which nothing else can be found.
const (
	workloadProgram = "gilcourse_workload.py"
	workloadFolder  = "workload"
)

// emptyProgram is a source without a line, to ask an interpreter about itself.
const emptyProgram = "empty.py"

// Digest is a hash of the programs that run inside the interpreter.
var Digest = sync.OnceValue(func() string {
	sum := sha256.New()
	entries, _ := programs.ReadDir(".")
	for _, e := range entries {
		data, _ := programs.ReadFile(e.Name())
		fmt.Fprintf(sum, "%s %x\n", e.Name(), sha256.Sum256(data))
	}
	return hex.EncodeToString(sum.Sum(nil))
})

// Interpreter runs Python programs.
type Interpreter struct {
	Path string // absolute
	env  []string
	dir  string       // holds the embedded programs
	box  *sandbox.Box // of what runs the learner's code, nil for none
}

// Confine says in which box the learner's code is run from now on. Survey
// adds to what may be read there all that this interpreter needs, so it comes
// first.
func (p *Interpreter) Confine(box *sandbox.Box) {
	p.box = box
	if box != nil {
		box.Read = append(box.Read, p.dir)
	}
}

// Survey is what the interpreter says of itself and of a script.
type Survey struct {
	Python record.Python `json:"python"`
	Files  []string      `json:"files"` // the script and what it imports from beside it
	// Paths are the folders that the interpreter and its packages lie in.
	Paths []string `json:"paths"`
	// Libraries are the names under which it loads shared libraries.
	Libraries []string      `json:"libraries"`
	Source    record.Source `json:"source"`
}

// Open makes the interpreter at path ready for use. The scratch folder must
// outlive it.
func Open(path, scratch string) (*Interpreter, error) {
	dir := filepath.Join(scratch, "programs")
	if err := os.MkdirAll(filepath.Join(dir, workloadFolder), 0o755); err != nil {
		return nil, fmt.Errorf("unpack the programs: %w", err)
	}
	entries, err := programs.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		data, err := programs.ReadFile(e.Name())
		if err != nil {
			return nil, err
		}
		file := filepath.Join(dir, e.Name())
		if e.Name() == workloadProgram {
			file = filepath.Join(dir, workloadFolder, e.Name())
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return nil, fmt.Errorf("unpack the programs: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, emptyProgram), nil, 0o644); err != nil {
		return nil, fmt.Errorf("unpack the programs: %w", err)
	}
	return &Interpreter{Path: path, dir: dir, env: Environment(scratch)}, nil
}

// plainFormula is what the workload's loop computes as it stands in its source.
const plainFormula = "(x * x + add)"

// Draw has the workload's loop compute another formula, an expression of x and add.
// Call it before anything is driven, once.
func (p *Interpreter) Draw(formula string) error {
	file := filepath.Join(p.dir, workloadFolder, workloadProgram)
	source, err := programs.ReadFile(workloadProgram)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, bytes.Replace(source, []byte(plainFormula), []byte(formula), 1), 0o644); err != nil {
		return fmt.Errorf("write the workload: %w", err)
	}
	return nil
}

// ownProgram are the author's own callables, beside the workload.
const ownProgram = "gilcourse_callables.py"

// Bring adds the callables of a challenge's author to those of the workload: the text
// of a module. The next sessions have them.
func (p *Interpreter) Bring(module string) error {
	if err := os.WriteFile(filepath.Join(p.dir, workloadFolder, ownProgram), []byte(module), 0o644); err != nil {
		return fmt.Errorf("unpack the author's callables: %w", err)
	}
	return nil
}

// Environment is the environment of everything that is run for a check: what
// Python needs to find its libraries and to speak, and a private folder for
// temporary files, which is also the home. Nothing else of the grader's
// environment is handed down.
func Environment(tmp string) []string {
	env := []string{"TMPDIR=" + tmp, "TEMP=" + tmp, "TMP=" + tmp, "HOME=" + tmp, "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8"}
	if base := userBase(); base != "" { // what the user has installed for themselves
		env = append(env, "PYTHONUSERBASE="+base)
	}
	for _, name := range []string{"PATH", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "VIRTUAL_ENV", "SYSTEMROOT", "CC"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// Environment is that of the learner's code, which finds this interpreter
// first where it calls Python by its name.
func (p *Interpreter) Environment(tmp string) []string {
	env := Environment(tmp)
	for i, v := range env {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			env[i] = "PATH=" + filepath.Dir(p.Path) + string(filepath.ListSeparator) + path
		}
	}
	return env
}

// Survey describes the interpreter and reads the script in folder, and the
// functions that the challenge calls. A script that cannot be parsed is not an
// error: its Source says so.
func (p *Interpreter) Survey(ctx context.Context, folder, script string, lesson int64, functions ...string) (Survey, error) {
	var s Survey
	wanted, err := json.Marshal(append([]string{}, functions...))
	if err != nil {
		return Survey{}, err
	}
	err = p.program(ctx, &s, p.command("survey.py", folder, script, strconv.FormatInt(lesson, 10), string(wanted)))
	if broken := (*programError)(nil); errors.As(err, &broken) {
		// Is it the interpreter that does not work, or does this source break it?
		s = Survey{}
		if err = p.program(ctx, &s, p.command("survey.py", p.dir, emptyProgram, "0", "[]")); err == nil {
			s.Files, s.Libraries, s.Source = []string{script}, nil, record.Source{Error: &record.Place{File: script, Text: "cannot be read: " + broken.why}}
		}
	}
	if err != nil {
		return Survey{}, fmt.Errorf("describe the interpreter %s: %w", p.Path, err)
	}
	if p.box != nil {
		for _, path := range append(s.Paths, userPackages()...) {
			if !slices.Contains(p.box.Read, path) {
				p.box.Read = append(p.box.Read, path)
			}
		}
	}
	if older(s.Python.Version, Oldest) {
		return Survey{}, &Unusable{Path: p.Path, Version: s.Python.Version}
	}
	return s, nil
}

// Calls say how the functions of a script are called.
type Calls struct {
	Size   int64    // a small one
	Large  int64    // to see whether a function that is right executes bytecode
	Alone  int64    // to see what a function that is right uses, called alone
	Accept []string // expressions of n that are right
	// Copy is the folder of a copy of the script whose own size is Alone.
	Copy string
	// Targets are the functions that are handed to workers, Ways those of each way
	// of working, as far as the source tells.
	Targets []string
	Ways    map[string][]string
}

// Probe calls the functions of the script in folder. Its second result says
// whether the GIL is on after the script's imports.
func (p *Interpreter) Probe(ctx context.Context, folder, script string, c Calls) (record.Probe, *bool, error) {
	order, err := json.Marshal(map[string]any{"size": c.Size, "large": c.Large, "alone": c.Alone, "accept": c.Accept,
		"targets": append([]string{}, c.Targets...), "ways": c.Ways, "copy": c.Copy})
	if err != nil {
		return record.Probe{}, nil, err
	}
	var out struct {
		record.Probe
		GIL *bool `json:"gil"`
	}
	cmd := p.confined(folder, "probe.py", folder, script, string(order))
	if c.Copy != "" {
		cmd.Keep = []string{folder, c.Copy}
	}
	err = p.program(ctx, &out, cmd)
	var broken *programError
	if errors.As(err, &broken) { // the submission's doing: its code ran there
		return record.Probe{Error: broken.why, Silent: true}, nil, nil
	}
	return out.Probe, out.GIL, err
}

// programError is an embedded program that gave no answer.
type programError struct {
	why    string
	silent bool // it ended well, and said nothing that can be read
}

func (e *programError) Error() string { return e.why }

// command runs one of the embedded programs.
func (p *Interpreter) command(name string, args ...string) sandbox.Command {
	return sandbox.Command{
		Args:       append([]string{p.Path, "-I", filepath.Join(p.dir, name)}, args...),
		Dir:        p.dir,
		Env:        p.env,
		Limits:     ownLimits,
		KeepOutput: largestAnswer,
		Watch:      true, // what the tree uses is seen, and bounded
	}
}

// confined runs one of them in a learner's folder, whose code it runs, too.
func (p *Interpreter) confined(folder, name string, args ...string) sandbox.Command {
	cmd := p.command(name, args...)
	cmd.Dir, cmd.Box = folder, p.box
	if p.box != nil {
		cmd.Env = Environment(p.box.Tmp)
	}
	return cmd
}

// program runs one, and decodes what it prints; nothing is decoded where
// answer is nil.
func (p *Interpreter) program(ctx context.Context, answer any, cmd sandbox.Command) error {
	res, err := sandbox.Run(ctx, cmd)
	if err != nil {
		return err
	}
	if !res.OK() {
		why := res.Limit
		if why == "" {
			why = fmt.Sprintf("exit status %d", res.Exit)
		}
		return &programError{why: strings.TrimSpace(why + ": " + lastLine(res.Stderr))}
	}
	if err = json.Unmarshal([]byte(res.Stdout), answer); err == nil {
		err = record.Bounded(answer)
	}
	if err != nil {
		return &programError{why: fmt.Sprintf("%s gave no answer: %v", filepath.Base(cmd.Args[2]), err), silent: true}
	}
	return nil
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// older compares versions such as 3.11.7 and 3.8 by their numbers.
func older(version, than string) bool {
	a, b := strings.Split(version, "."), strings.Split(than, ".")
	for i := range b {
		if i >= len(a) {
			return true
		}
		x, _ := strconv.Atoi(a[i])
		y, _ := strconv.Atoi(b[i])
		if x != y {
			return x < y
		}
	}
	return false
}
