package spec

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Defaults where a spec says nothing: they suit a script that takes half a
// minute on a learner's laptop.
const (
	defaultWall   = Duration(time.Minute)
	defaultFull   = Duration(10 * time.Minute)
	defaultCPU    = Duration(20 * time.Minute)
	defaultMemory = Bytes(4 << 30)
	defaultTasks  = 256
	defaultOutput = Bytes(4 << 20)

	defaultWritten  = Bytes(1 << 30)
	defaultFiles    = 4096
	defaultFileSize = Bytes(1 << 30)
	leastFiles      = 256 // the sandbox sees no fewer

	defaultSmall = 1000
	defaultCall  = Duration(20 * time.Second)

	defaultTemplate = Duration(10 * time.Second)
)

var plainID = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// Parse decodes a challenge.yaml. The file names it in errors, the id is its
// folder's path. The error holds all mistakes: see All.
func Parse(id, file string, data []byte) (*Challenge, error) {
	c := &Challenge{ID: id, text: data, file: file}
	places, err := decode(file, data, c)
	if err != nil {
		return nil, err
	}
	c.at = places
	c.defaults()
	if errs := c.validate(); len(errs) > 0 {
		return nil, errs
	}
	return c, nil
}

// ParseWorkshop decodes a workshop.yaml.
func ParseWorkshop(id, file string, data []byte) (*Workshop, error) {
	w := &Workshop{ID: id}
	places, err := decode(file, data, w)
	if err != nil {
		return nil, err
	}
	d := decoder{file: file}
	if w.Version != Version {
		d.fail(places["version"], "version %d is unknown; write `version: %d`", w.Version, Version)
	}
	for i, name := range w.Challenges {
		at := places[fmt.Sprintf("challenges[%d]", i)]
		if path.Clean(name) != name || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "..") {
			d.fail(at, "challenges: %q is no folder beside this file; write its plain name", name)
		}
		if slices.Index(w.Challenges, name) != i {
			d.fail(at, "challenges: %q stands twice; take one away", name)
		}
	}
	if len(d.errs) > 0 {
		return nil, d.errs
	}
	return w, nil
}

func (c *Challenge) defaults() {
	set(&c.Limits.Wall, defaultWall)
	set(&c.Limits.Full, defaultFull)
	set(&c.Limits.CPU, defaultCPU)
	set(&c.Limits.Memory, defaultMemory)
	set(&c.Limits.Tasks, defaultTasks)
	set(&c.Limits.Output, defaultOutput)
	set(&c.Limits.Written, defaultWritten)
	set(&c.Limits.Files, defaultFiles)
	set(&c.Limits.FileSize, defaultFileSize)
	set(&c.Rounds.Min, 2)
	set(&c.Rounds.Max, max(2, c.Rounds.Min))
	set(&c.Size.Task, Duration(150*time.Millisecond))
	set(&c.Task.Small, defaultSmall)
	for i := range c.Calls {
		set(&c.Calls[i].Limit, defaultCall)
	}
	if c.Analysis != nil {
		set(&c.Analysis.TemplateLimit, defaultTemplate)
	}
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (c *Challenge) validate() Errors {
	d := decoder{file: c.file}
	if c.Version != Version {
		d.fail(c.at["version"], "version %d is unknown to this gilcourse; write `version: %d`", c.Version, Version)
	}
	if path.Base(c.Deliverable) != c.Deliverable || !strings.HasSuffix(c.Deliverable, ".py") {
		d.fail(c.at["deliverable"], "deliverable: %q is no name of a Python file; write one such as gil_discovery.py", c.Deliverable)
	}
	if c.Kind() == KindScript && (c.Tasks < 1 || c.Tasks > 64) {
		d.fail(c.at["tasks"], "tasks is from 1 to 64, not %d", c.Tasks)
	}
	c.validateCalls(&d)
	c.validateAnalysis(&d)
	if c.Size.Lesson < 0 {
		d.fail(c.at["size.lesson"], "size.lesson is the lesson's own number, not %d", c.Size.Lesson)
	}
	if c.Rounds.Min < 1 || c.Rounds.Max < c.Rounds.Min || c.Rounds.Max > 20 {
		d.fail(c.at["rounds"], "rounds are at least 1 and at most 20, and min is no more than max; here min is %d and max is %d", c.Rounds.Min, c.Rounds.Max)
	}
	if c.Limits.Tasks < 1 {
		d.fail(c.at["limits.tasks"], "limits.tasks is at least 1, not %d", c.Limits.Tasks)
	}
	if c.Limits.Files < leastFiles {
		d.fail(c.at["limits.files"], "limits.files is at least %d, not %d: fewer cannot be told from none", leastFiles, c.Limits.Files)
	}
	ids := map[string]bool{}
	for i := range c.Checks {
		c.validateCheck(&d, fmt.Sprintf("checks[%d]", i), &c.Checks[i], ids)
	}
	return d.sorted()
}

// validateID wants an id that no other of its kind has.
func (c *Challenge) validateID(d *decoder, at, id, kind string, ids map[string]bool) {
	switch {
	case !plainID.MatchString(id):
		d.fail(c.at[at+".id"], "id: %q is no id; use small letters, digits and hyphens", id)
	case ids[id]:
		d.fail(c.at[at+".id"], "id: %q stands twice; each %s has its own", id, kind)
	}
	ids[id] = true
}

type need struct {
	what string
	is   func(Argument) bool
}

// needs are the arguments without which a result cannot be known.
var needs = func() map[Expectation][]need {
	callable := func(names ...string) need {
		return need{"the callable " + strings.Join(names, " or "), func(a Argument) bool { return slices.Contains(names, a.Is) }}
	}
	sizes := need{"a list of sizes", func(a Argument) bool { return a.Sizes > 0 }}
	items := need{"a list of items", func(a Argument) bool { return a.Items > 0 }}
	urls := need{"a list of urls", func(a Argument) bool { return a.URLs > 0 }}
	count := need{"a number called count", func(a Argument) bool {
		return a.Name == "count" && a.Value != nil && *a.Value >= 0 && *a.Value <= 10_000
	}}
	return map[Expectation][]need{
		Tasks: {callable(append([]string{"task", "scan"}, Steps...)...), sizes}, Primes: {sizes}, Fetched: {callable("fetch"), count},
		Got: {callable("get"), urls}, Spans: {callable("get"), urls}, Factorials: {sizes},
		Counted: {callable("counter")}, Balances: {callable("source"), callable("target"), callable("amount")},
		Stored: {callable("fetch"), callable("process"), callable("store"), items},
	}
}()

func (c *Challenge) validateCalls(d *decoder) {
	ids := map[string]bool{}
	for i := range c.Calls {
		call, at := &c.Calls[i], fmt.Sprintf("calls[%d]", i)
		c.validateID(d, at, call.ID, "call", ids)
		if !slices.Contains(expectations, call.Expect) {
			d.fail(c.at[at+".expect"], "expect: %q is no kind of result; %s", call.Expect, Suggest(string(call.Expect), texts(expectations)))
		}
		if call.Native && call.Expect == Reference {
			d.fail(c.at[at+".expect"], "expect: a native call's sizes are found for each program by itself, so that the reference's results are others; expect what the arguments tell, such as primes or tasks")
		}
		sized := false
		for k := range call.Arguments {
			a, p := &call.Arguments[k], c.at[fmt.Sprintf("%s.arguments[%d]", at, k)]
			kinds := 0
			for _, is := range []bool{a.Is != "", a.Value != nil, a.Sizes > 0 || a.Takes > 0, a.Items > 0, a.URLs > 0} {
				if is {
					kinds++
				}
			}
			switch {
			case a.Is != "" && !slices.Contains(callables, a.Is) && !slices.Contains(Objects, a.Is):
				d.fail(p, "%s: %q is no callable of the workload; %s", a.Name, a.Is, Suggest(a.Is, slices.Concat(callables, Objects)))
			case kinds > 1:
				d.fail(p, "%s is either a callable (is), a value, sizes, items or urls, not several of them", a.Name)
			case kinds == 0 && len(call.Cases) == 0:
				d.fail(p, "%s has neither is, value, sizes, items nor urls, and there are no cases to give it a value", a.Name)
			case a.Sizes > 0 && a.Takes <= 0:
				d.fail(p, "%s has sizes but not how long a task takes; add `takes: 60ms`", a.Name)
			case a.Sizes > 100_000 || a.Items > 10_000 || a.URLs > 1_000:
				d.fail(p, "%s: at most 100000 sizes, 10000 items and 1000 urls", a.Name)
			}
			sized = sized || a.Sizes > 0
			for _, values := range call.Cases {
				if _, ok := values[a.Name]; !ok && kinds == 0 {
					d.fail(p, "%s has a value in some cases only; give each case one", a.Name)
				}
			}
		}
		for _, need := range needs[call.Expect] {
			if !slices.ContainsFunc(call.Arguments, need.is) {
				d.fail(c.at[at+".expect"], "expect: %s takes %s among the arguments; add one", call.Expect, need.what)
			}
		}
		c.validateFigures(d, at, call)
		if call.Expect == Worth && len(call.Cases) == 0 {
			d.fail(c.at[at+".expect"], "expect: worth takes cases; add some")
		}
		if call.Function == "" && (call.Expect != Tasks && call.Expect != Anything || !sized || call.Computes() == "") {
			d.fail(c.at[at], "%s has no function, which only what the grader does itself lacks: a callable and sizes, with `expect: tasks` or `anything`", call.ID)
		}
		switch {
		case call.Threads < 0 || call.Threads > 64 || call.Times < 0 || call.Times > 10_000:
			d.fail(c.at[at], "%s: at most 64 threads, and 10000 times", call.ID)
		case call.Expect == Balances && (call.Threads < 2 || call.Times < 1):
			d.fail(c.at[at+".expect"], "expect: balances takes threads, at least 2, and times")
		}
		if call.Beside != "" && c.Call(call.Beside) == nil {
			d.fail(c.at[at+".beside"], "beside: %q is none of the calls", call.Beside)
		}
		c.validateAnswers(d, at, call)
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
			d.fail(place, "figures: %q is none of the functions that are called; %s", function, Suggest(function, c.Functions()))
		case !lines && !slices.Contains(figures, f):
			d.fail(place, "figures: %q is no figure; %s, or write `lines FUNCTION`", f, Suggest(f, figures))
		}
	}
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func (c *Challenge) validateCheck(d *decoder, at string, check *Check, ids map[string]bool) {
	c.validateID(d, at, check.ID, "check", ids)
	if check.Points < 0 {
		d.fail(c.at[at+".points"], "points are 0 or more, not %v", check.Points)
	}
	if _, ok := c.Lesson[check.Lesson]; check.Lesson != "" && !ok {
		d.fail(c.at[at+".lesson"], "lesson: %q is not among the lesson's sections above; %s", check.Lesson, Suggest(check.Lesson, sortedKeys(c.Lesson)))
	}
	if len(check.Bounds) == 0 {
		d.fail(c.at[at], "bounds are missing: a check without one could never fail")
	}
	for i, b := range check.Bounds {
		p := c.at[fmt.Sprintf("%s.bounds[%d]", at, i)]
		for _, name := range []string{b.Quantity, b.Of, b.ConfirmedBy} {
			if _, ok := c.Quantity(name); name != "" && !ok {
				d.fail(p, "%q is no quantity; %s", name, Suggest(name, c.quantityNames()))
			}
		}
		if o := b.Otherwise; o != nil {
			switch {
			case b.GIL == nil && b.Scheduler == nil:
				d.fail(p, "%s has an otherwise, but neither gil nor scheduler that it could differ from; add one", b.Quantity)
			case o.Min == nil && o.Max == nil:
				d.fail(p, "the otherwise of %s has neither min nor max; write at least one", b.Quantity)
			}
		}
		if b.Min == nil && b.Max == nil {
			d.fail(p, "%s has neither min nor max; write at least one", b.Quantity)
		}
		if b.Min != nil && b.Max != nil && *b.Min > *b.Max {
			d.fail(p, "%s: min %v is above max %v, which nothing can keep", b.Quantity, *b.Min, *b.Max)
		}
		if b.ConfirmedBy != "" && !slices.ContainsFunc(check.Bounds, func(o Bound) bool { return o.Quantity == b.ConfirmedBy && o.Quantity != b.Quantity }) {
			d.fail(p, "confirmed_by: %s has no bound of its own in this check; add one", b.ConfirmedBy)
		}
	}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
