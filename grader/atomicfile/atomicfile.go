// Package atomicfile writes files whole or not at all, whatever happens meanwhile.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// NoPlace says that nothing can be written beside a file: its folder is not
// there, say, or somebody else's.
type NoPlace struct{ Err error }

func (e *NoPlace) Error() string { return e.Err.Error() }

// Unwrap gives the reason.
func (e *NoPlace) Unwrap() error { return e.Err }

// Write writes a file with these permissions, or leaves what was there. The
// content is written beside it, and then takes its name; write may call Sync
// where it has to outlast a crash of the machine. An error is a NoPlace, that of
// write, or the system's.
func Write(name string, mode fs.FileMode, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".gilcourse-*")
	if err != nil {
		return &NoPlace{err}
	}
	defer os.Remove(f.Name())
	if err := errors.Join(f.Chmod(mode), write(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
