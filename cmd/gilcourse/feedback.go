package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/lms"
	"github.com/gilcourse/gilcourse/grader/page"
	"github.com/gilcourse/gilcourse/grader/report"
)

var feedbackFlag = &cli.StringFlag{Name: "feedback", Usage: "write a text and a page of feedback for each learner below `DIR`, in folders as Moodle takes them back (zip them, then \"Upload multiple feedback files in a zip\")"}

// feedback is a folder of feedback, with a folder for each submission.
type feedback struct {
	dir    string
	policy report.Policy

	mu      sync.Mutex
	folders map[string]string // by the submission's path
	used    map[string]bool   // in lower case, as some systems compare them
}

func newFeedback(dir string, policy report.Policy) *feedback {
	return &feedback{dir: dir, policy: policy, folders: map[string]string{}, used: map[string]bool{}}
}

// folder makes the folder of a submission, where it is not there.
func (f *feedback) folder(s report.Submission) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name, known := f.folders[s.Path]
	if !known {
		name = feedbackFolder(s)
		for n := 2; f.used[strings.ToLower(name)]; n++ {
			name = fmt.Sprintf("%s (%d)", feedbackFolder(s), n)
		}
		f.folders[s.Path], f.used[strings.ToLower(name)] = name, true
	}
	dir := filepath.Join(f.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", usagef("write the feedback: %w", err)
	}
	return dir, nil
}

// page writes the page of a submission that was graded.
func (f *feedback) page(s cohort.Seen) error {
	dir, err := f.folder(s.Submission)
	if err != nil || s.Refused != "" || s.Err != "" {
		return err
	}
	p := page.Page{Report: s.Report, Records: s.Records, Source: s.Source, Learner: s.Learner}
	p.Report.Policy = f.policy
	return writeFile(filepath.Join(dir, "feedback.html"), func(file *os.File) error { return page.Write(file, p) })
}

// texts writes each learner's report as a text.
func (f *feedback) texts(submissions []report.Submission) error {
	for _, s := range submissions {
		dir, err := f.folder(s)
		if err != nil {
			return err
		}
		err = writeFile(filepath.Join(dir, "feedback.txt"), func(file *os.File) error {
			if text := s.Refused + s.Err; text != "" {
				_, err := fmt.Fprintf(file, "%s\n", text)
				return err
			}
			s.Report.Policy = f.policy
			return report.Write(file, "text", s.Report, report.Options{Legend: true})
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
