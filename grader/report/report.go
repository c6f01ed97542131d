// Package report shows verdicts to people and programs. It never changes
// them: every format is a view of one Report.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Report is what a check gave: the judged challenges of a submission.
type Report struct {
	Title      string // of the workshop, empty for a single challenge
	Challenges []*verdict.Result
	// Missing are the challenges of a workshop that were not handed in.
	Missing []Missing
}

// Missing is a challenge whose deliverable was not found.
type Missing struct {
	ID, Deliverable string
	Looked          []string // folders, in the order of looking
	MaxScore        float64
}

// Verdict is that of the whole: the worst of its challenges. A part that was
// not handed in fails.
func (r Report) Verdict() verdict.Verdict {
	v := verdict.Verdict("")
	for _, c := range r.Challenges {
		v = verdict.Worse(v, c.Verdict)
	}
	if len(r.Missing) > 0 {
		v = verdict.Worse(v, verdict.Fail)
	}
	return v
}

// Score sums up the points, and the most that can be had.
func (r Report) Score() (score, most float64) {
	for _, c := range r.Challenges {
		score, most = score+c.Score, most+c.MaxScore
	}
	for _, m := range r.Missing {
		most += m.MaxScore
	}
	return score, most
}

// Options say how text is written; other formats do without.
type Options struct {
	Color bool
	Width int // columns, 80 where 0
}

// formats are the writers by name.
var formats = map[string]func(io.Writer, Report, Options) error{
	"text": writeText,
	"json": writeJSON,
}

// Formats names the formats that Write knows, in order.
func Formats() []string {
	names := make([]string, 0, len(formats))
	for name := range formats {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Write writes the report in a format. An unknown format is an error.
func Write(w io.Writer, format string, r Report, o Options) error {
	f, ok := formats[format]
	if !ok {
		return fmt.Errorf("unknown format %q; known are %s", format, strings.Join(Formats(), ", "))
	}
	return f(w, r, o)
}
