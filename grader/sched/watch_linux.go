package sched

import (
	"bytes"
	"errors"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gilcourse/gilcourse/grader/record"
)

// Supported says whether tasks can be observed on this system.
var Supported = func() bool {
	_, err := os.ReadFile("/proc/self/task/" + itoa(unix.Gettid()) + "/schedstat")
	return err == nil
}()

// Watcher samples one process tree until it is stopped. Its methods may be
// called from any goroutine.
type Watcher struct {
	root  int
	start time.Time
	share float64
	stop  chan struct{}
	done  chan struct{}

	mu  sync.Mutex // guards use
	use Usage

	// The sampler's own state: only its goroutine touches it.
	procs   map[int]*process
	tasks   []*task // alive
	all     []*task // by ID
	seen    Observation
	loadavg int // descriptor
	stat    int // descriptor of /proc/stat
	core0   record.Core
	wrote0  int64 // what the root had written before
	ended0  int64 // CPU time of the children that it had waited for before, in µs
	ended   int64 // of all that anybody has waited for since, as of asked
	asked   int64
	newest  int64 // newest pid on the system at the last search
	allowed []byte
	buf     []byte
	dirent  []byte
}

type process struct {
	pid    int
	parent int
	dir    int         // descriptor of /proc/PID/task
	rss    int64       // KiB
	io     int         // descriptor of /proc/PID/io, -1 where not open
	wrote  int64       // bytes, to disks, with those of the children it has waited for
	ended  int64       // bytes, of its children that have ended
	files  int         // at least so many descriptors have been open at once
	main   *task       // its main thread, nil before that is known
	tids   map[int]int // the descriptor of each thread's children file, by tid
}

type task struct {
	record.Task
	proc      *process
	schedstat int // descriptors, -1 where not open
	status    int
	now       record.Point // the newest sample
	sampled   int64        // when it last did something
	looked    int64        // the CPU time as of the last look at status: it may have gone on in the same slice
}

// Watch starts to watch the descendants of the process root, which is itself
// not a task of the tree. Times are counted from start. The share of a core is
// the most that the sampler takes, 0 for Share.
func Watch(root int, start time.Time, share float64) *Watcher {
	if share == 0 {
		share = Share
	}
	w := &Watcher{
		root: root, start: start, share: share,
		stop: make(chan struct{}), done: make(chan struct{}),
		procs: map[int]*process{}, newest: -1,
		buf: make([]byte, 4096), dirent: make([]byte, 16<<10),
	}
	w.loadavg = open("/proc/loadavg")
	w.stat = open("/proc/stat")
	if data, err := os.ReadFile("/proc/self/status"); err == nil {
		w.allowed = bytes.Clone(allowed(data))
	}
	// The root's own children file and that of each of its threads: an
	// orphan is handed to the root, whichever thread waits.
	w.adopt(root, 0)
	if p := w.procs[root]; p != nil {
		w.wrote0 = w.writtenBy(p)
		_, w.ended0, _ = cpuTimes(itoa(root))
	}
	go w.loop()
	return w
}

// Usage gives what the tree has used, as of the last look.
func (w *Watcher) Usage() Usage {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.use
}

// Stop ends the watching and gives what was seen. It may be called once.
func (w *Watcher) Stop() Observation {
	close(w.stop)
	<-w.done
	return w.seen
}

func (w *Watcher) loop() {
	// One thread for all samples, so that its CPU time is the sampler's cost.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	wakeSoon()
	defer close(w.done)
	began := threadCPU()
	var lastStatus, lastScan time.Time
	for {
		now := time.Now()
		before := threadCPU()
		w.sample(w.micros(now))
		steady := threadCPU() - before // what each look costs, new tasks aside
		if newest := w.newestPID(); newest != w.newest || newest < 0 || now.Sub(lastScan) >= rescanEvery {
			w.newest, lastScan = newest, now
			w.scan(w.micros(now))
		}
		if now.Sub(lastStatus) >= statusEvery {
			lastStatus = now
			w.look(w.micros(now))
		}
		select {
		case <-w.stop:
			w.finish(threadCPU() - began)
			return
		default:
		}
		// Stay within the share of a core over the whole run, waking up
		// included. What a costly moment took, such as the start of tasks, is
		// paid back little by little: they are not lost sight of meanwhile.
		due := w.start.Add(time.Duration(float64(threadCPU()-began) / w.share))
		pause := min(time.Until(due), max(longest, time.Duration(float64(steady)/w.share)), unseen)
		sleep(max(Interval-time.Since(now), pause))
	}
}

func (w *Watcher) micros(t time.Time) int64 { return t.Sub(w.start).Microseconds() }

// sample reads what every living task has used, and drops those that ended.
func (w *Watcher) sample(t int64) {
	w.tasks = slices.DeleteFunc(w.tasks, func(k *task) bool {
		if !k.read(t, w.buf) {
			k.Died = (k.Died + t) / 2 // between its last sample and now
			w.bury(k)
			return true
		}
		return false
	})
}

// read takes one sample; it is false once the task has ended.
func (k *task) read(t int64, buf []byte) bool {
	n, err := unix.Pread(k.schedstat, buf, 0)
	if err != nil || n == 0 {
		return false
	}
	b := buf[:n]
	cpu, b := number(b)
	wait, b := number(b)
	slices, _ := number(b)
	k.Died = t
	k.keep(record.Point{T: t, CPU: cpu / 1000, Wait: wait / 1000, Slices: slices,
		Voluntary: k.now.Voluntary, Involuntary: k.now.Involuntary})
	return true
}

// keep stores a sample where it is worth a point: every keepEvery while the
// task works, and at the two ends of each rest. A long run is kept more
// coarsely, so that its record stays small.
func (k *task) keep(p record.Point) {
	if p.CPU == k.now.CPU && p.Wait == k.now.Wait && p.Slices == k.now.Slices {
		k.now.T = p.T // at rest
		return
	}
	every := max(keepEvery.Microseconds(), p.T/keepShare)
	if last := k.Last(); k.now.T-last.T >= every && k.now != last {
		k.Points = append(k.Points, k.now)
	}
	k.now, k.sampled = p, p.T
	if p.T-k.Last().T >= every || len(k.Points) == 0 {
		k.Points = append(k.Points, p)
	}
}

// bury closes a task that ended and keeps its last sample, as of its end if
// it was at work.
func (w *Watcher) bury(k *task) {
	if n := len(k.Points); n > 0 && k.now != k.Points[n-1] {
		if k.now.T == k.Points[n-1].T {
			k.Points = k.Points[:n-1]
		}
		if k.now.T == k.sampled {
			k.now.T = k.Died
		}
		k.Points = append(k.Points, k.now)
	}
	closeAll(k.schedstat, k.status)
	k.proc.forget(k.TID)
	if len(k.proc.tids) == 0 {
		if heir := w.heir(k.proc); heir != nil {
			heir.ended += max(k.proc.wrote, k.proc.ended)
		}
		closeAll(k.proc.dir, k.proc.io)
		delete(w.procs, k.PID)
	}
}

// heir is who waits for a process: its parent, or the root where that has
// ended before.
func (w *Watcher) heir(p *process) *process {
	if parent := w.procs[p.parent]; parent != nil {
		return parent
	}
	return w.procs[w.root]
}

// written is what the whole tree has had written to disks. Whoever waits for a
// child takes over its account (kernel/exit.c, wait_task_zombie), however short
// it lived; of those that nobody waits for is known what was seen.
func (w *Watcher) written() int64 {
	sum := int64(0)
	for _, p := range w.procs {
		wrote := w.writtenBy(p)
		if p.pid == w.root {
			wrote -= w.wrote0
		}
		sum += max(wrote, p.ended)
	}
	return sum
}

// scan searches for new threads of known processes and for new children.
func (w *Watcher) scan(t int64) {
	for found := true; found; { // until the children of new children are known
		found = false
		for _, p := range w.procs {
			for _, tid := range w.threads(p) {
				if _, known := p.tids[tid]; known {
					continue
				}
				p.tids[tid] = open(taskFolder(p.pid, tid) + "children")
				if p.pid != w.root {
					w.add(p, tid, t)
				}
			}
		}
		for _, p := range w.procs {
			if p.pid != w.root {
				found = w.adoptChildren(p) || found
			}
		}
		// The root comes last: an orphan that changed hands meanwhile is there.
		if root := w.procs[w.root]; root != nil {
			found = w.adoptChildren(root) || found
		}
	}
}

// adoptChildren says whether a process had children that were not known.
func (w *Watcher) adoptChildren(p *process) (found bool) {
	for tid, fd := range p.tids {
		pids, err := w.slurp(fd)
		if err != nil && p.pid == w.root { // whose threads are no tasks, so nothing else tells that one has ended
			p.forget(tid)
		}
		for {
			var child int64
			if child, pids = number(pids); child == 0 {
				break
			}
			if w.procs[int(child)] == nil {
				w.adopt(int(child), p.pid)
				found = true
			}
		}
	}
	return found
}

// forget drops a thread that ended.
func (p *process) forget(tid int) {
	if fd, known := p.tids[tid]; known {
		closeAll(fd)
		delete(p.tids, tid)
	}
}

// taskFolder is where /proc tells of a thread.
func taskFolder(pid, tid int) string { return "/proc/" + itoa(pid) + "/task/" + itoa(tid) + "/" }

func (w *Watcher) adopt(pid, parent int) {
	dir := open("/proc/" + itoa(pid) + "/task")
	if dir < 0 {
		if w.procs[w.root] != nil && !errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			w.seen.Unwatched++
		}
		return
	}
	if parent == w.root {
		parent = 0
	}
	w.procs[pid] = &process{pid: pid, parent: parent, dir: dir, io: -1, tids: map[int]int{}}
}

func (w *Watcher) add(p *process, tid int, t int64) {
	base := taskFolder(p.pid, tid)
	k := &task{proc: p, status: -1, schedstat: open(base + "schedstat")}
	if k.schedstat < 0 {
		p.forget(tid)
		return
	}
	k.status = open(base + "status")
	k.Task = record.Task{ID: len(w.all), PID: p.pid, TID: tid, Parent: p.parent, Born: t, Died: t}
	if !k.read(t, w.buf) {
		closeAll(k.schedstat, k.status)
		p.forget(tid)
		return
	}
	if !k.Thread() {
		p.main = k
	}
	w.all, w.tasks = append(w.all, k), append(w.tasks, k)
}

// threads lists the tids of a process through its kept-open folder.
func (w *Watcher) threads(p *process) []int {
	var tids []int
	if _, err := unix.Seek(p.dir, 0, 0); err != nil {
		return nil
	}
	for {
		n, err := unix.ReadDirent(p.dir, w.dirent)
		if err != nil || n <= 0 {
			break
		}
		_, _, names := unix.ParseDirent(w.dirent[:n], -1, nil)
		for _, name := range names {
			if tid, rest := number([]byte(name)); len(rest) == 0 && tid > 0 {
				tids = append(tids, int(tid))
			}
		}
	}
	if len(tids) == 0 && p.pid != w.root && len(p.tids) == 0 { // gone before it had a task
		closeAll(p.dir)
		delete(w.procs, p.pid)
	}
	return tids
}

// look reads what is dear: switches and memory of the tasks that moved, and
// the machine's cores.
func (w *Watcher) look(t int64) {
	var rss int64
	for _, k := range w.tasks {
		if k.looked == k.now.CPU && k.Command != "" || k.status < 0 {
			continue
		}
		k.looked = k.now.CPU
		if n, err := unix.Pread(k.status, w.buf, 0); err == nil {
			s := w.buf[:n]
			k.now.Voluntary = field(s, "\nvoluntary_ctxt_switches:")
			k.now.Involuntary = field(s, "\nnonvoluntary_ctxt_switches:")
			// Each thread tells of the whole process, whose main thread may be
			// asleep. One that has ended, and waits to be reaped, holds nothing.
			k.proc.rss = field(s, "\nVmRSS:")
			if main := k.proc.main; main != nil {
				main.PeakKB = max(main.PeakKB, field(s, "\nVmHWM:"))
			}
			k.proc.files = max(k.proc.files, descriptors(field(s, "\nFDSize:")))
			if cpus := allowed(s); !bytes.Equal(cpus, w.allowed) {
				k.CPUs = string(cpus)
			}
		}
		if w.unsettled(k, t) {
			k.Command = command(k.PID)
		}
	}
	processes, files := 0, 0
	for _, p := range w.procs {
		rss += p.rss
		files = max(files, p.files)
		if p.pid != w.root {
			processes++
		}
	}
	w.seen.Most = max(w.seen.Most, len(w.tasks))
	w.seen.PeakKB = max(w.seen.PeakKB, rss)
	w.seen.MostFiles = max(w.seen.MostFiles, files)
	w.cores(t)
	var seen, alive, waited int64
	for _, k := range w.all {
		seen, waited = seen+k.now.CPU, waited+k.now.Wait
	}
	for _, k := range w.tasks {
		alive += k.now.CPU
	}
	cpu := max(seen, alive+w.waitedFor(t))
	w.mu.Lock()
	w.use = Usage{CPU: time.Duration(cpu) * time.Microsecond, Wait: time.Duration(waited) * time.Microsecond, Memory: rss << 10, Tasks: len(w.tasks), Processes: processes, Written: w.written(), Files: w.seen.MostFiles}
	w.mu.Unlock()
}

// unsettled reports whether a process's command line is still to be read: it is not
// known, or it is its parent's, as after a fork that may be followed by an exec.
func (w *Watcher) unsettled(k *task, t int64) bool {
	if k.Thread() {
		return false
	}
	if k.Command == "" {
		return true
	}
	parent := w.procs[k.proc.parent]
	return t-k.Born < execWithin.Microseconds() && parent != nil && parent.main != nil && parent.main.Command == k.Command
}

// waitedFor is the CPU time, in µs, of the processes that ended and that
// somebody waited for, however short they lived: the kernel adds it up. It is
// asked a fifth as often as look is.
func (w *Watcher) waitedFor(t int64) int64 {
	if w.asked > 0 && t-w.asked < (5*statusEvery).Microseconds()-1000 {
		return w.ended
	}
	w.asked, w.ended = t, -w.ended0
	for pid := range w.procs {
		_, children, _ := cpuTimes(itoa(pid))
		w.ended += children
	}
	return w.ended
}

// descriptors gives how many a process has had open at once, at least, by the
// size of its table of them: that doubles when it is full, and never shrinks
// (fs/file.c, alloc_fdtable). A table of up to 256 tells little, and one of 64
// nothing.
func descriptors(table int64) int {
	switch {
	case table <= 64:
		return 0
	case table <= 256:
		return 65
	}
	return int(table/2 + 1)
}

// writtenBy reads how much a process has had written to disks
// (proc_pid_io(5)), less what was removed again before it got there.
func (w *Watcher) writtenBy(p *process) int64 {
	if p.io < 0 {
		p.io = open("/proc/" + itoa(p.pid) + "/io")
	}
	if p.io < 0 {
		return p.wrote
	}
	n, err := unix.Pread(p.io, w.buf, 0)
	if err != nil || n <= 0 {
		return p.wrote
	}
	text := w.buf[:n]
	p.wrote = max(p.wrote, field(text, "\nwrite_bytes:")-field(text, "\ncancelled_write_bytes:"))
	return p.wrote
}

// cores samples the machine, at a fifth of the pace of look.
func (w *Watcher) cores(t int64) {
	if n := len(w.seen.Cores); n > 0 && t-w.seen.Cores[n-1].T < (5*statusEvery).Microseconds()-1000 {
		return
	}
	c, ok := readCores(w.stat, w.buf)
	if !ok {
		return
	}
	if len(w.seen.Cores) == 0 {
		w.core0 = c
	}
	w.seen.Cores = append(w.seen.Cores, record.Core{T: t, Busy: c.Busy - w.core0.Busy, Idle: c.Idle - w.core0.Idle, Steal: c.Steal - w.core0.Steal})
}

func (w *Watcher) finish(cost time.Duration) {
	for _, k := range w.tasks {
		w.bury(k)
	}
	w.seen.Written = w.written()
	for _, p := range w.procs {
		closeAll(p.dir, p.io)
		for tid := range p.tids {
			p.forget(tid)
		}
	}
	closeAll(w.loadavg, w.stat)
	for _, k := range w.all {
		w.seen.Tasks = append(w.seen.Tasks, k.Task)
	}
	w.seen.Cost = cost
}
