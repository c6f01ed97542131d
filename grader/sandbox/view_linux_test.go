package sandbox

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestViewFollowsLinks wants every link on the way to a program to be there:
// those of a virtual environment whose interpreter is a link to one that lies
// below a link, as uv lays them out.
func TestViewFollowsLinks(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(root, name) }
	for _, dir := range []string{"venv/bin", "share/cpython-3.12.5/bin", "other", "home/lib"} {
		if err := os.MkdirAll(at(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(at("share/cpython-3.12.5/bin/python3.12"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"share/cpython-3.12": "cpython-3.12.5", "share/cpython-3.12.5/bin/python": "python3.12",
		"venv/bin/python": at("share/cpython-3.12/bin/python"), "loop": "loop", "home/lib/up": "../../other"} {
		if err := os.Symlink(to, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	v := &view{links: map[string]string{}}
	o := &order{Home: at("home"), Keep: []string{at("other")}}
	v.addProgram(at("venv/bin/python"), o)
	v.add(at("venv"))
	v.add(at("loop"))
	v.add(at("nowhere"))
	v.add(at("home/lib/up"))
	v.settle()
	if want := []string{at("other"), at("share/cpython-3.12.5"), at("venv")}; !slices.Equal(v.binds, want) {
		t.Errorf("it shows %q, want %q", v.binds, want)
	}
	if got, want := slices.Sorted(maps.Keys(v.links)), []string{at("home/lib/up"), at("loop"), at("share/cpython-3.12")}; !slices.Equal(got, want) {
		t.Errorf("its links are %q, want %q", got, want)
	}
	for path, want := range map[string]bool{root: true, at("home"): true, at("other"): true, "/": true, at("nowhere"): true, at("home/lib"): false, at("venv"): false} {
		if tooWide(path, o) != want {
			t.Errorf("whether %s is too wide: %v", path, !want)
		}
	}
}
