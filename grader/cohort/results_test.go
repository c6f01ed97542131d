package cohort

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"testing"

	"github.com/gilcourse/gilcourse/grader/gradebook"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// TestVerdictsAreKeptToTheLetter keeps the verdicts on records of each kind and
// reads them again: every report is the same.
func TestVerdictsAreKeptToTheLetter(t *testing.T) {
	book, err := gradebook.Open(t.Context(), t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for _, pattern := range []string{"gil-discovery/*-[a-h]*", "workarounds/fail-c-[p-s]*", "strategy-analyzer/fail-[a-h]*"} {
		names, err := recordings.Names()
		if err != nil {
			t.Fatal(err)
		}
		names = slices.DeleteFunc(names, func(name string) bool { ok, err := path.Match("challenge3/"+pattern, name); return err != nil || !ok })
		if len(names) < 2 {
			t.Fatalf("%s: %d recordings", pattern, len(names))
		}
		for _, file := range names {
			rec, err := recordings.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := judge.Judge(rec)
			if err != nil {
				t.Fatal(err)
			}
			key := path.Base(file)
			ch, err := spec.Parse(rec.Header.Challenge, "challenge.yaml", []byte(rec.Header.Spec))
			if err != nil {
				t.Fatal(err)
			}
			out, err := outcome(ch, key, rec)
			if err != nil {
				t.Fatal(err)
			}
			err = book.Do(t.Context(), func(tx *gradebook.Tx) error { // with a record that cannot be judged
				return errors.Join(tx.KeepRecord(gradebook.Record{Key: key, Data: []byte("x")}), tx.KeepVerdict(out.Verdict))
			})
			if err != nil {
				t.Fatal(err)
			}
			kept, err := results(t.Context(), book, ch, []string{key})
			got := kept[key]
			if got == nil || err != nil {
				t.Fatalf("%s: the verdict that was kept cannot be read: %v", file, err)
			}
			for _, format := range []string{"text", "json", "markdown"} {
				if a, b := written(t, format, want), written(t, format, got); a != b {
					t.Errorf("%s: the %s report has changed:\n%s\nwas\n%s", file, format, b, a)
				}
			}
		}
	}
}

func written(t *testing.T, format string, r *verdict.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, format, report.Report{Challenges: []*verdict.Result{r}}, report.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
