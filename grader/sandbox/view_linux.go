package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// systemPaths are the folders that programs and libraries lie in.
var systemPaths = []string{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt",
	"/nix/store", "/run/current-system/sw", "/gnu/store", "/home/linuxbrew/.linuxbrew",
	"/sys/devices/system"}

// systemFiles are what of /etc programs read that are no service.
var systemFiles = []string{"ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld.so.preload", "alternatives", "passwd", "group", "nsswitch.conf",
	"host.conf", "hosts", "hostname", "resolv.conf", "gai.conf", "protocols", "services", "localtime", "timezone", "locale.alias", "locale.conf",
	"mime.types", "mime", "ssl", "pki", "ca-certificates", "python3", "python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14",
	"os-release", "debian_version", "magic", "inputrc", "terminfo", "OpenCL", "nvidia"}

// devices are the harmless ones.
var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// view is what a command sees of the file system: existing folders and files,
// read-only, and the symbolic links that lead to them.
type view struct {
	binds []string          // real paths, sorted, none below another
	links map[string]string // where a link stands -> what it says
}

// newView collects what a command needs to run in this box.
func newView(o *order) *view {
	v := &view{links: map[string]string{}}
	for _, p := range systemPaths {
		v.add(p)
	}
	for _, name := range systemFiles {
		v.add("/etc/" + name)
	}
	for _, p := range o.Read {
		if !tooWide(p, o) {
			v.add(p)
		}
	}
	if len(o.Args) > 0 {
		v.addProgram(o.Args[0], o)
	}
	v.settle()
	return v
}

// tooWide says that a path holds what must not be seen: the user's home as a
// whole, or the folders that the run works in.
func tooWide(path string, o *order) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return true
	}
	for _, p := range append([]string{o.Home, o.Tmp}, o.Keep...) {
		if p == "" {
			continue
		}
		if r, err := filepath.EvalSymlinks(p); err == nil {
			p = r
		}
		if within(p, real) {
			return true
		}
	}
	return false
}

// addProgram adds a program with what is installed beside it: PREFIX for
// PREFIX/bin/program.
func (v *view) addProgram(program string, o *order) {
	v.add(program)
	real, err := filepath.EvalSymlinks(program)
	if err != nil {
		return
	}
	if dir := filepath.Dir(real); filepath.Base(dir) == "bin" && !tooWide(filepath.Dir(dir), o) {
		v.add(filepath.Dir(dir))
	}
}

// add adds a path, with the links on the way to it.
func (v *view) add(path string) { v.walk(filepath.Clean(path), 0) }

// mostLinks is how many links may follow each other, as in the kernel.
const mostLinks = 40

func (v *view) walk(path string, depth int) {
	if !filepath.IsAbs(path) || depth > mostLinks {
		return
	}
	at := "/"
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i, part := range parts {
		if part == "" {
			break
		}
		at = filepath.Join(at, part)
		info, err := os.Lstat(at)
		if err != nil {
			return
		}
		if info.Mode()&os.ModeSymlink == 0 {
			continue
		}
		to, err := os.Readlink(at)
		if err != nil {
			return
		}
		v.links[at] = to
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(at), to)
		}
		v.walk(filepath.Join(append([]string{to}, parts[i+1:]...)...), depth+1)
		return
	}
	if at != "/" {
		v.binds = append(v.binds, at)
	}
}

// settle leaves out what lies below something else.
func (v *view) settle() {
	slices.Sort(v.binds)
	binds := v.binds
	v.binds = nil
	for _, b := range binds {
		if !v.covers(b) {
			v.binds = append(v.binds, b)
		}
	}
	for at := range v.links {
		if v.covers(at) {
			delete(v.links, at)
		}
	}
}

// covers says whether a path lies in one of the folders.
func (v *view) covers(path string) bool {
	return slices.ContainsFunc(v.binds, func(b string) bool { return within(path, b) })
}

// within says whether a clean path is dir or below it.
func within(path, dir string) bool {
	return path == dir || dir == "/" || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}
