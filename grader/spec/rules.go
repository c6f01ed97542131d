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

var (
	plainID    = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// keywords are the words that no function, argument or module of Python can have
// for a name.
var keywords = strings.Fields(`False None True and as assert async await break class continue def del elif else except
	finally for from global if import in is lambda nonlocal not or pass raise return try while with yield`)

// shadowed are modules of the standard library that a deliverable must not hide:
// those that programs of threads, processes and coroutines import.
var shadowed = strings.Fields(`_thread abc array ast asyncio base64 builtins bz2 code collections concurrent contextlib copy
	csv ctypes dataclasses datetime decimal dis enum fractions functools gc gzip hashlib heapq http inspect io itertools
	json logging math mmap multiprocessing numbers operator os pathlib pickle platform profile queue random re resource
	select selectors shutil signal site socket sqlite3 ssl statistics string struct subprocess symtable sys tempfile test
	textwrap threading time timeit token tokenize traceback types typing unittest urllib uuid warnings weakref xml zipfile zlib`)

// named reports whether a text can be a name in Python.
func named(s string) bool { return identifier.MatchString(s) && !slices.Contains(keywords, s) }

// validate applies the rules of the language to what could be read.
func (c *Challenge) validate(d *decoder) {
	if c.Version != Version {
		d.wrong("version", "version %d is unknown to this gilcourse; write `version: %d`", c.Version, Version)
	}
	for _, line := range []struct{ field, text string }{{"title", c.Title}, {"summary", c.Summary}, {"section", c.Section}} {
		if strings.Contains(line.text, "\n") {
			d.wrong(line.field, "%s has several lines, and lists show one; write one line", line.field)
		}
	}
	c.validateDeliverable(d)
	c.validateKind(d)
	c.validateCalls(d)
	c.validateAnalysis(d)
	c.validateLimits(d)
	c.validateTask(d)
	for _, name := range sortedKeys(c.Lesson) {
		if !plainID.MatchString(name) {
			d.wrong("lesson."+name, "lesson: %q is no short name; use small letters, digits and hyphens", name)
		}
	}
	ids := map[string]bool{}
	for i := range c.Checks {
		c.validateCheck(d, fmt.Sprintf("checks[%d]", i), &c.Checks[i], ids)
	}
	if len(c.Checks) > 0 && c.Points() == 0 && !slices.ContainsFunc(sortedKeys(d.spoilt), func(p string) bool { return strings.HasSuffix(p, ".points") }) {
		d.wrong("checks", "all checks together give no points; give one of them some")
	}
	c.validateNeeds(d)
}

// validateDeliverable wants a file that Python can run, and import where its
// functions are called or its values are read.
func (c *Challenge) validateDeliverable(d *decoder) {
	module, isPython := strings.CutSuffix(c.Deliverable, ".py")
	switch {
	case path.Base(c.Deliverable) != c.Deliverable || !isPython || module == "" || strings.ContainsAny(module, " \\\t\n"):
		d.wrong("deliverable", "deliverable: %q is no name of a Python file; write one such as gil_discovery.py", c.Deliverable)
	case !named(module) && c.Kind() != KindScript:
		d.wrong("deliverable", "deliverable: %s cannot be imported by its name; write %s", c.Deliverable, importable(module))
	case slices.Contains(shadowed, module):
		d.wrong("deliverable", "deliverable: %s hides Python's own module %s from the programs; take another name, such as my_%s", c.Deliverable, module, c.Deliverable)
	}
}

// importable is a name like this one that a module can have.
func importable(module string) string {
	name := regexp.MustCompile(`[^A-Za-z0-9_]+`).ReplaceAllString(module, "_")
	if !named(name) {
		name = "my_" + name
	}
	return name + ".py"
}

// validateKind refuses fields that mean nothing for the challenge's kind, and
// wants those of its own.
func (c *Challenge) validateKind(d *decoder) {
	own := kinds[c.place()].own
	for _, k := range kinds {
		if !d.sound(k.own...) {
			return // it may be of another kind
		}
	}
	for _, k := range kinds {
		for _, field := range k.own {
			if !slices.Contains(own, field) && d.written(field) {
				d.wrong(field, "%s means nothing in a challenge of the kind %s, which this is by its `%s`; take one of the two away", field, c.Kind(), own[0])
			}
		}
	}
	if c.Kind() == KindScript && !d.written("tasks") {
		d.wrong("tasks", "tasks is missing; add `tasks: 4`, how many tasks each phase of the script runs, or `calls`, where functions are called")
	}
}

// validateLimits wants limits that do not contradict each other.
func (c *Challenge) validateLimits(d *decoder) {
	l := &c.Limits
	if c.Rounds.Max < c.Rounds.Min {
		d.wrong("rounds", "rounds: min %d is above max %d; write `rounds: {min: %d, max: %d}`", c.Rounds.Min, c.Rounds.Max, c.Rounds.Max, c.Rounds.Min)
	}
	if d.written("limits.full") && !d.written("size.lesson") && d.sound("size.lesson") {
		d.wrong("limits.full", "limits.full is the limit of a script that is run as written where a smaller copy could be; without `size` there is none: take the line away")
	} else if l.Full < l.Wall && d.sound("limits.wall") {
		d.wrong("limits.full", "limits.full, of the script as it is written, is shorter than limits.wall, of a smaller copy; make it longer")
	}
	if l.FileSize > l.Written {
		d.wrong("limits.file_size", "limits.file_size is more than limits.written, which bounds all files together; make `written` as large")
	}
	workers, whose := c.Tasks, "tasks"
	for i := range c.Calls {
		call := &c.Calls[i]
		if call.Limit > l.Wall {
			d.wrong(fmt.Sprintf("calls[%d].limit", i), "%s may take longer than limits.wall, which bounds the whole run; make one of the two fit the other", call.ID)
		}
		if call.Threads > workers {
			workers, whose = call.Threads, fmt.Sprintf("the threads of %s", call.ID)
		}
		if a := call.Role(RoleWorkers); a != nil && a.Value != nil && int(*a.Value) > workers {
			workers, whose = int(*a.Value), fmt.Sprintf("the argument %s of %s", a.Name, call.ID)
		}
	}
	if l.Tasks <= workers && d.sound("limits.tasks") {
		d.wrong("limits.tasks", "limits.tasks lets %d threads and processes live at once, and %s asks for %d beside the main thread; write more than %d", l.Tasks, whose, workers, workers)
	}
}

// validateTask wants what the quantities of a script's task rest on.
func (c *Challenge) validateTask(d *decoder) {
	if d.written("size.task") && !d.written("size.lesson") && d.sound("size.lesson") {
		d.wrong("size.task", "size.task is the time to which the lesson's size is scaled; add `size: {lesson: …}`, the number in the lesson")
	}
	if once := Duration(c.Tasks) * c.Size.Task; once > c.Limits.Wall && d.written("size.task") {
		d.wrong("size.task", "size.task makes the %d tasks take %v, one after the other, and limits.wall ends the run before; make one of the two fit the other", c.Tasks, time.Duration(once))
	}
	for i, code := range c.Task.Accept {
		at := fmt.Sprintf("task.accept[%d]", i)
		if !balanced(code) {
			d.wrong(at, "task.accept: %q has brackets that do not match; write an expression of Python in n", code)
		} else if !regexp.MustCompile(`\bn\b`).MatchString(code) {
			d.wrong(at, "task.accept: %q does not speak of n, the size; write an expression of Python in n", code)
		}
	}
	rests := map[string]struct{ field, remedy string }{
		"task.correct": {"task", "`task: {name: …, accept: […]}`, what the task gives for a size n"},
		"task.size":    {"size.lesson", "`size: {lesson: …}`, the number in the lesson"},
	}
	if c.Kind() != KindScript {
		return
	}
	for i, check := range c.Checks {
		for k, b := range check.Bounds {
			if on, ok := rests[b.Quantity]; ok && !d.written(on.field) && d.sound(on.field) {
				d.wrong(fmt.Sprintf("checks[%d].bounds[%d]", i, k), "%s rests on %s, which is missing; add %s", b.Quantity, on.field, on.remedy)
			}
		}
	}
}

// balanced reports whether the brackets of an expression match.
func balanced(code string) bool {
	var open []rune
	pairs := map[rune]rune{')': '(', ']': '[', '}': '{'}
	for _, r := range code {
		switch {
		case strings.ContainsRune("([{", r):
			open = append(open, r)
		case pairs[r] != 0:
			if len(open) == 0 || open[len(open)-1] != pairs[r] {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

// validateID wants an id that no other of its kind has, and no quantity begins
// with but its own.
func (c *Challenge) validateID(d *decoder, at, id, kind string, ids map[string]bool, reserved ...string) {
	if !d.sound(at + ".id") {
		return
	}
	switch {
	case !plainID.MatchString(id):
		d.wrong(at+".id", "id: %q is no id; use small letters, digits and hyphens", id)
	case ids[id]:
		d.spoil(at+".id", d.at(at+".id"), "id: %q stands twice; each %s has its own", id, kind)
	case slices.Contains(reserved, id):
		d.wrong(at+".id", "id: %s.… are quantities of the whole already; take another id", id)
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

// validate applies the rules of the language to a workshop.
func (w *Workshop) validate(d *decoder) {
	if w.Version != Version {
		d.wrong("version", "version %d is unknown to this gilcourse; write `version: %d`", w.Version, Version)
	}
	for i, name := range w.Challenges {
		at := fmt.Sprintf("challenges[%d]", i)
		switch {
		case !d.sound(at):
		case path.Clean(name) != name || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "..") || name == ".":
			d.wrong(at, "challenges: %q is no folder beside this file; write its plain name", name)
		case slices.Index(w.Challenges, name) != i:
			d.wrong(at, "challenges: %q stands twice; take one away", name)
		}
	}
}

// validateSection wants a lesson's section that there is.
func (c *Challenge) validateSection(d *decoder, at, name string) {
	switch _, ok := c.Lesson[name]; {
	case name == "" || ok || !d.sound("lesson"):
	case len(c.Lesson) == 0:
		d.wrong(at, "lesson: there are no sections of the lesson in this spec; add `lesson: {%s: \"the section's title\"}` above", name)
	default:
		d.wrong(at, "lesson: %q is not among the lesson's sections above; %s", name, spelling.Suggest(name, sortedKeys(c.Lesson)))
	}
}
