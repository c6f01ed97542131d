package sandbox

import (
	"fmt"
	"os"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// Landlock lets a process give up rights for itself and all that it starts
// (landlock(7)): here all access to files but to those of the view, and
// signals and abstract sockets to others.

// landlockABI is the version that the kernel offers, 0 for none.
func landlockABI() int {
	v, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(v)
}

// landlockScopes is the first ABI that can keep signals in.
const landlockScopes = 6

const (
	lockRead  = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	lockWrite = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE |
		unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK |
		unix.LANDLOCK_ACCESS_FS_MAKE_FIFO | unix.LANDLOCK_ACCESS_FS_MAKE_SYM
	lockDevices = unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK // granted nowhere
	// lockFile are the rights that there are to a file.
	lockFile = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
)

// ruleset is a Landlock ruleset that waits to be enforced.
type ruleset struct {
	fd    int
	flags uint32
}

// handled are the rights that are taken away, but where they are granted, and
// the ways to other processes that are closed, as far as a version knows them.
func handled(abi int) landlock.Config {
	c := landlock.Config{HandledAccessFS: lockRead | lockWrite | lockDevices}
	if abi >= 2 {
		c.HandledAccessFS |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if abi >= 3 {
		c.HandledAccessFS |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if abi >= landlockScopes {
		c.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	}
	return c
}

// granted are the rights to paths and what lies below them: what the view shows
// may be read, the order's own folders written.
func granted(o *order, v *view) map[string]landlock.AccessFSSet {
	const all = lockRead | lockWrite | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	rights := map[string]landlock.AccessFSSet{"/": lockRead, "/dev/null": lockRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE}
	if o.Plan.Space == shared { // nothing else hides the rest
		delete(rights, "/")
		for _, p := range append(v.binds, "/proc") {
			rights[p] = lockRead
		}
		for _, p := range devices {
			rights[p] |= lockRead
		}
	}
	for _, p := range []string{"/dev/zero", "/dev/full"} {
		rights[p] |= lockRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE
	}
	// Where they are everybody's, programs expect them all the same.
	for _, p := range append(o.Keep, o.Tmp, "/tmp", "/var/tmp", "/dev/shm") {
		if p != "" {
			rights[p] = all
		}
	}
	return rights
}

// newRuleset prepares the rules for a command. A path that is not there, or
// cannot be looked at, is left out.
func newRuleset(o *order, v *view) (*ruleset, error) {
	config := handled(o.Plan.Landlock)
	var rules []landlock.Rule
	for path, rights := range granted(o, v) {
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		if !info.IsDir() {
			rights &= lockFile
		}
		rules = append(rules, landlock.PathAccess(rights&config.HandledAccessFS, path).IgnoreIfMissing())
	}
	fd, flags, err := config.NewRulesetFD(rules...)
	if err != nil {
		return nil, fmt.Errorf("make a Landlock ruleset: %w", err)
	}
	return &ruleset{fd, flags}, nil
}

// enforce restricts this thread alone, which needs no_new_privs.
func (r *ruleset) enforce() error {
	defer unix.Close(r.fd)
	if _, _, errno := unix.RawSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(r.fd), uintptr(r.flags), 0); errno != 0 {
		return os.NewSyscallError("landlock_restrict_self", errno)
	}
	return nil
}
