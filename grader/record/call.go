package record

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
)

// Call is one call of a function of the submission, or of the grader's own
// loop, in a run of the driver.
type Call struct {
	ID string `json:"id"` // of the spec's call
	// Aim is what the call was made for.
	Aim Aim `json:"aim,omitempty"`
	// Seed is what the inputs were drawn from: sizes, and what the server answers.
	Seed uint64 `json:"seed"`
	// Values are the numbers that were passed, by the parameters' names in
	// the spec.
	Values map[string]float64 `json:"values,omitempty" bounds:"-1e15,1e15"`
	// Texts are the texts that were passed, likewise.
	Texts map[string]string `json:"texts,omitempty"`
	// Count is the length of the list that was passed, drawn from the seed:
	// ids of items, which URLs may hold, or sizes around Mean where that is not 0.
	Count int     `json:"count,omitempty" bounds:"any"`
	Mean  float64 `json:"mean,omitempty" bounds:"any"`
	// Inputs are the sizes that were passed, where the seed alone does not tell:
	// those of a call with edges.
	Inputs []int64 `json:"inputs,omitempty" bounds:"any"`
	// Iterations is how many turns of its loop each processing of an item takes.
	Iterations int64 `json:"turns,omitempty" bounds:"any"`

	Begin int64 `json:"begin" bounds:"-1e13,1e13"` // µs since the run's start
	End   int64 `json:"end" bounds:"-1e13,1e13"`
	// Usage is what the whole process tree used during the call, nil where
	// that cannot be seen.
	Usage *Usage `json:"bill,omitempty"`

	Ended CallEnd `json:"ended"`
	// Type is the Python type of what was returned, Result its whole numbers
	// where it is a list, a tuple or a single number or truth value; of a list
	// that is longer than Kept only the first ones.
	Type   string  `json:"type,omitempty"`
	Result []int64 `json:"result,omitempty" bounds:"any"`
	// Text is what was returned where that is a text, or a member of an Enum.
	Text string `json:"text,omitempty"`
	// Results is how many there were. Digest and Sorted tell a longer list
	// from others: digests of its numbers, as they were and sorted.
	Results int    `json:"results,omitempty"`
	Digest  string `json:"digest,omitempty"`
	Sorted  string `json:"sorted,omitempty"`
	// Odd is the first element that is no whole number, as Python shows it.
	Odd string `json:"odd,omitempty"`
	// Figures are the numbers in what was returned, in order, where they are not
	// all whole ones or lie deeper: of nested lists, of a dict's values, of an
	// object's fields. At most Kept of them.
	Figures []float64 `json:"figures,omitempty" bounds:"any"`
	// Thrown are the exceptions that the call ended with, those of a group
	// one by one.
	Thrown []Exception `json:"thrown,omitempty"`
	// Message explains an end without a return: the traceback without the
	// driver's part, or what is wrong with the signature.
	Message string `json:"says,omitempty"`
	Place   *Place `json:"place,omitempty"` // the learner's line in it
	// Stands are the learner's lines at which the threads of the program stood
	// when a call hung, one for each thread that is in the learner's code.
	Stands []Place `json:"stands,omitempty"`
	// Seen is what the objects that were passed in say of the call, by name.
	Seen map[string]float64 `json:"seen,omitempty" bounds:"-1e15,1e15"`
}

// What a call can have been passed at most: judging draws it again.
const (
	mostCount = 100_000
	mostEdge  = 1000
	mostWork  = 4e9 // turns of a loop, or the sum of sizes
	// mostWorkInAll bounds what all calls of a record make judging work, as
	// Call.work counts it: ten times what the most did, some half a minute.
	mostWorkInAll = 3e10
)

// valid says whether the call can be judged in reasonable time.
func (c *Call) valid() error {
	if len(c.Result) != min(c.Results, Kept) {
		return fmt.Errorf("call %s keeps %d of %d results", c.ID, len(c.Result), c.Results)
	}
	if len(c.Figures) > Kept {
		return fmt.Errorf("call %s keeps %d figures, more than %d", c.ID, len(c.Figures), Kept)
	}
	if len(c.Inputs) > Kept || slices.ContainsFunc(c.Inputs, func(n int64) bool { return n < 0 || n > mostEdge }) {
		return fmt.Errorf("call %s was passed %d sizes, more or others than any call with edges is", brief(c.ID), len(c.Inputs))
	}
	if c.End < c.Begin {
		return fmt.Errorf("call.end lies before call.begin, in call %s", brief(c.ID))
	}
	count := c.items()
	if c.Count < 0 || !(count >= 0 && count <= mostCount) || !(c.Mean >= 0 && c.Mean*count <= 64*mostWork && c.Mean <= mostWork/8) ||
		c.Iterations < 0 || float64(c.Iterations)*count > mostWork {
		return fmt.Errorf("call %s was passed more than any call is (count %v, mean %v, turns %d)", c.ID, count, c.Mean, c.Iterations)
	}
	return nil
}

// items is how many inputs the call was passed.
func (c *Call) items() float64 { return max(1, float64(c.Count), c.Values["count"]) }

// work is about how many steps it takes to draw the call's inputs and to find
// out what it must return, in ns: of loops as long as the inputs say no more than
// judging makes, and a hundredth of that where primes are counted.
func (c *Call) work() float64 {
	n := c.items()
	return n*(1000+float64(c.Iterations)+c.Mean/100) + min(n*c.Mean, 1e9)
}

// Tick is the unit of a Usage's CPU times, in µs: USER_HZ is 100 on Linux.
const Tick = 10_000

// Usage is what a call used, to the kernel's accounts: CPU times are coarse,
// but nothing is missed.
type Usage struct {
	Own      int64 `json:"own"`            // CPU time of the program itself with its threads, in µs, in ticks of 10 ms
	Main     int64 `json:"main,omitempty"` // of which its main thread; 0 in records of before it was asked
	Children int64 `json:"children"`       // CPU time of the processes below it
	Messages int64 `json:"messages"`       // writes of all of them
	// Bytes are what these writes took: into pipes and files, not into shared memory.
	// It is nil in records of before it was asked.
	Bytes *int64 `json:"bytes,omitempty"`
	Alive int    `json:"alive"` // processes below it as the call returned
}

// Told gives the numbers that were returned, whole or not.
func (c *Call) Told() []float64 {
	if len(c.Figures) > 0 {
		return c.Figures
	}
	told := make([]float64, len(c.Result))
	for i, n := range c.Result {
		told[i] = float64(n)
	}
	return told
}

// Kept is how many results of a call are kept as they are.
const Kept = 100

// Keep fills in the result.
func (c *Call) Keep(result []int64) {
	c.Result, c.Results = result[:min(len(result), Kept)], len(result)
	c.Digest, c.Sorted = "", ""
	if len(result) > Kept {
		c.Digest, c.Sorted = digest(result), digest(slices.Sorted(slices.Values(result)))
	}
}

// digest is the start of the SHA-256 of the numbers in decimal, one a line.
func digest(numbers []int64) string {
	h := sha256.New()
	var line []byte
	for _, n := range numbers {
		line = append(strconv.AppendInt(line[:0], n, 10), '\n')
		h.Write(line)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Aim is what a call is made for.
type Aim string

// The aims of a call.
const (
	Measured Aim = ""       // to be judged
	Import   Aim = "import" // no call: the module's import
	Pilot    Aim = "pilot"  // to find the size
	Raises   Aim = "raises" // to see an exception through
	Again    Aim = "again"  // to see other inputs give other results; smaller
	Edge     Aim = "edge"   // to see sizes at the edge of what may be passed
	Rest     Aim = "rest"   // no call: a pause in which nothing should compute
)

// CallEnd is how a call ended.
type CallEnd string

// The ends of a call.
const (
	Returned  CallEnd = "returned"
	Raised    CallEnd = "raised"
	Exited    CallEnd = "exited"    // sys.exit
	Died      CallEnd = "died"      // the process ended in the call: os._exit, a crash
	Hung      CallEnd = "hung"      // it was ended after its time limit
	Unready   CallEnd = "unready"   // the module could not be imported
	Undefined CallEnd = "undefined" // there is no such function
	Signature CallEnd = "signature" // the function does not take the arguments
	Forged    CallEnd = "forged"    // an answer came that the driver did not give
)

// Cut says that the program ended in the call.
func (e CallEnd) Cut() bool { return e == Died || e == Hung || e == Forged }

// Exception is a Python exception.
type Exception struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// Request is one request to the grader's server. Times are µs since the
// run's start.
type Request struct {
	Kind string `json:"kind"`              // fetch or store
	Item int64  `json:"item" bounds:"any"` // what was asked for, or stored
	// From tells the event loops apart that sent requests: the process, the
	// thread and the loop, as the client named them.
	From  string `json:"from"`
	Begin int64  `json:"begin" bounds:"-1e13,1e13"` // the request was there
	End   int64  `json:"end" bounds:"-1e13,1e13"`   // it was answered
	// Left is when the client let the connection go: it had read the answer.
	// 0 where it never did.
	Left int64 `json:"left"`
}
