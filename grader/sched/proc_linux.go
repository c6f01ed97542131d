package sched

import (
	"bytes"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/record"
)

// What follows reads /proc through kept-open descriptors without allocating:
// opening and parsing anew costs several times as much, and on two cores the
// observer's own CPU time falsifies what it observes.

func itoa(n int) string { return strconv.Itoa(n) }

func open(path string) int {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	return fd
}

func closeAll(fds ...int) {
	for _, fd := range fds {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// number reads the next decimal number, skipping what stands before it; 0
// and nil where there is none.
func number(b []byte) (int64, []byte) {
	i := 0
	for i < len(b) && (b[i] < '0' || b[i] > '9') {
		i++
	}
	if i == len(b) {
		return 0, nil
	}
	var n int64
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
		n = n*10 + int64(b[i]-'0')
	}
	return n, b[i:]
}

// field reads the number behind a name in /proc/PID/status; 0 where missing.
func field(status []byte, name string) int64 {
	i := bytes.Index(status, []byte(name))
	if i < 0 {
		return 0
	}
	n, _ := number(status[i+len(name):])
	return n
}

// allowed gives the list of cores in /proc/PID/status.
func allowed(status []byte) []byte {
	_, rest, ok := bytes.Cut(status, []byte("\nCpus_allowed_list:"))
	if !ok {
		return nil
	}
	list, _, _ := bytes.Cut(rest, []byte("\n"))
	return bytes.TrimSpace(list)
}

// slurp reads a whole file of /proc, growing the buffer as needed.
func (w *Watcher) slurp(fd int) ([]byte, error) {
	for {
		n, err := unix.Pread(fd, w.buf, 0)
		if err != nil {
			return nil, err
		}
		if n < len(w.buf) {
			return w.buf[:n], nil
		}
		w.buf = make([]byte, 2*len(w.buf))
	}
}

// newestPID gives the newest pid on the system, from the fifth field of
// /proc/loadavg: threads count too, so while it stands still nothing was
// started anywhere. It is -1 where it cannot be read.
func (w *Watcher) newestPID() int64 {
	n, err := unix.Pread(w.loadavg, w.buf, 0)
	if err != nil || n <= 0 {
		return -1
	}
	b := bytes.TrimSpace(w.buf[:n])
	newest, _ := number(b[bytes.LastIndexByte(b, ' ')+1:])
	return newest
}

// readCores reads the first line of /proc/stat: user, nice, system, idle,
// iowait, irq, softirq, steal in ticks of 10 ms (proc_stat(5)).
func readCores(fd int, buf []byte) (record.Core, bool) {
	n, err := unix.Pread(fd, buf, 0)
	if err != nil || n <= 0 {
		return record.Core{}, false
	}
	var v [8]int64
	b := buf[:n]
	for i := range v {
		v[i], b = number(b)
		v[i] *= 10_000
	}
	return record.Core{Busy: v[0] + v[1] + v[2] + v[5] + v[6], Idle: v[3] + v[4], Steal: v[7]}, true
}

// commandLength bounds what a record keeps of a command line.
const commandLength = 160

// command gives the start of a process's command line, blanks between the
// arguments; empty for a process that ended.
func command(pid int) string {
	fd := open("/proc/" + itoa(pid) + "/cmdline")
	if fd < 0 {
		return ""
	}
	defer closeAll(fd)
	buf := make([]byte, commandLength)
	n, err := unix.Read(fd, buf)
	if err != nil || n <= 0 {
		return ""
	}
	return string(bytes.ToValidUTF8(bytes.TrimSpace(bytes.ReplaceAll(buf[:n], []byte{0}, []byte{' '})), []byte("?")))
}

func threadCPU() time.Duration {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// sleep blocks this thread: the runtime's timers would wake another one first.
func sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	ts := unix.NsecToTimespec(d.Nanoseconds())
	unix.Nanosleep(&ts, nil)
}

// wakeSoon asks the scheduler for short slices, which come with early
// deadlines: on a crowded machine this thread then waits least for a core
// that it hardly uses. Linux 6.12 and newer grant it to anybody
// (sched_setattr(2), sched_runtime of SCHED_OTHER); others refuse, and that
// is no harm.
func wakeSoon() {
	const shortest = 100_000 // ns
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Runtime: shortest}
	unix.SchedSetAttr(0, &attr, 0)
}
