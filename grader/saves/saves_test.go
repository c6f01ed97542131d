package saves

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// long is more than any of these saves takes to be noticed, however busy the machine.
const long = 30 * time.Second

// saved waits for a save of these files: what comes first may hold a part of them.
func saved(t *testing.T, s *Saves, want ...string) {
	t.Helper()
	for deadline := time.After(long); len(want) > 0; {
		select {
		case names, ok := <-s.Changed:
			if !ok {
				t.Fatal("it has ended")
			}
			for _, name := range names {
				i := slices.Index(want, name)
				if i < 0 {
					t.Fatalf("%s was saved, not %v", name, want)
				}
				want = slices.Delete(want, i, i+1)
			}
		case <-deadline:
			t.Fatalf("no save of %v", want)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestSaves(t *testing.T) {
	for _, poll := range []bool{false, true} {
		name := map[bool]string{false: "notices", true: "polled"}[poll]
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "a.py"), "1")
			s, err := Watch(t.Context(), dir, poll)
			if err != nil {
				t.Fatal(err)
			}
			if poll != (s.Polled != "") {
				t.Skipf("here it is polled: %s", s.Polled)
			}
			write(t, filepath.Join(dir, "a.py"), "12")
			saved(t, s, "a.py")
			// As an editor does: a new file takes the old one's place.
			write(t, filepath.Join(dir, ".a.py.swp"), "x")
			write(t, filepath.Join(dir, "a.py~"), "x")
			write(t, filepath.Join(dir, "4913"), "x")
			write(t, filepath.Join(dir, "a.py.new"), "123")
			if err := os.Rename(filepath.Join(dir, "a.py.new"), filepath.Join(dir, "a.py")); err != nil {
				t.Fatal(err)
			}
			saved(t, s, "a.py")
			// A folder that comes later, and what is in it.
			write(t, filepath.Join(dir, "lib", "b.c"), "int x;")
			saved(t, s, "lib/b.c")
			write(t, filepath.Join(dir, "lib", "b.c"), "int xy;")
			saved(t, s, "lib/b.c")
			// What a run leaves is no save.
			write(t, filepath.Join(dir, "__pycache__", "a.py"), "x")
			write(t, filepath.Join(dir, "venv", "pyvenv.cfg"), "x")
			write(t, filepath.Join(dir, "venv", "a.py"), "x")
			write(t, filepath.Join(dir, "z.py"), "1")
			saved(t, s, "z.py")
		})
	}
}

// TestBurst is one save: three files at once.
func TestBurst(t *testing.T) {
	dir := t.TempDir()
	s, err := Watch(t.Context(), dir, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.py", "b.py", "c.py"} {
		for _, text := range []string{"1", "12", "123"} {
			write(t, filepath.Join(dir, name), text)
		}
	}
	saved(t, s, "a.py", "b.py", "c.py")
	select {
	case names := <-s.Changed:
		t.Errorf("%v were saved again", names)
	case <-time.After(2*settled + 2*look):
	}
}

func TestEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Watch(ctx, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case _, ok := <-s.Changed:
		if ok {
			t.Error("a save was told")
		}
	case <-time.After(long):
		t.Error("it goes on")
	}
	if _, err := Watch(t.Context(), filepath.Join(t.TempDir(), "missing"), false); err == nil {
		t.Error("a folder that is not there is watched")
	}
}
