package python_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// TestOwnCallables passes a callable of an author's own in: here, and to a process
// that is spawned, which imports it by name.
func TestOwnCallables(t *testing.T) {
	scratch, dir := t.TempDir(), t.TempDir()
	p, err := python.Open(findPython(t), scratch)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Bring("import math\n\n\ndef squared(size):\n    return size * size + int(math.sqrt(0))\n\n\ndef task(size):\n    return -1\n"); err != nil {
		t.Fatal(err)
	}
	source := "import multiprocessing\n\ndef f(own, task, sizes, method):\n    if method == 'here':\n        return [own(n) for n in sizes] + [task(0)]\n    with multiprocessing.get_context(method).Pool(1) as pool:\n        return pool.map(own, sizes) + [task(0)]\n"
	if err := os.WriteFile(filepath.Join(dir, "work.py"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"here", "spawn"} {
		var a python.Answer
		_, err := p.Drive(t.Context(), sandbox.Command{Dir: dir, Env: python.Environment(scratch), Limits: sandbox.Limits{Wall: time.Minute, Tasks: 64, Memory: 1 << 30}}, "work", patience, nil, ready(t, func(s *python.Session) {
			a, _ = s.Call(python.Work{Function: "f", Arguments: []python.Argument{{Callable: "squared"}, {Callable: "task"}, {Value: []int64{3, 5}}, {Value: method}}, Limit: patience})
		}))
		if err != nil || a.Ended != record.Returned || !slices.Equal(a.Result, []int64{9, 25, 0}) {
			t.Errorf("%s: %+v, %v", method, a, err)
		}
	}
}
