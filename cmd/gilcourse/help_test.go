package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/format"
)

var update = flag.Bool("update", false, "rewrite the page of commands")

// generated begins the part of the page that is written from the commands.
const generated = "<!-- From here on `go test ./cmd/gilcourse -run Page -update` writes. -->\n"

// TestPage keeps the page of commands equal to the commands.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	byHand, _, ok := strings.Cut(string(page), generated)
	if !ok {
		t.Fatalf("README.md lacks the line %q", generated)
	}
	want := byHand + generated + commandsPage()
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(page) != want {
		t.Error("README.md is not what the commands say; run the test with -update")
	}
}

// commandsPage writes all commands and flags in Markdown.
func commandsPage() string {
	var b strings.Builder
	newApp(nil, nil) // which gives each command its --help
	for _, g := range groups() {
		fmt.Fprintf(&b, "\n## %s\n", g.title)
		for _, c := range g.commands {
			fmt.Fprintf(&b, "\n### gilcourse %s\n\n%s.\n\n    %s\n", c.Name, strings.ToUpper(c.Usage[:1])+c.Usage[1:], usageLine(c))
			if d := description(c); strings.TrimSpace(d) != "" {
				fmt.Fprintf(&b, "\n%s\n", strings.Join(format.Paragraphs(d, 88), "\n"))
			}
			if len(c.Flags) == 0 {
				continue
			}
			fmt.Fprintf(&b, "\n| flag | what it does |\n|---|---|\n")
			for _, f := range c.VisibleFlags() {
				name, usage := flagWords(f)
				fmt.Fprintf(&b, "| `%s` | %s |\n", name, strings.ReplaceAll(usage, "|", `\|`))
			}
		}
	}
	return b.String()
}

// TestHelp wants help that no line of breaks: the examples alone may be wider than 80
// columns.
func TestHelp(t *testing.T) {
	var out bytes.Buffer
	for _, g := range groups() {
		for _, c := range g.commands {
			out.Reset()
			if code := run([]string{"gilcourse", c.Name, "--help"}, &out, &out); code != exitPass {
				t.Errorf("%s --help ends with %d", c.Name, code)
			}
			for line := range strings.Lines(out.String()) {
				if line = strings.TrimRight(line, "\n"); format.Width(line) > 80 && !strings.HasPrefix(line, "    ") {
					t.Errorf("%s --help has the line %q", c.Name, line)
				}
			}
			if !strings.Contains(out.String(), "Usage: gilcourse "+c.Name) {
				t.Errorf("%s --help does not say how it is called:\n%s", c.Name, &out)
			}
		}
	}
	out.Reset()
	if run([]string{"gilcourse", "--help"}, &out, &out); !strings.Contains(out.String(), "For learners:") || !strings.Contains(out.String(), "  check, test, t") {
		t.Errorf("the help is\n%s", &out)
	}
}
