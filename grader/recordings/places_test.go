package recordings_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/recordings"
)

// somebodys is a folder of a person, or of a run, and the names that such
// folders give away.
var somebodys = regexp.MustCompile(`(?:^|[^\w.])(?:/home|/Users|/root|/tmp|/var/folders)\b|[A-Z]:\\\\Users|gilcourse-[0-9]|\.local/|\.cache/`)

// TestNamesNobody reads every recording to the letter, and the golden verdicts:
// they name no home, no folder for temporary files and no interpreter of
// whoever made them.
func TestNamesNobody(t *testing.T) {
	names, err := recordings.Names()
	if err != nil || len(names) < 248 {
		t.Fatalf("only %d recordings, %v", len(names), err)
	}
	look := func(name string, text []byte) {
		if at := somebodys.FindIndex(text); at != nil {
			t.Errorf("%s says %q", name, text[max(0, at[0]-60):min(len(text), at[1]+60)])
		}
	}
	for _, name := range names {
		packed, err := recordings.Bytes(name)
		if err != nil {
			t.Fatal(err)
		}
		zip, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(zip)
		if err != nil {
			t.Fatal(err)
		}
		// Files beside it may carry a person's name, too: gzip keeps one.
		if zip.Name != "" || zip.Comment != "" {
			t.Errorf("%s was packed with the name %q", name, zip.Name+zip.Comment)
		}
		look(name, text)
		golden, err := os.ReadFile(filepath.FromSlash(name) + ".golden")
		if err != nil {
			t.Fatal(err)
		}
		look(name+".golden", golden)
	}
	if !somebodys.MatchString(`"command":"/root/bin/python3"`) || somebodys.MatchString("RUN/tmp/x "+strings.Repeat("HOME/x", 2)) {
		t.Error("it does not tell a person's folder from another")
	}
}
