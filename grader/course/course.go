// Package course finds challenges, their references and fixtures: in the
// course that is embedded in the program, or in a folder.
package course

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/spelling"
)

// Course is a tree with the folders challenges, reference and fixtures.
type Course struct {
	// Name stands before the paths in errors: the folder, or "course:" for
	// the embedded one.
	Name       string
	Challenges fs.FS
	Reference  fs.FS
	Fixtures   fs.FS
}

// Open reads a course from a folder.
func Open(dir string) (Course, error) {
	c := Course{Name: dir, Challenges: os.DirFS(path.Join(dir, "challenges")), Reference: os.DirFS(path.Join(dir, "reference")),
		Fixtures: os.DirFS(path.Join(dir, "fixtures"))}
	if info, err := os.Stat(path.Join(dir, "challenges")); err != nil || !info.IsDir() {
		return Course{}, fmt.Errorf("%s is no course: it has no folder `challenges`; --course names the folder that holds challenges, reference and fixtures", dir)
	}
	return c, nil
}

// Unknown is a name that no challenge and no workshop has.
type Unknown struct {
	Name    string
	Nearest []string // quoted
	All     []string
}

func (e *Unknown) Error() string {
	if len(e.Nearest) > 0 {
		return fmt.Sprintf("there is no challenge %q; did you mean %s?", e.Name, strings.Join(e.Nearest, " or "))
	}
	return fmt.Sprintf("there is no challenge %q; there are %s", e.Name, strings.Join(e.All, ", "))
}

// IDs gives the ids of all challenges, in the order of their workshops, then
// of their names.
func (c Course) IDs() ([]string, error) {
	var ids []string
	workshops, err := c.WorkshopIDs()
	if err != nil {
		return nil, err
	}
	for _, id := range workshops {
		w, err := c.Workshop(id)
		if err != nil {
			return nil, err
		}
		for _, name := range w.Challenges {
			member := path.Join(c.Folder(id), name)
			if _, err := fs.Stat(c.Challenges, path.Join(member, "challenge.yaml")); err == nil && !slices.Contains(ids, member) {
				ids = append(ids, member)
			}
		}
	}
	more, err := c.folders("challenge.yaml")
	for _, id := range more {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// Whole is the id of the workshop whose workshop.yaml stands at the top, beside the
// challenges' folders; unless a folder has this name.
const Whole = "course"

// WorkshopIDs gives the ids of all workshops.
func (c Course) WorkshopIDs() ([]string, error) {
	ids, err := c.folders("workshop.yaml")
	for i, id := range ids {
		if id == c.Folder(Whole) {
			ids[i] = Whole
		}
	}
	return ids, err
}

// Folder is a workshop's folder among the challenges.
func (c Course) Folder(id string) string {
	if _, err := fs.Stat(c.Challenges, Whole); id == Whole && err != nil {
		return "."
	}
	return id
}

func (c Course) folders(file string) ([]string, error) {
	var ids []string
	err := fs.WalkDir(c.Challenges, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), "_") || d.Name() == "starter") {
			return fs.SkipDir
		}
		if !d.IsDir() && d.Name() == file {
			ids = append(ids, path.Dir(p))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the course %s: %w", c.Name, err)
	}
	return ids, nil
}

// Resolve gives the challenges that a name means: a challenge's path, its
// last part where that is unique, or a workshop, which means all of its
// challenges in their order. The workshop is nil for a single challenge.
func (c Course) Resolve(name string) (ids []string, workshop *spec.Workshop, err error) {
	name = strings.TrimSuffix(strings.TrimPrefix(path.Clean(name), "challenges/"), "/")
	all, err := c.IDs()
	if err != nil {
		return nil, nil, err
	}
	workshops, err := c.WorkshopIDs()
	if err != nil {
		return nil, nil, err
	}
	if slices.Contains(all, name) {
		return []string{name}, nil, nil
	}
	if name == c.Folder(Whole) && slices.Contains(workshops, Whole) {
		name = Whole
	}
	if slices.Contains(workshops, name) {
		w, err := c.Workshop(name)
		if err != nil {
			return nil, nil, err
		}
		folder := c.Folder(name)
		for _, id := range all {
			listed := slices.ContainsFunc(w.Challenges, func(one string) bool { return path.Join(folder, one) == id })
			if listed || path.Dir(id) == folder {
				ids = append(ids, id)
			}
		}
		return ids, w, nil
	}
	var last []string
	for _, id := range all {
		if path.Base(id) == name {
			last = append(last, id)
		}
	}
	switch known := append(slices.Clone(workshops), all...); len(last) {
	case 1:
		return last, nil, nil
	case 0:
		return nil, nil, &Unknown{Name: name, Nearest: spelling.Nearest(name, known), All: known}
	default:
		return nil, nil, fmt.Errorf("several challenges are called %q; write the whole path: %s", name, strings.Join(last, ", "))
	}
}

// Challenge reads a challenge's spec.
func (c Course) Challenge(id string) (*spec.Challenge, error) {
	file := path.Join(id, "challenge.yaml")
	data, err := fs.ReadFile(c.Challenges, file)
	if err != nil {
		return nil, fmt.Errorf("read the spec of %s: %w", id, err)
	}
	ch, err := spec.Parse(id, path.Join("challenges", file), data)
	if err != nil {
		return nil, err
	}
	own, err := fs.ReadFile(c.Challenges, path.Join(id, CallablesFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the callables of %s: %w", id, err)
	}
	ch.CallablesText = string(own)
	return ch, nil
}

// CallablesFile holds callables of the author's own, beside challenge.yaml.
const CallablesFile = "callables.py"

// Workshop reads a workshop's list of challenges.
func (c Course) Workshop(id string) (*spec.Workshop, error) {
	file := path.Join(c.Folder(id), "workshop.yaml")
	data, err := fs.ReadFile(c.Challenges, file)
	if err != nil {
		return nil, fmt.Errorf("read the workshop %s: %w", id, err)
	}
	return spec.ParseWorkshop(id, path.Join("challenges", file), data)
}

// Readme is the challenge's text for learners.
func (c Course) Readme(id string) (string, error) {
	data, err := fs.ReadFile(c.Challenges, path.Join(id, "README.md"))
	if err != nil {
		return "", fmt.Errorf("read the README of %s: %w", id, err)
	}
	return string(data), nil
}

// Starter is the folder of files that a learner starts from.
func (c Course) Starter(id string) (fs.FS, error) {
	return below(c.Challenges, path.Join(id, "starter"))
}

// Solution is the folder of the reference solution.
func (c Course) Solution(id string) (fs.FS, error) { return below(c.Reference, id) }

// Fixture is one submission whose verdict is known.
type Fixture struct {
	Name string // pass/NAME or fail/NAME
	Dir  string // its path among the fixtures
	Pass bool
	// Want is the check that must fail, Cause the finding that must explain
	// it, empty for any.
	Want, Cause string
}

// Of gives a challenge's fixtures, in the order of their names.
func (c Course) Of(id string) ([]Fixture, error) {
	var found []Fixture
	for _, verdict := range []string{"fail", "pass"} {
		dir := path.Join(id, verdict)
		entries, err := fs.ReadDir(c.Fixtures, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the fixtures of %s: %w", id, err)
		}
		for _, e := range entries {
			f := Fixture{Name: path.Join(verdict, e.Name()), Dir: path.Join(dir, e.Name()), Pass: verdict == "pass"}
			if !f.Pass {
				data, err := fs.ReadFile(c.Fixtures, path.Join(f.Dir, "want"))
				if err != nil {
					return nil, fmt.Errorf("the fixture %s has no file `want` that names the failing check: %w", f.Dir, err)
				}
				f.Want, f.Cause, _ = strings.Cut(strings.TrimSpace(string(data)), " ")
			}
			found = append(found, f)
		}
	}
	return found, nil
}

func below(tree fs.FS, dir string) (fs.FS, error) {
	if info, err := fs.Stat(tree, dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("the course has no folder %s", dir)
	}
	return fs.Sub(tree, dir)
}
