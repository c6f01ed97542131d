//go:build linux

package sched

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/record"
)

// start starts sh with a script below this process and gives a function that
// waits for it and gives its use of resources.
func start(t testing.TB, script string) (pid int, wait func() syscall.Rusage) {
	t.Helper()
	pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", script}, &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	return pid, func() syscall.Rusage {
		var use syscall.Rusage
		if _, err := syscall.Wait4(pid, nil, 0, &use); err != nil {
			t.Fatal(err)
		}
		return use
	}
}

const counting = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"

// TestAgreesWithRusage compares the sum over all tasks with what the kernel
// charged to the tree, children included.
func TestAgreesWithRusage(t *testing.T) {
	w := Watch(os.Getpid(), time.Now(), 0)
	_, wait := start(t, "("+counting+"; "+counting+") & ("+counting+"; "+counting+") & wait")
	use := wait()
	seen := w.Stop()
	var cpu int64
	parents := map[int]bool{}
	for _, k := range seen.Tasks {
		cpu += k.Last().CPU
		parents[k.Parent] = true
	}
	charged := (use.Utime.Nano() + use.Stime.Nano()) / 1000
	if off := math.Abs(float64(cpu-charged)) / float64(charged); off > 0.25 {
		t.Errorf("the tasks sum up to %d µs, the kernel charged %d", cpu, charged)
	}
	if len(seen.Tasks) != 3 || len(parents) != 2 {
		t.Errorf("saw %d tasks with %d parents, want a shell and its two children: %+v", len(seen.Tasks), len(parents), seen.Tasks)
	}
	for _, k := range seen.Tasks {
		checkPoints(t, k)
	}
}

// checkPoints checks what must hold for any task.
func checkPoints(t *testing.T, k record.Task) {
	t.Helper()
	last := record.Point{T: -1}
	for _, p := range k.Points {
		if p.T <= last.T || p.CPU < last.CPU || p.Wait < last.Wait || p.Slices < last.Slices || p.Voluntary < last.Voluntary {
			t.Errorf("task %d goes back: %+v, then %+v", k.ID, last, p)
		}
		// Not from Born: a slow machine's sampler may see a task late. A stamp
		// is taken before the search that reads the first sample.
		if p.CPU > p.T+100_000 {
			t.Errorf("task %d used %d µs within the first %d", k.ID, p.CPU, p.T)
		}
		last = p
	}
	if k.Died < k.Born || len(k.Points) > 0 && k.Points[0].T < k.Born {
		t.Errorf("task %d lives from %d to %d", k.ID, k.Born, k.Died)
	}
}

// TestAgreesWithProcfs compares a living task's figures with those that
// prometheus/procfs reads right before and right after.
func TestAgreesWithProcfs(t *testing.T) {
	pid, wait := start(t, counting+"; "+counting)
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		t.Fatal(err)
	}
	proc, err := fs.Proc(pid)
	if err != nil {
		t.Fatal(err)
	}
	fd := open(fmt.Sprintf("/proc/%d/task/%d/schedstat", pid, pid))
	defer closeAll(fd)
	buf := make([]byte, 256)
	compared := 0
	for range 50 {
		before, err1 := proc.Schedstat()
		k := task{schedstat: fd}
		ok := k.read(0, buf)
		after, err2 := proc.Schedstat()
		if err1 != nil || err2 != nil || !ok {
			break // it has ended
		}
		compared++
		between := func(name string, low, got, high uint64) {
			if got < low || got > high {
				t.Errorf("%s: %d is not between %d and %d", name, got, low, high)
			}
		}
		between("CPU time", before.RunningNanoseconds/1000, uint64(k.now.CPU), after.RunningNanoseconds/1000)
		between("wait", before.WaitingNanoseconds/1000, uint64(k.now.Wait), after.WaitingNanoseconds/1000)
		between("slices", before.RunTimeslices, uint64(k.now.Slices), after.RunTimeslices)
		status, err := proc.NewStatus()
		if err != nil {
			break
		}
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			break
		}
		between("voluntary switches", status.VoluntaryCtxtSwitches, uint64(field(data, "\nvoluntary_ctxt_switches:")), status.VoluntaryCtxtSwitches+5)
		between("involuntary switches", status.NonVoluntaryCtxtSwitches, uint64(field(data, "\nnonvoluntary_ctxt_switches:")), status.NonVoluntaryCtxtSwitches+1000)
		time.Sleep(2 * time.Millisecond)
	}
	wait()
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// TestSeesOrphans follows a process whose parent ended: the root inherits it,
// as the supervisor does.
func TestSeesOrphans(t *testing.T) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) })
	w := Watch(os.Getpid(), time.Now(), 0)
	_, wait := start(t, "sh -c '(sleep 0.2; "+counting+") & sleep 0.1'; sleep 0.1; "+counting)
	wait()
	seen := w.Stop()
	var busy int
	for _, k := range seen.Tasks {
		if k.Last().CPU > 50_000 {
			busy++
		}
	}
	if busy < 2 {
		t.Errorf("%d busy tasks, want the shell and the orphan: %+v", busy, seen.Tasks)
	}
}

// TestSeesWhatIsExecuted has a child compute before it executes another program: the
// command that is kept is the later one.
func TestSeesWhatIsExecuted(t *testing.T) {
	w := Watch(os.Getpid(), time.Now(), 0)
	const shortly = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"
	_, wait := start(t, "("+shortly+"; exec sh -c '"+counting+" ; : executed') & wait")
	wait()
	seen := w.Stop()
	for _, k := range seen.Tasks {
		if strings.HasSuffix(k.Command, ": executed") && !strings.Contains(k.Command, "exec ") {
			return
		}
	}
	t.Errorf("no command is the executed one's: %+v", seen.Tasks)
}

// TestHundredsOfTasks watches more tasks than one sample can be cheap for.
func TestHundredsOfTasks(t *testing.T) {
	w := Watch(os.Getpid(), time.Now(), 0)
	began := time.Now()
	_, wait := start(t, "i=0; while [ $i -lt 250 ]; do sleep 1.5 & i=$((i+1)); done; wait")
	wait()
	seen := w.Stop()
	if len(seen.Tasks) < 240 {
		t.Errorf("saw %d of 251 tasks", len(seen.Tasks))
	}
	if share := seen.Cost.Seconds() / time.Since(began).Seconds(); share > 0.2 {
		t.Errorf("the sampler took %.0f %% of a core", 100*share)
	}
	if seen.Unwatched > 0 {
		t.Errorf("%d tasks could not be opened", seen.Unwatched)
	}
}

func TestQuota(t *testing.T) {
	root := t.TempDir()
	write := func(file, text string) {
		t.Helper()
		path := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		self  string
		files map[string]string
		want  float64
	}{
		"version 2":            {"0::/a/b\n", map[string]string{"m1/a/b/cpu.max": "50000 100000\n"}, 0.5},
		"version 2, no limit":  {"0::/a\n", map[string]string{"m2/a/cpu.max": "max 100000\n"}, 0},
		"version 2, parent":    {"0::/a/b\n", map[string]string{"m3/a/b/cpu.max": "max 100000\n", "m3/a/cpu.max": "150000 100000\n"}, 1.5},
		"version 1":            {"3:cpu,cpuacct:/x\n", map[string]string{"m4/cpu/x/cpu.cfs_quota_us": "25000\n", "m4/cpu/x/cpu.cfs_period_us": "100000\n"}, 0.25},
		"version 1, no limit":  {"3:cpu:/x\n", map[string]string{"m5/cpu/x/cpu.cfs_quota_us": "-1\n", "m5/cpu/x/cpu.cfs_period_us": "100000\n"}, 0},
		"seen from inside":     {"0::/not/here\n", map[string]string{"m6/cpu.max": "200000 100000\n"}, 2},
		"no controller at all": {"5:memory:/x\n", map[string]string{"m7/x": ""}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			mount := ""
			for f, text := range c.files {
				write(f, text)
				mount = filepath.Join(root, f[:strings.IndexByte(f, '/')])
			}
			write("self", c.self)
			if got := quota(filepath.Join(root, "self"), mount); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestHost(t *testing.T) {
	h := Host()
	if h.CPUs < 1 || h.Affinity < 1 || h.Affinity > h.CPUs || h.Cores() <= 0 || h.Kernel == "" {
		t.Errorf("%+v", h)
	}
	if h.Capacity < 0.1 || h.Capacity > 10*float64(h.Affinity) {
		t.Errorf("the probe got the work of %v cores of %d", h.Capacity, h.Affinity)
	}
}

// BenchmarkWatch watches a tree of six busy tasks and reports the CPU time
// that this takes, in percent of one core: at the sampler's own pace, and for
// prometheus/procfs at the same number of samples.
func BenchmarkWatch(b *testing.B) {
	script := strings.Repeat("(while :; do :; done) & ", 5) + "trap 'kill 0' TERM; wait"
	tree := func(b *testing.B) (stop func()) {
		pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", script}, &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setsid: true}})
		if err != nil {
			b.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
		return func() {
			syscall.Kill(-pid, syscall.SIGKILL)
			syscall.Wait4(pid, nil, 0, nil)
		}
	}
	const lasts = 2 * time.Second
	b.Run("gilcourse", func(b *testing.B) {
		defer tree(b)()
		for b.Loop() {
			w := Watch(os.Getpid(), time.Now(), 0)
			time.Sleep(lasts)
			seen := w.Stop()
			b.ReportMetric(100*seen.Cost.Seconds()/lasts.Seconds(), "%core")
			b.ReportMetric(float64(len(seen.Tasks)), "tasks")
		}
	})
	b.Run("procfs", func(b *testing.B) {
		defer tree(b)()
		fs, err := procfs.NewDefaultFS()
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			var before, after syscall.Rusage
			syscall.Getrusage(syscall.RUSAGE_SELF, &before)
			for end := time.Now().Add(lasts); time.Now().Before(end); time.Sleep(Interval) {
				for _, pid := range children(os.Getpid()) {
					for _, child := range append(children(pid), pid) {
						threads, err := fs.AllThreads(child)
						if err != nil {
							continue
						}
						for _, th := range threads {
							th.Schedstat()
						}
					}
				}
			}
			syscall.Getrusage(syscall.RUSAGE_SELF, &after)
			used := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
			b.ReportMetric(100*float64(used)/float64(lasts.Nanoseconds()), "%core")
		}
	})
}

// children lists a process's children, of all its threads.
func children(pid int) []int {
	var all []int
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, f := range files {
		data, _ := os.ReadFile(f)
		for {
			var child int64
			if child, data = number(data); child == 0 {
				break
			}
			all = append(all, int(child))
		}
	}
	return all
}
