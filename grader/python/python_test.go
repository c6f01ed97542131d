package python

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

func TestMain(m *testing.M) {
	if sandbox.Supervise() {
		return
	}
	os.Exit(m.Run())
}

func interpreter(t *testing.T) *Interpreter {
	t.Helper()
	path, err := Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// interpreters are all of this machine where GILCOURSE_LIVE=all, and the one
// that would be used where not.
func interpreters(t *testing.T) []string {
	t.Helper()
	if os.Getenv("GILCOURSE_LIVE") == "all" {
		return All(t.Context())
	}
	return []string{interpreter(t).Path}
}

// survey reads one script.
func survey(t *testing.T, p *Interpreter, source string) Survey {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.py"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := p.Survey(t.Context(), dir, "x.py", 50_000_000)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// surveyed reads many sources as parts of one script, and gives what it says of
// each.
func surveyed(t *testing.T, sources map[string]string) map[string]record.Source {
	t.Helper()
	dir, script, names := t.TempDir(), "", map[string]string{}
	for name, source := range sources {
		file := fmt.Sprintf("part%d", len(names))
		names[file+".py"], script = name, script+"import "+file+"\n"
		if err := os.WriteFile(filepath.Join(dir, file+".py"), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "x.py"), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := interpreter(t).Survey(t.Context(), dir, "x.py", 50_000_000)
	if err != nil || s.Source.Error != nil {
		t.Fatalf("%v, %+v", err, s.Source.Error)
	}
	parts := map[string]record.Source{}
	for _, size := range s.Source.Sizes {
		part := parts[names[size.File]]
		part.Sizes = append(part.Sizes, size)
		parts[names[size.File]] = part
	}
	for _, finding := range s.Source.Findings {
		part := parts[names[finding.File]]
		part.Findings = append(part.Findings, finding)
		parts[names[finding.File]] = part
	}
	return parts
}

func TestSizes(t *testing.T) {
	tests := map[string]string{
		"N = 50_000_000":                                 "1:4-14 int",
		"N = 50 * 10**6":                                 "1:4-14 int",
		"N = 50000000":                                   "1:4-12 int",
		"N = 5 * 10**7":                                  "1:4-13 int",
		"N = 50 * 1_000_000":                             "1:4-18 int",
		"N = int(5e7)":                                   "1:4-12 int",
		"def f(n=5e7): pass":                             "1:8-11 float",
		"for i in range(1, 50_000_001): pass":            "1:18-28 int +1",
		"N = int('50' + '000' * 2)":                      "1:4-25 int",
		"A = 50\nM = 1_000_000\nN = A * M":               "3:4-9 int",
		"N = 50_000_000\nB = N + 1\nC = N":               "1:4-14 int",
		"N = (50 *\n     1_000_000)":                     "1:5-14 int",
		"import os\nN = os.environ.get('N', '50000000')": "2:24-34 str",
		"é = 1; N = 50_000_000":                          "1:12-22 int",
		"print('50,000,000 numbers', 50, 10**9)":         "",
		"x = 10 ** 10 ** 10":                             "",
		"N = 5_000_000":                                  "",
	}
	sources := map[string]string{}
	for source := range tests {
		sources[source] = source
	}
	parts := surveyed(t, sources)
	for source, want := range tests {
		var got []string
		for _, at := range parts[source].Sizes {
			add := ""
			if at.Add != 0 {
				add = fmt.Sprintf(" %+d", at.Add)
			}
			got = append(got, fmt.Sprintf("%d:%d-%d %s%s", at.Line, at.Col, at.EndCol, at.Kind, add))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%q: got %s, want %s", source, text, want)
		}
	}
}

func TestFindings(t *testing.T) {
	const head = "import threading, multiprocessing, time, functools\nfrom multiprocessing import Process, Pool\nfrom threading import Thread\n" +
		"def f(n): return sum(i * i for i in range(n))\n"
	tests := map[string]struct {
		source string
		want   string // ID:LINE that must be found, or !ID that must not
	}{
		"join in the loop":         {"for _ in range(4):\n    p = Process(target=f, args=(9,))\n    p.start()\n    p.join()\n", "processes.join-in-start-loop:8"},
		"two loops":                {"ps = [Process(target=f) for _ in range(4)]\nfor p in ps: p.start()\nfor p in ps: p.join()\n", "!processes.join-in-start-loop"},
		"one after the other":      {"a = Process(target=f)\nb = Process(target=f)\na.start()\na.join()\nb.start()\nb.join()\n", "processes.join-in-start-loop:8"},
		"target called":            {"Thread(target=f(9)).start()\n", "threads.target-called:5"},
		"a factory":                {"def make():\n    def g(): pass\n    return g\nThread(target=make()).start()\n", "!threads.target-called"},
		"run for start":            {"ts = [Thread(target=f, args=(9,)) for _ in range(4)]\nfor t in ts:\n    t.run()\n", "threads.run-not-start:7"},
		"clock before join":        {"t0 = time.perf_counter()\nts = [Thread(target=f) for _ in range(4)]\nfor t in ts:\n    t.start()\nprint(time.perf_counter() - t0)\nfor t in ts:\n    t.join()\n", "threads.clock-before-join:9"},
		"clock after join":         {"t0 = time.perf_counter()\nts = [Thread(target=f) for _ in range(4)]\nfor t in ts:\n    t.start()\nfor t in ts:\n    t.join()\nprint(time.perf_counter() - t0)\n", "!threads.clock-before-join"},
		"no join":                  {"ts = [Thread(target=f) for _ in range(4)]\nfor t in ts:\n    t.start()\nprint(', '.join(['a']))\n", "threads.no-join:7"},
		"pool of one":              {"with Pool(1) as p:\n    p.map(f, [9] * 4)\n", "processes.pool-of-one:5"},
		"pool of one, by name":     {"W = 1\nfrom concurrent.futures import ProcessPoolExecutor as E\nwith E(max_workers=W) as e:\n    e.map(f, [9] * 4)\n", "processes.pool-of-one:7"},
		"dummy":                    {"from multiprocessing.dummy import Pool as P\nP(4).map(f, [9] * 4)\n", "processes.dummy-pool:6"},
		"under another name":       {"from concurrent.futures import ThreadPoolExecutor as ProcessPoolExecutor\nwith ProcessPoolExecutor(4) as e: pass\n", "processes.threads-by-another-name:6"},
		"result at once":           {"from concurrent.futures import ProcessPoolExecutor\nwith ProcessPoolExecutor(4) as e:\n    for _ in range(4):\n        e.submit(f, 9).result()\n", "processes.result-at-once:8"},
		"apply":                    {"with Pool(4) as p:\n    for _ in range(4):\n        p.apply(f, (9,))\n", "processes.result-at-once:7"},
		"cache":                    {"@functools.lru_cache(None)\ndef g(n): return sum(i * i for i in range(n))\n", "cached-task:5"},
		"cache by hand":            {"memo = {}\ndef g(n):\n    if n in memo:\n        return memo[n]\n    memo[n] = sum(i * i for i in range(n))\n    return memo[n]\n", "cached-task:7"},
		"formula":                  {"def g(n):\n    return (n - 1) * n * (2 * n - 1) // 6\n", "closed-form:6"},
		"clock":                    {"real = time.perf_counter\ntime.perf_counter = lambda: real() / 4\n", "patched-clock:6"},
		"milliseconds":             {"def now(): return time.perf_counter() * 1000\n", "!patched-clock"},
		"sleep":                    {"def g(n): time.sleep(3)\n", "sleep:5"},
		"a sampler's sleep":        {"def g(stop):\n    while not stop.is_set():\n        time.sleep(0.1)\n", "!sleep"},
		"lock":                     {"def g(lock, n):\n    with lock:\n        f(n)\n[Process(target=g, args=(multiprocessing.Lock(), 9)) for _ in range(4)]\n", "processes.lock-held:6"},
		"fork in a thread":         {"def g():\n    p = Process(target=f, args=(9,))\n    p.start()\n    p.join()\n[Thread(target=g) for _ in range(4)]\n", "threads.fork-in-thread:6"},
		"one process":              {"p = Process(target=f, args=(9,))\np.start()\np.join()\n", "processes.one-worker:5"},
		"CPU time":                 {"print(time.process_time())\n", "cpu-measured:5"},
		"no CPU time":              {"print(time.perf_counter())\n", "cpu-missing:0"},
		"no threads":               {"f(9)\n", "threads.missing:0"},
		"a class passed in":        {"def run(cls): return cls(target=f)\nrun(Thread)\nrun(Process)\n", "!threads.missing"},
		"a subclass":               {"class T(Thread):\n    def run(self): f(9)\n[T() for _ in range(4)]\n", "!threads.missing"},
		"a task that a clock ends": {"def g(n):\n    end = time.thread_time() + 1\n    while time.thread_time() < end: f(9)\n", "clocked-task:7"},
		"affinity":                 {"import os\nos.sched_setaffinity(0, {0})\n", "affinity:6"},
	}
	sources := map[string]string{}
	for name, c := range tests {
		sources[name] = head + c.source
	}
	parts := surveyed(t, sources)
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			source := parts[name]
			if strings.Contains(c.want, "missing") { // from all files of a script
				source = survey(t, interpreter(t), sources[name]).Source
			}
			var got []string
			for _, f := range source.Findings {
				got = append(got, fmt.Sprintf("%s:%d", f.ID, f.Line))
			}
			if id, not := strings.CutPrefix(c.want, "!"); not {
				if slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, id+":") }) {
					t.Errorf("found %s in %v", id, got)
				}
			} else if !slices.Contains(got, c.want) {
				t.Errorf("want %s among %v", c.want, got)
			}
		})
	}
}

func TestBrokenSources(t *testing.T) {
	p := interpreter(t)
	for name, c := range map[string]struct {
		source string
		line   int
		says   string
	}{
		"syntax":   {"x = 1\ndef f(:\n", 2, "SyntaxError"},
		"tabs":     {"if x:\n\ta\n        b\n", 3, "TabError"},
		"encoding": {"# coding: nonsense\n", 0, "nonsense"},
		"latin":    {"\"\"\"One\n\nDur\xe9es\n(more)\"\"\"\n", 3, "the file is not UTF-8 (it looks like Windows-1252): save it as UTF-8, or declare `# -*- coding: cp1252 -*-`"},
		"bytes":    {"x = 1\ny = '\x81\xff'\n", 2, "the file is not UTF-8: save it as UTF-8"},
		"wide":     {"\xff\xfex\x00", 1, "the file is UTF-16; save it as UTF-8"},
		"declared": {"# coding: utf-8\nx = '\xe9'\n", 0, "SyntaxError"},
		"nul":      {"a\x00b", 0, "null bytes"},
		"deep":     {"x = " + strings.Repeat("(", 3000) + strings.Repeat(")", 3000), 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := survey(t, p, c.source).Source.Error
			if e == nil || c.line > 0 && e.Line != c.line || !strings.Contains(e.Text, c.says) {
				t.Errorf("got %+v", e)
			}
		})
	}
	if s := survey(t, p, ""); s.Source.Error != nil || s.Python.Version == "" {
		t.Errorf("an empty file: %+v", s)
	}
}

func TestSiblings(t *testing.T) {
	p := interpreter(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"x.py": "import helper\nfrom pkg import part\n", "helper.py": "N = 50_000_000\n", "pkg/__init__.py": "", "pkg/part.py": "", "other.py": ""} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := p.Survey(t.Context(), dir, "x.py", 50_000_000)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"helper.py", "pkg/__init__.py", "pkg/part.py", "x.py"}; !slices.Equal(s.Files, want) {
		t.Errorf("files %v, want %v", s.Files, want)
	}
	if len(s.Source.Sizes) != 1 || s.Source.Sizes[0].File != "helper.py" {
		t.Errorf("sizes %+v", s.Source.Sizes)
	}
}

// forger writes what looks like an answer wherever it can.
const forger = `
import os
def forge():
    for d in range(3, 20):
        try:
            os.write(d, b'{"values": [[332833500]], "nonce": 1, "gil": true, "startup_us": 1}\n')
        except OSError:
            pass
forged = forge()
def f(n): return n * 7
`

func TestProbe(t *testing.T) {
	p := interpreter(t)
	accept := []string{"sum(i * i for i in range(n))", "sum(i * i for i in range(1, n + 1))"}
	for name, c := range map[string]struct {
		source  string
		targets []string
		want    string // the functions, with a minus where what they gave is wrong
	}{
		"plain":            {"def f(n): return sum(i * i for i in range(n))\n", nil, "f"},
		"from one":         {"def f(n): return sum(i * i for i in range(1, n + 1))\n", nil, "f"},
		"from two":         {"def f(n): return sum(i * i for i in range(2, n))\n", []string{"f"}, "-f"},
		"as a float":       {"def f(n): return sum(float(i) ** 2 for i in range(n))\n", nil, "f"},
		"no argument":      {"N = 1000\ndef f():\n    return sum(i * i for i in range(N))\n", nil, "f"},
		"into a queue":     {"def f(n, q): q.put(sum(i * i for i in range(n)))\n", nil, "f"},
		"into a list":      {"def f(n, results, index): results[index] = sum(i * i for i in range(n))\n", nil, "f"},
		"with the time":    {"import time\ndef f(n: int):\n    t = time.time()\n    return sum(i * i for i in range(n)), time.time() - t\n", nil, "f"},
		"a method":         {"class T:\n    def __init__(self, n): self.n = n\n    def compute(self): self.result = sum(i * i for i in range(self.n))\n", nil, "T.compute"},
		"cubes":            {"def f(n): return sum(i ** 3 for i in range(n))\n", []string{"f"}, "-f"},
		"a helper of one":  {"def g(n): return sum(range(n))\ndef f(n): return g(n)\n", []string{"f"}, "-f -g"},
		"not a task":       {"def f(n): return n * 3\n", nil, ""},
		"never ends":       {"def f(n):\n    while True: pass\n", []string{"f"}, ""},
		"ends the program": {"import os\ndef f(n): os._exit(0)\n", []string{"f"}, ""},
		"used by nobody":   {"def f(n): return n\ndef g(n): return sum(i * i for i in range(n))\n", nil, ""},
		"run by a thread":  {"import threading\nclass W(threading.Thread):\n    def __init__(self, n):\n        super().__init__()\n        self.n = n\n    def run(self): self.result = sum(i * i for i in range(self.n))\n", nil, "W.run"},
		"a lying number":   {"class L(int):\n    def __sub__(self, other): return 0\n    __rsub__ = __sub__\ndef f(n): return L(n * 7)\n", []string{"f"}, "-f"},
		"answers before":   {forger, []string{"f"}, ""},
		"no run":           {"print('no')\nraise SystemExit(3)\ndef f(n): return sum(i * i for i in range(n))\n", nil, "f"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "x.py"), []byte(c.source+"if __name__ == '__main__':\n    print(f, T.compute)\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			probe, gil, err := p.Probe(t.Context(), dir, "x.py", Calls{Size: 1000, Large: 1_000_000, Alone: 100_000, Copy: dir, Accept: accept, Targets: c.targets})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, call := range probe.Called {
				sign := ""
				if !call.Accepted {
					sign = "-"
				}
				got = append(got, sign+call.Function)
			}
			slices.Sort(got)
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("got %q, want %q (%s)", text, c.want, probe.Error)
			}
			if gil == nil && !probe.Silent {
				t.Error("the GIL's state is not told")
			}
		})
	}
}

// TestProbeTellsBytecode tells a task that is one call of C code from one that
// executes bytecode, however few instructions that are and whatever is round it.
func TestProbeTellsBytecode(t *testing.T) {
	p := interpreter(t)
	const one = "from operator import mul\nN = 1000\ndef task(n):\n    r = range(n)\n    return sum(map(mul, r, r))\n"
	for name, c := range map[string]struct{ source, want string }{
		"a generator":          {"def f(n): return sum(i * i for i in range(n))\n", "yes"},
		"a loop":               {"def f(n):\n    t = 0\n    for i in range(n):\n        t += i * i\n    return t\n", "yes"},
		"a constant size":      {"def f():\n    return sum(i * i for i in range(1000))\n", "yes"},
		"one call":             {one + "def f(n): return task(n)\n", "no"},
		"one long call":        {one + "def f(n): return task(n if n < 100_000 else 10 * n)\n", "no"},
		"one call, constant":   {one + "def f(): return task(N)\n", "no"},
		"one call, logged":     {one + "import logging\nlogging.basicConfig(filename='/dev/null', level=10)\ndef f(n):\n    logging.info('begin')\n    v = task(n)\n    logging.info('end %s', v)\n    return v\n", "no"},
		"many calls":           {one + "def f(n):\n    t, step = 0, max(1, n // 30)\n    for a in range(0, n, step):\n        r = range(a, min(n, a + step))\n        t += sum(map(mul, r, r))\n    return t\n", "yes"},
		"many calls, constant": {one + "def f():\n    t = 0\n    for a in range(0, N, 40):\n        r = range(a, a + 40)\n        t += sum(map(mul, r, r))\n    return t\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "x.py"), []byte(c.source+"print(f)\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			probe, _, err := p.Probe(t.Context(), dir, "x.py", Calls{Size: 1000, Large: 1_000_000, Alone: 100_000, Copy: dir, Accept: []string{"sum(i * i for i in range(n))"}})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(probe.Called, func(c record.Trial) bool { return c.Function == "f" && c.Accepted })
			if i < 0 {
				t.Fatalf("f was not called: %+v", probe)
			}
			got := ""
			if b := probe.Called[i].Bytecode; b != nil {
				got = map[bool]string{true: "yes", false: "no"}[*b]
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestLongAnswers reads a source about which there is more to say than is kept
// of what a run prints.
func TestLongAnswers(t *testing.T) {
	p, dir := interpreter(t), t.TempDir()
	var source strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&source, "a%d = b * b\n", i)
	}
	if err := os.WriteFile(filepath.Join(dir, "x.py"), []byte(source.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := p.Survey(t.Context(), dir, "x.py", 50_000_000)
	if err != nil || s.Source.Error != nil || len(s.Source.Findings) < 2000 {
		t.Errorf("%d findings, %+v, %v", len(s.Source.Findings), s.Source.Error, err)
	}
}

// TestSourceThatBreaksTheReader is the source's fault, not the interpreter's.
func TestSourceThatBreaksTheReader(t *testing.T) {
	p, dir := interpreter(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.py"), []byte("x = "+strings.Repeat("1+", 940)+"1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := p.Survey(t.Context(), dir, "x.py", 50_000_000)
	if err != nil || s.Python.Version == "" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestFind(t *testing.T) {
	path, err := Find(t.Context(), "")
	if err != nil || !filepath.IsAbs(path) {
		t.Fatalf("%s, %v", path, err)
	}
	if again, err := Find(t.Context(), path); err != nil || again != path {
		t.Errorf("by its path: %s, %v", again, err)
	}
	d, err := Describe(t.Context(), path)
	if err != nil || d.Implementation == "" || d.LoopNS <= 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	minor := d.Version[:strings.LastIndexByte(d.Version, '.')]
	if found, err := Find(t.Context(), minor); err == nil {
		if other, err := Describe(t.Context(), found); err != nil || !strings.HasPrefix(other.Version, minor) {
			t.Errorf("%s is %+v, %v", minor, other, err)
		}
	}
	broken := filepath.Join(t.TempDir(), "python3")
	if err := os.WriteFile(broken, []byte("#!/bin/sh\necho no >&2\nexit 7\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for wanted, says := range map[string]string{
		"/no/such/python": `no Python interpreter "/no/such/python" was found; install Python 3.8 or newer`,
		"python9.9":       "was found; install",
		"9.9":             "was found; install",
		broken:            "does not run as a Python interpreter (exit status 7: no); install",
	} {
		_, err := Find(t.Context(), wanted)
		var unusable *Unusable
		if !errors.As(err, &unusable) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v", wanted, err)
		}
	}
}

func TestVirtualEnvironment(t *testing.T) {
	path, err := Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	venv := filepath.Join(t.TempDir(), "venv")
	res, err := sandbox.Run(t.Context(), sandbox.Command{Args: []string{path, "-m", "venv", "--without-pip", venv}, Dir: "/", Env: Environment(t.TempDir())})
	if err != nil || !res.OK() {
		t.Skipf("no venv module here: %v %s", err, res.Stderr)
	}
	t.Setenv("VIRTUAL_ENV", venv)
	found, err := Find(t.Context(), "")
	if err != nil || !strings.HasPrefix(found, venv) {
		t.Errorf("the active environment is %s, found %s (%v)", venv, found, err)
	}
	if d, err := Describe(t.Context(), found); err != nil || d.Prefix != venv {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestOlder(t *testing.T) {
	for _, c := range []struct {
		version, than string
		want          bool
	}{{"3.7.16", "3.8", true}, {"3.8.0", "3.8", false}, {"3.13.0", "3.8", false}, {"2.7.18", "3.8", true}, {"4.0", "3.8", false}} {
		if got := older(c.version, c.than); got != c.want {
			t.Errorf("older(%s, %s) = %v", c.version, c.than, got)
		}
	}
}

// TestTooOld asks for an interpreter that cannot be graded, where there is one.
func TestTooOld(t *testing.T) {
	for _, version := range []string{"3.7", "3.6"} {
		path, err := Find(t.Context(), version)
		if err != nil {
			continue
		}
		_, err = Describe(t.Context(), path)
		var unusable *Unusable
		if !errors.As(err, &unusable) || !strings.Contains(err.Error(), "3.8 is the oldest that can be graded") {
			t.Errorf("%s: got %v", path, err)
		}
		return
	}
	t.Skip("no Python older than 3.8 here")
}

// TestFindingKinds reads from the programs what they find.
func TestFindingKinds(t *testing.T) {
	var found []string
	named := regexp.MustCompile(`(?:self\.add|reader\.add|found\.append)\(\(?"([a-z-]+)"|\{"id": "([a-z0-9-]+)"`)
	for _, program := range []string{"patterns.py", "mistakes.py", "functions.py"} {
		data, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllSubmatch(data, -1) {
			found = append(found, string(m[1])+string(m[2]))
		}
	}
	slices.Sort(found)
	if d := cmp.Diff(slices.Compact(found), FindingIDs()); d != "" {
		t.Errorf("what the programs find is not what FindingKinds tells: %s", d)
	}
}
