package format

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	write := func(text string) func(io.Writer, string, Options) error {
		return func(w io.Writer, v string, o Options) error {
			_, err := io.WriteString(w, text+v)
			return err
		}
	}
	table := Table[string]{{"text", write("text:")}, {"json", write("json:")}}
	if names := table.Names(); !slices.Equal(names, []string{"text", "json"}) {
		t.Errorf("the formats are %v", names)
	}
	var b strings.Builder
	if err := table.Write(&b, "json", "x", Options{}); err != nil || b.String() != "json:x" {
		t.Errorf("wrote %q, %v", b.String(), err)
	}
	if err := table.Write(&b, "yaml", "x", Options{}); err == nil || !strings.Contains(err.Error(), "text, json") {
		t.Errorf("an unknown format gave %v, which names no known one", err)
	}
}
