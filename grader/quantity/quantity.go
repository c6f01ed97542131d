// Package quantity lists the figures that a bound can be put on: each has one
// entry here, which says what it is, who saw it and what it takes to see it.
// Package verdict has one row for each, which computes it and words it.
package quantity

// Witness is a kind of evidence.
type Witness string

// The witnesses.
const (
	Scheduler Witness = "scheduler" // the operating system's view of the tasks
	Clock     Witness = "clock"     // wall time, beside the reference
	Source    Witness = "source"    // the learner's file
	Results   Witness = "result"    // what the program computed, printed and ended with
	Server    Witness = "server"    // the grader's own server, which was asked
	Loop      Witness = "loop"      // the event loop's own list of what it waits for
	Object    Witness = "object"    // the objects that were passed in, which log what is done with them
)

// Scale says how two values of a quantity are compared.
type Scale string

// The scales.
const (
	Ratio  Scale = "ratio"  // by their ratio: times, rates
	Linear Scale = "linear" // by their difference: distances from what is right
	Share  Scale = "share"  // by their difference, from 0 to 1
	Count  Scale = "count"  // whole numbers
	Truth  Scale = "truth"  // 0 or 1
)

// Needs are what it takes to see a quantity: any of the constants, joined.
type Needs uint8

// What a quantity can need. Without what it needs it is unknown, and decides
// nothing.
const (
	NeedsScheduler Needs = 1 << iota // tasks that can be observed
	NeedsReference                   // a run of the reference beside the submission's
	NeedsWrites                      // a kernel that counts what each process writes
	NeedsMeasured                    // the strategies' speedups, measured on this machine
	UsesReference                    // nothing, but a run of the reference makes it fairer
	Momentary                        // nothing, but a single moment decides what it is
)

// Has reports whether one of these is among the needs.
func (n Needs) Has(one Needs) bool { return n&one != 0 }

// Linear reports whether values are compared by their difference.
func (s Scale) Linear() bool { return s == Linear || s == Share }

// Quantity is the entry of a figure.
type Quantity struct {
	Name string
	// Unit is written after the figure; empty for a plain number.
	Unit    string
	Witness Witness
	Scale   Scale
	Needs   Needs
	// Description completes "NAME is ...".
	Description string
}

// Compares reports whether the reference is run beside the submission for this
// quantity.
func (q Quantity) Compares() bool { return q.Needs.Has(NeedsReference | UsesReference) }

// Robust reports whether neither the load of other programs nor a single odd
// moment changes the quantity much.
func (q Quantity) Robust() bool { return q.Witness != Clock && !q.Needs.Has(Momentary) }

// Most returns the largest value that the quantity can have, false for no such
// limit. The least is 0 for all.
func (q Quantity) Most() (most float64, limited bool) {
	return 1, q.Scale == Share || q.Scale == Truth
}

// Varies reports whether another look at the same program may give another figure: it
// is sampled, timed or counted while things happen at once.
func (q Quantity) Varies() bool {
	return q.Witness == Scheduler || q.Witness == Clock || q.Witness == Server || q.Needs.Has(NeedsScheduler) || q.Scale.Linear() || q.Scale == Ratio
}

// Of gives the quantities of a part of the submission, such as a call or a
// template, under their whole names: ID.NAME.
func Of(id string, quantities []Quantity) []Quantity {
	named := make([]Quantity, len(quantities))
	for i, q := range quantities {
		q.Name = id + "." + q.Name
		named[i] = q
	}
	return named
}

// Roles are, by the names of quantities of calls, the role of the argument that
// the quantity rests on.
var Roles = map[string]string{"waited": "seconds", "updates": "times"}
