package recordings_test

import (
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// judged is a recording, judged by the spec of today.
type judged struct {
	name      string
	record    *record.Record
	challenge *spec.Challenge
	result    *verdict.Result
	err       error
}

// fixture gives the path of the recorded fixture: challenge3/gil-discovery/pass/NAME.
func (j judged) fixture() string {
	kind, name, _ := strings.Cut(path.Base(j.name), "-")
	return path.Join(path.Dir(j.name), kind, name)
}

// all judges every recording, once, in the order of their names.
var all = sync.OnceValues(func() ([]judged, error) {
	co, err := course.Open("../..")
	if err != nil {
		return nil, err
	}
	names, err := recordings.Names()
	if err != nil {
		return nil, err
	}
	ids, err := co.IDs()
	if err != nil {
		return nil, err
	}
	challenges := map[string]*spec.Challenge{}
	for _, id := range ids {
		if challenges[id], err = co.Challenge(id); err != nil {
			return nil, err
		}
	}
	out := make([]judged, len(names))
	var running sync.WaitGroup
	room := make(chan bool, 2)
	for i, name := range names {
		running.Go(func() {
			room <- true
			defer func() { <-room }()
			rec, err := recordings.Read(name)
			if err != nil {
				out[i] = judged{name: name, err: err}
				return
			}
			ch := challenges[rec.Header.Challenge]
			out[i] = judged{name: name, record: rec, challenge: ch, result: judge.With(ch, rec)}
		})
	}
	running.Wait()
	return out, nil
})

// everything gives all recordings, judged.
func everything(t *testing.T) []judged {
	t.Helper()
	list, err := all()
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range list {
		if j.err != nil {
			t.Fatal(j.err)
		}
	}
	if len(list) < 248 {
		t.Fatalf("only %d recordings", len(list))
	}
	return list
}

func checkOf(t *testing.T, r *verdict.Result, id string) verdict.Check {
	t.Helper()
	i := slices.IndexFunc(r.Checks, func(c verdict.Check) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("there is no check %s", id)
	}
	return r.Checks[i]
}
