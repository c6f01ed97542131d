package recordings_test

import (
	"bytes"
	"path"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// TestReplay wants every fixture's recording to get what the fixture must get,
// by the spec of today.
func TestReplay(t *testing.T) {
	co, err := course.Open("../..")
	if err != nil {
		t.Fatal(err)
	}
	byFixture := map[string]*verdict.Result{}
	for _, j := range everything(t) {
		byFixture[j.fixture()] = j.result
	}
	ids, err := co.IDs()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		fixtures, err := co.Of(id)
		if err != nil {
			t.Fatal(err)
		}
		if path.Dir(id) == "practice" { // of many small ones, one of each kind
			fixtures = slices.DeleteFunc(fixtures, func(f course.Fixture) bool { return byFixture[f.Dir] == nil })
			seen := map[bool]int{}
			for _, f := range fixtures {
				seen[f.Pass]++
			}
			if seen[true] == 0 || seen[false] == 0 {
				t.Errorf("%s has no recording of both a pass and a fail; make an empty file for each in grader/recordings, then `GILCOURSE_LIVE=all go test ./grader -run Live/%s -recordings`", id, id)
			}
		}
		for _, f := range fixtures {
			t.Run(f.Dir, func(t *testing.T) {
				r := byFixture[f.Dir]
				if r == nil {
					t.Fatalf("no recording; `GILCOURSE_LIVE=all go test ./grader -run Live -recordings` makes it")
				}
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

// TestCrowded looks at the recordings that were made on a single core, or on a
// machine with far more to do than its cores could: those of honest submissions
// may be inconclusive and must not fail, and those of dishonest ones must not
// pass the check that they are about.
func TestCrowded(t *testing.T) {
	dishonest, err := recordings.MustNotPass()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, j := range everything(t) {
		if path.Dir(j.name) != recordings.Crowded {
			continue
		}
		seen++
		about := dishonest[j.name]
		if about == "" {
			for _, c := range j.result.Checks {
				if c.Verdict == verdict.Fail {
					t.Errorf("%s is honest, and %s failed: %s", j.name, c.ID, c.Message)
				}
			}
		} else if c := checkOf(t, j.result, about); c.Verdict == verdict.Pass {
			t.Errorf("%s is dishonest, and %s passed: %s", j.name, c.ID, c.Message)
		}
	}
	if seen < 8 {
		t.Fatalf("only %d crowded recordings", seen)
	}
}

// TestRecordsAreSmall bounds the record of a default check, as it is kept.
func TestRecordsAreSmall(t *testing.T) {
	for _, j := range everything(t) {
		most := 100_000
		if j.record.Header.Seed != 0 { // many calls, each with processes of its own
			most = 400_000
		}
		data, err := recordings.Bytes(j.name)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > most {
			t.Errorf("%s has %d bytes", j.name, len(data))
		}
	}
}

// TestJudgingIsPure judges one recording in sixteen again, after a trip through a
// file, and wants the same to the letter.
func TestJudgingIsPure(t *testing.T) {
	for i, j := range everything(t) {
		if i%16 > 0 {
			continue
		}
		var file bytes.Buffer
		if err := record.Write(&file, j.record); err != nil {
			t.Fatal(err)
		}
		again, err := record.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(j.result, judge.With(j.challenge, again[0])); d != "" {
			t.Errorf("%s: %s", j.name, d)
		}
	}
}
