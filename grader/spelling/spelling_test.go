package spelling

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"challenge3", "challenge3/gil-discovery", "challenge3/workarounds"}
	for word, want := range map[string]string{"gil-discovry": `"challenge3/gil-discovery"`, "chalenge3": `"challenge3"`, "workaround": `"challenge3/workarounds"`, "zebra": ""} {
		got := ""
		if near := Nearest(word, known); len(near) > 0 {
			got = near[0]
		}
		if got != want {
			t.Errorf("nearest to %q is %s, want %s", word, got, want)
		}
	}
}
