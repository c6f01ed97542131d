package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/grader/author/reference"
	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/spelling"
)

// schemas are the JSON Schemas by the name of what they describe, and a table of
// findings, which no schema has since a way of working may stand before each.
var schemas = map[string]func() ([]byte, error){
	"challenge": spec.Schema,
	"findings":  findings,
	"report":    func() ([]byte, error) { return report.Schema, nil },
}

func schemaCommand() *cli.Command {
	known := slices.Sorted(maps.Keys(schemas))
	return &cli.Command{
		Name:      "schema",
		Usage:     "print the JSON Schema of challenge.yaml, or of what gilcourse writes, or a table of findings",
		ArgsUsage: strings.Join(known, "|"),
		Description: `Editors complete and explain a challenge.yaml that begins with

   # yaml-language-server: $schema=../challenge.schema.json

as one that ` + "`gilcourse new`" + ` has made does.

   gilcourse schema challenge > challenges/challenge.schema.json
   gilcourse schema --markdown | less              all fields, quantities and findings
   gilcourse schema findings | grep join
   gilcourse schema report > report.schema.json
   gilcourse check gil-discovery -o json | check-jsonschema --schemafile report.schema.json -`,
		Flags:        []cli.Flag{&cli.BoolFlag{Name: "markdown", Usage: "print the reference page of the language of challenges"}},
		BashComplete: func(c *cli.Context) { fmt.Fprintln(c.App.Writer, strings.Join(known, "\n")) },
		Action: func(c *cli.Context) error {
			if c.Bool("markdown") {
				if c.NArg() > 1 || c.NArg() == 1 && c.Args().First() != "challenge" {
					return usagef("--markdown is the page on the language of challenges; leave the name away")
				}
				return reference.Write(c.App.Writer)
			}
			name := c.Args().First()
			schema, ok := schemas[name]
			switch {
			case c.NArg() != 1:
				return usagef("schema takes a name; known are %s", strings.Join(known, ", "))
			case !ok:
				return usagef("there is no schema %q; %s", name, spelling.Suggest(name, known))
			}
			text, err := schema()
			if err != nil {
				return err
			}
			_, err = c.App.Writer.Write(text)
			return err
		},
	}
}

// findings is a table of what reading a source may find.
func findings() ([]byte, error) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, k := range python.FindingKinds {
		fmt.Fprintf(w, "%s\tthe source %s\n", k.ID, k.Description)
	}
	err := w.Flush()
	return []byte(b.String()), err
}
