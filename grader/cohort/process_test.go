//go:build unix

package cohort_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// The test's own file is run as another process, whose part the variable names.
const part = "GILCOURSE_TEST_PART"

func TestMain(m *testing.M) {
	if sandbox.Supervise() {
		return
	}
	switch os.Getenv(part) {
	case "grade":
		os.Exit(gradeProcess())
	case "work":
		os.Exit(workProcess())
	}
	os.Exit(m.Run())
}

// again prepares this test's file to be run again in a part.
func again(name string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), part+"="+name), env...)
	cmd.Stderr = os.Stderr
	return cmd
}

// gradeProcess grades the folder GILCOURSE_TEST_IN into the gradebook
// GILCOURSE_TEST_BOOK. With GILCOURSE_TEST_DIES it kills itself while it observes
// one, once two are done.
func gradeProcess() int {
	ctx := context.Background()
	o, err := optionsOf(ctx, "challenge3/gil-discovery")
	if err == nil {
		o.Book, err = cohort.OpenBook(ctx, os.Getenv("GILCOURSE_TEST_BOOK"), true)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	sources, err := cohort.Find([]string{os.Getenv("GILCOURSE_TEST_IN")}, challenges(o))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	o.Sources = sources.All
	if os.Getenv("GILCOURSE_TEST_DIES") != "" {
		o.Progress = func(p cohort.Progress) {
			if p.Done >= 2 {
				syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
		}
	}
	graded, err := cohort.Grade(ctx, o)
	for _, line := range labelled(graded) {
		fmt.Println(line)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// workProcess works for the gradebook until it is told to end. It says when it
// measures, and waits then until the file GILCOURSE_TEST_PAUSE is there.
func workProcess() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	book, err := cohort.OpenBook(ctx, os.Getenv("GILCOURSE_TEST_BOOK"), true)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	interpreter, err := python.Find(ctx, os.Getenv("GILCOURSE_PYTHON"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	pause := os.Getenv("GILCOURSE_TEST_PAUSE")
	progress := func(observe.Progress) {
		fmt.Println("measuring")
		for pause != "" && ctx.Err() == nil {
			if _, err := os.Stat(pause); err == nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	err = cohort.Work(ctx, cohort.WorkOptions{Settings: observe.Settings{Version: "test", Progress: progress}, Book: book, Pythons: []string{interpreter}, Say: func(line string) { fmt.Println(line) }})
	if ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// class writes submissions that fail without being run.
func class(t testing.TB, n int) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for i := range n {
		file := filepath.Join(folder, fmt.Sprintf("learner%02d", i), script)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(broken(i)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// once wants each of so many submissions graded exactly once.
func once(t *testing.T, b *gradebook.Book, n int) {
	t.Helper()
	for query, want := range map[string]int{
		`SELECT COUNT(*) FROM records`:                                  n,
		`SELECT COUNT(*) FROM attempts WHERE latest = 1 AND error = ''`: n,
		`SELECT COUNT(*) FROM grades WHERE verdict = 'fail'`:            n,
		`SELECT COUNT(*) FROM grades WHERE times <> 1`:                  0,
		`SELECT COUNT(*) FROM measurements WHERE state <> 'done'`:       0,
		`SELECT COUNT(*) FROM river_job WHERE state = 'completed'`:      n,
		`SELECT COUNT(*) FROM river_job WHERE finalized_at IS NULL`:     0,
	} {
		if got := count(t, b, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

// TestResume kills a grader while it observes: the next one goes on from there at
// once, and nothing is graded twice.
func TestResume(t *testing.T) {
	in, name := class(t, 10), filepath.Join(t.TempDir(), "term.db")
	env := []string{"GILCOURSE_TEST_BOOK=" + name, "GILCOURSE_TEST_IN=" + in}
	if err := again("grade", append(env, "GILCOURSE_TEST_DIES=1")...).Run(); err == nil {
		t.Fatal("it was not killed")
	}
	b := book(t, name)
	before := count(t, b, `SELECT COUNT(*) FROM records`)
	if before < 2 || before > 9 {
		t.Fatalf("%d were done when it was killed", before)
	}
	o := options(t, "challenge3/gil-discovery")
	o.Sources, o.Book = find(t, o, in), b
	start := time.Now()
	graded, err := cohort.Grade(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	cached := slices.DeleteFunc(graded, func(s report.Submission) bool { return !s.Cached })
	if len(cached) != before {
		t.Errorf("%d were done before, %d were taken from their records, in %v", before, len(cached), time.Since(start))
	}
	once(t, b, 10)
}

// TestTwoGraders has two processes grade the same into one file: they share the
// work.
func TestTwoGraders(t *testing.T) {
	in, name := class(t, 6), filepath.Join(t.TempDir(), "term.db")
	env := []string{"GILCOURSE_TEST_BOOK=" + name, "GILCOURSE_TEST_IN=" + in}
	var out [2]strings.Builder
	var both [2]*exec.Cmd
	for i := range both {
		both[i] = again("grade", env...)
		both[i].Stdout = &out[i]
		if err := both[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range both {
		if err := both[i].Wait(); err != nil {
			t.Errorf("grader %d: %v", i, err)
		}
		if n := strings.Count(out[i].String(), " fail"); n != 6 {
			t.Errorf("grader %d graded\n%s", i, out[i].String())
		}
	}
	once(t, book(t, name), 6)
}
