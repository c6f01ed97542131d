package verdict

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/words"
)

// ending is a mistake that ends a program, or a worker, with an error that tells
// it, whatever the challenge asks for.
type ending struct {
	finding string // what reading the source finds; the cause's id
	// sure says that the error alone tells it, where the source shows nothing.
	sure  bool
	error *regexp.Regexp // what the program must have said in the end
	says  string         // completes a sentence; {1} is what error caught, {python} and {path} the interpreter
	hint  string
}

// runsAgain is what a spawned process says that runs the whole script again and
// ends there.
var runsAgain = regexp.MustCompile(`bootstrapping phase|_fixup_main_from_`)

// endings are tried in this order.
var endings = []ending{
	{finding: "no-main-guard", error: runsAgain,
		says: "the script starts processes outside of `if __name__ == \"__main__\":`, so that each new process runs the whole script again, and ends there before it has done a task",
		hint: "Put what starts the processes under `if __name__ == \"__main__\":`."},
	{finding: "start-method-again", error: regexp.MustCompile(`context has already been set`),
		says: "the start method of processes is set a second time, which is an error",
		hint: "Call `set_start_method` once, under `if __name__ == \"__main__\":`; or use `multiprocessing.get_context(\"spawn\")`, which sets nothing."},
	{finding: "args-no-tuple", error: regexp.MustCompile(`must be an iterable, not|object is not iterable|takes \d+ positional arguments? but \d+ (was|were) given`),
		says: "`args` wants a tuple, and `(x)` in parentheses is x itself: a comma makes it one",
		hint: "Write `args=(x,)`."},
	{finding: "asks", error: regexp.MustCompile(`EOFError`),
		says: "the program asks a question with `input()`, and nobody answers here",
		hint: "Write the program without questions: put the value where `input()` stands."},
	{finding: "missing-module", sure: true, error: regexp.MustCompile(`No module named '([\w.]+)'`),
		says: "there is no module `{1}` for the interpreter that ran the program, {python}",
		hint: "If you have it for another interpreter, name that one: `--python PATH`. Else install it for this one (`{path} -m pip install {1}`), or do without it."},
	{finding: "library-without-folder", error: regexp.MustCompile(`cannot open shared object file|image not found|no such file`),
		says: "a library's name without a folder is looked for in the system's folders, and the library lies in none of them",
		hint: "Name the folder, that of this file: `ctypes.CDLL(str(pathlib.Path(__file__).with_name(\"primes.so\")))`."},
	{finding: "python-2", error: regexp.MustCompile(`SyntaxError|cannot be parsed`),
		says: "this is Python 2, which {python} cannot read",
		hint: "Write it for Python 3: `print(...)` is a function, `range` takes the place of `xrange`, and it is `except ValueError as e:`."},
}

// Endings lists the findings that explain how a program ended, in any challenge.
func Endings() []string {
	var all []string
	for _, one := range endings {
		all = append(all, one.finding)
	}
	return all
}

// Ending explains an error that ended a program or a worker, by what it said in
// the end and what the source shows; ok is false where no mistake is known for it.
// The message is a whole sentence. The line is that of the traceback, 0 for none.
func (j *Judgement) Ending(said string, line int) (e Explanation, ok bool) {
	for _, one := range endings {
		caught := one.error.FindStringSubmatch(said)
		place := j.nearest(one.finding, line)
		if caught == nil || place == nil && !one.sure {
			continue
		}
		name := ""
		if len(caught) > 1 {
			name = caught[1]
		}
		p := j.Record.Python
		path := p.Path
		if !strings.ContainsAny(path, `/\`) { // as records name it, which keep no paths
			path = "python3"
		}
		fill := strings.NewReplacer("{1}", name, "{python}", strings.TrimSpace(p.Implementation+" "+p.Version), "{path}", path)
		return Explanation{Message: words.Sentence(fill.Replace(one.says)), Hint: fill.Replace(one.hint), Cause: one.finding, Location: place}, true
	}
	return Explanation{}, false
}

// nearest gives the place of a finding: the one at the line, else the first; nil
// for none.
func (j *Judgement) nearest(id string, line int) *record.Place {
	var first *record.Place
	for _, f := range j.Record.Submission.Source.Findings {
		if f.ID != id {
			continue
		}
		if f.Line == line {
			return &f.Place
		}
		if first == nil {
			first = &f.Place
		}
	}
	return first
}

// Stillborn reports whether processes of a run ended while they began, before
// they had a task: each was running the whole script again.
func Stillborn(end *record.Outcome) bool {
	return end != nil && runsAgain.MatchString(end.Stderr)
}

// Unreadable explains a source that cannot be parsed, false where it can; what was
// to be done with it completes "cannot be ...".
func (j *Judgement) Unreadable(what string) (Explanation, bool) {
	e := j.Record.Submission.Source.Error
	if e == nil {
		return Explanation{}, false
	}
	x := Explanation{Message: words.Sentence(fmt.Sprintf("%s cannot be %s: %s", e.File, what, e.Text)), Location: &record.Place{File: e.File, Line: e.Line}}
	if known, ok := j.Ending(e.Text, e.Line); ok {
		x.Message += " " + known.Message
		x.Cause, x.Hint, x.Location = known.Cause, known.Hint, known.Location
	}
	return x, true
}
