package spec

import "slices"

// Witness is a kind of evidence.
type Witness string

// The witnesses.
const (
	Scheduler Witness = "scheduler" // the operating system's view of the tasks
	Clock     Witness = "clock"     // wall time, beside the reference
	Source    Witness = "source"    // the learner's file
	Results   Witness = "result"    // what the program computed, printed and ended with
)

// Quantity is a figure that a bound may be put on.
type Quantity struct {
	Name    string
	Unit    string // as it follows the figure, empty for a plain number
	Witness Witness
	Means   string // completes "NAME is ..."
}

// Quantities are all that can be bounded, by name.
var Quantities = []Quantity{
	{"run.completed", "", Results, "1 where every run ended by itself with exit status 0, else 0"},
	{"task.correct", "", Results, "1 where the learner's function gives what the task asks for, 0 where it gives something else"},

	{"task.size", "of the lesson's", Scheduler, "1 where the lesson's size stands in the source, else the size that the CPU time of a task speaks of"},
	{"task.clocked", "", Source, "1 where a loop of the source ends when a clock says so, else 0"},

	{"sequential.seen", "", Scheduler, "1 where the main thread alone did a phase of work, else 0"},
	{"threads.seen", "", Scheduler, "1 where threads did a phase of work, else 0"},
	{"processes.seen", "", Scheduler, "1 where child processes did a phase of work, else 0"},
	{"sequential.work", "of the other phases'", Scheduler, "the CPU time of the sequential phase, relative to the mean of the others"},
	{"threads.work", "of the sequential phase's", Scheduler, "the CPU time of the threads phase, relative to the sequential phase"},
	{"processes.work", "of the sequential phase's", Scheduler, "the CPU time of the processes phase, relative to the sequential phase"},
	{"threads.tasks", "tasks", Scheduler, "how many tasks' work the threads did, one worker at least one"},
	{"processes.tasks", "tasks", Scheduler, "how many tasks' work the processes did, one worker at least one"},
	{"phases.overlap", "", Scheduler, "the share of a phase during which another one was running too"},

	{"threads.workers", "threads", Scheduler, "the threads that did the phase's work"},
	{"threads.width", "threads", Scheduler, "the most threads that were at work at once"},
	{"threads.parallelism", "tasks", Scheduler, "how many threads wanted to compute at once, on average"},
	{"threads.handoffs", "per second of CPU time", Scheduler, "how often the threads went to sleep by their own will, as they do while another one holds the GIL"},
	{"processes.workers", "processes", Scheduler, "the processes that did the phase's work"},
	{"processes.width", "processes", Scheduler, "the most processes that were at work at once"},
	{"processes.parallelism", "tasks", Scheduler, "how many processes wanted to compute at once, on average"},
	{"processes.cores", "", Scheduler, "the share of the cores which so many workers could use here that the processes were allowed to run on"},
	{"processes.handoffs", "per second of CPU time", Scheduler, "how often the processes went to sleep by their own will"},

	{"threads.speedup", "x", Clock, "the sequential phase's wall time over that of the threads phase"},
	{"processes.speedup", "x", Clock, "the sequential phase's wall time over that of the processes phase"},
	{"processes.efficiency", "of the reference's", Clock, "the processes' speedup relative to the reference's, both run in turn on this machine"},

	{"utilization.measured", "", Source, "1 where the source reads a clock or counter of CPU time, else 0"},
	{"utilization.agreement", "", Results, "1 where the printed CPU utilization agrees with what was observed, 0 where it contradicts it"},
	{"times.printed", "figures", Results, "how many figures the script printed"},
	{"times.agreement", "", Results, "the share of the phases whose printed time agrees with what was observed"},
	{"speedup.agreement", "", Results, "1 unless a printed speedup contradicts what was observed, then 0"},
}

// LookUp gives the quantity with this name.
func LookUp(name string) (Quantity, bool) {
	i := slices.IndexFunc(Quantities, func(q Quantity) bool { return q.Name == name })
	if i < 0 {
		return Quantity{}, false
	}
	return Quantities[i], true
}

func quantityNames() []string {
	names := make([]string, len(Quantities))
	for i, q := range Quantities {
		names[i] = q.Name
	}
	return names
}
