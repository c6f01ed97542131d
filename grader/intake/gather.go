package intake

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// Gather copies files into a folder of their own, each under a new name: the files
// of one learner that lie among others'. Files gives the paths by those names.
// Close the submission. An error is a Refused, but for a temporary folder that
// cannot be written.
func Gather(name string, files map[string]string) (*Submission, error) {
	scratch, err := sandbox.NewScratch(nil)
	if err != nil {
		return nil, fmt.Errorf("make a folder for %s: %w", name, err)
	}
	s := &Submission{name: name, unpacked: scratch, dir: scratch.Tmp}
	accepted, written := names{}, int64(0)
	for as, file := range files {
		as, err := accepted.accept(as, false)
		if err == nil {
			err = copyOne(file, filepath.Join(scratch.Tmp, filepath.Base(as)), &written)
		}
		if refused := (*Refused)(nil); errors.As(err, &refused) {
			refused.Where = name
		}
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// copyOne copies a regular file that is no link; written counts the bytes of all.
func copyOne(file, to string, written *int64) error {
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return &Refused{What: "cannot be read", Err: err}
	}
	defer root.Close()
	info, err := root.Lstat(filepath.Base(file))
	switch {
	case err != nil:
		return &Refused{What: "cannot be read", Err: err}
	case !info.Mode().IsRegular():
		return &Refused{What: "holds " + kindOf(info.Mode()), Do: "hand in the file itself"}
	}
	if *written += info.Size(); *written > mostUnpacked {
		return &Refused{What: fmt.Sprintf("holds more than %d MiB", mostUnpacked>>20)}
	}
	in, err := root.Open(filepath.Base(file))
	if err != nil {
		return &Refused{What: "cannot be read", Err: err}
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copy %s: %w", file, err)
	}
	_, err = io.Copy(out, io.LimitReader(in, info.Size()))
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("copy %s: %w", file, err)
	}
	return nil
}

// Enter opens what lies in a submission in its place: closing the new one closes
// both. After an error the old one is closed.
func (s *Submission) Enter(path string) (*Submission, error) {
	inside, err := Open(path)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	inside.around = s
	return inside, nil
}
