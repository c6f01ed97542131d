//go:build unix

package cohort_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// BenchmarkCohort grades submissions into a file, then one by one as `check` does,
// and, where a Postgres is run, with another worker on this machine. The metric
// one-by-one/grade is how many times longer the second takes. GILCOURSE_BENCH names
// another challenge than the quickest one (workarounds has C code to build, too),
// GILCOURSE_BENCH_COUNT another count than 24.
func BenchmarkCohort(b *testing.B) {
	id, n := "challenge3/gil-discovery", 24
	if v := os.Getenv("GILCOURSE_BENCH"); v != "" {
		id = v
	}
	if v := os.Getenv("GILCOURSE_BENCH_COUNT"); v != "" {
		if _, err := fmt.Sscan(v, &n); err != nil {
			b.Fatal(err)
		}
	}
	o := options(b, id)
	submissions := honest(b, id, n)
	sources, err := cohort.Find(submissions, challenges(o))
	if err != nil {
		b.Fatal(err)
	}
	defer sources.Close()
	o.Sources = sources.All
	grade := func(name string) float64 {
		o := o
		o.Book = book(b, name)
		start := time.Now()
		if _, err := cohort.Grade(b.Context(), o); err != nil {
			b.Fatal(err)
		}
		return time.Since(start).Seconds()
	}
	for b.Loop() {
		together := grade(filepath.Join(b.TempDir(), "term.db"))
		b.ReportMetric(together, "grade-s")
		start := time.Now()
		for _, s := range submissions {
			ch := o.Tasks[0].Challenge
			rec, err := observe.Observe(b.Context(), o.Settings, observe.Target{Challenge: ch, Solution: o.Tasks[0].Solution, File: filepath.Join(s, ch.Deliverable)})
			if err != nil {
				b.Fatal(err)
			}
			judge.With(ch, rec)
		}
		alone := time.Since(start).Seconds()
		b.ReportMetric(alone, "one-by-one-s")
		b.ReportMetric(alone/together, "one-by-one/grade")
		if os.Getenv("GILCOURSE_LIVE") == "all" {
			address := postgres(b).address()
			worker(b, address, "")
			b.ReportMetric(grade(address), "two-workers-s")
		}
	}
}

// honest gives the folders of so many submissions that pass, no two the same.
func honest(b *testing.B, id string, n int) (folders []string) {
	co, err := course.Open("../..")
	if err != nil {
		b.Fatal(err)
	}
	fixtures, err := co.Of(id)
	if err != nil {
		b.Fatal(err)
	}
	fixtures = slices.DeleteFunc(fixtures, func(f course.Fixture) bool { return !f.Pass })
	if len(fixtures) == 0 {
		b.Fatal("there are no fixtures that pass")
	}
	for i := range n {
		folder := filepath.Join(b.TempDir(), fmt.Sprintf("learner%03d", i))
		if err := os.CopyFS(folder, os.DirFS(filepath.Join("../../fixtures", fixtures[i%len(fixtures)].Dir))); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "name.txt"), fmt.Append(nil, i), 0o644); err != nil {
			b.Fatal(err)
		}
		folders = append(folders, folder)
	}
	return folders
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
