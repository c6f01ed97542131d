package page

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// share reads a percentage.
func share(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil || v < 0 || v > 101 {
		t.Errorf("%q is no share", s)
	}
	return v
}

// TestCharts draws figures within and without their bounds: the dot lies in the zone
// exactly where the bound is kept.
func TestCharts(t *testing.T) {
	limit := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		lo, value, hi float64
		min, max      *float64
		kept          bool
		says          string
	}{
		{1.1, 1.2, 1.3, nil, limit(2), true, "1.20 tasks, between 1.10 and 1.30; asked for: at most 2"},
		{2.9, 3.4, 3.6, limit(2.4), nil, true, "3.40 tasks, between 2.90 and 3.60; asked for: at least 2.40"},
		{0.9, 1, 1.1, limit(2.4), nil, false, "1 task, between 0.90 and 1.10; asked for: at least 2.40"},
		{800, 847, 900, limit(200), nil, true, "847 tasks, between 800 and 900; asked for: at least 200"},
		{1, 2, 3, limit(900), nil, false, "2 tasks, between 1 and 3; asked for: at least 900"},
		{0, 0, 0, nil, limit(0), true, "0 tasks; asked for: at most 0"},
		{0.5, 0.9, math.Inf(1), limit(0.5), nil, true, "0.90 tasks, between 0.50 and any; asked for: at least 0.50"},
		{4, 4, 4, limit(4), limit(4), true, "4 tasks; asked for: 4"},
		{0.1, 0.2, 0.3, limit(0.5), limit(1.9), false, "0.20 tasks, between 0.10 and 0.30; asked for: 0.50 to 1.90"},
		{-3, -2, -1, limit(0), nil, false, "-2 tasks, between -3 and -1; asked for: at least 0"},
	} {
		e := verdict.Evidence{Quantity: "threads.parallelism", Known: true, Interval: stat.Interval{Lo: c.lo, Value: c.value, Hi: c.hi}, Unit: "tasks", Min: c.min, Max: c.max}
		got := newChart(e, quantity.Quantity{Scale: quantity.Ratio})
		if got.Message != c.says {
			t.Errorf("it says %q, want %q", got.Message, c.says)
		}
		dot, from := share(t, got.Dot), share(t, got.Zone.X)
		to := from + share(t, got.Zone.Width)
		if in := dot >= from-0.01 && dot <= to+0.01; in != c.kept || !got.Drawn {
			t.Errorf("%s: the dot lies at %v, the zone from %v to %v", c.says, dot, from, to)
		}
		if left, right := share(t, got.Interval.X), share(t, got.Interval.X)+share(t, got.Interval.Width); dot < left-0.01 || dot > right+0.5 {
			t.Errorf("%s: the dot lies at %v, its interval from %v to %v", c.says, dot, left, right)
		}
	}
	for description, want := range map[string]string{
		"1 where every run ended well, else 0":                  "every run ended well: yes; asked for: yes",
		"1 where every call returned, 0 where one raised":       "every call returned: yes; asked for: yes",
		"1 unless a speedup contradicts what was seen, then 0":  "a speedup contradicts what was seen: no; asked for: no",
		"1 where the source reads a clock of CPU time, else 0.": "the source reads a clock of CPU time: yes; asked for: yes",
	} {
		e := verdict.Evidence{Known: true, Interval: stat.Exactly(1), Min: limit(1)}
		if c := newChart(e, quantity.Quantity{Scale: quantity.Truth, Description: description}); c.Description+": "+c.Message != want || c.Drawn {
			t.Errorf("%q is told as %q: %q", description, c.Description, c.Message)
		}
	}
	if c := newChart(verdict.Evidence{Reason: "the kernel does not count it"}, quantity.Quantity{}); c.Drawn || c.Message != "Not seen: the kernel does not count it." {
		t.Errorf("an unknown figure is told as %q", c.Message)
	}
}

// TestSpeeds leaves out what no picture has room for.
func TestSpeeds(t *testing.T) {
	all := speeds([]compared{{lo: 0.8, value: 1, hi: 1.2}, {}, {lo: 2, value: 3.5, hi: math.Inf(1), told: []float64{4, 1e9}}, {told: []float64{5}}})
	if all[1].Known || len(all[2].Told) != 1 || all[3].Known || len(all[3].Told) != 1 || all[3].Message != "yours 5.0" {
		t.Errorf("%+v", all)
	}
	if one := share(t, all[0].Dot); math.Abs(one-share(t, all[0].One)) > 0.01 || share(t, all[2].Dot) <= one {
		t.Errorf("1 lies at %v, 3.5 at %s", one, all[2].Dot)
	}
}

// TestSources shows what was observed, and no file that has changed since.
func TestSources(t *testing.T) {
	const text = "import os\n\nos.sched_setaffinity(0, {0})\n"
	sum := sha256.Sum256([]byte(text))
	rec := &record.Record{Submission: record.Submission{SHA256: hex.EncodeToString(sum[:])}}
	r := &verdict.Result{ID: "x/y", File: "a.py", Checks: []verdict.Check{
		{ID: "one", Verdict: verdict.Fail, Location: &record.Place{File: "a.py", Line: 3, Text: "os.sched_setaffinity(0, {0})"}},
		{ID: "two", Verdict: verdict.Fail, Location: &record.Place{File: "b.c", Line: 2, Text: "int b;"}},
		{ID: "three", Verdict: verdict.Pass, Location: &record.Place{File: "c.py", Line: 1, Text: "no"}},
	}}
	files := map[string]string{"a.py": text, "b.c": "int a;\nint b;\nint c;\n"}
	read := func(file string) string { return files[file] }
	whole := func() (known []bool, lines []int) {
		for _, s := range sourceOf(r, rec, read) {
			known, lines = append(known, s.Known), append(lines, len(s.Lines))
		}
		return known, lines
	}
	if known, lines := whole(); len(known) != 2 || !known[0] || !known[1] || lines[0] != 3 || lines[1] != 3 {
		t.Errorf("known are %v, with %v lines", known, lines)
	}
	files = map[string]string{"a.py": text + "# changed\n", "b.c": "int a;\nint c;\n"}
	if known, lines := whole(); len(known) != 2 || known[0] || known[1] || lines[0] != 1 || lines[1] != 1 {
		t.Errorf("of files that have changed %v are shown, with %v lines", known, lines)
	}
	read = nil
	if known, lines := whole(); len(known) != 2 || lines[0] != 1 {
		t.Errorf("without files %v are shown, with %v lines", known, lines)
	}
}
