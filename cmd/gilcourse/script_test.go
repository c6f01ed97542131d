package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

func TestMain(m *testing.M) {
	if sandbox.Supervise() {
		return
	}
	testscript.Main(m, map[string]func(){"gilcourse": main})
}

// TestScripts runs the scenarios in testdata/script. The variable $RECORDS is
// the folder of the fixtures' records, $COURSE the course's; [live] holds where
// GILCOURSE_LIVE=all, as in .ci/run.
func TestScripts(t *testing.T) {
	course, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	interpreter, err := python.Find(t.Context(), os.Getenv("GILCOURSE_PYTHON"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"quiet": quiet},
		Condition: func(name string) (bool, error) {
			if name != "live" {
				return false, fmt.Errorf("the only condition is [live], not [%s]", name)
			}
			return os.Getenv("GILCOURSE_LIVE") == "all", nil
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("COURSE", course)
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("RECORDS", filepath.Join(course, "grader/recordings/challenge3/gil-discovery"))
			env.Setenv("PYTHON", interpreter)
			if lock := os.Getenv(machinelock.Variable); lock != "" {
				env.Setenv(machinelock.Variable, lock)
			}
			return nil
		},
	})
}

// quiet wants nothing on standard error, but for the waiting until the other
// tests have measured.
func quiet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("quiet takes nothing")
	}
	for line := range strings.Lines(ts.ReadFile("stderr")) {
		if !strings.Contains(line, "waiting for the machine: ") {
			ts.Fatalf("it said: %s", line)
		}
	}
}
