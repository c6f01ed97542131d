package cohort_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// options give what grading for a challenge of this repository's course takes.
func options(t testing.TB, id string) cohort.Options {
	t.Helper()
	o, err := optionsOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func optionsOf(ctx context.Context, id string) (o cohort.Options, err error) {
	co, err := course.Open("../..")
	if err != nil {
		return o, err
	}
	ch, err := co.Challenge(id)
	if err != nil {
		return o, err
	}
	solution, err := co.Solution(id)
	if err != nil {
		return o, err
	}
	interpreter, err := python.Find(ctx, os.Getenv("GILCOURSE_PYTHON"))
	return cohort.Options{Settings: observe.Settings{Version: "test", Python: interpreter}, Name: id, Tasks: []cohort.Task{{Challenge: ch, Solution: solution}}}, err
}

func challenges(o cohort.Options) []*spec.Challenge {
	var all []*spec.Challenge
	for _, t := range o.Tasks {
		all = append(all, t.Challenge)
	}
	return all
}

// BenchmarkCohort grades 24 submissions as a cohort and checks them one after
// the other, side by side. The metric one-by-one/cohort is how many times longer
// the latter takes. GILCOURSE_BENCH names another challenge than the
// quickest one: workarounds has C code to build, too.
func BenchmarkCohort(b *testing.B) {
	id := "challenge3/gil-discovery"
	if v := os.Getenv("GILCOURSE_BENCH"); v != "" {
		id = v
	}
	o := options(b, id)
	co, err := course.Open("../..")
	if err != nil {
		b.Fatal(err)
	}
	fixtures, err := co.Of(id)
	if err != nil {
		b.Fatal(err)
	}
	var paths []string
	for _, f := range fixtures {
		if f.Pass {
			paths = append(paths, filepath.Join("../../fixtures", f.Dir))
		}
	}
	if len(paths) == 0 {
		b.Fatal("there are no fixtures that pass")
	}
	var submissions []string
	for i := range 24 {
		submissions = append(submissions, paths[i%len(paths)])
	}
	sources, err := cohort.Find(submissions, challenges(o))
	if err != nil {
		b.Fatal(err)
	}
	defer sources.Close()
	o.Sources = sources.All
	for b.Loop() {
		start := time.Now()
		if _, err := cohort.Grade(b.Context(), o); err != nil {
			b.Fatal(err)
		}
		together := time.Since(start)
		start = time.Now()
		for _, s := range submissions {
			ch := o.Tasks[0].Challenge
			rec, err := observe.Observe(b.Context(), o.Settings, observe.Target{Challenge: ch, Solution: o.Tasks[0].Solution, File: filepath.Join(s, ch.Deliverable)})
			if err != nil {
				b.Fatal(err)
			}
			judge.With(ch, rec)
		}
		alone := time.Since(start)
		b.ReportMetric(together.Seconds(), "cohort-s")
		b.ReportMetric(alone.Seconds(), "one-by-one-s")
		b.ReportMetric(alone.Seconds()/together.Seconds(), "one-by-one/cohort")
	}
}

// BenchmarkKept grades 1,000 submissions whose records are kept.
func BenchmarkKept(b *testing.B) {
	o := options(b, "challenge3/gil-discovery")
	data, err := recordings.Bytes("challenge3/gil-discovery/pass-german-shared-memory")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	var paths []string
	for i := range 1000 {
		p := filepath.Join(dir, "in", fmt.Sprintf("learner%04d", i))
		if err := os.MkdirAll(p, 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(p, "gil_discovery.py"), fmt.Appendf(nil, "def learner%d(:\n", i), 0o644); err != nil {
			b.Fatal(err)
		}
		paths = append(paths, p)
	}
	sources, err := cohort.Find(paths, challenges(o))
	if err != nil {
		b.Fatal(err)
	}
	defer sources.Close()
	o.Sources = sources.All
	o.Book = book(b, filepath.Join(dir, "results"))
	keys, err := cohort.Keys(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	for _, key := range keys { // as if it had been measured
		put(b, o.Book, key, data)
	}
	grade := func() time.Duration {
		start := time.Now()
		graded, err := cohort.Grade(b.Context(), o)
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range graded {
			if !s.Cached || s.Verdict() == report.Refused {
				b.Fatalf("%s was measured, or %s", s.Learner, s.Refused)
			}
		}
		return time.Since(start)
	}
	first := grade() // judges the records
	for b.Loop() {
		b.ReportMetric(grade().Seconds(), "s/1000")
		b.ReportMetric(first.Seconds(), "first-s/1000")
	}
}
