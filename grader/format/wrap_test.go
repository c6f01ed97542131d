package format

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParagraphs(t *testing.T) {
	text := "Start all of them first,\nthen join.\n\n    for p in processes:\n        p.join()\nNot in one loop.\n"
	want := "Start all of\nthem first,\nthen join.\n\n    for p in processes:\n        p.join()\nNot in one\nloop."
	if d := cmp.Diff(want, strings.Join(Paragraphs(text, 12), "\n")); d != "" {
		t.Error(d)
	}
	if got := Paragraphs("", 10); len(got) != 0 {
		t.Errorf("an empty text has %q", got)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{{"threads", 7, "threads"}, {"threads", 6, "threa…"}, {"課題三", 6, "課題三"}, {"課題三", 5, "課題…"}, {"課題三", 4, "課…"}, {"threads", 0, "threads"}, {"threads", 1, "…"}} {
		if got := Cut(c.line, c.width); got != c.want {
			t.Errorf("%q in %d columns: %q, not %q", c.line, c.width, got, c.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	text := strings.Split(`# Primes

Count the primes below
each limit, in two threads.

1. **First** count them alone,
   in the main thread.
2. Then in threads.

    def count(limits): ...

## How

| check | points |
- a`, "\n")
	want := `Primes

Count the primes below each
limit, in two threads.

1. First count them alone, in
   the main thread.
2. Then in threads.

    def count(limits): ...

How

| check | points |
- a`
	if d := cmp.Diff(want, strings.Join(Markdown(text, 30), "\n")); d != "" {
		t.Error(d)
	}
}
