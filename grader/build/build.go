// Package build builds a learner's C code in a working copy of the
// submission, before its Python code is run.
//
// Nothing but the folder says how: a setup.py or pyproject.toml is obeyed, and
// every other C file becomes a library or an extension module of its own name.
// What the names leave open is decided by what the Python source loads.
package build

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// Options say what to build with.
type Options struct {
	Dir       string        // the working copy, absolute
	Compiler  []string      // the command of the C compiler with its first flags, nil where there is none
	Python    record.Python // Path, Version and Headers are used; each may be empty
	Suffix    string        // of extension modules, such as .cpython-311-x86_64-linux-gnu.so; the interpreter is asked if empty
	Box       *sandbox.Box  // for all that is run, nil for none
	Env       []string      // of all that is run
	Libraries []string      // the names under which the Python source loads a library
	// Progress, if set, is told what is being done.
	Progress func(doing string)
}

// bounds keep a build from taking the machine.
var bounds = struct {
	step  sandbox.Limits
	total time.Duration // after which no further step is begun
	files int           // C files that are built
}{
	step:  sandbox.Limits{Wall: time.Minute, CPU: time.Minute, Memory: 2 << 30, Tasks: 64, Output: 1 << 20},
	total: 3 * time.Minute,
	files: 64,
}

// What is missing where there is no compiler.
const (
	noC     = "a C compiler; install gcc or clang (Debian: apt install gcc libc6-dev)"
	noCPlus = "a C++ compiler; install g++ or clang (Debian: apt install g++)"
)

// scratch is the folder in the working copy that holds what the compiler
// writes until it is whole.
const scratch = ".gilcourse-build"

// C builds the C code in the working copy and gives a step per file, in the
// order in which they were built; nil where there is no C code.
//
// A setup.py that could not be obeyed is a step that failed, followed by those
// of its C files, which are then built like any other.
func C(ctx context.Context, o Options) ([]record.Build, error) {
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the working copy: %w", err)
	}
	defer root.Close()
	s, err := find(root)
	if err != nil {
		return nil, fmt.Errorf("look for C code: %w", err)
	}
	if len(s.units)+len(s.projects) == 0 {
		return nil, nil
	}
	b := &builder{Options: o, root: root, units: s.units, started: time.Now(), put: map[string]bool{}}
	if b.real, err = filepath.EvalSymlinks(o.Dir); err != nil {
		return nil, fmt.Errorf("open the working copy: %w", err)
	}
	root.RemoveAll(scratch)
	if err := root.Mkdir(scratch, 0o755); err != nil {
		return nil, fmt.Errorf("make a folder for the build: %w", err)
	}
	defer root.RemoveAll(scratch)
	if err := b.all(ctx, s.projects); err != nil {
		return nil, err
	}
	if s.more != "" {
		b.steps = append(b.steps, &record.Build{File: s.more, Output: fmt.Sprintf("not built: only the first %d C files are", bounds.files)})
	}
	var steps []record.Build
	for _, step := range b.steps {
		steps = append(steps, *step)
	}
	return steps, nil
}

// Compiler gives the C compiler's command: $CC, split at blanks, or the first
// of cc, gcc and clang on the PATH; nil for none. What CC names is given even
// if it is not there: C then says so.
func Compiler() []string { return command("CC", "cc", "gcc", "clang") }

func command(variable string, names ...string) []string {
	if fields := strings.Fields(os.Getenv(variable)); len(fields) > 0 {
		if found := lookup(fields[0]); found != "" {
			fields[0] = found
		}
		return fields
	}
	for _, name := range names {
		if found := lookup(name); found != "" {
			return []string{found}
		}
	}
	return nil
}

// lookup gives the absolute path of a program, empty if it is not there.
func lookup(name string) string {
	var candidates []string
	if strings.ContainsRune(name, '/') || strings.ContainsRune(name, filepath.Separator) {
		candidates = append(candidates, name)
	} else {
		for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
			candidates = append(candidates, filepath.Join(dir, name), filepath.Join(dir, name+".exe"))
		}
	}
	for _, c := range candidates {
		if c, err := filepath.Abs(c); err == nil && executable(c) {
			return c
		}
	}
	return ""
}

func executable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && (info.Mode()&0o111 != 0 || runtime.GOOS == "windows")
}

// builder is one build under way.
type builder struct {
	Options
	root    *os.Root
	real    string // Dir without symbolic links
	units   []*unit
	steps   []*record.Build
	started time.Time
	outputs int             // files in the scratch folder so far
	put     map[string]bool // the names that were made
}

func (b *builder) all(ctx context.Context, projects []project) error {
	for _, p := range projects {
		if err := b.project(ctx, p); err != nil {
			return err
		}
	}
	for _, u := range b.units {
		if u.obeyed {
			continue
		}
		if err := b.compile(ctx, u); err != nil {
			return err
		}
	}
	for _, u := range b.units {
		if err := b.complete(ctx, u); err != nil {
			return err
		}
	}
	b.forgive()
	if err := b.publish(ctx); err != nil {
		return err
	}
	for _, name := range b.Libraries {
		if err := b.library(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// compile builds a unit by itself, once.
func (b *builder) compile(ctx context.Context, u *unit) error {
	if u.step != nil {
		return nil
	}
	u.step = &record.Build{}
	b.steps = append(b.steps, u.step)
	return b.link(ctx, u, nil)
}

// link builds a unit together with others into a file of the scratch folder.
func (b *builder) link(ctx context.Context, u *unit, with []*unit) error {
	headers := u.headers || slices.ContainsFunc(with, func(v *unit) bool { return v.headers })
	for {
		b.outputs++
		out := path.Join(scratch, strconv.Itoa(b.outputs)+".so")
		ok, err := b.cc(ctx, u.step, out, headers, append([]*unit{u}, with...))
		if err != nil {
			return err
		}
		if !ok && !headers && b.Python.Headers != "" && noPythonH.MatchString(u.step.Output) { // a header includes it
			headers, u.headers = true, true
			continue
		}
		if !ok {
			return nil
		}
		if u.out == "" {
			u.symbols = b.read(out)
		}
		u.out = out
		return nil
	}
}

// cc runs the compiler once and says whether out is there.
func (b *builder) cc(ctx context.Context, step *record.Build, out string, headers bool, units []*unit) (bool, error) {
	u := units[0]
	*step = record.Build{File: u.file}
	compiler, none, variable := b.Compiler, noC, "CC"
	if u.plus {
		compiler, none, variable = command("CXX", "c++", "g++", "clang++"), noCPlus, "CXX"
	}
	switch {
	case len(compiler) == 0:
		step.Missing = none
		return false, nil
	case !filepath.IsAbs(compiler[0]) || !executable(compiler[0]):
		step.Missing = fmt.Sprintf("the compiler %q, which %s names; correct or unset %s, or install it", compiler[0], variable, variable)
		return false, nil
	}
	args := append(slices.Clone(compiler), "-O2", "-fPIC", "-shared")
	if runtime.GOOS == "darwin" {
		args = append(args, "-undefined", "dynamic_lookup")
	}
	if headers && b.Python.Headers != "" {
		args = append(args, "-I"+b.Python.Headers)
	}
	args = append(args, "-o", out)
	for _, v := range units {
		file := filepath.FromSlash(v.file)
		if strings.HasPrefix(file, "-") || strings.HasPrefix(file, "@") {
			file = "./" + file
		}
		args = append(args, file)
	}
	if err := b.run(ctx, step, b.Dir, append(args, "-lm")); err != nil {
		return false, err
	}
	step.Command = strings.Replace(step.Command, out, u.target(), 1)
	if !step.OK {
		b.root.Remove(out)
	}
	return step.OK, nil
}

// run runs one command and enters what came of it in the step.
func (b *builder) run(ctx context.Context, step *record.Build, dir string, args []string) error {
	if b.Progress != nil {
		b.Progress("building " + step.File)
	}
	step.Command = b.shorten(quoted(args))
	if time.Since(b.started) > bounds.total {
		step.Output = fmt.Sprintf("not built: the build has already taken more than %s", bounds.total)
		return nil
	}
	res, err := sandbox.Run(ctx, sandbox.Command{Args: args, Dir: dir, Keep: []string{b.Dir}, Env: b.env(), Box: b.Box, Limits: bounds.step, Watch: true})
	if err != nil {
		if _, why, ok := strings.Cut(err.Error(), "start "+args[0]+": "); ok {
			step.Missing = fmt.Sprintf("a %s that can be started (%s)", filepath.Base(args[0]), why)
			return nil
		}
		return fmt.Errorf("build %s: %w", step.File, err)
	}
	step.OK = res.OK()
	step.Output = b.shorten(strings.TrimSpace(strings.TrimSpace(res.Stdout) + "\n" + strings.TrimSpace(res.Stderr)))
	switch {
	case res.Limit != "":
		step.Output = strings.TrimSpace(step.Output + "\n" + res.Limit)
	case res.Signal != "":
		step.Output = strings.TrimSpace(step.Output + "\nended by " + res.Signal)
	case !step.OK && step.Output == "":
		step.Output = fmt.Sprintf("exit status %d", res.Exit)
	}
	if !step.OK {
		step.Error = b.place(step.Output, path.Dir(step.File))
		step.Missing = b.missing(step.Output)
	}
	return nil
}

// env is the environment of all that is run: messages in English, and the
// same compiler for a setup.py.
func (b *builder) env() []string {
	env := slices.DeleteFunc(slices.Clone(b.Env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == "CC" && len(b.Compiler) > 0 || name == "LC_ALL" || name == "LANGUAGE"
	})
	if len(b.Compiler) > 0 {
		env = append(env, "CC="+strings.Join(b.Compiler, " "))
	}
	return append(env, "LC_ALL=C")
}

// read gives the symbols of a library, none where it cannot be read.
func (b *builder) read(name string) symbols {
	f, err := b.root.Open(name)
	if err != nil {
		return symbols{}
	}
	defer f.Close()
	return readSymbols(f)
}
