package grader_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// BenchmarkCheck checks the reference as it is checked by default, and as
// written, at the lesson's size, side by side: the metric full/default is how
// many times longer the lesson's size takes.
func BenchmarkCheck(b *testing.B) {
	interpreter, err := python.Find(b.Context(), os.Getenv("GILCOURSE_PYTHON"))
	if err != nil {
		b.Fatal(err)
	}
	co, err := course.Open("..")
	if err != nil {
		b.Fatal(err)
	}
	const id = "challenge3/gil-discovery"
	ch, err := co.Challenge(id)
	if err != nil {
		b.Fatal(err)
	}
	solution, err := co.Solution(id)
	if err != nil {
		b.Fatal(err)
	}
	check := func(full bool) time.Duration {
		start := time.Now()
		rec, err := observe.Observe(b.Context(), observe.Settings{Python: interpreter, Full: full},
			observe.Target{Challenge: ch, Solution: solution, File: filepath.Join("..", "reference", id, ch.Deliverable)})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := judge.Judge(rec); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	for b.Loop() {
		scaled, full := check(false), check(true)
		b.ReportMetric(scaled.Seconds(), "default-s")
		b.ReportMetric(full.Seconds(), "full-s")
		b.ReportMetric(full.Seconds()/scaled.Seconds(), "full/default")
	}
}
