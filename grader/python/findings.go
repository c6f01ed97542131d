package python

import (
	"slices"
	"strings"
)

// whose are the ways of working that the id of a finding may begin with.
var whose = []string{"sequential", "threads", "processes", "asyncio", "workers"}

// FindingKind is something that reading a source may find. Its ID may follow a
// way of working and a dot, as in threads.no-join.
type FindingKind struct {
	ID          string
	Description string // completes "the source ..."
}

// FindingKinds are all that patterns.py, mistakes.py and functions.py find, by ID. It must
// not be changed.
var FindingKinds = []FindingKind{
	{"affinity", "confines its processes to some of the cores"},
	{"all-in-one-message", "sends all tasks to one worker, with a `chunksize` of all"},
	{"args-no-tuple", "hands over arguments that may be no tuple, as in `args=(n)`"},
	{"argument-computed", "computes an argument of a worker before the worker is made: `args=(f(x),)`"},
	{"asks", "asks a question with `input()`"},
	{"asyncio-used", "defines a coroutine (no mistake by itself)"},
	{"awaits-in-loop", "awaits each step before it begins the next"},
	{"blocking-sleep", "calls `time.sleep` in a coroutine"},
	{"blocking-wait", "waits for a worker in a coroutine, without `await`"},
	{"cached-task", "keeps the results of the task, so that it is done once only"},
	{"changes-its-copy", "changes a list, dict or number of the parent in a process, which has a copy of its own"},
	{"children-not-counted", "reads the CPU time of this process alone, without its children's"},
	{"clock-before-join", "reads the clock before the workers are waited for"},
	{"clock-not-reset", "takes a second time from the start of the first"},
	{"clocked-task", "has a loop that a clock ends"},
	{"closed-form", "has a formula in place of the loop"},
	{"computes-in-coroutine", "computes in the coroutine itself"},
	{"computes-in-threads", "computes in threads, by `to_thread` or an executor of threads"},
	{"constant-figure", "has a time or a speedup that nobody measured"},
	{"cpu-clock-for-time", "takes a time with the clock of this process's CPU time"},
	{"cpu-measured", "reads a clock or counter of CPU time (no mistake by itself)"},
	{"cpu-missing", "reads no clock or counter of CPU time"},
	{"cpu-not-subtracted", "reads a clock of CPU time once, so that all since the process began is in it"},
	{"daemon", "starts a worker as a daemon"},
	{"default-size", "leaves the size of a pool to the machine"},
	{"divided-size", "divides the size of the task among the workers"},
	{"dummy-pool", "uses `multiprocessing.dummy` or `ThreadPool`, which are threads"},
	{"endless-loop", "has a loop that never ends"},
	{"exceptions-returned", "has exceptions returned like results, by `return_exceptions=True`"},
	{"fork-in-thread", "starts processes in threads"},
	{"gil-kept", "never gives the GIL back in C code, or loads it with `PyDLL`"},
	{"gil-taken-back", "takes the GIL back in C code"},
	{"here", "does this kind of work here (no mistake by itself)"},
	{"join-in-start-loop", "waits for each worker before it starts the next, by `join` in the loop that starts"},
	{"late-binding", "makes a lambda or a nested function in a loop that reads the loop's name only when it runs"},
	{"library-without-folder", "loads a library by a name without a folder"},
	{"load-average", "takes the load average for the CPU utilization"},
	{"lock-held", "holds a lock while it computes: a `with` around a loop or a call of a function here that has one, or `acquire` in what a worker runs"},
	{"lock-in-c", "takes a lock in C code"},
	{"lock-of-its-own", "makes a lock for each worker"},
	{"loop-for-each", "starts an event loop for each step"},
	{"missing", "never does this kind of work: it starts no threads, or no processes"},
	{"missing-module", "imports a module that is not there for this interpreter"},
	{"no-join", "does not wait for the workers"},
	{"no-main-guard", "starts processes without `if __name__ == \"__main__\":`"},
	{"no-start", "makes workers that are not started"},
	{"one-task-a-message", "sends each task in a message of its own, by no `chunksize`"},
	{"one-worker", "starts a single process"},
	{"patched-clock", "changes what a clock tells"},
	{"pool", "hands tasks to a pool (no mistake by itself)"},
	{"pool-of-one", "has a pool of one worker"},
	{"python-2", "is written for Python 2"},
	{"question-not-called", "names `sys._is_gil_enabled` without calling it"},
	{"read-before-lock", "reads a value before it takes the lock under which it writes"},
	{"result-at-once", "waits for each result before it hands out the next task"},
	{"run-not-start", "calls `run()` of a worker in place of `start()`"},
	{"scaled-figure", "multiplies a measured time or speedup by a constant"},
	{"semaphore-small", "lets a few at a time through an `asyncio.Semaphore`"},
	{"shared-in-c", "keeps an array in C code that all threads share, by `static`"},
	{"sleep", "sleeps in place of computing"},
	{"small-pool", "has a pool of two to seven workers, as a number"},
	{"squares", "computes squares (no mistake by itself)"},
	{"start-method-again", "sets the start method of processes a second time, or in each child again"},
	{"swallowed", "catches exceptions that go no further"},
	{"target-called", "calls the target at once, in place of handing it over"},
	{"threads-by-another-name", "gives threads a name that says process"},
	{"unordered", "takes results as they are ready, not in order, or lets workers append them"},
	{"version-for-gil", "asks for the version of Python, and never for the GIL"},
	{"wide-pool", "has a pool of four workers or more (no mistake by itself)"},
	{"xor-for-power", "writes `^`, the exclusive or, where a power may be meant"},
}

// FindingIDs are the ids of FindingKinds, sorted.
func FindingIDs() []string {
	var ids []string
	for _, k := range FindingKinds {
		ids = append(ids, k.ID)
	}
	return ids
}

// Whole are the ids as they may be written, each alone and after each of the ways of
// working.
func Whole() []string {
	ids := FindingIDs()
	for _, way := range whose {
		for _, k := range FindingKinds {
			ids = append(ids, way+"."+k.ID)
		}
	}
	return ids
}

// Bare is the id of a finding without the way of working that may stand before
// it.
func Bare(finding string) string {
	if of, bare, ok := strings.Cut(finding, "."); ok && slices.Contains(whose, of) {
		return bare
	}
	return finding
}
