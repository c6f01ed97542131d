package validation

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/spelling"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Finding is something wrong with the files of a challenge, which needs no run
// to be seen.
type Finding struct {
	File    string `json:"file"`             // its path in the course, such as challenges/challenge3/workshop.yaml
	Line    int    `json:"line,omitempty"`   // from 1, 0 for the whole file
	Column  int    `json:"column,omitempty"` // from 1, 0 for the whole line
	Message string `json:"message"`          // what is wrong and what to do
}

func (f Finding) String() string { return f.place() + ": " + f.Message }

// place is where it is: FILE:LINE:COLUMN, as far as that is known.
func (f Finding) place() string {
	place := f.File
	if f.Line > 0 {
		place += fmt.Sprintf(":%d", f.Line)
	}
	if f.Column > 0 {
		place += fmt.Sprintf(":%d", f.Column)
	}
	return place
}

// reader gathers what is wrong with one challenge.
type reader struct {
	course course.Course
	id     string
	spec   *spec.Challenge
	found  []Finding
	broken bool // something is missing without which nothing can be run
}

func (r *reader) refuse(file string, line int, format string, args ...any) {
	r.broken = true
	r.say(file, line, format, args...)
}

func (r *reader) say(file string, line int, format string, args ...any) {
	r.found = append(r.found, Finding{file, line, 0, fmt.Sprintf(format, args...)})
}

// inSpec says what is wrong with the value at a path of the spec.
func (r *reader) inSpec(at, format string, args ...any) {
	p := r.spec.At(at)
	r.found = append(r.found, Finding{path.Join("challenges", r.id, "challenge.yaml"), p.Line, p.Column, fmt.Sprintf(format, args...)})
}

// Files gives all that is wrong with the files of a challenge: its spec, its
// README, its starter, its reference, its fixtures. The challenge is nil where
// its spec cannot be used; runs make sense only where runnable is true. An
// error means that the course itself cannot be read.
func Files(co course.Course, id string) (ch *spec.Challenge, found []Finding, runnable bool, err error) {
	ch, err = co.Challenge(id)
	if errs := spec.All(err); errs != nil {
		for _, e := range errs {
			found = append(found, Finding{e.File, e.Line, e.Column, e.Message})
		}
		return nil, found, false, nil
	} else if err != nil {
		return nil, nil, false, err
	}
	r := &reader{course: co, id: id, spec: ch}
	r.folder("challenges", co.Challenges, id, "challenge.yaml", "README.md", "starter/", course.CallablesFile)
	r.submission("challenges", co.Challenges, path.Join(id, "starter"), "starter")
	if len(ch.Functions()) > 0 {
		r.starter()
	}
	r.findings()
	r.callables()
	r.readme()
	r.submission("reference", co.Reference, id, "reference solution")
	if err := r.fixtures(); err != nil {
		return nil, nil, false, err
	}
	return ch, r.found, !r.broken, nil
}

// target is what `where` may name beside the findings: what is handed to workers.
const target = "target"

// findings wants what the spec says of sources to be what reading one may find.
func (r *reader) findings() {
	known := python.FindingIDs()
	for i, check := range r.spec.Checks {
		for k, cause := range check.Causes {
			if bare := python.Bare(cause.Finding); !slices.Contains(known, bare) {
				r.inSpec(fmt.Sprintf("checks[%d].causes[%d].finding", i, k), "the check %s has the cause %q, which reading a source never finds; %s", check.ID, cause.Finding, suggestFinding(cause.Finding))
			}
		}
		if bare := python.Bare(check.Where); bare != "" && bare != target && !strings.HasPrefix(bare, "def:") && !slices.Contains(known, bare) {
			r.inSpec(fmt.Sprintf("checks[%d].where", i), "where: %q is no place that reading a source finds; write `def:FUNCTION`, `target`, or a finding: %s", check.Where, suggestFinding(check.Where))
		}
	}
	if p := r.spec.Task.Pattern; p != "" && !slices.Contains(known, python.Bare(p)) {
		r.inSpec("task.pattern", "pattern: %q is nothing that reading a source finds; %s", p, suggestFinding(p))
	}
}

// suggestFinding names the findings that may be meant.
func suggestFinding(word string) string {
	if near := spelling.Nearest(word, python.Whole()); len(near) > 0 {
		return "did you mean " + strings.Join(near, " or ") + "?"
	}
	return "`gilcourse schema findings` lists them"
}

// callables wants callables.py to define what the spec names, and to be there for
// something.
func (r *reader) callables() {
	file := path.Join("challenges", r.id, course.CallablesFile)
	for i, name := range r.spec.Callables {
		if !regexp.MustCompile(`(?m)^(async )?def ` + regexp.QuoteMeta(name) + `\b`).MatchString(r.spec.CallablesText) {
			r.broken = true
			r.inSpec(fmt.Sprintf("callables[%d]", i), "callables: %s has no `def %s`; write it there", file, name)
		}
	}
	if len(r.spec.Callables) == 0 && r.spec.CallablesText != "" {
		r.say(file, 0, "the spec names none of its functions; add `callables: […]` to challenge.yaml, or remove the file")
	}
}

// folder wants these names in a folder, folders with a slash at their end, and
// no others.
func (r *reader) folder(tree string, files fs.FS, dir string, names ...string) {
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		r.say(path.Join(tree, dir), 0, "there is no such folder; make it, with %s in it", strings.Join(names, ", "))
		return
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() {
			name += "/"
		}
		if !slices.Contains(names, name) && !byTheWay(e.Name()) {
			r.say(path.Join(tree, dir, e.Name()), 0, "it has no place here; %s", spelling.Suggest(name, names))
		}
	}
}

// byTheWay says of a name that it is made by running Python, and that git and
// the grader leave it out.
func byTheWay(name string) bool { return name == "__pycache__" || strings.HasSuffix(name, ".pyc") }

// submission wants the deliverable in a folder, and no litter.
func (r *reader) submission(tree string, files fs.FS, dir, what string) {
	if _, err := fs.Stat(files, path.Join(dir, r.spec.Deliverable)); err != nil {
		near := ""
		if entries, err := fs.ReadDir(files, dir); err == nil {
			var names []string
			for _, e := range entries {
				names = append(names, e.Name())
			}
			if n := spelling.Nearest(r.spec.Deliverable, names); len(n) > 0 {
				near = ", and " + n[0] + " has another name"
			}
		}
		r.refuse(path.Join(tree, dir), 0, "the %s has no %s%s; the spec calls it the deliverable", what, r.spec.Deliverable, near)
		return
	}
	fs.WalkDir(files, dir, func(p string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			r.say(path.Join(tree, p), 0, "it cannot be read: %v", err)
		case byTheWay(name):
			if d.IsDir() {
				return fs.SkipDir
			}
		case litter(name):
			r.say(path.Join(tree, p), 0, "an editor or a file manager left it; remove it")
		case !d.IsDir() && !d.Type().IsRegular():
			r.say(path.Join(tree, p), 0, "it is no plain file; a submission has none but those")
		}
		return nil
	})
}

var leftover = regexp.MustCompile(`^\.|~$|\.(bak|orig|rej|sw[op]|tmp)$|^(Thumbs\.db|desktop\.ini|__MACOSX)$`)

func litter(name string) bool { return leftover.MatchString(name) }

// starter wants all functions in the starter, so that a learner knows what to
// write.
func (r *reader) starter() {
	file := path.Join(r.id, "starter", r.spec.Deliverable)
	text, err := fs.ReadFile(r.course.Challenges, file)
	if err != nil {
		return // said already
	}
	for _, name := range r.spec.Functions() {
		if !regexp.MustCompile(`(?m)^(async )?def ` + regexp.QuoteMeta(name) + `\b`).Match(text) {
			r.say(path.Join("challenges", file), 0, "it has no `def %s`, which the spec calls; add it, with nothing in it", name)
		}
	}
}

var (
	codeRow  = regexp.MustCompile("^\\| *`([^`]+)` *\\|.*\\| *([0-9.]+) *\\|$")
	commands = regexp.MustCompile(`gilcourse (?:check|show|start) ([a-z0-9][a-z0-9/-]*)`)
)

// readme wants what a learner reads to agree with the spec: title, deliverable,
// functions, the name to check it by, and the checks with their points.
func (r *reader) readme() {
	file := path.Join("challenges", r.id, "README.md")
	text, err := r.course.Readme(r.id)
	if err != nil {
		r.say(file, 0, "there is none; it tells a learner what to write")
		return
	}
	title, _, _ := strings.Cut(text, "\n")
	if title != "# "+r.spec.Title {
		r.say(file, 1, "it begins with %q; the spec's title makes it `# %s`", title, r.spec.Title)
	}
	for _, name := range append([]string{r.spec.Deliverable}, r.spec.Functions()...) {
		if !strings.Contains(text, name) {
			r.say(file, 0, "it does not say `%s`, which the spec asks for", name)
		}
	}
	points := map[string]float64{}
	counting := false // in a table whose last column is the points
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			counting = false
		} else if strings.HasSuffix(strings.ToLower(line), "points |") {
			counting = true
		}
		if m := codeRow.FindStringSubmatch(line); m != nil && counting {
			p, _ := strconv.ParseFloat(m[2], 64)
			points[m[1]] = p
			i := slices.IndexFunc(r.spec.Checks, func(k spec.Check) bool { return k.ID == m[1] })
			switch {
			case i < 0:
				r.say(file, n, "the spec has no check `%s`; %s", m[1], spelling.Suggest(m[1], checkIDs(r.spec)))
			case r.spec.Checks[i].Points != p:
				r.say(file, n, "`%s` has %v points here and %v in the spec", m[1], p, r.spec.Checks[i].Points)
			}
		}
		for _, m := range commands.FindAllStringSubmatch(line, -1) {
			if name := strings.TrimSuffix(m[1], "/"); name != path.Base(r.id) && name != r.id && !strings.HasPrefix(r.id, name+"/") {
				r.say(file, n, "`%s` is another challenge; this one is %s", m[0], path.Base(r.id))
			}
		}
	}
	for _, k := range r.spec.Checks {
		if _, ok := points[k.ID]; !ok {
			r.say(file, 0, "its table of checks lacks a row: | `%s` | %s | %v |", k.ID, k.Title, k.Points)
		}
	}
}

func checkIDs(c *spec.Challenge) []string {
	var ids []string
	for _, k := range c.Checks {
		ids = append(ids, k.ID)
	}
	return ids
}

// fixtures wants submissions that pass, one that fails for each check, and
// nothing else.
func (r *reader) fixtures() error {
	tree := path.Join("fixtures", r.id)
	if _, err := fs.Stat(r.course.Fixtures, r.id); errors.Is(err, fs.ErrNotExist) {
		r.refuse(tree, 0, "there are no fixtures; make pass/NAME and fail/NAME, each with a submission")
		return nil
	}
	r.folder("fixtures", r.course.Fixtures, r.id, "pass/", "fail/")
	failing := map[string]bool{}
	passing := 0
	for _, kind := range []string{"pass", "fail"} {
		entries, err := fs.ReadDir(r.course.Fixtures, path.Join(r.id, kind))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read the fixtures of %s: %w", r.id, err)
		}
		for _, e := range entries {
			dir := path.Join(r.id, kind, e.Name())
			if !e.IsDir() {
				r.refuse(path.Join("fixtures", dir), 0, "it stands beside the submissions; each has a folder of its own")
				continue
			}
			r.submission("fixtures", r.course.Fixtures, dir, "fixture")
			if want := r.want(dir, kind == "pass"); want != "" {
				failing[want] = true
			}
			if kind == "pass" {
				passing++
			}
		}
	}
	if passing == 0 {
		r.say(path.Join(tree, "pass"), 0, "no submission must pass; add an honest one in a style other than the reference's")
	}
	for i, k := range r.spec.Checks {
		if !failing[k.ID] {
			r.inSpec(fmt.Sprintf("checks[%d]", i), "nothing shows that the check %s can fail; add %s/fail/NAME with a file `want` that says `%s`", k.ID, tree, k.ID)
		}
	}
	return nil
}

// want reads which check a fixture must fail by, empty for none.
func (r *reader) want(dir string, pass bool) string {
	file := path.Join("fixtures", dir, "want")
	data, err := fs.ReadFile(r.course.Fixtures, path.Join(dir, "want"))
	switch {
	case pass && err == nil:
		r.say(file, 0, "a submission that must pass wants nothing to fail; remove it, or move the folder to fail/")
	case pass:
	case err != nil:
		r.refuse(path.Dir(file), 0, "it has no file `want`; write one line with the check that must fail: %s", strings.Join(checkIDs(r.spec), ", "))
	default:
		want, cause, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
		i := slices.IndexFunc(r.spec.Checks, func(k spec.Check) bool { return k.ID == want })
		if i < 0 {
			r.refuse(file, 1, "%q is no check of the spec; %s", want, spelling.Suggest(want, checkIDs(r.spec)))
			return ""
		}
		if cause != "" && !slices.ContainsFunc(r.spec.Checks[i].Causes, func(c spec.Cause) bool { return c.Finding == cause }) && !slices.Contains(verdict.Endings(), cause) {
			r.say(file, 1, "%q is no cause of the check %s", cause, want)
		}
		return want
	}
	return ""
}

// Strays gives what lies in the course's folders and belongs to no challenge:
// a fixture's folder with a misspelt name, a challenge that only a workshop
// names. Names that begin with an underscore are nobody's business.
func Strays(co course.Course) ([]Finding, error) {
	ids, err := co.IDs()
	if err != nil {
		return nil, err
	}
	r := &reader{course: co}
	for _, tree := range []struct {
		name  string
		files fs.FS
		aside []string // names that may stand beside the challenges
	}{
		{"challenges", co.Challenges, []string{"workshop.yaml", "README.md", "REFERENCE.md", "challenge.schema.json"}},
		{"reference", co.Reference, []string{"README.md"}}, {"fixtures", co.Fixtures, []string{"README.md"}},
	} {
		if tree.files == nil {
			continue
		}
		err := fs.WalkDir(tree.files, ".", func(p string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist) && p == ".":
				return nil // the challenges say what they lack
			case err != nil:
				return fmt.Errorf("read the course's %s: %w", tree.name, err)
			case p == ".":
				return nil
			case strings.HasPrefix(d.Name(), "_") || byTheWay(d.Name()), slices.Contains(ids, p):
				if d.IsDir() {
					return fs.SkipDir
				}
			case d.IsDir() && slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(id, p+"/") }):
			case !d.IsDir() && (slices.Contains(tree.aside, d.Name()) || path.Dir(p) == "." && path.Ext(p) == ".go"):
			default:
				r.say(path.Join(tree.name, p), 0, "it belongs to no challenge; %s", spelling.Suggest(p, ids))
				if d.IsDir() {
					return fs.SkipDir
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	workshops, err := co.WorkshopIDs()
	if err != nil {
		return nil, err
	}
	for _, id := range workshops {
		w, err := co.Workshop(id)
		if err != nil {
			return nil, err
		}
		for _, name := range w.Challenges {
			if p := path.Join(co.Folder(id), name); !slices.Contains(ids, p) {
				r.say(path.Join("challenges", co.Folder(id), "workshop.yaml"), 0, "it lists %s, and challenges/%s/challenge.yaml is not there; %s", name, p, spelling.Suggest(p, ids))
			}
		}
	}
	slices.SortStableFunc(r.found, func(a, b Finding) int { return cmp.Compare(a.File, b.File) })
	return r.found, nil
}
