package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/format"
)

// group is the commands of one kind of reader, in the order in which they are read.
type group struct {
	title    string
	commands []*cli.Command
}

func groups() []group {
	return []group{
		{"For learners", []*cli.Command{nextCommand(), listCommand(), showCommand(), startCommand(), watchCommand(), checkCommand(), hintCommand(), explainCommand(), attemptsCommand(),
			resetCommand(), solutionCommand(), measureCommand(), judgeCommand()}},
		{"For instructors", []*cli.Command{gradeCommand(), regradeCommand(), workCommand(), mergeCommand()}},
		{"For authors of challenges", []*cli.Command{newCommand(), validateCommand(), calibrateCommand(), schemaCommand()}},
		{"For everybody", []*cli.Command{doctorCommand(), completionCommand(), versionCommand()}},
	}
}

// printHelp writes the help of the program or of one of its commands, no wider than
// the terminal, at most 100 columns, and 80 off a terminal.
func printHelp(w io.Writer, _ string, data any) {
	p := helpPrinter{w, columns(w)}
	switch about := data.(type) {
	case *cli.App:
		p.app(about)
	case *cli.Command:
		p.command(about)
	}
}

type helpPrinter struct {
	io.Writer
	width int
}

func (p helpPrinter) app(app *cli.App) {
	fmt.Fprintf(p, "gilcourse - %s\n\n%s\n", app.Usage, strings.TrimRight(app.Description, "\n"))
	for _, g := range groups() {
		fmt.Fprintf(p, "\n%s:\n", g.title)
		for _, c := range g.commands {
			p.item(strings.Join(c.Names(), ", "), c.Usage, 18)
		}
	}
	fmt.Fprintf(p, "\n`gilcourse COMMAND --help` shows the flags of a command, with examples.\n")
}

func (p helpPrinter) command(c *cli.Command) {
	for _, line := range format.Wrap(fmt.Sprintf("gilcourse %s - %s", c.Name, c.Usage), p.width) {
		fmt.Fprintln(p, line)
	}
	fmt.Fprintf(p, "\nUsage: %s\n", usageLine(c))
	if len(c.Aliases) > 0 {
		fmt.Fprintf(p, "Also:  gilcourse %s\n", strings.Join(c.Aliases, ", gilcourse "))
	}
	if c.Description != "" {
		fmt.Fprintf(p, "\n%s\n", strings.Join(format.Paragraphs(description(c), p.width), "\n"))
	}
	fmt.Fprintln(p, "\nFlags:")
	for _, f := range c.VisibleFlags() {
		name, usage := flagWords(f)
		p.item(name, usage, 22)
	}
}

// description is a command's, with its examples as lines of code.
func description(c *cli.Command) string {
	return strings.ReplaceAll("\n"+strings.Trim(c.Description, "\n"), "\n   ", "\n    ")
}

// usageLine is how a command is called.
func usageLine(c *cli.Command) string {
	line := "gilcourse " + c.Name + " [flags]"
	if c.ArgsUsage != "" {
		line += " " + c.ArgsUsage
	}
	return line
}

// flagWords gives a flag with its value, and what it is for: without the repetition
// that the library adds where it can be given several times, and without a default
// that is nothing.
func flagWords(f cli.Flag) (name, usage string) {
	name, usage, _ = strings.Cut(f.String(), "\t")
	name, _, _ = strings.Cut(name, " [ ")
	for _, none := range []string{" (default: false)", " (default: 0)"} {
		usage = strings.Replace(usage, none, "", 1)
	}
	return name, usage
}

// item writes a name and what it is, in lines that fit; what it is begins in a column,
// or on a line of its own below a long name.
func (p helpPrinter) item(name, what string, column int) {
	lines := format.Wrap(what, p.width-column-2)
	first := "  " + name
	if format.Width(first) > column {
		fmt.Fprintln(p, first)
		first = ""
	}
	for _, line := range lines {
		fmt.Fprintf(p, "%-*s  %s\n", column, first, line)
		first = ""
	}
}
