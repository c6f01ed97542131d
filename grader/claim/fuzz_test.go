package claim

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRead reads what a learner's program prints.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"Sequential: 1.60 s, CPU 100 %\nThreads (4): 1.61 s, speedup 0.99x\nProcesses: 0,45 s; 3.6x vs sequential\n",
		"phase | wall | cpu %\nthreads | 1.5 | 101\nprocesses | 0.4 | 390\n",
		`{"sequential": {"wall_s": 1.6}, "runs": [{"mode": "threads", "elapsed_ms": 1600}, {"mode": "processes", "speedup": 3.5}]}`,
		"2026-11-22 12:00:00.123 INFO threads took 1.5e-3 min, 12,345.6 ms", "threads: 1e999999999 s, nan %, inf x, -0.0\x1b[31m", "│ hilos │ 0,5 seg │",
		"[[[[{\"threads\": ", "threads vs processes vs sequential than threads: 1 2 3",
	} {
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, stdout, stderr string) {
		for _, c := range Read(stdout, stderr) {
			if math.IsNaN(c.Value) || math.IsInf(c.Value, 0) || math.IsNaN(c.Round) || c.Round < 0 {
				t.Errorf("%+v is no figure", c)
			}
			if utf8.ValidString(stdout) && utf8.ValidString(stderr) && !utf8.ValidString(c.Line) {
				t.Errorf("%q is no text", c.Line)
			}
		}
	})
}

// BenchmarkHostile reads lines that are as long as what is kept of an output.
func BenchmarkHostile(b *testing.B) {
	for name, s := range map[string]string{
		"figures":  "time | speedup | cpu\n" + strings.Repeat("1 ", 8000),
		"names":    strings.Repeat("threads vs ", 1500),
		"both":     "time | speedup | cpu\n" + strings.Repeat("threads 1.5 ", 1300),
		"lines":    strings.Repeat("threads 1.5 s | speedup vs processes 2.5 | cpu 1,234.5 %, times 1 2 3 4 5 6 7 8 9 "+strings.Repeat("threads vs ", 46)+"\n", 27),
		"braces":   strings.Repeat("{\n", 8000),
		"brackets": strings.Repeat("[", 16000),
		"objects":  strings.Repeat(`{"threads":`, 1400) + "1" + strings.Repeat("}", 1400),
		"list":     `{"a":[` + strings.Repeat(`{"threads":1},`, 1000) + `1]}`,
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				Read(s, "")
			}
		})
	}
}
