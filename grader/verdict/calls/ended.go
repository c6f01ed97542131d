package calls

import (
	"fmt"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/spelling"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// notReturned says how a call ended instead, where, and what to do.
func (k *kind) notReturned(call *spec.Call) verdict.Explanation {
	e := verdict.Explanation{Location: k.Where("def:" + call.Function)}
	for _, m := range k.calls[call.ID] {
		if m.Ended == record.Returned || m.Aim != record.Measured && m.Aim != record.Pilot {
			continue
		}
		if m.Place != nil {
			e.Location = m.Place
		}
		switch m.Ended {
		case record.Undefined, record.Signature:
			e.Hint = define(call)
		case record.Raised:
			e.Hint = "Read the last lines of the traceback: they name the line and the reason."
		case record.Hung:
			if len(m.Stands) > 0 {
				at := m.Stands[0]
				e.Location = &at
			}
			if deadlocked(m) {
				e.Message = words.Sentence(fmt.Sprintf("a deadlock: `%s` had not come back after %.0f s, and used no CPU time any more. %s: each waits for what another one holds",
					call.Function, m.wall(), verdict.Standing(m.Stands)))
				return e
			}
			if m.of.Threads == 0 { // else several threads ask again and again: the check knows for what
				e.Hint = "Look for what is waited for and never comes: a queue without its end mark, a lock, a future that nobody completes."
			}
		}
		e.Message = words.Sentence(k.ending(*m.Call, "`"+call.Function+"`"))
		k.known(*m.Call, &e)
		return e
	}
	e.Message, e.Hint = words.Sentence(fmt.Sprintf("`%s` was not called: the program had ended before", call.Function)), "First mend what ended the program."
	return e
}

// ending says how a call ended that did not return.
func (k *kind) ending(call record.Call, what string) string {
	switch call.Ended {
	case record.Raised, record.Unready:
		if n := len(call.Thrown); n > 0 {
			last := call.Thrown[0]
			text := strings.TrimSuffix(fmt.Sprintf("%s: %s", last.Type, last.Message), ": ")
			if last.Type == "SystemExit" {
				return what + " ended the program: SystemExit"
			}
			return fmt.Sprintf("%s raised %s", what, words.Shorten(text))
		}
		return what + " raised an exception"
	case record.Exited:
		return what + " ended the program with `sys.exit`"
	case record.Hung:
		text := fmt.Sprintf("%s had not come back after %.0f s, and was ended", what, float64(call.End-call.Begin)/1e6)
		if at := verdict.Standing(call.Stands); at != "" {
			text += "; then stood " + at
		}
		return text
	case record.Undefined:
		text := "there is no function " + what
		if near := spelling.Nearest(strings.Trim(what, "`"), strings.Fields(call.Message)); len(near) > 0 {
			text += "; did you mean " + near[0] + "?"
		}
		return text
	case record.Signature:
		return fmt.Sprintf("%s does not take the arguments: %s", what, call.Message)
	case record.Forged:
		return what + " was cut short: something answered in its place before it had returned"
	}
	for _, r := range k.Record.Runs {
		for _, c := range r.Calls {
			if c.Seed == call.Seed && c.ID == call.ID && c.Aim == call.Aim && c.Ended == record.Died && r.Whose == record.Learner {
				return what + " ended the whole program: " + verdict.Death(r.End)
			}
		}
	}
	return what + " ended the whole program"
}

// instead says what a call did where an exception should have reached the
// caller.
func (k *kind) instead(call *spec.Call) string {
	for _, m := range k.calls[call.ID] {
		if m.Aim != record.Raises {
			continue
		}
		switch {
		case m.Ended == record.Returned && m.Odd != "":
			return fmt.Sprintf("it returned a list with %s instead", m.Odd)
		case m.Ended == record.Returned:
			return fmt.Sprintf("it returned %s of %d results instead", words.Article(m.Type), m.Results)
		}
		if m.Ended == record.Raised && len(m.Thrown) > 0 {
			return fmt.Sprintf("it raised %s instead (%s)", m.Thrown[0].Type, words.Shorten(m.Thrown[0].Message))
		}
		return k.ending(*m.Call, "it")
	}
	return "it was not called: the program had ended before"
}
