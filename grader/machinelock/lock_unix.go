//go:build unix

package machinelock

import (
	"os"
	"syscall"
)

// openFlags open a lock file, and nothing that a link leads to; opening a named
// pipe waits for nobody.
const openFlags = os.O_RDONLY | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
