package judge_test

import (
	"testing"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/spec"
)

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
