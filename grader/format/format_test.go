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

// TestColumns has names in wide letters and with marks of their own, which a
// terminal shows in two columns each, or in none.
func TestColumns(t *testing.T) {
	rows := [][]string{{"name", "points"}, {"李明", "7"}, {"e\u0301lan", "12"}, {"a longer name", ""}}
	want := []string{"name           points", "李明                7", "e\u0301lan               12", "a longer name"}
	if lines := Columns(rows, 1); !slices.Equal(lines, want) {
		t.Errorf("the lines are\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if lines := Columns(nil, 1); len(lines) > 0 {
		t.Errorf("a table without rows has the lines %q", lines)
	}
}
