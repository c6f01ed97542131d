package grader_test

import (
	"compress/gzip"
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/measure"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// recordings makes the live test keep what it observed for the fast tests of
// package verdict, which replay it.
var recordings = flag.Bool("recordings", false, "write the records of the fixtures to verdict/testdata")

func TestMain(m *testing.M) {
	if sandbox.Supervise() {
		return
	}
	os.Exit(m.Run())
}

// practice says that a challenge is one of the small exercises, which are many:
// all of them are run with GILCOURSE_LIVE=all only, and one pass and one fail
// are recorded of each.
func practice(id string) bool { return path.Dir(id) == "practice" }

// smoke are the fixtures that a plain `go test` runs, one of each kind of
// verdict and start method. GILCOURSE_LIVE=all, as in .ci/run, runs them all.
var smoke = []string{"pass/spawn-json-devops", "fail/processes-joined-in-start-loop", "fail/closed-formula",
	"pass/extension-module-setup-py", "fail/c-gil-never-released",
	"pass/enum-frozen-dataclasses", "fail/hybrid-template-computes-in-loop"}

// unstable counts the fixtures that got their verdict at the second try only.
// A shared machine's cores change their speed by half from one second to the
// next; more than a few such fixtures are a defect of the challenge.
var unstable int

const mostUnstable = 2

// measured is what `gilcourse measure` gave here, nil until it is asked for.
var measured []record.Cell

// TestLive runs the reference and the fixtures under observation on this
// machine, as it is, and wants the verdict that each must get.
func TestLive(t *testing.T) {
	interpreter, err := python.Find(t.Context(), os.Getenv("GILCOURSE_PYTHON"))
	if err != nil {
		t.Fatal(err)
	}
	co, err := course.Open("..")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := co.IDs()
	if err != nil {
		t.Fatal(err)
	}
	all := os.Getenv("GILCOURSE_LIVE") == "all"
	type one struct {
		id string
		course.Fixture
	}
	var first, rest []one
	for _, id := range ids {
		fixtures, err := co.Of(id)
		if err != nil {
			t.Fatal(err)
		}
		fixtures = append([]course.Fixture{
			{Name: "reference", Dir: path.Join("..", "reference", id), Pass: true},
			{Name: starter, Dir: path.Join("..", "challenges", id, starter)},
		}, fixtures...)
		for _, f := range fixtures {
			if f.Name == "reference" && !practice(id) || slices.Contains(smoke, f.Name) {
				first = append(first, one{id, f})
			} else if all {
				rest = append(rest, one{id, f})
			}
		}
	}
	spend, bounded := budget(t)
	if bounded { // another part of them each day
		day := uint64(time.Now().Unix() / 86400)
		rand.New(rand.NewPCG(day, 0)).Shuffle(len(rest), func(i, k int) { rest[i], rest[k] = rest[k], rest[i] })
	}
	ran, left := 0, 0
	end := time.Now().Add(spend)
	for i, f := range append(first, rest...) {
		if i >= len(first) && bounded && time.Now().After(end) {
			left++
			continue
		}
		ran++
		t.Run(f.id+"/"+f.Name, func(t *testing.T) { live(t, co, f.id, f.Fixture, interpreter) })
	}
	if left > 0 {
		t.Logf("%d fixtures were left out: GILCOURSE_LIVE_BUDGET was spent after %d", left, ran)
	}
	if unstable > mostUnstable {
		t.Errorf("%d fixtures got their verdict at the second try only", unstable)
	}
	if ran < 1+len(smoke) {
		t.Errorf("only %d fixtures were run", ran)
	}
}

// budget is how long all fixtures may take: GILCOURSE_LIVE_BUDGET, a duration,
// after which no further fixture is begun. Without one they are all run.
func budget(t *testing.T) (d time.Duration, bounded bool) {
	v := os.Getenv("GILCOURSE_LIVE_BUDGET")
	if v == "" {
		return 0, false
	}
	d, err := time.ParseDuration(v)
	if err != nil {
		t.Fatalf("GILCOURSE_LIVE_BUDGET: %v", err)
	}
	return d, true
}

// starter is the name of the file that a learner starts from, as a fixture: it
// must not pass, by whatever check.
const starter = "starter"

func live(t *testing.T, co course.Course, id string, f course.Fixture, interpreter string) {
	rec, result := observe(t, co, id, f, interpreter)
	if f.Name == starter {
		if result.Verdict == verdict.Pass {
			t.Error("the starter passes")
		}
		return
	}
	if problems := f.Problems(result); len(problems) > 0 {
		t.Logf("UNSTABLE? %s\n%s", problems[0], evidence(result))
		unstable++
		rec, result = observe(t, co, id, f, interpreter)
	}
	for _, problem := range f.Problems(result) {
		t.Errorf("twice: %s\n%s", problem, evidence(result))
	}
	if file := filepath.Join("verdict", "testdata", filepath.FromSlash(id), strings.ReplaceAll(f.Name, "/", "-")+".jsonl.gz"); *recordings && !t.Failed() {
		if _, err := os.Stat(file); err == nil || !practice(id) { // an empty file asks for one, too
			keep(t, rec, file)
		}
	}
}

// observe runs one fixture and judges it.
func observe(t *testing.T, co course.Course, id string, f course.Fixture, interpreter string) (*record.Record, *verdict.Result) {
	ch, err := co.Challenge(id)
	if err != nil {
		t.Fatal(err)
	}
	solution, err := co.Solution(id)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	o := grader.Options{Version: "test", Challenge: ch, Solution: solution, Python: interpreter,
		File: filepath.Join("..", "fixtures", filepath.FromSlash(f.Dir), ch.Deliverable)}
	if ch.Analysis != nil { // what the machine gives is the same for all
		if measured == nil {
			result, err := grader.Measure(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			measured = measure.Tabulate(result).Cells()
		}
		o.Measured = measured
	}
	rec, err := grader.Observe(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	result, err := verdict.Judge(rec)
	if err != nil {
		t.Fatal(err)
	}
	return rec, result
}

// TestFreeThreaded checks the reference with an interpreter without the GIL,
// where one is found: its threads must run in parallel.
func TestFreeThreaded(t *testing.T) {
	interpreter := ""
	for _, version := range []string{"3.14t", "3.13t"} {
		if path, err := python.Find(t.Context(), version); err == nil {
			interpreter = path
			break
		}
	}
	if interpreter == "" {
		t.Skip("no free-threaded interpreter; put python3.13t on the PATH or name one in GILCOURSE_FREE_THREADED")
	}
	co, err := course.Open("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"challenge3/gil-discovery", "challenge3/workarounds"} {
		rec, result := observe(t, co, id, course.Fixture{Name: "reference", Dir: path.Join("..", "reference", id), Pass: true}, interpreter)
		if rec.Python.GIL || !rec.Python.FreeThreaded {
			t.Errorf("%s has the GIL on", interpreter)
		}
		for _, c := range result.Checks {
			if c.ID == "threads" && c.Verdict == verdict.Fail { // a crowded machine may leave it open
				t.Errorf("%s: the threads check got %s: %s", id, c.Verdict, c.Message)
			}
		}
	}
}

// evidence lists what did not hold.
func evidence(r *verdict.Result) string {
	var b strings.Builder
	for _, c := range r.Checks {
		if c.Verdict == verdict.Pass {
			continue
		}
		b.WriteString("  " + c.ID + " " + string(c.Verdict) + ": " + c.Message + "\n")
	}
	return b.String()
}

func keep(t *testing.T, rec *record.Record, file string) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip := gzip.NewWriter(f)
	if err := record.Write(zip, rec); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
}
