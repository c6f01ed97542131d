package calls

import (
	"slices"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// Follows reports whether a bound shows nothing of its own: of a module that
// could not be imported nothing can be called, a function that is not there
// cannot return, and a call that never returned has no results.
func (k *kind) Follows(b spec.Bound, failed []spec.Bound) bool {
	broke := func(name string) bool {
		return slices.ContainsFunc(failed, func(b spec.Bound) bool { return b.Quantity == name })
	}
	if broke(b.Quantity) || broke("module.imported") {
		return true
	}
	call, own := k.callOf(b.Quantity)
	if call == nil {
		return false
	}
	if broke("module.functions") && slices.ContainsFunc(k.calls[call.ID], func(m observedCall) bool {
		return m.Ended == record.Undefined || m.Ended == record.Signature
	}) {
		return true
	}
	return broke(call.ID+".returned") && (own == "returned" || own == "raises" || !k.Figure(b.Quantity).Known || len(k.measured(call)) == 0)
}
