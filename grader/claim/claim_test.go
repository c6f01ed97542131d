package claim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// short writes figures as "kind phase value", with a question mark where it is
// not sure what they are, and leaves out what is neither of a phase nor known.
func short(p *Printed) []string {
	var out []string
	for _, f := range p.Figures {
		if f.Kind == Other || f.Kind == Plain && f.Round >= 1 {
			continue
		}
		mark := ""
		if !f.Sure {
			mark = "?"
		}
		out = append(out, fmt.Sprintf("%s%s %s %.4g", f.Kind, mark, f.Phase, f.Value))
	}
	return out
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		stdout, stderr string
		want           []string
	}{
		"the lesson's words": {stdout: "Sequential: 12.01 seconds\nThreading: 12.2 s (0.98x)\nMultiprocessing: 3.1s, speedup 3.87x\n",
			want: []string{"time sequential 12.01", "time threads 12.2", "speedup threads 0.98", "time processes 3.1", "speedup processes 3.87"}},
		"a box table": {stdout: "│ approach            │ wall s │ cpu s │ cpu % │ speedup │\n│ ThreadPoolExecutor  │   1.14 │  1.12 │    98 │   0.97x │\n│ ProcessPoolExecutor │   0.59 │  1.11 │   188 │   1.89x │\n",
			want: []string{"time threads 1.14", "cpu time threads 1.12", "utilization threads 98", "speedup threads 0.97",
				"time processes 0.59", "cpu time processes 1.11", "utilization processes 188", "speedup processes 1.89"}},
		"rows longer than their header": {stdout: "| Mode | Time (s) | CPU (%) |\n| Threads | 0.44 | 98 | 1.09x |\n| Processes | 0.38 | 176 | 🚀\n",
			want: []string{"time threads 0.44", "utilization threads 98", "speedup threads 1.09", "time processes 0.38", "utilization processes 176"}},
		"milliseconds in a title": {stdout: "mode,time (ms),cpu %\nthreads,612.5,99\n", want: []string{"time threads 0.6125", "utilization threads 99"}},
		"columns of phases":       {stdout: "           seq  threads  procs\ntime (s)  0.48     0.44   0.38\n", want: []string{"time sequential 0.48", "time threads 0.44", "time processes 0.38"}},
		"JSON": {stdout: `{"python": "3.11.7", "runs": {"threading": {"wall_s": 1.35, "cpu_s": 1.2, "cpu_utilization_percent": 89.4}}, "speedup": {"threading": 0.868}}`,
			want: []string{"cpu time threads 1.2", "utilization threads 89.4", "time threads 1.35", "speedup threads 0.868"}},
		"JSON entries that name themselves": {stdout: `[{"mode": "threads", "wall_s": 0.5}, {"mode": "processes", "wall_s": 0.2}]`,
			want: []string{"time threads 0.5", "time processes 0.2"}},
		"lists of results are no objects": {stdout: "Sequential: [81, 82] 0.48s CPU 100%\n[OK] Threads {\"sum\": 812} 0.44s\n",
			want: []string{"time sequential 0.48", "utilization sequential 100", "time threads 0.44"}},
		"a log on stderr": {stderr: "2026-11-22 12:46:49,380 INFO    sequential: finished in 1.17s\n2026-11-22 12:49:06,848 MainProcess: threads: 1.40 s wall\n",
			want: []string{"time sequential 1.17", "time threads 1.4"}},
		"no traceback": {stderr: "Traceback (most recent call last):\n  File \"process.py\", line 246, in run\n    threads(0.5)\nValueError: 12 processes\nthread.py:3: UserWarning: 3.5 s\n  threads(0.5)\n"},
		"headings": {stdout: "Running 4 processes...\n  time: 1.00 s\n  CPU utilization: 90% of one core\nRunning 4 threads...\n  time: 2.00 s\n  CPU utilization: 80% of one core\n",
			want: []string{"time processes 1", "utilization processes 90", "time threads 2", "utilization threads 80"}},
		"a line for all": {stdout: "Threads: 0.44 s\nProcesses: 0.38 s\nCPU utilization overall: 25 %\n", want: []string{"time threads 0.44", "time processes 0.38"}},
		"compared with": {stdout: "Threads vs sequential:   0.96x\nthreads are 0.89 times as fast as sequential\nseq/procs   = 2.17\n",
			want: []string{"speedup threads 0.96", "speedup threads 0.89", "speedup processes 2.17"}},
		"two in a line":            {stdout: "speedup with threads 0.78, with processes 0.87\n", want: []string{"speedup threads 0.78", "speedup processes 0.87"}},
		"a word of the next":       {stdout: "Threads time: 0.44 CPU%: 97.7\nThreads 0.44 cores used: 1.9\n", want: []string{"time threads 0.44", "utilization threads 97.7", "plain? threads 0.44", "utilization threads 1.9"}},
		"durations":                {stdout: "threads 0:00:00.480000\nthreads 0 days 00:00:00.25\nthreads 1 min 02.5 s\nthreads timedelta(seconds=1, microseconds=500000)\n", want: []string{"time threads 0.48", "time threads 0.25", "time threads 62.5", "time threads 1.5"}},
		"a stamp is no duration":   {stdout: "00:12:13 threads: 0.5 s\n[12:46:49] threads: 0.5 s\n", want: []string{"time threads 0.5", "time threads 0.5"}},
		"from one time to another": {stdout: "threads start=1795000000.250 end=1795000000.750\n", want: []string{"time? threads 0.5"}},
		"a heading with an unknown name": {stdout: "seq x 4\nreal\t0m0.545s\ncpu\t99%\n\npt x 4\nreal\t0m0.645s\ncpu\t97%\n\nfork x 4\nreal\t0m0.245s\ncpu\t190%\n",
			want: []string{"time sequential 0.545", "utilization sequential 99", "time? threads 0.645", "utilization? threads 97", "time processes 0.245", "utilization processes 190"}},
		"rounds below one heading": {stdout: "Threads\nround 1\nwall 0.5 s\nround 2\nwall 0.6 s\nProcesses\nround 1\nwall 0.2 s\nround 2\nwall 0.3 s\n",
			want: []string{"time threads 0.5", "time threads 0.6", "time processes 0.2", "time processes 0.3"}},
		"rows with unknown names":                  {stdout: "seq: 0.5 s CPU 99%\nalpha: 0.6 s CPU 97%\nbeta: 0.2 s CPU 190%\nTotal: 1.3 s CPU 110%\n", want: []string{"time sequential 0.5", "utilization sequential 99", "time? threads 0.6", "utilization? threads 97", "time? processes 0.2", "utilization? processes 190"}},
		"more unknown names than phases":           {stdout: "seq: 0.5 s\nalpha: 0.6 s\nbeta: 0.2 s\ngamma: 1.3 s\n", want: []string{"time sequential 0.5"}},
		"below a heading, compared with the first": {stdout: "Sequential:\n  Time: 0.5 s\nThreads:\n  Time: 0.6 s, 20 % over that of sequential\nProcesses:\n  Time: 0.3 s (sequential took 0.5 s)\n", want: []string{"time sequential 0.5", "time threads 0.6", "time processes 0.3"}},
		"as fast as, in German":                    {stdout: "Nacheinander:\n  Dauer: 0,50 Sekunden\nThreads:\n  Dauer: 0,25 Sekunden, 2,00-mal so schnell wie nacheinander\n", want: []string{"time sequential 0.5", "time threads 0.25"}},
		"decimal comma": {stdout: "--- Cuatro hilos ---\nDuración: 0,40 segundos\nUso de CPU: 97,5 % de un núcleo\n--- Procesos ---\nDuración: 0,123 segundos\nUso de CPU: 9 %\n",
			want: []string{"time threads 0.4", "utilization threads 97.5", "time processes 0.123", "utilization processes 9"}},
		"thousands":     {stdout: "threads 1,234.5 ms\nthreads 1_234_567 µs\n", want: []string{"time threads 1.234", "time threads 1.235"}},
		"other digits":  {stdout: "Threads ١٫٢٥ s\nThreads १.२५ s\n", want: []string{"time threads 1.25", "time threads 1.25"}},
		"no head":       {stdout: "threads,1,0.304,99.5\n", want: []string{"plain? threads 0.304", "plain? threads 99.5"}},
		"colour":        {stdout: "\x1b[32mThreads\x1b[0m: \x1b[1m0.52\x1b[0m s\n", want: []string{"time threads 0.52"}},
		"counts":        {stdout: "4 x Process on 2 cores\nsum of squares of 1,500,000 numbers\nThread-3 done\n"},
		"expectations":  {stdout: "Threads: expected 12 s\n", want: []string{"time? threads 12"}},
		"nothing":       {},
		"not in vain":   {stdout: "{\n[\n{\nThreads: 0.4 s\n", want: []string{"time threads 0.4"}},
		"half a number": {stdout: "Threads: 1e999999999 s, nan %, inf x, 0.5 s\n", want: []string{"time threads 0.5"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := short(Read(c.stdout, c.stderr)); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestShown interprets an output as a terminal does.
func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"a\x1b[8mhidden\x1b[0mb":                       "a      b",
		"\x1b[30;40mhidden\x1b[0mb":                    "      b",
		"\x1b[38;5;7;48;5;7mhidden\x1b[m.":             "      .",
		"wrong\rright":                                 "right",
		"long text\rnew":                               "new  g text",
		"wiped\r\x1b[2Kleft":                           "left",
		"one\ntwo\x1b[1A\x1b[2Kfirst":                  "   first\ntwo",
		"a\nb\nc\x1b[2J":                               "\n\n",
		"ab\b\bcd":                                     "cd",
		"\x1b[1;1H\x1b[2Jat\x1b[1;5Hlast":              "at  last",
		"\x1b]0;a title\x07text\x1b]8;;x\x1b\\ linked": "text linked",
		"a\tb":                              "a\t\t\t\t\t\t\tb",
		"\x1b[999999999Cfar":                strings.Repeat(" ", screenCols) + "far",
		"\x1b":                              "",
		"\x1b[":                             "",
		"a\x1b[?1049hgone\x1b[?1049lb":      "ab",
		"\x1b[8m\x1b[38:5:1mhidden\x1b[0m.": "      .",
		"saved\x1b7 more\x1b8 less":         "saved less",
	} {
		if got := strings.Join(shown(text), "\n"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestSeries finds the figures that stand in the same place.
func TestSeries(t *testing.T) {
	p := Read("Sequential took 0.48 s\n4 threads: 0.44 s\nand processes needed only 0.38 s\n", "")
	i := slices.IndexFunc(p.Series, func(s Series) bool { return s.Kind == Time && len(s.Figures) == 3 })
	if i < 0 || p.Series[i].Figures[Processes][0].Value != 0.38 || !p.Series[i].Sure {
		t.Errorf("no series of three times: %+v", p.Series)
	}
	p = Read("0.48 s\n0.44 s\n0.38 s\n", "")
	if i := slices.IndexFunc(p.Series, func(s Series) bool { return len(s.Order) == 3 }); i < 0 || p.Series[i].Order[2].Value != 0.38 {
		t.Errorf("no series of three lines: %+v", p.Series)
	}
}

func TestRounding(t *testing.T) {
	for text, want := range map[string]float64{"threads 0.5 s": 0.1, "threads 3 s": 1, "threads 12.345 ms": 1e-6, "threads 1e-3 s": 1e-3, "threads 4.25e-1 s": 1e-3} {
		f := Read(text, "").Figures
		if len(f) != 1 || f[0].Round < want*0.99 || f[0].Round > want*1.01 {
			t.Errorf("%s: %+v, want a rounding of %v", text, f, want)
		}
	}
}
