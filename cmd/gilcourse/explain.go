package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"
	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/explain"
	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/spelling"
)

func explainCommand() *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "say what a word of a report means, or a finding in your source",
		ArgsUsage: "[TERM|FINDING]",
		Description: `Without a name it lists them all.

   gilcourse explain
   gilcourse explain hand-offs
   gilcourse explain wanted a core
   gilcourse explain threads.join-in-start-loop`,
		BashComplete: func(c *cli.Context) {
			for _, e := range explain.All() {
				fmt.Fprintln(c.App.Writer, e.ID)
			}
		},
		Action: func(c *cli.Context) error {
			bold := painter(c, color.Bold)
			if c.NArg() == 0 {
				listEntries(c.App.Writer, bold)
				return nil
			}
			name := strings.Join(c.Args().Slice(), " ")
			e, ok := explain.Find(name)
			if !ok {
				return usagef("nothing is explained under %q; %s", name, spelling.Suggest(name, explain.Names()))
			}
			writeEntry(c.App.Writer, e, bold)
			return nil
		},
	}
}

// listEntries lists what is explained, a line each.
func listEntries(w io.Writer, bold func(...any) string) {
	all, longest := explain.All(), 0
	for _, e := range all {
		longest = max(longest, len(e.ID))
	}
	fmt.Fprintln(w, bold("Words of a report"))
	for i, e := range all {
		if e.Finding && !all[i-1].Finding {
			fmt.Fprintf(w, "\n%s\n", bold("Findings in a source"))
		}
		fmt.Fprintf(w, "  %-*s  %s\n", longest, e.ID, e.Title)
	}
}

// writeEntry writes an entry for a terminal: text as wide as that is, code and pictures
// as they are, without their fences.
func writeEntry(w io.Writer, e explain.Entry, bold func(...any) string) {
	fmt.Fprintf(w, "%s: %s\n", bold(e.ID), e.Title)
	if len(e.Aliases) > 0 {
		fmt.Fprintf(w, "also: %s\n", strings.Join(e.Aliases, ", "))
	}
	var text strings.Builder
	fenced := false
	for line := range strings.Lines(e.Text) {
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
			continue
		case fenced:
			line = "    " + line
		}
		text.WriteString(line)
	}
	fmt.Fprintln(w)
	for _, line := range format.Paragraphs(text.String(), columns(w)-2) {
		fmt.Fprintln(w, strings.TrimRight("  "+line, " "))
	}
	if len(e.See) > 0 {
		fmt.Fprintf(w, "\nSee: %s\n", strings.Join(e.See, ", "))
	}
}
