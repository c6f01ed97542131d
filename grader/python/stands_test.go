package python_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/record"
)

func TestStands(t *testing.T) {
	const said = `half done
Fatal Python error: Aborted

Thread 0x00007f1c5b7fe6c0 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 324 in wait
  File "squares.py", line 8 in spin
  File "squares.py", line 3 in outer

Current thread 0x00007f1c64e3b740 [main] (most recent call first):
  File "squares.py", line 20 in <module>

Extension modules: numpy (total: 1)
Fatal Python error: Aborted

Thread 0x00007f1c5b7fe6c1 (most recent call first):
  File "/usr/lib/python3.11/queue.py", line 1 in get
`
	stands, rest := python.Stands(said, func(file string) bool { return file == "squares.py" })
	want := []record.Place{{File: "squares.py", Line: 8}, {File: "squares.py", Line: 20}}
	if d := gocmp.Diff(want, stands); d != "" || rest != "half done\n" {
		t.Errorf("the rest is %q, the places differ:\n%s", rest, d)
	}
	if stands, rest := python.Stands("Traceback\n", nil); stands != nil || rest != "Traceback\n" {
		t.Errorf("nothing was aborted: %v, %q", stands, rest)
	}
}
