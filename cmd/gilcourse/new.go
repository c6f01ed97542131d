package main

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gilcourse/gilcourse/challenges"
	"github.com/gilcourse/gilcourse/fixtures"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/reference"
)

// template is the challenge that `gilcourse new` begins with.
//
//go:embed all:template
var template embed.FS

// schemaFile is where editors find the schema, among the challenges.
const schemaFile = "challenge.schema.json"

func newCommand() *cli.Command {
	return &cli.Command{
		Name:      "new",
		Usage:     "make a challenge to begin with",
		ArgsUsage: "ID",
		Description: `ID is the challenge's folder among the challenges, in small letters, digits and
hyphens: pool-sizes, or practice/pool-sizes. What is made is whole: a spec with
each field explained, a README, a starter, a reference and fixtures, all of which
` + "`gilcourse validate`" + ` accepts. Nothing that is there is touched.

   gilcourse new pool-sizes --course ~/course
   gilcourse new squares --like practice/primes --course ~/course
   gilcourse new practice/more --from workarounds --course .

--like begins with a challenge of the kind of another one, under a name of its own:
title, deliverable and commands are called after ID. Functions that are called:
practice/primes, and most others; a script that is watched: gil-discovery; one that
recommends strategies: strategy-analyzer. --from copies a challenge as it is.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "like", Usage: "begin with a challenge of the kind of `NAME`, such as practice/primes, renamed after ID"},
			&cli.StringFlag{Name: "from", Usage: "begin with a copy of the challenge `NAME`"},
			&cli.StringFlag{Name: "course", EnvVars: []string{"GILCOURSE_COURSE"}, Usage: "put it into the course in `DIR`, which is made where there is none (default: this folder, if it is a course)"},
		},
		Action: makeNew,
	}
}

func makeNew(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("new takes one id, such as pool-sizes or practice/pool-sizes")
	}
	from, like := c.String("from"), c.String("like")
	if from != "" && like != "" {
		return usagef("--like and --from both say what to begin with; take one of the two away")
	}
	dir := c.String("course")
	if dir == "" {
		if _, err := course.Open("."); err != nil {
			return usagef("this folder is no course; name one with --course DIR, which is made where there is none")
		}
		dir = "."
	}
	id := strings.TrimPrefix(path.Clean(filepath.ToSlash(c.Args().First())), "challenges/")
	if err := free(dir, id); err != nil {
		return err
	}
	trees, err := beginning(dir, id, cmp.Or(like, from))
	if err == nil && like != "" {
		err = rename(trees, id)
	}
	if err != nil {
		return err
	}
	if err := place(dir, id, trees); err != nil {
		return err
	}
	for _, tree := range treeNames {
		fmt.Fprintln(c.App.Writer, filepath.Join(dir, tree, filepath.FromSlash(id)))
	}
	if workshop := path.Join(dir, "challenges", path.Dir(id), "workshop.yaml"); exists(workshop) {
		fmt.Fprintf(c.App.ErrWriter, "add %s to the list in %s\n", path.Base(id), workshop)
	}
	fmt.Fprintf(c.App.ErrWriter, "validate it as it is, then make it yours: gilcourse validate --course %s %s\nall that can be written: gilcourse schema --markdown\n", dir, id)
	return nil
}

// treeNames are the folders of a course.
var treeNames = []string{"challenges", "reference", "fixtures"}

var plainName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// free wants an id that is none yet, and no part of another challenge.
func free(dir, id string) error {
	for part := range strings.SplitSeq(id, "/") {
		if !plainName.MatchString(part) || part == "starter" {
			return usagef("%q is no id; use small letters, digits and hyphens, such as pool-sizes or practice/pool-sizes", id)
		}
	}
	for _, tree := range treeNames {
		if name := filepath.Join(dir, tree, filepath.FromSlash(id)); exists(name) {
			return usagef("%s is there already and is left as it is; take another id, or remove it", name)
		}
	}
	for above := path.Dir(id); above != "."; above = path.Dir(above) {
		if exists(filepath.Join(dir, "challenges", filepath.FromSlash(above), "challenge.yaml")) {
			return usagef("%s is a challenge, and a challenge holds no other; take another id", above)
		}
	}
	return nil
}

// beginning gives the files of the new challenge by their names in the course.
func beginning(dir, id, from string) (map[string][]byte, error) {
	if from != "" {
		return copied(dir, id, from)
	}
	module := moduleOf(id)
	fill := strings.NewReplacer("{{id}}", id, "{{name}}", path.Base(id), "{{module}}", module, "{{title}}", titleOf(id), "{{schema}}", schemaFrom(id))
	files := map[string][]byte{}
	for _, tree := range treeNames {
		part, err := fs.Sub(template, path.Join("template", tree))
		if err != nil {
			return nil, err
		}
		err = take(files, path.Join(tree, id), part, func(name string, text []byte) (string, []byte) {
			if path.Base(name) == "deliverable.py" {
				name = path.Join(path.Dir(name), module+".py")
			}
			return name, []byte(fill.Replace(string(text)))
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// schemaFrom is the way from a challenge's folder to the schema.
func schemaFrom(id string) string {
	return strings.Repeat("../", 1+strings.Count(id, "/")) + schemaFile
}

// copied takes another challenge, of this course or of the embedded one. Where
// it names itself in a command, the copy does.
func copied(dir, id, from string) (map[string][]byte, error) {
	co := course.Course{Name: "the embedded course", Challenges: challenges.FS, Reference: reference.FS, Fixtures: fixtures.FS}
	other, err := theOne(co, from)
	if own, ownErr := course.Open(dir); ownErr == nil {
		if name, ownErr := theOne(own, from); ownErr == nil {
			co, other, err = own, name, nil
		}
	}
	if err != nil {
		return nil, err
	}
	command := regexp.MustCompile(`(gilcourse (?:check|show|start) )(?:` + regexp.QuoteMeta(other) + `|` + regexp.QuoteMeta(path.Base(other)) + `)\b`)
	modeline := "# yaml-language-server: $schema="
	files := map[string][]byte{}
	for i, tree := range []fs.FS{co.Challenges, co.Reference, co.Fixtures} {
		part, err := fs.Sub(tree, other)
		if err != nil {
			return nil, err
		}
		err = take(files, path.Join(treeNames[i], id), part, func(name string, text []byte) (string, []byte) {
			if i == 0 && path.Base(name) == "README.md" {
				text = command.ReplaceAll(text, []byte("${1}"+path.Base(id)))
			}
			if i == 0 && name == "challenge.yaml" {
				if first, rest, _ := strings.Cut(string(text), "\n"); strings.HasPrefix(first, modeline) {
					text = []byte(rest)
				}
				text = []byte(modeline + schemaFrom(id) + "\n" + string(text))
			}
			return name, text
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// theOne resolves a name that must mean a single challenge.
func theOne(co course.Course, name string) (string, error) {
	ids, workshop, err := co.Resolve(name)
	if err == nil && workshop != nil {
		err = usagef("%s is a workshop; name one of its challenges: %s", name, strings.Join(ids, ", "))
	}
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// take adds the files of a tree, none where there is no such tree.
func take(files map[string][]byte, to string, tree fs.FS, change func(name string, text []byte) (string, []byte)) error {
	return fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && p == ".":
			return nil
		case err != nil:
			return err
		case d.Name() == "__pycache__":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		text, err := fs.ReadFile(tree, p)
		if err != nil {
			return err
		}
		name, text := change(p, text)
		files[path.Join(to, name)] = text
		return nil
	})
}

// place writes the files, all or none: first beside the course's folders, then
// it moves them to where they belong, which must be free.
func place(dir, id string, files map[string][]byte) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return usagef("make the course's folder: %w", err)
	}
	aside, err := os.MkdirTemp(dir, ".gilcourse-new-")
	if err != nil {
		return usagef("write into the course: %w", err)
	}
	defer os.RemoveAll(aside)
	for name, text := range files {
		file := filepath.Join(aside, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, text, 0o644)); err != nil {
			return fmt.Errorf("write the challenge: %w", err)
		}
	}
	var moved []string
	defer func() {
		if err != nil {
			for _, name := range moved {
				os.RemoveAll(name)
			}
		}
	}()
	for _, tree := range treeNames {
		inside := filepath.Join(tree, filepath.FromSlash(id))
		to := filepath.Join(dir, inside)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return usagef("make the course's folder: %w", err)
		}
		if !exists(filepath.Join(aside, inside)) {
			continue // a challenge without fixtures was copied
		}
		if err := os.Rename(filepath.Join(aside, inside), to); err != nil {
			return fmt.Errorf("put the challenge in its place: %w", err)
		}
		moved = append(moved, to)
	}
	if file := filepath.Join(dir, "challenges", schemaFile); !exists(file) {
		text, err := spec.Schema()
		if err != nil {
			return err
		}
		return writeFile(file, func(f *os.File) error { _, err := f.Write(text); return err })
	}
	return nil
}
