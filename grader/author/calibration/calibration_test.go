package calibration

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
)

func open(t *testing.T) course.Course {
	t.Helper()
	co, err := course.Open("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return co
}

// recorded calibrates gil-discovery by the recordings of its fixtures.
func recorded(t *testing.T) (c *Calibration, honest, wrong int) {
	t.Helper()
	co := open(t)
	const id = "challenge3/gil-discovery"
	ch, err := co.Challenge(id)
	if err != nil {
		t.Fatal(err)
	}
	fixtures, err := co.Of(id)
	if err != nil || len(fixtures) < 20 {
		t.Fatalf("%d fixtures, %v", len(fixtures), err)
	}
	c = New(ch)
	for _, f := range fixtures {
		rec, err := recordings.Read(recordings.Name(id, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		c.Add(f, "", rec)
		if f.Pass {
			honest++
		} else {
			wrong++
		}
	}
	return c, honest, wrong
}

// TestRecordings replays what was observed: every limit of the spec is there
// with the honest values, no population overlaps, and no wrong submission is
// untold, since each fails by one of the bounds.
func TestRecordings(t *testing.T) {
	c, honest, wrong := recorded(t)
	if c.Records[""] != honest+wrong {
		t.Fatalf("%v records, want %d", c.Records, honest+wrong)
	}
	limits, untold := c.Limits()
	if len(untold) > 0 {
		t.Errorf("untold: %v", untold)
	}
	told := map[string]bool{}
	known := map[string]Limit{}
	for _, l := range limits {
		known[l.Quantity+" "+string(l.Side)+" "+l.Holds] = l
		if l.Finding == Overlap || l.At.Line == 0 {
			t.Errorf("%s %s at line %d: %s, %v", l.Quantity, l.Side, l.At.Line, l.Finding, l.Among)
		}
		if l.Holds != "otherwise" && len(l.Honest) != honest {
			t.Errorf("%s %s: %d honest values, want %d", l.Quantity, l.Side, len(l.Honest), honest)
		}
		for _, name := range append(Submissions(l.Wrong), l.Missing...) {
			told[name] = true
		}
	}
	if len(told) != wrong {
		t.Errorf("%d of %d wrong submissions count for some limit", len(told), wrong)
	}
	if l := known["run.completed min "]; l.Finding != Keep || !l.Count || *l.Proposed != 1 || len(l.Wrong) < 2 {
		t.Errorf("a truth: %+v", l)
	}
	// It is written as a multiple of the workers: so are its values.
	if l := known["processes.parallelism min "]; !l.Log || l.AUC != 1 || l.Gap < 1 || l.Proposed == nil || !(*l.Proposed > 0.35 && *l.Proposed < 0.65) {
		t.Errorf("a multiple: %+v", l)
	}
	if l := known["threads.parallelism max with the GIL"]; l.Finding != Untested || !(l.Room > 0) {
		t.Errorf("no wrong value: %+v", l)
	}
	if !slices.ContainsFunc(limits, func(l Limit) bool { return len(l.Missing) > 0 }) {
		t.Error("of no limit there was nothing to measure")
	}
	if l := known["threads.parallelism min otherwise"]; len(l.Honest)+len(l.Wrong) != 0 {
		t.Errorf("without the GIL there is no record: %+v", l)
	}
}

const small = `version: 1
title: Small   # of one call
summary: s
deliverable: a.py
calls:
  - {id: run, function: work, arguments: {task: {is: task}, sizes: {sizes: 2, takes: 1ms}}, expect: tasks}
  - {id: told, function: tell, arguments: {task: {is: task}, sizes: {sizes: 2, takes: 1ms}}, expect: figures, figures: [wall]}
checks:
  - id: first
    title: "größer als"
    points: 5
    hint: h
    bounds:
      run.work: {min: 0.5, says: "größer",   max: 2.50}  # measured
      run.in_main:
        max: 0.3    # a share
        gil: true
        otherwise: {max: 0.7_5}
  - {id: second, title: t, points: 1, hint: h, bounds: {run.workers: {min: 2}, run.memory: {min: 100, confirmed_by: run.workers}, told.wall_off: {max: 0.2}}}
`

func parse(t *testing.T, text string) *spec.Challenge {
	t.Helper()
	ch, err := spec.Parse("small", "challenge.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// with puts figures to a bound: positive numbers of honest submissions h0, h1
// and so on, or of one wrong one each.
func (c *Calibration) with(bound string, honest []float64, wrong map[string][]float64) {
	for i, v := range honest {
		c.figures[bound] = append(c.figures[bound], figure{submission: "h" + string(rune('0'+i)), honest: true, Interval: stat.Exactly(v)})
	}
	check := "first"
	if strings.HasPrefix(bound, "checks[1]") {
		check = "second"
	}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range wrong {
			if !yield(name) {
				return
			}
		}
	}) {
		if !slices.Contains(c.wrong[check], name) {
			c.wrong[check] = append(c.wrong[check], name)
		}
		for _, v := range wrong[name] {
			c.figures[bound] = append(c.figures[bound], figure{submission: name, Interval: stat.Exactly(v), missing: v < 0})
		}
	}
}

const (
	work   = "checks[0].bounds[0]"
	inMain = "checks[0].bounds[1]"
	pool   = "checks[1].bounds[0]"
	memory = "checks[1].bounds[1]"
	off    = "checks[1].bounds[2]"
)

func limit(t *testing.T, c *Calibration, bound string, side Side) Limit {
	t.Helper()
	limits, _ := c.Limits()
	for _, l := range limits {
		if l.bound == bound && l.Side == side {
			return l
		}
	}
	t.Fatalf("there is no %s of %s", side, bound)
	return Limit{}
}

func TestFindings(t *testing.T) {
	honest := []float64{0.9, 0.95, 1, 1, 1.05, 1.1, 1.2, 1.3, 1.6}
	for _, tt := range []struct {
		name     string
		bound    string
		side     Side
		honest   []float64
		wrong    map[string][]float64
		finding  Finding
		proposed float64 // 0 for none
	}{
		{"well between", work, Max, honest, map[string][]float64{"w": {4, 4.1, 4.2}}, Keep, 2.5},
		{"too near to the wrong", work, Max, honest, map[string][]float64{"w": {2.6, 9, 9}}, Move, 2}, // sqrt(1.6 * 2.6) = 2.04
		{"on the wrong side of the honest", work, Max, append([]float64{2.7}, honest...), map[string][]float64{"w": {30, 30, 40}}, Move, 9},
		{"a lower limit", work, Min, honest, map[string][]float64{"w": {0.48, 0.05, 0.1}}, Move, 0.66},
		{"one wrong value among the honest", work, Max, honest, map[string][]float64{"w": {1.5, 3, 3}}, Overlap, 0},
		{"touching", work, Max, honest, map[string][]float64{"w": {1.6, 3, 3}}, Overlap, 0},
		{"few honest", work, Max, honest[:8], map[string][]float64{"w": {4, 4, 4}}, Few, 0},
		{"few wrong", work, Max, honest, map[string][]float64{"w": {4, 4}}, Few, 0},
		{"few of both that overlap", work, Max, honest[7:], map[string][]float64{"w": {1.5, 4, 4}}, Overlap, 0},
		{"no honest", work, Max, nil, map[string][]float64{"w": {4, 4, 4}}, Few, 0},
		{"no wrong", work, Max, honest, nil, Untested, 0},
		{"a share", inMain, Max, []float64{0.01, 0.02, 0.02, 0.03, 0.03, 0.04, 0.05, 0.06, 0.1}, map[string][]float64{"w": {0.9, 1, 1}}, Keep, 0.3},
		{"a share near the honest", inMain, Max, []float64{0.01, 0.02, 0.02, 0.03, 0.03, 0.04, 0.05, 0.06, 0.28}, map[string][]float64{"w": {0.9, 1, 1}}, Move, 0.59},
		{"a distance from what is right", off, Max, []float64{1e-4, 2e-4, 3e-4, 4e-4, 5e-4, 6e-4, 7e-4, 8e-4, 9e-4}, map[string][]float64{"w": {0.5, 0.9, 1.1}}, Keep, 0.2},
		{"a count stays", pool, Min, []float64{2, 2}, map[string][]float64{"w": {1}}, Keep, 2},
		{"a count is not halved", pool, Min, []float64{4, 4, 4, 4, 4, 4, 4, 4, 4}, map[string][]float64{"w": {2, 2, 1, 1}}, Move, 4},
		{"not found before", work, Max, honest, map[string][]float64{"w": {2, 2.1, 2.2}}, Move, 1.8},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := New(parse(t, small))
			c.with(tt.bound, tt.honest, tt.wrong)
			l := limit(t, c, tt.bound, tt.side)
			got := 0.0
			if l.Proposed != nil {
				got = *l.Proposed
			}
			if l.Finding != tt.finding || math.Abs(got-tt.proposed) > 1e-9 {
				t.Errorf("%s, %v, want %s, %v: %+v", l.Finding, got, tt.finding, tt.proposed, l)
			}
			if (l.Finding == Overlap) != (len(l.Among) > 0) {
				t.Errorf("among: %v", l.Among)
			}
		})
	}
}

// TestOverlap names who lies among the others.
func TestOverlap(t *testing.T) {
	c := New(parse(t, small))
	c.with(work, []float64{1, 3, 0.9, 5}, map[string][]float64{"w": {4, 8, 9}, "x": {10}, "z": {2.7, 3}})
	l := limit(t, c, work, Max)
	if got := strings.Join(Submissions(l.Among), " "); got != "h1 h3 w z" {
		t.Errorf("%s lie among the others, want h1, h3, w and z", got)
	}
	if want := 1 - (1+2+1.5)/24; math.Abs(l.AUC-want) > 1e-9 || !(l.Gap < 0) {
		t.Errorf("AUC %v, want %v; gap %v", l.AUC, want, l.Gap)
	}
	var b strings.Builder
	if err := Formats.Write(&b, "text", c, format.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"run.work max 2.5: no limit tells these apart:\n  h1, which must pass: 3\n  h3, which must pass: 5\n  w, which must fail: 4\n  z, which must fail: 2.7, the farthest of 2\n", "1 overlap"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, b.String())
		}
	}
}

// TestAttribution has a check of two bounds: who breaks one of them says
// nothing of the other, and who breaks none is looked for in both.
func TestAttribution(t *testing.T) {
	c := New(parse(t, small))
	c.with(work, []float64{1, 1.1, 1.2}, map[string][]float64{"heavy": {5, 5}, "main": {1, 1.1}, "near": {1.05}, "unnoticed": {2}, "absent": {-1}, "most": {3, 4, 1.15}})
	c.with(inMain, []float64{0, 0.05, 0.1}, map[string][]float64{"heavy": {0.02, 0}, "main": {0.9, 1}, "near": {0.05}, "unnoticed": {0.1}, "absent": {-1}, "most": {0, 0, 0}})
	for _, tt := range []struct {
		bound string
		side  Side
		want  string
	}{{work, Max, "heavy most unnoticed"}, {work, Min, ""}, {inMain, Max, "main"}} {
		l := limit(t, c, tt.bound, tt.side)
		if got := strings.Join(Submissions(l.Wrong), " "); got != tt.want || !slices.Equal(l.Missing, []string{"absent"}) {
			t.Errorf("for %s of %s count %q, want %q; missing: %v", tt.side, tt.bound, got, tt.want, l.Missing)
		}
	}
	if _, untold := c.Limits(); !slices.Equal(untold, []Untold{{"first", "near"}}) {
		t.Errorf("untold: %v, want near", untold)
	}
}

// TestEnds takes the ends of intervals that decide, and for a bound that another
// quantity confirms only what would break it.
func TestEnds(t *testing.T) {
	c := New(parse(t, small))
	wide := stat.Interval{Value: 200, Lo: 50, Hi: math.Inf(1)}
	for bound, check := range map[string]string{work: "first", memory: "second"} {
		c.figures[bound] = []figure{{submission: "h", honest: true, Interval: wide}, {submission: "w", Interval: stat.Interval{Value: 4, Lo: 3, Hi: 9}}}
		c.wrong[check] = []string{"w"}
	}
	if l := limit(t, c, work, Max); !math.IsInf(l.Honest[0].Figure, 1) || l.Wrong[0].Figure != 3 || l.Finding != Overlap || l.Log {
		t.Errorf("an open interval: %+v", l)
	}
	if l := limit(t, c, memory, Min); !math.IsInf(l.Honest[0].Figure, 1) || l.Wrong[0].Figure != 9 {
		t.Errorf("confirmed: %+v", l)
	}
	for _, name := range Formats.Names() {
		var b strings.Builder
		if err := Formats.Write(&b, name, c, format.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == "json" {
			var read jsonCalibration
			if err := json.Unmarshal([]byte(b.String()), &read); err != nil || len(read.Limits) != 7 || read.Limits[1].Honest[0].Value != nil || *read.Limits[1].Wrong[0].Value != 3 {
				t.Errorf("%v: %s", err, b.String())
			}
		}
	}
}

// TestApply changes the figures alone, and in the unit in which they stand.
func TestApply(t *testing.T) {
	ch := parse(t, small)
	limits, _ := New(ch).Limits()
	for i, v := range []float64{0.25, 12.5, 0.35, 0.875, 12, 1e-5, 0.25} {
		limits[i].propose(v)
	}
	got, err := Apply(ch, limits)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(`{min: 0.5, says: "größer",   max: 2.50}`, `{min: 0.25, says: "größer",   max: 12.5}`, "max: 0.3 ", "max: 0.35 ", "0.7_5", "0.875",
		"{min: 2}", "{min: 12}", "{min: 100,", "{min: 0.00001,", "{max: 0.2}", "{max: 0.25}").Replace(small)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	crlf := parse(t, strings.ReplaceAll(small, "\n", "\r\n"))
	if got, err := Apply(crlf, replaced(crlf, limits)); err != nil || got != strings.ReplaceAll(want, "\n", "\r\n") {
		t.Errorf("with Windows' line ends: %v\n%s", err, got)
	}
	if diff := Diff("x/challenge.yaml", small, small); diff != "" {
		t.Errorf("a diff of nothing: %s", diff)
	}
	limits[0].At.Column++
	if _, err := Apply(ch, limits); err == nil || !strings.Contains(err.Error(), "run.work min stands somewhere else than at line 14") {
		t.Errorf("a wrong place: %v", err)
	}
	limits[0].At.Column--
	limits[0].propose(50) // above its max
	if _, err := Apply(ch, limits); err == nil {
		t.Error("a spec that cannot be used is written")
	}
}

// replaced are the limits of a spec with the proposals of another's.
func replaced(ch *spec.Challenge, by []Limit) []Limit {
	limits, _ := New(ch).Limits()
	for i := range limits {
		limits[i].propose(*by[i].Proposed)
	}
	return limits
}

// looser is another limit that the language allows: a truth has none, a share
// stays below 1.
func looser(ch *spec.Challenge, l Limit) float64 {
	q, _ := ch.Quantity(l.Quantity)
	switch most, limited := q.Most(); {
	case q.Scale == quantity.Truth:
		return l.Now
	case l.Side == Min:
		return l.Now * 0.875
	case limited:
		return (l.Now + most) / 2
	}
	return l.Now + 0.125
}

// TestEveryLimit moves every limit of every challenge and back: the places in
// the specs are right, and nothing else changes. git applies the diff.
func TestEveryLimit(t *testing.T) {
	co := open(t)
	ids, err := co.IDs()
	if err != nil {
		t.Fatal(err)
	}
	git, err := exec.LookPath("git")
	if err != nil {
		t.Log("without git, no diff is applied")
	}
	moved := 0
	for _, id := range ids {
		ch, err := co.Challenge(id)
		if err != nil {
			t.Fatal(err)
		}
		limits, _ := New(ch).Limits()
		for i, l := range limits {
			limits[i].propose(looser(ch, l))
			moved++
		}
		after, err := Apply(ch, limits)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		other, err := spec.Parse(id, "challenge.yaml", []byte(after))
		if err != nil {
			t.Fatal(err)
		}
		back, _ := New(other).Limits()
		for i, l := range back {
			if want := looser(ch, limits[i]); l.Now != want {
				t.Errorf("%s: %s %s is %v, want %v", id, l.Quantity, l.Side, l.Now, want)
			}
		}
		if git == "" {
			continue
		}
		dir := t.TempDir()
		name := filepath.Join(dir, "challenges", filepath.Base(id), "challenge.yaml")
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(ch.Text()), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(git, "apply", "-")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
		cmd.Stdin = strings.NewReader(Diff("challenges/"+filepath.Base(id)+"/challenge.yaml", ch.Text(), after))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: git apply: %v: %s", id, err, out)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != after {
			t.Errorf("%s: the diff gives another text (%v)", id, err)
		}
	}
	if moved < 100 {
		t.Errorf("only %d limits", moved)
	}
}

func TestDiffAtTheEnds(t *testing.T) {
	got := Diff("f", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk", "A\nb\nc\nd\ne\nf\ng\nh\ni\nj\nK")
	want := "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n d\n@@ -8,4 +8,4 @@\n h\n i\n j\n-k\n\\ No newline at end of file\n+K\n\\ No newline at end of file\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
