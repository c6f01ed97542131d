//go:build unix

package sandbox

import "syscall"

// Alarm sends SIGALRM to a process of a run, as a timer of its own would.
func Alarm(pid int) {
	if pid > 1 {
		syscall.Kill(pid, syscall.SIGALRM)
	}
}
