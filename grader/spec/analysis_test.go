package spec

import (
	"strings"
	"testing"
)

const analysed = `version: 1
title: A
summary: B
deliverable: a.py
analysis:
  far_off: 3
  strategy: [strateg*]
  reasoning: [reason*]
  speedup: [speed up*]
  gil: [gil]
  limits: [overhead*]
  strategies:
    - id: threads
      words: [thread*]
    - id: both
      words: [async* & process pool, hybrid]
  workloads:
    - id: cpu
      title: CPU-heavy
      words: [cpu]
      over: 1
      most: cores
      accept: {both: {because: [gil], says: "it does not name the GIL"}}
      refuse: {threads: {says: "they take turns", unless: [few]}}
checks:
  - id: matrix
    title: it has one
    points: 1
    hint: add one
    bounds:
      matrix.workloads: {min: 1}
      threads.threads: {min: 2, says: "one thread", hint: "start more"}
`

func TestAnalysis(t *testing.T) {
	c, err := Parse("a", "challenge.yaml", []byte(analysed))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Analysis
	if a == nil || len(a.Strategies[1].Words) != 2 || len(a.Strategies[1].Words[0]) != 2 || a.Strategies[1].Words[0][1][1] != "pool" {
		t.Fatalf("the patterns are %+v", a)
	}
	w := a.Workload("cpu")
	if w == nil || w.Accepted("both") == nil || w.Accepted("threads") != nil || w.Refused("threads") == nil || w.Refused("threads").Message != "they take turns" || a.TemplateLimit != defaultTemplate {
		t.Errorf("the workload is %+v", w)
	}
	if b := c.Checks[0].Bounds[1]; b.Hint != "start more" {
		t.Errorf("the bound is %+v", b)
	}
	if _, ok := c.Quantity("both.waits"); !ok {
		t.Error("both.waits is no quantity")
	}
	if _, ok := c.Quantity("run.parallelism"); ok {
		t.Error("run.parallelism is a quantity")
	}
}

// TestAnalysisMistakes names each mistake at its line.
func TestAnalysisMistakes(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"words: [cpu]", "words: [CPU]", `20:15: analysis.workloads[0].words[0]: "CPU" is no pattern`},
		{"words: [cpu]", "words: [a & ]", "is no pattern"},
		{"most: cores", "most: core", `22:13: most: "core" bounds no speedup; did you mean "cores"?`},
		{"      refuse: {threads: {says: \"they take turns\", unless: [few]}}\n", "", "cpu neither accepts nor refuses threads"},
		{"refuse: {threads", "refuse: {thread", `refuse: "thread" is no strategy; did you mean "threads"?`},
		{"refuse: {threads", "refuse: {both", "both is accepted above"},
		{"accept: {both", "accept: {booth", `accept: "booth" is no strategy`},
		{"far_off: 3", "far_off: 0.5", "analysis.far_off is a factor above 1"},
		{"id: both", "id: threads", `id: "threads" stands twice`},
		{"threads.threads", "thread.threads", `"thread.threads" is no quantity; did you mean "threads.threads"`},
		{"  gil: [gil]\n", "", "analysis.gil is missing"},
	} {
		_, err := Parse("a", "challenge.yaml", []byte(strings.Replace(analysed, c.from, c.to, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", c.to, c.want, err)
		}
	}
}
