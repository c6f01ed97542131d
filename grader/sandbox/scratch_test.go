//go:build unix

package sandbox

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"testing"
)

func notify() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt)
}

// TestClearsOnlyWhatIsLeft keeps the folders that are in use, or not ours.
func TestClearsOnlyWhatIsLeft(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	used, err := NewScratch(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer used.Close()
	foreign := filepath.Join(temp, ScratchPrefix+"of-mine") // without the mark
	if err := os.MkdirAll(foreign, 0o755); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(temp, "kept")
	if err := os.MkdirAll(kept, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(kept, filepath.Join(temp, ScratchPrefix+"link")); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(temp, ScratchPrefix+"left")
	if err := os.MkdirAll(filepath.Join(left, "a/b"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{left, kept} {
		if err := os.WriteFile(filepath.Join(dir, scratchLock), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(kept, filepath.Join(left, "a/link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(left, "a"), 0); err != nil {
		t.Fatal(err)
	}
	second, err := NewScratch(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{used.Dir, used.Tmp, foreign, kept, second.Dir} {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("%v", err)
		}
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", left, err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(second.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", second.Dir, err)
	}
}
