package judge_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

const analyzerID = "challenge3/strategy-analyzer"

// judged judges the reference's record after a change to it.
func judged(t *testing.T, change func(*record.Record)) *verdict.Result {
	t.Helper()
	co, err := course.Open("../../..")
	if err != nil {
		t.Fatal(err)
	}
	ch, err := co.Challenge(analyzerID)
	if err != nil {
		t.Fatal(err)
	}
	rec := recording(t, recordings.Name(analyzerID, "reference"))
	change(rec)
	return judge.With(ch, rec)
}

func checkOf(t *testing.T, r *verdict.Result, id string) verdict.Check {
	t.Helper()
	i := slices.IndexFunc(r.Checks, func(c verdict.Check) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("there is no check %s", id)
	}
	return r.Checks[i]
}

// expect changes the expected speedup of the n-th entry of the matrix.
func expect(rec *record.Record, n int, speedup string) {
	for i := range rec.Submission.Contents.Tables {
		parts := rec.Submission.Contents.Tables[i].Rows[n].Parts
		parts[len(parts)-1].Text = speedup
	}
	run := &rec.Runs[0]
	run.End.Stdout = strings.ReplaceAll(run.End.Stdout, "5x (5 concurrent calls)", speedup)
}

// TestEstimatesBesideTheMeasured fails an estimate that is far off from a
// clear measurement, and leaves it where the measurement is not clear.
func TestEstimatesBesideTheMeasured(t *testing.T) {
	const io = 1
	cells := func(lo, hi float64) []record.Cell {
		return []record.Cell{{Workload: "I/O-bound", Strategy: "asyncio", Speedup: (lo + hi) / 2, Lo: lo, Hi: hi, InFlight: 24}}
	}
	quiet := record.Host{OS: "linux", CPUs: 2, Affinity: 2, Capacity: 1.9, Scheduler: true}
	crowded := quiet
	crowded.Capacity = 1
	for _, c := range []struct {
		speedup  string
		measured []record.Cell
		want     verdict.Verdict
		warned   bool
	}{
		{"5x (5 concurrent calls)", cells(14, 18), verdict.Pass, false},
		{"1.2x for 10 concurrent requests", cells(14, 18), verdict.Fail, false},
		{"1.2x for 10 concurrent requests", cells(3, 60), verdict.Pass, true}, // not clear
		{"5x (5 concurrent calls)", cells(1.1, 1.3), verdict.Fail, false},     // nothing overlapped here: a loop that was blocked, say
		{"Nx for N concurrent requests", cells(14, 18), verdict.Pass, false},
		{"4x", cells(14, 18), verdict.Pass, false}, // of the five calls that the workload's name speaks of
		{"100x (5 concurrent calls)", cells(14, 18), verdict.Fail, false},
		{"unlimited", cells(14, 18), verdict.Fail, false},
		{"1x for 5 concurrent calls", cells(14, 18), verdict.Fail, false},
		{"a lot", cells(14, 18), verdict.Fail, false},
		{"5x (5 concurrent calls)", nil, verdict.Pass, true}, // not measured
	} {
		got := checkOf(t, judged(t, func(rec *record.Record) { expect(rec, io, c.speedup); rec.Measured, rec.Host = c.measured, quiet }), "speedups")
		if got.Verdict != c.want || (len(got.Warnings) > 0) != c.warned {
			t.Errorf("%s beside %+v: %s: %s %v", c.speedup, c.measured, got.Verdict, got.Message, got.Warnings)
		}
	}
	// Where others took the time, less than was expected decides nothing; more does.
	for speedup, want := range map[string]verdict.Verdict{"5x (5 concurrent calls)": verdict.Pass, "1.2x for 40 concurrent requests": verdict.Fail} {
		got := checkOf(t, judged(t, func(rec *record.Record) {
			expect(rec, io, speedup)
			if rec.Measured, rec.Host = cells(1.1, 1.3), crowded; want == verdict.Fail {
				rec.Measured = cells(14, 18)
			}
		}), "speedups")
		if got.Verdict != want {
			t.Errorf("%s on a crowded machine: %s: %s", speedup, got.Verdict, got.Message)
		}
	}
}

// TestSpeedupsOnCores takes the cores that a figure names, else the lesson's
// four or this machine's.
func TestSpeedupsOnCores(t *testing.T) {
	for speedup, want := range map[string]verdict.Verdict{
		"3.5x on 4 cores": verdict.Pass, "12x on 16 cores": verdict.Pass, "12x on 4 cores": verdict.Fail, "3.9": verdict.Pass,
		"1000": verdict.Fail, "0.9x on 4 cores": verdict.Fail, "1.8x on 2 cores, 3.5x on 4 cores": verdict.Pass, "2.5x on 2 cores": verdict.Fail,
	} {
		got := checkOf(t, judged(t, func(rec *record.Record) { expect(rec, 0, speedup); rec.Measured = nil }), "speedups")
		if got.Verdict != want {
			t.Errorf("%s: %s: %s", speedup, got.Verdict, got.Message)
		}
	}
}

// TestTemplatesByEvidence judges the runs of the reference's templates after
// something else was seen of them.
func TestTemplatesByEvidence(t *testing.T) {
	run := func(rec *record.Record, strategy string) *record.Run {
		i := slices.IndexFunc(rec.Runs, func(r record.Run) bool { return r.Template != nil && r.Template.Strategy == strategy })
		return &rec.Runs[i]
	}
	for name, c := range map[string]struct {
		change func(*record.Record)
		want   verdict.Verdict
		says   string
	}{
		"as it was": {func(*record.Record) {}, verdict.Pass, ""},
		"one thread at once": {func(rec *record.Record) {
			r := run(rec, "threading")
			r.Template.Threads = 1
			for i := range r.Tasks {
				if t := &r.Tasks[i]; t.Thread() {
					t.Born, t.Died = int64(i)*10_000, int64(i)*10_000+9_000
				}
			}
		}, verdict.Fail, "never more than one thread"},
		"threads that were not seen": {func(rec *record.Record) {
			r := run(rec, "threading")
			r.Tasks = slices.DeleteFunc(r.Tasks, func(t record.Task) bool { return t.Thread() })
		}, verdict.Inconclusive, "over too soon"},
		"threads left behind": {func(rec *record.Record) { run(rec, "threading").Template.Left = 3 }, verdict.Fail, "before its threads do"},
		"no threads": {func(rec *record.Record) {
			r := run(rec, "threading")
			r.Tasks, r.Template.Threads = slices.DeleteFunc(r.Tasks, func(t record.Task) bool { return t.Thread() }), 0
		}, verdict.Fail, "no thread"},
		"threads that are over at once": {func(rec *record.Record) {
			r := run(rec, "threading")
			r.Tasks, r.Template.Threads, r.Template.Crew = slices.DeleteFunc(r.Tasks, func(t record.Task) bool { return t.Thread() }), 1, 4
		}, verdict.Pass, ""},
		"one thread of a pool does all tasks": {func(rec *record.Record) {
			r := run(rec, "threading")
			r.Tasks, r.Template.Threads, r.Template.Pooled = slices.DeleteFunc(r.Tasks, func(t record.Task) bool { return t.Thread() }), 1, 4
		}, verdict.Pass, ""},
		"processes that do nothing": {func(rec *record.Record) {
			run(rec, "multiprocessing").Template.Items = new(int)
		}, verdict.Fail, "none of them did a task"},
		"processes that were not seen": {func(rec *record.Record) {
			r, n := run(rec, "multiprocessing"), 4
			r.Template.Items, r.Template.Handed = &n, 4
			r.Tasks = slices.DeleteFunc(r.Tasks, func(t record.Task) bool { return t.Parent != 0 })
		}, verdict.Inconclusive, "over too soon"},
		"a task of a process at a time": {func(rec *record.Record) {
			r, n := run(rec, "multiprocessing"), 4
			r.Template.Items, r.Template.Handed = &n, 1
		}, verdict.Fail, "never two before the first was waited for"},
		"waits in turn":  {func(rec *record.Record) { run(rec, "asyncio").Template.Waits = 1 }, verdict.Fail, "never more than one wait"},
		"out of time":    {func(rec *record.Record) { run(rec, "hybrid").End.Limit = "time limit of 10s reached" }, verdict.Fail, "time limit of 10s"},
		"was never run":  {func(rec *record.Record) { rec.Runs = rec.Runs[:1] }, verdict.Fail, "does not run"},
		"another system": {func(rec *record.Record) { rec.Host.Scheduler = false }, verdict.Inconclusive, "cannot be observed"},
	} {
		got := checkOf(t, judged(t, c.change), "templates")
		if got.Verdict != c.want || !strings.Contains(got.Message+got.Hint, c.says) {
			t.Errorf("%s: %s: %s", name, got.Verdict, got.Message)
		}
	}
}

// TestAnalyzerRecordsThatWereEdited survives what no record of ours says.
func TestAnalyzerRecordsThatWereEdited(t *testing.T) {
	for name, change := range map[string]func(*record.Record){
		"no contents":   func(rec *record.Record) { rec.Submission.Contents = nil },
		"no tables":     func(rec *record.Record) { rec.Submission.Contents.Tables = nil },
		"no snippets":   func(rec *record.Record) { rec.Submission.Contents.Snippets = nil },
		"no runs":       func(rec *record.Record) { rec.Runs = nil },
		"snippet 99":    func(rec *record.Record) { rec.Runs[1].Template.Snippet = 99 },
		"snippet -1":    func(rec *record.Record) { rec.Runs[1].Template.Snippet = -1 },
		"nameless":      func(rec *record.Record) { rec.Submission.Contents.Snippets[0].Names = nil },
		"empty steps":   func(rec *record.Record) { rec.Submission.Contents.Snippets[0].Steps = []record.Step{{}} },
		"empty rows":    func(rec *record.Record) { rec.Submission.Contents.Tables[0].Rows = []record.Row{{}, {}, {}} },
		"cells of none": func(rec *record.Record) { rec.Measured = []record.Cell{{Workload: "CPU-bound"}} },
	} {
		if r := judged(t, change); r.Verdict == "" {
			t.Errorf("%s: no verdict", name)
		}
	}
}
