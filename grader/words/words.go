// Package words writes figures, counts and sentences as people read them.
package words

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Number writes a figure: with two decimals below 100 where it is no whole
// one, and infinity as "any".
func Number(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "any"
	case math.Abs(v) >= 100 || v == math.Trunc(v) && math.Abs(v) < 1e6:
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// Grouped writes a whole number as Python does, in groups of three.
func Grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "_" + s[i:]
	}
	return s
}

// Seconds writes a time in seconds.
func Seconds(v float64) string { return fmt.Sprintf("%.2f s", v) }

// Span writes a time in seconds with the unit that suits it: µs, ms or s.
func Span(s float64) string {
	switch {
	case s < 1e-3:
		return fmt.Sprintf("%.0f µs", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.0f ms", s*1e3)
	}
	return fmt.Sprintf("%.1f s", s)
}

// Count writes a number of things, such as 1 run, or 2 runs.
func Count(n int, thing string) string { return fmt.Sprintf("%d %s", n, Plural(thing, n)) }

// Plural gives the word for so many things: run, or runs.
func Plural(word string, n int) string {
	switch {
	case n == 1:
		return word
	case strings.HasSuffix(word, "s"):
		return word + "es"
	}
	return word + "s"
}

// Article writes a noun with its article, such as an int. Python's NoneType is
// None.
func Article(noun string) string {
	switch {
	case noun == "NoneType":
		return "None"
	case noun != "" && slices.Contains([]byte("aeiou"), noun[0]):
		return "an " + noun
	}
	return "a " + noun
}

// Code writes names as code, one after the other.
func Code(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

// Sentence makes a text start with a capital, unless with a name of a file, a
// function or a quantity, and end with a full stop.
func Sentence(s string) string {
	s = strings.TrimSpace(s)
	r, n := utf8.DecodeRuneInString(s)
	if s == "" {
		return s
	}
	first, _, _ := strings.Cut(s, " ")
	if !strings.ContainsAny(strings.TrimRight(first, ".,:;"), "._/") {
		s = string(unicode.ToUpper(r)) + s[n:]
	}
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

// Shorten cuts a text after some 300 bytes.
func Shorten(s string) string {
	const most = 300
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
