package observe_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
)

// TestRunsNeverOverlap makes two checks at once of programs that say, on the
// clock that all processes share, when they began and ended: one check's runs
// all end before the other's first begins.
func TestRunsNeverOverlap(t *testing.T) {
	t.Setenv(machinelock.Variable, filepath.Join(t.TempDir(), "lock")) // nobody else's concern
	interpreter, err := python.Find(t.Context(), os.Getenv("GILCOURSE_PYTHON"))
	if err != nil {
		t.Fatal(err)
	}
	co, err := course.Open("../..")
	if err != nil {
		t.Fatal(err)
	}
	ch, err := co.Challenge("challenge3/gil-discovery")
	if err != nil {
		t.Fatal(err)
	}
	const program = "import sys, time\nbegan = time.monotonic()\nwhile time.monotonic() - began < 0.8: pass\nprint('SPAN', began, time.monotonic())\n"
	spans := make([][][2]float64, 2)
	var group sync.WaitGroup
	for i := range spans {
		file := filepath.Join(t.TempDir(), ch.Deliverable)
		if err := os.WriteFile(file, []byte(program), 0o644); err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			rec, err := observe.Observe(t.Context(), observe.Settings{Version: "test", Python: interpreter, Full: true}, observe.Target{Challenge: ch, File: file})
			if err != nil {
				t.Error(err)
				return
			}
			spans[i] = saidSpans(t, rec)
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	first, second := spans[0], spans[1]
	if first[0][0] > second[0][0] {
		first, second = second, first
	}
	if last := first[len(first)-1]; last[1] > second[0][0] {
		t.Errorf("a run lasted until %.3f, and one of another check began at %.3f", last[1], second[0][0])
	}
}

// saidSpans gives the begins and ends that the runs printed, in order.
func saidSpans(t *testing.T, rec *record.Record) (spans [][2]float64) {
	for _, run := range rec.Runs {
		var s [2]float64
		if _, err := fmt.Sscanf(strings.TrimSpace(run.End.Stdout), "SPAN %g %g", &s[0], &s[1]); err != nil {
			t.Errorf("a run said %q and %q: %v", run.End.Stdout, run.End.Stderr, err)
			return nil
		}
		spans = append(spans, s)
	}
	if len(spans) == 0 {
		t.Error("nothing was run")
	}
	slices.SortFunc(spans, func(a, b [2]float64) int { return int(1000 * (a[0] - b[0])) })
	return spans
}

// TestBrokenWaitsForNobody hands in what Python cannot read, while another one has the
// machine: the record is there at once.
func TestBrokenWaitsForNobody(t *testing.T) {
	t.Setenv(machinelock.Variable, filepath.Join(t.TempDir(), "lock"))
	interpreter, err := python.Find(t.Context(), os.Getenv("GILCOURSE_PYTHON"))
	if err != nil {
		t.Fatal(err)
	}
	co, err := course.Open("../..")
	if err != nil {
		t.Fatal(err)
	}
	ch, err := co.Challenge("practice/primes")
	if err != nil {
		t.Fatal(err)
	}
	turn := machinelock.Queue("another")
	defer turn.Leave()
	release, err := turn.Alone(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	file := filepath.Join(t.TempDir(), ch.Deliverable)
	if err := os.WriteFile(file, []byte("def count_one_by_one(limits:\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	settings := observe.Settings{Version: "test", Python: interpreter, Progress: func(now observe.Progress) {
		if now.Waiting {
			t.Error("it waits: " + now.Doing)
			release()
		}
	}}
	rec, err := observe.Observe(t.Context(), settings, observe.Target{Challenge: ch, File: file})
	if err != nil || rec.Submission.Source.Error == nil {
		t.Fatalf("%+v, %v", rec, err)
	}
}
