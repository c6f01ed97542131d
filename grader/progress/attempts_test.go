package progress

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
)

// kept makes a folder, and a record to keep in it.
func kept(t *testing.T) (Folder, *record.Record) {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	f, err := Of("")
	if err != nil {
		t.Fatal(err)
	}
	rec, err := recordings.Read("challenge3/gil-discovery/fail-processes-joined-in-start-loop")
	if err != nil {
		t.Fatal(err)
	}
	return f, rec
}

const discovery = "challenge3/gil-discovery"

func attempt(points float64, marks ...Mark) Attempt {
	return Attempt{Challenge: discovery, When: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), Verdict: "fail", Points: points, MaxPoints: 100, Checks: marks}
}

func TestAttempts(t *testing.T) {
	f, rec := kept(t)
	if got := f.Attempts(discovery); len(got) != 0 {
		t.Fatalf("there are %v before the first", got)
	}
	first, err := f.Add(attempt(35, Mark{"threads", "fail"}, Mark{"processes", "not judged"}), rec)
	if err != nil {
		t.Fatal(err)
	}
	second, err := f.Add(attempt(65, Mark{"threads", "pass"}, Mark{"processes", "fail"}, Mark{"times", "pass"}), rec)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Attempt{first, second}, f.Attempts(discovery)); d != "" || first.Number != 1 || second.Number != 2 {
		t.Errorf("%s", d)
	}
	want := []Move{{"threads", "fail", "pass"}, {"processes", "not judged", "fail"}, {"times", "", "pass"}}
	if d := cmp.Diff(want, Moved(first, second)); d != "" {
		t.Error(d)
	}
	back, err := f.Record(second)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(rec.Header, back.Header); d != "" || len(back.Runs) != len(rec.Runs) {
		t.Errorf("%d runs of %d; %s", len(back.Runs), len(rec.Runs), d)
	}
	if got := f.Attempts("challenge3/workarounds"); len(got) != 0 {
		t.Errorf("another challenge has %v", got)
	}
}

// TestAddedAtOnce loses none, and gives each a number of its own.
func TestAddedAtOnce(t *testing.T) {
	f, rec := kept(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if _, err := f.Add(attempt(float64(i)), rec); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var points []float64
	for i, a := range f.Attempts(discovery) {
		if points = append(points, a.Points); a.Number != i+1 {
			t.Errorf("number %d is the %dth", a.Number, i+1)
		}
		if _, err := f.Record(a); err != nil {
			t.Error(err)
		}
	}
	if slices.Sort(points); len(points) != 20 || len(slices.Compact(points)) != 20 {
		t.Errorf("there are %v", points)
	}
}

// TestOldestGo wants the last ones and the best, however old that is.
func TestOldestGo(t *testing.T) {
	f, rec := kept(t)
	for i := range mostAttempts + 5 {
		points := 10.0
		if i == 1 {
			points = 90
		}
		if _, err := f.Add(attempt(points), rec); err != nil {
			t.Fatal(err)
		}
	}
	got := f.Attempts(discovery)
	if len(got) != mostAttempts || got[0].Number != 2 || got[1].Number != 7 || got[len(got)-1].Number != mostAttempts+5 {
		t.Errorf("%d are left, from %d and %d to %d", len(got), got[0].Number, got[1].Number, got[len(got)-1].Number)
	}
}

// TestTooManyBytes removes the oldest ones but the best until the records fit;
// what is unfinished stays until it is old.
func TestTooManyBytes(t *testing.T) {
	f, rec := kept(t)
	for i := range 5 {
		a, err := f.Add(attempt(float64(-i)), rec)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(f.attempt(discovery, a.Number), recordFile), mostBytes/4); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int{100, 101} {
		if err := os.Mkdir(f.attempt(discovery, n), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-2 * unfinished)
	if err := os.Chtimes(f.attempt(discovery, 100), old, old); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Add(attempt(-9), rec); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{1, 4, 5, 101, 102}, f.numbers(discovery)); d != "" {
		t.Error(d)
	}
}

// TestUnreadable skips what nobody of ours wrote.
func TestUnreadable(t *testing.T) {
	f, rec := kept(t)
	a, err := f.Add(attempt(1), rec)
	if err != nil {
		t.Fatal(err)
	}
	for n, text := range map[int]string{2: "", 3: `{"version":1,"number":3`, 4: `{"version":1,"challenge":"challenge3/gil-discovery","number":5,"when":"2026-01-01T00:00:00Z"}`, 5: string(make([]byte, largestAttempt+1))} {
		if err := os.Mkdir(f.attempt(discovery, n), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(f.attempt(discovery, n), attemptFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]Attempt{a}, f.Attempts(discovery)); d != "" {
		t.Error(d)
	}
	if err := os.Remove(filepath.Join(f.attempt(discovery, 1), recordFile)); err != nil {
		t.Fatal(err)
	}
	if rec, err := f.Record(a); err == nil {
		t.Errorf("there is %v", rec)
	}
}

// TestNoFolder keeps nothing, and looks at nothing in the working directory.
func TestNoFolder(t *testing.T) {
	_, rec := kept(t)
	t.Chdir(t.TempDir())
	if _, err := (Folder{}).Add(attempt(1), rec); err == nil {
		t.Error("it was kept")
	}
	if err := (Folder{}).KeepHinted(discovery, "runs", 1); err == nil {
		t.Error("a hint was kept")
	}
	if err := os.MkdirAll(filepath.Join(discovery, "attempts", "000001"), 0o700); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`{"version":1,"challenge":%q,"number":1,"when":"2026-01-01T00:00:00Z"}`, discovery)
	for _, name := range []string{filepath.Join(discovery, "attempts", "000001", attemptFile), discovery + ".json"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := (Folder{}).Get(discovery); ok || len((Folder{}).Attempts(discovery)) > 0 {
		t.Error("it reads the working directory")
	}
}

func TestHinted(t *testing.T) {
	f, _ := kept(t)
	if n := f.Hinted(discovery, "threads"); n != 0 {
		t.Errorf("it was %d before the first", n)
	}
	if err := f.KeepHinted(discovery, "threads", 2); err != nil {
		t.Fatal(err)
	}
	if n := f.Hinted(discovery, "threads"); n != 2 {
		t.Errorf("got %d", n)
	}
	if n := f.Hinted(discovery, "processes"); n != 0 {
		t.Errorf("another check has %d", n)
	}
}
