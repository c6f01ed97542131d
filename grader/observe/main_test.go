package observe_test

import (
	"os"
	"testing"

	"github.com/gilcourse/gilcourse/grader/sandbox"
)

func TestMain(m *testing.M) {
	if sandbox.Supervise() {
		return
	}
	os.Exit(m.Run())
}
