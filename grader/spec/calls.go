package spec

import (
	"fmt"
	"slices"
	"strings"

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
	for i := range c.Calls {
		call := &c.Calls[i]
		at := c.at[fmt.Sprintf("calls[%d].edges", i)]
		switch {
		case len(call.Edges) == 0:
		case call.Expect != Primes && call.Expect != Factorials || call.Sized() == nil || len(call.Cases) > 0:
			d.fail(at, "edges: they are sizes of a call that expects primes or factorials, without cases")
		case slices.ContainsFunc(call.Edges, func(v int64) bool { return v < 0 || v > 1000 }):
			d.fail(at, "edges: each is from 0 to 1000")
		}
	}
	ids := map[string]bool{}
	for i := range c.Calls {
		call, at := &c.Calls[i], fmt.Sprintf("calls[%d]", i)
		c.validateID(d, at, call.ID, "call", ids)
		for k := range call.Arguments {
			c.validateArgument(d, fmt.Sprintf("%s.arguments[%d]", at, k), call, &call.Arguments[k])
		}
		c.validateExpectation(d, at, call)
		c.validateFigures(d, at, call)
		c.validateAnswers(d, at, call)
		sized := slices.ContainsFunc(call.Arguments, func(a Argument) bool { return a.Sizes > 0 })
		if call.Function == "" && (call.Expect != Tasks && call.Expect != Anything || !sized || call.Computes() == "") {
			d.fail(c.at[at], "%s has no function, which only what the grader does itself lacks: a callable and sizes, with `expect: tasks` or `anything`", call.ID)
		}
		if call.Threads < 0 || call.Threads > 64 || call.Times < 0 || call.Times > 10_000 {
			d.fail(c.at[at], "%s: at most 64 threads, and 10000 times", call.ID)
		}
		if call.Beside != "" && c.Call(call.Beside) == nil {
			d.fail(c.at[at+".beside"], "beside: %q is none of the calls", call.Beside)
		}
	}
}

// validateArgument checks what is passed for one parameter.
func (c *Challenge) validateArgument(d *decoder, at string, call *Call, a *Argument) {
	p := c.at[at]
	kinds := 0
	for _, is := range []bool{a.Is != "", a.Value != nil, a.Sizes > 0 || a.Takes > 0, a.Items > 0, a.URLs > 0} {
		if is {
			kinds++
		}
	}
	switch {
	case a.Is != "" && !slices.Contains(callables, a.Is) && !slices.Contains(Objects, a.Is):
		d.fail(p, "%s: %q is no callable of the workload; %s", a.Name, a.Is, spelling.Suggest(a.Is, slices.Concat(callables, Objects)))
	case kinds > 1:
		d.fail(p, "%s is either a callable (is), a value, sizes, items or urls, not several of them", a.Name)
	case kinds == 0 && len(call.Cases) == 0:
		d.fail(p, "%s has neither is, value, sizes, items nor urls, and there are no cases to give it a value", a.Name)
	case a.Sizes > 0 && a.Takes <= 0:
		d.fail(p, "%s has sizes but not how long a task takes; add `takes: 60ms`", a.Name)
	case a.Sizes > 100_000 || a.Items > 10_000 || a.URLs > 1_000:
		d.fail(p, "%s: at most 100000 sizes, 10000 items and 1000 urls", a.Name)
	}
	if a.Role != "" && !slices.Contains(roles, a.Role) {
		d.fail(c.at[at+".role"], "role: %q is no role; %s", a.Role, spelling.Suggest(string(a.Role), texts(roles)))
	}
	for _, values := range call.Cases {
		if _, ok := values[a.Name]; !ok && kinds == 0 {
			d.fail(p, "%s has a value in some cases only; give each case one", a.Name)
		}
	}
}

// validateExpectation checks that what is expected can be known.
func (c *Challenge) validateExpectation(d *decoder, at string, call *Call) {
	place := c.at[at+".expect"]
	i := slices.IndexFunc(expecting, func(e struct {
		is    Expectation
		needs []need
	}) bool {
		return e.is == call.Expect
	})
	if i < 0 {
		d.fail(place, "expect: %q is no kind of result; %s", call.Expect, spelling.Suggest(string(call.Expect), texts(Expectations())))
		return
	}
	for _, need := range expecting[i].needs {
		if !slices.ContainsFunc(call.Arguments, need.is) {
			d.fail(place, "expect: %s takes %s among the arguments; add one", call.Expect, need.what)
		}
	}
	switch {
	case call.Native && call.Expect == Reference:
		d.fail(place, "expect: a native call's sizes are found for each program by itself, so that the reference's results are others; expect what the arguments tell, such as primes or tasks")
	case call.Expect == Worth && len(call.Cases) == 0:
		d.fail(place, "expect: worth takes cases; add some")
	case call.Expect == Balances && (call.Threads < 2 || call.Times < 1):
		d.fail(place, "expect: balances takes threads, at least 2, and times")
	}
}

// validateRoles wants the arguments that a bound on a call rests on.
func (c *Challenge) validateRoles(d *decoder, at Position, name string) {
	id, own, _ := strings.Cut(name, ".")
	role, needed := quantity.Roles[own]
	if call := c.Call(id); call != nil && needed && call.Expect != Balances && call.Role(Role(role)) == nil {
		d.fail(at, "%s rests on an argument of %s that is called %s, or has `role: %s`; add it", name, id, role, role)
	}
}

var figures = []string{"wall", "cpu", "main", "threads", "processes", "memory", "any"}

func (c *Challenge) validateFigures(d *decoder, at string, call *Call) {
	if call.Expect == Figures != (len(call.Figures) > 0) {
		d.fail(c.at[at+".expect"], "`expect: figures` and a list of figures belong together; write both or neither")
	}
	for i, f := range call.Figures {
		place := c.at[fmt.Sprintf("%s.figures[%d]", at, i)]
		function, lines := strings.CutPrefix(f, "lines ")
		switch {
		case lines && !slices.Contains(c.Functions(), function):
			d.fail(place, "figures: %q is none of the functions that are called; %s", function, spelling.Suggest(function, c.Functions()))
		case !lines && !slices.Contains(figures, f):
			d.fail(place, "figures: %q is no figure; %s, or write `lines FUNCTION`", f, spelling.Suggest(f, figures))
		}
	}
}
