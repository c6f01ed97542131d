package judge_test

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// recorded gives the recordings by the fixture's path:
// challenge3/gil-discovery/pass/NAME.
func recorded(t *testing.T) map[string]*record.Record {
	t.Helper()
	names, err := recordings.Names()
	if err != nil {
		t.Fatal(err)
	}
	records := map[string]*record.Record{}
	for _, name := range names {
		if path.Dir(name) == recordings.Crowded {
			continue
		}
		kind, fixture, _ := strings.Cut(path.Base(name), "-")
		records[path.Join(path.Dir(name), kind, fixture)] = recording(t, name)
	}
	if len(records) < 240 {
		t.Fatalf("only %d records", len(records))
	}
	return records
}

func recording(t *testing.T, name string) *record.Record {
	t.Helper()
	rec, err := recordings.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// challenge gives today's spec of a challenge, which the caller may change.
func challenge(t *testing.T, id string) *spec.Challenge {
	t.Helper()
	co, err := course.Open("../../..")
	if err != nil {
		t.Fatal(err)
	}
	ch, err := co.Challenge(id)
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// TestReplay judges the records of all fixtures again, by the spec of today.
func TestReplay(t *testing.T) {
	co, err := course.Open("../../..")
	if err != nil {
		t.Fatal(err)
	}
	records := recorded(t)
	ids, err := co.IDs()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		ch, err := co.Challenge(id)
		if err != nil {
			t.Fatal(err)
		}
		fixtures, err := co.Of(id)
		if err != nil {
			t.Fatal(err)
		}
		if path.Dir(id) == "practice" { // of many small ones, one of each kind
			fixtures = slices.DeleteFunc(fixtures, func(f course.Fixture) bool { return records[f.Dir] == nil })
			seen := map[bool]int{}
			for _, f := range fixtures {
				seen[f.Pass]++
			}
			if seen[true] == 0 || seen[false] == 0 {
				t.Errorf("%s has no record of both a pass and a fail; make an empty file for each in grader/recordings, then `GILCOURSE_LIVE=all go test ./grader -run Live/%s -recordings`", id, id)
			}
		}
		for _, f := range fixtures {
			t.Run(f.Dir, func(t *testing.T) {
				rec := records[f.Dir]
				if rec == nil {
					t.Fatalf("no record; `GILCOURSE_LIVE=all go test ./grader -run Live -recordings` makes it")
				}
				r := judge.With(ch, rec)
				for _, problem := range author.Problems(f, r) {
					t.Error(problem)
				}
				for _, c := range r.Checks {
					if c.Verdict == verdict.Fail && (c.Message == "" || c.Hint == "") {
						t.Errorf("%s fails without a message or a hint", c.ID)
					}
				}
			})
		}
	}
}

// TestCrowded judges, by the spec of today, records that were made on a single
// core, or on a machine with far more to do than its cores could: of honest
// submissions, which may be inconclusive and must not fail, and of dishonest
// ones, which must not pass the check that they are about.
func TestCrowded(t *testing.T) {
	names, err := recordings.Names()
	if err != nil {
		t.Fatal(err)
	}
	dishonest, err := recordings.MustNotPass()
	if err != nil {
		t.Fatal(err)
	}
	co, err := course.Open("../../..")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range names {
		if path.Dir(name) != recordings.Crowded {
			continue
		}
		seen++
		rec := recording(t, name)
		ch, err := co.Challenge(rec.Header.Challenge)
		if err != nil {
			t.Fatal(err)
		}
		r, about := judge.With(ch, rec), dishonest[name]
		if about == "" {
			for _, c := range r.Checks {
				if c.Verdict == verdict.Fail {
					t.Errorf("%s is honest, and %s failed: %s", name, c.ID, c.Message)
				}
			}
		} else if c := checkOf(t, r, about); c.Verdict == verdict.Pass {
			t.Errorf("%s is dishonest, and %s passed: %s", name, c.ID, c.Message)
		}
	}
	if seen < 8 {
		t.Fatalf("only %d crowded recordings", seen)
	}
}

// TestRecordsAreSmall bounds the record of a default check.
func TestRecordsAreSmall(t *testing.T) {
	for name, rec := range recorded(t) {
		var file bytes.Buffer
		if err := record.Write(&file, rec); err != nil {
			t.Fatal(err)
		}
		most := 100_000
		if rec.Header.Seed != 0 { // many calls, each with processes of its own
			most = 400_000
		}
		if file.Len() > most {
			t.Errorf("the record of %s has %d bytes", name, file.Len())
		}
	}
}

// TestJudgingIsPure judges one record in eight twice, once
// after a trip through a file.
func TestJudgingIsPure(t *testing.T) {
	records := recorded(t)
	for i, name := range slices.Sorted(maps.Keys(records)) {
		if i%8 > 0 {
			continue
		}
		rec := records[name]
		first, err := judge.Judge(rec)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := record.Write(&file, rec); err != nil {
			t.Fatal(err)
		}
		again, err := record.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		second, err := judge.Judge(again[0])
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(first, second); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
