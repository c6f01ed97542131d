//go:build unix

package machinelock

import (
	"errors"
	"os"
	"syscall"

	"github.com/gofrs/flock"
)

// openFlags open a lock file, and nothing that a link leads to; opening a named
// pipe waits for nobody.
const openFlags = os.O_RDONLY | syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// rename gives a locked file another name; it stays locked.
func rename(l *flock.Flock, name string) (*flock.Flock, error) {
	if err := os.Rename(l.Path(), name); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}
