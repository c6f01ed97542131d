package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// padInodes bounds the files in each private folder. It takes memory only as
// far as it is filled, and what is in it counts for no process.
const padInodes = 20_000

// padSize is how many bytes a private folder has room for.
func padSize(o *order) int64 { return pick(o.Limits.Written, DefaultWritten) }

// full names the private folder that has no room left, empty for none.
func full(o *order) string {
	if o.Plan.Space == shared {
		return ""
	}
	for _, path := range []string{"/tmp", "/dev/shm", o.Tmp} {
		var st unix.Statfs_t
		if unix.Statfs(path, &st) != nil || st.Type != unix.TMPFS_MAGIC {
			continue
		}
		switch {
		case st.Bavail*50 < st.Blocks:
			return fmt.Sprintf("limit of %s in %s reached", bytesize(padSize(o)), path)
		case st.Ffree*50 < st.Files:
			return fmt.Sprintf("limit of %d files in %s reached", padInodes, path)
		}
	}
	return ""
}

// tree is a piece of the old file system, taken out of it.
type tree struct {
	path     string // where it was, and where it goes
	fd       int
	file     bool
	device   bool
	writable bool
}

// newRoot is where the new file system is put together: any folder will do, since
// nothing is looked up in the old one by then.
const newRoot = "/usr"

// furnish gives this process, which has a mount namespace of its own, a file
// system that holds what the view shows, empty folders for temporary files,
// and the order's folder, which alone is writable and lasts.
func furnish(o *order, v *view) error {
	// Nothing that is mounted here may be seen outside.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return step("keep mounts private", err)
	}
	f, err := gather(o, v)
	if err != nil {
		return err
	}
	if err := layRoot(); err != nil {
		return err
	}
	if err := f.put(v, false); err != nil {
		return err
	}
	f.link()
	if err := f.layTemporary(o); err != nil {
		return err
	}
	if err := f.put(v, true); err != nil {
		return err
	}
	for _, p := range f.hidden {
		if err := cover(p, v); err != nil {
			return err
		}
	}
	if o.Plan.Space == private {
		if err := os.MkdirAll(newRoot+"/proc", 0o755); err != nil {
			return step("make /proc", err)
		}
		if err := unix.Mount("proc", newRoot+"/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
			return step("mount /proc", err)
		}
	}
	return enterRoot()
}

// furniture is what goes into the new file system.
type furniture struct {
	shown  []tree
	tmp    string   // the folder for temporary files
	hidden []string // folders, resolved
}

// gather takes all that is needed of the old file system, before something
// hides it.
func gather(o *order, v *view) (f furniture, err error) {
	var keep []string
	for _, p := range o.Keep {
		real, err := v.place(p)
		if err != nil {
			return f, step("find the working folder", err)
		}
		keep = append(keep, real)
	}
	if f.tmp, err = v.place(o.Tmp); err != nil {
		return f, step("find the folder for temporary files", err)
	}
	sources := append(v.binds, devices...)
	if o.Plan.Space != private { // no processes of its own: the system's
		sources = append(sources, "/proc")
	}
	for _, path := range sources {
		t, err := take(path, true)
		if err != nil {
			return f, err
		}
		f.shown = append(f.shown, t)
	}
	for _, path := range keep {
		t, err := take(path, false)
		if err != nil {
			return f, err
		}
		t.writable = true
		f.shown = append(f.shown, t)
		if o.Plan.UID != 0 {
			hand(path, o.Plan.UID)
		}
	}
	for _, p := range o.Hide {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			f.hidden = append(f.hidden, real)
		}
	}
	return f, nil
}

// layRoot mounts an empty file system at the root.
func layRoot() error {
	return step("mount a root", unix.Mount("tmpfs", newRoot, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=4m,nr_inodes=4096,mode=755"))
}

// put makes the view's links and shows the trees; late are those below a folder for
// temporary files, which go there once that is there itself.
func (f furniture) put(v *view, late bool) error {
	isLate := func(path string) bool { return within(path, "/tmp") || within(path, f.tmp) }
	for at, to := range v.links {
		if isLate(at) != late {
			continue
		}
		if err := os.MkdirAll(newRoot+filepath.Dir(at), 0o755); err != nil {
			return step("make "+filepath.Dir(at), err)
		}
		if err := os.Symlink(to, newRoot+at); err != nil {
			return step("link "+at, err)
		}
	}
	for _, t := range f.shown {
		if isLate(t.path) != late {
			continue
		}
		if err := t.put(); err != nil {
			return err
		}
	}
	return nil
}

// link makes the links that programs expect.
func (f furniture) link() {
	for at, to := range map[string]string{"/var/tmp": "/tmp", "/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0",
		"/dev/stdout": "/proc/self/fd/1", "/dev/stderr": "/proc/self/fd/2"} {
		if !within(f.tmp, at) {
			os.MkdirAll(newRoot+filepath.Dir(at), 0o755)
			os.Symlink(to, newRoot+at) // what is there already is good, too
		}
	}
}

// layTemporary makes the empty folders for temporary files.
func (f furniture) layTemporary(o *order) error {
	pads := []string{"/dev/shm", "/tmp"}
	if !within(f.tmp, "/tmp") {
		pads = append(pads, f.tmp)
	}
	for _, path := range pads {
		if err := scratchpad(path, padSize(o)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(newRoot+f.tmp, 0o755); err != nil {
		return step("make "+f.tmp, err)
	}
	if o.Plan.UID != 0 {
		if err := os.Lchown(newRoot+f.tmp, o.Plan.UID, o.Plan.UID); err != nil {
			return step("hand over "+f.tmp, err)
		}
	}
	return nil
}

// enterRoot makes the new file system the only one.
func enterRoot() error {
	if err := unix.MountSetattr(unix.AT_FDCWD, newRoot, 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}); err != nil {
		return step("make the root read-only", err)
	}
	if err := unix.Chdir(newRoot); err != nil {
		return step("enter the root", err)
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return step("change the root", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return step("let the old root go", err)
	}
	return step("enter the root", unix.Chdir("/"))
}

// step names the step of an error; nil for none.
func step(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// take takes a file or folder out of the file system, with what is mounted
// below it where it is whole.
func take(path string, whole bool) (tree, error) {
	flags := uint(unix.OPEN_TREE_CLONE | unix.OPEN_TREE_CLOEXEC | unix.AT_NO_AUTOMOUNT)
	if whole {
		flags |= unix.AT_RECURSIVE
	}
	fd, err := unix.OpenTree(unix.AT_FDCWD, path, flags)
	if err != nil {
		return tree{}, step("take "+path, err)
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return tree{}, step("look at "+path, err)
	}
	kind := st.Mode & unix.S_IFMT
	return tree{path: path, fd: fd, file: kind != unix.S_IFDIR, device: kind == unix.S_IFCHR}, nil
}

// put shows the tree in its place.
func (t tree) put() error {
	defer unix.Close(t.fd)
	attr := uint64(unix.MOUNT_ATTR_NOSUID)
	if !t.device {
		attr |= unix.MOUNT_ATTR_NODEV
	}
	if !t.writable {
		attr |= unix.MOUNT_ATTR_RDONLY // a device can be written to all the same
	}
	if err := unix.MountSetattr(t.fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: attr}); err != nil {
		return step("restrict "+t.path, err)
	}
	if err := t.point(newRoot + t.path); err != nil {
		return step("make "+t.path, err)
	}
	return step("show "+t.path, unix.MoveMount(t.fd, "", unix.AT_FDCWD, newRoot+t.path, unix.MOVE_MOUNT_F_EMPTY_PATH))
}

// point makes the place where a tree goes, if it is not there.
func (t tree) point(place string) error {
	if !t.file {
		return os.MkdirAll(place, 0o755)
	}
	if _, err := os.Lstat(place); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(place, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	return f.Close()
}

// scratchpad mounts an empty file system in memory that anybody may write to.
func scratchpad(path string, size int64) error {
	if err := os.MkdirAll(newRoot+path, 0o755); err != nil {
		return step("make "+path, err)
	}
	options := fmt.Sprintf("size=%d,nr_inodes=%d,mode=1777", size, padInodes)
	return step("mount "+path, unix.Mount("tmpfs", newRoot+path, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, options))
}

// cover hides a folder that lies below something that is shown, unless that
// would hide what the command needs.
func cover(path string, v *view) error {
	if !v.covers(path) {
		return nil // it is not shown
	}
	for _, b := range v.binds {
		if within(b, path) {
			return nil
		}
	}
	if info, err := os.Lstat(newRoot + path); err != nil || !info.IsDir() {
		return nil
	}
	return step("hide "+path, unix.Mount("tmpfs", newRoot+path, "tmpfs", unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, "size=4k,nr_inodes=2,mode=755"))
}

// place resolves a folder, and notes the links that lead to it.
func (v *view) place(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	if real != path {
		links := view{links: v.links}
		links.add(path)
		v.settle()
	}
	return real, nil
}

// hand gives a folder, and the files in it, to the user as whom the command
// runs. Files with several names are left alone: another name may be outside.
func hand(dir string, uid int) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return
	}
	defer root.Close()
	handFolder(root, ".", uid)
}

// mostHanded bounds how many files change hands.
const mostHanded = 20_000

func handFolder(root *os.Root, name string, uid int) {
	todo := []string{name}
	for n := 0; len(todo) > 0 && n < mostHanded; n++ {
		path := todo[0]
		todo = todo[1:]
		info, err := root.Lstat(path)
		if err != nil {
			continue
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok || !info.IsDir() && (!info.Mode().IsRegular() || st.Nlink != 1) {
			continue
		}
		if int(st.Uid) != uid {
			root.Lchown(path, uid, uid)
		}
		if !info.IsDir() {
			continue
		}
		f, err := root.Open(path)
		if err != nil {
			continue
		}
		names, _ := f.Readdirnames(mostHanded)
		f.Close()
		for _, n := range names {
			todo = append(todo, filepath.Join(path, n))
		}
	}
}
