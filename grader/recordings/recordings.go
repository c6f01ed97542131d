// Package recordings holds the records of fixtures that ran once on a real
// machine, and reads them for tests: what was judged once can be judged again.
// The program itself does not import it.
package recordings

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
)

//go:embed challenge3 practice crowded
var files embed.FS

const suffix = ".jsonl.gz"

// Crowded is the folder of the recordings that were made on a single core, or
// while the machine had far more to do than its cores could.
const Crowded = "crowded"

// Name gives the name of the recording of a challenge's fixture, which is
// called pass/NAME or fail/NAME, or of another submission, such as "reference".
func Name(challenge, fixture string) string {
	return path.Join(challenge, strings.ReplaceAll(fixture, "/", "-"))
}

// File gives the file of a recording, relative to this package's folder.
func File(name string) string { return name + suffix }

// Names lists the recordings in the order of their names. An empty file, which
// asks the live test for a recording, is none.
func Names() ([]string, error) {
	var names []string
	err := fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, suffix) {
			return err
		}
		if info, err := d.Info(); err != nil || info.Size() == 0 {
			return err
		}
		names = append(names, strings.TrimSuffix(file, suffix))
		return nil
	})
	return names, err
}

// Bytes gives a recording as it is kept, compressed. The error is
// fs.ErrNotExist where there is none.
func Bytes(name string) ([]byte, error) { return files.ReadFile(File(name)) }

// Read reads a recording. Each call gives a record of its own, which the
// caller may change. The error is fs.ErrNotExist where there is none.
func Read(name string) (*record.Record, error) {
	data, err := Bytes(name)
	if err != nil {
		return nil, err
	}
	records, err := record.Read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read the recording %s: %w", name, err)
	}
	return records[0], nil
}

// MustNotPass gives, for each crowded recording of a dishonest submission, the
// check that it must not pass. The others are of honest submissions, of which
// no check may fail.
func MustNotPass() (map[string]string, error) {
	text, err := files.ReadFile(Crowded + "/must-not-pass.txt")
	if err != nil {
		return nil, err
	}
	checks := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, check, ok := strings.Cut(strings.TrimSpace(line), " ")
		if _, err := Bytes(path.Join(Crowded, name)); !ok || err != nil {
			return nil, fmt.Errorf("must-not-pass.txt: %q is no recording and a check: %w", line, err)
		}
		checks[path.Join(Crowded, name)] = check
	}
	return checks, nil
}
