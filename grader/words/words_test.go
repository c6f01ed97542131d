package words

import (
	"math"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for _, c := range [][2]string{
		{Number(3), "3"}, {Number(0.256), "0.26"}, {Number(123.4), "123"}, {Number(math.Inf(1)), "any"}, {Number(-2.5), "-2.50"},
		{Grouped(50_000_000), "50_000_000"}, {Grouped(999), "999"}, {Grouped(1000), "1_000"},
		{Seconds(1.234), "1.23 s"}, {Span(2e-6), "2 µs"}, {Span(0.0425), "42 ms"}, {Span(2), "2.0 s"},
		{Count(1, "run"), "1 run"}, {Count(0, "process"), "0 processes"}, {Plural("check", 2), "checks"},
		{Article("int"), "an int"}, {Article("list"), "a list"}, {Article("NoneType"), "None"},
		{Code([]string{"a", "b"}), "`a`, `b`"},
		{Sentence("it ran"), "It ran."}, {Sentence("primes.c is missing!"), "primes.c is missing!"}, {Sentence("  "), ""},
		{Shorten("short"), "short"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
	if s := Shorten(strings.Repeat("ä", 300)); len(s) > 310 || !strings.HasSuffix(s, "…") {
		t.Errorf("%d bytes", len(s))
	}
}
