package explain_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/explain"
	"github.com/gilcourse/gilcourse/grader/python"
)

// TestFindings wants an entry for each finding that reading a source may have, and none
// that it cannot.
func TestFindings(t *testing.T) {
	var explained []string
	for _, e := range explain.All() {
		if e.Finding {
			explained = append(explained, e.ID)
		}
	}
	if known := slices.Sorted(slices.Values(python.FindingIDs())); !slices.Equal(explained, known) {
		t.Errorf("explained are\n%v\nand found can be\n%v", explained, known)
	}
	for _, id := range python.FindingIDs() {
		for _, name := range []string{id, "threads." + id, "workers." + id} {
			if e, ok := explain.Find(name); !ok || e.ID != id {
				t.Errorf("%s is explained by %q", name, e.ID)
			}
		}
	}
}

var (
	block = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
	row   = regexp.MustCompile(`^[a-z]+( [1-9])? *[ ▁▂▃▄▅▆▇█]*$`)
)

// TestEntries wants each entry to say what it is, its pictures to be timelines, and what
// it refers to to be there.
func TestEntries(t *testing.T) {
	ids := map[string]bool{}
	for _, e := range explain.All() {
		for _, name := range append(slices.Clone(e.Aliases), e.ID) {
			key := strings.ReplaceAll(name, " ", "-")
			if ids[key] {
				t.Errorf("%s is explained twice", name)
			}
			ids[key] = true
			if found, ok := explain.Find(strings.ToUpper(name)); !ok || found.ID != e.ID {
				t.Errorf("%s is explained by %q", name, found.ID)
			}
		}
		if e.Title == "" || len(e.Summary()) < 40 || strings.Contains(e.Summary(), "```") || len(e.See) == 0 {
			t.Errorf("%s: title %q, summary %q, see %v", e.ID, e.Title, e.Summary(), e.See)
		}
		if strings.Count(e.Text, "```")%2 != 0 || strings.Contains(e.Text, "\n## ") {
			t.Errorf("%s: a block is not closed", e.ID)
		}
		for _, b := range block.FindAllStringSubmatch(e.Text, -1) {
			if b[1] == "python" {
				continue
			}
			if b[1] != explain.Timeline {
				t.Errorf("%s has a block of %s", e.ID, b[1])
			}
			for line := range strings.Lines(b[2]) {
				line = strings.TrimSuffix(line, "\n")
				if name := []rune(line + strings.Repeat(" ", 12))[:11]; !row.MatchString(line) || name[10] != ' ' {
					t.Errorf("%s: %q is no row of a timeline", e.ID, line)
				}
			}
		}
	}
	for _, e := range explain.All() {
		for _, id := range e.See {
			if found, ok := explain.Find(id); !ok || found.ID != id || id == e.ID {
				t.Errorf("%s refers to %q", e.ID, id)
			}
		}
	}
}

// TestPictures wants a picture where a word is about who worked when.
func TestPictures(t *testing.T) {
	for _, id := range []string{"phase", "wanting-a-core", "hand-offs", "interleaving", "inconclusive", "in-flight", "join-in-start-loop", "result-at-once", "lock-held", "no-join"} {
		if e, ok := explain.Find(id); !ok || !strings.Contains(e.Text, "```"+explain.Timeline+"\n") {
			t.Errorf("%s has no picture", id)
		}
	}
}

func TestUnknown(t *testing.T) {
	for _, name := range []string{"", "nothing", "threads.", "threads.phase", ".no-join."} {
		if e, ok := explain.Find(name); ok {
			t.Errorf("%q is explained by %s", name, e.ID)
		}
	}
	if len(explain.Names()) < 80 {
		t.Errorf("%d names", len(explain.Names()))
	}
}
