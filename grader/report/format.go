package report

import (
	"fmt"
	"io"
	"strings"
)

// Options say how text is written; other formats do without.
type Options struct {
	Color bool
	Width int // columns, 80 where 0
}

// format is a way of writing what was found.
type format struct {
	name   string
	report func(io.Writer, Report, Options) error
	// cohort is nil where the consumer takes one submission at a time.
	cohort func(io.Writer, Cohort, Options) error
}

// formats are in the order in which a person is told of them.
var formats = []format{
	{"text", writeText, writeCohortText},
	{"json", writeJSON, writeCohortJSON},
	{"junit", writeJUnit, writeCohortJUnit},
	{"github", writeGitHub, writeCohortGitHub},
	{"markdown", writeMarkdown, writeCohortMarkdown},
	{"csv", writeCSV, writeCohortCSV},
	{"gradescope", writeGradescope, nil},
	{"classroom", writeClassroom, nil},
	{"exercism", writeExercism, nil},
	{"autolab", writeAutolab, nil},
	{"prairielearn", writePrairieLearn, nil},
}

// Formats names the formats that Write knows.
func Formats() []string { return formatNames(func(format) bool { return true }) }

// CohortFormats names the formats that WriteCohort knows.
func CohortFormats() []string { return formatNames(func(f format) bool { return f.cohort != nil }) }

// Write writes a report in a format. An unknown format is an error.
func Write(w io.Writer, name string, r Report, o Options) error {
	for _, f := range formats {
		if f.name == name {
			return f.report(w, r.counted().oneline(), o)
		}
	}
	return fmt.Errorf("unknown format %q; known are %s", name, strings.Join(Formats(), ", "))
}

// WriteCohort writes a cohort in a format. One that is unknown, or for one
// submission at a time, is an error.
func WriteCohort(w io.Writer, name string, c Cohort, o Options) error {
	for _, f := range formats {
		if f.name == name && f.cohort != nil {
			return f.cohort(w, c.counted().oneline(), o)
		}
	}
	return fmt.Errorf("many submissions have no format %q; known are %s", name, strings.Join(CohortFormats(), ", "))
}

func formatNames(which func(format) bool) []string {
	var names []string
	for _, f := range formats {
		if which(f) {
			names = append(names, f.name)
		}
	}
	return names
}
