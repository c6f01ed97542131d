package atomicfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a")
	put := func(text string, fail error) error {
		return atomicfile.Write(name, 0o600, func(f *os.File) error {
			_, err := f.WriteString(text)
			return errors.Join(err, fail)
		})
	}
	if err := put("first", nil); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := put("second", broken); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != "first" {
		t.Errorf("%q, %v", text, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v is left, %v", left, err)
	}
	var none *atomicfile.NoPlace
	if err := atomicfile.Write(filepath.Join(dir, "missing", "a"), 0o600, nil); !errors.As(err, &none) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
