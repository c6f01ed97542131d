package guide

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// four challenges: two of sections, one of a workshop alone, one of neither.
func four() course.Course {
	files := fstest.MapFS{"w/workshop.yaml": {Data: []byte("version: 1\ntitle: W\nchallenges: [other, loops, threads, last]\n")}}
	for name, section := range map[string]string{"other": "Try it", "loops": "Section 2: Loops", "threads": "Section 1: Threads", "last": ""} {
		if section != "" {
			section = fmt.Sprintf("section: %q\n", section)
		}
		files["w/"+name+"/challenge.yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, "version: 1\ntitle: A\nsummary: B\n%sdeliverable: a.py\ntasks: 4\nchecks:\n"+
			"  - {id: runs, title: runs, points: 10, hint: h, bounds: {run.completed: {min: 1}}}\n", section)}
	}
	return course.Course{Name: "test", Challenges: files, Reference: fstest.MapFS{}, Fixtures: fstest.MapFS{}}
}

func folder(t *testing.T) progress.Folder {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	f, err := progress.Of("")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNext(t *testing.T) {
	co, done := four(), folder(t)
	rec, err := recordings.Read("challenge3/gil-discovery/fail-processes-joined-in-start-loop")
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	attempt := func(id string, points float64) {
		clock = clock.Add(time.Minute)
		if _, err := done.Add(progress.Attempt{Challenge: id, When: clock, Points: points}, rec); err != nil {
			t.Fatal(err)
		}
		if points == 10 {
			if err := done.Keep(progress.Check{Challenge: id, When: clock, Points: points}); err != nil {
				t.Fatal(err)
			}
		}
	}
	// state is the way, with what is done in brackets, and the next one.
	state := func() string {
		way, err := Way(co, done)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for i, s := range way {
			name := strings.TrimPrefix(s.Challenge.ID, "w/")
			if s.Done() {
				name = "(" + name + ")"
			}
			if fmt.Fprint(&b, name, " "); s.Number != i+1 {
				t.Errorf("%s has number %d", name, s.Number)
			}
		}
		next := "nothing"
		if n := Next(way); n != nil {
			next = strings.TrimPrefix(n.Challenge.ID, "w/")
		}
		return b.String() + "next " + next
	}
	steps := []struct {
		id     string
		points float64
		want   string
	}{
		{"", 0, "threads loops last other next threads"},
		{"w/last", 4, "threads loops last other next last"},
		{"w/loops", 0, "threads loops last other next loops"},
		{"w/last", 10, "threads loops (last) other next other"},
		{"w/other", 10, "threads loops (last) (other) next threads"},
		{"w/threads", 10, "(threads) loops (last) (other) next loops"},
		{"w/loops", 10, "(threads) (loops) (last) (other) next nothing"},
		{"w/loops", 3, "(threads) (loops) (last) (other) next nothing"},
	}
	for _, s := range steps {
		if s.id != "" {
			attempt(s.id, s.points)
		}
		if got := state(); got != s.want {
			t.Errorf("after %s with %v points: %s, not %s", s.id, s.points, got, s.want)
		}
	}
	way, err := Way(co, done)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := way[2].Points(); !ok || p != 10 || len(way[2].Attempts) != 2 {
		t.Errorf("the best of %v is %v", way[2].Attempts, p)
	}
}

// TestAttempt keeps what a report says.
func TestAttempt(t *testing.T) {
	rec, err := recordings.Read("challenge3/gil-discovery/fail-processes-joined-in-start-loop")
	if err != nil {
		t.Fatal(err)
	}
	result, err := judge.Judge(rec)
	if err != nil {
		t.Fatal(err)
	}
	a := Attempt(rec, result)
	want := progress.Attempt{Challenge: "challenge3/gil-discovery", When: rec.Header.Started, Verdict: "fail", Points: result.Score, MaxPoints: 100, SHA256: rec.Submission.SHA256}
	for _, k := range result.Checks {
		want.Checks = append(want.Checks, progress.Mark{Check: k.ID, Verdict: string(k.Verdict)})
	}
	if d := cmp.Diff(want, a); d != "" || len(a.Checks) < 7 {
		t.Error(d)
	}
}

func TestMoves(t *testing.T) {
	mark := func(check, verdict string) progress.Mark { return progress.Mark{Check: check, Verdict: verdict} }
	before := progress.Attempt{Checks: []progress.Mark{mark("runs", "fail"), mark("task", "pass"), mark("threads", "not judged"), mark("times", "fail")}}
	after := progress.Attempt{Checks: []progress.Mark{mark("runs", "pass"), mark("task", "pass"), mark("threads", "inconclusive"), mark("times", "pass"), mark("new", "fail")}}
	if got := Moves(before, after); got != "runs, times ✗ → ✓; threads · → ?" {
		t.Errorf("got %q", got)
	}
	if got := Moves(after, after); got != "" {
		t.Errorf("got %q", got)
	}
}

// TestHints gives those of the challenge to what failed, and what to do to what the
// machine left open.
func TestHints(t *testing.T) {
	ch := &spec.Challenge{Checks: []spec.Check{{ID: "runs", Hint: "run it"}, {ID: "threads", Hints: []string{"look", "do", "code"}}}}
	for _, c := range []struct {
		k    verdict.Check
		want string
	}{
		{verdict.Check{ID: "threads", Verdict: verdict.Fail, Hint: "join"}, "look do code"},
		{verdict.Check{ID: "threads", Verdict: verdict.Inconclusive, Hint: "quieter"}, "quieter"},
		{verdict.Check{ID: "runs", Verdict: verdict.Fail, Hint: "run it yourself"}, "run it yourself"},
		{verdict.Check{ID: "gone", Verdict: verdict.Fail, Hint: "older"}, "older"},
	} {
		if got := strings.Join(Hints(ch, &c.k), " "); got != c.want {
			t.Errorf("%s, %s: %q, not %q", c.k.ID, c.k.Verdict, got, c.want)
		}
	}
}
