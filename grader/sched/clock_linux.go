package sched

import "golang.org/x/sys/unix"

// Now is an instant in ns, on the clock that the programs under observation
// can read too (CLOCK_MONOTONIC, Python's time.monotonic_ns).
func Now() int64 {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) != nil {
		return 0
	}
	return ts.Nano()
}
