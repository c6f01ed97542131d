package main

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gilcourse/gilcourse/grader/spec"
)

// moduleOf is the module that a challenge's deliverable is called after it.
func moduleOf(id string) string { return strings.ReplaceAll(path.Base(id), "-", "_") }

// titleOf is a challenge's title after its id.
func titleOf(id string) string {
	title := strings.ReplaceAll(path.Base(id), "-", " ")
	return strings.ToUpper(title[:1]) + title[1:]
}

var titleLine = regexp.MustCompile(`(?m)^title: .*$`)

// rename gives a challenge that was copied a title and a deliverable of its own,
// wherever they stand: in the spec, the README, the names of files, and in what
// imports the deliverable.
func rename(files map[string][]byte, id string) error {
	specFile := path.Join("challenges", id, "challenge.yaml")
	ch, err := spec.Parse(id, specFile, files[specFile])
	if err != nil {
		return fmt.Errorf("rename the copy: %w", err)
	}
	before, after := strings.TrimSuffix(ch.Deliverable, ".py"), moduleOf(id)
	files[specFile] = replaceFirst(titleLine, files[specFile], "title: "+titleOf(id))
	readme := path.Join("challenges", id, "README.md")
	files[readme] = bytes.Replace(files[readme], []byte("# "+ch.Title), []byte("# "+titleOf(id)), 1)
	file := regexp.MustCompile(`\b` + regexp.QuoteMeta(ch.Deliverable) + `\b`)
	imported := regexp.MustCompile(`\b(import|from|-m) ` + regexp.QuoteMeta(before) + `\b`)
	renamed := map[string][]byte{}
	for name, text := range files {
		if utf8.Valid(text) {
			text = file.ReplaceAll(text, []byte(after+".py"))
			text = imported.ReplaceAll(text, []byte("${1} "+after))
		}
		if path.Base(name) == ch.Deliverable {
			name = path.Join(path.Dir(name), after+".py")
		}
		renamed[name] = text
	}
	clear(files)
	for name, text := range renamed {
		files[name] = text
	}
	return nil
}

func replaceFirst(re *regexp.Regexp, text []byte, with string) []byte {
	at := re.FindIndex(text)
	if at == nil {
		return text
	}
	return append(append(append([]byte{}, text[:at[0]]...), with...), text[at[1]:]...)
}
