package observe

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// What of a learner's folder is copied: enough for any module with C code.
const (
	mostFiles = 500
	mostBytes = 32 << 20
	deepest   = 4 // folders below each other
)

// Unreadable says that a submission cannot be taken in: a matter of what was
// handed in, not of the grader.
type Unreadable struct{ Err error }

func (e *Unreadable) Error() string { return "read the submission: " + e.Err.Error() }

// Unwrap gives the reason.
func (e *Unreadable) Unwrap() error { return e.Err }

// kept are the kinds of files that a module with C code may need.
var kept = []string{".py", ".pyi", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".inc", ".toml", ".cfg", ".txt", ".in", ".md", ".json", ".csv"}

// skipped are folders that hold no work of the learner's.
var skipped = []string{"__pycache__", "node_modules", "venv", "site-packages", "build", "dist"}

// folderFiles lists the files of a folder that a module may need, by their
// slash-separated names: source code and small data. It follows no links, and
// leaves out hidden files, virtual environments, what a compiler made, and what
// it may not read; where it is shallow, the folders below, too.
func folderFiles(folder fs.FS, shallow bool) ([]string, error) {
	var names []string
	var size int64
	err := fs.WalkDir(folder, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && p == ".":
			return err
		case err != nil && d != nil && d.IsDir():
			return fs.SkipDir // it may not be read, or is gone
		case err != nil:
			return nil
		}
		base := d.Name()
		if d.IsDir() {
			if p == "." {
				return nil
			}
			if shallow {
				return fs.SkipDir
			}
			_, venv := fs.Stat(folder, path.Join(p, "pyvenv.cfg"))
			if strings.HasPrefix(base, ".") || strings.HasPrefix(base, sandbox.ScratchPrefix) || venv == nil || strings.Count(p, "/") >= deepest || slices.Contains(skipped, base) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || strings.HasPrefix(base, ".") || !slices.Contains(kept, path.Ext(base)) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil // gone
		}
		size += info.Size()
		names = append(names, p)
		if len(names) > mostFiles || size > mostBytes {
			return fmt.Errorf("the folder has more than %d files or %d MiB; put your solution into a folder of its own", mostFiles, mostBytes>>20)
		}
		return nil
	})
	return names, err
}

// copyFiles copies regular files, by their slash-separated names.
func copyFiles(from fs.FS, names []string, to string) error {
	for _, name := range names {
		data, err := readFile(from, name)
		if err != nil {
			return err
		}
		file := filepath.Join(to, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// readFile reads a regular file, which may be no larger than all files of a
// submission together.
func readFile(from fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(from, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // reading a named pipe would never end
		return nil, fmt.Errorf("%s is no file", safetext.Name(name))
	case info.Size() > mostBytes:
		return nil, fmt.Errorf("%s has more than %d MiB", safetext.Name(name), mostBytes>>20)
	}
	return fs.ReadFile(from, name)
}

// lineOf gives a line of a file in a folder, trimmed; empty where there is
// none. The program that ran there may have put anything in the file's place,
// and may have named any file.
func lineOf(folder, name string, line int) string {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return ""
	}
	defer root.Close()
	data, err := readFile(root.FS(), name)
	if err != nil {
		return ""
	}
	n := 0
	for text := range strings.Lines(string(data)) {
		if n++; n == line {
			text = strings.TrimSpace(text)
			return strings.ToValidUTF8(text[:min(len(text), 120)], "")
		}
	}
	return ""
}

// MayNeed reports whether observing may need a file of a submission, by its
// slash-separated name and its size: it may be source code, or small data.
func MayNeed(name string, size int64) bool {
	return slices.Contains(kept, path.Ext(name)) && size <= 4<<20 && strings.Count(name, "/") <= deepest &&
		!slices.ContainsFunc(strings.Split(name, "/"), func(p string) bool { return slices.Contains(skipped, p) })
}
