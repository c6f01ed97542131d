package spec

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// MaxBytes is the largest file that is read as a spec.
const MaxBytes = 256 << 10

// maxDepth bounds how deep a spec may be nested: more is no spec, and the
// parser recurses.
const maxDepth = 64

// Position is a place in a file, both from 1.
type Position struct{ Line, Column int }

// Error is one mistake in a spec.
type Error struct {
	File string
	Position
	Message string // what is wrong and what to write instead
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Errors are all mistakes of a spec, in the order of their lines.
type Errors []*Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// decoder reads a file, and gathers what is wrong with it: first what cannot be
// read, then what the rules of the language refuse in the rest.
type decoder struct {
	file   string
	errs   Errors
	places map[string]Position // of each value, by its path: checks[0].points
	names  map[string]string   // what a message calls it, where that is not its path
	// examples say how a mapping is written that has one value, by its path.
	examples map[string]string
	spoilt   map[string]bool // the paths of what is missing or could not be read
	broken   bool            // nothing could be read
	parted   bool            // what is missing may stand in another document
}

func (d *decoder) fail(p Position, format string, args ...any) {
	d.errs = append(d.errs, &Error{d.file, p, fmt.Sprintf(format, args...)})
}

// spoil notes that what stands at a path, or should, cannot be used.
func (d *decoder) spoil(path string, p Position, format string, args ...any) {
	d.spoilt[path] = true
	d.fail(p, format, args...)
}

// wrong notes a mistake in what was read. Where it could not be read, that has
// been said already.
func (d *decoder) wrong(path, format string, args ...any) {
	if d.sound(path) {
		d.fail(d.at(path), format, args...)
	}
}

// sound reports whether all that stands at these paths could be read, and nothing
// is missing there.
func (d *decoder) sound(paths ...string) bool {
	for _, path := range paths {
		for ; path != ""; path = parent(path) {
			if d.spoilt[path] {
				return false
			}
		}
	}
	return true
}

// whole reports whether all that stands at this path, and below it, could be read.
func (d *decoder) whole(path string) bool {
	for below := range d.spoilt {
		if rest, ok := strings.CutPrefix(below, path); ok && rest != "" && strings.ContainsAny(rest[:1], ".[") {
			return false
		}
	}
	return d.sound(path)
}

// written reports whether the file has a value at this path.
func (d *decoder) written(path string) bool {
	_, ok := d.places[path]
	return ok
}

// at is where a value stands, or, where it does not stand there, what it is a
// part of.
func (d *decoder) at(path string) Position {
	for ; ; path = parent(path) {
		if p, ok := d.places[path]; ok || path == "" {
			return Position{max(1, p.Line), max(1, p.Column)}
		}
	}
}

// parent is the path of what a value is a part of, empty for the whole.
func parent(path string) string { return path[:max(0, strings.LastIndexAny(path, ".["))] }

// decode fills the struct that into points to, as far as it can be read.
func decode(file string, data []byte, into any) (d *decoder) {
	d = &decoder{file: file, places: map[string]Position{}, names: map[string]string{}, examples: map[string]string{}, spoilt: map[string]bool{}}
	defer func() {
		if r := recover(); r != nil { // the parser has panicked on bad input before
			d.broken = true
			d.fail(Position{1, 1}, "the file cannot be parsed as YAML (%v)", r)
		}
	}()
	data, readable := d.plainText(data)
	if !readable {
		d.broken = true
		return d
	}
	f, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey()) // they are found here, all of them
	if err != nil {
		d.broken = true
		d.syntax(err, data)
		return d
	}
	docs := slices.DeleteFunc(f.Docs, func(doc *ast.DocumentNode) bool { return doc.Body == nil })
	if len(docs) == 0 {
		d.broken = true
		d.fail(Position{1, 1}, "the file is empty; `version: 1` comes first")
		return d
	}
	if len(docs) > 1 {
		d.parted = true
		d.fail(position(docs[1].Body), "a second document; a spec is one document, without `---` in between")
	}
	d.broken = !d.value("", docs[0].Body, reflect.ValueOf(into).Elem())
	return d
}

// plainText gives the file as the parser can read it, false where it cannot.
func (d *decoder) plainText(data []byte) ([]byte, bool) {
	switch {
	case len(data) > MaxBytes:
		d.fail(Position{1, 1}, "the file has %d bytes, a spec at most %d; keep it to what the spec asks for", len(data), MaxBytes)
		return nil, false
	case depth(data) > maxDepth:
		d.fail(Position{1, 1}, "the file is nested deeper than %d levels; a spec needs fewer than ten", maxDepth)
		return nil, false
	}
	if rest, ok := bytes.CutPrefix(data, []byte("\ufeff")); ok {
		d.fail(Position{1, 1}, "a byte order mark comes before the first line; save the file as UTF-8 without one")
		data = rest
	}
	// The parser counts some lines twice that end as Windows ends them.
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	for n, line := range bytes.Split(data, []byte("\n")) {
		if i := bytes.IndexFunc(line, unreadable); i >= 0 {
			d.fail(Position{n + 1, utf8.RuneCount(line[:i]) + 1}, "a character that no text has (%q); save the file as UTF-8, and write this character anew", line[i:min(len(line), i+1)])
			return nil, false
		}
	}
	return data, true
}

// unreadable reports whether a character is none, or controls a terminal.
func unreadable(r rune) bool { return r == utf8.RuneError || r != '\t' && unicode.IsControl(r) }

// all gives the mistakes in the order of their lines, each once.
func (d *decoder) all() Errors {
	slices.SortStableFunc(d.errs, func(a, b *Error) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
	d.errs = slices.CompactFunc(d.errs, func(a, b *Error) bool { return *a == *b })
	return d.errs
}

// depth is an upper bound on how deep the document can be nested.
func depth(data []byte) int {
	open, most := 0, 0
	for line := range strings.Lines(string(data)) {
		indent := len(line) - len(strings.TrimLeft(line, " -?"))
		most = max(most, indent/2+open)
		for _, c := range line {
			switch c {
			case '[', '{':
				open++
				most = max(most, open)
			case ']', '}':
				open = max(0, open-1)
			}
		}
	}
	return most
}

// syntax says where the parser stopped, and, where a quote is still open there,
// where that may begin.
func (d *decoder) syntax(err error, data []byte) {
	p, message := Position{1, 1}, err.Error()
	// goccy's message starts with [line:column].
	if rest, ok := strings.CutPrefix(message, "["); ok {
		if place, text, ok := strings.Cut(rest, "] "); ok {
			line, column, _ := strings.Cut(place, ":")
			if l, err := strconv.Atoi(line); err == nil {
				p.Line = l
			}
			if c, err := strconv.Atoi(column); err == nil {
				p.Column = c
			}
			message = text
		}
	}
	message, _, _ = strings.Cut(message, "\n")
	for _, known := range []struct{ part, says string }{
		{"'\t'", "a tab stands where the line is indented; write spaces"},
		{"mapping value is not allowed", "a colon stands within a text; put the text in quotes"},
		{"is a reserved character", "a text cannot begin with this character; put the text in quotes"},
		{"unexpected key name", "this is no `name: value`; write a space after the colon"},
	} {
		if strings.Contains(message, known.part) {
			d.fail(p, "%s", known.says)
			return
		}
	}
	for n, line := range strings.Split(string(data), "\n")[:min(p.Line, strings.Count(string(data), "\n")+1)] {
		code, _, _ := strings.Cut(strings.ReplaceAll(line, `\"`, ""), " #")
		if strings.Count(code, `"`)%2 == 1 {
			d.fail(p, "%s; a quote on line %d is not closed there", message, n+1)
			return
		}
	}
	d.fail(p, "%s; check the indentation and the quotes", message)
}

// position is where a value begins: a mapping, by its first key.
func position(n ast.Node) Position {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return position(m.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return position(m.Key)
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return Position{1, 1}
	}
	p := n.GetToken().Position
	return Position{p.Line, p.Column}
}

// All gives the single mistakes in an error of this package, nil for others.
func All(err error) Errors {
	var errs Errors
	if errors.As(err, &errs) {
		return errs
	}
	return nil
}
