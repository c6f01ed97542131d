package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/record"
)

// A run goes into a control group of its own (cgroups(7), version 2), below
// that of the grader, where this user may make one. The kernel ends all that is
// in it at once, whatever it forks meanwhile, and counts its CPU time; where
// the controllers are there, it bounds and counts its memory and its tasks.

// groupPrefix begins the names of the groups: the grader's pid follows.
const groupPrefix = "gilcourse-"

// group is the control group of one run. Nil is none.
type group struct {
	dir         string
	procs, kill *os.File // for the supervisor, which does not see the folder
}

var groups atomic.Int64 // that were made

// newGroup makes a group below a parent.
func newGroup(parent string, l Limits) (*group, error) {
	g := &group{dir: filepath.Join(parent, fmt.Sprintf("%s%d-%d", groupPrefix, os.Getpid(), groups.Add(1)))}
	if err := os.Mkdir(g.dir, 0o755); err != nil {
		return nil, err
	}
	var err1, err2 error
	g.procs, err1 = os.OpenFile(filepath.Join(g.dir, "cgroup.procs"), os.O_WRONLY, 0)
	g.kill, err2 = os.OpenFile(filepath.Join(g.dir, "cgroup.kill"), os.O_WRONLY, 0) // Linux 5.14
	if err := errors.Join(err1, err2); err != nil {
		g.remove()
		return nil, err
	}
	if l.Memory > 0 {
		g.set("memory.max", l.Memory)
		g.set("memory.swap.max", 0)
		g.set("memory.oom.group", 1)
	}
	if l.Tasks > 0 {
		g.set("pids.max", int64(l.backstop()))
	}
	return g, nil
}

// set writes a file, if its controller is there.
func (g *group) set(file string, value int64) {
	os.WriteFile(filepath.Join(g.dir, file), strconv.AppendInt(nil, value, 10), 0)
}

// files are what the supervisor is given.
func (g *group) files() []*os.File {
	if g == nil {
		return nil
	}
	return []*os.File{g.procs, g.kill}
}

// end ends all that is left in the group.
func (g *group) end() {
	if g != nil {
		g.kill.WriteString("1")
	}
}

// account gives what the kernel counted, nil for no group.
func (g *group) account() *record.Group {
	if g == nil {
		return nil
	}
	return &record.Group{CPUUS: g.read("cpu.stat", "usage_usec "), PeakKB: g.read("memory.peak", "") >> 10,
		Killed: g.read("memory.events", "oom_kill "), Refused: g.read("pids.events", "max ")}
}

// read gives the number behind a name in a file, 0 where it is not there.
func (g *group) read(file, name string) int64 {
	data, _ := os.ReadFile(filepath.Join(g.dir, file))
	for line := range strings.Lines(string(data)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name); ok {
			n, _ := strconv.ParseInt(value, 10, 64)
			return n
		}
	}
	return 0
}

// remove ends what is left and removes the group.
func (g *group) remove() {
	if g == nil {
		return
	}
	g.end()
	for range 100 { // who is killed takes a moment to be gone
		if err := unix.Rmdir(g.dir); !errors.Is(err, unix.EBUSY) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	g.procs.Close()
	g.kill.Close()
}

// groupParent is the group below which runs get theirs, or why there is none.
// It is sought once: the grader may move to make room for limits.
var groupParent = sync.OnceValues(func() (dir, why string) {
	dir, why = ownControlGroup()
	if why != "" {
		return "", why
	}
	clearGroups(dir)
	g, err := newGroup(dir, Limits{})
	if err != nil {
		return "", "this user may not make one: " + err.Error()
	}
	defer g.remove()
	if !g.limits() {
		enableLimits(dir)
	}
	return dir, ""
})

// Grouped says whether runs go into control groups of their own here: below the
// group that this process was in when that was first asked or a sandbox chosen.
func Grouped() bool {
	_, why := groupParent()
	return why == ""
}

// limits says whether memory and tasks can be bounded.
func (g *group) limits() bool {
	for _, file := range []string{"memory.max", "pids.max"} {
		if _, err := os.Stat(filepath.Join(g.dir, file)); err != nil {
			return false
		}
	}
	return true
}

// ownControlGroup is the folder of this process's own group.
func ownControlGroup() (dir, why string) {
	data, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err.Error()
	}
	for line := range strings.Lines(string(data)) {
		path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		if !ok {
			continue
		}
		for _, mount := range []string{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"} {
			var st unix.Statfs_t
			if unix.Statfs(mount, &st) != nil || st.Type != unix.CGROUP2_SUPER_MAGIC {
				continue
			}
			dir := filepath.Join(mount, path)
			if slices.Contains(members(dir), os.Getpid()) {
				return dir, ""
			}
		}
		return "", "the grader's own is not to be seen"
	}
	return "", "the kernel has no control groups of version 2"
}

// members lists the processes that are in a group itself.
func members(dir string) []int {
	data, _ := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	var pids []int
	for _, f := range bytes.Fields(data) {
		if pid, err := strconv.Atoi(string(f)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// enableLimits has the groups below this one bound memory and tasks. The
// kernel wants no processes beside such groups: where the group was made for
// the grader alone, it moves into one of its own.
func enableLimits(dir string) {
	enable := func() error {
		return os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte("+memory +pids"), 0)
	}
	if err := enable(); !errors.Is(err, unix.EBUSY) || !delegated(dir) || !slices.Equal(members(dir), []int{os.Getpid()}) {
		return
	}
	own := filepath.Join(dir, groupPrefix+strconv.Itoa(os.Getpid()))
	if os.Mkdir(own, 0o755) == nil && os.WriteFile(filepath.Join(own, "cgroup.procs"), []byte("0"), 0) == nil {
		enable()
	}
}

// delegated says whether a group was handed over to its processes. What root
// may write to was not meant for it for that alone: systemd marks what is.
func delegated(dir string) bool {
	if os.Geteuid() != 0 {
		return true
	}
	mark := make([]byte, 1)
	for _, name := range []string{"trusted.delegate", "user.delegate"} {
		if n, err := unix.Getxattr(dir, name, mark); err == nil && n == 1 && mark[0] == '1' {
			return true
		}
	}
	return false
}

// clearGroups removes the groups of graders that have ended without doing so.
func clearGroups(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, groupPrefix+"*"))
	for _, dir := range dirs {
		name, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), groupPrefix), "-")
		if pid, err := strconv.Atoi(name); err == nil && errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			unix.Rmdir(dir) // fails where somebody is in it
		}
	}
}

// place puts a process, as the supervisor knows it, into the group whose file
// the supervisor was given.
func place(pid int) error {
	_, err := unix.Write(groupFD, []byte(strconv.Itoa(pid)))
	if errors.Is(err, unix.ESRCH) {
		return nil // it has ended
	}
	return step("put the command into its control group", err)
}
