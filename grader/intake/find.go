package intake

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gilcourse/gilcourse/grader/safetext"
)

// Find gives the path of a deliverable: of this name in the submission's
// folder, or in the folder below it that is called like the challenge; in what
// was unpacked, also anywhere else, if only one file has the name. A single
// file that was handed in is the deliverable where it has that name, or any
// name will do. Empty where there is none; an error is a Refused.
func (s *Submission) Find(deliverable, challenge string, anyName bool) (string, error) {
	if s.dir == "" {
		if anyName || filepath.Base(s.file) == deliverable {
			return s.file, nil
		}
		return "", nil
	}
	for _, name := range []string{deliverable, filepath.Join(challenge, deliverable)} {
		file := filepath.Join(s.dir, name)
		info, err := os.Lstat(file)
		if err != nil || info.IsDir() {
			continue
		}
		if s.unpacked == nil {
			name = file
		}
		return file, readable(file, name)
	}
	if s.unpacked == nil {
		return "", nil
	}
	return s.anywhere(deliverable)
}

// anywhere looks for the only file of a name in what was unpacked.
func (s *Submission) anywhere(deliverable string) (string, error) {
	var found, names []string
	err := filepath.WalkDir(s.dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && d.Name() == deliverable {
			rel, _ := filepath.Rel(s.dir, p)
			found, names = append(found, p), append(names, safetext.Name(filepath.ToSlash(rel)))
		}
		return err
	})
	switch {
	case err != nil:
		return "", &Refused{Where: s.name, What: "cannot be searched", Err: err}
	case len(found) == 0:
		return "", nil
	case len(found) > 1:
		return "", &Refused{Where: s.name, What: "holds " + deliverable + " several times (" + strings.Join(names[:min(len(names), 4)], ", ") + ")", Do: "pack only one of them"}
	}
	return found[0], readable(found[0], names[0])
}

// inner gives the folder that holds an unpacked submission: people pack a
// folder as often as what is in it.
func inner(dir string) (string, error) {
	for {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return "", err
		}
		if len(entries) != 1 || !entries[0].IsDir() {
			return dir, nil
		}
		dir = filepath.Join(dir, entries[0].Name())
	}
}

// Folder is the folder that a submission's files lie in: of a single file that was
// set apart, its own.
func (s *Submission) Folder() string {
	if s.dir == "" {
		return filepath.Dir(s.file)
	}
	return s.dir
}
