package spec

import (
	"cmp"
	"slices"
)

// Call is a call of one of the learner's functions, with inputs that the
// grader draws anew each time.
type Call struct {
	ID string `yaml:"id" need:"yes"` // its quantities are called ID.parallelism, and so on
	// Function is the function's name. Without one the grader's own loop is
	// called, one task after the other: the baseline.
	Function string `yaml:"function"`
	// Arguments are passed by position, in this order; the keys are their names.
	Arguments []Argument `yaml:"arguments" need:"yes" empty:"none"`
	// Cases are the values of those arguments that have none of their own, by
	// name. The function is called once for each case.
	Cases []map[string]Value `yaml:"cases"`
	// Threads is how many threads of the grader's own do it at once, 0 for its
	// main thread: without a function they share the sizes; with one, which
	// moves amounts between accounts, each calls it Times times.
	Threads int `yaml:"threads" range:"0..64"`
	Times   int `yaml:"times" range:"0..10000"`
	// Beside is the call that does the same one after the other: what
	// at_once is measured by.
	Beside string `yaml:"beside"`
	// GIL is what the interpreter is made to say of its GIL, from before the
	// import on; left out where it tells the truth.
	GIL *bool `yaml:"gil"`
	// Answers are what may be returned, and when each is right.
	Answers []Answer `yaml:"answers"`
	// Expect is what must be returned.
	Expect Expectation `yaml:"expect" need:"yes"`
	// Figures say what the figures are that are returned, in their order, each
	// one of: wall, the seconds of the whole call; cpu, its CPU time in seconds;
	// main, threads and processes, the seconds for which the main thread alone,
	// threads, or processes worked; memory, the MiB that the largest process
	// which was started held; lines FUNCTION, the lines of code of one of the learner's
	// functions; any, a figure that is not compared.
	Figures []string `yaml:"figures"`
	// Raises says that it is also called so that one task raises an exception.
	Raises bool `yaml:"raises"`
	// Native says that the learner's own code does the work, in C or in Python:
	// its sizes are found by pilot calls. Where there is C code, the call
	// decides nothing without a compiler.
	Native bool `yaml:"native"`
	// Edges are sizes at the edge of what may be passed, such as 0 or a prime: the
	// function is also called with these, with primes and repeated ones among them,
	// and its results are judged. None where it is not.
	Edges []int64 `yaml:"edges"`
	// Delay is how long the server takes for an answer, on average.
	Delay Duration `yaml:"delay" range:"1ms..1m"`
	// Takes is the CPU time of processing an item that was fetched.
	Takes Duration `yaml:"takes" range:"1us..1m"`
	// Label names the approach in the comparison; empty to leave it out.
	Label string `yaml:"label"`
	// Workload and Strategy are the call's cell in a table of workloads by
	// strategies; empty for none.
	Workload string `yaml:"workload"`
	Strategy string `yaml:"strategy"`
	// Startup says that the call has hardly any work: it shows what starting and
	// ending the workers costs.
	Startup bool `yaml:"startup"`
	// Limit is how long a call may compute, all its processes together, and how
	// long it may do nothing at all.
	Limit Duration `yaml:"limit" range:"100ms..1h"`
}

// Expectation is a kind of result.
type Expectation string

// What a call can be expected to return.
const (
	Tasks   Expectation = "tasks"   // task(size) for each size
	Primes  Expectation = "primes"  // the number of primes below each size
	Fetched Expectation = "fetched" // fetch(i) for i in 0..count-1
	Stored  Expectation = "stored"  // store(process(fetch(i))) for each item, or process(fetch(i)) where that was stored
	Worth   Expectation = "worth"   // whether processes beat a loop, where that is clear
	Figures Expectation = "figures" // what the call took, as its figures say
	// what the reference solution returns for the same inputs
	Reference Expectation = "reference"

	Got        Expectation = "got"        // get(url) for each url
	Spans      Expectation = "spans"      // the whole milliseconds that each of two passes over the urls took
	Factorials Expectation = "factorials" // the bit length of the factorial of each size
	Counted    Expectation = "counted"    // the value of the counter that was passed in
	Balances   Expectation = "balances"   // what the accounts hold after all transfers, and nothing of the function itself
	Answered   Expectation = "answer"     // one of the answers, and a right one
	Anything   Expectation = "anything"   // whatever it likes
)

// Argument is what is passed for one parameter: a callable of the workload, a
// number, a list of sizes or a single size, a list of items or of URLs; nothing
// for a value that the cases give.
type Argument struct {
	Name string `yaml:"name" key:"yes"`
	// Role is what the argument means for the figures; by default what its name
	// says, where that is a role.
	Role  Role     `yaml:"role"`
	Is    string   `yaml:"is"`                      // a callable, or an object
	Value *float64 `yaml:"value"`                   // a number
	Sizes int      `yaml:"sizes" range:"1..100000"` // a list of so many sizes for a task
	Takes Duration `yaml:"takes" range:"1us..1m"`   // the CPU time of a task of each of the sizes, on average; without sizes, of a single one
	Items int      `yaml:"items" range:"1..10000"`  // a list of so many ids for fetch
	URLs  int      `yaml:"urls" range:"1..1000"`    // a list of so many URLs on the grader's server
}

// Role is what an argument means for the figures of a call.
type Role string

// The roles. An argument without a role has the one that it is named after.
const (
	RoleCount       Role = "count"        // how often the function fetches, or how many tasks there are
	RoleWorkers     Role = "workers"      // how many threads or processes it may use
	RoleBatch       Role = "batch"        // how many tasks it sends in one message
	RoleTimes       Role = "times"        // how often each worker updates the counter
	RoleSeconds     Role = "seconds"      // how long it waits
	RoleTaskSeconds Role = "task_seconds" // how long a task takes
)

var roles = []Role{RoleCount, RoleWorkers, RoleBatch, RoleTimes, RoleSeconds, RoleTaskSeconds}

// plays reports whether the argument has this role.
func (a Argument) plays(role Role) bool { return cmp.Or(a.Role, Role(a.Name)) == role }

// Role returns the argument with this role, nil for none.
func (c *Call) Role(role Role) *Argument {
	i := slices.IndexFunc(c.Arguments, func(a Argument) bool { return a.plays(role) })
	if i < 0 {
		return nil
	}
	return &c.Arguments[i]
}

// Callable is something that can be passed in: a function of the grader's, or an
// object.
type Callable struct {
	Name        string
	Description string // what it does, or is
}

// Callables lists all that can be passed in by `is`, Steps and Objects last. It
// must not be changed.
var Callables = []Callable{
	{"task", "computes in Python for so many turns, and gives a number that only the turns tell"},
	{"scan", "copies memory for so many turns, and hardly computes"},
	{"wait", "waits so many seconds"},
	{"fetch", "a coroutine: asks the grader's server for an item"},
	{"process", "computes on what was fetched"},
	{"store", "a coroutine: hands a result to the grader's server, and gives its receipt"},
	{"get", "downloads a URL of the grader's server, and blocks meanwhile"},

	{"add_up", "adds up in a loop of Python; gives back the size, as all that follow"},
	{"sort", "sorts numbers"},
	{"to_json", "writes JSON"},
	{"sha256", "hashes large buffers in C, without the GIL"},
	{"compress", "compresses large buffers in C, without the GIL"},
	{"read_file", "reads a file that is in memory: takes CPU time, without the GIL"},
	{"multiply", "multiplies matrices in Python"},
	{"sleep", "waits for the clock"},
	{"receive", "waits for a message in a socket"},
	{"read_slowly", "waits for a slow file"},
	{"call_api", "waits for the grader's server"},
	{"scrape", "waits for the grader's server, and looks for links in a page"},

	{"counter", "an object with a value that is read and written"},
	{"source", "an account, from which an amount goes"},
	{"target", "an account, to which it goes"},
	{"amount", "the amount of a transfer"},
}

// callables are the names of those that are functions.
var callables = append([]string{"task", "scan", "wait", "fetch", "process", "store", "get"}, Steps...)

// Steps are the callables that do something of the standard library for a
// size, for about as long as `task` would.
var Steps = []string{"add_up", "sort", "to_json", "sha256", "compress", "read_file", "multiply", "sleep", "receive", "read_slowly", "call_api", "scrape"}

// Objects are passed in anew for each call, and keep a log of what is done
// with them: a counter, or, for each call of a transfer, two of the accounts
// and an amount.
var Objects = []string{"counter", "source", "target", "amount"}

// Argument gives the argument with this name, nil for none.
func (c *Call) Argument(name string) *Argument {
	for i := range c.Arguments {
		if c.Arguments[i].Name == name {
			return &c.Arguments[i]
		}
	}
	return nil
}

// Sized gives the argument that is a list of sizes, or a single one, nil for
// none.
func (c *Call) Sized() *Argument {
	for i := range c.Arguments {
		if c.Arguments[i].Takes > 0 {
			return &c.Arguments[i]
		}
	}
	return nil
}

// Computes gives the callable that a task of the call is: task, scan or one of
// Steps; empty for none.
func (c *Call) Computes() string {
	for _, a := range c.Arguments {
		if a.Is == "task" || a.Is == "scan" || slices.Contains(Steps, a.Is) {
			return a.Is
		}
	}
	return ""
}

// Call gives the call with this id, nil for none.
func (c *Challenge) Call(id string) *Call {
	for i := range c.Calls {
		if c.Calls[i].ID == id {
			return &c.Calls[i]
		}
	}
	return nil
}

// EdgeCalls is how many calls are made with edges: two that are as long as the
// others, in which all of them, and repeated ones, stand, then one for each alone.
// Where a single size is passed it is one for each.
func (c *Call) EdgeCalls() int {
	switch {
	case len(c.Edges) == 0:
		return 0
	case c.Sized().Sizes == 0:
		return len(c.Edges) + 1
	}
	return edgeLists + len(c.Edges) + 1
}

// edgeLists is how many of the calls with edges pass a whole list.
const edgeLists = 2

// EdgesOf gives what the n-th of these calls passes, from the edges and primes
// that were drawn, at least one.
func (c *Call) EdgesOf(n int, primes []int64) []int64 {
	one := append(slices.Clone(c.Edges), primes[0])
	if length := c.Sized().Sizes; length > 0 {
		if n >= edgeLists {
			n -= edgeLists
			return one[n : n+1]
		}
		pool := slices.Concat(primes, primes) // repeated ones
		if n == 0 {
			pool = slices.Concat(c.Edges, primes)
		}
		list := make([]int64, length)
		for i := range list {
			list[i] = pool[i%len(pool)]
		}
		slices.Reverse(list) // not in order: what sorts its results is seen
		return list
	}
	return one[n : n+1]
}

// Functions are the names of the functions that are called, each once.
func (c *Challenge) Functions() []string {
	var names []string
	for _, call := range c.Calls {
		if call.Function != "" && !slices.Contains(names, call.Function) {
			names = append(names, call.Function)
		}
	}
	return names
}
