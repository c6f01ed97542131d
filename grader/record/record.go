// Package record holds everything that was observed in a check, in time
// order, and writes and reads it as JSON lines.
//
// A record is all that judging needs: the verdict is a pure function of it,
// so a dispute is replayed, never rerun, and a record can be judged again
// years later. Times inside a run are microseconds since the run's start.
package record

import (
	"slices"
	"time"
)

// Version is the version of the record's format. A reader refuses others.
const Version = 1

// Record is one check: a submission, the machine, and the runs, in the order
// in which they were made.
type Record struct {
	Header     Header
	Host       Host
	Python     Python
	Submission Submission
	// Measured is what the lesson's strategies gave on this machine, where the
	// challenge compares estimates with it.
	Measured []Cell
	Runs     []Run
}

// Header opens a record.
type Header struct {
	Version   int       `json:"version"`
	Gilcourse string    `json:"gilcourse"` // the version of the program that wrote it
	Started   time.Time `json:"started"`
	Challenge string    `json:"challenge"`
	Spec      string    `json:"spec"` // challenge.yaml as it was, so that it can be judged without the course
	Full      bool      `json:"full,omitempty"`
	// StrictClock says that a clock that cannot decide makes the check
	// inconclusive even where the scheduler has confirmed.
	StrictClock bool `json:"strict_clock,omitempty"`
	// Seed is what the inputs of all calls were drawn from, 0 where nothing
	// was called.
	Seed uint64 `json:"seed,omitempty"`
	// Formula says that what `task` and `process` compute was drawn from the seed,
	// too: it is the plain one in records of versions that knew no other.
	Formula bool `json:"formula,omitempty"`
	// Tries is how often it was measured, this time included, where what came
	// before was inconclusive and does not count; 0 for once.
	Tries int `json:"tries,omitempty"`
	// Failures are what the grader itself could not do. What rests on that is
	// inconclusive.
	Failures []Failure `json:"failures,omitempty"`
	// Earlier are the machines of those that do not count, in order, as far as
	// they are known.
	Earlier []Earlier `json:"earlier,omitempty"`
	// Sandbox is nil in records of versions that had none.
	Sandbox *Sandbox `json:"sandbox,omitempty"`
}

// Failure is something that the grader itself could not do.
type Failure struct {
	Part FailedPart `json:"part"`
	// Error is for those who look for the reason.
	Error string `json:"error"`
}

// FailedPart is what the grader failed at.
type FailedPart string

// The parts that a check can do without.
const (
	FailedReference FailedPart = "reference" // running the reference
	FailedMeasuring FailedPart = "measuring" // what the lesson's strategies give here
	FailedRound     FailedPart = "round"     // one more round
)

// Failed reports whether the grader failed at this part.
func (h Header) Failed(part FailedPart) bool {
	return slices.ContainsFunc(h.Failures, func(f Failure) bool { return f.Part == part })
}

// Earlier is a measurement that was inconclusive, and where it was made.
type Earlier struct {
	Started time.Time `json:"started"`
	Host    Host      `json:"host"`
	Python  string    `json:"python"` // its version
}

// Host is the machine as it was measured before the first run.
type Host struct {
	OS       string `json:"os"`
	Kernel   string `json:"kernel,omitempty"`
	CPUs     int    `json:"cpus" bounds:"0,8192"`     // online
	Affinity int    `json:"affinity" bounds:"0,8192"` // usable by this process; CPUs where unknown
	// Quota is the CPU quota of the control group in cores, 0 for none.
	Quota float64 `json:"quota,omitempty" bounds:"0,8192"`
	// Capacity is how much parallel work the cores gave a short spin probe,
	// in cores: 1 is one core's worth. 0 where it was not measured.
	Capacity float64 `json:"capacity,omitempty" bounds:"0,1e6"`
	// Steal and Busy are the shares of the machine's CPU time, 0 to 1, that
	// the hypervisor kept and that others used, during the spin probe's wait.
	Steal float64 `json:"steal" bounds:"0,1"`
	Busy  float64 `json:"busy" bounds:"0,1"`
	Load  float64 `json:"load" bounds:"0,1e6"` // one-minute load average
	// Pressure is the share of time, 0 to 1, in which some task waited for a
	// core over the last ten seconds (PSI); -1 where the kernel has no PSI.
	Pressure float64 `json:"pressure" bounds:"-1,1"`
	// Scheduler says whether tasks can be observed here (Linux).
	Scheduler bool `json:"scheduler"`
}

// Cores is how many cores' worth of time this process may use at most.
func (h Host) Cores() float64 {
	cores := float64(h.Affinity)
	if h.Quota > 0 && h.Quota < cores {
		cores = h.Quota
	}
	return cores
}

// Python describes the interpreter that ran the submission.
type Python struct {
	Path           string `json:"path"`
	Version        string `json:"version"`        // 3.11.7
	Implementation string `json:"implementation"` // CPython
	// GIL says whether the GIL was on after the submission's imports.
	GIL bool `json:"gil"`
	// FreeThreaded says that the interpreter was built without the GIL,
	// which an import may still have switched on.
	FreeThreaded bool   `json:"free_threaded"`
	Headers      string `json:"headers,omitempty"` // folder of Python.h, empty where missing
	Prefix       string `json:"prefix,omitempty"`
	// Base is the installation that a virtual environment was made from, empty where
	// Prefix is no virtual environment.
	Base string `json:"base,omitempty"`
	// LoopNS is the CPU time, in ns, of one turn of the lesson's loop here.
	LoopNS float64 `json:"loop_ns"`
}

// Submission is what the learner handed in, as its source shows it.
type Submission struct {
	File   string `json:"file"` // the deliverable's name
	SHA256 string `json:"sha256"`
	Source Source `json:"source"`
	Probe  Probe  `json:"probe"`
	// Builds are the steps in which the C code was built.
	Builds []Build `json:"builds,omitempty"`
	// Contents is what its module holds, nil where that was not asked for.
	Contents *Contents `json:"contents,omitempty"`
}

// Source holds the facts that the interpreter's own ast gave.
type Source struct {
	// Error is set where the file could not be parsed.
	Error *Place `json:"error,omitempty"`
	// Sizes are the places where the lesson's size is written.
	Sizes []SizeAt `json:"sizes,omitempty"`
	// Findings are the patterns that were recognised, in source order.
	Findings []Finding `json:"findings,omitempty"`
	// Functions are those that the challenge calls, as far as they are there.
	Functions []Function `json:"functions,omitempty"`
}

// Function is a function of the submission.
type Function struct {
	Name string `json:"name"`
	File string `json:"file"`
	Line int    `json:"line"`
	// Lines is how many lines of code it has, with the functions and classes
	// of the submission that it uses.
	Lines int `json:"lines"`
	// Own is how many of them are the function's own, 0 where that was not noted.
	Own int `json:"own,omitempty"`
}

// Finding is a pattern in the source, such as processes.join-in-start-loop.
type Finding struct {
	ID string `json:"id"`
	Place
	// Of are the challenge's functions whose code it is a part of, itself or
	// through a function that they use; empty for a script.
	Of []string `json:"of,omitempty"`
}

// Place is a line of the submission.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`           // from 1
	Text string `json:"text,omitempty"` // the line itself, trimmed; or the error's message
}

// SizeAt is an expression that stands for the lesson's size.
type SizeAt struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // from 1
	Col     int    `json:"col"`  // bytes from 0
	EndLine int    `json:"end_line"`
	EndCol  int    `json:"end_col"`
	// Add is what the expression adds to the size: 1 for 50_000_001.
	Add int `json:"add,omitempty" bounds:"-1e13,1e13"`
	// Kind is int, float or str.
	Kind string `json:"kind"`
}

// Find gives the first finding with this id.
func (s Source) Find(id string) (Finding, bool) {
	for _, f := range s.Findings {
		if f.ID == id {
			return f, true
		}
	}
	return Finding{}, false
}

// Build is one step of building the submission's C code.
type Build struct {
	File    string   `json:"file"`              // what was built, such as primes.c or setup.py
	Command string   `json:"command,omitempty"` // as it was run, paths inside the working copy relative
	Made    []string `json:"made,omitempty"`    // files, relative to the working copy
	OK      bool     `json:"ok"`
	// Missing is what must be installed before it can be built, empty for
	// nothing.
	Missing string `json:"missing,omitempty"`
	// Output is what the compiler said, as it said it, bounded.
	Output string `json:"output,omitempty"`
	// Error is the first error's place in the learner's file, nil where none
	// is named.
	Error *Place `json:"error,omitempty"`
}

// Probe is what calling the submission's functions on a small size showed.
type Probe struct {
	// Called are the functions that gave a number, with what they gave.
	Called []Trial `json:"called,omitempty"`
	Error  string  `json:"error,omitempty"` // why nothing could be called
	// Work are the lines of the deliverable in which the work is done: those of the
	// functions that are right and of those that workers run, with all that they use;
	// empty where no function is right.
	Work []Lines `json:"work,omitempty"`
	// Silent says that the process ended without an answer: something in the
	// submission ended it.
	Silent bool `json:"silent,omitempty"`
	// StartupUS is the CPU time, in µs, of a fresh interpreter until the
	// script's imports and definitions were done.
	StartupUS int64 `json:"startup_us,omitempty"`
}

// Lines are some that follow each other, from 1.
type Lines struct {
	From int `json:"from"`
	To   int `json:"to"` // the last
}

// Trial is one function of the submission, called on a small size.
type Trial struct {
	Function string `json:"function"`
	Line     int    `json:"line"`
	// Accepted says that what it gave is right for the spec's task.
	Accepted bool   `json:"accepted"`
	Size     int64  `json:"size"`
	Got      string `json:"got"`
	// Want is what the task gives for the size, empty in older records.
	Want string `json:"want,omitempty"`
	// Target says that the function is handed to threads or processes.
	Target bool `json:"target,omitempty"`
	// Bytecode says whether it executes bytecode for each few of its numbers, at
	// which it can give the GIL away, and is no single call of C code; nil where
	// that is not known.
	Bytecode *bool `json:"bytecode,omitempty"`
	// Ways are the ways of working, such as threads, whose workers call the
	// function, as far as the source tells.
	Ways []string `json:"ways,omitempty"`
	// AloneUS are the CPU times, in µs, of calls of the function alone, for the same
	// size and in turn with the others; empty where nothing was seen. Sleeps is how
	// often it went to sleep in a call, at least.
	AloneUS []int64 `json:"alone_us,omitempty"`
	Sleeps  int64   `json:"sleeps,omitempty"`
}

// Whose tells the submission's runs from the reference's.
type Whose string

// The programs that a check runs.
const (
	Learner   Whose = "submission"
	Reference Whose = "reference"
)

// Run is one execution of a command under observation.
type Run struct {
	ID    int   `json:"id"`
	Whose Whose `json:"whose"`
	// Size is what stands for the lesson's size, 0 where it was left as written.
	Size int64 `json:"size,omitempty"`
	// Pilot marks a run that only served to find the size.
	Pilot bool `json:"pilot,omitempty"`
	// Moment marks a run of the submission as it was handed in, beside those of a
	// smaller copy, that was ended after a moment.
	Moment bool `json:"moment,omitempty"`
	// Look is the look that the run belongs to, from 1; 0 where looks were not told
	// apart. Of a script the last one is judged, of calls all.
	Look int `json:"look,omitempty"`
	// Template is set where the run was that of a template.
	Template *Performance `json:"template,omitempty"`

	Tasks    []Task    `json:"-"` // by ID
	Cores    []Core    `json:"-"`
	Calls    []Call    `json:"-"` // in time order
	Requests []Request `json:"-"` // by Begin
	End      *Outcome  `json:"-"`
}

// Last gives the last whole run of a program, nil where there was none.
func (r *Record) Last(whose Whose) *Run {
	for i := len(r.Runs) - 1; i >= 0; i-- {
		if run := &r.Runs[i]; run.Whose == whose && !run.Pilot && !run.Moment {
			return run
		}
	}
	return nil
}

// Task is a thread or a process that the kernel schedules.
type Task struct {
	ID     int `json:"id"` // its index in the run's tasks
	PID    int `json:"pid"`
	TID    int `json:"tid"`
	Parent int `json:"parent"` // PID of the process that started it, 0 for the root
	// Command is the start of the process's command line; empty for threads.
	Command string `json:"command,omitempty"`
	// CPUs are the cores that the task may run on, where it may not run on
	// all that the grader may: a list such as 0-3,8.
	CPUs string `json:"cpus,omitempty"`
	Born int64  `json:"born"` // µs, first seen
	Died int64  `json:"-"`    // µs, last seen
	// PeakKB is the most resident memory, in KiB, that the process of this
	// main thread has had; 0 for other threads.
	PeakKB int64 `json:"-"`

	Points []Point `json:"-"`
}

// Thread says that the task is not the main thread of its process.
func (t Task) Thread() bool { return t.PID != t.TID }

// Last gives the last point, zero for a task that was never sampled.
func (t Task) Last() Point {
	if len(t.Points) == 0 {
		return Point{}
	}
	return t.Points[len(t.Points)-1]
}

// Point is a sample: what a task had used at one instant since its birth.
type Point struct {
	T           int64 // µs since the run's start
	CPU         int64 // µs on a core
	Wait        int64 // µs in a run queue
	Slices      int64 // times it was given a core
	Voluntary   int64 // switches by its own will: it slept
	Involuntary int64 // switches against its will: it was preempted
}

// Core is a sample of the whole machine: ticks of all its cores since boot,
// in µs, relative to the first sample of the run.
type Core struct {
	T     int64
	Busy  int64
	Idle  int64
	Steal int64
}

// Outcome is how a run ended.
type Outcome struct {
	Exit   int    `json:"exit" bounds:"-2147483648,4294967295"` // status, -1 where a signal ended it
	Signal string `json:"signal,omitempty"`                     // name of the signal
	// Limit is the limit that was reached, in words, empty for none.
	Limit string `json:"limit,omitempty"`
	// Stands are the learner's lines at which the threads of all its processes
	// stood where it had gone on for too long, one for each thread that was in
	// the learner's code.
	Stands []Place `json:"stands,omitempty"`
	WallUS int64   `json:"wall_us"`
	CPUUS  int64   `json:"cpu_us"` // of the whole tree, as its reaper counted it
	// PeakKB is the most memory the tree held at once, as sampled, in KiB.
	PeakKB int64 `json:"peak_kb"`
	// MostTasks is the most threads and processes that were alive at once, and
	// Written what was written to disks, in bytes, both as sampled.
	MostTasks int   `json:"most_tasks,omitempty"`
	Written   int64 `json:"written,omitempty"`
	// MostFiles is how many descriptors one process had open at once, at
	// least, 0 where it is less than 65; Longest is how long the longest file was,
	// in bytes, that a run which failed left where it may write.
	MostFiles int   `json:"most_files,omitempty"`
	Longest   int64 `json:"longest,omitempty"`
	// Group is the kernel's account of the run's control group, nil where it had
	// none.
	Group *Group `json:"group,omitempty"`
	// Left counts the processes that had to be ended after the root's end.
	Left   int    `json:"left,omitempty"`
	Stdout string `json:"stdout" longest:"262144"` // bounded, most of the middle cut out
	Stderr string `json:"stderr" longest:"262144"`
	// SamplerUS is the CPU time that the observation itself took.
	SamplerUS int64 `json:"sampler_us"`
	// Throttled is the time, in µs, for which the quota stopped the run.
	ThrottledUS int64 `json:"throttled_us,omitempty"`
}

// Group is what the kernel counted of all that was in a control group.
type Group struct {
	CPUUS int64 `json:"cpu_us"`
	// PeakKB is the most memory at once, what files take of it included, in KiB; 0
	// where it is not counted.
	PeakKB  int64 `json:"peak_kb,omitempty"`
	Killed  int64 `json:"killed,omitempty"`  // processes, for want of memory
	Refused int64 `json:"refused,omitempty"` // threads and processes that were not started
}

// OK says that the run ended by itself, without an error.
func (o *Outcome) OK() bool { return o != nil && o.Exit == 0 && o.Limit == "" }
