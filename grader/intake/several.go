package intake

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// File says that a single file was handed in, no folder and no archive.
func (s *Submission) File() bool { return s.file != "" }

// Entries gives the paths of what lies in the submission's folder, by name:
// without hidden files and what a system or a tool makes. None for a single
// file. An error is a Refused.
func (s *Submission) Entries() ([]string, error) {
	if s.dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, &Refused{Where: s.name, What: "cannot be read", Err: err}
	}
	var paths []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !litter(e.Name()) {
			paths = append(paths, filepath.Join(s.dir, e.Name()))
		}
	}
	return paths, nil
}

// Apart copies a single file into a folder of its own, so that what lies
// beside it, such as another one's submission, does not belong to it. It does
// nothing for a folder or an archive.
func (s *Submission) Apart() error {
	if s.file == "" || s.unpacked != nil {
		return nil
	}
	if err := readable(s.file, s.name); err != nil {
		return err
	}
	root, err := os.OpenRoot(filepath.Dir(s.file))
	if err != nil {
		return &Refused{Where: s.name, What: "cannot be read", Err: err}
	}
	defer root.Close()
	f, err := root.Open(filepath.Base(s.file))
	if err != nil {
		return &Refused{Where: s.name, What: "cannot be read", Err: err}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MostSource+1))
	if err != nil {
		return &Refused{Where: s.name, What: "cannot be read", Err: err}
	}
	scratch, err := sandbox.NewScratch(nil)
	if err != nil {
		return fmt.Errorf("make a folder for %s: %w", s.name, err)
	}
	s.unpacked, s.file = scratch, filepath.Join(scratch.Tmp, filepath.Base(s.file))
	if err := os.WriteFile(s.file, data, 0o600); err != nil {
		return fmt.Errorf("copy %s: %w", s.name, err)
	}
	return nil
}
