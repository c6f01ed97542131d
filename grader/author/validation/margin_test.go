package validation

import (
	"path"
	"testing"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// recorded reads what the live test kept of a fixture.
func recorded(t *testing.T, f course.Fixture) *record.Record {
	t.Helper()
	id := path.Dir(path.Dir(f.Dir))
	rec, err := recordings.Read(recordings.Name(id, f.Name))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// discovery gives a challenge of which all fixtures are recorded.
func discovery(t *testing.T) (*spec.Challenge, []course.Fixture) {
	t.Helper()
	co, err := course.Open("../../..")
	if err != nil {
		t.Fatal(err)
	}
	const id = "challenge3/gil-discovery"
	ch, err := co.Challenge(id)
	if err != nil {
		t.Fatal(err)
	}
	fixtures, err := co.Of(id)
	if err != nil || len(fixtures) < 20 {
		t.Fatalf("%d fixtures, %v", len(fixtures), err)
	}
	return ch, fixtures
}

func TestFlipsOfRecordings(t *testing.T) {
	ch, fixtures := discovery(t)
	near, far := 0, 0
	for _, f := range fixtures {
		rec := recorded(t, f)
		if found := Flips(ch, rec, f, 0); len(found) > 0 {
			t.Errorf("%s flips without any margin: %v", f.Name, found)
		}
		for _, flip := range Flips(ch, rec, f, DefaultMargin) {
			near++
			t.Logf("%s: %s", f.Name, flip)
		}
		for _, flip := range Flips(ch, rec, f, 0.5) {
			far++
			if flip.From == flip.To || flip.String() == "" {
				t.Errorf("%s: %+v is no flip", f.Name, flip)
			}
		}
	}
	if near > 2 { // recorded on a busy machine
		t.Errorf("%d of %d records lie within the default margin of a bound", near, len(fixtures))
	}
	if far < 5 {
		t.Errorf("only %d flip at half of each bound", far)
	}
}

// TestFlipsOfABound moves a bound to both sides of a figure.
func TestFlipsOfABound(t *testing.T) {
	ch, fixtures := discovery(t)
	for _, f := range fixtures {
		if f.Name != "pass/best-of-three-csv" && f.Name != "fail/processes-joined-in-start-loop" {
			continue
		}
		rec := recorded(t, f)
		at := slack(t, ch, rec)
		for _, tt := range []struct {
			limit float64
			flips bool
		}{{at * 0.5, false}, {at * 0.97, f.Pass}, {at * 1.03, !f.Pass}, {at * 1.5, false}} {
			own := bounded(ch, tt.limit)
			result := judge.With(own, rec)
			if len(author.Problems(f, result)) > 0 {
				continue // the bound lies on the wrong side: a problem, not a flip
			}
			found := Flips(own, rec, f, 0.05)
			if got := len(found) > 0; got != tt.flips {
				t.Errorf("%s, a limit of %v times the figure: flips %v, want %v", f.Name, tt.limit/at, found, tt.flips)
			}
			if len(found) > 0 && (found[0].Check != "processes" || found[0].Quantity != "processes.parallelism") {
				t.Errorf("%s: %+v", f.Name, found[0])
			}
		}
	}
}

// bounded gives the challenge with nothing but a bound on the processes'
// parallelism.
func bounded(c *spec.Challenge, limit float64) *spec.Challenge {
	other := *c
	other.Checks = []spec.Check{{ID: "processes", Title: "t", Hint: "h", Bounds: []spec.Bound{{Quantity: "processes.parallelism", Min: &limit}}}}
	return &other
}

// slack gives the end of the figure's interval that a limit must keep away
// from: the lower one for what passes, the upper one for what fails.
func slack(t *testing.T, c *spec.Challenge, rec *record.Record) float64 {
	t.Helper()
	e := judge.With(bounded(c, 2), rec).Checks[0].Evidence[0]
	if !e.Known {
		t.Fatal("the processes' parallelism is not known")
	}
	if e.Holds == verdict.True {
		return e.Lo
	}
	return e.Hi
}

func TestCountsStay(t *testing.T) {
	two, half := 2.0, 0.5
	c := &spec.Challenge{Checks: []spec.Check{{Bounds: []spec.Bound{{Quantity: "processes.workers", Min: &two}, {Quantity: "threads.parallelism", Max: &half, Otherwise: &spec.Bound{Min: &two}}}}}}
	r := &verdict.Result{Checks: []verdict.Check{{Evidence: []verdict.Evidence{{Quantity: "processes.workers", Known: true}, {Quantity: "threads.parallelism", Known: true}}}}}
	r.Checks[0].Evidence[0].Value, r.Checks[0].Evidence[0].Lo, r.Checks[0].Evidence[0].Hi = 2, 2, 3
	r.Checks[0].Evidence[1].Value, r.Checks[0].Evidence[1].Lo, r.Checks[0].Evidence[1].Hi = 0.4, 0.3, 0.45
	got := moved(c, r, 0.1).Checks[0].Bounds
	if *got[0].Min != 2 || *got[1].Max != 0.45 || *got[1].Otherwise.Min != 2.2 {
		t.Errorf("moved to %v, %v, %v", *got[0].Min, *got[1].Max, *got[1].Otherwise.Min)
	}
	if two != 2 || half != 0.5 || *c.Checks[0].Bounds[1].Max != 0.5 {
		t.Error("the spec itself was changed")
	}
}
