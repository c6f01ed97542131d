package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/lms"
	"github.com/gilcourse/gilcourse/grader/report"
)

var feedbackFlag = &cli.StringFlag{Name: "feedback", Usage: "write a text of feedback for each learner below `DIR`, in folders as Moodle takes them back (zip them, then \"Upload multiple feedback files in a zip\")"}

// writeFeedback writes each learner's report into a folder of their own.
func writeFeedback(dir string, c report.Cohort) error {
	used := map[string]bool{}
	for _, s := range c.Submissions {
		name := feedbackFolder(s)
		for n := 2; used[strings.ToLower(name)]; n++ {
			name = fmt.Sprintf("%s (%d)", feedbackFolder(s), n)
		}
		used[strings.ToLower(name)] = true
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			return usagef("write the feedback: %w", err)
		}
		err := writeFile(filepath.Join(dir, name, "feedback.txt"), func(f *os.File) error {
			if text := s.Refused + s.Err; text != "" {
				_, err := fmt.Fprintf(f, "%s\n", text)
				return err
			}
			s.Report.Policy = c.Policy
			return report.Write(f, "text", s.Report, report.Options{Legend: true})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// feedbackFolder is what Moodle calls the learner's folder, else the learner's name
// as a folder can be called anywhere.
func feedbackFolder(s report.Submission) string {
	name := s.Learner
	if s.Account.Platform == lms.Moodle {
		name = fmt.Sprintf("%s_%s_assignsubmission_file_", s.Account.Name, s.Account.ID)
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) || r == 0x7f {
			return '-'
		}
		return r
	}, name)
	if name = strings.Trim(name, " ."); name == "" {
		return "learner"
	}
	const most = 200 // bytes; file systems allow 255
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "")
	}
	return name
}
