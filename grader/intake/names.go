package intake

import (
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// names are those that an archive has used, by their spelling without case:
// on many disks two names that differ in case only are one.
type names map[string]used

type used struct {
	name   string
	folder bool
}

// accept gives the clean, slash-separated name under which an entry is
// written; empty for the top folder itself. An error is a Refused.
func (n names) accept(raw string, folder bool) (string, error) {
	no := func(what, do string) (string, error) { return "", &Refused{Entry: raw, What: what, Do: do} }
	const again = "pack your files again, from inside their folder"
	switch {
	case raw == "":
		return no("has no name", repack)
	case !utf8.ValidString(raw):
		return no("has a name in an unknown encoding", "give it a plain name and pack your files again")
	case strings.Contains(raw, `\`):
		return no("has a backslash in its name", "pack your files with another program: folders are separated by / in an archive")
	case strings.ContainsFunc(raw, unicode.IsControl):
		return no("has a control character in its name", "give it a plain name and pack your files again")
	case strings.HasPrefix(raw, "/"):
		return no("has an absolute path", again)
	}
	parts := strings.Split(strings.TrimSuffix(raw, "/"), "/")
	if slices.Contains(parts, "..") {
		return no("would be written outside of its folder", again)
	}
	name := path.Clean(strings.Join(parts, "/"))
	if name == "." && folder {
		return "", nil
	}
	parts = strings.Split(name, "/")
	switch {
	case name == "." || !filepath.IsLocal(filepath.FromSlash(name)) || runtime.GOOS == "windows" && strings.Contains(name, ":"):
		return no("has a name that no file can have here", "give it a plain name and pack your files again")
	case len(parts) > deepest:
		return no("lies too deep", again)
	case slices.ContainsFunc(parts, func(p string) bool { return len(p) > longestName }):
		return no("has too long a name", "give it a shorter name and pack your files again")
	}
	for i := range parts {
		one := used{strings.Join(parts[:i+1], "/"), i < len(parts)-1 || folder}
		key := strings.ToLower(strings.ToUpper(one.name))
		before, known := n[key]
		switch {
		case !known:
			n[key] = one
		case before.name != one.name:
			return no("has a name that differs from another one's in case only", "rename one of them and pack your files again")
		case before.folder != one.folder:
			return no("is both a file and a folder", repack)
		case !one.folder:
			return no("is there twice", repack)
		}
	}
	return name, nil
}

// litter are files and folders that a system or a tool makes, not a person.
func litter(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case "__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", "__pycache__", ".git", ".venv", "venv", "node_modules", ".idea", ".vscode":
			return true
		}
		if strings.HasPrefix(part, "._") {
			return true
		}
	}
	return false
}
