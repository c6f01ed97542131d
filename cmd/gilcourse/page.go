package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/page"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// pageFormat is the format of package page, beside those of package report: a file
// for one submission, a folder for many.
const pageFormat = "html"

// reportFormats are those of a report on one submission.
func reportFormats() []string { return append(report.Formats(), pageFormat) }

var openFlag = &cli.BoolFlag{Name: "open", Usage: "show the report as a page in your browser"}

// writePage writes a report in a format.
func writePage(w io.Writer, format string, p page.Page, o report.Options) error {
	if format == pageFormat {
		return page.Write(w, p)
	}
	return report.Write(w, format, p.Report, o)
}

// attemptsOf are those at the challenges of a report; none where nothing is kept.
func attemptsOf(c *cli.Context, rep report.Report) map[string][]progress.Attempt {
	folder, err := progress.Of(c.String("course"))
	if err != nil {
		return nil
	}
	all := map[string][]progress.Attempt{}
	for _, r := range rep.Challenges {
		all[r.ID] = folder.Attempts(r.ID)
	}
	return all
}

// openPage shows a report in the browser, where that was asked for: the page that
// was written, else one in the user's cache. Where there is no browser, it is said.
func openPage(c *cli.Context, p page.Page) error {
	if !c.Bool("open") {
		return nil
	}
	file := ""
	for _, o := range outputs(c) {
		if o.format == pageFormat {
			file = o.file
		}
	}
	if file == "" {
		var err error
		if file, err = ownPage(p); err != nil {
			return err
		}
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("find the page: %w", err)
	}
	err = sandbox.Browse(file)
	if errors.As(err, new(*sandbox.NoBrowser)) {
		fmt.Fprintf(c.App.ErrWriter, "gilcourse: %v: %s\n", err, safetext.Path(file))
		return nil
	}
	return err
}

// ownPage writes a page to the user's cache, in the place of the one before.
func ownPage(p page.Page) (file string, err error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a place for the page: %w", err)
	}
	dir = filepath.Join(dir, "gilcourse")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("write the page: %w", err)
	}
	file = filepath.Join(dir, "report.html")
	return file, writeFile(file, func(f *os.File) error { return page.Write(f, p) })
}

// cohortFormats are those of a report on many submissions.
func cohortFormats() []string { return append(report.CohortFormats(), pageFormat) }

// writesSite reports whether the pages of a command are a folder.
func writesSite(c *cli.Context) bool { return slices.Contains(formatsOf[c.Command.Name], pageFormat) }

// siteFolder is the folder that the pages of a cohort go to, empty for none.
func siteFolder(c *cli.Context) string {
	for _, o := range outputs(c) {
		if o.format == pageFormat {
			return o.file
		}
	}
	return ""
}

// pages are what is written of a cohort page by page: a site, and feedback for each
// learner. Both may be nil.
type pages struct {
	site     *page.Site
	feedback *feedback
}

// pagesOf makes the folders that were asked for, and has the grading write its pages.
func pagesOf(c *cli.Context, policy report.Policy, o *cohort.Options) (pages, error) {
	var p pages
	var err error
	if dir := siteFolder(c); dir != "" {
		if p.site, err = page.NewSite(dir, policy); err != nil {
			return p, err
		}
	}
	if dir := c.String("feedback"); dir != "" {
		p.feedback = newFeedback(dir, policy)
	}
	if p.site != nil || p.feedback != nil {
		o.Shows = p.add
	}
	return p, nil
}

// add writes the pages of one submission.
func (p pages) add(s cohort.Seen) error {
	var err error
	if p.site != nil {
		err = p.site.Add(s.Submission, s.Records, s.Source)
	}
	if p.feedback != nil {
		err = errors.Join(err, p.feedback.page(s))
	}
	return err
}

// finish writes what tells of all.
func (p pages) finish(whole report.Cohort) error {
	var err error
	if p.site != nil {
		err = p.site.Index(whole)
	}
	if p.feedback != nil {
		err = errors.Join(err, p.feedback.texts(whole.Submissions))
	}
	return err
}
