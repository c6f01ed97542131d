// Package intake takes a submission in: a file, a folder, or an archive
// (.zip, .tar, .tar.gz), which strangers may have made. What cannot be taken
// in safely is refused as a whole, with one error that says what it is, where,
// and what to do; nothing is left behind then.
//
// Whoever hands a submission in does not choose what is read: a link is
// followed only to a file in the same folder. A folder that is named on the
// command line is followed where it is a link, since that is the caller's own.
package intake

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// MostSource bounds a deliverable, in bytes.
const MostSource = 1 << 20

// Refused says that a submission cannot be taken in: a matter of what was
// handed in, not of the grader.
type Refused struct {
	Where string // the file, folder or archive, as it was named
	Entry string // in the archive, empty for the whole
	What  string // is wrong
	Do    string // to mend it, empty where that is plain
	Err   error  // the cause, nil for none
}

func (e *Refused) Error() string {
	text := safetext.Name(e.Where) + ": "
	if e.Entry != "" {
		text += "the entry " + safetext.Name(e.Entry) + " "
	}
	text += e.What
	if e.Err != nil {
		text += ": " + safetext.Text(e.Err.Error())
	}
	if e.Do != "" {
		text += "; " + e.Do
	}
	return text
}

// Unwrap gives the cause, nil for none.
func (e *Refused) Unwrap() error { return e.Err }

// Submission is what was handed in. Close it when it has been checked.
type Submission struct {
	name     string // as the caller wrote it
	dir      string // to look in, empty for a single file
	file     string
	unpacked *sandbox.Scratch // nil for nothing
	around   *Submission      // in which it lay, nil for none
}

// Unpacked says that it was handed in as an archive: its files lie where nobody
// finds them again.
func (s *Submission) Unpacked() bool {
	return s.unpacked != nil && s.dir != "" || s.around != nil && s.around.Unpacked()
}

// Origin gives where a file that Find gave lies for the caller: empty where
// that is nowhere, since it was in an archive.
func (s *Submission) Origin(file string) string {
	switch {
	case s.Unpacked():
		return ""
	case s.dir == "":
		return s.name // which may have been set apart
	}
	return file
}

// Open takes in the file, folder or archive at a path. What is there decides,
// not its name. Where there is nothing the error is fs.ErrNotExist; every other
// error is a Refused, but for a temporary folder that cannot be written.
func Open(path string) (*Submission, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file or folder %s: %w", safetext.Name(path), fs.ErrNotExist)
	case err != nil:
		return nil, &Refused{Where: path, What: "cannot be read", Err: err}
	case info.IsDir():
		return &Submission{name: path, dir: path}, nil
	case !info.Mode().IsRegular():
		return nil, &Refused{Where: path, What: "is " + kindOf(info.Mode()) + ", neither a file nor a folder"}
	}
	format, err := sniff(path)
	if err != nil {
		return nil, err
	}
	if format == nil {
		if err := readable(path, path); err != nil {
			return nil, err
		}
		return &Submission{name: path, file: path}, nil
	}
	scratch, err := sandbox.NewScratch(nil)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", safetext.Name(path), err)
	}
	s := &Submission{name: path, unpacked: scratch}
	if err := unpack(path, scratch.Tmp, format); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.dir, err = inner(scratch.Tmp); err != nil {
		return nil, errors.Join(&Refused{Where: path, What: "cannot be read", Err: err}, s.Close())
	}
	return s, nil
}

// Close removes what was unpacked. Further calls do nothing.
func (s *Submission) Close() error {
	var err error
	if s.unpacked != nil {
		if err = s.unpacked.Close(); err != nil {
			err = fmt.Errorf("remove what was unpacked: %w", err)
		}
		s.unpacked = nil
	}
	if s.around != nil {
		err = errors.Join(err, s.around.Close())
		s.around = nil
	}
	return err
}

// readable says why a file cannot be a deliverable: nil where it can. Where
// it is a link, what it points at must lie in its folder.
func readable(file, named string) error {
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return &Refused{Where: named, What: "cannot be read", Err: err}
	}
	defer root.Close()
	base := filepath.Base(file)
	info, err := root.Stat(base)
	if err != nil {
		if link, lerr := root.Lstat(base); lerr == nil && link.Mode()&fs.ModeSymlink != 0 {
			return &Refused{Where: named, What: "is a link that leads out of its folder, or nowhere", Do: "hand in the file itself"}
		}
		return &Refused{Where: named, What: "cannot be read", Err: err}
	}
	if !info.Mode().IsRegular() {
		return &Refused{Where: named, What: "is " + kindOf(info.Mode()) + ", no file"}
	}
	if info.Size() > MostSource {
		return &Refused{Where: named, What: fmt.Sprintf("has %d bytes; a script has at most %d", info.Size(), MostSource)}
	}
	f, err := root.Open(base)
	if err != nil {
		return &Refused{Where: named, What: "cannot be read", Err: err}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MostSource))
	switch {
	case err != nil:
		return &Refused{Where: named, What: "cannot be read", Err: err}
	case notebook(text):
		return &Refused{Where: named, What: "is a Jupyter notebook, no script", Do: "save it as one: File > Save and Export Notebook As > Executable Script"}
	}
	return nil
}

// kindOf names what is no regular file.
func kindOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a folder"
	case m&fs.ModeSymlink != 0:
		return "a link"
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else than a file"
}
