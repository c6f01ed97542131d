//go:build unix

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if Supervise() {
		return
	}
	os.Exit(m.Run())
}

// shell runs a script with sh.
func shell(t *testing.T, limits Limits, script string) Result {
	t.Helper()
	if limits.Wall == 0 {
		limits.Wall = time.Minute
	}
	res, err := Run(t.Context(), Command{Args: []string{"/bin/sh", "-c", script}, Dir: t.TempDir(), Env: []string{"PATH=/usr/bin:/bin"}, Limits: limits, Watch: true})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestOutcome(t *testing.T) {
	for script, want := range map[string]string{
		"echo out; echo err >&2": "exit 0, out, err",
		"exit 3":                 "exit 3, , ",
		"kill -SEGV $$":          "exit -1 SIGSEGV, , ",
		"cat":                    "exit 0, , ", // standard input is empty
		"echo \"$SECRET$HOME\"; pwd -P | grep -c /": "exit 0, \n1, ",
	} {
		r := shell(t, Limits{}, script)
		got := fmt.Sprintf("exit %d", r.Exit)
		if r.Signal != "" {
			got += " " + r.Signal
		}
		got += ", " + strings.TrimRight(r.Stdout, "\n") + ", " + strings.TrimRight(r.Stderr, "\n")
		if got != want || r.Limit != "" {
			t.Errorf("%s: got %q %s, want %q", script, got, r.Limit, want)
		}
	}
}

func TestCannotStart(t *testing.T) {
	_, err := Run(t.Context(), Command{Args: []string{"/no/such/program"}, Dir: "/"})
	if err == nil || !strings.Contains(err.Error(), "/no/such/program") {
		t.Errorf("got %v", err)
	}
}

func TestLimits(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the tree's use is seen on Linux")
	}
	for name, c := range map[string]struct {
		limits Limits
		script string
		want   string
	}{
		"wall":   {Limits{Wall: 300 * time.Millisecond}, "sleep 60", "time limit of 300ms reached"},
		"cpu":    {Limits{CPU: 300 * time.Millisecond}, "while :; do :; done", "CPU time reached"},
		"busy":   {Limits{Patience: Patience{Busy: 300 * time.Millisecond, Idle: time.Minute}}, "while :; do :; done", "it had computed for 300ms and had not ended"},
		"idle":   {Limits{Patience: Patience{Busy: time.Minute, Idle: 300 * time.Millisecond}}, "sleep 60", "for 300ms none of its threads and processes had done anything"},
		"tasks":  {Limits{Tasks: 5}, "for i in 1 2 3 4 5 6 7 8; do sleep 60 & done; wait", "limit of 5 threads and processes reached"},
		"output": {Limits{Output: 1 << 20}, "yes", "output limit of 1 MiB reached"},
		"memory": {Limits{Memory: 40 << 20}, "exec python3 -c 'import time; x = bytearray(100 << 20); time.sleep(60)'", "memory limit of 40 MiB reached"},
	} {
		t.Run(name, func(t *testing.T) {
			r := shell(t, c.limits, c.script)
			if !strings.Contains(r.Limit, c.want) || r.OK() {
				t.Errorf("got %q, want %q", r.Limit, c.want)
			}
			if len(r.Stdout) > kept+100 {
				t.Errorf("%d bytes were kept", len(r.Stdout))
			}
		})
	}
}

// pids reads the process ids that a script wrote.
func pids(t *testing.T, file string) []int {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []int
	for _, f := range strings.Fields(string(data)) {
		pid, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, pid)
	}
	if len(all) == 0 {
		t.Fatal("the script started nothing")
	}
	return all
}

// gone waits for processes that were ended to be reaped by whoever has them.
func gone(t *testing.T, all []int) {
	t.Helper()
	for _, pid := range all {
		for range 200 {
			if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d is still there (%v)", pid, err)
		}
	}
}

// TestNothingIsLeft starts daemons in the ways that escape a process group.
func TestNothingIsLeft(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs the supervisor")
	}
	file := filepath.Join(t.TempDir(), "pids")
	r := shell(t, Limits{}, `
		sleep 60 & echo $! >> `+file+`
		setsid sleep 60 & echo $! >> `+file+`
		(setsid sh -c 'echo $$ >> `+file+`; exec sleep 60' >/dev/null 2>&1 &)
		sh -c 'echo $$ >> `+file+`; kill -STOP $$; sleep 60' &
		sleep 0.3`)
	if !r.OK() || r.Left < 4 {
		t.Errorf("%d were left, outcome %+v", r.Left, r.Outcome)
	}
	gone(t, pids(t, file))
}

func TestCancelEndsTheTree(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs the supervisor")
	}
	file := filepath.Join(t.TempDir(), "pids")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for range 1000 {
			if data, err := os.ReadFile(file); err == nil && len(strings.Fields(string(data))) == 2 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
	}()
	_, err := Run(ctx, Command{Args: []string{"/bin/sh", "-c", "echo $$ >> " + file + "; sleep 60 & echo $! >> " + file + "; wait"},
		Dir: "/", Env: []string{"PATH=/usr/bin:/bin"}, Limits: Limits{Wall: time.Minute}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	gone(t, pids(t, file))
}

func TestCaptureKeepsBothEnds(t *testing.T) {
	r := shell(t, Limits{}, "echo first; i=0; while [ $i -lt 4000 ]; do echo 'a line of some length'; i=$((i+1)); done; echo last")
	if !strings.HasPrefix(r.Stdout, "first\n") || !strings.HasSuffix(r.Stdout, "last\n") || !strings.Contains(r.Stdout, "bytes left out") {
		t.Errorf("kept %d bytes: %.40q … %.40q", len(r.Stdout), r.Stdout, r.Stdout[max(0, len(r.Stdout)-40):])
	}
}
