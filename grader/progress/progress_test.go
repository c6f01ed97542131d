package progress

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestKeepAndGet(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	f, err := Of("")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := f.Get("practice/primes"); ok {
		t.Error("passed before it was kept")
	}
	want := Check{Challenge: "practice/primes", When: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), Points: 100, SHA256: "ab"}
	for range 2 { // the second takes the first one's place
		if err := f.Keep(want); err != nil {
			t.Fatal(err)
		}
	}
	want.Version = version
	if got, ok := f.Get("practice/primes"); !ok || got != want {
		t.Errorf("it gives %+v, %v", got, ok)
	}
	if _, ok := f.Get("practice/prime"); ok {
		t.Error("another one counts as passed")
	}
	other, err := Of("elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := other.Get("practice/primes"); ok || other == f {
		t.Error("it counts in another course")
	}
	entries, _ := os.ReadDir(filepath.Dir(f.file("practice/primes")))
	if len(entries) != 1 {
		t.Errorf("%d files are left", len(entries))
	}
}

// TestBroken reads what no one of ours wrote.
func TestBroken(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	f, err := Of("")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"empty": "", "half": `{"version":1,"chall`, "newer": `{"version":2,"challenge":"newer","when":"2026-01-01T00:00:00Z"}`,
		"another": `{"version":1,"challenge":"x","when":"2026-01-01T00:00:00Z"}`, "undated": `{"version":1,"challenge":"undated"}`, "huge": string(make([]byte, largest+1))} {
		if err := os.WriteFile(f.file(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, ok := f.Get(name); ok {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if err := os.Mkdir(f.file("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.Get("folder"); ok {
		t.Error("a folder counts as passed")
	}
}

// TestNowhere has no place to keep it: an error, and nothing passed.
func TestNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_STATE_HOME", filepath.Join(file, "below"))
	f, err := Of("")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Keep(Check{Challenge: "a", When: time.Now()}); err == nil {
		t.Error("it was kept below a file")
	}
	if _, ok := f.Get("a"); ok {
		t.Error("it counts as passed")
	}
}

// TestFirst is true once, and always where nothing can be kept.
func TestFirst(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	f, err := Of("")
	if err != nil {
		t.Fatal(err)
	}
	if !f.First("legend") || f.First("legend") || !f.First("another") {
		t.Error("it is first again, or never was")
	}
	for range 2 {
		if !(Folder{}).First("legend") {
			t.Error("without a folder it is not shown")
		}
	}
}
