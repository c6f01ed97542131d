package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/words"
)

// Part splits the name of a quantity: whose it is, such as a phase or a call, and
// what.
func Part(quantity string) (of, name string) {
	of, name, _ = strings.Cut(quantity, ".")
	return of, name
}

// Where gives the place of a finding, or of the first one whose id it starts;
// nil for none, or for no id.
func (j *Judgement) Where(id string) *record.Place {
	if id == "" {
		return nil
	}
	for _, f := range j.Record.Submission.Source.Findings {
		if f.ID == id || strings.HasPrefix(f.ID, id+":") {
			return &f.Place
		}
	}
	return nil
}

// Cause gives the first cause of a check that the source shows, that can break
// one of the broken bounds, and that nothing which was observed contradicts; nil
// for none. A finding counts where it is about that bound.
func (j *Judgement) Cause(s *spec.Check, broken []spec.Bound, about func(record.Finding, spec.Bound) bool) (*spec.Cause, *record.Place) {
	for i := range s.Causes {
		cause := &s.Causes[i]
		if !j.agrees(cause) {
			continue
		}
		for _, b := range broken {
			if len(cause.For) > 0 && !slices.Contains(cause.For, b.Quantity) {
				continue
			}
			for _, f := range j.Record.Submission.Source.Findings {
				if f.ID != cause.Finding || !about(f, b) {
					continue
				}
				if f.Line == 0 {
					return cause, nil
				}
				return cause, &f.Place
			}
		}
	}
	return nil, nil
}

// agrees reports whether nothing that was observed contradicts a cause: whoever
// saw four processes at work does not say that there was a single one.
func (j *Judgement) agrees(c *spec.Cause) bool {
	return !slices.ContainsFunc(c.When, func(b spec.Bound) bool {
		e := j.Evidence(b)
		return e.Known && e.Holds == False
	})
}

// Completed reports whether all of these runs, at least one, ended by themselves
// without an error.
func Completed[R any](runs []R, end func(R) *record.Outcome) bool {
	return len(runs) > 0 && !slices.ContainsFunc(runs, func(r R) bool { return !end(r).OK() })
}

// Ended says how a run that did not end well ended, with its last words and the
// line of the submission that they name; the cause that the check knows for it
// counts where the run's errors agree.
func (j *Judgement) Ended(s *spec.Check, ends []*record.Outcome) Explanation {
	if e := j.Record.Submission.Source.Error; e != nil {
		return Explanation{Message: words.Sentence(fmt.Sprintf("%s cannot be run: %s", e.File, e.Text)),
			Location: &record.Place{File: e.File, Line: e.Line}, Hint: "Python itself names the line: run the script yourself."}
	}
	var e Explanation
	var stderr strings.Builder
	for _, end := range ends {
		stderr.WriteString(end.Stderr)
	}
	if i := slices.IndexFunc(ends, func(end *record.Outcome) bool { return !end.OK() }); i >= 0 {
		e = j.ended(ends[i])
	}
	always := func(record.Finding, spec.Bound) bool { return true }
	if cause, place := j.Cause(s, s.Bounds, always); cause != nil && (cause.Finding != "no-main-guard" || strings.Contains(stderr.String(), "bootstrapping phase")) {
		e.Message += " " + words.Sentence(cause.Says)
		e.Cause, e.Hint = cause.Finding, cause.Hint
		if e.Location == nil {
			e.Location = place
		}
	}
	return e
}

func (j *Judgement) ended(end *record.Outcome) Explanation {
	var e Explanation
	switch {
	case end.Limit != "":
		e.Message = words.Sentence(fmt.Sprintf("the script was ended: %s", end.Limit))
		if end.CPUUS < end.WallUS/10 {
			e.Message += " It was waiting most of the time."
		}
	case end.Signal != "":
		e.Message = words.Sentence(fmt.Sprintf("the script was ended by the signal %s", end.Signal))
	default:
		e.Message = words.Sentence(fmt.Sprintf("the script ended with exit status %d", end.Exit))
	}
	file := j.Record.Submission.File
	if text, line := LastError(end.Stderr, file); text != "" {
		e.Message += " " + words.Sentence("its last words: "+text)
		if line > 0 {
			e.Location = &record.Place{File: file, Line: line}
		}
	}
	return e
}

// Death says how a process ended.
func Death(end *record.Outcome) string {
	switch {
	case end.Limit != "":
		return end.Limit
	case end.Signal != "":
		return fmt.Sprintf("signal %s (a crash in C code, or a kill)", end.Signal)
	}
	return fmt.Sprintf("exit status %d (os._exit, say)", end.Exit)
}

// LastError gives the last line of a traceback, and the last line of a file that
// it names, 0 for none.
func LastError(stderr, file string) (text string, line int) {
	for l := range strings.Lines(stderr) {
		l = strings.TrimRight(l, "\r\n")
		if _, rest, ok := strings.Cut(l, file+`", line `); ok {
			fmt.Sscanf(rest, "%d", &line)
		}
		if t := strings.TrimSpace(l); t != "" && !strings.HasPrefix(l, " ") {
			text = t
		}
	}
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "")
	}
	return text, line
}
