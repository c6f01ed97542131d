package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

func TestMain(m *testing.M) {
	if sandbox.Supervise() {
		return
	}
	os.Exit(m.Run())
}

const (
	plain     = "long count(long n) { long k = 0; for (long i = 2; i < n; i++) { long d = 2; while (d * d <= i && i % d) d++; k += d * d > i; } return k; }\n"
	extension = `#include <Python.h>
static PyObject *count(PyObject *self, PyObject *arg) {
    long n = PyLong_AsLong(arg), k = 0;
    Py_BEGIN_ALLOW_THREADS
    for (long i = 2; i < n; i++) { long d = 2; while (d * d <= i && i % d) d++; k += d * d > i; }
    Py_END_ALLOW_THREADS
    return PyLong_FromLong(k);
}
static PyMethodDef methods[] = {{"count", count, METH_O, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "NAME", "", -1, methods};
PyMODINIT_FUNC
PyInit_NAME(void) { return PyModule_Create(&module); }
`
	setup = "from setuptools import setup, Extension\nsetup(name='x', ext_modules=[Extension('NAME', ['FILE'], define_macros=[('FROM_SETUP', '1')])])\n"
	// load calls count of the libraries, or of the modules, that it is given.
	load = `
import ctypes, importlib, sys
for name in sys.argv[1:]:
    m = ctypes.CDLL("./" + name) if name.endswith((".so", ".dylib", ".dll")) else importlib.import_module(name)
    if m.count(100) != 25: sys.exit("%s counts %s primes" % (name, m.count(100)))
`
)

func ext(name string) string { return strings.ReplaceAll(extension, "NAME", name) }

func setupOf(name, file string) string {
	return strings.NewReplacer("NAME", name, "FILE", file).Replace(setup)
}

var (
	interpreter = sync.OnceValues(func() (string, error) { return python.Find(context.Background(), "") })
	describing  sync.Mutex
	described   = map[string]record.Python{}
)

// options are those of an empty working copy on this machine, for its own
// interpreter.
func options(t *testing.T) Options {
	t.Helper()
	path, err := interpreter()
	if err != nil {
		t.Fatal(err)
	}
	return optionsFor(t, path)
}

func optionsFor(t *testing.T, path string) Options {
	t.Helper()
	describing.Lock()
	defer describing.Unlock()
	compiler := Compiler()
	if len(compiler) == 0 || runtime.GOOS == "windows" {
		t.Skip("there is no C compiler")
	}
	p, ok := described[path]
	if !ok {
		var err error
		if p, err = python.Describe(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		described[path] = p
	}
	return Options{Dir: t.TempDir(), Compiler: compiler, Python: p, Env: python.Environment(t.TempDir())}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func build(t *testing.T, o Options) []record.Build {
	t.Helper()
	steps, err := C(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(o.Dir, scratch)); err == nil {
		t.Error("the scratch folder is left")
	}
	return steps
}

// called runs the interpreter in the working copy.
func called(t *testing.T, o Options, program string, args ...string) {
	t.Helper()
	res, err := sandbox.Run(t.Context(), sandbox.Command{Args: append([]string{o.Python.Path, "-c", program}, args...), Dir: o.Dir, Env: o.Env,
		Limits: sandbox.Limits{Wall: time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	if !res.OK() {
		t.Errorf("%v: %s%s", args, res.Limit, res.Stderr)
	}
}

func tell(steps []record.Build) string {
	var s strings.Builder
	for _, b := range steps {
		fmt.Fprintf(&s, "%s: ok %v, made %v, missing %q, error %v\n  %s\n  %s\n", b.File, b.OK, b.Made, b.Missing, b.Error, b.Command, b.Output)
	}
	return s.String()
}

// TestConventions builds submissions and calls what was built.
func TestConventions(t *testing.T) {
	calls := "long helper(long);\nlong count(long n) { return helper(n); }\n"
	helps := strings.Replace(plain, "count", "helper", 1)
	tests := []struct {
		name      string
		files     map[string]string
		libraries []string
		load      string // what must be there afterwards, and count
		absent    string // patterns of what must not be there
		steps     int
		headers   bool
	}{
		{name: "plain", files: map[string]string{"primes.c": plain}, load: "primes.so libprimes.so", steps: 1},
		{name: "in a folder", files: map[string]string{"src/c/primes.c": plain}, load: "src/c/primes.so src/c/libprimes.so", steps: 1},
		{name: "odd names", files: map[string]string{"-o.c": plain, "a b.c": plain, "@x.c": plain, "$(x).c": plain}, load: "-o.so a b.so @x.so lib$(x).so", steps: 4},
		{name: "lib prefix", files: map[string]string{"libprimes.c": plain}, load: "libprimes.so", absent: "liblibprimes.so", steps: 1},
		{name: "maths", files: map[string]string{"primes.c": "#include <math.h>\nlong count(long n) { volatile double x = n; return (long)sqrt(x) + 15; }"}, load: "primes.so", steps: 1},
		{name: "a main function", files: map[string]string{"primes.c": plain + "int main(void) { return 0; }"}, load: "primes.so", steps: 1},
		{name: "a warning", files: map[string]string{"primes.c": "#warning slow\n" + plain}, load: "primes.so", steps: 1},
		{name: "hides no module", files: map[string]string{"primes.c": plain, "primes.py": ""}, load: "libprimes.so", absent: "primes.so", steps: 1},
		{name: "hides a module if asked", files: map[string]string{"primes.c": plain, "primes.py": ""}, libraries: []string{"primes.so"}, load: "libprimes.so primes.so", steps: 1},

		{name: "calls another", files: map[string]string{"primes.c": calls, "sieve.c": helps, "sieve.h": ""}, load: "primes.so libprimes.so", steps: 2},
		{name: "calls a third", files: map[string]string{"a.c": calls, "b.c": "long other(long);\nlong helper(long n) { return other(n); }", "c/c.c": strings.Replace(plain, "count", "other", 1)}, load: "a.so", steps: 3},
		{name: "two that could help", files: map[string]string{"a.c": calls, "b.c": helps, "c.c": helps}, load: "a.so", steps: 3},
		{name: "each other", files: map[string]string{"a.c": "long two(void);\nlong one(void) { return 24; }\nlong count(long n) { return one() + two(); }",
			"b.c": "long one(void);\nlong two(void) { return one() - 23; }"}, load: "a.so", steps: 2},
		{name: "hidden", files: map[string]string{"a.c": "__attribute__((visibility(\"hidden\"))) long helper(long);\n" + calls, "b.c": "__attribute__((visibility(\"hidden\"))) " + helps}, load: "a.so", steps: 2},
		{name: "includes another", files: map[string]string{"a.c": "#define LONG long\n#include \"b.c\"\nlong count(LONG n) { return helper(n); }", "b.c": strings.ReplaceAll(helps, "long", "LONG")}, load: "a.so", steps: 1},
		{name: "includes another that stands by itself", files: map[string]string{"a.c": "#include \"b.c\"\n" + calls, "b.c": helps}, load: "a.so", steps: 2},

		{name: "extension", files: map[string]string{"x.c": ext("primes")}, load: "primes", absent: "x.so libx.so primes.so", steps: 1, headers: true},
		{name: "extension in a folder", files: map[string]string{"native/x.c": ext("primes")}, load: "primes native.primes", steps: 1, headers: true},
		{name: "extension in a package", files: map[string]string{"pkg/__init__.py": "", "pkg/x.c": ext("primes")}, load: "pkg.primes", absent: "primes*", steps: 1, headers: true},
		{name: "extension and wrapper", files: map[string]string{"native/x.c": ext("primes"), "primes.py": "from native.primes import count"}, load: "primes native.primes", steps: 1, headers: true},
		{name: "extension on one line", files: map[string]string{"x.c": strings.Replace(ext("primes"), "PyMODINIT_FUNC\n", "PyMODINIT_FUNC ", 1)}, load: "primes", steps: 1, headers: true},
		{name: "extension by a macro", files: map[string]string{"x.c": "#include \"x.h\"\n#define INIT(n) PyMODINIT_FUNC PyInit_##n(void)\n" + strings.Replace(strings.Replace(ext("primes"), "PyMODINIT_FUNC\nPyInit_primes(void)", "INIT(primes)", 1), "#include <Python.h>", "", 1),
			"x.h": "#include <Python.h>\n"}, load: "primes", steps: 1, headers: true},
		{name: "extension that calls", files: map[string]string{"x.c": strings.Replace(ext("primes"), "#include <Python.h>", "#include <Python.h>\nlong helper(long);", 1) + "long use(void) { return helper(3); }", "sieve.c": helps},
			load: "primes", steps: 2, headers: true},
		{name: "a comment about Python.h", files: map[string]string{"primes.c": "/* no #include <Python.h> */\n" + plain}, load: "primes.so", steps: 1},

		{name: "another name", files: map[string]string{"primes.c": plain}, libraries: []string{"fast.so", "build/libcount.so", "native/x.so", "w.dylib"}, load: "fast.so build/libcount.so native/x.so w.dylib", steps: 1},
		{name: "a folder of another name", files: map[string]string{"src/primes.c": plain}, libraries: []string{"lib/libprimes.so"}, load: "lib/libprimes.so src/primes.so", steps: 1},
		{name: "one of many", files: map[string]string{"primes.c": plain, "other.c": "long count(long n) { return 1; }"}, libraries: []string{"build/libprimes.so"}, load: "build/libprimes.so", steps: 2},
		{name: "all of many", files: map[string]string{"a.c": calls, "b.c": helps, "c.c": "long third(void) { return 3; }"}, libraries: []string{"fast.so"}, load: "fast.so", steps: 4},
		{name: "an extension by a name", files: map[string]string{"x.c": ext("primes")}, libraries: []string{"primes.so"}, load: "primes", steps: 1, headers: true},
		{name: "outside", files: map[string]string{"primes.c": plain}, libraries: []string{"../fast.so", "/tmp/gilcourse-never.so", "a/../../b.so", "x.py", "", "."}, load: "primes.so", absent: "x.py", steps: 1},
		{name: "in what others wrote", files: map[string]string{"primes.c": plain, ".git/a.c": "x", "venv/a.c": "x", "env/pyvenv.cfg": "", "env/a.c": "x", "node_modules/a.c": "x"}, load: "primes.so", steps: 1},
		{name: "a setup.py about nothing", files: map[string]string{"pyproject.toml": "[tool.ruff]\n", "primes.c": plain}, load: "primes.so", steps: 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := options(t)
			if test.headers && o.Python.Headers == "" {
				t.Skip("there is no Python.h")
			}
			write(t, o.Dir, test.files)
			o.Libraries = test.libraries
			steps := build(t, o)
			if len(steps) != test.steps {
				t.Errorf("%d steps, want %d", len(steps), test.steps)
			}
			for _, s := range steps {
				if !s.OK || s.Command == "" || strings.Contains(s.Command+s.Output, o.Dir) || strings.Contains(s.Command, scratch) || s.Error != nil || s.Missing != "" {
					t.Errorf("step %s", tell([]record.Build{s}))
				}
				if test.name == "a warning" && !strings.Contains(s.Output, "slow") {
					t.Error("the warning is not told")
				}
				if len(s.Made) == 0 {
					t.Errorf("%s made nothing", s.File)
				}
				for _, m := range s.Made {
					if _, err := os.Stat(filepath.Join(o.Dir, m)); err != nil {
						t.Error(err)
					}
				}
			}
			args := strings.Fields(test.load)
			if test.name == "odd names" {
				args = []string{"-o.so", "a b.so", "@x.so", "lib$(x).so"}
			}
			called(t, o, load, args...)
			for _, name := range strings.Fields(test.absent) {
				if found, err := filepath.Glob(filepath.Join(o.Dir, name)); err != nil || len(found) > 0 {
					t.Errorf("%s is there", found)
				}
			}
			if t.Failed() {
				t.Log(tell(steps))
			}
		})
	}
}

// TestSetup builds with setup.py and pyproject.toml, with setuptools or without;
// where GILCOURSE_LIVE=all by every interpreter of this machine.
func TestSetup(t *testing.T) {
	needsMacro := "#ifndef FROM_SETUP\n#error not from setup.py\n#endif\n"
	pyproject := "[build-system]\nrequires = ['setuptools>=74.1']\nbuild-backend = 'setuptools.build_meta'\n[project]\nname = 'x'\nversion = '1'\n[tool.setuptools]\npy-modules = []\next-modules = [{name = 'primes', sources = ['x.c']}]\n"
	seen := map[string]bool{} // by prefix: one interpreter has many names
	paths := []string{options(t).Python.Path}
	if os.Getenv("GILCOURSE_LIVE") == "all" {
		paths = python.All(t.Context())
	}
	for _, path := range paths {
		o := optionsFor(t, path)
		if seen[o.Python.Prefix] {
			continue
		}
		seen[o.Python.Prefix] = true
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			if o.Python.Headers == "" {
				t.Skip("there is no Python.h")
			}
			try := func(name string, files map[string]string, what ...string) []record.Build {
				o.Dir = filepath.Join(t.TempDir(), "work")
				write(t, o.Dir, files)
				steps := build(t, o)
				called(t, o, load, what...)
				if t.Failed() {
					t.Fatalf("%s\n%s", name, tell(steps))
				}
				return steps
			}
			steps := try("setup.py", map[string]string{"setup.py": setupOf("primes", "x.c"), "x.c": ext("primes"), "other.c": plain}, "primes", "other.so")
			if steps[0].OK {
				if len(steps) != 2 || len(steps[0].Made) != 1 || steps[1].File != "other.c" {
					t.Errorf("setup.py was not obeyed: %s", tell(steps))
				}
				try("macro", map[string]string{"setup.py": setupOf("primes", "x.c"), "x.c": needsMacro + ext("primes")}, "primes")
				try("glob", map[string]string{"setup.py": "import glob\n" + strings.Replace(setupOf("primes", ""), "['']", "glob.glob('src/*.c')", 1), "src/x.c": needsMacro + ext("primes")}, "primes")
				try("folder", map[string]string{"c/setup.py": setupOf("primes", "x.c"), "c/x.c": needsMacro + ext("primes")}, "primes")
				try("package", map[string]string{"setup.py": setupOf("pkg.primes", "c/x.c"), "c/x.c": needsMacro + ext("primes"), "pkg/__init__.py": ""}, "pkg.primes")
			} else if steps[0].Missing == "" || !strings.Contains(steps[0].Missing, "setuptools") || len(steps) != 3 {
				t.Errorf("missing setuptools is not told: %s", tell(steps))
			}
			try("broken setup.py", map[string]string{"setup.py": "raise SystemExit('no')", "x.c": ext("primes")}, "primes")
			try("setup.py about nothing", map[string]string{"setup.py": "# x.c", "x.c": ext("primes")}, "primes")
			steps = try("pyproject.toml", map[string]string{"pyproject.toml": pyproject, "x.c": ext("primes")}, "primes")
			if steps[0].File != "pyproject.toml" {
				t.Errorf("pyproject.toml was not tried: %s", tell(steps))
			}
			o.Suffix = ".so"
			try("plain suffix", map[string]string{"native/x.c": ext("primes")}, "primes")
		})
	}
}

// TestFailures tells what is wrong, and where.
func TestFailures(t *testing.T) {
	type want struct {
		output, missing, place string
	}
	tests := []struct {
		name   string
		files  map[string]string
		change func(*testing.T, *Options)
		want   want
	}{
		{"syntax", map[string]string{"src/primes.c": "long count(long n) {\n  return n\n}\n"}, nil, want{output: "src/primes.c:2:", place: "src/primes.c:2 expected"}},
		{"syntax in a header", map[string]string{"primes.c": "#include \"a.h\"\n", "a.h": "\n\nlong x\nlong y;\n"}, nil, want{place: "a.h:"}},
		{"missing header", map[string]string{"primes.c": "\n#include \"nope.h\"\n"}, nil, want{output: "nope.h", place: "primes.c:2 nope.h: No such file"}},
		{"own header like a system's", map[string]string{"primes.c": "#include \"my_string.h\"\n"}, nil, want{place: "primes.c:1"}},
		{"lacking the C library", map[string]string{"primes.c": "#include <stdio-x.h>\n#include <stdiox.h>\n"}, nil, want{place: "primes.c:1"}},
		{"itself", map[string]string{"primes.c": "#include \"primes.c\"\n"}, nil, want{output: "primes.c:1"}},
		{"no compiler", map[string]string{"primes.c": plain, "setup.py": ""}, func(t *testing.T, o *Options) { o.Compiler = nil }, want{missing: "install gcc or clang"}},
		{"CC nowhere", map[string]string{"primes.c": plain}, func(t *testing.T, o *Options) {
			t.Setenv("CC", "gilcourse-no-such-cc -O1")
			o.Compiler = Compiler()
		}, want{missing: `"gilcourse-no-such-cc", which CC names`}},
		{"CC no program", map[string]string{"primes.c": plain}, func(t *testing.T, o *Options) {
			cc := filepath.Join(t.TempDir(), "cc")
			os.WriteFile(cc, []byte("\x00\x01"), 0o755)
			t.Setenv("CC", cc)
			o.Compiler = Compiler()
		}, want{missing: "cc that can be started (exec format error)"}},
		{"CC fails", map[string]string{"primes.c": plain}, func(t *testing.T, o *Options) { o.Compiler = []string{lookup("false")} }, want{output: "exit status 1"}},
		{"no Python.h", map[string]string{"x.c": ext("primes")}, func(t *testing.T, o *Options) {
			o.Python.Headers, o.Python.Version = "", "3.11.7"
		}, want{missing: "python3.11-dev", place: "x.c:1"}},
		{"a folder in the way", map[string]string{"primes.c": plain, "primes.so/x": "", "libprimes.so/x": ""}, nil, want{output: "primes.so could not be made"}},
		{"setup.py raises", map[string]string{"a/setup.py": "import os\n\nos.nope()", "a/primes.c": plain}, nil, want{output: "AttributeError", place: "a/setup.py:3 AttributeError"}},
		{"setup.py needs a package", map[string]string{"setup.py": "import gilcourse_nope.x", "primes.c": plain}, nil, want{missing: "Python package gilcourse_nope"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := options(t)
			write(t, o.Dir, test.files)
			if test.change != nil {
				test.change(t, &o)
			}
			steps := build(t, o)
			if len(steps) == 0 {
				t.Fatal("no steps")
			}
			s := steps[0]
			place := ""
			if s.Error != nil {
				place = fmt.Sprintf("%s:%d %s", s.Error.File, s.Error.Line, s.Error.Text)
			}
			missing := strings.Contains(s.Missing, test.want.missing) && (s.Missing == "") == (test.want.missing == "")
			if s.OK || len(s.Made) > 0 || !missing || !strings.Contains(s.Output, test.want.output) || !strings.HasPrefix(place, test.want.place) || strings.Contains(s.Output, o.Dir+"/") {
				t.Errorf("place %s, %s", place, tell(steps))
			}
		})
	}
}

// TestLimits ends what does not end by itself.
func TestLimits(t *testing.T) {
	saved := bounds
	t.Cleanup(func() { bounds = saved })
	bounds.step.Wall, bounds.step.CPU, bounds.step.Memory = 2*time.Second, 2*time.Second, 256<<20
	for name, files := range map[string]map[string]string{
		"endless file":     {"primes.c": "#include \"/dev/zero\"\n"},
		"endless setup.py": {"setup.py": "while True: pass", "primes.c": plain},
		"sleeping":         {"setup.py": "import time; time.sleep(100)", "primes.c": plain},
		"macros": {"primes.c": "#define A x x x x x x x x x x\n#define B A A A A A A A A A A\n#define C B B B B B B B B B B\n#define D C C C C C C C C C C\n" +
			"#define E D D D D D D D D D D\n#define F E E E E E E E E E E\n#define G F F F F F F F F F F\n#define H G G G G G G G G G G\nH H H H H H H"},
		"talking": {"setup.py": "while True: print('x' * 1000)", "primes.c": plain},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			write(t, o.Dir, files)
			s := build(t, o)[0]
			if s.OK || !strings.Contains(s.Output, "limit") || len(s.Output) > 64<<10 {
				t.Errorf("%.2000s", tell([]record.Build{s}))
			}
		})
	}
	t.Run("many files", func(t *testing.T) {
		bounds.files = 2
		o := options(t)
		write(t, o.Dir, map[string]string{"a.c": plain, "b.c": plain, "c.c": plain, "d.c": plain})
		steps := build(t, o)
		if len(steps) != 3 || steps[2].File != "c.c" || steps[2].OK || !strings.Contains(steps[2].Output, "first 2") {
			t.Error(tell(steps))
		}
	})
	t.Run("in all", func(t *testing.T) {
		bounds.total = -1
		o := options(t)
		write(t, o.Dir, map[string]string{"a.c": plain})
		if steps := build(t, o); len(steps) != 1 || steps[0].OK || !strings.Contains(steps[0].Output, "not built") {
			t.Error(tell(steps))
		}
	})
}

// TestStaysInside looks for files outside the working copy, which a setup.py
// makes easy to leave.
func TestStaysInside(t *testing.T) {
	o := options(t)
	outer := t.TempDir()
	o.Dir = filepath.Join(outer, "work")
	if err := os.Mkdir(filepath.Join(outer, "victim"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, o.Dir, map[string]string{"primes.c": plain, "c/fast.c": plain,
		"setup.py": "import os, shutil\nos.symlink('../victim', 'out')\nshutil.move('c', 'd'); os.symlink('../victim', 'c')\nopen('../victim/fast.c', 'w').write('long count(long n) { return 0; }')\n"})
	o.Libraries = []string{"out/libfast.so", "../up.so"}
	steps := build(t, o)
	var files []string
	filepath.WalkDir(outer, func(p string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(outer, p); !d.IsDir() && !strings.HasPrefix(rel, "work") {
			files = append(files, rel)
		}
		return err
	})
	if want := []string{"victim/fast.c"}; !slices.Equal(files, want) {
		t.Errorf("outside are %v, want %v\n%s", files, want, tell(steps))
	}
}

func TestNothingToBuild(t *testing.T) {
	o := options(t)
	write(t, o.Dir, map[string]string{"workarounds.py": "", "setup.py": "from setuptools import setup\nsetup()", "pyproject.toml": "[project]\nname = 'x'\n"})
	o.Libraries = []string{"fast.so"}
	if steps := build(t, o); steps != nil {
		t.Error(tell(steps))
	}
	entries, err := os.ReadDir(o.Dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("%v, %v", entries, err)
	}
	o.Dir = filepath.Join(o.Dir, "nope")
	if _, err := C(t.Context(), o); err == nil {
		t.Error("no error without a working copy")
	}
}

func TestInterrupted(t *testing.T) {
	o := options(t)
	write(t, o.Dir, map[string]string{"setup.py": "import time; time.sleep(100)", "primes.c": plain})
	ctx, cancel := context.WithCancel(t.Context())
	said := ""
	o.Progress = func(doing string) { said = doing; cancel() }
	if _, err := C(ctx, o); !errors.Is(err, context.Canceled) || said != "building setup.py" {
		t.Errorf("%v after %q", err, said)
	}
}

func TestPlusPlus(t *testing.T) {
	if len(command("CXX", "c++", "g++", "clang++")) == 0 {
		t.Skip("there is no C++ compiler")
	}
	o := options(t)
	write(t, o.Dir, map[string]string{"primes.cpp": "#include <vector>\nextern \"C\" " + plain})
	steps := build(t, o)
	if len(steps) != 1 || !steps[0].OK {
		t.Fatal(tell(steps))
	}
	called(t, o, load, "primes.so", "libprimes.so")
}

func TestCompiler(t *testing.T) {
	dir := t.TempDir()
	cc := filepath.Join(dir, "my-cc")
	if err := os.WriteFile(cc, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	for value, want := range map[string]string{
		"my-cc -m64":  cc + " -m64",
		cc + "  -g":   cc + " -g",
		"no-such-cc":  "no-such-cc",
		" ":           "",
		dir + "/nope": dir + "/nope",
	} {
		t.Setenv("CC", value)
		if got := strings.Join(Compiler(), " "); got != want {
			t.Errorf("CC=%s gives %q, want %q", value, got, want)
		}
	}
}
