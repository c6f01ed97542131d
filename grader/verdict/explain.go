package verdict

import (
	"cmp"
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

// Ended says how a run that did not end well ended, with its last words and the
// line of the submission that they name, and the mistake that is known for it; a
// cause of the check's own counts where a limit ended it.
func (j *Judgement) Ended(s *spec.Check, ends []*record.Outcome) Explanation {
	if e, ok := j.Unreadable("run"); ok {
		e.Hint = cmp.Or(e.Hint, "Python itself names the line: run the script yourself.")
		return e
	}
	var e Explanation
	var stderr strings.Builder
	limited := false
	for _, end := range ends {
		stderr.WriteString(end.Stderr)
		limited = limited || end.Limit != ""
	}
	if i := slices.IndexFunc(ends, func(end *record.Outcome) bool { return !end.OK() }); i >= 0 {
		e = j.ended(ends[i])
	}
	line := 0
	if e.Location != nil {
		line = e.Location.Line
	}
	if known, ok := j.Ending(stderr.String(), line); ok {
		e.Message = strings.TrimSpace(e.Message + " " + known.Message)
		e.Cause, e.Hint = known.Cause, known.Hint
		if known.Location != nil {
			e.Location = known.Location
		}
		return e
	}
	always := func(_ record.Finding, b spec.Bound) (string, bool) { return "", true }
	if cause, place := j.Cause(s, s.Bounds, always); cause != nil && limited { // what never ends, or too late
		e.Message += " " + words.Sentence(cause.Description)
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
		e = j.limited(end)
	case end.Signal != "":
		e.Message = words.Sentence(fmt.Sprintf("the script was ended by the signal %s", end.Signal))
	default:
		e.Message = words.Sentence(fmt.Sprintf("the script ended with exit status %d", end.Exit))
	}
	file := j.Record.Submission.File
	if text, line := LastError(end.Stderr, file); text != "" {
		e.Message += " " + words.Sentence("its last words: "+text)
		if line > 0 && e.Location == nil {
			e.Location = &record.Place{File: file, Line: line}
		}
	}
	return e
}

// limited explains a run that a limit ended, by where its threads stood then.
func (j *Judgement) limited(end *record.Outcome) Explanation {
	e := Explanation{Message: words.Sentence(fmt.Sprintf("the script was ended: %s", end.Limit))}
	waiting := end.CPUUS < end.WallUS/10
	if len(end.Stands) == 0 {
		if waiting {
			e.Message += " It was waiting most of the time."
		}
		return e
	}
	at := end.Stands[0]
	e.Location = &at
	e.Message += " " + words.Sentence("then stood "+Standing(end.Stands))
	e.Hint = "Look for what is to end the work there, and why it never does."
	if waiting {
		e.Hint = "Look for what is waited for there and never comes: a lock, a queue, a worker that does not end, or a sleep that is far too long."
	}
	return e
}

// Standing tells where the threads of what hung stood; empty for nowhere.
func Standing(stands []record.Place) string {
	var lines []string
	counts := map[string]int{}
	for _, s := range stands {
		line := fmt.Sprintf("%s:%d", s.File, s.Line)
		if s.Text != "" {
			line += fmt.Sprintf(" (%s)", strings.TrimSpace(s.Text))
		}
		if counts[line]++; !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	for i, line := range lines {
		lines[i] = fmt.Sprintf("%d %s at %s", counts[line], words.Plural("thread", counts[line]), line)
	}
	return strings.Join(lines, ", ")
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
