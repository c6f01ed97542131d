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
		"[[[[{\"threads\": ", "threads vs processes vs sequential than threads: 1 2 3", "\x1b[5;5H\x1b[1J\x1b[8mthreads\r\n\x1b[A٠.٤ s",
		"threads 0:00:00.48 PT0.5S timedelta(seconds=1) 0 days 00:00:01 1 min 2 s", "('threads', 0.5), {'threads': (0.1, 2)}", "threads 0.4 ± 0.1 s / 0.2",
	} {
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, stdout, stderr string) {
		p := Read(stdout, stderr)
		for _, c := range append(p.Figures, p.Overall...) {
			if math.IsNaN(c.Value) || math.IsInf(c.Value, 0) || math.IsNaN(c.Round) || c.Round < 0 {
				t.Errorf("%+v is no figure", c)
			}
			if c.Line < 0 || c.Line >= len(p.Lines) {
				t.Errorf("%+v stands in none of %d lines", c, len(p.Lines))
			}
		}
		for _, line := range p.Lines {
			if utf8.ValidString(stdout) && utf8.ValidString(stderr) && !utf8.ValidString(line) {
				t.Errorf("%q is no text", line)
			}
			if strings.ContainsAny(line, "\x1b\r\n") {
				t.Errorf("%q moves the cursor", line)
			}
		}
	})
}

// hostile are outputs as long as what is kept of one.
var hostile = map[string]string{
	"figures":           "time | speedup | cpu\n" + strings.Repeat("1 ", 16000),
	"names":             strings.Repeat("threads vs ", 3000),
	"both":              "time | speedup | cpu\n" + strings.Repeat("threads 1.5 ", 2600),
	"lines":             strings.Repeat("threads 1.5 s | speedup vs processes 2.5 | cpu 1,234.5 %, times 1 2 3 4 5 6 7 8 9 "+strings.Repeat("threads vs ", 46)+"\n", 54),
	"braces":            strings.Repeat("{\n", 16000),
	"quotes":            strings.Repeat("{\"\n", 11000),
	"brackets":          strings.Repeat("[", 32000),
	"objects":           strings.Repeat(`{"threads":`, 2800) + "1" + strings.Repeat("}", 2800),
	"list":              `{"a":[` + strings.Repeat(`{"threads":1},`, 2000) + `1]}`,
	"keys":              strings.Repeat("{\"threads\": 1.5,\n", 2000),
	"moves":             strings.Repeat("\x1b[50A\x1b[2J\x1b[50B", 2500),
	"escapes":           strings.Repeat("\x1b]", 16000),
	"far":               strings.Repeat("\x1b[9999Cx\n", 3000),
	"shifts":            strings.Repeat("x", 2000) + strings.Repeat("\r\x1b[P", 8000),
	"speedups":          strings.Repeat("threads: "+strings.Repeat("9e8x ", 110)+"\n", 58),
	"brackets of words": strings.Repeat("(threads ", 3600),
}

// TestHostile reads each in time that is about linear in its length: as many
// times longer, hardly more times slower. Only a square or worse would show.
func TestHostile(t *testing.T) {
	for name, s := range hostile {
		t.Run(name, func(t *testing.T) { Read(s, s) })
	}
}

// BenchmarkHostile reads them.
func BenchmarkHostile(b *testing.B) {
	for name, s := range hostile {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				Read(s, "")
			}
		})
	}
}
