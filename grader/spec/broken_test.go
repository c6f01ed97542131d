package spec

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// script is a spec of a script without mistakes, in which most fields stand.
const script = `version: 1
title: Squares
summary: The same work three times
section: "Section 1"
deliverable: squares.py
tasks: 4
size: {lesson: 5_000_000, task: 100ms}
rounds: {min: 1, max: 3}
limits: {wall: 30s, full: 5m, memory: 1GiB, tasks: 64, written: 1GiB, file_size: 512MiB}
task:
  name: the sum of squares
  accept: ["sum(i * i for i in range(n))"]
  small: 500
lesson: {one: "Section 1", two: "Section 2"}
checks:
  - id: runs
    title: it runs
    points: 40
    lesson: one
    hint: Run it.
    bounds:
      run.completed: {min: 1, says: "it stops"}
      task.correct: {min: 1}
  - id: parallel
    title: processes at once
    points: 60
    lesson: two
    hint: Start all, then join all.
    hints: [look, do, code]
    where: processes.here
    needs: [runs]
    bounds:
      processes.workers: {min: 2}
      processes.parallelism: {min: 0.6, of: processes.workers}
      processes.cores: {min: 0.5, max: 1}
      processes.speedup: {min: 1.2, confirmed_by: processes.parallelism}
      threads.handoffs:
        min: 50
        gil: true
        otherwise: {max: 200}
    causes:
      - finding: processes.pool-of-one
        says: "a pool of one"
        for: [processes.workers]
        when: {processes.parallelism: {max: 1.5}}
`

// module is a spec of functions without mistakes.
const module = `version: 1
title: Pools
summary: Tasks in processes
deliverable: pools.py
limits: {wall: 60s}
calls:
  - id: loop
    label: one by one
    arguments: {task: {is: task}, sizes: {sizes: 8, takes: 50ms}}
    expect: tasks
  - id: run
    label: processes
    function: run
    arguments:
      task: {is: task}
      sizes: {sizes: 8, takes: 50ms}
      workers: {value: 4}
    expect: tasks
    raises: true
    limit: 20s
  - id: pages
    function: pages
    arguments: {get: {is: get}, urls: {urls: 5}}
    delay: 100ms
    expect: got
  - id: choose
    function: choose
    arguments: {name: {}}
    cases: [{name: run}, {name: loop}]
    expect: answer
    answers:
      - says: [processes]
        when: {parallelism: {min: 2}}
      - says: [loop, "one by one"]
        when: {parallelism: {max: 1.5}}
lesson: {six: "Section 6"}
checks:
  - id: imports
    title: it can be imported
    points: 10
    hint: Import it.
    bounds:
      module.imported: {min: 1}
      module.functions: {min: 1}
  - id: parallel
    title: processes at once
    points: 90
    lesson: six
    hint: Use a pool.
    where: def:run
    bounds:
      run.in_processes: {min: 0.6}
      run.parallelism: {min: 0.5, of: run.workers}
      run.efficiency: {min: 0.5, confirmed_by: run.parallelism}
`

// broken are mistakes: in a spec without others, one text in place of another.
var broken = []struct {
	name, base, old, new string
}{
	{"a field misspelt", script, "summary: The", "sumary: The"},
	{"a field that is not", script, "tasks: 4\n", "tasks: 4\ncolour: red\n"},
	{"a title missing", script, "title: Squares\n", ""},
	{"a title empty", script, "title: Squares", `title: ""`},
	{"a title of spaces", script, "title: it runs", `title: "  "`},
	{"a title in lines", script, "title: Squares", "title: |\n  one\n  two"},
	{"a title that is a number", script, "title: Squares", "title: 2024"},
	{"a title without value", script, "title: Squares", "title:"},
	{"a version as text", script, "version: 1", `version: "1"`},
	{"a version to come", script, "version: 1", "version: 2"},
	{"a path", script, "squares.py", "src/squares.py"},
	{"no Python", script, "squares.py", "squares.txt"},
	{"Python's own module", script, "squares.py", "threading.py"},
	{"no module's name", module, "pools.py", "my-pools.py"},
	{"no tasks", script, "tasks: 4\n", ""},
	{"zero tasks", script, "tasks: 4\n", "tasks: 0\n"},
	{"many tasks", script, "tasks: 4\n", "tasks: 400\n"},
	{"half a task", script, "tasks: 4\n", "tasks: 3.5\n"},
	{"tasks beside calls", module, "limits:", "tasks: 4\nlimits:"},
	{"a size beside calls", module, "limits:", "size: {lesson: 100}\nlimits:"},
	{"a size without the lesson's", script, "{lesson: 5_000_000, task: 100ms}", "{task: 100ms}"},
	{"a negative size", script, "5_000_000", "-5"},
	{"rounds that contradict", script, "{min: 1, max: 3}", "{min: 4, max: 3}"},
	{"rounds of none", script, "{min: 1, max: 3}", "{min: 0, max: 3}"},
	{"rounds without end", script, "{min: 1, max: 3}", "{min: 1, max: 300}"},
	{"time without unit", script, "wall: 30s", "wall: 30"},
	{"no time", script, "wall: 30s", "wall: 0s"},
	{"negative time", script, "wall: 30s", "wall: -30s"},
	{"days", script, "wall: 30s", "wall: 2d"},
	{"full shorter than scaled", script, "full: 5m", "full: 5s"},
	{"memory in GB", script, "memory: 1GiB", "memory: 1GB"},
	{"hardly any memory", script, "memory: 1GiB", "memory: 1MiB"},
	{"a file larger than all", script, "file_size: 512MiB", "file_size: 2GiB"},
	{"fewer tasks than wanted", script, "tasks: 64", "tasks: 4"},
	{"fewer tasks than workers", module, "{wall: 60s}", "{wall: 60s, tasks: 3}"},
	{"a call longer than the run", module, "limit: 20s", "limit: 5m"},
	{"limits as a list", script, "limits: {wall: 30s, full: 5m, memory: 1GiB, tasks: 64, written: 1GiB, file_size: 512MiB}", "limits: [wall, 30s]"},
	{"an expression open", script, "range(n))\"]", "range(n)\"]"},
	{"an expression without n", script, "range(n))\"]", "range(10))\"]"},
	{"nothing to be right", script, "task:\n  name: the sum of squares\n  accept: [\"sum(i * i for i in range(n))\"]\n  small: 500\n", ""},
	{"no such section", script, "lesson: two", "lesson: tow"},
	{"no sections", script, "lesson: {one: \"Section 1\", two: \"Section 2\"}\n", ""},
	{"no checks", script, script[strings.Index(script, "checks:"):], ""},
	{"checks empty", script, script[strings.Index(script, "checks:"):], "checks: []\n"},
	{"checks as a mapping", script, script[strings.Index(script, "checks:"):], "checks: {runs: 1}\n"},
	{"a check twice", script, "id: parallel", "id: runs"},
	{"an id of capitals", script, "id: parallel", "id: Parallel_1"},
	{"points below zero", script, "points: 40", "points: -40"},
	{"points beyond reason", script, "points: 40", "points: 40000"},
	{"points as text", script, "points: 40", "points: forty"},
	{"points of infinity", script, "points: 40", "points: .inf"},
	{"no points at all", strings.Replace(script, "points: 60", "points: 0", 1), "points: 40", "points: 0"},
	{"no hint", script, "    hint: Run it.\n", ""},
	{"hints of two levels", script, "[look, do, code]", "[look, do]"},
	{"hints alike", script, "[look, do, code]", "[look, look, code]"},
	{"hints empty", script, "[look, do, code]", "[]"},
	{"no bounds", script, "      run.completed: {min: 1, says: \"it stops\"}\n      task.correct: {min: 1}", "      {}"},
	{"bounds as a list", script, "      run.completed: {min: 1, says: \"it stops\"}\n      task.correct: {min: 1}", "      - run.completed"},
	{"a bound as a number", script, "run.completed: {min: 1, says: \"it stops\"}", "run.completed: 1"},
	{"a quantity misspelt", script, "processes.workers: {min: 2}", "processes.worker: {min: 2}"},
	{"a quantity of another kind", script, "processes.workers: {min: 2}", "module.imported: {min: 1}"},
	{"a quantity twice", script, "processes.workers: {min: 2}", "processes.workers: {min: 2}\n      processes.workers: {max: 9}"},
	{"neither min nor max", script, "processes.workers: {min: 2}", "processes.workers: {says: x}"},
	{"min above max", script, "processes.workers: {min: 2}", "processes.workers: {min: 4, max: 2}"},
	{"a share above one", script, "processes.cores: {min: 0.5, max: 1}", "processes.cores: {min: 60}"},
	{"a share below zero", script, "processes.cores: {min: 0.5, max: 1}", "processes.cores: {max: -0.5}"},
	{"a truth of two", script, "run.completed: {min: 1,", "run.completed: {min: 2,"},
	{"half a truth", script, "run.completed: {min: 1,", "run.completed: {min: 0.5,"},
	{"a bound that all keep", script, "run.completed: {min: 1,", "run.completed: {min: 0,"},
	{"a most that all keep", script, "run.completed: {min: 1,", "run.completed: {max: 1,"},
	{"a negative count", script, "processes.workers: {min: 2}", "processes.workers: {min: -2}"},
	{"no number", script, "processes.workers: {min: 2}", "processes.workers: {min: .nan}"},
	{"of itself", script, "of: processes.workers", "of: processes.parallelism"},
	{"of nothing", script, "of: processes.workers", "of: workers"},
	{"of a truth", script, "of: processes.workers", "of: run.completed"},
	{"says nothing", script, `says: "it stops"`, `says: ""`},
	{"confirmed by itself", script, "confirmed_by: processes.parallelism", "confirmed_by: processes.speedup"},
	{"confirmed by what is not here", script, "confirmed_by: processes.parallelism", "confirmed_by: threads.parallelism"},
	{"confirmed in a circle", script, "processes.parallelism: {min: 0.6, of: processes.workers}", "processes.parallelism: {min: 0.6, confirmed_by: processes.speedup}"},
	{"a gil as a word", script, "gil: true", "gil: yes"},
	{"otherwise without a case", script, "        gil: true\n", ""},
	{"otherwise without limits", script, "otherwise: {max: 200}", "otherwise: {says: x}"},
	{"otherwise upside down", script, "otherwise: {max: 200}", "otherwise: {min: 300, max: 200}"},
	{"for no bound", script, "for: [processes.workers]", "for: [threads.workers]"},
	{"for a misspelt bound", script, "for: [processes.workers]", "for: [processes.worker]"},
	{"for empty", script, "for: [processes.workers]", "for: []"},
	{"for as a word", script, "for: [processes.workers]", "for: processes.workers"},
	{"when without limits", script, "when: {processes.parallelism: {max: 1.5}}", "when: {processes.parallelism: {}}"},
	{"when out of range", script, "when: {processes.parallelism: {max: 1.5}}", "when: {processes.cores: {min: 50}}"},
	{"a cause twice", script, "      - finding: processes.pool-of-one\n", "      - {finding: processes.pool-of-one, says: a, for: [processes.workers], when: {processes.workers: {max: 1}}}\n      - finding: processes.pool-of-one\n"},
	{"a cause without says", script, "        says: \"a pool of one\"\n", ""},
	{"needs no check", script, "needs: [runs]", "needs: [run]"},
	{"needs itself", script, "needs: [runs]", "needs: [parallel]"},
	{"needs twice", script, "needs: [runs]", "needs: [runs, runs]"},
	{"needs in a circle", script, "    hint: Run it.\n", "    hint: Run it.\n    needs: [parallel]\n"},
	{"a key twice", script, "tasks: 4\n", "tasks: 4\ntasks: 5\n"},
	{"a section twice", script, "two: \"Section 2\"}", "two: \"Section 2\", one: \"Section 3\"}"},
	{"a byte order mark", script, "version: 1", "\ufeffversion: 1"},
	{"no UTF-8", script, "title: it runs", "title: it r\xfcns"},
	{"an escape", script, "title: it runs", "title: \x1b[1mit runs"},
	{"a tab", script, "tasks: 4\n", "\ttasks: 4\n"},
	{"a quote open", script, `says: "it stops"`, `says: "it stops`},
	{"an anchor", script, "title: Squares", "title: &t Squares"},
	{"a tag", script, "title: Squares", "title: !!str Squares"},
	{"two documents", script, "tasks: 4\n", "tasks: 4\n---\nx: 1\n"},
	{"only a list", script, script, "- a\n- b\n"},
	{"no calls", module, module[strings.Index(module, "calls:"):strings.Index(module, "lesson:")], "calls: []\n"},
	{"calls misspelt", module, "calls:\n", "call:\n"},
	{"calls and analysis", module, "limits:", "analysis: {far_off: 3}\nlimits:"},
	{"a call twice", module, "id: pages", "id: run"},
	{"a call that hides the module", module, "id: pages", "id: module"},
	{"a call without id", module, "  - id: pages\n    function", "  - function"},
	{"no function's name", module, "function: pages", "function: all-pages"},
	{"a word of Python", module, "function: pages", "function: yield"},
	{"a label twice", module, "label: processes", "label: one by one"},
	{"an argument that is no name", module, "workers: {value: 4}", "max-workers: {value: 4, role: workers}"},
	{"no callable", module, "get: {is: get}", "get: {is: gte}"},
	{"two kinds of argument", module, "workers: {value: 4}", "workers: {value: 4, items: 3}"},
	{"half a worker", module, "workers: {value: 4}", "workers: {value: 2.5}"},
	{"no worker", module, "workers: {value: 4}", "workers: {value: 0}"},
	{"a worker in words", module, "workers: {value: 4}", "workers: {value: four}"},
	{"sizes without time", module, "      sizes: {sizes: 8, takes: 50ms}", "      sizes: {sizes: 8}"},
	{"no sizes", module, "      sizes: {sizes: 8, takes: 50ms}", "      sizes: {sizes: 0, takes: 50ms}"},
	{"no expectation", module, "    expect: got\n", ""},
	{"an expectation misspelt", module, "expect: got", "expect: gott"},
	{"an expectation of other arguments", module, "expect: got", "expect: primes"},
	{"figures of nothing", module, "expect: got", "expect: got\n    figures: [wall]"},
	{"delay of nothing", module, "    raises: true\n", "    raises: true\n    delay: 100ms\n"},
	{"raises nothing", module, "expect: got", "expect: got\n    raises: true"},
	{"threads of a function", module, "    raises: true\n", "    raises: true\n    threads: 4\n"},
	{"times of nothing", module, "    raises: true\n", "    raises: true\n    times: 20\n"},
	{"takes of nothing", module, "    raises: true\n", "    raises: true\n    takes: 20ms\n"},
	{"half a cell", module, "    raises: true\n", "    raises: true\n    workload: cpu\n"},
	{"beside nothing", module, "    raises: true\n", "    raises: true\n    beside: lop\n"},
	{"edges of tasks", module, "    raises: true\n", "    raises: true\n    edges: [0, 1]\n"},
	{"a case of no argument", module, "[{name: run}, {name: loop}]", "[{nam: run}, {name: loop}]"},
	{"a case twice", module, "[{name: run}, {name: loop}]", "[{name: run}, {name: run}]"},
	{"cases without need", module, "    raises: true\n", "    raises: true\n    cases: [{workers: 3}]\n"},
	{"a case about no call", module, "{name: loop}]", "{name: lop}]"},
	{"answers alike", module, "says: [loop, \"one by one\"]", "says: [loop, processes]"},
	{"an answer without letters", module, "says: [processes]", `says: ["-"]`},
	{"answers of nothing", module, "    expect: got\n", "    expect: got\n    answers: [{says: [a], when: {run.workers: {min: 1}}}]\n"},
	{"where of no function", module, "where: def:run", "where: def:runs"},
	{"a quantity of no call", module, "run.in_processes: {min: 0.6}", "rum.in_processes: {min: 0.6}"},
	{"a percentage", module, "run.in_processes: {min: 0.6}", "run.in_processes: {min: 60}"},
	{"more workers than there are", module, "run.in_processes: {min: 0.6}", "run.workers: {min: 8}"},
	{"more requests than URLs", module, "run.in_processes: {min: 0.6}", "pages.in_flight: {min: 8}"},
	{"more tasks than there are", script, "processes.workers: {min: 2}", "processes.width: {min: 8}"},
	{"the clock by the clock", module, "confirmed_by: run.parallelism}", "confirmed_by: run.speedup}\n      run.speedup: {min: 1.2}"},
	{"no time for the tasks", module, "limit: 20s", "limit: 300ms"},
	{"a size that takes all the time", script, "task: 100ms", "task: 20s"},
	{"a case without subject", module, "    cases: [{name: run}, {name: loop}]\n", ""},
	{"many mistakes", script, script, strings.NewReplacer("tasks: 4\n", "tasks: many\n", "wall: 30s", "wall: 30", "min: 0.6, of", "min: six, of", "min: 1.2,", "min: 1.2, maximum: 3,", "needs: [runs]", "needs: [run]", "for: [processes.workers]", "for: [threads.workers]", "points: 40", "points: -1").Replace(script)},
	{"full without a size", script, "size: {lesson: 5_000_000, task: 100ms}\n", ""},
	{"no version of Python", script, "tasks: 4\n", "tasks: 4\npython: 3\n"},
	{"a version of Python too exact", script, "tasks: 4\n", "tasks: 4\npython: 3.12.1\n"},
	{"an old version of Python", script, "tasks: 4\n", "tasks: 4\npython: 2.7\n"},
	{"of no argument", module, "run.parallelism: {min: 0.5, of: run.workers}", "run.parallelism: {min: 0.5, of: worker}"},
	{"of an argument without size", module, "run.parallelism: {min: 0.5, of: run.workers}", "run.parallelism: {min: 0.5, of: task}"},
	{"an answer that is never right", module, "        when: {parallelism: {min: 2}}\n", ""},
	{"a truth about no case", module, "        when: {parallelism: {min: 2}}\n", "        cases: [rum]\n"},
	{"two truths", module, "        when: {parallelism: {min: 2}}\n      - says: [loop, \"one by one\"]\n", "        cases: [run]\n      - says: [loop]\n        cases: [run]\n"},
	{"a callable of the grader's name", module, "limits:", "callables: [task]\nlimits:"},
	{"a callable twice", module, "limits:", "callables: [crunch, crunch]\nlimits:"},
	{"callables of a script", script, "tasks: 4\n", "tasks: 4\ncallables: [crunch]\n"},
	{"no strategies", analysed, "  strategies:\n    - id: threads\n      words: [thread*]\n    - id: both\n      words: [async* & process pool, hybrid]\n", "  strategies: []\n"},
	{"strategies accepted as a list", analysed, "accept: {both: {because: [gil], says: \"it does not name the GIL\"}}", "accept: [both]"},
	{"more workloads than there are", analysed, "matrix.workloads: {min: 1}", "matrix.workloads: {min: 5}"},
	{"tasks beside an analysis", analysed, "analysis:", "tasks: 4\nanalysis:"},
	{"a colon in a title", script, "title: Squares", "title: Squares: the sequel"},
	{"a hint that begins with code", script, "hint: Run it.", "hint: `run` it."},
	{"no space after a colon", script, "version: 1", "version:1"},
	{"a merge key", script, "limits: {wall", "limits: {<<: *x, wall"},
	{"a percentage as text", script, "min: 0.6", "min: 60%"},
	{"a decimal comma", script, "processes.workers: {min: 2}", "processes.workers: {min: 2,5}"},
	{"a bound as text", script, "processes.workers: {min: 2}", "processes.workers: 2"},
	{"an argument without braces", module, "workers: {value: 4}", "workers: 4"},
	{"needs without brackets", script, "needs: [runs]", "needs: runs"},
	{"a sign for min", script, "{min: 2}", "{\">=\": 2}"},
	{"a check that is a word", script, "  - id: runs\n    title: it runs\n    points: 40\n    lesson: one\n    hint: Run it.\n    bounds:\n      run.completed: {min: 1, says: \"it stops\"}\n      task.correct: {min: 1}\n", "  - runs\n"},
	{"typographic quotes", script, `says: "it stops"`, "says: “it stops”"},
	{"a function with brackets", module, "    function: run\n", "    function: run()\n"},
	{"more than all workers", module, "run.parallelism: {min: 0.5, of: run.workers}", "run.parallelism: {min: 5, of: run.workers}"},
	{"more at once than workers", module, "run.parallelism: {min: 0.5, of: run.workers}", "run.parallelism: {min: 9}"},
	{"a quantity in an otherwise", script, "otherwise: {max: 200}", "otherwise: {threads.handoffs: {max: 200}}"},
	{"without what it rests on", module, "run.in_processes: {min: 0.6}", "run.waited: {min: 0.6}"},
}

var update = flag.Bool("update", false, "write what is said of each mistake anew")

// golden holds all that is said of each mistake: read each line when it changes.
const golden = "testdata/broken.golden"

// TestBroken makes each mistake in a spec without others, and wants all that is
// said of it: where, what, and what to do.
func TestBroken(t *testing.T) {
	for _, base := range []string{script, module} {
		if _, err := Parse("a", "c.yaml", []byte(base)); err != nil {
			t.Fatal(err)
		}
	}
	var got strings.Builder
	for _, b := range broken {
		text := strings.Replace(b.base, b.old, b.new, 1)
		if text == b.base {
			t.Errorf("%s: nothing was replaced", b.name)
		}
		_, err := Parse("a", "c.yaml", []byte(text))
		fmt.Fprintln(&got, b.name)
		for _, e := range All(err) {
			fmt.Fprintf(&got, "  %d:%d: %s\n", e.Line, e.Column, e.Message)
			if strings.Contains(e.Message, "known are ;") || strings.HasSuffix(e.Message, "known are ") {
				t.Errorf("%s: nothing is known: %s", b.name, e.Message)
			}
		}
		if err == nil {
			t.Errorf("%s is noticed by nobody", b.name)
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("what is said of the mistakes is not as it was (-update writes it anew):\n%s", d)
	}
}
