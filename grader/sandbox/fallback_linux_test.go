package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nestedEnv tells the test binary that it runs where namespaces are forbidden.
const nestedEnv = "GILCOURSE_TEST_NESTED"

// TestFallsBackLayerByLayer runs a grader where a filter of system calls
// forbids namespaces, as in a container: it takes what is left, says what is
// missing and what would help, and does not pretend.
func TestFallsBackLayerByLayer(t *testing.T) {
	if os.Getenv(nestedEnv) != "" {
		nested(t)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := plan{Seccomp: true, NoPrivs: true}
	if reason, err := try(t.Context(), p); err != nil || reason != "" {
		t.Skipf("there is no filter of system calls here: %s %v", reason, err)
	}
	work, tmp := t.TempDir(), t.TempDir()
	res, err := Run(t.Context(), Command{Args: []string{self, "-test.run=^TestFallsBackLayerByLayer$", "-test.v"}, Dir: work,
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir(), nestedEnv + "=1"},
		Box: &Box{Layers: &Layers{plan: p}, Tmp: tmp}, Limits: Limits{Wall: 2 * time.Minute}})
	if err != nil || !res.OK() || !strings.Contains(res.Stdout, "--- PASS") {
		t.Errorf("%v %+v", err, res.Outcome)
	}
}

func nested(t *testing.T) {
	l, err := Choose(t.Context(), Auto)
	if err != nil {
		t.Fatal(err)
	}
	if l.plan.Space != shared || !l.plan.NoPrivs || l.plan.Landlock != landlockABI() {
		t.Errorf("it took %+v", l.plan)
	}
	first := l.Report().Layers[0]
	if first.Name != layerPrivate || first.Active || first.Reason == "" || first.Fix == "" {
		t.Errorf("it says of namespaces: %+v", first)
	}
	var u *Unavailable
	if _, err := Choose(t.Context(), Require); !errors.As(err, &u) || !strings.Contains(err.Error(), "namespaces") {
		t.Errorf("require gives %v", err)
	}
	res := program(t, boxed(t, l.plan, everything))
	if !strings.HasPrefix(res.Stdout, "done ") {
		t.Errorf("it printed %q", res.Stdout)
	}
	scratch, err := NewScratch(l)
	if err != nil {
		t.Fatal(err)
	}
	defer scratch.Close()
	if l.plan.Landlock > 0 && within(scratch.Dir, filepath.Dir(scratch.Tmp)) {
		t.Errorf("what the grader keeps in %s can be read where the run has %s", scratch.Dir, scratch.Tmp)
	}
}
