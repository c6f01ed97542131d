package calls

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// callOf gives the spec's call that a quantity is of, nil for none, and the
// quantity's own name.
func (k *kind) callOf(quantity string) (*spec.Call, string) {
	id, name := verdict.Part(quantity)
	return k.Spec.Call(id), name
}

// Explain finds why a check fails: how the import, the build or a call ended,
// else a mistake in the source, else what was seen.
func (k *kind) Explain(s *spec.Check, broken []spec.Bound) verdict.Explanation {
	first := broken[0]
	if imported, _ := k.imported(); !imported && first.Quantity != "module.imported" {
		return verdict.Explanation{Message: "The module could not be imported.", Hint: "First mend the import."}
	}
	call, name := k.callOf(first.Quantity)
	if call == nil {
		return k.explainModule(first)
	}
	if correct := k.Figure(call.ID + ".correct"); call.Native && k.failedBuild() != nil && (correct.Missing || correct.Value != 1) {
		return k.notBuilt()
	}
	never := len(k.measured(call)) == 0
	if name == "returned" || never && (name == "raises" || k.Figure(first.Quantity).Missing) {
		return k.notReturned(call)
	}
	if e, ok := k.unfinished(call, name); ok {
		return e
	}
	e := verdict.Explanation{Message: k.message(call, name, first)}
	if name == "correct" && k.outOfOrder(call) {
		e.Hint = "Put each result where its input stands, whichever is ready first: `map` keeps the order; or remember which input a result belongs to."
	}
	if back := k.measured(call); name == "correct" && len(back) > 0 && back[0].Type == "NoneType" {
		e.Hint = "Give the results back: a function that ends without `return` gives None."
	}
	if cause, place := k.Cause(s, broken, k.about); cause != nil {
		says := e.Message
		e.Message = words.Sentence(cause.Description)
		if name == "correct" {
			e.Message = says + " " + e.Message
		} else if name == "raises" {
			e.Message += " " + words.Sentence(first.Message+": "+k.instead(call))
		} else if seen := k.Observed(first.Quantity); seen != "" {
			e.Message += " " + words.Sentence("observed: "+seen)
		}
		e.Cause, e.Location, e.Hint = cause.Finding, place, cause.Hint
	}
	if e.Location == nil {
		e.Location = k.Where("def:" + call.Function)
	}
	return e
}

// message says what of a call broke a bound, and what was seen.
func (k *kind) message(call *spec.Call, name string, b spec.Bound) string {
	switch f := k.Figure(b.Quantity); {
	case name == "raises":
		return words.Sentence(b.Message + ": " + k.instead(call))
	case name == "correct":
		return words.Sentence(k.notRight(call, b))
	case f.Missing:
		return words.Sentence(f.Reason)
	}
	message, seen := words.Sentence(b.Message), k.Observed(b.Quantity)
	switch {
	case message == "":
		return words.Sentence(fmt.Sprintf("`%s`: %s", call.Function, seen))
	case seen == "":
		return message
	}
	return message + " " + words.Sentence("observed: "+seen)
}

// about gives the call that a finding is about: the bound's, where the finding is
// a part of the function that broke it, or of C code that it calls.
func (k *kind) about(f record.Finding, b spec.Bound) (string, bool) {
	call, _ := k.callOf(b.Quantity)
	if call == nil {
		return "", true
	}
	if order := verdict.Mistake(f.ID) == "unordered"; strings.HasSuffix(b.Quantity, ".correct") && order != k.outOfOrder(call) {
		return "", false // results in another order have another cause than wrong ones
	}
	ofC := call.Native && strings.HasSuffix(f.File, ".c")
	if ofC && strings.HasSuffix(b.Quantity, ".correct") && !k.givesNumbers(call) {
		return "", false // what the C code counts is not what is wrong
	}
	return call.ID, slices.Contains(f.Of, call.Function) || ofC
}

// givesNumbers reports whether the call returned a list of numbers, right or wrong.
func (k *kind) givesNumbers(call *spec.Call) bool {
	return slices.ContainsFunc(k.measured(call), func(m observedCall) bool { return (m.Type == "list" || m.Type == "tuple") && m.Odd == "" })
}

// Observed says what was seen of a quantity, or why nothing was.
func (k *kind) Observed(name string) string {
	if f := k.Figure(name); !f.Known {
		return f.Reason
	}
	if call, own := k.callOf(name); call != nil {
		return rowOf(own).words(k, call)
	}
	if i := slices.IndexFunc(moduleRows, func(r moduleRow) bool { return r.name == name }); i >= 0 {
		return moduleRows[i].words(k)
	}
	return ""
}

// Seen says in a few words what a check that passes rests on: what the workers
// and the server saw, where a bound is on that, else how many calls were right.
func (k *kind) Seen(s *spec.Check) string {
	var parts []string
	var counted func(*kind, *spec.Call) string
	var of *spec.Call
	for _, b := range s.Bounds {
		call, name := k.callOf(b.Quantity)
		if call == nil || !k.Figure(b.Quantity).Known || rowOf(name).seen == nil {
			continue
		}
		if slices.ContainsFunc(resultRows, func(r row) bool { return r.name == name }) {
			counted, of = rowOf(name).seen, call
			continue
		}
		parts = append(parts, rowOf(name).seen(k, call))
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, "; ")
	case counted != nil:
		return counted(k, of)
	}
	return ""
}

// explainModule is about the module as a whole and what its calls left.
func (k *kind) explainModule(b spec.Bound) verdict.Explanation {
	switch b.Quantity {
	case "module.imported":
		return k.notImported()
	case "module.functions":
		return k.undefined()
	}
	e := verdict.Explanation{Message: words.Sentence(b.Message)}
	if seen := k.Observed(b.Quantity); seen != "" {
		e.Message += " " + words.Sentence("observed: "+seen)
	}
	return e
}

// undefined tells all functions that are not there, or take other arguments.
func (k *kind) undefined() verdict.Explanation {
	var e verdict.Explanation
	var says, hints []string
	told := map[string]bool{}
	for i := range k.Spec.Calls {
		call := &k.Spec.Calls[i]
		for _, m := range k.calls[call.ID] {
			if told[call.Function] || m.Ended != record.Undefined && m.Ended != record.Signature {
				continue
			}
			told[call.Function] = true
			says, hints = append(says, words.Sentence(k.ending(*m.Call, "`"+call.Function+"`"))), append(hints, define(call))
			if e.Location == nil {
				e.Location = m.Place
			}
		}
	}
	e.Message, e.Hint = strings.Join(says, " "), strings.Join(hints, " ")
	return e
}

// notImported says why the module could not be imported.
func (k *kind) notImported() verdict.Explanation {
	if e, ok := k.Unreadable("imported"); ok {
		return e
	}
	_, call := k.imported()
	e := verdict.Explanation{Location: call.Place, Message: words.Sentence(fmt.Sprintf("%s cannot be imported: %s", k.Record.Submission.File, k.ending(call, "the import")))}
	if b := k.failedBuild(); b != nil {
		e.Message += " " + words.Sentence(fmt.Sprintf("%s could not be built: %s", b.File, firstError(b)))
		return e
	}
	if len(call.Stands) > 0 && e.Location == nil {
		at := call.Stands[0]
		e.Location = &at
	}
	k.known(call, &e)
	return e
}

// known adds the mistake that is known for how a call ended.
func (k *kind) known(call record.Call, e *verdict.Explanation) {
	said, line := call.Message, 0
	for _, thrown := range call.Thrown {
		said += "\n" + thrown.Type + ": " + thrown.Message
	}
	if e.Location != nil {
		line = e.Location.Line
	}
	if ending, ok := k.Ending(said, line); ok {
		e.Message += " " + ending.Message
		e.Cause, e.Hint = ending.Cause, ending.Hint
		if ending.Location != nil {
			e.Location = ending.Location
		}
	}
}

// define says which function is to be written.
func define(c *spec.Call) string { return fmt.Sprintf("Define `%s(%s)`.", c.Function, parameters(c)) }

func parameters(c *spec.Call) string {
	var names []string
	for _, a := range c.Arguments {
		names = append(names, a.Name)
	}
	return strings.Join(names, ", ")
}
