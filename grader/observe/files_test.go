package observe

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
)

func TestFolderFiles(t *testing.T) {
	folder := fstest.MapFS{}
	for _, name := range []string{
		"workarounds.py", "primes.c", "native/inner/sieve.h", "pyproject.toml", "data/small.csv", // kept
		"primes.so", ".secret.py", ".git/config.py", "venv/pyvenv.cfg", "venv/lib/x.py", "env3/pyvenv.cfg", "env3/x.py",
		"__pycache__/workarounds.py", "build/primes.c", "photo.jpg", "a/b/c/d/e/deep.py", "node_modules/x/y.py",
	} {
		folder[name] = &fstest.MapFile{Data: []byte("x")}
	}
	names, err := folderFiles(folder, false)
	want := []string{"data/small.csv", "native/inner/sieve.h", "primes.c", "pyproject.toml", "workarounds.py"}
	if err != nil || !slices.Equal(names, want) {
		t.Errorf("%v, %v; want %v", names, err, want)
	}
	for i := range mostFiles + 1 {
		folder[fmt.Sprintf("more/%d.py", i)] = &fstest.MapFile{}
	}
	if _, err := folderFiles(folder, false); err == nil {
		t.Error("too many files were taken")
	}
}

// TestNoLinks leaves links alone, whatever they point at.
func TestNoLinks(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret.py"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"file.py": filepath.Join(outside, "secret.py"), "folder": outside, "loop": "loop", "gone.py": "nothing"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("no links here: ", err)
		}
	}
	if names, err := folderFiles(os.DirFS(dir), false); err != nil || len(names) > 0 {
		t.Errorf("%v, %v", names, err)
	}
}

func TestLineOf(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "inner")
	if err := errors.Join(os.Mkdir(inner, 0o755), os.WriteFile(filepath.Join(inner, "x.py"), []byte("a\n   b = 1\n"), 0o644),
		os.WriteFile(filepath.Join(dir, "secret"), []byte("SECRET\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[int]string{0: "", 1: "a", 2: "b = 1", 3: ""} {
		if got := lineOf(inner, "x.py", line); got != want {
			t.Errorf("line %d is %q, want %q", line, got, want)
		}
	}
	for _, name := range []string{"../secret", filepath.Join(dir, "secret"), ".", "none", ""} {
		if got := lineOf(inner, name, 1); got != "" {
			t.Errorf("%s: %q was read", name, got)
		}
	}
	if os.Symlink(filepath.Join(dir, "secret"), filepath.Join(inner, "link.py")) == nil {
		if got := lineOf(inner, "link.py", 1); got != "" {
			t.Errorf("through a link %q was read", got)
		}
	}
}
