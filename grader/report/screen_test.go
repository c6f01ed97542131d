package report

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	"github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/measure"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// TestScreen shows every report on a terminal: there a coloured one reads as a
// plain one, and no escape stands as text.
func TestScreen(t *testing.T) {
	one := func(name string) Report { return Report{Challenges: []*verdict.Result{judged(t, name)}} }
	lie := lied(strings.Join(hostile, " "))
	reports := map[string]Report{
		"pass":         one("gil-discovery/pass-spawn-json-devops"),
		"fail":         one("gil-discovery/fail-processes-joined-in-start-loop"),
		"calls":        one("workarounds/fail-c-syntax-error"),
		"analyzer":     one("strategy-analyzer/fail-hybrid-default-executor"),
		"inconclusive": open(t),
		"workshop":     workshop(t),
		"hostile": {Challenges: []*verdict.Result{lie}, Missing: []Missing{{ID: "a/b", Deliverable: "x.py", Refused: lie.File}},
			Folders: map[string]string{lie.ID: lie.File}},
	}
	for name, rep := range reports {
		for i, c := range rep.Challenges {
			c.Sandbox = &record.Sandbox{Mode: []string{"auto", "off"}[i%2], Layers: []record.Layer{{Name: "namespaces", Active: true}, {Name: "limits", Active: true},
				{Name: "landlock"}, {Name: "a control group of its own"}}}
		}
		sameOnScreen(t, name+".brief", name == "hostile", func(w io.Writer, o Options) error {
			o.Brief, o.Legend = true, true
			return Write(w, "text", rep, o)
		})
		for _, format := range Formats() {
			sameOnScreen(t, name+"."+format, name == "hostile", func(w io.Writer, o Options) error { return Write(w, format, rep, o) })
		}
	}
	many := cohort(t)
	for _, format := range CohortFormats() {
		sameOnScreen(t, "cohort."+format, false, func(w io.Writer, o Options) error { return WriteCohort(w, format, many, o) })
	}
	measured := judged(t, "strategy-analyzer/pass-enum-frozen-dataclasses")
	if len(measure.Tabulate(measured).Workloads) == 0 {
		measured.Approaches = []verdict.Approach{{Label: "CPU-heavy / threads", Workload: "CPU-heavy", Strategy: "threads", Wall: 1, Workers: 4}}
	}
	for _, format := range MeasuredFormats() {
		sameOnScreen(t, "measured."+format, false, func(w io.Writer, o Options) error { return WriteMeasured(w, format, measured, o) })
	}
}

// escapeText is what is left of an escape sequence where a terminal does not obey it.
var escapeText = regexp.MustCompile(`\\x1b|\\u001b|\\033|\x1b|\[[0-9;]*m`)

// sameOnScreen shows a report with colours and without, wide and narrow. In a
// hostile one the learner's own escapes stand as text.
func sameOnScreen(t *testing.T, name string, hostile bool, write func(io.Writer, Options) error) {
	t.Run(name, func(t *testing.T) {
		for _, width := range []int{0, 60, 110} {
			var plain, coloured bytes.Buffer
			if err := write(&plain, Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			if err := write(&coloured, Options{Width: width, Color: true}); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(plain.String(), "\x1b") {
				t.Errorf("%d columns: an escape in a report without colour", width)
			}
			text := onScreen(t, coloured.String())
			if !bytes.Equal(plain.Bytes(), coloured.Bytes()) {
				if d := cmp.Diff(onScreen(t, plain.String()), text); d != "" {
					t.Errorf("%d columns: colour changes the text (-plain +coloured): %s", width, d)
				}
			}
			if s := escapeText.FindString(strings.Join(text, "\n")); s != "" && !hostile {
				t.Errorf("%d columns: %q stands in the report as text", width, s)
			}
		}
	})
}

// onScreen gives the rows that a terminal shows; long lines go on in the next.
func onScreen(t *testing.T, out string) []string {
	t.Helper()
	const wide = 160
	high := 1
	for line := range strings.Lines(out) {
		high += 1 + len(line)/wide
	}
	screen := vt.NewEmulator(wide, high)
	if _, err := io.WriteString(screen, strings.ReplaceAll(out, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimRight(screen.String(), " \n"), "\n")
}
