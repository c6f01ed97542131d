//go:build !linux

package sched

// Traffic is only known on Linux.
func Traffic(int) (calls int64, descendants int, ok bool) { return 0, 0, false }
