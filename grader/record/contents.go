package record

// Contents is what the module of an analyzer holds, as the learner's
// interpreter shows it: what may be its decision matrix and its templates,
// whatever their names. What they mean is for judging to say.
type Contents struct {
	// Error says why the module could not be imported to its end, Line where
	// in the submission, 0 for nowhere; what stood before it is still here.
	Error string `json:"error,omitempty"`
	Line  int    `json:"line,omitempty"`
	// GIL says whether the GIL was on after the module's imports.
	GIL bool `json:"gil"`
	// Tables and Snippets are in the order in which they were found.
	Tables   []Table   `json:"tables,omitempty"`
	Snippets []Snippet `json:"snippets,omitempty"`
	// Labels are the texts that stand under a key in a mapping of texts: titles
	// of workloads, say.
	Labels []Row `json:"labels,omitempty"`
	// Functions counts the functions and methods, Annotations all that is
	// annotated; Bare are the functions that lack some.
	Functions   int    `json:"functions"`
	Annotations int    `json:"annotations"`
	Bare        []Bare `json:"bare,omitempty"`
	// Lines are those of the deliverable that are spoken of above, trimmed, by
	// their number.
	Lines map[int]string `json:"lines,omitempty"`
	// Notes are what a type checker says, where one is installed, a line each;
	// Checker is its name, empty for none.
	Checker string   `json:"checker,omitempty"`
	Notes   []string `json:"notes,omitempty"`
}

// Table is a mapping, a sequence or an Enum of entries with several parts.
type Table struct {
	Name string `json:"name"` // as one would write it: MATRIX, Analyzer.matrix
	Line int    `json:"line"` // of its definition, 0 where unknown
	// Used says that something in the source reads it, to its name.
	Used bool  `json:"used"`
	Rows []Row `json:"rows"`
}

// Row is an entry of a table.
type Row struct {
	// Keys are the texts of its key: an Enum's member has its value and its
	// name. Empty in a sequence.
	Keys  []string `json:"keys,omitempty"`
	Parts []Part   `json:"parts,omitempty"`
	// Line is that on which the entry begins in the deliverable, 0 where it is
	// not written out there.
	Line int `json:"line,omitempty"`
	// Follows says whether the program's output changed with the row's reason
	// when that was altered in the source; nil where that is not known.
	Follows *bool `json:"follows,omitempty"`
}

// Part is a field of an entry.
type Part struct {
	Name string `json:"name,omitempty"` // of the field, empty in a plain tuple
	Text string `json:"text"`
	Also string `json:"also,omitempty"` // another text of it: an Enum member's name
	// Number says that it is a number, not a text.
	Number bool `json:"number,omitempty"`
}

// Snippet is something that may be a code template.
type Snippet struct {
	Names []string `json:"names"` // under which it stands, the innermost last
	Kind  string   `json:"kind"`  // source, function, class or object
	// Steps lead from the module to it.
	Steps []Step `json:"steps"`
	// Source is the program's text where that is its kind.
	Source string `json:"source,omitempty"`
	Line   int    `json:"line"` // in the submission, 0 where unknown
	// Literal says that Source stands in the submission as it is, from Line on.
	Literal bool `json:"literal,omitempty"`
	// Runs is the method that runs a class or an object.
	Runs string `json:"runs,omitempty"`
	// Needs are the parameters that a call would have to fill.
	Needs []string `json:"needs,omitempty"`
	Gaps  []Gap    `json:"gaps,omitempty"`
}

// Step leads from one value to another: one of its first four fields is set.
type Step struct {
	Attr string `json:"attr,omitempty"`
	Key  *int   `json:"key,omitempty"`  // the n-th value of a mapping, from 0
	Item *int   `json:"item,omitempty"` // the n-th of a sequence, from 0
	Call bool   `json:"call,omitempty"`
	// Text or From, where the steps to it lead, is what a call is given.
	Text string `json:"text,omitempty"`
	From []Step `json:"from,omitempty"`
	// With are numbers that it is given by name.
	With map[string]float64 `json:"with,omitempty"`
}

// Gap is what a template leaves to be filled in.
type Gap struct {
	// Line is that of the source where the snippet is one, else the submission's.
	Line int `json:"line"`
	// Name is one that nothing defines or, where Empty is set, a function's
	// whose body does nothing.
	Name  string `json:"name"`
	Empty bool   `json:"empty,omitempty"`
}

// Bare is a function without all of its annotations.
type Bare struct {
	Function string   `json:"function"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Lacks    []string `json:"lacks"` // its parameters, and "return"
}

// Performance is what a run of a template told from inside, where nobody sees
// it from outside; so a template can forge it (python/perform.py says what
// bounds that).
type Performance struct {
	Strategy string `json:"strategy"` // whose template it is
	// Snippet is its index in the contents.
	Snippet int `json:"snippet"`
	// Called says that the template was reached: imports had gone well.
	Called bool `json:"called"`
	// Waits is the most waits for time, I/O or an executor that its event loop
	// had under way at once, Threads the most threads beside the main one that
	// were alive when one had been started, Left the daemon threads that were
	// still alive when all else was done.
	Waits   int `json:"waits"`
	Threads int `json:"threads"`
	Left    int `json:"left,omitempty"`
	// Crew is the most threads of the template's own that had been started and
	// not yet been waited for, Pooled the same of tasks in pools of threads, no
	// more than a pool has threads, Handed of tasks of child processes. They
	// tell what is at once where tasks are over too soon to overlap.
	Crew   int `json:"crew,omitempty"`
	Pooled int `json:"pooled,omitempty"`
	Handed int `json:"handed,omitempty"`
	// Items is how many tasks the child processes did, nil where they were not
	// started in a way that can be counted.
	Items *int `json:"items,omitempty"`
}

// Cell is what a strategy gave for a workload on this machine, as `gilcourse
// measure` sums it up from a record of its own.
type Cell struct {
	Workload string `json:"workload"`
	Strategy string `json:"strategy"`
	// Speedup is over the same work one step after the other, from Lo to Hi
	// with the confidence of the stopping rule.
	Speedup float64 `json:"speedup" bounds:"-1e9,1e9"`
	Lo      float64 `json:"lo" bounds:"-1e9,1e9"`
	Hi      float64 `json:"hi" bounds:"-1e9,1e9"`
	// Parallelism is how many workers wanted a core at once, InFlight how many
	// requests were under way at once; 0 where it does not apply.
	Parallelism float64 `json:"parallelism,omitempty" bounds:"0,1e6"`
	InFlight    float64 `json:"in_flight,omitempty" bounds:"0,1e6"`
}
