package python

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// mistaken are sources that show a finding, at its line, and alike ones that are
// right and must not show it: line 0.
var mistaken = []struct {
	id, name, source string
	line             int
}{
	{"processes.changes-its-copy", "a lambda that appends", "from multiprocessing import Process\ndef run(task, sizes):\n    out = []\n    ps = [Process(target=lambda: out.append(task(s))) for s in sizes]\n", 4},
	{"processes.changes-its-copy", "a list that is passed", "import multiprocessing as mp\ndef work(i, out):\n    out[i] = i * i\ndef run():\n    out = [0] * 4\n    p = mp.Process(target=work, args=(1, out))\n    p.start()\n", 3},
	{"processes.changes-its-copy", "a global count", "from multiprocessing import Process\ntotal = 0\ndef work():\n    global total\n    total += 1\nProcess(target=work).start()\n", 5},
	{"processes.changes-its-copy", "submitted", "from concurrent.futures import ProcessPoolExecutor\nseen = {}\ndef work(i):\n    seen[i] = i\ndef run():\n    with ProcessPoolExecutor(4) as pool:\n        pool.submit(work, 1)\n", 4},
	{"processes.changes-its-copy", "a manager's list", "from multiprocessing import Process, Manager\ndef work(i, out):\n    out[i] = i\ndef run():\n    out = Manager().list([0] * 4)\n    Process(target=work, args=(1, out)).start()\n", 0},
	{"processes.changes-its-copy", "a list of its own", "from multiprocessing import Process, Queue\nq = Queue()\ndef work():\n    out = []\n    out.append(1)\n    q.put(out)\nProcess(target=work).start()\n", 0},
	{"processes.changes-its-copy", "threads share", "from threading import Thread\nout = []\ndef work():\n    out.append(1)\nThread(target=work).start()\n", 0},

	{"late-binding", "a lambda in a list", "import threading\ndef run(get, urls):\n    out = []\n    return [threading.Thread(target=lambda: out.append(get(u))) for u in urls]\n", 4},
	{"late-binding", "a nested function in a loop", "import threading\ndef run(get, urls):\n    for u in urls:\n        def work():\n            get(u)\n        threading.Thread(target=work).start()\n", 5},
	{"late-binding", "submitted", "def run(pool, get, urls):\n    return [pool.submit(lambda: get(u)) for u in urls]\n", 2},
	{"late-binding", "bound by a default", "import threading\ndef run(get, urls):\n    return [threading.Thread(target=lambda u=u: get(u)) for u in urls]\n", 0},
	{"late-binding", "handed over", "import threading\ndef run(get, urls):\n    return [threading.Thread(target=get, args=(u,)) for u in urls]\n", 0},
	{"late-binding", "used at once", "def run(rows, keys):\n    for k in keys:\n        rows.sort(key=lambda r: r[k])\n", 0},

	{"lock-of-its-own", "made in what a worker runs", "import threading\ndef work():\n    lock = threading.Lock()\n    with lock:\n        pass\nthreading.Thread(target=work).start()\n", 3},
	{"lock-of-its-own", "made in the with", "import threading\ndef work():\n    with threading.Lock():\n        pass\nthreading.Thread(target=work).start()\n", 3},
	{"lock-of-its-own", "one for each thread", "import threading\ndef work(lock):\n    pass\nfor _ in range(4):\n    threading.Thread(target=work, args=(threading.Lock(),)).start()\n", 5},
	{"lock-of-its-own", "one for all", "import threading\nlock = threading.Lock()\ndef work():\n    with lock:\n        pass\nthreading.Thread(target=work).start()\n", 0},
	{"lock-of-its-own", "one for each object", "import threading\nclass Account:\n    def __init__(self):\n        self.lock = threading.Lock()\n", 0},

	{"xor-for-power", "of a variable", "def task(n):\n    return sum(i ^ 2 for i in range(n))\n", 2},
	{"xor-for-power", "a power", "def task(n):\n    return sum(i ** 2 for i in range(n))\n", 0},
	{"xor-for-power", "mixing bits", "def mix(x, y):\n    return x ^ y ^ (x >> 7)\n", 0},

	{"library-without-folder", "a name", "import ctypes\nlib = ctypes.CDLL(\"primes.so\")\n", 2},
	{"library-without-folder", "beside the file", "import ctypes, pathlib\nlib = ctypes.CDLL(str(pathlib.Path(__file__).with_name(\"primes.so\")))\n", 0},
	{"library-without-folder", "of this folder", "import ctypes\nlib = ctypes.CDLL(\"./primes.so\")\n", 0},
	{"library-without-folder", "the program itself", "import ctypes\nlib = ctypes.CDLL(None)\n", 0},

	{"cpu-clock-for-time", "no other clock", "import time\nbegin = time.process_time()\nwork()\nprint(time.process_time() - begin)\n", 4},
	{"cpu-clock-for-time", "beside a wall clock", "import time\ncpu, wall = time.process_time(), time.perf_counter()\nwork()\nprint((time.process_time() - cpu) / (time.perf_counter() - wall))\n", 0},

	{"cpu-not-subtracted", "at the end", "import time\ndef measure(f):\n    f()\n    cpu = time.process_time()\n    return cpu\n", 4},
	{"cpu-not-subtracted", "before and after", "import time\ndef measure(f):\n    begin = time.process_time()\n    f()\n    return time.process_time() - begin\n", 0},
	{"cpu-not-subtracted", "a function that gives it", "import time\ndef used():\n    return time.process_time()\n", 0},

	{"threads.target-called", "a function that is passed in", "import threading\ndef run(task, n):\n    threading.Thread(target=task(n)).start()\n", 3},
	{"threads.target-called", "a sleep", "import threading, time\nthreading.Thread(target=time.sleep(1)).start()\n", 2},
	{"threads.target-called", "a function that makes one", "import threading\ndef make(n):\n    return lambda: n\nthreading.Thread(target=make(1)).start()\n", 0},

	{"children-not-counted", "of this process alone", "import time\ncpu = time.process_time()\n", 2},
	{"children-not-counted", "of the children, too", "import resource, time\ncpu = time.process_time()\nkids = resource.getrusage(resource.RUSAGE_CHILDREN)\n", 0},
	{"children-not-counted", "each worker tells its own", "import time\nfrom multiprocessing import Process\ndef work():\n    return time.process_time()\nProcess(target=work).start()\n", 0},

	{"clock-not-reset", "one start for two", "import time\nstart = time.perf_counter()\nfirst()\na = time.perf_counter() - start\nsecond()\nb = time.perf_counter() - start\n", 6},
	{"clock-not-reset", "a start for each", "import time\nstart = time.perf_counter()\nfirst()\na = time.perf_counter() - start\nstart = time.perf_counter()\nsecond()\nb = time.perf_counter() - start\n", 0},

	{"processes.small-pool", "two for four", "from multiprocessing import Pool\npool = Pool(2)\n", 2},
	{"processes.small-pool", "as many as asked", "from multiprocessing import Pool\ndef run(workers):\n    return Pool(workers)\n", 0},

	{"unordered", "appended when ready", "import threading\ndef run(get, urls):\n    out = []\n    def work(u):\n        out.append(get(u))\n    for u in urls:\n        threading.Thread(target=work, args=(u,)).start()\n    return out\n", 5},
	{"unordered", "a list that is passed", "import threading\ndef work(u, out):\n    out.append(u)\ndef run(urls):\n    got = []\n    threading.Thread(target=work, args=(1, got)).start()\n    return got\n", 3},
	{"unordered", "sorted afterwards", "import threading\ndef run(get, urls):\n    out = []\n    def work(i, u):\n        out.append((i, get(u)))\n    for i, u in enumerate(urls):\n        threading.Thread(target=work, args=(i, u)).start()\n    return [v for _, v in sorted(out)]\n", 0},

	{"threads.argument-computed", "in args", "import threading\ndef f(n):\n    return sum(range(n)) + sum(i for i in range(n))\ndef keep(v):\n    pass\nthreading.Thread(target=keep, args=(f(3),)).start()\n", 6},
	{"threads.argument-computed", "a part of the input", "import threading\ndef part(xs, k):\n    return xs[k]\ndef work(xs):\n    pass\nthreading.Thread(target=work, args=(part([1], 0),)).start()\n", 0},

	{"read-before-lock", "a call", "import threading\nlock = threading.Lock()\ndef work(counter):\n    v = counter.read()\n    with lock:\n        counter.write(v + 1)\n", 4},
	{"read-before-lock", "an attribute, by another name", "def move(a, b, n):\n    left = a.balance - n\n    first, second = sorted([a, b])\n    with first.lock, second.lock:\n        a.balance = left\n", 2},
	{"read-before-lock", "under the lock", "import threading\nlock = threading.Lock()\ndef work(counter):\n    with lock:\n        v = counter.read()\n        counter.write(v + 1)\n", 0},
	{"read-before-lock", "the order of the locks", "def move(a, b, n):\n    first, second = (a, b) if a.number < b.number else (b, a)\n    with first.lock, second.lock:\n        a.balance -= n\n        b.deposit(n)\n", 0},

	{"question-not-called", "returned", "import sys\ndef on():\n    return bool(sys._is_gil_enabled)\n", 3},
	{"question-not-called", "by getattr", "import sys\ndef on():\n    if getattr(sys, '_is_gil_enabled', True):\n        return True\n    return False\n", 3},
	{"question-not-called", "by getattr, called", "import sys\ndef on():\n    return getattr(sys, '_is_gil_enabled', lambda: True)()\n", 0},
	{"question-not-called", "only whether it is there", "import sys\ndef on():\n    if getattr(sys, '_is_gil_enabled', None):\n        return sys._is_gil_enabled()\n    return True\n", 0},
	{"question-not-called", "kept and called", "import sys\ndef on():\n    ask = sys._is_gil_enabled\n    return ask()\n", 0},
	{"version-for-gil", "a comparison", "import sys\ndef on():\n    return sys.version_info < (3, 13)\n", 3},
	{"version-for-gil", "beside the question", "import sys\ndef on():\n    return sys.version_info < (3, 13) or sys._is_gil_enabled()\n", 0},

	{"threads.lock-held", "around a function of another module", "import threading\nimport fast\nlock = threading.Lock()\ndef work(n):\n    with lock:\n        return fast.count(n)\nthreading.Thread(target=work, args=(3,)).start()\n", 5},
	{"threads.lock-held", "around a list", "import threading\nlock = threading.Lock()\nout = []\ndef work(n):\n    with lock:\n        out.append(n)\nthreading.Thread(target=work, args=(3,)).start()\n", 0},

	{"scaled-figure", "a time that was measured", "import time\nTASKS = 4\nbegin = time.perf_counter()\nwork()\nalone = time.perf_counter() - begin\nprint(alone / TASKS)\n", 6},

	{"workers.wide-pool", "a class that is passed in", "from concurrent.futures import ThreadPoolExecutor\nn, workers = 3, 4\ndef run(make):\n    with make(workers) as pool:\n        pass\nrun(ThreadPoolExecutor)\n", 4},
	{"workers.wide-pool", "two", "from concurrent.futures import ThreadPoolExecutor\ndef run(make):\n    with make(2) as pool:\n        pass\nrun(ThreadPoolExecutor)\n", 0},
	{"threads.wide-pool", "the default", "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor()\n", 2},
	{"args-no-tuple", "a name in parentheses", "from threading import Thread\nn = 3\nThread(target=print, args=(n)).start()\n", 3},
	{"args-no-tuple", "a text", "from multiprocessing import Process\nProcess(target=print, args=(\"abc\")).start()\n", 2},
	{"args-no-tuple", "a tuple", "from threading import Thread\nn = 3\nThread(target=print, args=(n,)).start()\n", 0},
	{"args-no-tuple", "a list", "from threading import Thread\nThread(target=print, args=[3]).start()\n", 0},

	{"threads.no-join", "without parentheses", "from threading import Thread\nts = [Thread(target=print) for _ in range(4)]\nfor t in ts:\n    t.start()\nfor t in ts:\n    t.join\n", 6},
	{"threads.no-join", "tasks that are dropped", "from concurrent.futures import ThreadPoolExecutor\ndef run(task):\n    pool = ThreadPoolExecutor(4)\n    for _ in range(4):\n        pool.submit(task, 3)\n", 5},
	{"threads.no-join", "a with that waits", "from concurrent.futures import ThreadPoolExecutor\ndef run(task):\n    with ThreadPoolExecutor(4) as pool:\n        pool.submit(task, 3)\n", 0},
	{"threads.no-join", "a pool that is shut down", "from concurrent.futures import ThreadPoolExecutor\ndef run(task):\n    pool = ThreadPoolExecutor(4)\n    pool.submit(task, 3)\n    pool.shutdown()\n", 0},

	{"processes.clock-before-join", "in the with", "import time\nfrom concurrent.futures import ProcessPoolExecutor\ndef run(task):\n    start = time.perf_counter()\n    with ProcessPoolExecutor(4) as pool:\n        fs = [pool.submit(task, 3) for _ in range(4)]\n        print(time.perf_counter() - start)\n", 7},
	{"processes.clock-before-join", "once they are done", "import time\nfrom concurrent.futures import ProcessPoolExecutor\ndef run(task):\n    start = time.perf_counter()\n    with ProcessPoolExecutor(4) as pool:\n        fs = [pool.submit(task, 3) for _ in range(4)]\n        print([f.result() for f in fs])\n        print(time.perf_counter() - start)\n", 0},
	{"processes.clock-before-join", "after the with", "import time\nfrom concurrent.futures import ProcessPoolExecutor\ndef run(task):\n    start = time.perf_counter()\n    with ProcessPoolExecutor(4) as pool:\n        fs = [pool.submit(task, 3) for _ in range(4)]\n    print(time.perf_counter() - start)\n", 0},

	{"asks", "a question", "n = int(input(\"How many? \"))\n", 1},
	{"asks", "a function of that name", "def input(x):\n    return x\nn = input(3)\n", 0},

	{"start-method-again", "twice", "import multiprocessing as mp\nif __name__ == \"__main__\":\n    mp.set_start_method(\"fork\")\n    mp.set_start_method(\"spawn\")\n", 4},
	{"start-method-again", "in each child", "import multiprocessing\nmultiprocessing.set_start_method(\"spawn\")\n", 2},
	{"start-method-again", "once", "import multiprocessing\nif __name__ == \"__main__\":\n    multiprocessing.set_start_method(\"spawn\")\n", 0},

	{"missing-module", "not there", "import no_such_module_anywhere\n", 1},
	{"missing-module", "prepared for", "try:\n    import no_such_module_anywhere\nexcept ImportError:\n    pass\n", 0},
	{"missing-module", "there", "import json.decoder\nfrom concurrent.futures import Future\n", 0},

	{"sleep", "the task", "import threading, time\ndef job():\n    time.sleep(1)\nthreading.Thread(target=job).start()\n", 3},
	{"sleep", "beside a task that computes", "import threading, time\ndef job():\n    return sum(i for i in range(9))\ndef pause():\n    time.sleep(1)\nfor target in (job, pause):\n    threading.Thread(target=target).start()\nthreading.Thread(target=job).start()\nthreading.Thread(target=pause).start()\n", 0},
}

func TestMistakes(t *testing.T) {
	sources := map[string]string{}
	key := func(i int) string { return fmt.Sprintf("%s: %s", mistaken[i].id, mistaken[i].name) }
	for i, m := range mistaken {
		sources[key(i)] = m.source
	}
	read := surveyed(t, sources)
	for i, m := range mistaken {
		var lines []int
		for _, f := range read[key(i)].Findings {
			if f.ID == m.id {
				lines = append(lines, f.Line)
			}
		}
		if m.line == 0 && len(lines) > 0 || m.line > 0 && !slices.Contains(lines, m.line) {
			t.Errorf("%s: found at %v, want %d", key(i), lines, m.line)
		}
	}
}

// TestPython2 wants the first line that shows it, though the source cannot be
// parsed, and nothing of that in one that merely has a mistake.
func TestPython2(t *testing.T) {
	p := interpreter(t)
	for source, want := range map[string]int{
		"import time\nprint \"hello\"\n":                          2,
		"try:\n    pass\nexcept ValueError, e:\n    pass\n":       3,
		"for i in xrange(3):\n    print i\n":                      1,
		"print(\"hello\"\n":                                       0,
		"printed = 1\nprint (\"a\") if printed else (\n":          0,
		"def f(:\n    pass\n# in Python 2 this was print \"a\"\n": 0,
	} {
		s := survey(t, p, source)
		line := 0
		if f, ok := s.Source.Find("python-2"); ok {
			line = f.Line
		}
		if s.Source.Error == nil || line != want {
			t.Errorf("%s: found at %d, want %d; %+v", strings.TrimSpace(source), line, want, s.Source.Error)
		}
	}
}
