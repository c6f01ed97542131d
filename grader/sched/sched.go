// Package sched watches the tasks of a process tree: it samples, for every
// thread and process, the CPU time and the run-queue wait that the Linux
// scheduler counted, and how often the task slept or was preempted.
//
// Only Linux tells this to an unprivileged observer. Elsewhere Watch gives a
// Watcher that sees nothing, and Supported is false.
package sched

import (
	"os"
	"runtime"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
)

const (
	// Interval is the time between two samples where the observation is
	// cheap. A thread holds the GIL for 5 ms at a time
	// (sys.getswitchinterval), and a task of a scaled run lasts some 150 ms.
	// The pace takes less than Share for six tasks, so that there is something
	// in hand when tasks start, which costs most.
	Interval = 7 * time.Millisecond

	// Share is the most of one core that the sampler lets itself take, if it
	// is not given another: where there are so many tasks that a sample costs
	// more, samples come later.
	Share = 0.009

	// longest is the longest pause that the payback of one costly moment
	// may make.
	longest = 25 * time.Millisecond

	// unseen is the longest time for which nothing is looked at, whatever it
	// costs: a task that lives longer is seen.
	unseen = 500 * time.Millisecond

	// statusEvery is the time between two looks at what is dearer to read:
	// context switches, memory, the machine's cores.
	statusEvery = 40 * time.Millisecond

	// execWithin is how long after its first sight a process may still run its
	// parent's program, before it executes its own: on a crowded machine it waits for a
	// core in between.
	execWithin = 2 * time.Second

	// rescanEvery is the longest time between two searches for new tasks,
	// for systems on which /proc/loadavg does not name the newest pid.
	rescanEvery = 50 * time.Millisecond

	// keepEvery is the time between two points of a record. What happens in
	// between is kept where a task starts, ends, falls idle or wakes up.
	keepEvery = 20 * time.Millisecond
	// keepShare is the least part of the run so far between two points.
	keepShare = 150
)

// Usage is what a process tree has used so far, and holds now.
type Usage struct {
	CPU    time.Duration // of all tasks since the start, ended ones included
	Wait   time.Duration // in run queues, likewise
	Memory int64         // resident bytes now, shared pages counted once a process
	Tasks  int           // alive now, threads and processes
	// Processes are those of them that are alive now, and Written is what they
	// all have written to disks so far, in bytes: not to pipes, nor to files
	// that are in memory only.
	Processes int
	Written   int64
	// Files is how many descriptors one process has had open at once, at least:
	// a power of two, and one. It is 0 where there were not even 65.
	Files int
}

// Accounts are what a process tree has used since its start, by the kernel's
// own counting: coarser than samples, but nothing is missed.
type Accounts struct {
	Own      int64 // CPU time of the process itself with all its threads, in µs, in ticks of 10 ms
	Main     int64 // of which its main thread
	Children int64 // CPU time of its descendants, likewise
	// Writes counts the write system calls of the whole tree: one or two for
	// each message between its processes. Sockets count only where they are
	// written as files, as multiprocessing does. Reads would count imports.
	Writes int64
	Bytes  int64 // that these calls took: into pipes and files, not into shared memory
	Alive  int   // descendants that live
}

// Observation is what a Watcher saw, in record's terms.
type Observation struct {
	Tasks     []record.Task
	Cores     []record.Core
	PeakKB    int64         // most memory held at once, in KiB
	Most      int           // most tasks alive at once
	Written   int64         // bytes written to disks
	MostFiles int           // as Usage.Files
	Cost      time.Duration // CPU time that the sampler itself took
	Unwatched int           // tasks that could not be opened (too many descriptors)
}

// Total is what the tree used from its begin to its end; no memory, and of
// tasks those alone that count as processes.
func (o *Observation) Total() Usage {
	u := Usage{Written: o.Written, Files: o.MostFiles}
	for i := range o.Tasks {
		t := &o.Tasks[i]
		u.CPU += time.Duration(t.Last().CPU) * time.Microsecond
		if !t.Thread() {
			u.Processes++
		}
	}
	return u
}

// Blind says why tasks cannot be observed although the system could show them.
type Blind struct{ Reason string }

func (e *Blind) Error() string { return e.Reason }

// Ready says whether tasks can be observed where this system has a scheduler
// that shows them: an error is a Blind. It is nil where the system has none.
func Ready() error {
	if runtime.GOOS != "linux" {
		return nil
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		return &Blind{"/proc is not mounted, and without it nothing can be observed; mount it: mount -t proc proc /proc"}
	}
	return nil
}
