//go:build unix

package cohort_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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
