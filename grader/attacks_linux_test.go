package grader_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestAttacksByAnotherUser runs the attacks of TestAttacks once more as a user
// without any privilege, where the tests are root's.
func TestAttacksByAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("TestAttacks is run by a user without privileges already")
	}
	if os.Getenv("GILCOURSE_LIVE") != "all" {
		t.Skip("GILCOURSE_LIVE=all runs it")
	}
	out, err := asNobody(t, "^TestAttacks$")
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestAttacks")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// asNobody runs tests of this program as a user without any privilege, with
// further variables in their environment.
func asNobody(t *testing.T, tests string, env ...string) ([]byte, error) {
	t.Helper()
	dir := t.TempDir()
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	test := filepath.Join(dir, "attacks.test") // a place that everybody may read
	if err := os.WriteFile(test, self, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"home", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(filepath.Join(dir, name), nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	for d := dir; d != filepath.Dir(d) && d != filepath.Clean(os.TempDir()); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), test, "-test.run", tests, "-test.v", "-test.timeout", "30m")
	cmd.Env = append(append(os.Environ(), env...), "HOME="+filepath.Join(dir, "home"), "TMPDIR="+filepath.Join(dir, "tmp"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, fs.ErrPermission) {
		t.Skipf("user %d cannot run the tests where they lie: %v", nobody, err)
	}
	return out, err
}

// again runs tests of this program once more as this user, with further
// variables in their environment.
func again(t *testing.T, tests string, env ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", tests, "-test.v", "-test.timeout", "30m")
	cmd.Env = append(os.Environ(), env...)
	return cmd.CombinedOutput()
}

// nobody is the user without privileges that every Linux has.
const nobody = 65534
