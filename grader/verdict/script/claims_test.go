package script_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// line prints a phase in the plainest way.
func line(name string, f told) string {
	return fmt.Sprintf("%s: %.2f s, CPU %.0f %%\n", name, f.wall, 100*f.cpu/f.wall)
}

// TestClaims judges what scripts print that measured nothing, or only some of
// it, or in a way that is not to be held against them.
func TestClaims(t *testing.T) {
	const pass, fail, open = verdict.Pass, verdict.Fail, verdict.Inconclusive
	all := func(f []told) string {
		return line("Sequential", f[0]) + line("Threads", f[1]) + line("Processes", f[2])
	}
	times := func(f []told) string {
		return fmt.Sprintf("Sequential: %.2f s\nThreads: %.2f s\nProcesses: %.2f s\n", f[0].wall, f[1].wall, f[2].wall)
	}
	for name, c := range map[string]struct {
		print              func([]told) (stdout, stderr string)
		times, utilization verdict.Verdict
		says               string // in the message of the first that does not pass
	}{
		"nothing":           {func([]told) (string, string) { return "", "" }, fail, fail, "printed no times"},
		"nothing but words": {func([]told) (string, string) { return "Sequential\nThreads\nProcesses\nall done\n", "" }, fail, fail, "printed no times"},
		"the sequential phase": {func(f []told) (string, string) {
			return line("Sequential", f[0]) + "Threads: done\nProcesses: done\n", ""
		}, fail, fail, "but not for threads and processes"},
		"the threads":  {func(f []told) (string, string) { return line("Threads", f[1]), "" }, fail, fail, "but not for sequential and processes"},
		"no processes": {func(f []told) (string, string) { return line("Sequential", f[0]) + line("Threads", f[1]), "" }, fail, fail, "but not for processes"},
		"times alone":  {func(f []told) (string, string) { return times(f), "" }, pass, fail, "no CPU utilization"},
		"utilizations alone": {func(f []told) (string, string) {
			return strings.NewReplacer(" s, CPU", " % is the CPU utilization; ").Replace(withoutTimes(all(f))), ""
		}, fail, pass, "printed no times"},
		"one for the whole":      {func(f []told) (string, string) { return times(f) + "CPU utilization overall: 25 %\n", "" }, pass, fail, "for the whole script"},
		"every figure":           {func([]told) (string, string) { return everyFigure("%[1]s: %.3[2]f s, CPU %[3]d %%\n"), "" }, fail, fail, "so many"},
		"every figure, numbered": {func([]told) (string, string) { return everyFigure("%[1]s, %[4]c%[5]c: %.3[2]f s, CPU %[3]d %%\n"), "" }, fail, fail, "so many"},
		"every figure, in rows":  {func([]told) (string, string) { return everyRow(), "" }, fail, fail, ""},
		"concealed and wiped": {func(f []told) (string, string) {
			return "\x1b[8m" + strings.ReplaceAll(all(f), "\n", "\x1b[0m\r\x1b[2K\x1b[8m") + "\x1b[0m\nSequential 10.00 s CPU 100 %\nThreads 10.00 s CPU 100 %\nProcesses 2.50 s CPU 400 %\n", ""
		}, fail, fail, "sequential printed as 10.00 s"},
		"a traceback": {func(f []told) (string, string) {
			return "", "Traceback (most recent call last):\n" + strings.ReplaceAll(all(f), "Threads", "  File \"threads.py\", line 3, in Threads") + "ValueError: processes 0.24 s, CPU 190 %\n"
		}, fail, fail, ""},
		"logging": {func(f []told) (string, string) {
			return "", "INFO:root:" + strings.ReplaceAll(all(f), "\n", "\nINFO:root:") + "done\n"
		}, pass, pass, ""},
		"children not counted": {func(f []told) (string, string) { f[2].cpu = 0.02 * f[2].wall; return all(f), "" }, pass, fail, "child processes is not counted"},
		"the parent alone, said": {func(f []told) (string, string) {
			f[2].cpu = 0.02 * f[2].wall
			return all(f) + "(this process alone; the children are not counted)\n", ""
		}, pass, pass, ""},
		"bare numbers": {func(f []told) (string, string) {
			return fmt.Sprintf("sequential 7 %.3f\nthreads 8 %.3f\nprocesses 9 %.3f\n", 3*f[0].wall, 5*f[1].wall, 7*f[2].wall), ""
		}, open, open, `"sequential 7 `},
		"speedups that follow from nothing": {func(f []told) (string, string) {
			return all(f) + "Speedup with processes: 3.97x\n", ""
		}, fail, pass, "speedup"},
		"one unit for two phases, another for the third": {func(f []told) (string, string) { f[2].cpu /= 2; return all(f), "" }, pass, fail, "does not agree"},
		"amid a hundred thousand lines":                  {func(f []told) (string, string) { return all(f) + strings.Repeat("step of the processes\n", 2000), "" }, pass, pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			checks := claimChecks(t, layoutRecord(t, c.print))
			message := ""
			for _, id := range []string{"utilization", "times"} {
				if checks[id].Verdict != verdict.Pass {
					message = checks[id].Message + " " + checks[id].Hint
				}
			}
			if checks["times"].Verdict != c.times || checks["utilization"].Verdict != c.utilization || !strings.Contains(strings.ToLower(message), strings.ToLower(c.says)) {
				t.Errorf("times %s: %s\nutilization %s: %s\nwant %s and %s, and %q", checks["times"].Verdict, checks["times"].Message,
					checks["utilization"].Verdict, checks["utilization"].Message, c.times, c.utilization, c.says)
			}
		})
	}
}

// withoutTimes drops the times of lines such as "Threads: 0.5 s, CPU 98 %".
func withoutTimes(text string) string {
	return place2.ReplaceAllString(text, ": CPU")
}

// everyFigure prints 120 times and utilizations of each phase, so that some
// must be right.
func everyFigure(format string) string {
	var b strings.Builder
	for _, name := range []string{"Sequential", "Threads", "Processes"} {
		for k := range 120 {
			if strings.Contains(format, "[5]") {
				fmt.Fprintf(&b, format, name, 0.03*math.Pow(1.045, float64(k)), 2*k+5, 'a'+rune(k/11), 'b'+rune(k%11))
				continue
			}
			fmt.Fprintf(&b, format, name, 0.03*math.Pow(1.045, float64(k)), 2*k+5)
		}
	}
	return b.String()
}

// everyRow prints them in three long rows.
func everyRow() string {
	var b strings.Builder
	for _, name := range []string{"Sequential", "Threads", "Processes"} {
		b.WriteString(name)
		for k := range 120 {
			fmt.Fprintf(&b, " %.3f %d.0", 0.03*math.Pow(1.045, float64(k)), 2*k+5)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func claimChecks(t *testing.T, rec *record.Record) map[string]verdict.Check {
	t.Helper()
	co, err := course.Open("../../..")
	if err != nil {
		t.Fatal(err)
	}
	ch, err := co.Challenge("challenge3/gil-discovery")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]verdict.Check{}
	for _, c := range judge.With(ch, rec).Checks {
		out[c.ID] = c
	}
	return out
}

// TestClaimsEnd judges 32 KiB of speedups and times that follow from nothing:
// comparing each with each pair of others took minutes.
func TestClaimsEnd(t *testing.T) {
	rec := layoutRecord(t, func([]told) (string, string) {
		return strings.Repeat("threads: "+strings.Repeat("9e8x ", 110)+"\n", 26), strings.Repeat(strings.Repeat("1s ", 190)+"\n", 26)
	})
	if c := claimChecks(t, rec)["times"]; c.Verdict != verdict.Fail {
		t.Errorf("times: %s", c.Verdict)
	}
}

// TestClaimsCut does not hold what was not kept of a long output against it.
func TestClaimsCut(t *testing.T) {
	checks := claimChecks(t, layoutRecord(t, func([]told) (string, string) {
		return strings.Repeat("a line of progress\n", 400) + "[... 5000 bytes left out ...]\n" + strings.Repeat("a line of progress\n", 400), ""
	}))
	for _, id := range []string{"times", "utilization"} {
		if c := checks[id]; c.Verdict != verdict.Inconclusive || !strings.Contains(c.Message, "not kept") {
			t.Errorf("%s: %s, %s", id, c.Verdict, c.Message)
		}
	}
}

// TestClaimsCrowded blames the machine, and not the layout, where it had more
// to do than its cores could.
func TestClaimsCrowded(t *testing.T) {
	rec := *recording(t, "crowded/spawn-json-devops")
	rec.Runs = slices.Clone(rec.Runs)
	for i := range rec.Runs {
		if r := &rec.Runs[i]; r.Whose == record.Learner && !r.Pilot {
			end := *r.End
			f := measured(r)
			f[1].wall *= 1.35
			end.Stdout, end.Stderr = line("Sequential", f[0])+line("Threads", f[1])+line("Processes", f[2]), ""
			r.End = &end
		}
	}
	if c := claimChecks(t, &rec)["times"]; c.Verdict != verdict.Inconclusive || !strings.Contains(c.Message, "The machine had so much else to do") {
		t.Errorf("times: %s, %s", c.Verdict, c.Message)
	}
}
