//go:build unix

package cohort_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/gilcourse/gilcourse/grader/cohort"
	"github.com/gilcourse/gilcourse/grader/gradebook"
)

// copyFolder copies a folder, so that a test may write to it.
func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), filepath.Base(from))
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// TestTakeOver opens a folder of results that version 1 wrote: records, verdicts
// and entries are all there, and judging them again moves nothing.
func TestTakeOver(t *testing.T) {
	folder := copyFolder(t, "testdata/old")
	b, err := cohort.OpenBook(t.Context(), folder, false)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for query, want := range map[string]int{
		`SELECT COUNT(*) FROM records WHERE challenge = 'challenge3/gil-discovery' AND made > 0`: 2,
		`SELECT COUNT(*) FROM verdicts WHERE LENGTH(spec) = 64`:                                  2,
		`SELECT COUNT(*) FROM attempts`:                                                          4,
		`SELECT COUNT(*) FROM attempts WHERE refused LIKE '%is a RAR archive%'`:                  1,
		`SELECT COUNT(*) FROM grades WHERE verdict = 'fail' AND key <> ''`:                       3,
		`SELECT COUNT(*) FROM grades WHERE verdict = 'missing'`:                                  2,
	} {
		if got := count(t, b, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	for _, f := range []string{"results.json", "records", "verdicts"} {
		if _, err := os.Stat(filepath.Join(folder, f)); err != nil {
			t.Errorf("what was there is gone: %v", err)
		}
	}
	names, err := b.Courses(t.Context())
	if err != nil || !slices.Equal(names, []string{"challenge3", "challenge3/gil-discovery"}) {
		t.Errorf("it holds results of %q, %v", names, err)
	}
	o := options(t, "challenge3/gil-discovery")
	o.Book = b
	regraded, err := cohort.Regrade(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range regraded {
		got = append(got, fmt.Sprintf("%s %s %q", s.Learner, s.Verdict(), s.Was))
	}
	if want := []string{`anna fail ""`, `ben fail ""`, `cem.rar refused ""`}; !slices.Equal(got, want) {
		t.Errorf("regraded %q, want %q", got, want)
	}
	if _, err := cohort.OpenBook(t.Context(), folder, false); err != nil { // which is taken over once
		t.Error(err)
	}
}

// TestUnusableBooks opens what is no gradebook, or cannot be used as one: each is
// one error that says what to do.
func TestUnusableBooks(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "text.db"), strings.Repeat("no database\n", 100))
	newer := filepath.Join(dir, "newer.db")
	b := book(t, newer)
	execute(t, b, `UPDATE gradebook SET version = version + 1`)
	b.Close()
	for name, want := range map[string]string{
		filepath.Join(dir, "text.db"):    "the file is no gradebook",
		newer:                            "was made by a newer gilcourse",
		filepath.Join(dir, "missing.db"): "there is no gradebook",
		"postgres://nobody:secret@127.0.0.1:1/none": "start the database, or mend the address",
	} {
		_, err := cohort.OpenBook(t.Context(), name, false)
		if !errors.As(err, new(*gradebook.Unusable)) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		} else if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
			t.Errorf("the password, or several lines, are told: %v", err)
		}
	}
}

// TestFullDisk lets the file grow no more: one error says so, what is there is
// whole, and with room again the same goes on.
func TestFullDisk(t *testing.T) {
	o := options(t, "challenge3/gil-discovery")
	o.Sources, o.Book = find(t, o, class(t, 8)), book(t, filepath.Join(t.TempDir(), "term.db"))
	pages := count(t, o.Book, `PRAGMA page_count`)
	execute(t, o.Book, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+12))
	graded, err := cohort.Grade(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "free some space and run the same command again") {
		t.Fatalf("%d are graded on a full disk, %v", len(graded), err)
	}
	if n := count(t, o.Book, `SELECT COUNT(*) FROM records r LEFT JOIN verdicts v ON v.key = r.key LEFT JOIN grades g ON g.key = r.key WHERE v.key IS NULL OR g.key IS NULL`); n > 0 {
		t.Errorf("%d records are there without verdict or grade", n)
	}
	execute(t, o.Book, `PRAGMA max_page_count = 1000000`)
	if graded, err = cohort.Grade(t.Context(), o); err != nil || len(graded) != 8 {
		t.Fatalf("with room again %d are graded, %v", len(graded), err)
	}
	if n := count(t, o.Book, `SELECT COUNT(*) FROM grades WHERE verdict = 'fail'`); n != 8 {
		t.Errorf("%d grades", n)
	}
}

// TestReadOnly grades as a user who may not write the gradebook.
func TestReadOnly(t *testing.T) {
	in, dir := class(t, 1), t.TempDir()
	name := filepath.Join(dir, "term.db")
	book(t, name).Close()
	cmd := again("grade", "GILCOURSE_TEST_BOOK="+name, "GILCOURSE_TEST_IN="+in)
	if os.Geteuid() == 0 { // for whom nothing is read-only
		file := filepath.Join(dir, "cohort.test")
		data, err := os.ReadFile(os.Args[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o755); err != nil {
			t.Fatal(err)
		}
		for d := dir; d != filepath.Dir(d); d = filepath.Dir(d) {
			if info, err := os.Stat(d); err != nil || info.Mode().Perm()&0o001 == 0 && os.Chmod(d, 0o755) != nil {
				t.Skip(err)
			}
		}
		cmd.Path, cmd.Args = file, []string{file}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	os.Chmod(name, 0o444)
	os.Chmod(dir, 0o555)
	defer os.Chmod(dir, 0o755)
	var out strings.Builder
	cmd.Stderr = &out
	err := cmd.Run()
	if !errors.As(err, new(*exec.ExitError)) || !strings.Contains(out.String(), "it can be read only") {
		t.Errorf("%v: %s", err, out.String())
	}
}
