package sched

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/gilcourse/gilcourse/grader/record"
)

// Account adds up what a process and its descendants have used so far. Those
// that ended and were waited for are included: the kernel adds them to their
// parent. It is false where the kernel does not tell.
func Account(pid int) (Accounts, bool) {
	writes, written, ok := writesOf(pid)
	if !ok {
		return Accounts{}, false
	}
	own, ended, ok := cpuTimes(itoa(pid))
	if !ok {
		return Accounts{}, false
	}
	main, _, _ := cpuTimes(itoa(pid) + "/task/" + itoa(pid))
	b := Accounts{Own: own, Main: main, Children: ended, Writes: writes, Bytes: written}
	for _, child := range Descendants(pid) {
		used, ended, _ := cpuTimes(itoa(child))
		b.Children += used + ended
		if n, written, ok := writesOf(child); ok {
			b.Writes += n
			b.Bytes += written
			b.Alive++
		}
	}
	return b, true
}

// cpuTimes reads the CPU time of a process and of its children that ended, in
// µs, from the 14th to 17th field of /proc/PID/stat, or that of one of its
// threads from /proc/PID/task/TID/stat (proc_pid_stat(5)).
func cpuTimes(task string) (own, children int64, ok bool) {
	data, err := os.ReadFile("/proc/" + task + "/stat")
	_, rest, found := strings.Cut(string(data[max(0, bytes.LastIndexByte(data, ')')):]), " ")
	fields := strings.Fields(rest) // from the third on
	if err != nil || !found || len(fields) < 15 {
		return 0, 0, false
	}
	var t [4]int64
	for i := range t {
		if t[i], err = strconv.ParseInt(fields[11+i], 10, 64); err != nil {
			return 0, 0, false
		}
	}
	return record.Tick * (t[0] + t[1]), record.Tick * (t[2] + t[3]), true
}

// writesOf reads the count of write system calls, and of the bytes that they took
// (proc_pid_io(5)).
func writesOf(pid int) (calls, written int64, ok bool) {
	data, err := os.ReadFile("/proc/" + itoa(pid) + "/io")
	if err != nil || len(data) == 0 {
		return 0, 0, false
	}
	text := append([]byte("\n"), data...)
	return field(text, "\nsyscw:"), field(text, "\nwchar:"), true
}

// Descendants lists all processes below pid, parents first.
func Descendants(pid int) []int {
	var all []int
	todo := []int{pid}
	seen := map[int]bool{pid: true}
	for len(todo) > 0 {
		p := todo[0]
		todo = todo[1:]
		dir := "/proc/" + strconv.Itoa(p) + "/task"
		threads, _ := os.ReadDir(dir)
		for _, t := range threads {
			list, _ := os.ReadFile(dir + "/" + t.Name() + "/children")
			for _, f := range strings.Fields(string(list)) {
				if child, err := strconv.Atoi(f); err == nil && !seen[child] {
					seen[child] = true
					all = append(all, child)
					todo = append(todo, child)
				}
			}
		}
	}
	return all
}

// InnerPID is the pid of a process in its own process namespace, where it may
// have another than here; 0 for one that has gone.
func InnerPID(pid int) int {
	data, err := os.ReadFile("/proc/" + itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), "\nNSpid:")
	line, _, _ := strings.Cut(rest, "\n")
	all := strings.Fields(line)
	if len(all) == 0 {
		return pid // Linux before 4.1, or without namespaces
	}
	inner, err := strconv.Atoi(all[len(all)-1])
	if err != nil {
		return 0
	}
	return inner
}

// ThreadsOf counts the threads of all processes of a user.
func ThreadsOf(uid int) int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	n := 0
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || e.Name()[0] < '0' || e.Name()[0] > '9' {
			continue
		}
		if st, ok := info.Sys().(*syscall.Stat_t); !ok || int(st.Uid) != uid {
			continue
		}
		if data, err := os.ReadFile("/proc/" + e.Name() + "/status"); err == nil {
			n += int(field(data, "\nThreads:"))
		}
	}
	return n
}
