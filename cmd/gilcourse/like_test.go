package main

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gilcourse/gilcourse/challenges"
	"github.com/gilcourse/gilcourse/fixtures"
	"github.com/gilcourse/gilcourse/grader/author/validation"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/reference"
)

// TestLike begins with each challenge of the course, and wants a challenge whose
// files agree and in which nothing is called after the other one.
func TestLike(t *testing.T) {
	embedded := course.Course{Challenges: challenges.FS, Reference: reference.FS, Fixtures: fixtures.FS}
	ids, err := embedded.IDs()
	if err != nil || len(ids) < 10 {
		t.Fatalf("%v, %v", ids, err)
	}
	for _, like := range ids {
		const id = "own/counting-sheep"
		files, err := beginning(t.TempDir(), id, like)
		if err == nil {
			err = rename(files, id)
		}
		if err != nil {
			t.Errorf("%s: %v", like, err)
			continue
		}
		trees := map[string]fstest.MapFS{"challenges": {}, "reference": {}, "fixtures": {}}
		for name, text := range files {
			tree, inside, _ := strings.Cut(name, "/")
			trees[tree][inside] = &fstest.MapFile{Data: text}
		}
		own := course.Course{Name: "own", Challenges: trees["challenges"], Reference: trees["reference"], Fixtures: trees["fixtures"]}
		ch, found, runnable, err := validation.Files(own, id)
		if err != nil || !runnable {
			t.Errorf("like %s: runnable %v, %v", like, runnable, err)
		}
		for _, f := range found {
			t.Errorf("like %s: %s", like, f)
		}
		if ch != nil && (ch.Title != "Counting sheep" || ch.Deliverable != "counting_sheep.py") {
			t.Errorf("like %s: %q, %s", like, ch.Title, ch.Deliverable)
		}
	}
}
