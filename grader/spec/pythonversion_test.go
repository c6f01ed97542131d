package spec

import (
	"strings"
	"testing"
)

// TestPython reads the least version, with quotes and without, in which 3.10 is no
// 3.1, and compares with it.
func TestPython(t *testing.T) {
	for text, want := range map[string]PythonVersion{"3.10": "3.10", `"3.14"`: "3.14"} {
		c, err := Parse("a", "c.yaml", []byte(strings.Replace(script, "tasks: 4\n", "tasks: 4\npython: "+text+"\n", 1)))
		if err != nil || c.Python != want {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for version, old := range map[string]bool{"3.9.18": true, "3.8.0": true, "3.10.0": want != "3.10", "3.14.0rc1": false, "3.15.1": false, "": false, "4.0": false} {
			if c.TooOld(version) != old {
				t.Errorf("%s is too old for %s: %v, want %v", version, want, !old, old)
			}
		}
	}
	if (&Challenge{}).TooOld("3.8.0") {
		t.Error("too old for any version")
	}
}
