package spec

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/spelling"
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
	defaultCall  = Duration(10 * time.Second)

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
	c.defaultNeeds()
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
	c.validateNeeds(&d)
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
		d.fail(c.at[at+".lesson"], "lesson: %q is not among the lesson's sections above; %s", check.Lesson, spelling.Suggest(check.Lesson, sortedKeys(c.Lesson)))
	}
	if len(check.Bounds) == 0 {
		d.fail(c.at[at], "bounds are missing: a check without one could never fail")
	}
	c.validateHints(d, at, check)
	c.validateCauses(d, at, check)
	for i, b := range check.Bounds {
		p := c.at[fmt.Sprintf("%s.bounds[%d]", at, i)]
		for _, name := range []string{b.Quantity, b.Of, b.ConfirmedBy} {
			if _, ok := c.Quantity(name); name != "" && !ok {
				d.fail(p, "%q is no quantity; %s", name, spelling.Suggest(name, c.quantityNames()))
			}
			c.validateRoles(d, p, name)
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

// validateHints wants hints of all levels, and no two alike.
func (c *Challenge) validateHints(d *decoder, at string, check *Check) {
	if n := len(check.Hints); n > 0 && n != HintLevels {
		d.fail(c.at[at+".hints"], "hints has %d of %d texts; write what to look at, then how to do it, then nearly the code", n, HintLevels)
	}
	for i, hint := range check.Hints {
		p := c.at[fmt.Sprintf("%s.hints[%d]", at, i)]
		switch {
		case strings.TrimSpace(hint) == "":
			d.fail(p, "hints: a text is empty; write one that says more than the one before")
		case slices.Index(check.Hints, hint) != i:
			d.fail(p, "hints: %q stands twice; each says more than the one before", hint)
		}
	}
}

// validateCauses checks what rules a cause out.
func (c *Challenge) validateCauses(d *decoder, at string, check *Check) {
	for i := range check.Causes {
		for k, b := range check.Causes[i].When {
			p := c.at[fmt.Sprintf("%s.causes[%d].when[%d]", at, i, k)]
			if !c.has(b.Quantity) {
				d.fail(p, "%q is no quantity; %s", b.Quantity, spelling.Suggest(b.Quantity, c.quantityNames()))
			}
			if b.Min == nil && b.Max == nil {
				d.fail(p, "%s has neither min nor max; write at least one", b.Quantity)
			}
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
