package sched

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
)

// spinFor is how long each half of the spin probe lasts.
const spinFor = 25 * time.Millisecond

// Described says what the machine is, and what may be used of it, as far as that
// takes no time to measure.
func Described() record.Host {
	h := record.Host{OS: runtime.GOOS, CPUs: runtime.NumCPU(), Affinity: runtime.NumCPU(), Pressure: -1, Scheduler: Supported}
	describe(&h)
	return h
}

// Host measures the machine: what may be used of it, and what it gives now.
// It takes some 60 ms of all cores.
func Host() record.Host {
	h := record.Host{OS: runtime.GOOS, CPUs: runtime.NumCPU(), Affinity: runtime.NumCPU(), Pressure: -1, Scheduler: Supported}
	before, ok := coresNow()
	h.Capacity = capacity(h.Affinity)
	if after, ok2 := coresNow(); ok && ok2 {
		if all := float64(after.Busy - before.Busy + after.Idle - before.Idle + after.Steal - before.Steal); all > 0 {
			h.Steal = float64(after.Steal-before.Steal) / all
		}
	}
	describe(&h)
	return h
}

// capacity compares the work of one spinning thread with that of as many as
// there are cores: the parallel work that the machine gives, in cores.
func capacity(cores int) float64 {
	one := spin(1)
	if one == 0 {
		return 0
	}
	return math.Round(100*float64(spin(cores))/float64(one)) / 100
}

// spin counts the work that n threads do in spinFor, all together.
func spin(n int) int64 {
	var work atomic.Int64
	var wg sync.WaitGroup
	end := time.Now().Add(spinFor)
	for range n {
		wg.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var turns int64
			x := uint64(1)
			for time.Now().Before(end) {
				for range 1000 {
					x ^= x << 13
					x ^= x >> 7
					x ^= x << 17
				}
				turns++
			}
			sink.Store(x)
			work.Add(turns)
		})
	}
	wg.Wait()
	return work.Load()
}

// sink keeps the compiler from dropping the spinning.
var sink atomic.Uint64
