package sched

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/record"
)

func coresNow() (record.Core, bool) {
	fd := open("/proc/stat")
	defer closeAll(fd)
	return readCores(fd, make([]byte, 512))
}

func describe(h *record.Host) {
	var uts unix.Utsname
	if unix.Uname(&uts) == nil {
		h.Kernel = string(bytes.TrimRight(uts.Release[:], "\x00"))
	}
	if data, err := os.ReadFile("/proc/stat"); err == nil { // the machine's, not only ours
		if n := strings.Count(string(data), "\ncpu"); n > 0 {
			h.CPUs = n
		}
	}
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) == nil {
		h.Affinity = set.Count()
	}
	if data, err := os.ReadFile("/proc/loadavg"); err == nil {
		h.Load, _ = strconv.ParseFloat(first(string(data)), 64)
	}
	if data, err := os.ReadFile("/proc/pressure/cpu"); err == nil {
		if _, rest, ok := strings.Cut(string(data), "avg10="); ok {
			if v, err := strconv.ParseFloat(first(rest), 64); err == nil {
				h.Pressure = v / 100
			}
		}
	}
	h.Quota = quota("/proc/self/cgroup", "/sys/fs/cgroup")
}

func first(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// quota gives the smallest CPU quota, in cores, of this process's control
// group and those above it, in version 2 (cpu.max) or 1 (cfs_quota_us); 0 for
// none.
func quota(self, mount string) float64 {
	least := math.Inf(1)
	for _, g := range groups(self, mount) {
		for dir := g.Dir; ; dir = filepath.Dir(dir) {
			if q, ok := groupQuota(dir, g.V2); ok {
				least = math.Min(least, q)
			}
			if len(dir) <= len(g.Mount) {
				break
			}
		}
	}
	if math.IsInf(least, 1) {
		return 0
	}
	return least
}

// Group is a control group that holds CPU limits.
type Group struct {
	Mount string // of its hierarchy
	Dir   string // its folder, below Mount or Mount itself
	V2    bool   // of control groups version 2
}

// Groups finds the control groups of this process that may hold CPU limits.
func Groups() []Group { return groups("/proc/self/cgroup", "/sys/fs/cgroup") }

func groups(self, mount string) []Group {
	data, err := os.ReadFile(self)
	if err != nil {
		return nil
	}
	var found []Group
	for line := range strings.Lines(string(data)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		add := func(root string, v2 bool) {
			dir := filepath.Join(root, parts[2])
			if _, err := os.Stat(dir); err != nil {
				dir = root // a container sees its own group as the root
			}
			if _, err := os.Stat(dir); err == nil {
				found = append(found, Group{root, dir, v2})
			}
		}
		switch {
		case parts[0] == "0":
			add(mount, true)
			add(filepath.Join(mount, "unified"), true)
		case hasController(parts[1], "cpu"):
			add(filepath.Join(mount, "cpu"), false)
			add(filepath.Join(mount, parts[1]), false)
		}
	}
	return found
}

func hasController(list, name string) bool {
	for c := range strings.SplitSeq(list, ",") {
		if c == name {
			return true
		}
	}
	return false
}

func groupQuota(dir string, v2 bool) (float64, bool) {
	read := func(name string) []string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil
		}
		return strings.Fields(string(data))
	}
	var max, period []string
	if v2 {
		if f := read("cpu.max"); len(f) == 2 {
			max, period = f[:1], f[1:]
		}
	} else {
		max, period = read("cpu.cfs_quota_us"), read("cpu.cfs_period_us")
	}
	if len(max) == 0 || len(period) == 0 {
		return 0, false
	}
	m, err1 := strconv.ParseFloat(max[0], 64)
	p, err2 := strconv.ParseFloat(period[0], 64)
	if err1 != nil || err2 != nil || m <= 0 || p <= 0 {
		return 0, false // "max" or -1: no limit
	}
	return m / p, true
}

// Throttled is the time, in µs, for which the quota has stopped this
// process's control group so far; 0 where there is none.
func Throttled() int64 {
	for _, g := range Groups() {
		data, err := os.ReadFile(filepath.Join(g.Dir, "cpu.stat"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			n, err := strconv.ParseInt(value, 10, 64)
			switch {
			case err != nil || n == 0:
			case name == "throttled_usec":
				return n
			case name == "throttled_time":
				return n / 1000
			}
		}
	}
	return 0
}
