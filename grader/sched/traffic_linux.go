package sched

import (
	"os"
	"strconv"
	"strings"
)

// Traffic counts the read and write system calls that a process and its
// descendants have made so far, those of descendants that ended and were
// waited for included (the kernel adds them to their parent's, proc_pid_io(5)),
// and how many descendants live. Sockets count only where they are read and
// written as files. It is false where the kernel does not tell.
func Traffic(pid int) (calls int64, descendants int, ok bool) {
	calls, ok = rwCalls(pid)
	if !ok {
		return 0, 0, false
	}
	for _, child := range Descendants(pid) {
		if n, ok := rwCalls(child); ok {
			calls += n
			descendants++
		}
	}
	return calls, descendants, true
}

func rwCalls(pid int) (int64, bool) {
	data, err := os.ReadFile("/proc/" + itoa(pid) + "/io")
	if err != nil || len(data) == 0 {
		return 0, false
	}
	text := append([]byte("\n"), data...)
	return field(text, "\nsyscr:") + field(text, "\nsyscw:"), true
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
