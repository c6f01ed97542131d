package quantity

// Whole are the catalogues of what is seen of a submission as a whole, Parts those
// of its parts, such as a call or a template, whose names come after the part's id.
var (
	Whole = [][]Quantity{Script, Module, Analyzer}
	Parts = [][]Quantity{Call, Template}
)

// Script are the quantities of a challenge whose script is run.
var Script = []Quantity{
	{"run.completed", "", Results, Truth, 0, "1 where every run ended by itself with exit status 0, else 0"},
	{"task.correct", "", Results, Truth, 0, "1 where the learner's function gives what the task asks for, 0 where it gives something else"},

	{"task.size", "of the lesson's", Scheduler, Ratio, NeedsScheduler, "1 where the lesson's size stands in the source, else the size that the CPU time of a task speaks of"},
	{"task.scales", "", Scheduler, Truth, NeedsScheduler, "1 where the script as handed in was still at the work of its first phase when its smaller copy had long gone on, or where no copy was run, else 0"},
	{"task.alike", "x", Scheduler, Ratio, NeedsScheduler, "how many times the CPU time of one phase's function another phase's takes, each called alone for the same size; 1 where all run the same, or where that is not known"},
	{"task.sleeps", "per second of CPU time", Scheduler, Ratio, NeedsScheduler, "how often a function that workers run goes to sleep when it is called alone; 0 where none could be called"},
	{"task.clocked", "", Source, Truth, 0, "1 where a loop of the source ends when a clock says so, else 0"},

	{"sequential.seen", "", Scheduler, Truth, NeedsScheduler, "1 where the main thread alone did a phase of work, else 0"},
	{"threads.seen", "", Scheduler, Truth, NeedsScheduler, "1 where threads did a phase of work, else 0"},
	{"processes.seen", "", Scheduler, Truth, NeedsScheduler, "1 where child processes did a phase of work, else 0"},
	{"sequential.work", "of the other phases'", Scheduler, Ratio, NeedsScheduler, "the CPU time of the sequential phase, relative to the mean of the others"},
	{"threads.work", "of the sequential phase's", Scheduler, Ratio, NeedsScheduler, "the CPU time of the threads phase, relative to the sequential phase"},
	{"processes.work", "of the sequential phase's", Scheduler, Ratio, NeedsScheduler, "the CPU time of the processes phase, relative to the sequential phase"},
	{"threads.tasks", "tasks", Scheduler, Count, NeedsScheduler, "how many tasks' work the threads did, one worker at least one"},
	{"processes.tasks", "tasks", Scheduler, Count, NeedsScheduler, "how many tasks' work the processes did, one worker at least one"},
	{"phases.overlap", "", Scheduler, Share, NeedsScheduler, "the share of a phase during which another one was running too"},

	{"threads.workers", "threads", Scheduler, Count, NeedsScheduler, "the threads that did the phase's work"},
	{"threads.width", "threads", Scheduler, Count, NeedsScheduler | Momentary, "the most threads that were at work at once"},
	{"threads.parallelism", "tasks", Scheduler, Ratio, NeedsScheduler, "how many threads wanted to compute at once, on average"},
	{"threads.handoffs", "per second of CPU time", Scheduler, Ratio, NeedsScheduler, "how often the threads went to sleep by their own will, as they do while another one holds the GIL"},
	{"threads.interleaving", "threads", Scheduler, Ratio, NeedsScheduler, "how many threads shared each 40 ms of their CPU time, on average: the inverse Simpson index of their shares, in which all of those that wait for the GIL have a turn"},
	{"processes.workers", "processes", Scheduler, Count, NeedsScheduler, "the processes that did the phase's work"},
	{"processes.width", "processes", Scheduler, Count, NeedsScheduler | Momentary, "the most processes that were at work at once"},
	{"processes.parallelism", "tasks", Scheduler, Ratio, NeedsScheduler, "how many processes wanted to compute at once, on average"},
	{"processes.cores", "", Scheduler, Share, NeedsScheduler, "the share of the cores which so many workers could use here that the processes were allowed to run on"},
	{"processes.handoffs", "per second of CPU time", Scheduler, Ratio, NeedsScheduler, "how often the processes went to sleep by their own will"},

	{"threads.speedup", "x", Clock, Ratio, NeedsScheduler, "the sequential phase's wall time over that of the threads phase"},
	{"processes.speedup", "x", Clock, Ratio, NeedsScheduler, "the sequential phase's wall time over that of the processes phase"},
	{"processes.efficiency", "of the reference's", Clock, Ratio, NeedsScheduler | NeedsReference, "the processes' speedup relative to the reference's, both run in turn on this machine"},

	{"utilization.measured", "", Source, Truth, 0, "1 where the source reads a clock or counter of CPU time, else 0"},
	{"utilization.agreement", "", Results, Truth, NeedsScheduler, "1 where the printed CPU utilization agrees with what was observed, 0 where it contradicts it"},
	{"times.printed", "figures", Results, Count, 0, "how many figures the script printed"},
	{"times.agreement", "", Results, Share, NeedsScheduler, "the share of the phases whose printed time agrees with what was observed"},
	{"speedup.agreement", "", Results, Truth, NeedsScheduler, "1 unless a printed speedup contradicts what was observed, then 0"},
}

// Module are those of a challenge whose functions are called, as a whole.
var Module = []Quantity{
	{"module.imported", "", Results, Truth, 0, "1 where the module could be imported, else 0"},
	{"module.functions", "", Results, Share, 0, "the share of the functions that are there and take the arguments"},
	{"module.extensions", "extension modules", Results, Count, 0, "how many CPython extension modules were built from the learner's C code"},
	{"calls.growth", "", Scheduler, Count, NeedsScheduler, "how many processes, or threads, more are left by each further call of the same function"},
	{"calls.resting", "of a core", Scheduler, Linear, NeedsScheduler, "the share of a core that was used after all calls had returned"},
	{"calls.left", "processes", Scheduler, Count, NeedsScheduler, "the processes that outlived the program"},
	{"calls.ended", "", Results, Truth, 0, "1 where the program ended by itself after the last call, without an error, else 0"},
}

// Call are those of each of its calls, bounded as CALL.NAME.
var Call = []Quantity{
	{"returned", "", Results, Truth, 0, "1 where every call returned, 0 where one raised, hung or ended the program"},
	{"gil", "", Results, Truth, 0, "1 where the interpreter said during the call that its GIL is on, else 0"},
	{"correct", "", Results, Truth, 0, "1 where every call gave the right results in the right order, else 0"},
	{"raises", "", Results, Truth, 0, "1 where the exception of a task reached the caller, else 0"},
	{"cases", "cases", Results, Count, 0, "how many of the cases are clear on this machine"},

	{"in_main", "of the call's CPU time", Scheduler, Share, NeedsScheduler | UsesReference, "the share of the call's CPU time, of which at most twice the reference's counts, that the main thread used, beyond what the reference's uses on this machine to start workers"},
	{"in_threads", "of the call's CPU time", Scheduler, Share, NeedsScheduler, "the share of the call's CPU time that other threads of the program used"},
	{"in_processes", "of the call's CPU time", Scheduler, Share, NeedsScheduler, "the share of the call's CPU time that child processes used"},
	{"workers", "workers", Scheduler, Count, NeedsScheduler, "the threads or child processes that did the call's work"},
	{"concurrency", "workers", Scheduler, Ratio, NeedsScheduler, "how many of the workers were at work at once, on average, whether they computed or waited for a lock"},
	{"parallelism", "tasks", Scheduler, Ratio, NeedsScheduler, "how many of the workers wanted to compute at once, on average"},
	{"handoffs", "per second of CPU time", Scheduler, Ratio, NeedsScheduler, "how often the workers went to sleep by their own will, as they do while another one holds the GIL"},
	{"interleaving", "workers", Scheduler, Ratio, NeedsScheduler, "how many workers shared each 40 ms of their CPU time, on average: the inverse Simpson index of their shares, in which all of those that wait for the GIL have a turn"},
	{"cores", "", Scheduler, Share, NeedsScheduler, "the share of the cores which so many workers could use here that they were allowed to run on"},
	{"messages", "per task", Scheduler, Ratio, NeedsScheduler | NeedsWrites, "the writes of all the program's processes, for each task: one or two a message"},
	{"bytes", "MiB", Scheduler, Ratio, NeedsScheduler | NeedsWrites, "what all of the program's processes wrote during the call: to each other through pipes, and into files, but not into memory that they share"},
	{"cost", "µs per task", Scheduler, Ratio, NeedsScheduler, "the CPU time of the whole call, start-up included, for each task"},
	{"memory", "MiB", Scheduler, Ratio, NeedsScheduler | Momentary, "the most memory that a worker process held"},
	{"utilization", "of a core", Scheduler, Ratio, NeedsScheduler, "the call's CPU time over its wall time"},
	{"work", "of the reference's", Scheduler, Ratio, NeedsScheduler | NeedsReference, "the call's CPU time, relative to the reference's for the same inputs"},
	{"busiest", "of the reference's", Scheduler, Ratio, NeedsScheduler | NeedsReference, "the CPU time of the worker that used most, relative to the reference's whole CPU time for the same inputs: 1 where one did all of the work"},
	{"size", "", Scheduler, Ratio, NeedsScheduler, "the size for which the learner's own code takes as long as the spec wants"},
	{"waited", "of the seconds asked for", Clock, Ratio, 0, "the call's wall time over its argument called seconds; of several cases the one that is farthest off"},

	{"wall_off", "of the call's time", Results, Linear, 0, "how far the wall time that was returned is from the observed one"},
	{"cpu_off", "of the call's time", Results, Linear, NeedsScheduler, "how far the CPU time that was returned is from the observed one"},
	{"main_off", "of the call's time", Results, Linear, NeedsScheduler, "how far the time that was returned for one task after the other is from the observed one"},
	{"threads_off", "of the call's time", Results, Linear, NeedsScheduler, "how far the time that was returned for the threads is from the observed one"},
	{"processes_off", "of the call's time", Results, Linear, NeedsScheduler, "how far the time that was returned for the processes is from the observed one"},
	{"memory_told", "of the observed", Results, Ratio, NeedsScheduler, "the memory that was returned, relative to that of the largest process that the program started"},
	{"lines_told", "of the observed", Results, Ratio, 0, "the lines of code that were returned, relative to those in the source: of several the one that is farthest off"},

	{"speedup", "x", Clock, Ratio, 0, "the baseline's time over the call's, both for the same work"},
	{"efficiency", "of the reference's", Clock, Ratio, NeedsReference, "the call's speedup relative to the reference's, both run in turn on this machine"},
	{"wall", "s", Clock, Ratio, 0, "how long the call took"},

	{"busy", "cores", Scheduler, Ratio, NeedsScheduler, "how many cores the call wanted on average, those that it waited for included"},
	{"at_once", "", Scheduler, Ratio, NeedsScheduler, "how many of its steps were under way at once: those that wanted a core, or, where one step alone hardly computes, how many times longer they take one after the other"},
	{"threads", "threads", Scheduler, Count, NeedsScheduler | Momentary, "the most threads beside the main thread that were alive at once"},
	{"processes", "processes", Scheduler, Count, NeedsScheduler | Momentary, "the most child processes that were alive at once"},
	{"deadlock", "", Scheduler, Truth, NeedsScheduler, "1 where it hung while several threads stood still and used no CPU time, else 0"},

	{"updates", "of those asked for", Object, Ratio, 0, "how many updates of the counter there were"},
	{"lost", "updates", Object, Count, 0, "how many updates were lost: what was written rested on a value that another thread had replaced meanwhile"},
	{"users", "threads", Object, Count, 0, "how many threads updated the counter or the accounts"},
	{"unlocked", "updates", Object, Count, 0, "how many updates of an account were made without holding its lock"},
	{"held", "locks", Object, Count, Momentary, "the most locks of accounts that were held at once"},

	{"gain", "x", Server, Ratio, 0, "how many times longer the first pass over the urls took than the second"},
	{"in_flight", "requests", Server, Count, Momentary, "the most requests that were under way at once"},
	{"under_way", "requests", Server, Ratio, 0, "how many requests were under way on average over the whole call"},
	{"peak", "requests", Server, Count, Momentary, "the most requests that were under way at once: bound it with max, as in_flight with min"},
	{"typical", "requests", Server, Count, 0, "the median over time: for half of the time from the first request to the last answer, so many requests or more were under way"},
	{"accompanied", "of the requests", Server, Share, 0, "the share of the requests beside which another one was under way"},
	{"loops", "event loops", Server, Count, 0, "how many event loops, in whatever thread, sent requests"},
	{"lag", "s", Server, Ratio, UsesReference, "the median time from an answer until the client had read it: how long the event loop stood still, beyond the reference's on this machine"},
	{"overlap", "of the computing time", Server, Share, NeedsScheduler, "the share of the time in which workers computed during which requests were under way, too"},
}

// Analyzer are the quantities of a challenge with an analysis.
var Analyzer = []Quantity{
	{"run.completed", "", Results, Truth, 0, "1 where the program ended by itself with exit status 0, else 0"},

	{"matrix.workloads", "workloads", Results, Count, 0, "how many of the workloads have an entry in the decision matrix"},
	{"matrix.complete", "workloads", Results, Count, 0, "how many of the workloads have an entry with strategy, reasoning and speedup"},
	{"matrix.used", "", Source, Truth, 0, "1 where something in the source reads the decision matrix, else 0"},

	{"analysis.workloads", "workloads", Results, Count, 0, "how many of the workloads are printed with strategy, reasoning and speedup"},
	{"analysis.agreement", "workloads", Results, Count, 0, "how many of the workloads are printed as the decision matrix has them"},

	{"recommendations.accepted", "workloads", Results, Count, 0, "how many of the recommendations fit their workload"},

	{"reasoning.gil", "reasons", Results, Count, 0, "how many of the reasons name the GIL"},
	{"reasoning.limits", "reasons", Results, Count, 0, "how many of the reasons name what limits the strategy"},
	{"reasoning.distinct", "reasons", Results, Count, 0, "how many of the reasons are not alike"},
	{"reasoning.holds", "reasons", Results, Count, 0, "how many of the reasons hold for the accepted strategy that they are given for"},

	{"speedups.known", "figures", Results, Count, 0, "how many of the expected speedups are figures"},
	{"speedups.possible", "figures", Results, Count, 0, "how many of the expected speedups are possible"},
	{"speedups.agreement", "figures", Clock, Count, NeedsMeasured, "how many of the expected speedups are not far off from what was measured here"},

	{"hints.bare", "functions", Source, Count, 0, "how many functions lack an annotation"},
	{"hints.annotations", "annotations", Source, Count, 0, "how many annotations there are"},
}

// Template are those of the template of each of its strategies, bounded as
// STRATEGY.NAME.
var Template = []Quantity{
	{"found", "", Source, Truth, 0, "1 where there is a template for the strategy, else 0"},
	{"gaps", "", Source, Count, 0, "how many names the template leaves undefined, and how many functions without a body"},
	{"completed", "", Results, Truth, 0, "1 where the template ran to its end without error, else 0"},
	{"threads", "threads", Scheduler, Count, NeedsScheduler | Momentary, "the most threads beside the main thread that were alive at once"},
	{"processes", "processes", Scheduler, Count, NeedsScheduler | Momentary, "the most child processes that were alive at once"},
	{"in_main", "of the CPU time", Scheduler, Linear, NeedsScheduler, "the share that the main thread used of the CPU time after the first worker had started; 0 where hardly any was used"},
	{"waits", "waits", Loop, Count, Momentary, "the most waits that the event loop had under way at once"},
	{"left", "threads", Results, Count, 0, "the daemon threads that were still at work when the template had ended"},
}
