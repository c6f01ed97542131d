//go:build unix

package queue

import "syscall"

// nothing is a signal that only asks whether a process is there.
const nothing = syscall.Signal(0)
