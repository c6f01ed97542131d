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

	{"children-not-counted", "of this process alone", "import time\ncpu = time.process_time()\n", 2},
	{"children-not-counted", "of the children, too", "import resource, time\ncpu = time.process_time()\nkids = resource.getrusage(resource.RUSAGE_CHILDREN)\n", 0},
	{"children-not-counted", "each worker tells its own", "import time\nfrom multiprocessing import Process\ndef work():\n    return time.process_time()\nProcess(target=work).start()\n", 0},

	{"clock-not-reset", "one start for two", "import time\nstart = time.perf_counter()\nfirst()\na = time.perf_counter() - start\nsecond()\nb = time.perf_counter() - start\n", 6},
	{"clock-not-reset", "a start for each", "import time\nstart = time.perf_counter()\nfirst()\na = time.perf_counter() - start\nstart = time.perf_counter()\nsecond()\nb = time.perf_counter() - start\n", 0},

	{"processes.small-pool", "two for four", "from multiprocessing import Pool\npool = Pool(2)\n", 2},
	{"processes.small-pool", "as many as asked", "from multiprocessing import Pool\ndef run(workers):\n    return Pool(workers)\n", 0},

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
