package bootcache

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRemembers(t *testing.T) {
	if boot() == "" {
		t.Skip("this system does not tell one boot from another")
	}
	t.Setenv(Variable, filepath.Join(t.TempDir(), "deep", "folder"))
	type key struct{ Python, Quota string }
	var got []int
	if Load("speed", key{"a", "1"}, &got) {
		t.Error("it knows what nobody told it")
	}
	Store("speed", key{"a", "1"}, []int{1, 2})
	if !Load("speed", key{"a", "1"}, &got) || len(got) != 2 {
		t.Errorf("it has forgotten: %v", got)
	}
	if Load("speed", key{"a", "2"}, &got) || Load("other", key{"a", "1"}, &got) {
		t.Error("it takes one fact for another")
	}
	if err := os.WriteFile(place("speed", key{"a", "1"}), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if Load("speed", key{"a", "1"}, &got) {
		t.Error("it reads half a fact")
	}
	Store("speed", key{"a", "1"}, []int{3})
	Forget("speed", key{"a", "1"})
	if Load("speed", key{"a", "1"}, &got) {
		t.Error("it does not forget")
	}
	t.Setenv(Variable, "off")
	Store("speed", key{"a", "1"}, []int{3})
	if Load("speed", key{"a", "1"}, &got) {
		t.Error("it remembers although that is switched off")
	}
}

func TestFileAt(t *testing.T) {
	name := filepath.Join(t.TempDir(), "python3")
	if FileAt(name) != (File{}) {
		t.Error("there is no such file")
	}
	if err := os.WriteFile(name, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	one := FileAt(name)
	if err := os.WriteFile(name, []byte("three"), 0o600); err != nil {
		t.Fatal(err)
	}
	if one == FileAt(name) {
		t.Error("another version looks alike")
	}
}
