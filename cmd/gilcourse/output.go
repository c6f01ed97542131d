package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
	"github.com/gilcourse/gilcourse/grader/author/calibration"
	"github.com/gilcourse/gilcourse/grader/author/errorrates"
	"github.com/gilcourse/gilcourse/grader/author/validation"
	"github.com/gilcourse/gilcourse/grader/page"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/spelling"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// outputFlags are on the commands that write a report.
var outputFlags = outputFlagsFor(reportFormats())

func outputFlagsFor(formats []string) []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "output", Aliases: []string{"o"}, DefaultText: "text",
			Usage: "write the report as `FORMAT`, or FORMAT=FILE, as often as you like: " + strings.Join(formats, ", ") + "; without a file to standard output"},
		&cli.StringFlag{Name: "output-file", Usage: "the `FILE` of the last format, where that names none"},
	}
}

// output is a format, and the file that it goes to: standard output where empty.
type output struct{ format, file string }

// outputs are those that were asked for, in order.
func outputs(c *cli.Context) []output {
	var all []output
	for _, value := range c.StringSlice("output") {
		for _, one := range strings.Split(value, ",") {
			format, file, _ := strings.Cut(one, "=")
			all = append(all, output{format, file})
		}
	}
	if len(all) == 0 {
		all = []output{{format: "text"}}
	}
	if last := &all[len(all)-1]; last.file == "" {
		last.file = c.String("output-file")
	}
	return all
}

// formatsOf are the formats of the commands that write no report of one
// submission.
var formatsOf = map[string][]string{"grade": cohortFormats(), "regrade": cohortFormats(), "measure": report.MeasuredFormats(), "validate": validation.Formats.Names(), "validate --under": errorrates.Formats.Names(),
	"calibrate": calibration.Formats.Names()}

// checkFormats refuses formats that the command does not have, and files that
// cannot be written.
func checkFormats(c *cli.Context) error {
	name := c.Command.Name
	if under := name + " --under"; c.IsSet("under") && formatsOf[under] != nil {
		name = under
	}
	known := formatsOf[name]
	if known == nil {
		known = reportFormats()
	}
	files := map[string]bool{}
	for _, o := range outputs(c) {
		switch {
		case slices.Contains(known, o.format):
		case slices.Contains(reportFormats(), o.format):
			return usagef("`gilcourse %s` has no format %q; it has %s", name, o.format, strings.Join(known, ", "))
		default:
			return usagef("there is no format %q; %s", o.format, spelling.Suggest(o.format, known))
		}
		folder := o.format == pageFormat && writesSite(c)
		if folder && o.file == "" {
			return usagef("the pages of a cohort are a folder: name it, -o %s=DIR", pageFormat)
		}
		if o.file == "" {
			continue
		}
		if name := filepath.Clean(o.file); files[name] {
			return usagef("two formats go to %s; give each a file of its own", o.file)
		} else {
			files[name] = true
		}
		if info, err := os.Stat(filepath.Dir(o.file)); err != nil {
			return usagef("write %s: %w", o.file, err)
		} else if !info.IsDir() {
			return usagef("write %s: %s is no folder", o.file, filepath.Dir(o.file))
		}
		if info, err := os.Stat(o.file); err == nil && info.IsDir() && !folder {
			return usagef("write %s: it is a folder", o.file)
		} else if err == nil && !info.IsDir() && folder {
			return usagef("write the pages to %s: it is no folder", o.file)
		}
	}
	if name := c.String("output-file"); name != "" && !files[filepath.Clean(name)] {
		return usagef("--output-file %s: the last format goes to a file already; `-o FORMAT=FILE` names one for each", name)
	}
	return nil
}

// writeReport writes the report in all formats, and gives its verdict as the
// error that becomes the exit code.
func writeReport(c *cli.Context, p page.Page) error {
	err := writeFormats(c, func(w io.Writer, format string, o report.Options) error {
		return writePage(w, format, p, forPerson(c, o, p.Report))
	})
	if err = errors.Join(err, openPage(c, p)); err != nil {
		return err
	}
	if v := p.Report.Counts(); v != verdict.Pass {
		return &verdictError{v}
	}
	return nil
}

// readByPerson reports whether a report goes to a terminal, as text.
func readByPerson(c *cli.Context) bool {
	return terminal(c.App.Writer).Width > 0 && slices.Contains(outputs(c), output{format: "text"})
}

// forPerson gives the options for a person who reads a report: on a terminal it is
// brief, and explains its words at the first time, unless all is wanted.
func forPerson(c *cli.Context, o report.Options, rep report.Report) report.Options {
	o.Legend = c.Bool("verbose")
	if o.Width > 0 && !c.Bool("verbose") {
		o.Brief = true
		if f, err := progress.Of(c.String("course")); err == nil && report.HasLegend(rep) {
			o.Legend = f.First("legend")
		}
	}
	return o
}

// writeFormats writes in each of the formats that were asked for, to its place;
// one that cannot be written does not stop the others.
func writeFormats(c *cli.Context, write func(w io.Writer, format string, o report.Options) error) error {
	var failed error
	for _, o := range outputs(c) {
		if o.format == pageFormat && writesSite(c) {
			continue // its folder is written page by page
		}
		var err error
		if o.file != "" {
			err = writeFile(o.file, func(f *os.File) error { return write(f, o.format, report.Options{}) })
		} else if err = write(c.App.Writer, o.format, terminal(c.App.Writer)); err != nil {
			err = fmt.Errorf("write the report: %w", err)
		}
		if summary := os.Getenv("GITHUB_STEP_SUMMARY"); err == nil && o.format == "github" && summary != "" {
			err = writeSummary(summary, func(w io.Writer) error { return write(w, "markdown", report.Options{}) })
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// mostSummary is how many bytes the summary of a GitHub step may have: GitHub
// drops a longer one as a whole.
const mostSummary = 1 << 20

// writeSummary appends to the summary of a GitHub step, as much as there is
// room for, in whole lines.
func writeSummary(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("write the step's summary: %w", err)
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write the step's summary: %w", err)
	}
	text, cut := b.Bytes(), []byte("\nThe rest has no room here; the log of this step shows it.\n")
	if info, err := f.Stat(); err == nil && info.Size()+int64(len(text)) > mostSummary {
		room := max(0, mostSummary-int(info.Size())-len(cut))
		text = append(text[:1+bytes.LastIndexByte(text[:min(room, len(text))], '\n')], cut...)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the step's summary: %w", err)
	}
	return nil
}

// writeFile writes a file whole or not at all; what is no file, such as a pipe
// or a device, as it comes.
func writeFile(name string, write func(*os.File) error) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return usagef("write %s: %w", name, err)
		}
		if err := errors.Join(write(f), f.Close()); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		return nil
	}
	err := atomicfile.Write(name, 0o644, write)
	if errors.As(err, new(*atomicfile.NoPlace)) {
		return usagef("write %s: %w", name, err)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
