package sandbox

import (
	"fmt"
	"os"
	"unsafe"

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

// rulesetAttr is struct landlock_ruleset_attr of ABI 6; older kernels take
// what follows it as long as it is zero.
type rulesetAttr struct {
	fs, net, scoped uint64
}

// ruleset is a Landlock ruleset under construction.
type ruleset struct {
	fd      int
	handled uint64
}

func newRuleset(abi int) (*ruleset, error) {
	attr := rulesetAttr{fs: lockRead | lockWrite | lockDevices}
	size := unsafe.Sizeof(attr.fs)
	if abi >= 2 {
		attr.fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if abi >= 3 {
		attr.fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if abi >= landlockScopes {
		attr.scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
		size = unsafe.Sizeof(attr)
	}
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if errno != 0 {
		return nil, fmt.Errorf("make a Landlock ruleset: %w", errno)
	}
	return &ruleset{int(fd), attr.fs}, nil
}

// allow grants rights to a path and what lies below it. A path that is not
// there is left out.
func (r *ruleset) allow(path string, rights uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	rights &= r.handled
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		rights &= lockFile
	}
	attr := struct { // struct landlock_path_beneath_attr is packed: the end of this one is not read
		rights uint64
		fd     int32
	}{rights, int32(fd)}
	const pathBeneath = 1 // LANDLOCK_RULE_PATH_BENEATH
	if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(r.fd), pathBeneath, uintptr(unsafe.Pointer(&attr)), 0, 0, 0); errno != 0 {
		return fmt.Errorf("allow %s: %w", path, errno)
	}
	return nil
}

// landlock prepares the rules for a command: what the view shows may be read,
// its own folders written.
func landlock(o *order, v *view) (*ruleset, error) {
	r, err := newRuleset(o.Plan.Landlock)
	if err != nil {
		return nil, err
	}
	const all = lockRead | lockWrite | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	rules := map[string]uint64{"/": lockRead, "/dev/null": lockRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE}
	if o.Plan.Space == shared { // nothing else hides the rest
		delete(rules, "/")
		for _, p := range append(v.binds, "/proc") {
			rules[p] = lockRead
		}
		for _, p := range devices {
			rules[p] |= lockRead
		}
	}
	for _, p := range []string{"/dev/zero", "/dev/full"} {
		rules[p] |= lockRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE
	}
	// Where they are everybody's, programs expect them all the same.
	for _, p := range append(o.Keep, o.Tmp, "/tmp", "/var/tmp", "/dev/shm") {
		if p != "" {
			rules[p] = all
		}
	}
	for p, rights := range rules {
		if err := r.allow(p, rights); err != nil {
			unix.Close(r.fd)
			return nil, err
		}
	}
	return r, nil
}

// enforce restricts this thread, which needs no_new_privs.
func (r *ruleset) enforce() error {
	defer unix.Close(r.fd)
	if _, _, errno := unix.RawSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(r.fd), 0, 0); errno != 0 {
		return os.NewSyscallError("landlock_restrict_self", errno)
	}
	return nil
}
