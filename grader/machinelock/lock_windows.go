package machinelock

import (
	"errors"
	"os"

	"github.com/gofrs/flock"
)

// openFlags open a lock file.
const openFlags = os.O_RDONLY

// rename gives a locked file another name. An open one cannot be renamed, so that it
// is unlocked for a moment.
func rename(l *flock.Flock, name string) (*flock.Flock, error) {
	if err := errors.Join(l.Close(), os.Rename(l.Path(), name)); err != nil {
		return nil, err
	}
	return attempt(name, true)
}
