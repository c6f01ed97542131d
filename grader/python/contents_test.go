package python_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

const analyzer = "analyzer.py"

// module writes a module and opens an interpreter for it.
func module(t *testing.T, source string) (*python.Interpreter, string, string) {
	t.Helper()
	scratch, dir := t.TempDir(), t.TempDir()
	p, err := python.Open(findPython(t), scratch)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, analyzer), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return p, dir, scratch
}

func contents(t *testing.T, source string) *record.Contents {
	t.Helper()
	p, dir, _ := module(t, source)
	c, err := p.Contents(t.Context(), dir, analyzer, python.ImportLimit)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTablesByShape finds the same three entries in each of the places and
// shapes that they may have.
func TestTablesByShape(t *testing.T) {
	const classes = "import enum, dataclasses, typing, types\n" +
		"class S(enum.Enum):\n    ONE = 'first'\n    TWO = 'second'\n" +
		"@dataclasses.dataclass\nclass D:\n    how: object\n    why: str\n    gain: object\n" +
		"class N(typing.NamedTuple):\n    what: str\n    how: object\n    why: str\n    gain: object\n"
	shapes := map[string]string{
		"tuples":           "M = {'k1': ('first', 'since', 3.5), 'k2': ('second', 'as', 2), 'k3': ('first', 'for', '4x')}",
		"later":            "M = {}\nfor i in (1, 2, 3):\n    M['k%d' % i] = ('first', 'since', 3.5)",
		"dataclasses":      "M = {'k1': D(S.ONE, 'since', 3.5), 'k2': D(S.TWO, 'as', 2), 'k3': D(S.ONE, 'for', 4)}",
		"dicts":            "M = {k: {'how': 'first', 'why': 'since', 'gain': 3.5} for k in ('k1', 'k2', 'k3')}",
		"named tuples":     "M = [N('k%d' % i, S.ONE, 'since', 3.5) for i in (1, 2, 3)]",
		"pairs":            "M = [('k%d' % i, ('first', 'since', 3.5)) for i in (1, 2, 3)]",
		"proxy":            "M = types.MappingProxyType({k: ('first', 'since', 3.5) for k in ('k1', 'k2', 'k3')})",
		"enum":             "class M(enum.Enum):\n    k1 = ('first', 'since', 3.5)\n    k2 = ('second', 'as', 2)\n    k3 = ('first', 'for', 1)",
		"enum with fields": "class M(enum.Enum):\n    k1 = ('first', 'since', 3.5)\n    k2 = ('second', 'as', 2)\n    k3 = ('first', 'for', 1)\n    def __init__(self, how, why, gain):\n        self.how, self.why, self.gain = how, why, gain",
		"enum keys":        "class K(enum.Enum):\n    k1 = 'one'\n    k2 = 'two'\n    k3 = 'three'\nM = {k: ('first', 'since', 3.5) for k in K}",
		"function":         "def M():\n    return {k: ('first', 'since', 3.5) for k in ('k1', 'k2', 'k3')}",
		"method":           "class A:\n    def __init__(self, cores=4):\n        self.cores = cores\n    def M(self):\n        return {k: ('first', 'since', self.cores) for k in ('k1', 'k2', 'k3')}",
		"property":         "class A:\n    @property\n    def M(self):\n        return {k: ('first', 'since', 3.5) for k in ('k1', 'k2', 'k3')}",
		"static method":    "class A:\n    @staticmethod\n    def M():\n        return {k: ('first', 'since', 3.5) for k in ('k1', 'k2', 'k3')}",
		"class attribute":  "class A:\n    M = {k: ('first', 'since', 3.5) for k in ('k1', 'k2', 'k3')}",
		"instance":         "class A:\n    def __init__(self):\n        self.M = {k: ('first', 'since', 3.5) for k in ('k1', 'k2', 'k3')}",
		"beside busy ones": "import threading\nclass W:\n    def run(self):\n        threading.Thread(target=print).start()\nclass A:\n    def __init__(self):\n        self.worker = W()\n        self.M = {k: ('first', 'since', 3.5) for k in ('k1', 'k2', 'k3')}",
	}
	// All of them stand in one module, each under names of its own.
	var module strings.Builder
	module.WriteString(classes)
	own := regexp.MustCompile(`\b[AKMW]\b`)
	suffix, shown := map[string]string{}, []string{}
	for name, source := range shapes {
		suffix[name] = fmt.Sprintf("M%d", len(suffix))
		module.WriteString(own.ReplaceAllString(source, "${0}"+suffix[name][1:]) + "\n")
		shown = append(shown, suffix[name])
	}
	fmt.Fprintf(&module, "def show():\n    print(%s)\n", strings.Join(shown, ", "))
	c := contents(t, module.String())
	for name := range shapes {
		i := slices.IndexFunc(c.Tables, func(t record.Table) bool {
			return t.Name == suffix[name] || strings.HasSuffix(t.Name, "."+suffix[name])
		})
		if i < 0 {
			t.Errorf("%s: %s not found: %+v", name, suffix[name], c)
			continue
		}
		tab := c.Tables[i]
		row := tab.Rows[0]
		parts := row.Parts[len(row.Parts)-3:]
		if len(tab.Rows) != 3 || tab.Line == 0 || parts[1].Text != "since" || !strings.HasPrefix(parts[0].Text, "first") || !parts[2].Number && name != "pairs" {
			t.Errorf("%s: %+v", name, tab)
		}
		if strings.HasPrefix(name, "enum ") && name == "enum keys" && !slices.Equal(row.Keys, []string{"one", "k1"}) {
			t.Errorf("%s: keys %v", name, row.Keys)
		}
	}
	unread := contents(t, "M = {k: ('first', 'since', 3.5) for k in ('k1', 'k2', 'k3')}\nprint('k1 first')\n")
	if len(unread.Tables) != 1 || unread.Tables[0].Used {
		t.Errorf("nothing reads it: %+v", unread.Tables)
	}
}

// TestContentsOfBadModules survives what a module does at its import.
func TestContentsOfBadModules(t *testing.T) {
	for name, c := range map[string]struct {
		source, says string
		tables       int
	}{
		"raises":       {"M = {k: ('a', 'b', 'c') for k in 'xyz'}\nraise ValueError('no')", "ValueError: no", 1},
		"exits":        {"M = {k: ('a', 'b', 'c') for k in 'xyz'}\nraise SystemExit(3)", "", 1},
		"ends":         {"import os\nos._exit(0)", "ended the program", 0},
		"prints":       {"print('{}' * 10_000)\nM = {k: ('a', 'b', 'c') for k in 'xyz'}", "", 1},
		"slow":         {"import time\ndef matrix():\n    while True:\n        pass\n    return {}\nM = {k: ('a', 'b', 'c') for k in 'xyz'}", "", 1},
		"deep":         {"M = {k: ('a', 'b', 'c') for k in 'xyz'}\nM['self'] = M\nL = []\nL.append(L)", "", 1},
		"hostile repr": {"class R:\n    def __str__(self):\n        raise ValueError\n    def __getattr__(self, name):\n        raise KeyError(name)\nX = R()\nM = {k: ('a', 'b', 'c') for k in 'xyz'}", "", 1},
	} {
		got := contents(t, c.source)
		if !strings.Contains(got.Error, c.says) || c.says == "" && got.Error != "" || len(got.Tables) != c.tables {
			t.Errorf("%s: error %q, %d tables", name, got.Error, len(got.Tables))
		}
	}
}

// TestBare lists what lacks an annotation, and nothing else.
func TestBare(t *testing.T) {
	c := contents(t, `
def good(a: int, *args: int, b: str = "", **more: int) -> None: ...
def no_result(a: int): ...
def no_star(*args, **more: int) -> None: ...
class A:
    def __init__(self, a: int): ...
    def method(self, a) -> int: ...
    @staticmethod
    def static(a) -> int: ...
    @classmethod
    def made(cls) -> "A":
        def inner(x): return x
        return inner
key = lambda x: x
`)
	var got []string
	for _, b := range c.Bare {
		got = append(got, b.Function+":"+strings.Join(b.Lacks, ","))
	}
	want := []string{"no_result:return", "no_star:args", "method:a", "static:a", "inner:x,return"}
	if !slices.Equal(got, want) || c.Functions != 8 {
		t.Errorf("%d functions, bare are %v, want %v", c.Functions, got, want)
	}
}

// perform finds the only template of a module and runs it.
func perform(t *testing.T, source string) (sandbox.Result, record.Performance, record.Snippet) {
	t.Helper()
	p, dir, scratch := module(t, source)
	c, err := p.Contents(t.Context(), dir, analyzer, python.ImportLimit)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(c.Snippets, func(s record.Snippet) bool { return strings.Contains(s.Names[len(s.Names)-1], "Template") })
	if i < 0 {
		t.Fatalf("no template: %+v", c)
	}
	res, told, err := p.Perform(t.Context(), sandbox.Command{Dir: dir, Env: python.Environment(scratch), Limits: sandbox.Limits{Wall: time.Minute, Tasks: 64}},
		python.Template{Folder: dir, Script: analyzer, Snippet: c.Snippets[i], Dir: filepath.Join(scratch, "t")})
	if err != nil {
		t.Fatal(err)
	}
	return res, told, c.Snippets[i]
}

// TestPerform runs templates of every kind, and counts what an event loop has
// under way.
func TestPerform(t *testing.T) {
	const waits = "import asyncio, time\nasync def f(n=0):\n    await asyncio.sleep(0.05)\n"
	indent := func(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }
	for name, c := range map[string]struct {
		source  string
		waits   int
		threads int
	}{
		"gather":               {waits + "async def Template():\n    await asyncio.gather(f(), f(), f())", 3, 0},
		"one after the other":  {waits + "async def Template():\n    for i in range(3):\n        await f()", 1, 0},
		"awaited at once":      {waits + "async def Template():\n    for i in range(3):\n        await asyncio.ensure_future(f())", 1, 0},
		"each with a limit":    {waits + "async def Template():\n    for i in range(3):\n        await asyncio.wait_for(f(), 5)", 1, 0},
		"wait":                 {waits + "async def Template():\n    await asyncio.wait([asyncio.ensure_future(f()) for i in range(3)])", 3, 0},
		"a task and itself":    {waits + "async def Template():\n    t = asyncio.ensure_future(f())\n    await f()\n    await t", 2, 0},
		"semaphore":            {waits + "async def g(s):\n    async with s:\n        await f()\nasync def Template():\n    s = asyncio.Semaphore(2)\n    await asyncio.gather(*(g(s) for i in range(5)))", 2, 0},
		"blocks":               {waits + "async def g():\n    time.sleep(0.02)\nasync def Template():\n    await asyncio.gather(g(), g(), g())", 0, 0},
		"plain function":       {waits + "async def all():\n    await asyncio.gather(f(), f())\ndef Template():\n    asyncio.run(all())", 2, 0},
		"class":                {waits + "class Template:\n    def __init__(self, n=4):\n        self.n = n\n    async def run(self):\n        await asyncio.gather(*(f() for i in range(self.n)))", 4, 0},
		"static method":        {waits + "class A:\n    @staticmethod\n    def Template():\n        asyncio.run(A.all())\n    @staticmethod\n    async def all():\n        await asyncio.gather(f(), f())", 2, 0},
		"source":               {"Template = '''\n" + waits + "async def main():\n    await asyncio.gather(f(), f(), f())\nif __name__ == \"__main__\":\n    asyncio.run(main())\n'''", 3, 0},
		"returned, indented":   {"def Template():\n    return '''\n" + indent(waits+"async def main():\n    await asyncio.gather(f(), f())\nasyncio.run(main())") + "\n    '''", 2, 0},
		"threads":              {"import threading, time\ndef Template():\n    ts = [threading.Thread(target=time.sleep, args=(0.05,)) for i in range(3)]\n    [t.start() for t in ts]\n    [t.join() for t in ts]", 0, 3},
		"an executor's thread": {"import asyncio, time\nasync def Template():\n    loop = asyncio.get_running_loop()\n    await asyncio.gather(*(loop.run_in_executor(None, time.sleep, 0.05) for i in range(2)))", 2, 2},
	} {
		res, told, _ := perform(t, c.source)
		if !res.OK() || !told.Called || told.Waits != c.waits || told.Threads < c.threads || c.threads == 0 && told.Threads > 0 || told.Left > 0 {
			t.Errorf("%s: %+v, exit %d %s %s", name, told, res.Exit, res.Limit, res.Stderr)
		}
	}
}

// TestPerformTasks counts what is given to threads and processes before the
// first of it is waited for, and what processes did: of tasks that are over at
// once no clock tells it.
func TestPerformTasks(t *testing.T) {
	const tiny = "import threading, multiprocessing, sys\nfrom concurrent.futures import *\nfrom multiprocessing.pool import ThreadPool\ndef f(n=1):\n    return n * n\n" +
		"if sys.platform != 'win32':\n    multiprocessing.set_start_method('fork', force=True)\ndef Template():\n"
	for name, c := range map[string]struct {
		source               string
		crew, pooled, handed int
		items                int // -1 where there is no process
	}{
		"threads":               {"    ts = [threading.Thread(target=f) for i in range(3)]\n    [t.start() for t in ts]\n    [t.join() for t in ts]", 3, 0, 0, -1},
		"threads in turn":       {"    for i in range(3):\n        t = threading.Thread(target=f)\n        t.start()\n        t.join()", 1, 0, 0, -1},
		"threads of nothing":    {"    ts = [threading.Thread(target=f()) and threading.Thread() for i in range(3)]\n    [t.start() for t in ts]", 0, 0, 0, -1},
		"thread pool":           {"    with ThreadPoolExecutor(2) as p:\n        list(p.map(f, range(4)))", 0, 2, 0, -1},
		"thread pool in turn":   {"    with ThreadPoolExecutor(2) as p:\n        [p.submit(f, i).result() for i in range(4)]", 0, 1, 0, -1},
		"processes":             {"    ps = [multiprocessing.Process(target=f) for i in range(3)]\n    [p.start() for p in ps]\n    [p.join() for p in ps]", 0, 0, 3, 3},
		"processes in turn":     {"    for i in range(3):\n        p = multiprocessing.Process(target=f)\n        p.start()\n        p.join()", 0, 0, 1, 3},
		"pool":                  {"    with multiprocessing.Pool(2) as p:\n        p.map(f, range(4))", 0, 0, 2, 4},
		"pool in turn":          {"    with multiprocessing.Pool(2) as p:\n        [p.apply(f, (i,)) for i in range(4)]", 0, 0, 1, 4},
		"pool, lazily":          {"    with multiprocessing.Pool(2) as p:\n        list(p.imap(f, range(4)))", 0, 0, 2, 4},
		"idle pool":             {"    with multiprocessing.Pool(2) as p:\n        [f(i) for i in range(4)]", 0, 0, 0, 0},
		"executor":              {"    with ProcessPoolExecutor(2) as p:\n        list(p.map(f, range(4)))", 0, 0, 2, 4},
		"executor in turn":      {"    with ProcessPoolExecutor(2) as p:\n        [p.submit(f, i).result() for i in range(4)]", 0, 0, 1, 4},
		"a factory":             {"    def work():\n        ts = [threading.Thread(target=f) for i in range(3)]\n        [t.start() for t in ts]\n        [t.join() for t in ts]\n    return work", 3, 0, 0, -1},
		"a text, from a lambda": {"    pass\nTemplate = lambda: 'import threading\\ndef f():\\n    pass\\nts = [threading.Thread(target=f) for i in range(3)]\\n[t.start() for t in ts]\\n[t.join() for t in ts]\\n'", 3, 0, 0, -1},
		"thread pool of a pool": {"    with ThreadPool(2) as p:\n        p.map(f, range(4))", 0, 0, 0, -1},
	} {
		res, told, _ := perform(t, tiny+c.source)
		items := -1
		if told.Items != nil {
			items = *told.Items
		}
		if !res.OK() || told.Crew != c.crew || told.Pooled != c.pooled || told.Handed != c.handed || items != c.items {
			t.Errorf("%s: %+v, %d items, exit %d %s %s", name, told, items, res.Exit, res.Limit, res.Stderr)
		}
	}
}

// TestGaps names what a template leaves to be filled in, at its line.
func TestGaps(t *testing.T) {
	for name, c := range map[string]struct {
		source, gap string
		line        int
		empty       bool
	}{
		"undefined":        {"Template = '''\nimport threading\ndef main():\n    threading.Thread(target=your_task).start()\nmain()\n'''", "your_task", 4, false},
		"no body":          {"Template = '''\nimport threading\ndef work():\n    ...  # yours\nwork()\n'''", "work", 4, true},
		"a function's own": {"import threading\ndef Template():\n    threading.Thread(target=TODO).start()", "TODO", 3, false},
	} {
		_, _, s := perform(t, c.source)
		if len(s.Gaps) != 1 || s.Gaps[0].Name != c.gap || s.Gaps[0].Line != c.line || s.Gaps[0].Empty != c.empty {
			t.Errorf("%s: %+v", name, s.Gaps)
		}
	}
	if _, _, s := perform(t, "Template = '''\nimport threading\nclass P:\n    def __init__(self):\n        pass\nfor w in range(2):\n    threading.Thread(target=print, args=(w,)).start()\n'''"); len(s.Gaps) > 0 {
		t.Errorf("nothing is left open, but %+v", s.Gaps)
	}
}

// TestTablesReached finds entries that no mapping holds: they have to be asked
// for, or stand where a program writes them down.
func TestTablesReached(t *testing.T) {
	const entry = "class E:\n    def __init__(self, how: str, why: str, gain: str) -> None:\n        self.__how, self.__why, self.__gain = how, why, gain\n" +
		"    def getHow(self) -> str:\n        return self.__how\n    def get_why(self) -> str:\n        return self.__why\n    @property\n    def gain(self) -> str:\n        return self.__gain\n"
	for name, source := range map[string]string{
		"getters":            entry + "M = {k: E('threads', 'since', '2x') for k in ('cpu', 'io', 'gpu')}",
		"asked by text":      "def M(w: str):\n    if w == 'cpu':\n        return 'threads', 'since cpu', '1x'\n    elif w in ('io', 'gpu'):\n        return 'threads', 'since ' + w, '2x'\n    raise KeyError(w)",
		"asked by member":    "import enum\nclass W(enum.Enum):\n    CPU = 1\n    IO = 2\n    GPU = 3\ndef M(w: W):\n    return {'how': 'threads', 'why': 'since ' + w.name, 'gain': 2}",
		"a method asked":     "class A:\n    def M(self, w: str) -> tuple:\n        return {'cpu': ('a', 'since', 1), 'io': ('b', 'for', 2), 'gpu': ('c', 'as', 3)}[w]\nNAMES = ['cpu', 'io', 'gpu']",
		"subclasses":         "class M:\n    pass\nclass Cpu(M):\n    how, why, gain = 'a', 'since', 1\nclass Io(M):\n    how, why, gain = 'b', 'for', 2\nclass Gpu(M):\n    how, why, gain = 'c', 'as', 3",
		"classes in a list":  "class C:\n    name, how, why = 'cpu', 'a', 'since'\nclass I:\n    name, how, why = 'io', 'b', 'for'\nclass G:\n    name, how, why = 'gpu', 'c', 'as'\nM = [C, I, G]",
		"text of JSON":       "M = '{\"cpu\": [\"a\", \"since\", 1], \"io\": [\"b\", \"for\", 2], \"gpu\": [\"c\", \"as\", 3]}'",
		"within main":        "def M() -> None:\n    for k, (how, why, gain) in {'cpu': ('a', 'since', 1), 'io': ('b', 'for', 2), 'gpu': ('c', 'as', 3)}.items():\n        print(k, how, why, gain)\n",
		"a variable of main": "def M() -> None:\n    table = {'cpu': ('a', 'since', 1), 'io': ('b', 'for', 2), 'gpu': ('c', 'as', 3)}\n    print(table)\n",
		"behind the guard":   "if __name__ == '__main__':\n    M = {'cpu': ('a', 'since', 1), 'io': ('b', 'for', 2), 'gpu': ('c', 'as', 3)}\n    print(M)",
		"generator":          "def M():\n    for k in ('cpu', 'io', 'gpu'):\n        yield k, 'a', 'since ' + k",
		"class of an object": "class A:\n    def __init__(self):\n        self.inner = B()\nclass B:\n    def __init__(self):\n        self.M = {'cpu': ('a', 'since', 1), 'io': ('b', 'for', 2), 'gpu': ('c', 'as', 3)}\nX = A()",
		"members that tell":  "import enum\nclass M(enum.Enum):\n    CPU = 1\n    IO = 2\n    GPU = 3\n    @property\n    def how(self) -> str:\n        return 'threads'\n    @property\n    def why(self) -> str:\n        return 'since ' + self.name",
	} {
		c := contents(t, source)
		i := slices.IndexFunc(c.Tables, func(t record.Table) bool { return len(t.Rows) >= 3 && len(t.Rows[0].Parts) >= 2 })
		if i < 0 {
			t.Errorf("%s: %+v", name, c)
			continue
		}
		if text := fmt.Sprintf("%+v", c.Tables[i].Rows[0]); name != "subclasses" && !strings.Contains(strings.ToLower(text), "cpu") || !strings.Contains(text, "since") {
			t.Errorf("%s: the first row is %s", name, text)
		}
	}
}

// TestTemplatesReached finds templates that have to be asked for.
func TestTemplatesReached(t *testing.T) {
	const text = "'import threading\\n\\ndef main():\\n    pass\\nmain()\\n'"
	for name, source := range map[string]string{
		"by a text":     "def template(strategy: str) -> str:\n    if strategy == 'threading':\n        return " + text + "\n    if strategy in ('asyncio', 'hybrid'):\n        return " + text + " + '# ' + strategy\n    raise ValueError",
		"by a member":   "import enum\nclass S(enum.Enum):\n    THREADING = 1\n    ASYNCIO = 2\n    HYBRID = 3\ndef code(s: S) -> str:\n    return " + text + " + '# ' + s.name",
		"of a member":   "import enum\nclass S(enum.Enum):\n    THREADING = " + text + "\n    ASYNCIO = " + text + " + '# 2'",
		"a property":    "class T:\n    @property\n    def threading(self) -> str:\n        return " + text,
		"within main":   "import pathlib\ndef main() -> None:\n    threading = '''\nimport threading\n\ndef run():\n    pass\nrun()\n'''\n    pathlib.Path('threading.py').write_text(threading)",
		"kept by write": "import pathlib\ndef main() -> None:\n    pathlib.Path('x').write_text('threading', '''\nimport threading\n\ndef run():\n    pass\nrun()\n''')",
	} {
		c := contents(t, source)
		if !slices.ContainsFunc(c.Snippets, func(s record.Snippet) bool {
			return s.Kind == "source" && strings.Contains(strings.ToLower(strings.Join(s.Names, " ")), "threading")
		}) {
			t.Errorf("%s: %+v", name, c.Snippets)
		}
	}
	res, told, _ := perform(t, "import threading, time\nclass Threads:\n    def run(self):\n        ts = [threading.Thread(target=time.sleep, args=(0.01,)) for i in range(3)]\n        [t.start() for t in ts]\n        [t.join() for t in ts]\nimport enum\nclass S(enum.Enum):\n    Template = 1\n    B = 2\n    C = 3\ndef make(s: S):\n    return Threads()")
	if !res.OK() || told.Crew != 3 {
		t.Errorf("an object that a function gives: %+v, exit %d %s", told, res.Exit, res.Stderr)
	}
}

// TestNoTemplates leaves out what an entry tells of itself, and keeps room for
// templates beside many functions that need something.
func TestNoTemplates(t *testing.T) {
	const entries = "class E:\n    def __init__(self, how: str, why: str, gain: str) -> None:\n        self.how, self.why, self.gain = how, why, gain\n" +
		"    def get_how(self) -> str:\n        return self.how\n    def show(self) -> None:\n        print(self.why)\n    def template(self) -> None:\n        print(self.how)\n" +
		"M = {k: E('threads', 'since nobody holds it', '2x') for k in ('cpu', 'hybrid', 'gpu')}\n"
	const rules = "class Rule:\n    def fits(self, what) -> bool:\n        return False\n" +
		"RULES = [type('R%d' % i, (Rule,), {'__module__': __name__, 'fits': lambda self, what: True, 'advise': lambda self, what: 'x'})() for i in range(40)]\n" +
		"class Last:\n    def run(self) -> None:\n        print(1)\nTEMPLATES = {'hybrid': Last}\n"
	for name, c := range map[string]struct {
		source string
		last   []string // of the names under which things stand
		none   []string
	}{
		"an entry's methods": {entries, []string{"template"}, []string{"get_how", "show"}},
		"behind many others": {rules, []string{"hybrid"}, nil},
	} {
		var got []string
		for _, s := range contents(t, c.source).Snippets {
			got = append(got, s.Names[len(s.Names)-1])
		}
		for _, want := range c.last {
			if !slices.Contains(got, want) {
				t.Errorf("%s: no %s in %q", name, want, got)
			}
		}
		for _, no := range c.none {
			if slices.Contains(got, no) {
				t.Errorf("%s: %s is taken for a template", name, no)
			}
		}
	}
}

// TestLinesOfEntries tells where each entry begins, if it is written out.
func TestLinesOfEntries(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		want   []int
	}{
		"a dict of tuples": {"M = {\n    'cpu': ('a', 'since the one lock is held', 1),\n    'io':\n        ('b', 'for nobody holds it', 2),\n    'gpu': ('c', 'as the card computes', 3),\n}", []int{2, 4, 5}},
		"calls":            {"M = {}\ndef add(k, *parts):\n    M[k] = parts\nadd('cpu', 'a', 'since the one lock is held', '1')\nadd('io', 'b', 'for nobody holds it', '2')\nadd('gpu', 'c', 'as the card computes', '3')", []int{4, 5, 6}},
		"made in a loop":   {"M = {k: ('a', 'since %s' % k, 1) for k in ('cpu', 'io', 'gpu')}", []int{0, 0, 0}},
	} {
		var got []int
		for _, r := range contents(t, c.source).Tables[0].Rows {
			got = append(got, r.Line)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestFollow tells a table that is printed from one that is written out again.
func TestFollow(t *testing.T) {
	const table = "M = {'cpu': ('a', 'since the one lock is held all the time', 1), 'io': ('b', 'for nobody holds it while waiting for the net', 2), 'gpu': ('c', 'as the card computes on its own account', 3)}\n"
	reasons := []string{"since the one lock is held all the time", "for nobody holds it while waiting for the net", "as the card computes on its own account"}
	for name, c := range map[string]struct {
		source string
		want   string // of each row: y, n or ? for not known
	}{
		"from the table":     {table + "if __name__ == '__main__':\n    for k, (a, b, c) in M.items():\n        print(k, a, b.upper()[:20], c)", "yyy"},
		"written out again":  {table + "print(len(M))\nprint('cpu: since the one lock is held all the time')\nprint('io: for nobody holds it while waiting for the net')\nprint('gpu: as the card computes on its own account')", "nnn"},
		"one of them":        {table + "print(M['cpu'])\nprint('io: for nobody holds it while waiting for the net')", "ynn"},
		"shared with others": {"R = 'since the one lock is held all the time'\nM = {'cpu': ('a', R, 1), 'io': ('b', 'for nobody holds it while waiting for the net', 2), 'gpu': ('c', 'as the card computes on its own account', 3)}\nprint(R)", "ynn"},
		"does not end well":  {table + "print(M)\nraise SystemExit(2)", "???"},
		"in a child":         {"import multiprocessing\n" + table + "def show():\n    print(M, flush=True)\nif __name__ == '__main__':\n    p = multiprocessing.get_context('fork').Process(target=show)\n    p.start()\n    p.join()", "yyy"},
	} {
		p, dir, _ := module(t, c.source)
		got, err := p.Contents(t.Context(), dir, analyzer, python.ImportLimit)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Follow(t.Context(), dir, analyzer, got, reasons); err != nil {
			t.Fatal(err)
		}
		rows := ""
		for _, r := range got.Tables[0].Rows {
			switch {
			case r.Follows == nil:
				rows += "?"
			case *r.Follows:
				rows += "y"
			default:
				rows += "n"
			}
		}
		if rows != c.want {
			t.Errorf("%s: %s, want %s", name, rows, c.want)
		}
	}
}
