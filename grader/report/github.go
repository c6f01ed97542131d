package report

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"fmt"
	"io"
	"strings"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// mostAnnotations is how many a step shows; GitHub drops what comes after.
const mostAnnotations = 10

// resume draws the word that makes GitHub obey commands again. A learner must
// not guess it.
var resume = func() string { return rand.Text() }

// writeGitHub writes for the log of a GitHub Actions step: the report as text,
// in a group in which no command is obeyed, then an annotation for each check
// that did not pass. What is not judged has none: it waits for one of them.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
func writeGitHub(w io.Writer, r Report, _ Options) error {
	var all []annotation
	files := map[string]string{} // that a reader finds, by challenge
	for _, c := range r.Challenges {
		if _, known := r.Folders[c.ID]; known {
			files[c.ID] = r.place(c.ID, c.File)
		}
	}
	for _, i := range r.items() {
		if i.Verdict != verdict.Pass && i.Verdict != verdict.NotJudged {
			title := fmt.Sprintf("%s (%s of %s points)", r.name(i), figure(i.Points), figure(i.MaxPoints))
			all = append(all, annotation{i.Counts, cmp.Or(i.Path, files[i.Challenge]), i.Line, title, i.story()})
		}
	}
	return github(w, r.title()+": "+r.outcome(), all, func(w io.Writer) error { return writeText(w, r, Options{Width: 100}) })
}

// writeCohortGitHub annotates each submission that did not pass, at the first
// line that explains it.
func writeCohortGitHub(w io.Writer, c Cohort, _ Options) error {
	var all []annotation
	for _, s := range c.Submissions {
		if s.Verdict() == verdict.Pass {
			continue
		}
		one := annotation{verdict: c.Policy.counts(s.Verdict()), title: safetext.Name(s.Learner) + ": " + string(s.Verdict()), message: safetext.Text(s.Reason())}
		if s.Shown != "" {
			one.file = safetext.Path(s.Shown)
			one.locate(s.Report)
		}
		all = append(all, one)
	}
	return github(w, c.Challenge+": "+c.Summary(), all, func(w io.Writer) error { return writeCohortText(w, c, Options{Width: 100}) })
}

// annotation is a message that GitHub shows at a line of a file.
type annotation struct {
	verdict        verdict.Verdict // what it counts as: a warning where that is no fail and no error
	file           string          // empty for none
	line           int             // from 1, 0 for none
	title, message string
}

// locate moves an annotation to the first line of a report that explains what
// did not pass, and tells that, or else to the first file that did not.
func (a *annotation) locate(r Report) {
	for _, c := range r.Challenges {
		if c.Verdict != verdict.Pass {
			a.file = r.place(c.ID, c.File)
			break
		}
	}
	for _, i := range r.items() {
		if i.Verdict != verdict.Pass && i.Line > 0 {
			a.file, a.line, a.message = i.Path, i.Line, a.message+"\n"+i.story()
			return
		}
	}
}

func (a annotation) warns() bool {
	return a.verdict == verdict.Inconclusive || a.verdict == verdict.Pass
}

// github writes a log: the text in a group under a heading, and as many of the
// annotations as are shown, those of inconclusive checks last.
func github(w io.Writer, heading string, all []annotation, text func(io.Writer) error) error {
	var b bytes.Buffer
	word := resume()
	fmt.Fprintf(&b, "::group::%s\n::stop-commands::%s\n", escape(heading), word)
	if err := text(&b); err != nil {
		return err
	}
	fmt.Fprintf(&b, "::%s::\n::endgroup::\n", word)
	var errors, warnings []annotation
	for _, a := range all {
		if a.warns() {
			warnings = append(warnings, a)
		} else {
			errors = append(errors, a)
		}
	}
	all = append(errors, warnings...)
	more := 0
	if len(all) > mostAnnotations {
		more = len(all) - (mostAnnotations - 1)
		all = all[:mostAnnotations-1]
	}
	for _, a := range all {
		command := "error"
		if a.warns() {
			command = "warning"
		}
		var properties []string
		if a.file != "" {
			properties = append(properties, "file="+escapeProperty(a.file))
		}
		if a.line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", a.line))
		}
		properties = append(properties, "title="+escapeProperty(a.title))
		fmt.Fprintf(&b, "::%s %s::%s\n", command, strings.Join(properties, ","), escape(a.message))
	}
	if more > 0 {
		fmt.Fprintf(&b, "::notice title=gilcourse::%d more did not pass; the log of this step shows them\n", more)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// escape writes a command's message; the runner turns it back.
func escape(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// escapeProperty writes a value of a command's property.
func escapeProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(escape(s))
}
