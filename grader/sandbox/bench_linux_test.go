package sandbox

import (
	"slices"
	"testing"
	"time"
)

// paired runs a program in turn outside and inside of the box that this
// machine offers, and reports the medians, and the medians of the ratios and
// differences of the pairs: the machine's speed changes from minute to minute.
func paired(b *testing.B, program string, measure func(Result, time.Duration) float64, unit string) {
	l, err := Choose(b.Context(), Auto)
	if err != nil {
		b.Fatal(err)
	}
	cmds := [2]Command{boxed(b, plan{}, program), boxed(b, l.plan, program)}
	var figures [2][]float64
	for n := 0; b.Loop(); n++ {
		for i := range cmds {
			which := (i + n) % 2 // neither is always the first
			start := time.Now()
			res, err := Run(b.Context(), cmds[which])
			took := time.Since(start)
			if err != nil || !res.OK() {
				b.Fatalf("%v %+v", err, res.Outcome)
			}
			figures[which] = append(figures[which], measure(res, took))
		}
	}
	var ratios, more []float64
	for i, outside := range figures[0] {
		ratios, more = append(ratios, figures[1][i]/outside), append(more, figures[1][i]-outside)
	}
	median := func(f []float64) float64 {
		slices.Sort(f)
		return f[len(f)/2]
	}
	b.ReportMetric(median(figures[0]), unit+"-outside")
	b.ReportMetric(median(figures[1]), unit+"-inside")
	b.ReportMetric(median(ratios), "inside/outside")
	b.ReportMetric(median(more), unit+"-more")
}

// BenchmarkStart compares the time from start to end of a program that does
// nothing.
func BenchmarkStart(b *testing.B) {
	paired(b, "", func(_ Result, took time.Duration) float64 { return took.Seconds() * 1000 }, "ms")
}

const computing = `
import multiprocessing

def work(n):
    x = 1
    for i in range(n):
        x = (x * x + i) % 2147483647
    return x

if __name__ == "__main__":
    processes = [multiprocessing.Process(target=work, args=(2_000_000,)) for _ in range(4)]
    [p.start() for p in processes]
    [p.join() for p in processes]
`

// BenchmarkCompute compares the CPU time that four processes take for the same
// work.
func BenchmarkCompute(b *testing.B) {
	paired(b, computing, func(r Result, _ time.Duration) float64 { return float64(r.CPUUS) / 1000 }, "cpu-ms")
}

const talking = `
import multiprocessing

def work(n):
    return n

if __name__ == "__main__":
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(4) as pool:
            pool.map(work, range(2000), chunksize=1)
`

// BenchmarkMessages compares the CPU time of starting processes and sending
// them thousands of small messages.
func BenchmarkMessages(b *testing.B) {
	paired(b, talking, func(r Result, _ time.Duration) float64 { return float64(r.CPUUS) / 1000 }, "cpu-ms")
}
