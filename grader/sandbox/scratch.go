package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/gilcourse/gilcourse/grader/safetext"
)

const (
	// ScratchPrefix begins the names of the folders that runs work in.
	ScratchPrefix = "gilcourse-"
	// scratchLock is the file in such a folder that its owner holds a lock on
	// for as long as it lives.
	scratchLock = ".gilcourse-owner"
)

// Scratch is what a check works in: a folder of its own, and one for the
// temporary files of what it runs. Whatever ends the grader, the next one
// clears them away.
type Scratch struct {
	Dir string
	Tmp string // of what is run

	locks []*os.File
}

// NewScratch makes the folders for runs with these layers, nil for none. It
// first clears away those of graders that have ended without doing so.
func NewScratch(l *Layers) (*Scratch, error) {
	temp := os.TempDir()
	parents := []string{temp}
	home := cacheFolder()
	if home != "" {
		parents = append(parents, home)
	}
	for _, p := range parents {
		clearScratch(p)
	}
	s := &Scratch{}
	// Where the run shares the system's temporary folder but not the user's
	// home, what is not for the run is kept in the home.
	apart := l != nil && l.plan.Space == shared && l.plan.Landlock > 0 && home != ""
	parent := temp
	if apart {
		parent = home
	}
	var err error
	if s.Dir, err = s.folder(parent); err != nil {
		s.Close()
		return nil, err
	}
	if apart {
		s.Tmp, err = s.folder(temp)
	} else {
		s.Tmp = filepath.Join(s.Dir, "tmp")
		err = os.Mkdir(s.Tmp, 0o700)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("make a folder for temporary files: %w", err)
	}
	return s, nil
}

// cacheFolder is a folder for this program below the user's home, empty where
// there is no home.
func cacheFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	if info, err := os.Stat(home); err != nil || !info.IsDir() {
		return ""
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	dir := filepath.Join(cache, "gilcourse")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	return dir
}

// NoTemp says that nothing can be written where temporary files belong.
type NoTemp struct {
	Dir string
	Err error
}

func (e *NoTemp) Error() string {
	why := "no folder can be made in it"
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		why = "it is not there"
	case errors.Is(e.Err, syscall.ENOSPC), errors.Is(e.Err, syscall.Errno(122)): // EDQUOT of Linux
		why = "it is full"
	case errors.Is(e.Err, fs.ErrPermission):
		why = "you may not write to it"
	}
	if named := os.Getenv("TMPDIR"); named == "" || filepath.Clean(named) != filepath.Clean(e.Dir) {
		return fmt.Sprintf("temporary files belong in %s, but %s (%v); make room there, or name another folder in TMPDIR", safetext.Name(e.Dir), why, reason(e.Err))
	}
	return fmt.Sprintf("TMPDIR names %s, but %s (%v); unset TMPDIR, or name a folder there that you may write to and that has room", safetext.Name(e.Dir), why, reason(e.Err))
}

// Unwrap gives the system's error.
func (e *NoTemp) Unwrap() error { return e.Err }

// reason is the system's error without what was tried.
func reason(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

// room is how many bytes a folder for temporary files must take.
const room = 1 << 20

// Temp says whether temporary files can be written: an error is a NoTemp.
func Temp() error {
	parent := os.TempDir()
	dir, err := os.MkdirTemp(parent, ScratchPrefix)
	if err != nil {
		return &NoTemp{parent, err}
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "room"), make([]byte, room), 0o600); err != nil {
		return &NoTemp{parent, err}
	}
	return nil
}

// folder makes a locked folder. The lock is there before its name is, so that
// nobody finds it open.
func (s *Scratch) folder(parent string) (string, error) {
	dir, err := os.MkdirTemp(parent, ScratchPrefix)
	if err != nil {
		return "", &NoTemp{parent, err}
	}
	f, err := os.CreateTemp(dir, "lock-")
	if err == nil {
		s.locks = append(s.locks, f)
		if err = lock(f); err == nil {
			err = os.Rename(f.Name(), filepath.Join(dir, scratchLock))
		}
		if errors.Is(err, errors.ErrUnsupported) { // then nobody may clear it away
			err = os.Remove(f.Name())
		}
	}
	if err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("lock a working folder: %w", err)
	}
	return dir, nil
}

// Close removes the folders.
func (s *Scratch) Close() error {
	var errs []error
	for _, dir := range []string{s.Tmp, s.Dir} {
		if dir != "" {
			errs = append(errs, removeTree(dir))
		}
	}
	for _, f := range s.locks {
		f.Close()
	}
	return errors.Join(errs...)
}

// clearScratch removes the folders in parent whose owner is gone: those that
// are this user's, carry the mark, and that nobody holds a lock on.
func clearScratch(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), ScratchPrefix) {
			continue
		}
		dir := filepath.Join(parent, e.Name())
		if info, err := os.Lstat(dir); err != nil || !own(info) {
			continue
		}
		f, err := openLock(filepath.Join(dir, scratchLock))
		if err != nil {
			continue
		}
		if lock(f) == nil {
			removeTree(dir)
		}
		f.Close()
	}
}

// removeTree removes a folder, also one in which a program has taken rights
// away from its owner.
func removeTree(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			root.Chmod(name, 0o700)
		}
		if err != nil { // it can be read now
			entries, _ := fs.ReadDir(root.FS(), name)
			for _, e := range entries {
				if e.IsDir() {
					root.Chmod(filepath.Join(name, e.Name()), 0o700)
				}
			}
		}
		return nil
	})
	root.Close()
	return os.RemoveAll(dir)
}
