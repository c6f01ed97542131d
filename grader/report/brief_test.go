package report

import (
	"bytes"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestBriefGolden compares brief reports with what they were.
func TestBriefGolden(t *testing.T) {
	for _, name := range []string{"gil-discovery/pass-spawn-json-devops", "gil-discovery/fail-processes-joined-in-start-loop", "gil-discovery/fail-crash-unpicklable-lambda",
		"workarounds/fail-imports-name-error", "workarounds/fail-c-syntax-error", "strategy-analyzer/fail-hybrid-default-executor"} {
		rep := Report{Challenges: []*verdict.Result{judged(t, name)}}
		golden(t, path.Base(name), "brief", func(w io.Writer) error { return Write(w, "text", rep, Options{Brief: true, Legend: true}) })
	}
	golden(t, "workshop", "brief", func(w io.Writer) error { return Write(w, "text", workshop(t), Options{Brief: true}) })
	undecided := open(t)
	undecided.Policy = CountPass
	golden(t, "policy", "brief", func(w io.Writer) error { return Write(w, "text", undecided, Options{Brief: true}) })
}

// TestBriefIsBrief holds a whole report of a fail within a screen of 80 by 40, and
// within its columns.
func TestBriefIsBrief(t *testing.T) {
	rep := Report{Challenges: []*verdict.Result{judged(t, "gil-discovery/fail-processes-joined-in-start-loop")}}
	var out bytes.Buffer
	if err := Write(&out, "text", rep, Options{Brief: true, Width: 80}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	if len(lines) > 40 || !strings.HasPrefix(lines[0], "FAIL  ") || !strings.HasPrefix(lines[2], "Start here: gil_discovery.py:47  p.join()") {
		t.Errorf("%d lines:\n%s", len(lines), out.String())
	}
	for _, line := range lines {
		if format.Width(line) > 80 {
			t.Errorf("too wide: %s", line)
		}
	}
}

// TestLegend explains the phases where it is asked for, in two lines.
func TestLegend(t *testing.T) {
	c := judged(t, "gil-discovery/pass-spawn-json-devops")
	has := func(o Options) bool {
		return slices.ContainsFunc(Brief(c, o), func(p Part) bool {
			return p.Name == "legend" && strings.Contains(strings.Join(p.Lines, " "), "wanted a core: ") && strings.Contains(strings.Join(p.Lines, " "), "hand-offs: ")
		})
	}
	if has(Options{}) || !has(Options{Legend: true}) {
		t.Error("a legend is there where it should not be, or the other way round")
	}
	var whole bytes.Buffer
	if err := Write(&whole, "text", Report{Challenges: []*verdict.Result{c}}, Options{Legend: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(whole.String(), "  hand-offs: ") {
		t.Error("the whole report has no legend")
	}
	if !HasLegend(Report{Challenges: []*verdict.Result{c}}) || HasLegend(Report{Challenges: []*verdict.Result{judged(t, "workarounds/fail-imports-name-error")}}) {
		t.Error("what a legend explains is not known")
	}
}

// TestShortTimeline holds four threads and four processes in six lines; where they
// ran at the same time there is none.
func TestShortTimeline(t *testing.T) {
	golden(t, "pass-spawn-json-devops", "lanes", func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(ShortTimeline(judged(t, "gil-discovery/pass-spawn-json-devops"), Options{}), "\n")+"\n")
		return err
	})
	lane := func(shares ...float64) []verdict.Lane { return []verdict.Lane{{Shares: shares}} }
	r := &verdict.Result{Timeline: []verdict.Stretch{{Kind: "threads", Workers: lane(1, 1, 0, 0)}, {Kind: "processes", Workers: lane(0, 0, 1, 1)}}}
	if got := strings.Join(ShortTimeline(r, Options{}), "\n"); got != "           threads processes\n  main     \n  worker 1 ████" {
		t.Errorf("got\n%s", got)
	}
	r.Timeline[1].Workers = lane(0, 0.2, 1, 1) // a column at which one ends and the other begins
	if got := ShortTimeline(r, Options{}); len(got) != 3 {
		t.Errorf("got %v", got)
	}
	r.Timeline[1].Workers = lane(1, 1, 1, 1)
	if got := ShortTimeline(r, Options{}); got != nil {
		t.Errorf("got %v", got)
	}
	if got := ShortTimeline(&verdict.Result{}, Options{}); got != nil {
		t.Errorf("got %v", got)
	}
}
