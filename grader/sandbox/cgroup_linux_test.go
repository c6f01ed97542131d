package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	// unwaited computes in a child for which nobody waits: its CPU time goes
	// to no parent's account (wait(2), SIGCHLD ignored).
	unwaited = `
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if os.fork() == 0:
    while time.process_time() < 0.5:
        pass
    os._exit(0)
try:
    os.wait()
except ChildProcessError:
    pass
`
	// hoardingFiles fills memory that no process holds.
	hoardingFiles = `
with open("/dev/shm/hoard", "wb") as f:
    for _ in range(300):
        f.write(b"x" * (1 << 20))
`
	// forkingOn goes on where it may start no more.
	forkingOn = `
import os, time
for _ in range(200):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    except OSError:
        pass
time.sleep(60)
`
)

// grouped is a plan with all layers and a control group.
func grouped(t *testing.T) plan {
	t.Helper()
	l, err := Choose(t.Context(), Auto)
	if err != nil {
		t.Fatal(err)
	}
	if l.plan.Group == "" {
		_, why := groupParent()
		t.Skipf("no control group here: %s", why)
	}
	return l.plan
}

// TestGroupCounts wants the account of a control group to hold what no other
// account does, and the group to be gone after the run.
func TestGroupCounts(t *testing.T) {
	p := grouped(t)
	res := program(t, boxed(t, p, unwaited))
	if res.Group == nil || res.Group.CPUUS < 500_000 {
		t.Errorf("a child used 0.5 s of CPU time; the group's account says %+v, the reaper's %d µs", res.Group, res.CPUUS)
	}
	left, err := filepath.Glob(filepath.Join(p.Group, fmt.Sprintf("%s%d-*", groupPrefix, os.Getpid())))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v (%v)", left, err)
	}
}

// TestGroupLimits reaches limits that only the kernel can see, or sees first.
func TestGroupLimits(t *testing.T) {
	p := grouped(t)
	g, err := newGroup(p.Group, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer g.remove()
	if !g.limits() {
		t.Skip("control groups bound neither memory nor tasks here")
	}
	if p.Space == shared {
		t.Skip("needs files of its own")
	}
	for name, c := range map[string]struct {
		program string
		memory  int64
		limit   string
	}{
		"memory": {hoardingFiles, 120 << 20, "memory limit of 120 MiB reached by the whole run"},
		"tasks":  {forkingOn, 1 << 30, "limit of 20 threads and processes reached"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := boxed(t, p, c.program)
			cmd.Limits = Limits{Wall: time.Minute, Memory: c.memory, Tasks: 20, Written: 1 << 30}
			res, err := Run(t.Context(), cmd)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(res.Limit, c.limit) || res.Group == nil || res.Group.PeakKB == 0 {
				t.Errorf("it ended with %+v and the account %+v; want the limit %q", res.Outcome, res.Group, c.limit)
			}
		})
	}
}

// TestGroupsAreClearedAway finds the group of a grader that was killed.
func TestGroupsAreClearedAway(t *testing.T) {
	p := grouped(t)
	const gone = 1 << 22 // beyond the largest pid
	dead := filepath.Join(p.Group, fmt.Sprintf("%s%d-1", groupPrefix, gone))
	if err := os.Mkdir(dead, 0o755); err != nil {
		t.Fatal(err)
	}
	alive, err := newGroup(p.Group, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer alive.remove()
	clearGroups(p.Group)
	if _, err := os.Stat(dead); err == nil {
		t.Errorf("%s is there still", dead)
	}
	if _, err := os.Stat(alive.dir); err != nil {
		t.Error(err)
	}
}
