package python_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/workload"
)

// drive writes a module's files, work.py among them, and talks to the driver that
// runs it. In the variables $DIR stands for their folder.
func drive(t *testing.T, path string, files map[string]string, script func(*python.Session), variables ...string) sandbox.Result {
	t.Helper()
	return driveBy(t, workload.Formula{}, path, files, script, variables...)
}

// driveBy does so with another formula in the workload.
func driveBy(t *testing.T, formula workload.Formula, path string, files map[string]string, script func(*python.Session), variables ...string) sandbox.Result {
	t.Helper()
	scratch, dir := t.TempDir(), t.TempDir()
	p, err := python.Open(path, scratch)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Draw(formula.Python()); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	env := python.Environment(scratch)
	for _, v := range variables {
		env = append(env, strings.ReplaceAll(v, "$DIR", dir))
	}
	res, err := p.Drive(t.Context(), sandbox.Command{Dir: dir, Env: env, Limits: sandbox.Limits{Wall: time.Minute, Tasks: 64, Memory: 1 << 30}}, "work", patience, nil, script)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// only are the files of a module that needs no others.
func only(source string) map[string]string { return map[string]string{"work.py": source} }

// ready begins once the module is imported, which it must be.
func ready(t *testing.T, script func(*python.Session)) func(*python.Session) {
	return func(s *python.Session) {
		if _, why, ok := s.Ready(); !ok {
			t.Errorf("not ready: %+v", why)
			return
		}
		script(s)
	}
}

// called gives what a call of the module's f gave.
func called(t *testing.T, path string, files map[string]string, arguments ...python.Argument) (a python.Answer) {
	t.Helper()
	drive(t, path, files, ready(t, func(s *python.Session) {
		a, _ = s.Call(python.Work{Function: "f", Arguments: arguments, Limit: patience})
	}))
	return a
}

const patience = 30 * time.Second

// TestEndsOfACall tells the ways apart in which a call can end.
func TestEndsOfACall(t *testing.T) {
	path := findPython(t)
	for name, c := range map[string]struct {
		source string
		ended  record.CallEnd
		says   string // a part of what is said
		line   int    // the learner's
	}{
		"returns":         {"def f(n):\n    return [n]", record.Returned, "", 0},
		"async":           {"async def f(n):\n    return [n]", record.Returned, "", 0},
		"awaitable":       {"import asyncio\nasync def g(n):\n    return [n]\ndef f(n):\n    return g(n)", record.Returned, "", 0},
		"missing":         {"def g(n):\n    pass", record.Undefined, "g", 0},
		"not a function":  {"f = 3", record.Undefined, "", 0},
		"signature":       {"x = 1\ndef f():\n    pass", record.Signature, "too many positional arguments", 2},
		"exception":       {"def g(n):\n    raise KeyError(n)\ndef f(n):\n    g(n)", record.Raised, "work.py", 2},
		"sys.exit":        {"import sys\ndef f(n):\n    sys.exit(3)", record.Exited, "SystemExit", 3},
		"os._exit":        {"import os\ndef f(n):\n    os._exit(0)", record.Died, "", 0},
		"crash":           {"import os\ndef f(n):\n    os.abort()", record.Died, "", 0},
		"prints":          {"def f(n):\n    print('{\"state\": \"done\"}' * 1000, flush=True)\n    return [n]", record.Returned, "", 0},
		"closes all":      {"import os\ndef f(n):\n    os.closerange(0, 200)\n    return [n]", record.Returned, "", 0},
		"forks back":      {"import os, time\ndef f(n):\n    if os.fork():\n        os.wait()\n    return [n]", record.Returned, "", 0},
		"leaves a thread": {"import threading, time\ndef f(n):\n    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n    return [n]", record.Returned, "", 0},
		"patches":         {"import json, time, socket\njson.dumps = json.loads = time.monotonic_ns = socket.socket = None\ndef f(n):\n    return [n]", record.Returned, "", 0},
		"group": {"class Group(Exception):\n    exceptions = [ValueError('a'), TypeError('b')]\ndef f(n):\n    raise Group",
			record.Raised, "Group", 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := called(t, path, only(c.source), python.Argument{Value: 7})
			if a.Ended != c.ended || !strings.Contains(a.Message, c.says) {
				t.Errorf("it %s: %s\nwant %s: %s", a.Ended, a.Message, c.ended, c.says)
			}
			if a.Ended == record.Returned && !slices.Equal(a.Result, []int64{7}) {
				t.Errorf("it returned %v", a.Result)
			}
			if c.line > 0 && (a.Place == nil || a.Place.Line != c.line || a.Place.File != "work.py") {
				t.Errorf("the place is %+v, want line %d", a.Place, c.line)
			}
			if strings.Contains(a.Message, "driver.py") {
				t.Errorf("our own lines are shown:\n%s", a.Message)
			}
		})
	}
}

func TestImportsThatFail(t *testing.T) {
	path := findPython(t)
	for name, c := range map[string]struct {
		source string
		ended  record.CallEnd
		thrown string
	}{
		"syntax":   {"def f(:\n", record.Unready, "SyntaxError"},
		"missing":  {"import no_such_package", record.Unready, "ModuleNotFoundError"},
		"sys.exit": {"import sys\nsys.exit()", record.Unready, "SystemExit"},
		"os._exit": {"import os\nos._exit(0)", record.Died, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var a python.Answer
			ready := true
			drive(t, path, only(c.source), func(s *python.Session) { _, a, ready = s.Ready() })
			if ready || a.Ended != c.ended || c.thrown != "" && (len(a.Thrown) != 1 || a.Thrown[0].Type != c.thrown) {
				t.Errorf("it %s: %+v", a.Ended, a)
			}
		})
	}
}

// TestHangs ends a call that does not come back.
func TestHangs(t *testing.T) {
	var a python.Answer
	var ok bool
	res := drive(t, findPython(t), only("import threading\ndef f():\n    threading.Event().wait()"), ready(t, func(s *python.Session) {
		a, ok = s.Call(python.Work{Function: "f", Limit: 200 * time.Millisecond})
	}))
	if ok || a.Ended != record.Hung || !strings.Contains(res.Limit, "had done anything") {
		t.Errorf("it %s, the run ended by %q", a.Ended, res.Limit)
	}
}

// TestForged lets the learner's code find the channel and answer by itself.
func TestForged(t *testing.T) {
	const source = `
import sys, threading
def f():
    frame = sys._getframe()
    while "self" not in frame.f_locals or not hasattr(frame.f_locals["self"], "channel"):
        frame = frame.f_back
    channel = frame.f_locals["self"].channel
    channel.ask({"state": "done", "order": 1, "begin": 0, "end": 0, "ended": "returned", "type": "list", "result": [1, 2, 3]})
    return []
`
	var first, second python.Answer
	var ok bool
	drive(t, findPython(t), only(source), ready(t, func(s *python.Session) {
		first, _ = s.Call(python.Work{Function: "f", Limit: patience})
		second, ok = s.Call(python.Work{Function: "f", Limit: patience})
	}))
	if ok || second.Ended != record.Forged {
		t.Errorf("the forged answer was taken (%+v), and then the call %s", first, second.Ended)
	}
}

// TestEarlyAnswer lets the learner's code answer the next order, which it does not
// know yet: that message is there before the order is.
func TestEarlyAnswer(t *testing.T) {
	const source = `
import gc, threading
def f():
    channel = next(o for o in gc.get_objects() if type(o).__name__ == "Channel")
    early = {"state": "done", "order": 2, "ended": "returned", "type": "list", "result": [1]}
    threading.Thread(target=channel.ask, args=(early,), daemon=True).start()
    return []
`
	var second python.Answer
	var ok bool
	drive(t, findPython(t), only(source), ready(t, func(s *python.Session) {
		s.Call(python.Work{Function: "f", Limit: patience})
		time.Sleep(300 * time.Millisecond) // it waits here
		second, ok = s.Call(python.Work{Function: "f", Limit: patience})
	}))
	if ok || second.Ended != record.Forged || second.End < second.Begin {
		t.Errorf("the early answer was taken: %+v", second)
	}
}

// TestTypes says what else was returned than a list of whole numbers.
func TestTypes(t *testing.T) {
	path := findPython(t)
	for source, want := range map[string]struct{ kind, odd string }{
		"None":                       {"NoneType", "None"},
		"(i for i in [1])":           {"generator", "<generator"},
		"[1, None]":                  {"list", "None"},
		"['a']":                      {"list", "'a'"},
		"[1.5]":                      {"list", "1.5"},
		"(1, 2)":                     {"tuple", ""},
		"True":                       {"bool", ""},
		"[2 ** 100]":                 {"list", "1267650600228229401496703205376"},
		"{1: 2}":                     {"dict", "{1: 2}"},
		"list(range(300_000))":       {"list", "a list of 300000 elements"},
		"type('X', (), {})()":        {"X", "<work.X"},
		"[__import__('os')]":         {"list", "<module 'os'"},
		"map(int, ['1'])":            {"map", "<map"},
		"[type('Y', (int,), {})(5)]": {"list", ""},
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			a := called(t, path, only("def f():\n    return "+source))
			if a.Ended != record.Returned || a.Type != want.kind || !strings.HasPrefix(a.Odd, want.odd) || want.odd == "" && a.Odd != "" {
				t.Errorf("got %s %q (%s), want %s %q", a.Type, a.Odd, a.Ended, want.kind, want.odd)
			}
		})
	}
}

// TestFigures says which numbers are taken out of what was returned.
func TestFigures(t *testing.T) {
	path := findPython(t)
	for source, want := range map[string][]float64{
		"0.5":      {0.5},
		"[1.5, 2]": {1.5, 2},
		"[('threads', 0.5, 3), ('processes', 0.25, 4)]":                           {0.5, 3, 0.25, 4},
		"{'wall': 0.5, 'more': {'cpu': 1}}":                                       {0.5, 1},
		"type('T', (), {'__init__': lambda self: self.__dict__.update(a=0.5)})()": {0.5},
		"[0.5, None]":  nil,
		"float('nan')": nil,
		"[0.5] * 101":  nil,
		"[1, 2]":       nil, // a result
		"'0.5'":        nil,
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			a := called(t, path, only("def f():\n    return "+source))
			if a.Ended != record.Returned || !slices.Equal(a.Figures, want) {
				t.Errorf("got %v (%s), want %v", a.Figures, a.Ended, want)
			}
		})
	}
}

// TestWorkload computes the same in Python, in children of every start method,
// as package workload does in Go.
func TestWorkload(t *testing.T) {
	const source = `
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
def f(task, sizes, method):
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(["fork", "spawn", "forkserver"][method])) as pool:
        return list(pool.map(task, sizes))
`
	for _, formula := range []workload.Formula{{}, workload.DrawFormula(1), workload.DrawFormula(2)} {
		t.Run(formula.Python(), func(t *testing.T) { testWorkload(t, source, formula) })
	}
}

func testWorkload(t *testing.T, source string, formula workload.Formula) {
	sizes := workload.Call{Seed: 5}.Sizes(6, 500, false)
	data := []int64{workload.Data(300, 12345), workload.Data(1, 1<<31-2), workload.Data(77, 0)}
	driveBy(t, formula, findPython(t), only(source), ready(t, func(s *python.Session) {
		for method := range 3 {
			for _, c := range []struct {
				callable string
				inputs   []int64
				want     func(int64) int64
			}{{"task", sizes, formula.Task}, {"process", data, formula.Process}, {"scan", []int64{2, 40_006, 1_234_568}, workload.Scan}} {
				var want []int64
				for _, x := range c.inputs {
					want = append(want, c.want(x))
				}
				a, _ := s.Call(python.Work{Function: "f", Arguments: []python.Argument{{Callable: c.callable}, {Value: c.inputs}, {Value: method}}, Limit: patience})
				if !slices.Equal(a.Result, want) {
					t.Errorf("%s by start method %d gives %v (%s %s), want %v", c.callable, method, a.Result, a.Ended, a.Message, want)
				}
			}
			a, _ := s.Call(python.Work{Function: "f", Arguments: []python.Argument{{Callable: "failing_task"}, {Value: []int64{2, 3}}, {Value: method}}, Limit: patience})
			if a.Ended != record.Raised || len(a.Thrown) != 1 || a.Thrown[0].Type != "ValueError" {
				t.Errorf("the failing task %s: %+v", a.Ended, a.Thrown)
			}
		}
	}))
}

// TestShadows lets files of the learner's bear names of the standard library.
func TestShadows(t *testing.T) {
	a := called(t, findPython(t), map[string]string{
		"work.py": "import threading, own, gilcourse_workload\ndef f():\n    return [own.x, hasattr(threading, 'fake') + hasattr(gilcourse_workload, 'fake')]", "own.py": "x = 1",
		"gilcourse_workload.py": "fake = 1", "driver.py": "1/0", "patterns.py": "1/0",
		"threading.py": "fake = 1", "sitecustomize.py": "raise SystemExit(9)", "json.py": "1/0", "asyncio.py": "1/0",
	})
	if !slices.Equal(a.Result, []int64{1, 0}) {
		t.Errorf("got %+v", a)
	}
}

// TestOwnNames lets a learner's modules have the names of the grader's own.
func TestOwnNames(t *testing.T) {
	a := called(t, findPython(t), map[string]string{"work.py": "import driver, names, functions\ndef f():\n    return [driver.x, names.x, functions.x]",
		"driver.py": "x = 1", "names.py": "x = 2", "functions.py": "x = 3"})
	if !slices.Equal(a.Result, []int64{1, 2, 3}) {
		t.Errorf("got %+v", a)
	}
}

// TestPatchedStamps has the driver say that the call took no time.
func TestPatchedStamps(t *testing.T) {
	const source = `
import sys, time
def f():
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("self"), "channel"):
        frame = frame.f_back
    driver = frame.f_locals["self"]
    time.sleep(0.5)
    now = driver.now()
    frame.f_locals["out"]["begin"] = now
    driver.now = lambda: now + 1000
    return [1]
`
	a := called(t, findPython(t), only(source))
	if took := time.Duration(a.End - a.Begin); a.Ended != record.Returned || took < 400*time.Millisecond {
		t.Errorf("it %s after %s, and slept for 500ms", a.Ended, took)
	}
}

// TestStrangers knock at the driver's door: they do not keep it out.
func TestStrangers(t *testing.T) {
	const source = `
import gc, socket
def f():
    channel = next(o for o in gc.get_objects() if type(o).__name__ == "Channel")
    global idle
    idle = []
    for i in range(40):
        idle.append(socket.create_connection(channel.address))
        if i % 2:
            idle[-1].sendall(b"x" * 100)
    return [1]
`
	var a, b python.Answer
	drive(t, findPython(t), only(source), ready(t, func(s *python.Session) {
		a, _ = s.Call(python.Work{Function: "f", Limit: 2 * time.Minute})
		b, _ = s.Rest(0)
	}))
	if a.Ended != record.Returned || b.Ended != "" && b.Ended != record.Returned {
		t.Errorf("it %s, then %s: %s", a.Ended, b.Ended, a.Message)
	}
}

// TestLyingLists are read as they are, not as their methods say.
func TestLyingLists(t *testing.T) {
	const source = `
class Liar(list):
    def __iter__(self):
        return iter([1, 2, 3])
    def __len__(self):
        return 3
def f():
    return Liar()
`
	a := called(t, findPython(t), only(source))
	if a.Ended != record.Returned || len(a.Result) != 0 {
		t.Errorf("got %+v", a)
	}
}

// TestUnbuilt imports a module whose C code is not there.
func TestUnbuilt(t *testing.T) {
	files := map[string]string{
		"work.py": "import ctypes, os, primes\nlib = ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'libprimes.so'))\nlib.count.restype = ctypes.c_long\n" +
			"def f(which):\n    return [lib.count(7) if which else primes.count(7)]\ndef g():\n    return [1]",
		"primes.c": "PyMODINIT_FUNC\nPyInit_primes(void)",
	}
	drive(t, findPython(t), files, ready(t, func(s *python.Session) {
		for which := range 2 {
			a, _ := s.Call(python.Work{Function: "f", Arguments: []python.Argument{{Value: which}}, Limit: patience})
			if a.Ended != record.Raised || a.Thrown[0].Type != "OSError" {
				t.Errorf("the call of missing C code %s: %+v", a.Ended, a.Thrown)
			}
		}
		if a, _ := s.Call(python.Work{Function: "g", Limit: patience}); a.Ended != record.Returned {
			t.Errorf("the rest %s", a.Ended)
		}
	}), "GILCOURSE_UNBUILT=$DIR")
}

var interpreter = sync.OnceValues(func() (string, error) {
	return python.Find(context.Background(), os.Getenv("GILCOURSE_PYTHON"))
})

func findPython(t *testing.T) string {
	t.Helper()
	path, err := interpreter()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
