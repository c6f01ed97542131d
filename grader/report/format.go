package report

import (
	"io"

	"github.com/gilcourse/gilcourse/grader/format"
)

// Options say how text is written; other formats do without.
type Options = format.Options

var formats = format.Table[Report]{
	{Name: "text", Write: writeText},
	{Name: "json", Write: writeJSON},
	{Name: "junit", Write: writeJUnit},
	{Name: "github", Write: writeGitHub},
	{Name: "markdown", Write: writeMarkdown},
	{Name: "csv", Write: writeCSV},
	{Name: "gradescope", Write: writeGradescope},
	{Name: "classroom", Write: writeClassroom},
	{Name: "exercism", Write: writeExercism},
	{Name: "autolab", Write: writeAutolab},
	{Name: "prairielearn", Write: writePrairieLearn},
}

// cohortFormats are those of many submissions: of the others the consumer takes
// one at a time.
var cohortFormats = format.Table[Cohort]{
	{Name: "text", Write: writeCohortText},
	{Name: "json", Write: writeCohortJSON},
	{Name: "junit", Write: writeCohortJUnit},
	{Name: "github", Write: writeCohortGitHub},
	{Name: "markdown", Write: writeCohortMarkdown},
	{Name: "csv", Write: writeCohortCSV},
	{Name: "moodle", Write: writeMoodle},
	{Name: "canvas", Write: writeCanvas},
	{Name: "blackboard", Write: writeBlackboard},
}

// Formats names the formats that Write knows.
func Formats() []string { return formats.Names() }

// CohortFormats names the formats that WriteCohort knows.
func CohortFormats() []string { return cohortFormats.Names() }

// Write writes a report in a format. An unknown format is an error.
func Write(w io.Writer, name string, r Report, o Options) error {
	return formats.Write(w, name, r.counted().oneline(), o)
}

// WriteCohort writes a cohort in a format. One that is unknown, or for one
// submission at a time, is an error.
func WriteCohort(w io.Writer, name string, c Cohort, o Options) error {
	return cohortFormats.Write(w, name, c.counted().oneline(), o)
}
