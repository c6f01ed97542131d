//go:build unix

package cohort_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/queue"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
)

// BenchmarkLoad has 300 submissions go through the queue without observing them: a
// recording stands for what would be seen. What is left is what the database costs.
func BenchmarkLoad(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		load(b, book(b, filepath.Join(b.TempDir(), "term.db")), `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`)
	})
	b.Run("postgres", func(b *testing.B) {
		load(b, book(b, postgres(b).address()), `SELECT pg_database_size(current_database())`)
	})
}

func load(b *testing.B, book *gradebook.Book, size string) {
	const n = 300
	data, err := recordings.Bytes("challenge3/gil-discovery/pass-german-shared-memory")
	if err != nil {
		b.Fatal(err)
	}
	verdict, err := gradebook.Pack(make([]byte, 8<<10))
	if err != nil {
		b.Fatal(err)
	}
	o := options(b, "challenge3/gil-discovery")
	in := class(b, n)
	handle := func(context.Context, queue.Task) (queue.Outcome, error) {
		return queue.Outcome{Record: data, Verdict: gradebook.Verdict{Spec: "spec", Verdict: "pass", Score: 100, Most: 100, Data: verdict}}, nil
	}
	q, err := queue.New(book, queue.Worker{Offer: queue.Offer{Build: "bench", Pythons: []record.Python{{Path: "none"}}}, Slots: 100, Handle: handle})
	if err != nil {
		b.Fatal(err)
	}
	before := count(b, book, size)
	var jobs []queue.Job
	var keys []string
	start := time.Now()
	err = book.Do(b.Context(), func(tx *gradebook.Tx) error {
		for i := range n {
			tree, err := gradebook.Snapshot(os.DirFS(filepath.Join(in, fmt.Sprintf("learner%02d", i))), observe.MayNeed)
			if err != nil {
				return err
			}
			a := gradebook.Attempt{Course: o.Name, Path: fmt.Sprint("/", i), Content: tree.Digest, Learner: fmt.Sprint(i)}
			if err := tx.KeepAttempt(&a); err != nil {
				return err
			}
			if err := tx.KeepTree(tree); err != nil {
				return err
			}
			keys = append(keys, tree.Digest)
			jobs = append(jobs, queue.Job{Key: tree.Digest, ChallengeID: o.Name, Content: tree.Digest, Course: o.Name})
		}
		return q.Insert(b.Context(), tx, queue.Needs{Build: "bench"}, jobs)
	})
	if err != nil {
		b.Fatal(err)
	}
	asked := time.Since(start)
	start = time.Now()
	err = q.Run(b.Context(), func(ctx context.Context) (bool, error) {
		left, err := q.Unfinished(ctx)
		return left == 0, err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(asked.Microseconds())/1000/n, "ms/asked")
	b.ReportMetric(float64(time.Since(start).Microseconds())/1000/n, "ms/worked")
	b.ReportMetric(float64(count(b, book, size)-before)/1024/n, "KiB/job")
	b.ReportMetric(0, "ns/op")
}

// TestInconclusiveIsTriedAgain has a job come out inconclusive at first: it waits,
// and the next try knows the record before; the last one counts.
func TestInconclusiveIsTriedAgain(t *testing.T) {
	b := book(t, filepath.Join(t.TempDir(), "term.db"))
	tree, err := gradebook.Snapshot(os.DirFS(class(t, 1)), observe.MayNeed)
	if err != nil {
		t.Fatal(err)
	}
	data := unobserved(t)
	var tries []string
	handle := func(_ context.Context, task queue.Task) (queue.Outcome, error) {
		tries = append(tries, fmt.Sprint(task.Try, len(task.Earlier.Data) == len(data)))
		v := gradebook.Verdict{Spec: "spec", Verdict: "inconclusive", Most: 100, Data: []byte("x")}
		if task.Try == 2 {
			v.Verdict, v.Score = "pass", 100
		}
		return queue.Outcome{Record: data, Verdict: v, Inconclusive: task.Try == 1}, nil
	}
	q, err := queue.New(b, queue.Worker{Offer: queue.Offer{Build: "b", Pythons: []record.Python{{Path: "none"}}}, Slots: 1, Handle: handle})
	if err != nil {
		t.Fatal(err)
	}
	err = b.Do(t.Context(), func(tx *gradebook.Tx) error {
		a := gradebook.Attempt{Course: "x/y", Path: "/anna", Content: tree.Digest, Learner: "anna"}
		if err := tx.KeepAttempt(&a); err != nil {
			return err
		}
		return q.Insert(t.Context(), tx, queue.Needs{Build: "b"}, []queue.Job{{Key: "k", ChallengeID: "x/y", Content: tree.Digest, Course: "x/y", Retries: 3}})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = q.Run(t.Context(), func(ctx context.Context) (bool, error) {
		left, err := q.Unfinished(ctx)
		return left == 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"1 false", "2 true"}; !slices.Equal(tries, want) {
		t.Errorf("the tries were %q, want %q", tries, want)
	}
	if n := count(t, b, `SELECT COUNT(*) FROM grades JOIN measurements m ON m.key = grades.key WHERE verdict = 'pass' AND score = 100 AND m.tries = 2 AND m.state = 'done'`); n != 1 {
		t.Errorf("%d grades say so", n)
	}
}
