package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/guide"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// learner is a course, and where the learner was in it when it was opened.
type learner struct {
	course.Course
	done progress.Folder
	way  []guide.Stop
}

// openLearner opens the course at hand. Where there is no place to keep progress,
// nothing has been done.
func openLearner(c *cli.Context) (*learner, error) {
	co, err := openCourse(c)
	if err != nil {
		return nil, err
	}
	l := &learner{Course: co}
	l.done, _ = progress.Of(c.String("course"))
	l.way, err = guide.Way(l.Course, l.done)
	return l, err
}

// stop gives the stop of a challenge.
func (l *learner) stop(id string) *guide.Stop {
	i := slices.IndexFunc(l.way, func(s guide.Stop) bool { return s.Challenge.ID == id })
	return &l.way[i] // an id that the course gave is on the way
}

// last gives the stop at which the learner was last, of those that a name means,
// or of all where it is empty. Without an attempt it is an error that says what to
// do.
func (l *learner) last(name string) (*guide.Stop, error) {
	of := l.way
	if name != "" {
		ids, _, err := l.Resolve(name)
		if err != nil {
			return nil, err
		}
		of = slices.DeleteFunc(slices.Clone(l.way), func(s guide.Stop) bool { return !slices.Contains(ids, s.Challenge.ID) })
	}
	last := guide.Last(of)
	switch {
	case last != nil:
		return last, nil
	case name != "":
		return nil, usagef("there is no attempt at %s yet; `gilcourse check %s` makes one", name, name)
	}
	return nil, usagef("there is no attempt yet; `gilcourse next` shows what to begin with")
}

// judged gives the record of an attempt, and its result again.
func (l *learner) judged(a progress.Attempt) (*record.Record, *verdict.Result, error) {
	rec, err := l.done.Record(a)
	if err != nil {
		return nil, nil, usagef("%w; `gilcourse check %s` makes a new attempt", err, path.Base(a.Challenge))
	}
	result, err := judge.Judge(rec)
	if err != nil {
		return nil, nil, usagef("judge attempt %d at %s: %w", a.Number, a.Challenge, err)
	}
	return rec, result, nil
}

// there reports whether the file that a challenge asks for lies in a folder, or in
// the folder below it that is called like the challenge.
func there(dir string, ch *spec.Challenge) bool {
	for _, name := range []string{ch.Deliverable, filepath.Join(path.Base(ch.ID), ch.Deliverable)} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// mostIntro is about how many lines of a challenge's text are its first ones, at least.
const mostIntro = 6

// text gives the lines of a challenge's text for learners, without its title.
func (l *learner) text(id string) ([]string, error) {
	readme, err := l.Readme(id)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSpace(readme), "\n")
	if strings.HasPrefix(lines[0], "# ") {
		lines = lines[1:]
	}
	return lines[min(len(lines), 1):], nil
}

// intro gives its first lines: whole paragraphs.
func (l *learner) intro(id string) ([]string, error) {
	lines, err := l.text(id)
	for i, line := range lines {
		if line == "" && i >= mostIntro {
			lines = lines[:i]
			break
		}
	}
	return lines, err
}

// painter paints for a command's output.
func painter(c *cli.Context, attributes ...color.Attribute) func(...any) string {
	p := color.New(attributes...)
	if terminal(c.App.Writer).Color {
		p.EnableColor()
	} else {
		p.DisableColor()
	}
	return p.SprintFunc()
}

// lineOf shows a check's line in the learner's file, empty for none.
func lineOf(k *verdict.Check) string {
	if k.Location == nil {
		return ""
	}
	return strings.TrimRight(fmt.Sprintf("%s:%d  %s", safetext.Name(k.Location.File), k.Location.Line, safetext.Line(k.Location.Text)), " ")
}
