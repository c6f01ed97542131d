package judge_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestRoughFigures holds the page of threads-or-processes to its word: the
// lines may be off by a factor of five, the memory by one of three.
func TestRoughFigures(t *testing.T) {
	const lines, memory = 1, 4 // where they stand among the five figures
	for _, c := range []struct {
		figure int
		times  float64
		check  string
		want   verdict.Verdict
	}{
		{lines, 4, "lines", verdict.Pass},
		{lines, 1.0 / 4, "lines", verdict.Pass},
		{lines, 8, "lines", verdict.Fail},
		{memory, 2.8, "memory", verdict.Pass},
		{memory, 1 / 2.8, "memory", verdict.Pass},
		{memory, 1024, "memory", verdict.Fail}, // KiB
	} {
		r := altered(t, "practice/threads-or-processes/pass-bare-threads-and-processes", func(_ *spec.Challenge, rec *record.Record) {
			for i := range rec.Runs {
				for n := range rec.Runs[i].Calls {
					call := &rec.Runs[i].Calls[n]
					if call.ID == "compare" && rec.Runs[i].Whose == record.Learner && call.Ended == record.Returned {
						call.Figures[c.figure] *= c.times
					}
				}
			}
		})
		if got := checkOf(t, r, c.check); got.Verdict != c.want {
			t.Errorf("%s times %.2f: %s, want %s: %s", c.check, c.times, got.Verdict, c.want, got.Message)
		}
	}
}

// TestAsyncioThatAwaitsThreads holds the page of classify to its word: asyncio
// suits what waits, also where it awaits threads, and not what computes.
func TestAsyncioThatAwaitsThreads(t *testing.T) {
	for workload, want := range map[string]verdict.Verdict{
		"file-io": verdict.Pass, "api-calls": verdict.Pass, "web-scraping": verdict.Pass,
		"compression": verdict.Fail, "matrix-multiplication": verdict.Fail,
	} {
		changed := 0
		r := altered(t, "practice/classify/pass-classes", func(_ *spec.Challenge, rec *record.Record) {
			for i := range rec.Runs {
				for n := range rec.Runs[i].Calls {
					call := &rec.Runs[i].Calls[n]
					if call.ID == "strategy" && rec.Runs[i].Whose == record.Learner && call.Texts["workload"] == workload {
						call.Type, call.Text = "str", "asyncio"
						changed++
					}
				}
			}
		})
		if got := checkOf(t, r, "strategies"); got.Verdict != want || changed == 0 {
			t.Errorf("asyncio for %s (%d answers): %s, want %s: %s", workload, changed, got.Verdict, want, got.Message)
		}
	}
}

// TestStoredOrNot takes what was stored for run_hybrid's results, unless it was
// not stored.
func TestStoredOrNot(t *testing.T) {
	const name = "challenge3/workarounds/pass-c-in-a-string"
	if got := checkOf(t, altered(t, name, func(*spec.Challenge, *record.Record) {}), "results"); got.Verdict != verdict.Pass {
		t.Errorf("all was stored: %s, %s", got.Verdict, got.Message)
	}
	r := altered(t, name, func(_ *spec.Challenge, rec *record.Record) {
		for i := range rec.Runs {
			run := &rec.Runs[i]
			run.Requests = slices.DeleteFunc(run.Requests, func(q record.Request) bool { return q.Kind == "store" })
		}
	})
	if got := checkOf(t, r, "results"); got.Verdict != verdict.Fail || !strings.Contains(got.Message, "only 0 of 20 results were stored") {
		t.Errorf("nothing was stored: %s, %s", got.Verdict, got.Message)
	}
}
