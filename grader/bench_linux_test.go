package grader_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/bootcache"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/stat"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// spent is what a verdict took.
type spent struct {
	wall, cpu float64 // seconds
	observed  float64 // the share of the wall time in which the learner's or the reference's code ran
}

// alwaysLong is the rule before looks: a script is never looked at shortly, and two
// rounds of calls are made at least.
func alwaysLong(c *spec.Challenge) *spec.Challenge {
	long := *c
	long.Size.First = long.Size.Task
	if c.Kind() == spec.KindCalls && strings.HasPrefix(c.ID, "challenge3/") {
		long.Rounds.Min = max(2, long.Rounds.Min)
	}
	return &long
}

// BenchmarkVerdict checks the honest fixtures of a challenge, each by the rule of today
// and by that before looks, in turn: medians of seconds and CPU seconds for a verdict,
// their ratios to the rule before, and the share of the time that is observation. The
// first fixtures of each challenge are taken, as many as GILCOURSE_BENCH_FIXTURES says, 3
// otherwise. What is remembered of the machine is remembered by the rule of today alone.
func BenchmarkVerdict(b *testing.B) {
	interpreter, err := python.Find(b.Context(), os.Getenv("GILCOURSE_PYTHON"))
	if err != nil {
		b.Fatal(err)
	}
	co, err := course.Open("..")
	if err != nil {
		b.Fatal(err)
	}
	most, err := strconv.Atoi(os.Getenv("GILCOURSE_BENCH_FIXTURES"))
	if err != nil {
		most = 3
	}
	remembered := b.TempDir()
	check := func(b *testing.B, c *spec.Challenge, file, memory string) spent {
		b.Setenv(bootcache.Variable, memory)
		solution, err := co.Solution(c.ID)
		if err != nil {
			b.Fatal(err)
		}
		turn := machinelock.Queue("benchmark")
		defer turn.Leave()
		release, err := turn.Alone(b.Context(), nil) // waiting for others is no time of a verdict's
		if err != nil {
			b.Fatal(err)
		}
		defer release()
		start, before := time.Now(), cpuSeconds(b)
		rec, err := observe.Observe(b.Context(), observe.Settings{Python: interpreter, Seed: 1, Exclusive: true}, observe.Target{Challenge: c, Solution: solution, File: file})
		if err != nil {
			b.Fatal(err)
		}
		judge.With(c, rec)
		s := spent{wall: time.Since(start).Seconds(), cpu: cpuSeconds(b) - before}
		for i := range rec.Runs {
			s.observed += float64(rec.Runs[i].End.WallUS) / 1e6 / s.wall
		}
		return s
	}
	for _, id := range []string{"challenge3/gil-discovery", "challenge3/workarounds", "challenge3/strategy-analyzer", "practice/primes", "practice/lost-updates"} {
		b.Run(id, func(b *testing.B) {
			c, err := co.Challenge(id)
			if err != nil {
				b.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join("..", "fixtures", id, "pass", "*", c.Deliverable))
			if err != nil || len(files) == 0 {
				b.Fatalf("no fixtures of %s: %v", id, err)
			}
			var now, before [3][]float64
			for b.Loop() {
				for _, file := range files[:min(len(files), most)] {
					for _, one := range []struct {
						into *[3][]float64
						spent
					}{{&now, check(b, c, file, remembered)}, {&before, check(b, alwaysLong(c), file, "off")}} {
						for i, v := range []float64{one.wall, one.cpu, one.observed} {
							one.into[i] = append(one.into[i], v)
						}
					}
				}
			}
			b.ReportMetric(stat.Median(now[0]), "s/verdict")
			b.ReportMetric(stat.Median(now[1]), "cpu-s/verdict")
			b.ReportMetric(stat.Median(now[0])/stat.Median(before[0]), "wall/before")
			b.ReportMetric(stat.Median(now[1])/stat.Median(before[1]), "cpu/before")
			b.ReportMetric(100*stat.Median(now[2]), "%observed")
		})
	}
}

// cpuSeconds is the CPU time that this process and what it has started have used.
func cpuSeconds(b *testing.B) float64 {
	var sum float64
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if err := unix.Getrusage(who, &u); err != nil {
			b.Fatal(err)
		}
		sum += float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	}
	return sum
}
