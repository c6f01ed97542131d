package intake

import (
	"os"
	"path/filepath"
	"testing"
)

// TestText reads what lies beside a deliverable, and nothing that a link or a name
// leads to elsewhere.
func TestText(t *testing.T) {
	above := t.TempDir()
	dir := filepath.Join(above, "work")
	for name, text := range map[string]string{"secret.txt": "no", "work/a.py": "a = 1\n", "work/sub/b.c": "int b;\n", "work/long.py": string(make([]byte, longestText+1))} {
		name = filepath.Join(above, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../secret.txt", filepath.Join(dir, "link.py")); err != nil {
		t.Skip(err)
	}
	for file, want := range map[string]string{"a.py": "a = 1\n", "sub/b.c": "int b;\n", "sub/../a.py": "a = 1\n", "../secret.txt": "", "link.py": "", "long.py": "", "sub": "", "none.py": "",
		filepath.Join(above, "secret.txt"): "", "": ""} {
		if got := Text(filepath.Join(dir, "a.py"), file); got != want {
			t.Errorf("%q gives %.20q, want %q", file, got, want)
		}
	}
	if Text("", "a.py") != "" {
		t.Error("without a deliverable there is a text")
	}
}
