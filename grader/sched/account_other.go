//go:build !linux

package sched

// Account is only known on Linux.
func Account(int) (Accounts, bool) { return Accounts{}, false }
