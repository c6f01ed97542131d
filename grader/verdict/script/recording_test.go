package script_test

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
)

func recording(t *testing.T, name string) *record.Record {
	t.Helper()
	rec, err := recordings.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}
