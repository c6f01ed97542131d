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
	writingAway = ` # and is gone before anybody looks
import os
for i in range(8):
    if os.fork() == 0:
        with open("file-%d" % i, "wb") as f:
            f.write(b"x" * (4 << 20))
        os._exit(0)
    os.wait()
`
	writingBelow = ` # where each waits for the one below
import os, time
for _ in range(4):
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        time.sleep(0.2)
        os._exit(0)
with open("file", "wb") as f:
    f.write(b"x" * (8 << 20))
time.sleep(0.2)
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
import os, time
kept = []
try:
    while len(kept) < 5000:
        kept.append(os.open("/dev/null", os.O_RDONLY))
except OSError as e:
    [os.close(fd) for fd in kept]
time.sleep(60)
`
	openingFast = `
kept = []
while len(kept) < 5000:
    kept.append(open("/dev/null"))
`
	long = `
with open("long", "wb") as f:
    for _ in range(64):
        f.write(b"x" * (1 << 20))
`
	longInC = `
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
with open("long", "wb") as f:
    f.truncate(64 << 20)
`
	longNowhere = `
import tempfile
with tempfile.TemporaryFile() as f:
    f.truncate(64 << 20)
`
	hoardingThread = `
import threading, time
kept = []
def hoard():
    for _ in range(4096):
        kept.append(b"x" * (1 << 20))
    time.sleep(60)
thread = threading.Thread(target=hoard)
thread.start()
thread.join()
`
	forking = `
import os, time
for _ in range(150):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
time.sleep(60)
`
	spinning = `
import os
for _ in range(3):
    os.fork()
while True:
    pass
`
	sleeping = `
import time
time.sleep(60)
`
	printing = `
while True:
    print("x" * 10_000)
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
		limit   string // empty where none is reached
		private bool   // it takes folders of its own
	}{
		"wall":           {program: sleeping, limits: Limits{Wall: time.Second}, limit: "time limit of 1s reached"},
		"CPU":            {program: spinning, limits: Limits{CPU: time.Second}, limit: "limit of 1s CPU time reached by 8 processes"},
		"memory":         {program: hoardingThread, limits: Limits{Memory: 120 << 20}, limit: "memory limit of 120 MiB reached by 1 process"},
		"memory of many": {program: hoarding, limits: Limits{Memory: 120 << 20}, limit: "memory limit of 120 MiB reached by "},
		"tasks":          {program: forking, limits: Limits{}, limit: "limit of 100 threads and processes reached, in 1"},
		"output":         {program: printing, limits: Limits{Output: 1 << 20}, limit: "output limit of 1 MiB reached"},
		"written":        {program: writing, args: []string{"file-%d"}, limits: Limits{Written: 24 << 20}, limit: "limit of 24 MiB written to files reached by 1 process"},
		"written away":   {program: writingAway, limits: Limits{Written: 24 << 20}, limit: "limit of 24 MiB written to files reached by "},
		"written below":  {program: writingBelow, limits: Limits{Written: 14 << 20}},
		"temporary":      {program: writing, args: []string{"/tmp/file-%d"}, limits: Limits{Written: 24 << 20}, limit: "limit of 24 MiB in /tmp reached", private: true},
		"small files":    {program: littering, limits: Limits{}, limit: "files in /dev/shm reached", private: true},
		"open files":     {program: opening, limits: Limits{Files: 300}, limit: "limit of 300 open files in one process reached"},
		"open at once":   {program: openingFast, limits: Limits{Files: 256}, limit: "limit of 256 open files in one process reached"}, // seen or said, as the sampler comes by
		"a long file":    {program: long, limits: Limits{FileSize: 8 << 20}, limit: "limit of 8 MiB for one file reached"},
		"SIGXFSZ":        {program: longInC, limits: Limits{FileSize: 8 << 20}, limit: "limit of 8 MiB for one file reached"},
		"no file left":   {program: longNowhere, limits: Limits{FileSize: 8 << 20}, limit: "limit of 8 MiB for one file reached, as its own error says"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of them wait
			if c.private && l.plan.Space == shared {
				t.Skip("needs folders of its own")
			}
			cmd := boxed(t, l.plan, c.program, c.args...)
			c.limits.Wall, c.limits.Tasks = pick(c.limits.Wall, 2*time.Minute), 100
			cmd.Limits = c.limits
			res, err := Run(t.Context(), cmd)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(res.Limit, c.limit) || c.limit == "" && res.Limit != "" {
				t.Errorf("it ended with %+v; want the limit %q", res.Outcome, c.limit)
			}
		})
	}
}
