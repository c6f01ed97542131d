package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// outputFlags are on the commands that write a report.
var outputFlags = []cli.Flag{
	&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "text", Usage: "write the report as `FORMATS`: " + strings.Join(report.Formats(), ", ") + ", separated by commas"},
	&cli.StringFlag{Name: "output-file", Usage: "write the report to `FILE`; of several formats, the last"},
}

func checkFormats(c *cli.Context) error {
	for _, f := range strings.Split(c.String("output"), ",") {
		if !slices.Contains(report.Formats(), f) {
			return usagef("there is no format %q; %s", f, spec.Suggest(f, report.Formats()))
		}
	}
	return nil
}

// writeReport writes the report in all formats, and gives its verdict as the
// error that becomes the exit code.
func writeReport(c *cli.Context, rep report.Report) error {
	err := writeFormats(c, func(w io.Writer, format string, o report.Options) error { return report.Write(w, format, rep, o) })
	if err != nil {
		return err
	}
	if v := rep.Verdict(); v != verdict.Pass {
		return &verdictError{v}
	}
	return nil
}

// writeFormats writes in each of the formats that were asked for, the last one
// to the file where one was named.
func writeFormats(c *cli.Context, write func(w io.Writer, format string, o report.Options) error) error {
	formats := strings.Split(c.String("output"), ",")
	file := c.String("output-file")
	for i, format := range formats {
		if file != "" && i == len(formats)-1 {
			if err := writeFile(file, func(f *os.File) error { return write(f, format, report.Options{}) }); err != nil {
				return err
			}
			continue
		}
		if err := write(c.App.Writer, format, terminal(c.App.Writer)); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	return nil
}

// writeFile writes a file whole or not at all.
func writeFile(name string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".gilcourse-*")
	if err != nil {
		return usagef("write %s: %w", name, err)
	}
	defer os.Remove(f.Name())
	err = errors.Join(f.Chmod(0o644), write(f), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
