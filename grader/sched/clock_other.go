//go:build !linux

package sched

import "time"

var started = time.Now()

// Now is an instant in ns, on a clock of this process.
func Now() int64 { return int64(time.Since(started)) + 1 }
