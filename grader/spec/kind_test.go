package spec_test

import (
	"path/filepath"
	"testing"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/spec"
)

func TestKind(t *testing.T) {
	co, err := course.Open(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]spec.Kind{
		"challenge3/gil-discovery": spec.KindScript, "challenge3/workarounds": spec.KindCalls, "challenge3/strategy-analyzer": spec.KindAnalyzer,
	} {
		c, err := co.Challenge(id)
		if err != nil {
			t.Fatal(err)
		}
		if c.Kind() != want {
			t.Errorf("%s is a challenge of kind %q, not %q", id, c.Kind(), want)
		}
	}
}
