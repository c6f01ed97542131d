package recordings_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

var update = flag.Bool("update", false, "write the golden verdicts anew")

// TestGolden judges every recording by the spec of today and compares all that
// a verdict says with the text beside the recording: a change of any verdict,
// sentence or figure shows as a diff.
func TestGolden(t *testing.T) {
	for _, j := range everything(t) {
		got, file := golden(j), filepath.FromSlash(j.name)+".golden"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Run(j.name, func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v; `go test ./grader/recordings -run Golden -update` writes it", err)
			}
			if d := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("the verdict changed; where that is right, `go test ./grader/recordings -run Golden -update` and read the diff:\n%s", d)
			}
		})
	}
}

// TestNoStrayGolden keeps no golden verdict without its recording.
func TestNoStrayGolden(t *testing.T) {
	files, err := filepath.Glob("*/*/*.golden")
	if err != nil || len(files) < 200 {
		t.Fatalf("%d golden files, %v", len(files), err)
	}
	for _, file := range files {
		if _, err := recordings.Bytes(path.Clean(filepath.ToSlash(strings.TrimSuffix(file, ".golden")))); err != nil {
			t.Errorf("%s has no recording", file)
		}
	}
}

// golden writes a verdict as lines that a diff shows well: figures have six
// digits.
func golden(j judged) string {
	r := j.result
	var b strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	text := func(key, value string) {
		if value != "" {
			line("  %s: %s", key, value)
		}
	}
	line("%s: %s, %g of %g, %d runs", r.ID, r.Verdict, r.Score, r.MaxScore, r.Runs)
	for _, c := range r.Checks {
		line("\n%s: %s, %g of %g", c.ID, c.Verdict, c.Points, c.MaxPoints)
		text("message", c.Message)
		text("waits for", c.WaitsFor)
		text("cause", c.Cause)
		if p := c.Location; p != nil {
			text("place", fmt.Sprintf("%s:%d %s", p.File, p.Line, p.Text))
		}
		text("hint", c.Hint)
		for _, w := range c.Warnings {
			text("warning", w)
		}
		for _, e := range c.Evidence {
			line("  %s", evidence(e))
		}
	}
	line("")
	for _, n := range r.Notes {
		line("note: %s", n)
	}
	for _, p := range r.Phases {
		line("phase %s: wall %.6g, cpu %.6g, %d workers, parallelism %.6g, hand-offs %.6g, speedup %.6g, ideal %.6g",
			p.Kind, p.Wall, p.CPU, p.Workers, p.Parallelism, p.HandOffs, p.Speedup, p.Ideal)
	}
	for _, s := range r.Timeline {
		sum := 0.0
		for _, w := range s.Workers {
			for _, share := range w.Shares {
				sum += share
			}
		}
		line("stretch %s: %.6g to %.6g, %d lanes, %.6g in all", s.Kind, s.Start, s.End, len(s.Workers), sum)
	}
	for _, a := range r.Approaches {
		line("approach %s %s: wall %.6g, speedup %.6g (%.6g, %.6g), parallelism %.6g, in flight %.6g, %d workers, memory %.6g, overhead %.6g, %d lines",
			a.Label, a.Function, a.Wall, a.Speedup.Value, a.Speedup.Lo, a.Speedup.Hi, a.Parallelism, a.InFlight, a.Workers, a.Memory, a.Overhead, a.Lines)
	}
	for _, a := range r.Advice {
		measured := "nothing"
		if m := a.Measured; m != nil {
			measured = fmt.Sprintf("%.6g (%.6g, %.6g)", m.Speedup, m.Lo, m.Hi)
		}
		line("advice for %s: %q, expects %q, accepted %v, measured %s, best %s", a.Workload, a.Strategy, a.Expected, a.Accepted, measured, cmp.Or(a.Best, "none"))
	}
	return b.String()
}

func evidence(e verdict.Evidence) string {
	s := e.Quantity + " = "
	if e.Known {
		s += fmt.Sprintf("%.6g (%.6g, %.6g) %s", e.Value, e.Lo, e.Hi, e.Unit)
	} else {
		s += "unknown: " + e.Reason
	}
	if e.Min != nil {
		s += fmt.Sprintf(", min %.6g", *e.Min)
	}
	if e.Max != nil {
		s += fmt.Sprintf(", max %.6g", *e.Max)
	}
	return s + fmt.Sprintf(", %s: %s", e.Witness, e.Holds)
}
