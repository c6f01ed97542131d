package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// TestNoSandboxIsAnUnfitMachine wants exit code 3, the reason and the remedy.
func TestNoSandboxIsAnUnfitMachine(t *testing.T) {
	var said strings.Builder
	err := fmt.Errorf("check: %w", &sandbox.Unavailable{Missing: []record.Layer{{Name: "namespaces", Reason: "not permitted", Fix: "ask root"}}})
	if code := exitCode(err, &said); code != exitInconclusive {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{"namespaces: not permitted", "ask root"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("it says %q without %q", said.String(), want)
		}
	}
}
