package python

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// Unusable is the one clear error about an interpreter: what was looked for,
// what was found, and what to install.
type Unusable struct {
	Wanted  string // as the user wrote it, empty for the default
	Path    string // what was found, empty for nothing
	Version string // its version, empty where it does not run
	Reason  string // why it does not run
}

func (e *Unusable) Error() string {
	remedy := "install Python " + Oldest + " or newer (https://www.python.org/downloads, `apt install python3`, `brew install python`), or name another one with --python PATH, NAME or VERSION"
	switch {
	case e.Version != "":
		return fmt.Sprintf("%s is Python %s, and %s is the oldest that can be graded; %s", e.Path, e.Version, Oldest, remedy)
	case e.Path != "":
		return fmt.Sprintf("%s does not run as a Python interpreter (%s); %s", e.Path, e.Reason, remedy)
	case e.Wanted != "":
		return fmt.Sprintf("no Python interpreter %q was found; %s", e.Wanted, remedy)
	}
	return "no Python interpreter was found: there is no python3 on the PATH; " + remedy
}

var versionLike = regexp.MustCompile(`^\d+(\.\d+){0,2}t?$`)

// Find gives the absolute path of the interpreter that is wanted: a path, a
// name on the PATH, a version such as 3.12 or 3.13t, or, where wanted is
// empty, the learner's own python3, an active virtual environment included.
// The path is the interpreter's own, not that of a shim that starts it.
func Find(ctx context.Context, wanted string) (string, error) {
	var last error
	for _, c := range candidates(wanted) {
		path, err := resolve(ctx, c)
		if err == nil {
			return path, nil
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		last = &Unusable{Wanted: wanted, Path: c, Reason: err.Error()}
	}
	if last != nil {
		return "", last
	}
	return "", &Unusable{Wanted: wanted}
}

// All gives the interpreters that can be found on this machine, each once,
// under the name that was found first.
func All(ctx context.Context) []string {
	var found []string
	seen := map[string]bool{}
	names := candidates("")
	for minor := 8; minor <= 20; minor++ {
		for _, t := range []string{"", "t"} {
			names = append(names, candidates(fmt.Sprintf("3.%d%s", minor, t))...)
		}
	}
	for _, c := range names {
		path, err := resolve(ctx, c)
		if err != nil || seen[installed(path)] {
			continue
		}
		seen[installed(path)] = true
		found = append(found, path)
	}
	return found
}

// installed tells interpreters apart: by the file that a name leads to, or by
// the virtual environment (PEP 405) in which the name stands.
func installed(path string) string {
	bin := filepath.Dir(path)
	if _, err := os.Stat(filepath.Join(filepath.Dir(bin), "pyvenv.cfg")); err == nil {
		return bin
	}
	if file, err := filepath.EvalSymlinks(path); err == nil {
		return file
	}
	return path
}

// candidates lists existing files, best first.
func candidates(wanted string) []string {
	var files []string
	add := func(paths ...string) {
		for _, p := range paths {
			if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() && !slices.Contains(files, p) {
				files = append(files, p)
			}
		}
	}
	switch {
	case wanted == "":
		if venv := os.Getenv("VIRTUAL_ENV"); venv != "" {
			add(filepath.Join(venv, "bin", "python3"), filepath.Join(venv, "Scripts", "python.exe"))
		}
		add(onPath("python3")...)
		add(onPath("python")...)
	case strings.ContainsRune(wanted, filepath.Separator) || strings.ContainsRune(wanted, '/'):
		if abs, err := filepath.Abs(wanted); err == nil {
			add(abs)
		}
	case versionLike.MatchString(wanted):
		add(onPath("python" + wanted)...)
		if t := os.Getenv("GILCOURSE_FREE_THREADED"); t != "" && strings.HasSuffix(wanted, "t") {
			add(t)
		}
		root := os.Getenv("PYENV_ROOT")
		if home, err := os.UserHomeDir(); root == "" && err == nil {
			root = filepath.Join(home, ".pyenv")
		}
		for _, pattern := range []string{wanted, wanted + ".*"} {
			builds, _ := filepath.Glob(filepath.Join(root, "versions", pattern, "bin", "python3"))
			slices.Reverse(builds)
			add(builds...)
		}
		add("/opt/python"+wanted+"/bin/python3", "/opt/python/"+wanted+"/bin/python3")
	default:
		add(onPath(wanted)...)
	}
	return files
}

func onPath(name string) []string {
	var found []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if dir == "" {
			continue
		}
		found = append(found, filepath.Join(dir, name))
		if runtime.GOOS == "windows" {
			found = append(found, filepath.Join(dir, name+".exe"))
		}
	}
	return found
}

// resolve asks a candidate for its own path, which a pyenv shim, say, hides.
func resolve(ctx context.Context, candidate string) (string, error) {
	res, err := sandbox.Run(ctx, sandbox.Command{
		Args:   []string{candidate, "-c", "import sys; print(sys.executable)"},
		Env:    append(os.Environ(), "PYTHONIOENCODING=utf-8"),
		Limits: sandbox.Limits{Wall: 20 * time.Second},
	})
	if err != nil {
		return "", err
	}
	path := strings.TrimSpace(res.Stdout)
	switch {
	case res.Limit != "":
		return "", fmt.Errorf("%s", res.Limit)
	case res.Exit != 0:
		return "", fmt.Errorf("exit status %d: %s", res.Exit, lastLine(res.Stderr))
	case !filepath.IsAbs(path):
		return "", fmt.Errorf("it does not say where it lies")
	}
	return path, nil
}

// Describe describes the interpreter at path.
func Describe(ctx context.Context, path string) (record.Python, error) {
	scratch, err := sandbox.NewScratch(nil)
	if err != nil {
		return record.Python{}, err
	}
	defer scratch.Close()
	p, err := Open(path, scratch.Dir)
	if err != nil {
		return record.Python{}, err
	}
	if err := os.WriteFile(filepath.Join(scratch.Dir, "empty.py"), nil, 0o644); err != nil {
		return record.Python{}, err
	}
	s, err := p.Survey(ctx, scratch.Dir, "empty.py", 0)
	return s.Python, err
}

// userBase is the folder below which the user installs packages with
// `pip install --user`; empty where there is none.
func userBase() string {
	if base := os.Getenv("PYTHONUSERBASE"); base != "" {
		return base
	}
	home, err := os.UserHomeDir()
	if err != nil || runtime.GOOS != "linux" { // elsewhere it has another name
		return ""
	}
	base := filepath.Join(home, ".local")
	if _, err := os.Stat(base); err != nil {
		return ""
	}
	return base
}

// userPackages are the folders of those packages, of all versions of Python.
func userPackages() []string {
	found, err := filepath.Glob(filepath.Join(userBase(), "lib", "python*", "site-packages"))
	if err != nil || userBase() == "" {
		return nil
	}
	return found
}
