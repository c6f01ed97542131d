package spec

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/spelling"
)

// need is an argument without which a result cannot be known.
type need struct {
	what string
	is   func(Argument) bool
}

// expecting are the expectations, each with the arguments that it needs.
var expecting = []struct {
	is    Expectation
	needs []need
}{
	{Tasks, []need{callable(append([]string{"task", "scan"}, Steps...)...), sizes}},
	{Primes, []need{sizes}},
	{Fetched, []need{callable("fetch"), {"a number called count, of at most 10000", func(a Argument) bool {
		return a.plays(RoleCount) && a.Value != nil && *a.Value >= 0 && *a.Value <= 10_000
	}}}},
	{Stored, []need{callable("fetch"), callable("process"), callable("store"), {"a list of items", func(a Argument) bool { return a.Items > 0 }}}},
	{Worth, []need{given(RoleTaskSeconds), given(RoleCount), given(RoleWorkers)}},
	{Figures, nil},
	{Reference, nil},
	{Got, []need{callable("get"), urls}},
	{Spans, []need{callable("get"), urls}},
	{Factorials, []need{sizes}},
	{Counted, []need{callable("counter")}},
	{Balances, []need{callable("source"), callable("target"), callable("amount")}},
	{Answered, nil},
	{Anything, nil},
}

var (
	sizes = need{"a list of sizes", func(a Argument) bool { return a.Sizes > 0 }}
	urls  = need{"a list of urls", func(a Argument) bool { return a.URLs > 0 }}
)

func callable(names ...string) need {
	return need{"the callable " + strings.Join(names, " or "), func(a Argument) bool { return slices.Contains(names, a.Is) }}
}

func given(role Role) need {
	return need{fmt.Sprintf("an argument called %s, or with `role: %s`,", role, role), func(a Argument) bool { return a.plays(role) }}
}

// Expectations lists all expectations.
func Expectations() []Expectation {
	all := make([]Expectation, len(expecting))
	for i, e := range expecting {
		all[i] = e.is
	}
	return all
}

func (c *Challenge) validateCalls(d *decoder) {
	for i, name := range c.Callables {
		switch at := fmt.Sprintf("callables[%d]", i); {
		case !d.sound(at):
		case !named(name):
			d.wrong(at, "callables: %q can be no function's name in Python; use letters, digits and underscores", name)
		case slices.Contains(slices.Concat(callables, Objects), name):
			d.wrong(at, "callables: %s is one of the grader's own; take another name", name)
		case slices.Index(c.Callables, name) != i:
			d.wrong(at, "callables: %s stands twice; take one away", name)
		}
	}
	ids, labels := map[string]bool{}, map[string]bool{}
	reserved := prefixes(quantity.Module)
	for i := range c.Calls {
		call, at := &c.Calls[i], fmt.Sprintf("calls[%d]", i)
		c.validateID(d, at, call.ID, "call", ids, reserved...)
		if call.Function != "" && !named(call.Function) {
			d.wrong(at+".function", "function: %q can be no function's name in Python; use letters, digits and underscores", call.Function)
		}
		if call.Label != "" && labels[call.Label] {
			d.wrong(at+".label", "label: %q stands twice in the comparison; give each call its own", call.Label)
		}
		labels[call.Label] = true
		for k := range call.Arguments {
			c.validateArgument(d, fmt.Sprintf("%s.arguments[%d]", at, k), call, &call.Arguments[k])
		}
		c.validateCases(d, at, call)
		c.validateExpectation(d, at, call)
		c.validateFigures(d, at, call)
		c.validateAnswers(d, at, call)
		c.validateUse(d, at, call)
		c.validateTime(d, at, call)
	}
}

// validateTime wants a limit within which the call's tasks can be done.
func (c *Challenge) validateTime(d *decoder, at string, call *Call) {
	if a := call.Sized(); a != nil && !call.Native && time.Duration(max(1, a.Sizes))*time.Duration(a.Takes) > time.Duration(call.Limit) {
		d.wrong(at+".limit", "%s: %d tasks of %v take longer, one after the other, than its limit of %v; make one of the two fit the other",
			call.ID, max(1, a.Sizes), time.Duration(a.Takes), time.Duration(call.Limit))
	}
}

// validateUse refuses the fields of a call that would change nothing.
func (c *Challenge) validateUse(d *decoder, at string, call *Call) {
	has := func(names ...string) bool {
		return slices.ContainsFunc(call.Arguments, func(a Argument) bool { return slices.Contains(names, a.Is) })
	}
	for _, one := range []struct {
		field   string
		useless bool
		message string
	}{
		{"function", call.Function == "" && !call.ownLoop(),
			"%s has no function, which only what the grader does itself lacks: a callable and sizes, with `expect: tasks` or `anything`"},
		{"edges", len(call.Edges) > 0 && !call.hasEdges(),
			"%s: edges are sizes of a call that expects primes or factorials, without cases; take them away"},
		{"edges", slices.ContainsFunc(call.Edges, func(v int64) bool { return v < 0 || v > 1000 }), "%s: edges are from 0 to 1000 each; write others"},
		{"threads", call.Threads > 0 && call.Function != "" && call.Expect != Balances, "%s: threads are the grader's own, and here the function starts its own; take the line away"},
		{"times", call.Times > 0 && call.Expect != Balances, "%s: times counts transfers, of a call that expects balances; take the line away"},
		{"raises", call.Raises && !has("task", "process", "fetch"), "%s: raises sends an exception through a callable, and none of task, process and fetch is passed in; pass one, or take the line away"},
		{"native", call.Native && call.Sized() == nil, "%s: native says how the sizes are found, and there are none; add an argument with `takes`"},
		{"delay", call.Delay > 0 && !has("fetch", "store", "get", "call_api", "scrape"), "%s: delay is the server's, and nothing that is passed in asks it: fetch, store, get, call_api or scrape; pass one, or take the line away"},
		{"takes", call.Takes > 0 && !has("process"), "%s: takes is the time of process, which is not passed in; pass it, or take the line away"},
		{"strategy", call.Workload == "" && call.Strategy != "", "%s: workload and strategy are the row and the column of a cell; write both or neither"},
		{"workload", call.Workload != "" && call.Strategy == "", "%s: workload and strategy are the row and the column of a cell; write both or neither"},
		{"beside", call.Beside != "" && call.Beside == call.ID, "%s: beside is another call, which does the same one after the other; name that"},
	} {
		if one.useless && d.sound(at+"."+one.field, at+".expect") && d.whole(at+".arguments") {
			d.wrong(at+"."+one.field, one.message, call.ID)
		}
	}
	if call.Beside != "" && c.Call(call.Beside) == nil && c.partsKnown(d) {
		d.wrong(at+".beside", "beside: %q is none of the calls; %s", call.Beside, spelling.Suggest(call.Beside, c.callIDs()))
	}
}

// ownLoop reports whether the grader can make the call by itself, without a
// function of the learner's.
func (c *Call) ownLoop() bool {
	sized := slices.ContainsFunc(c.Arguments, func(a Argument) bool { return a.Sizes > 0 })
	return (c.Expect == Tasks || c.Expect == Anything) && sized && c.Computes() != ""
}

// hasEdges reports whether what the call returns for sizes at the edge is known.
func (c *Call) hasEdges() bool {
	return (c.Expect == Primes || c.Expect == Factorials) && c.Sized() != nil && len(c.Cases) == 0
}

func (c *Challenge) callIDs() []string {
	ids := make([]string, len(c.Calls))
	for i := range c.Calls {
		ids[i] = c.Calls[i].ID
	}
	return ids
}

// whole are the roles of arguments that are whole numbers, from 1 on.
var whole = []Role{RoleWorkers, RoleBatch, RoleTimes}

// validateArgument checks what is passed for one parameter.
func (c *Challenge) validateArgument(d *decoder, at string, call *Call, a *Argument) {
	if !named(a.Name) {
		d.wrong(at, "%q can be no argument's name in Python; use letters, digits and underscores", a.Name)
	}
	if a.Role != "" && !slices.Contains(roles, a.Role) {
		d.wrong(at+".role", "role: %q is no role; %s", a.Role, spelling.Suggest(string(a.Role), texts(roles)))
	}
	if v := a.Value; v != nil && d.sound(at+".value") && slices.ContainsFunc(whole, a.plays) && (*v < 1 || *v != math.Trunc(*v)) {
		d.wrong(at+".value", "%s is a whole number from 1 on, not %v", a.Name, *v)
	} else if v != nil && (a.plays(RoleSeconds) || a.plays(RoleTaskSeconds)) && !(*v > 0 && *v <= 60) {
		d.wrong(at+".value", "%s is a time above 0 and of at most 60 seconds, not %v", a.Name, *v)
	}
	kinds := a.kinds()
	switch inCases := len(call.Cases) > 0; {
	case !d.sound(at+".is", at+".value", at+".sizes", at+".takes", at+".items", at+".urls"):
	case a.Is != "" && !slices.Contains(slices.Concat(callables, Objects, c.Callables), a.Is):
		d.spoil(at+".is", d.at(at+".is"), "%s: %q is no callable of the workload; %s, or add it to `callables`, where it is your own", a.Name, a.Is, spelling.Suggest(a.Is, slices.Concat(callables, Objects, c.Callables)))
	case kinds > 1:
		d.wrong(at, "%s is either a callable (is), a value, sizes, items or urls, not several of them; leave one", a.Name)
	case kinds == 0 && !inCases && d.sound("calls"):
		d.wrong(at, "%s has neither is, value, sizes, items nor urls, and there are no cases to give it a value; add one", a.Name)
	case a.Sizes > 0 && a.Takes <= 0:
		d.wrong(at, "%s has sizes but not how long a task takes; add `takes: 60ms`", a.Name)
	}
}

// kinds is how many kinds of input the argument is said to be.
func (a *Argument) kinds() int {
	n := 0
	for _, is := range []bool{a.Is != "", a.Value != nil, a.Sizes > 0 || a.Takes > 0, a.Items > 0, a.URLs > 0} {
		if is {
			n++
		}
	}
	return n
}

// validateCases wants a value for each argument that has none of its own, and
// for no other.
func (c *Challenge) validateCases(d *decoder, at string, call *Call) {
	if !d.sound(at+".arguments", at+".cases") {
		return
	}
	var open []string
	for k := range call.Arguments {
		if call.Arguments[k].kinds() == 0 {
			open = append(open, call.Arguments[k].Name)
		}
	}
	for n, values := range call.Cases {
		place := fmt.Sprintf("%s.cases[%d]", at, n)
		for _, name := range sortedKeys(values) {
			switch {
			case call.Argument(name) == nil:
				d.spoil(place+"."+name, d.at(place+"."+name), "cases: %s has no argument %q; %s", call.ID, name, spelling.Suggest(name, open))
			case call.Argument(name).kinds() > 0:
				d.wrong(place+"."+name, "cases: %s has its value above, the same in all cases; take one of the two away", name)
			}
		}
		for _, name := range open {
			if _, ok := values[name]; !ok && d.whole(place) {
				d.wrong(place, "%s has a value in some cases only; give each case one", name)
			}
		}
		if slices.IndexFunc(call.Cases, func(o map[string]Value) bool { return maps.Equal(o, values) }) != n {
			d.wrong(place, "cases: this one stands twice; change it, or take it away")
		}
	}
}

// validateExpectation checks that what is expected can be known.
func (c *Challenge) validateExpectation(d *decoder, at string, call *Call) {
	if !d.sound(at+".expect") || !d.whole(at+".arguments") {
		return
	}
	place := at + ".expect"
	i := slices.IndexFunc(expecting, func(e struct {
		is    Expectation
		needs []need
	}) bool {
		return e.is == call.Expect
	})
	if i < 0 {
		d.wrong(place, "expect: %q is no kind of result; %s", call.Expect, spelling.Suggest(string(call.Expect), texts(Expectations())))
		return
	}
	for _, need := range expecting[i].needs {
		if !slices.ContainsFunc(call.Arguments, need.is) {
			d.wrong(place, "expect: %s takes %s among the arguments; add one", call.Expect, need.what)
		}
	}
	switch {
	case call.Native && call.Expect == Reference:
		d.wrong(place, "expect: a native call's sizes are found for each program by itself, so that the reference's results are others; expect what the arguments tell, such as primes or tasks")
	case call.Expect == Worth && len(call.Cases) == 0:
		d.wrong(place, "expect: worth takes cases; add some")
	case call.Expect == Balances && (call.Threads < 2 || call.Times < 1):
		d.wrong(place, "expect: balances takes threads, at least 2, and times; add them")
	}
}

// validateRoles wants the arguments that a bound on a call rests on.
func (c *Challenge) validateRoles(d *decoder, at, name string) {
	id, own, _ := strings.Cut(name, ".")
	role, needed := quantity.Roles[own]
	if call := c.Call(id); call != nil && needed && call.Expect != Balances && call.Role(Role(role)) == nil {
		d.wrong(at, "%s rests on an argument of %s that is called %s, or has `role: %s`; add it", name, id, role, role)
	}
}

var figures = []string{"wall", "cpu", "main", "threads", "processes", "memory", "any"}

func (c *Challenge) validateFigures(d *decoder, at string, call *Call) {
	if call.Expect == Figures != (len(call.Figures) > 0) && d.sound(at+".figures") {
		d.wrong(at+".expect", "`expect: figures` and a list of figures belong together; write both or neither")
	}
	for i, f := range call.Figures {
		place := fmt.Sprintf("%s.figures[%d]", at, i)
		function, lines := strings.CutPrefix(f, "lines ")
		switch {
		case lines && !slices.Contains(c.Functions(), function):
			d.wrong(place, "figures: %q is none of the functions that are called; %s", function, spelling.Suggest(function, c.Functions()))
		case !lines && !slices.Contains(figures, f):
			d.wrong(place, "figures: %q is no figure; %s, or write `lines FUNCTION`", f, spelling.Suggest(f, figures))
		}
	}
}
