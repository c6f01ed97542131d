package judge

import (
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestTooOld judges honest submissions by specs that take a newer Python than theirs:
// nothing is decided, and the report says which one it takes.
func TestTooOld(t *testing.T) {
	for _, name := range []string{"practice/concurrent-requests/pass-queue-and-class", "challenge3/gil-discovery/reference", "challenge3/strategy-analyzer/reference"} {
		rec, err := recordings.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(rec.Header.Spec, "\ntitle: ", "\npython: 3.99\ntitle: ", 1)
		c, err := spec.Parse(rec.Header.Challenge, "challenge.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		rec.Runs = nil // as it is recorded then
		r := With(c, rec)
		if r.Verdict != verdict.Inconclusive || r.Score != 0 || len(r.Checks) != len(c.Checks) {
			t.Errorf("%s: %s, %v points", name, r.Verdict, r.Score)
		}
		for _, k := range r.Checks {
			if k.Verdict != verdict.Inconclusive || !strings.Contains(k.Message, "takes Python 3.99 or newer, and the interpreter here is 3.") || !strings.Contains(k.Hint, "--python 3.99") {
				t.Errorf("%s: %s is %s: %s %s", name, k.ID, k.Verdict, k.Message, k.Hint)
			}
		}
	}
}
