package spec

import (
	"os"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/quantity"
)

const calls = `version: 1
title: A
summary: B
deliverable: a.py
calls:
  - id: base
    arguments: {task: {is: task}, sizes: {sizes: 4, takes: 10ms}}
    expect: tasks
  - id: threads
    function: run_threads
    arguments:
      task: {is: task}
      sizes: {sizes: 4, takes: 10ms}
      workers: {value: 4}
    expect: tasks
  - id: worth
    function: worth_it
    arguments: {seconds: {role: task_seconds}, count: {}, workers: {value: 4}}
    cases: [{seconds: 0.5, count: 3}, {seconds: 1e-6, count: 3}]
    expect: worth
  - id: times
    function: measure
    arguments: {task: {is: task}, size: {takes: 20ms}}
    expect: figures
    figures: [wall, cpu, lines run_threads]
checks:
  - id: runs
    title: it runs
    points: 1
    hint: run it
    bounds:
      threads.returned: {min: 1}
      calls.left: {max: 0}
`

func TestCalls(t *testing.T) {
	c, err := Parse("a", "challenge.yaml", []byte(calls))
	if err != nil {
		t.Fatal(err)
	}
	threads := c.Call("threads")
	if threads == nil || len(threads.Arguments) != 3 || threads.Arguments[2].Name != "workers" || threads.Sized().Sizes != 4 || threads.Limit == 0 {
		t.Errorf("the call is %+v", threads)
	}
	if got := strings.Join(c.Functions(), " "); got != "run_threads worth_it measure" {
		t.Errorf("the functions are %s", got)
	}
	if q, ok := c.Quantity("threads.handoffs"); !ok || q.Witness != quantity.Scheduler || q.Name != "threads.handoffs" {
		t.Errorf("the quantity is %+v", q)
	}
	if _, ok := c.Quantity("processes.returned"); ok {
		t.Error("a quantity of a call that is not there")
	}
}

func TestErrorsInCalls(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"no such quantity": {"threads.returned", "threads.retuned", `challenge.yaml:32:7: "threads.retuned" is no quantity; did you mean "threads.returned"`},
		"no such role":     {"role: task_seconds", "role: task_second", `role: "task_second" is no role; did you mean "task_seconds"?`},
		"role of a need":   {"seconds: {role: task_seconds}", "seconds: {}", "expect: worth takes an argument called task_seconds, or with `role: task_seconds`"},
		"role of a bound":  {"threads.returned", "threads.waited", "challenge.yaml:32:7: threads.waited rests on an argument of threads that is called seconds, or has `role: seconds`; add it"},
		"no such call":     {"threads.returned", "thread.returned", `"thread.returned" is no quantity; did you mean "threads.returned"`},
		"twice":            {"id: threads", "id: base", "challenge.yaml:9:9: id: \"base\" stands twice"},
		"an odd id":        {"id: threads", "id: Threads", `"Threads" is no id`},
		"expectation":      {"    expect: worth", "    expect: wort", `challenge.yaml:20:13: expect: "wort" is no kind of result; did you mean "worth"?`},
		"callable":         {"      task: {is: task}", "      task: {is: tusk}", `challenge.yaml:12:18: task: "tusk" is no callable of the workload; did you mean "task"?`},
		"two kinds":        {"workers: {value: 4}", "workers: {value: 4, items: 3}", "workers is either a callable (is), a value, sizes, items or urls, not several of them"},
		"no kind":          {"workers: {value: 4}", "workers: {}", "workers has neither is, value, sizes, items nor urls, and there are no cases to give it a value"},
		"no time":          {"      sizes: {sizes: 4, takes: 10ms}", "      sizes: {sizes: 4}", "sizes has sizes but not how long a task takes; add `takes: 60ms`"},
		"a case short":     {"{seconds: 1e-6, count: 3}", "{seconds: 1e-6}", "count has a value in some cases only; give each case one"},
		"no function":      {"    function: worth_it\n", "", "worth has no function, which only what the grader does itself lacks"},
		"no sizes":         {"      sizes: {sizes: 4, takes: 10ms}\n", "", "expect: tasks takes a list of sizes among the arguments; add one"},
		"no task":          {"      task: {is: task}\n", "", "expect: tasks takes the callable task or scan or add_up"},
		"no such figure":   {"[wall, cpu,", "[wal, cpu,", `figures: "wal" is no figure; did you mean "wall"`},
		"no such lines":    {"lines run_threads", "lines run_thread", `figures: "run_thread" is none of the functions that are called; did you mean "run_threads"`},
		"no figures":       {"    figures: [wall, cpu, lines run_threads]\n", "", "`expect: figures` and a list of figures belong together"},
		"answers":          {"expect: worth", "expect: answer", "`expect: answer` and a list of answers belong together"},
		"beside":           {"    expect: worth", "    beside: bass\n    expect: worth", `beside: "bass" is none of the calls`},
		"unknown field":    {"workers: {value: 4}", "workers: {valu: 4}", `did you mean "value"?`},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(calls, c.old, c.new, 1)
			if bad == calls {
				t.Fatal("nothing was replaced")
			}
			_, err := Parse("a", "challenge.yaml", []byte(bad))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestWorkarounds(t *testing.T) {
	data, err := os.ReadFile("../../challenges/challenge3/workarounds/challenge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("challenge3/workarounds", "challenge.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	if c.Points() != 100 || len(c.Functions()) != 7 {
		t.Errorf("%v points, functions %v", c.Points(), c.Functions())
	}
}

const answers = `version: 1
title: A
summary: B
deliverable: a.py
calls:
  - id: alone
    arguments: {step: {is: sha256}, sizes: {sizes: 4, takes: 10ms}}
    expect: anything
  - id: hash
    beside: alone
    threads: 4
    arguments: {step: {is: sha256}, sizes: {sizes: 4, takes: 10ms}}
    expect: anything
  - id: releases
    function: releases_gil
    arguments: {name: {}}
    cases: [{name: hash}]
    expect: answer
    answers:
      - says: ["True", lets go]
        when: {at_once: {min: 1.6}}
      - says: ["False"]
        when: {hash.at_once: {max: 1.4}, releases.gil: {min: 1}}
checks:
  - id: releases
    title: it runs
    points: 1
    hint: run it
    bounds:
      releases.correct: {min: 1}
`

func TestAnswers(t *testing.T) {
	c, err := Parse("a", "challenge.yaml", []byte(answers))
	if err != nil {
		t.Fatal(err)
	}
	call := c.Call("releases")
	if call.Cases[0]["name"].Text != "hash" || call.Subject(0) != "hash" || call.Subject(1) != "" {
		t.Errorf("the case is %+v", call.Cases)
	}
	for text, want := range map[string]int{"True": 0, "true": 0, "Lets-Go": 0, "lets go!": 0, "False": 1} {
		if a := call.Answer(text); a != &call.Answers[want] {
			t.Errorf("%q is %+v, want answer %d", text, a, want)
		}
	}
	if a := call.Answer("maybe"); a != nil {
		t.Errorf("maybe is %+v", a)
	}
	if b := call.Answers[1].Right("hash"); b[0].Quantity != "hash.at_once" || b[1].Quantity != "releases.gil" {
		t.Errorf("the bounds are %+v", b)
	}
	if c.Compares() {
		t.Error("nothing is compared with the reference")
	}
	if c.Calls[0].Expect = Reference; !c.Compares() {
		t.Error("what the reference returns is not known without running it")
	}
	for old, want := range map[string]string{
		"when: {at_once: {min: 1.6}}": `"hash.at_ones" is no quantity; did you mean "hash.at_once"`,
		"name: hash}]":                `17:13: cases: "hush" is none of the calls, on which the answers rest; did you mean "hash"?`,
		"{at_once: {min: 1.6}}":       "neither min nor max",
	} {
		bad := map[string]string{"when: {at_once: {min: 1.6}}": "when: {at_ones: {min: 1.6}}", "name: hash}]": "name: hush}]", "{at_once: {min: 1.6}}": "{at_once: {}}"}[old]
		if _, err := Parse("a", "challenge.yaml", []byte(strings.Replace(answers, old, bad, 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v\nwant %s", bad, err, want)
		}
	}
}
