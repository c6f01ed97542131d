package sandbox

import (
	"strings"
	"testing"
	"time"
)

const (
	hoarding = `
import multiprocessing, time
def hoard(n):
    kept = bytearray(n)
    for i in range(0, n, 4096):
        kept[i] = 1
    time.sleep(60)
if __name__ == "__main__":
    processes = [multiprocessing.Process(target=hoard, args=(30 << 20,)) for _ in range(6)]
    [p.start() for p in processes]
    [p.join() for p in processes]
`
	writing = `
import sys, time
names = [sys.argv[1] % i for i in range(40)]
for name in names:
    with open(name, "wb") as f:
        for _ in range(4):
            f.write(b"x" * (1 << 20))
time.sleep(60)
`
	littering = `
import time
for i in range(30_000):
    try:
        open("/dev/shm/litter-%d" % i, "w").close()
    except OSError:
        break
time.sleep(60)
`
	opening = `
kept = []
try:
    while len(kept) < 1000:
        kept.append(open("/dev/null"))
except OSError as e:
    print(e.errno)
`
	long = `
import errno
try:
    with open("long", "wb") as f:
        for _ in range(64):
            f.write(b"x" * (1 << 20))
except OSError as e:
    print(errno.errorcode[e.errno])
`
)

// TestLimitsInside reaches each limit, and wants it named.
func TestLimitsInside(t *testing.T) {
	l, err := Choose(t.Context(), Auto)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		program string
		args    []string
		limits  Limits
		limit   string
		prints  string
		private bool // it takes folders of its own
	}{
		"memory of many": {program: hoarding, limits: Limits{Memory: 120 << 20}, limit: "memory limit of 120 MiB reached by "},
		"written":        {program: writing, args: []string{"file-%d"}, limits: Limits{Written: 24 << 20}, limit: "limit of 24 MiB written to files reached by 1 process"},
		"temporary":      {program: writing, args: []string{"/tmp/file-%d"}, limits: Limits{Written: 24 << 20}, limit: "limit of 24 MiB in /tmp reached", private: true},
		"small files":    {program: littering, limits: Limits{}, limit: "files in /dev/shm reached", private: true},
		"open files":     {program: opening, limits: Limits{Files: 100}, prints: "24"},
		"a long file":    {program: long, limits: Limits{FileSize: 8 << 20}, prints: "EFBIG"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.private && l.plan.Space == shared {
				t.Skip("needs folders of its own")
			}
			cmd := boxed(t, l.plan, c.program, c.args...)
			c.limits.Wall, c.limits.Tasks = 2*time.Minute, 100
			cmd.Limits = c.limits
			res, err := Run(t.Context(), cmd)
			if err != nil {
				t.Fatal(err)
			}
			if c.limit != "" && !strings.Contains(res.Limit, c.limit) || c.limit == "" && (res.Limit != "" || strings.TrimSpace(res.Stdout) != c.prints) {
				t.Errorf("it ended with %+v; want the limit %q, or %q", res.Outcome, c.limit, c.prints)
			}
		})
	}
}
