package condition

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/sandbox"
	"github.com/gilcourse/gilcourse/grader/sched"
)

// makeVariable names the condition that a second copy of the test makes until it
// is killed.
const makeVariable = "GILCOURSE_TEST_CONDITION"

func TestMain(m *testing.M) {
	if sandbox.Supervise() {
		return
	}
	if name := os.Getenv(makeVariable); name != "" {
		interpreter, err := found()
		if err == nil {
			_, err = Condition(name).Make(context.Background(), interpreter)
		}
		fmt.Println("made", err)
		time.Sleep(time.Minute)
		return
	}
	os.Exit(m.Run())
}

var found = sync.OnceValues(func() (string, error) { return python.Find(context.Background(), "") })

func interpreter(t *testing.T) string {
	t.Helper()
	path, err := found()
	if err != nil {
		t.Skip(err)
	}
	return path
}

// under makes a condition and gives what undoes it; the test is skipped where it
// is not to be had.
func under(t *testing.T, c Condition) func() {
	t.Helper()
	undo, err := c.Make(t.Context(), interpreter(t))
	if errors.As(err, new(*Unavailable)) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := undo(); err != nil {
			t.Error(err)
		}
	}
}

// output is what a shell below this process prints.
func output(t *testing.T, script string) string {
	t.Helper()
	res, err := sandbox.Run(t.Context(), sandbox.Command{Args: []string{"/bin/sh", "-c", script}, Dir: t.TempDir(), Env: os.Environ(), Limits: sandbox.Limits{Wall: time.Minute}})
	if err != nil || !res.OK() {
		t.Fatalf("%v, %+v", err, res.Outcome)
	}
	return strings.TrimSpace(res.Stdout)
}

// loops are the processes below a process that compute beside.
func loops(pid int) []int {
	return slices.DeleteFunc(sched.Descendants(pid), func(pid int) bool {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		return !strings.Contains(string(line), "time.monotonic() < end")
	})
}

// running gives the loops of this process, once there are so many. The kernel's
// list of children can miss one while another ends (proc_pid_task_children(5)).
func running(t *testing.T, want int) []int {
	t.Helper()
	var beside []int
	soon(t, fmt.Sprintf("there are not %d loops beside", want), func() bool {
		beside = loops(os.Getpid())
		return len(beside) == want
	})
	return beside
}

// soon waits until something holds.
func soon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

func TestBusy(t *testing.T) {
	undo := under(t, Busy)
	beside := running(t, sched.Host().Affinity)
	for _, pid := range beside {
		soon(t, "a loop uses no CPU time", func() bool {
			stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
			if err != nil {
				t.Fatal(err)
			}
			used, err := strconv.ParseInt(strings.Fields(string(stat))[0], 10, 64)
			return err == nil && used > 100e6
		})
		if nice, err := unix.Getpriority(unix.PRIO_PROCESS, pid); err != nil || nice != mine(t) {
			t.Errorf("priority %d, %v; this process has %d", nice, err, mine(t))
		}
	}
	undo()
	if left := loops(os.Getpid()); len(left) > 0 {
		t.Errorf("%d loops are left", len(left))
	}
}

// TestCrowded counts the loops, and wants none left.
func TestCrowded(t *testing.T) {
	undo := under(t, Crowded)
	running(t, 8*sched.Host().Affinity)
	undo()
	if left := loops(os.Getpid()); len(left) > 0 {
		t.Errorf("%d loops are left", len(left))
	}
}

func mine(t *testing.T) int {
	nice, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		t.Fatal(err)
	}
	return nice
}

// TestBusyEndsEarly: a loop that somebody ended makes what was observed
// worthless.
func TestBusyEndsEarly(t *testing.T) {
	undo, err := Busy.Make(t.Context(), interpreter(t))
	if err != nil {
		t.Fatal(err)
	}
	beside := running(t, sched.Host().Affinity)
	before := len(sched.Descendants(os.Getpid()))
	unix.Kill(beside[0], unix.SIGKILL)
	soon(t, "it and its supervisor do not end", func() bool { return len(sched.Descendants(os.Getpid())) <= before-2 })
	time.Sleep(100 * time.Millisecond) // until the sandbox has returned
	if err := undo(); err == nil || !strings.Contains(err.Error(), "was ended") {
		t.Error(err)
	}
}

func TestOneCore(t *testing.T) {
	const allowed = "grep Cpus_allowed_list: /proc/self/status"
	before := output(t, allowed)
	undo := under(t, OneCore)
	seen := output(t, allowed)
	host := sched.Host()
	undo()
	if strings.ContainsAny(strings.Fields(seen)[1], "-,") || host.Affinity != 1 {
		t.Errorf("a child may use the cores %s, and there are %d", seen, host.Affinity)
	}
	if after := output(t, allowed); after != before {
		t.Errorf("afterwards %s, not %s", after, before)
	}
}

func TestQuota(t *testing.T) {
	const mine = "cat /proc/self/cgroup"
	before := output(t, mine)
	if err := Quota.Try(t.Context(), interpreter(t)); errors.As(err, new(*Unavailable)) {
		t.Skip(err)
	}
	lift, err := quota(0.1) // which is felt on a crowded machine, too
	if err != nil {
		t.Fatal(err)
	}
	host := sched.Host()
	soon(t, "the quota stops nothing", func() bool {
		output(t, "timeout 0.5 sh -c 'while :; do :; done'; true")
		return sched.Throttled() > 0
	})
	if err := lift(); err != nil {
		t.Error(err)
	}
	if host.Quota != 0.1 {
		t.Errorf("a quota of %v cores", host.Quota)
	}
	if after := output(t, mine); after != before {
		t.Errorf("afterwards it is in\n%s\nnot in\n%s", after, before)
	}
	if left := groupsLeft(os.Getpid()); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

// groupsLeft are the control groups of a process.
func groupsLeft(pid int) []string {
	left, _ := filepath.Glob(fmt.Sprintf("/sys/fs/cgroup/cpu/**/%s%d", prefix, pid))
	more, _ := filepath.Glob(fmt.Sprintf("/sys/fs/cgroup/*/%s%d", prefix, pid))
	return append(left, more...)
}

// TestKilled: whatever ends the grader, no loop goes on, and the next start
// clears the control group away.
func TestKilled(t *testing.T) {
	for _, c := range []Condition{Busy, Quota} {
		if err := c.Try(t.Context(), interpreter(t)); errors.As(err, new(*Unavailable)) {
			t.Log(err)
			continue
		}
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), makeVariable+"="+string(c))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, _ := bufio.NewReader(out).ReadString('\n')
		beside := loops(cmd.Process.Pid)
		cmd.Process.Kill()
		cmd.Wait()
		if strings.TrimSpace(line) != "made <nil>" || c == Busy && len(beside) == 0 {
			t.Fatalf("%s: %s, %d loops", c, line, len(beside))
		}
		for _, pid := range beside {
			soon(t, "a loop goes on", func() bool { return errors.Is(unix.Kill(pid, 0), unix.ESRCH) })
		}
		if c == Quota && len(groupsLeft(cmd.Process.Pid)) == 0 {
			t.Error("nothing was left to be cleared away")
		}
		if err := c.Try(t.Context(), interpreter(t)); err != nil {
			t.Fatal(err)
		}
		if left := groupsLeft(cmd.Process.Pid); len(left) > 0 {
			t.Errorf("%v are left", left)
		}
	}
}

func TestParse(t *testing.T) {
	got, err := Parse("quota, idle,quota")
	if err != nil || !slices.Equal(got, []Condition{Quota, Idle}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, list := range []string{"", "idel", "idle,,busy"} {
		if _, err := Parse(list); err == nil || !strings.Contains(err.Error(), "there is no condition") {
			t.Errorf("%q: %v", list, err)
		}
	}
}
