package claim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// short writes claims as "kind phase value", leaving out what was not
// understood.
func short(claims []Claim) []string {
	var out []string
	for _, c := range claims {
		if c.Kind != Plain {
			out = append(out, strings.Join(strings.Fields(fmt.Sprintf("%s %s %.4g", c.Kind, c.Phase, c.Value)), " "))
		}
	}
	return out
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		stdout, stderr string
		want           []string
	}{
		"the lesson's words": {stdout: "Sequential: 12.01 seconds\nThreading: 12.2 s (0.98x)\nMultiprocessing: 3.1s, speedup 3.87x\n",
			want: []string{"time main 12.01", "time threads 12.2", "speedup threads 0.98", "time processes 3.1", "speedup processes 3.87"}},
		"a box table": {stdout: "│ approach            │ wall s │ cpu s │ cpu % │ speedup │\n│ ThreadPoolExecutor  │   1.14 │  1.12 │    98 │   0.97x │\n│ ProcessPoolExecutor │   0.59 │  1.11 │   188 │   1.89x │\n",
			want: []string{"time threads 1.14", "cpu time threads 1.12", "utilization threads 98", "speedup threads 0.97",
				"time processes 0.59", "cpu time processes 1.11", "utilization processes 188", "speedup processes 1.89"}},
		"milliseconds in a title": {stdout: "mode,time (ms),cpu %\nthreads,612.5,99\n", want: []string{"time threads 0.6125", "utilization threads 99"}},
		"JSON": {stdout: `{"python": "3.11.7", "runs": {"threading": {"wall_s": 1.35, "cpu_s": 1.2, "cpu_utilization_percent": 89.4}}, "speedup": {"threading": 0.868}}`,
			want: []string{"cpu time threads 1.2", "utilization threads 89.4", "time threads 1.35", "speedup threads 0.868"}},
		"JSON entries that name themselves": {stdout: `[{"mode": "threads", "wall_s": 0.5}, {"mode": "processes", "wall_s": 0.2}]`,
			want: []string{"time threads 0.5", "time processes 0.2"}},
		"a log on stderr": {stderr: "2026-11-22 12:46:49,380 INFO    sequential: finished in 1.17s\n2026-11-22 12:49:06,848 MainProcess: threads: 1.40 s wall\n",
			want: []string{"time main 1.17", "time threads 1.4"}},
		"headings": {stdout: "Running 4 processes...\n  time: 1.00 s\n  CPU utilization: 90% of one core\n",
			want: []string{"time processes 1", "utilization processes 90"}},
		"compared with": {stdout: "Threads vs sequential:   0.96x\nthreads are 0.89 times as fast as sequential\nseq/procs   = 2.17\n",
			want: []string{"speedup threads 0.96", "speedup threads 0.89", "speedup processes 2.17"}},
		"two in a line": {stdout: "speedup with threads 0.78, with processes 0.87\n", want: []string{"speedup threads 0.78", "speedup processes 0.87"}},
		"decimal comma": {stdout: "--- Cuatro hilos ---\nDuración: 0,40 segundos\nUso de CPU: 97,5 % de un núcleo\nProzesse: Dauer 0,123 Sekunden\n",
			want: []string{"time threads 0.4", "utilization threads 97.5", "time processes 0.123"}},
		"CSV":     {stdout: "threads,1,0.304,99.5\n", want: nil},
		"colour":  {stdout: "\x1b[32mThreads\x1b[0m: \x1b[1m0.52\x1b[0m s\n", want: []string{"time threads 0.52"}},
		"counts":  {stdout: "4 x Process on 2 cores\nsum of squares of 1,500,000 numbers\nThread-3 done\n", want: nil},
		"nothing": {stdout: "", want: nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := short(Read(c.stdout, c.stderr)); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestRounding(t *testing.T) {
	for text, want := range map[string]float64{"threads 0.5 s": 0.1, "threads 3 s": 1, "threads 12.345 ms": 1e-6, "threads 1e-3 s": 1} {
		c := Read(text, "")
		if len(c) != 1 || c[0].Round < want*0.99 || c[0].Round > want*1.01 {
			t.Errorf("%s: %+v, want a rounding of %v", text, c, want)
		}
	}
}
