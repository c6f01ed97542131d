package sandbox

import (
	"bufio"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// marked lists the processes whose command line holds a mark.
func marked(t testing.TB, mark string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(files) == 0 {
		t.Fatalf("no processes are seen: %v", err)
	}
	var found []string
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err == nil && strings.Contains(string(data), mark) && !strings.Contains(f, fmt.Sprintf("/%d/", os.Getpid())) {
			found = append(found, f+" "+strings.ReplaceAll(string(data), "\x00", " "))
		}
	}
	return found
}

// allGone waits until no process with the mark is left.
func allGone(t testing.TB, mark string) {
	t.Helper()
	var left []string
	for range 300 {
		if left = marked(t, mark); len(left) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("still there: %s", strings.Join(left, "\n"))
}

// The mark is the last argument of all that the clinging programs start.
const (
	leaving = `
import os, signal, subprocess, sys, time
mark = sys.argv[1]
for prepare in (None, os.setsid, lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN), lambda: os.kill(os.getpid(), signal.SIGSTOP) if os.fork() == 0 else None):
    if os.fork() == 0:
        if prepare: prepare()
        if os.fork() == 0:
            os.execvp("sh", ["sh", "-c", "sleep 600; :", mark])
        os._exit(0)
subprocess.Popen(["sh", "-c", "sleep 600; :", mark], stdout=1, stderr=2, start_new_session=True)
time.sleep(0.3)
`
	bomb = `
import os, sys, time
for _ in range(9): # 512 processes: enough for the limit, and not for the machine
    try:
        os.fork()
    except OSError:
        pass
time.sleep(120)
`
	hopping = `
import os, sys, time
mark, end = sys.argv[1], time.monotonic() + 120
if os.fork():
    time.sleep(600)
while time.monotonic() < end:
    if os.fork():
        os._exit(0)
    os.setsid()
`
	escapes = `
import os, signal, sys, time
mark = sys.argv[1]
for pid in (os.getppid(), -1):
    for s in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, s)
        except OSError:
            pass
time.sleep(600)
`
)

// TestNothingOutlivesARun starts what clings to life, under every combination
// of layers.
func TestNothingOutlivesARun(t *testing.T) {
	eachPlan(t, func(t *testing.T, p plan) {
		for name, c := range map[string]struct {
			program string
			limits  Limits
		}{
			"daemons":   {leaving, Limits{Wall: time.Minute, Tasks: 100}},
			"fork bomb": {bomb, Limits{Wall: time.Minute, Tasks: 60}},
			"hopping":   {hopping, Limits{Wall: time.Second, Tasks: 60}},
			"signals":   {escapes, Limits{Wall: time.Second, Tasks: 60}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel() // it waits
				if p.Space != private && p.Landlock < landlockScopes {
					switch {
					case name == "hopping" && p.Group == "":
						t.Skip("a process that replaces itself all the time is only caught by a signal to all: it needs a process namespace, Landlock's scopes (Linux 6.12) or a control group")
					case name == "signals" && p.Space == shared:
						t.Skip("nothing keeps it from signalling all of this user's processes")
					}
				}
				mark := fmt.Sprintf("gilcourse-mark-%d-%d", os.Getpid(), time.Now().UnixNano())
				cmd := boxed(t, p, c.program, mark)
				cmd.Limits, cmd.Watch = c.limits, true
				start := time.Now()
				res, err := Run(t.Context(), cmd)
				if err != nil {
					t.Fatal(err)
				}
				if c.limits.Wall < time.Minute && res.Limit == "" || name == "fork bomb" && res.Limit == "" {
					t.Errorf("no limit was reached: %+v after %s", res.Outcome, time.Since(start))
				}
				if name == "daemons" && (!res.OK() || res.Left < 4) {
					t.Errorf("%d were left: %+v", res.Left, res.Outcome)
				}
				allGone(t, mark)
			})
		}
	})
}

const (
	stopsSupervisor = `
import os, signal, time
os.kill(os.getppid(), signal.SIGSTOP)
time.sleep(600)
`
	keepsItStopped = `
import os, signal, sys, time
mark, supervisor, end = sys.argv[1], os.getppid(), time.monotonic() + 120
if os.fork() == 0:
    os.setsid()
    while time.monotonic() < end:
        os.kill(supervisor, signal.SIGSTOP)
while time.monotonic() < end:
    os.kill(supervisor, signal.SIGSTOP)
`
)

// TestSupervisorIsStopped stops the supervisor where nothing hinders a run:
// the grader notices, and the run ends long before its limit, even where it
// goes on with that and where the pipe of answers is held open.
func TestSupervisorIsStopped(t *testing.T) {
	for name, program := range map[string]string{"once": stopsSupervisor, "again and again": keepsItStopped} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // it waits
			mark := fmt.Sprintf("gilcourse-mark-%d-%d", os.Getpid(), time.Now().UnixNano())
			cmd := boxed(t, plan{}, program, mark)
			cmd.Limits, cmd.Watch = Limits{Wall: 10 * time.Minute}, true
			cmd.Started = func(pid int) {
				stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
				var parent int
				_, rest, _ := strings.Cut(string(stat), ") ")
				if _, serr := fmt.Sscanf(rest, "%1s %d", new(string), &parent); err != nil || serr != nil {
					t.Errorf("find the supervisor: %v %v", err, serr)
					return
				}
				held, err := os.OpenFile(fmt.Sprintf("/proc/%d/fd/%d", parent, answersFD), os.O_WRONLY, 0)
				if err != nil {
					t.Error(err)
					return
				}
				t.Cleanup(func() { held.Close() })
			}
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			res, err := Run(ctx, cmd)
			if err != nil {
				t.Fatal(err)
			}
			if res.Limit != "the run stopped the process that supervises it" {
				t.Errorf("it ended with %+v", res.Outcome)
			}
			allGone(t, mark)
		})
	}
}

// graderEnv tells the test binary to be a grader that is killed in the middle
// of a run: it holds the plan, and the mark.
const graderEnv = "GILCOURSE_TEST_GRADER"

// TestGraderIsKilled kills a grader with SIGKILL in the middle of a run: its
// run ends, and the next start clears its folder away, but not that of one that
// lives.
func TestGraderIsKilled(t *testing.T) {
	if file := os.Getenv(graderEnv); file != "" {
		beGrader(t, file)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	eachPlan(t, func(t *testing.T, p plan) {
		mark := fmt.Sprintf("gilcourse-mark-%d-%d", os.Getpid(), time.Now().UnixNano())
		temp := t.TempDir()
		grader := func(mark string) (*exec.Cmd, string) {
			file := filepath.Join(temp, mark)
			f, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(gob.NewEncoder(f).Encode(p), gob.NewEncoder(f).Encode(mark), f.Close()); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(self, "-test.run=^TestGraderIsKilled$", "-test.v")
			cmd.Env = append(os.Environ(), graderEnv+"="+file, "TMPDIR="+temp, "XDG_CACHE_HOME="+temp)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { cmd.Process.Kill() })
			for lines := bufio.NewScanner(out); lines.Scan(); {
				if dir, ok := strings.CutPrefix(lines.Text(), "scratch "); ok {
					return cmd, dir
				}
			}
			t.Fatal("the grader did not say where it works")
			return nil, ""
		}
		killed, left := grader(mark + "-killed")
		alive, used := grader(mark + "-alive")
		for range 1500 { // until both run
			if len(marked(t, mark+"-killed")) > 0 && len(marked(t, mark+"-alive")) > 0 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		killed.Process.Kill()
		killed.Wait()
		allGone(t, mark+"-killed")
		if len(marked(t, mark+"-alive")) == 0 {
			t.Error("the run of the grader that lives is gone, too")
		}
		if _, err := os.Stat(left); err != nil {
			t.Errorf("the folder of the grader that was killed: %v", err)
		}
		clearScratch(temp)
		clearScratch(filepath.Join(temp, "gilcourse"))
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the folder was not cleared away (%v)", err)
		}
		if _, err := os.Stat(used); err != nil {
			t.Errorf("the folder of the grader that lives: %v", err)
		}
		alive.Process.Signal(syscall.SIGINT)
		alive.Wait()
		allGone(t, mark)
		if _, err := os.Stat(used); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a grader that was interrupted left its folder (%v)", err)
		}
	})
}

// beGrader runs a program that clings to life until it is interrupted.
func beGrader(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var p plan
	var mark string
	in := bufio.NewReader(f)
	if err := errors.Join(gob.NewDecoder(in).Decode(&p), gob.NewDecoder(in).Decode(&mark)); err != nil {
		t.Fatal(err)
	}
	l := &Layers{plan: p}
	scratch, err := NewScratch(l)
	if err != nil {
		t.Fatal(err)
	}
	defer scratch.Close()
	work := filepath.Join(scratch.Dir, "work")
	if err := os.Mkdir(work, 0o755); err != nil {
		t.Fatal(err)
	}
	os.Stdout.WriteString("scratch " + scratch.Dir + "\n")
	ctx, stop := notify()
	defer stop()
	_, err = Run(ctx, Command{Args: []string{"/bin/sh", "-c", "mkdir x; chmod 0 x; setsid sh -c 'sleep 600; :' & sleep 601; :", mark}, Dir: work, Env: []string{"PATH=/usr/bin:/bin"},
		Box: &Box{Layers: l, Tmp: scratch.Tmp}, Limits: Limits{Wall: 10 * time.Minute}})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
