package recordcache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/spec"
)

func TestMain(m *testing.M) {
	if sandbox.Supervise() {
		return
	}
	os.Exit(m.Run())
}

const text = `version: 1
title: Small
summary: s
deliverable: a.py
calls:
  - {id: one, function: work, arguments: {task: {is: task}, sizes: {sizes: 2, takes: 1ms}}, expect: tasks}
checks:
  - {id: first, title: t, points: 5, hint: h, bounds: {one.parallelism: {min: 1}}}
`

func parse(t *testing.T, old, new string) *spec.Challenge {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not in the spec", old)
	}
	ch, err := spec.Parse("small", "challenge.yaml", []byte(strings.Replace(text, old, new, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// TestKey changes one thing after the other: what is run has another key, what
// is only judged or said has the same.
func TestKey(t *testing.T) {
	interpreter, err := python.Find(t.Context(), os.Getenv("GILCOURSE_PYTHON"))
	if err != nil {
		t.Fatal(err)
	}
	options := How{Version: "1", Python: interpreter}
	keys := func(o How) *Keys {
		t.Helper()
		k, err := NewKeys(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	key := func(k *Keys, ch *spec.Challenge, reference, submission string, condition ...string) string {
		t.Helper()
		s, err := k.Key(ch, Digest(reference), Digest(submission), condition...)
		if err != nil || len(s) != 32 {
			t.Fatalf("%q, %v", s, err)
		}
		return s
	}
	own, ch := keys(options), parse(t, "", "")
	first := key(own, ch, "r", "s")
	if key(keys(options), ch, "r", "s") != first {
		t.Error("the same has another key the second time")
	}
	for _, same := range []struct{ old, new string }{
		{"title: Small", "title: Smaller"}, {"summary: s", "summary: other"}, {"hint: h", "hint: other"},
		{"min: 1", "min: 2"}, {"points: 5", "points: 4"},
	} {
		if key(own, parse(t, same.old, same.new), "r", "s") != first {
			t.Errorf("%q for %q is another key", same.new, same.old)
		}
	}
	seen := map[string]string{first: "the first"}
	other := func(what, key string) {
		t.Helper()
		if seen[key] != "" {
			t.Errorf("%s has the key of %s", what, seen[key])
		}
		seen[key] = what
	}
	other("another size", key(own, parse(t, "sizes: 2", "sizes: 3"), "r", "s"))
	other("a comparison with the reference", key(own, parse(t, "one.parallelism", "one.efficiency"), "r", "s"))
	other("another reference", key(own, ch, "r2", "s"))
	other("another submission", key(own, ch, "r", "s2"))
	other("a condition", key(own, ch, "r", "s", "busy", "1"))
	other("another repeat", key(own, ch, "r", "s", "busy", "2"))
	other("a condition in one word", key(own, ch, "r", "s", "busy 1"))
	for what, change := range map[string]func(*How){
		"another version": func(o *How) { o.Version = "2" },
		"the full size":   func(o *How) { o.Full = true },
		"another seed":    func(o *How) { o.Seed = 7 },
		"a strict clock":  func(o *How) { o.StrictClock = true },
		"no sandbox":      func(o *How) { o.Sandbox = sandbox.Off },
	} {
		o := options
		change(&o)
		other(what, key(keys(o), ch, "r", "s"))
	}
}

func TestFiles(t *testing.T) {
	digest := func(names ...string) string {
		t.Helper()
		tree := fstest.MapFS{}
		for _, n := range names {
			name, text, _ := strings.Cut(n, "=")
			tree[name] = &fstest.MapFile{Data: []byte(text)}
		}
		d, err := Files(tree)
		if err != nil {
			t.Fatal(err)
		}
		return string(d)
	}
	one := digest("a.py=x")
	if digest("a.py=x", "__pycache__/a.pyc=1", "b/.git/HEAD=2") != one {
		t.Error("what Python and git write counts")
	}
	for _, other := range [][]string{{"a.py=y"}, {"b.py=x"}, {"a.py=x", "b.py="}, {"a.pyx="}, {"d/a.py=x"}} {
		if digest(other...) == one {
			t.Errorf("%q is not told from a.py=x", other)
		}
	}
	many := fstest.MapFS{}
	for i := range mostFiles + 1 {
		many[strings.Repeat("a", 1+i%100)+"/"+strings.Repeat("b", 1+i/100)] = &fstest.MapFile{}
	}
	if _, err := Files(many); !errors.Is(err, errTooLarge) {
		t.Errorf("too many files: %v", err)
	}
}

func TestFolder(t *testing.T) {
	f := Folder{Dir: filepath.Join(t.TempDir(), "made", "at once")}
	if _, err := f.Load("a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing is kept: %v", err)
	}
	first := &record.Record{Header: record.Header{Version: record.Version, Challenge: "one"}}
	second := &record.Record{Header: record.Header{Version: record.Version, Challenge: "two"}}
	if err := f.Keep("a", first, second); err != nil {
		t.Fatal(err)
	}
	got, err := f.Load("a")
	if err != nil || len(got) != 2 || !reflect.DeepEqual(got[0].Header, first.Header) || got[1].Header.Challenge != "two" {
		t.Fatalf("%+v, %v", got, err)
	}
	if fresh := (Folder{Dir: f.Dir, Fresh: true}); fresh.Keep("b", first) != nil {
		t.Error("fresh keeps nothing")
	} else if _, err := fresh.Load("b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("fresh takes what is kept: %v", err)
	}
	for _, damage := range []func(string) error{
		func(name string) error { return os.Truncate(name, 40) },
		func(name string) error { return os.Truncate(name, 0) },
		func(name string) error { return os.WriteFile(name, []byte("garbage"), 0o644) },
	} {
		if err := f.Keep("c", first); err != nil {
			t.Fatal(err)
		}
		if err := damage(f.File("c")); err != nil {
			t.Fatal(err)
		}
		if records, err := f.Load("c"); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a damaged file gives %d records, %v", len(records), err)
		}
	}
	if err := (Folder{}).Keep("a", first); err != nil {
		t.Errorf("a folder that keeps nothing: %v", err)
	}
	blocked := Folder{Dir: f.File("c")} // a file
	if err := blocked.Keep("a", first); err == nil || !strings.Contains(err.Error(), "--results") {
		t.Errorf("a file in its place: %v", err)
	}
}

func TestClear(t *testing.T) {
	f := Folder{Dir: t.TempDir()}
	rec := &record.Record{Header: record.Header{Version: record.Version}}
	for _, key := range []string{"old", "read", "new"} {
		if err := f.Keep(key, rec); err != nil {
			t.Fatal(err)
		}
		if age := time.Now().Add(-2 * time.Hour); key != "new" {
			if err := os.Chtimes(f.File(key), age, age); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := f.Load("read"); err != nil {
		t.Fatal(err)
	}
	f.Clear(time.Hour)
	for key, there := range map[string]bool{"old": false, "read": true, "new": true} {
		if _, err := f.Load(key); (err == nil) != there {
			t.Errorf("%s: %v, want it there: %v", key, err, there)
		}
	}
}
