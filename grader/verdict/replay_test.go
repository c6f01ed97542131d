package verdict_test

import (
	"bytes"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// recorded gives the records of the fixtures, as the live test kept them, by
// the fixture's path: challenge3/gil-discovery/pass/NAME.
func recorded(t *testing.T) map[string]*record.Record {
	t.Helper()
	files, err := filepath.Glob("testdata/*/*/*.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	records := map[string]*record.Record{}
	for _, file := range files {
		id := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(file), "testdata/"))
		kind, name, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".jsonl.gz"), "-")
		records[path.Join(id, kind, name)] = readRecord(t, file)
	}
	if len(records) < 20 {
		t.Fatalf("only %d records", len(records))
	}
	return records
}

func readRecord(t *testing.T, file string) *record.Record {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	read, err := record.Read(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return read[0]
}

// TestReplay judges the records of all fixtures again, by the spec of today.
func TestReplay(t *testing.T) {
	co, err := course.Open("../..")
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
			if seen[true]+seen[false] == 0 {
				t.Logf("nothing is recorded of %s", id)
			} else if seen[true] == 0 || seen[false] == 0 {
				t.Errorf("%s has no record of both a pass and a fail; make an empty file for each in testdata, then `GILCOURSE_LIVE=all go test ./grader -run Live/%s -recordings`", id, id)
			}
		}
		for _, f := range fixtures {
			t.Run(f.Dir, func(t *testing.T) {
				rec := records[f.Dir]
				if rec == nil {
					t.Fatalf("no record; `GILCOURSE_LIVE=all go test ./grader -run Live -recordings` makes it")
				}
				r := verdict.With(ch, rec)
				for _, problem := range f.Problems(r) {
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
// submissions, which may be inconclusive and must not fail, and of CHECK-NAME,
// which must not pass that check.
func TestCrowded(t *testing.T) {
	files, err := filepath.Glob("testdata/crowded/*.jsonl.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no records: %v", err)
	}
	co, err := course.Open("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		rec := readRecord(t, file)
		ch, err := co.Challenge(rec.Header.Challenge)
		if err != nil {
			t.Fatal(err)
		}
		r := verdict.With(ch, rec)
		for _, c := range r.Checks {
			wrong := strings.HasPrefix(filepath.Base(file), c.ID+"-") // the check that must not pass
			if wrong && c.Verdict == verdict.Pass || !wrong && c.Verdict == verdict.Fail {
				t.Errorf("%s: %s got %s: %s", file, c.ID, c.Verdict, c.Message)
			}
		}
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
		first, err := verdict.Judge(rec)
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
		second, err := verdict.Judge(again[0])
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(first, second); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
