package spec

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/gilcourse/gilcourse/grader/spelling"
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

type decoder struct {
	file   string
	errs   Errors
	places map[string]Position // of each value, by its path
}

func (d *decoder) fail(p Position, format string, args ...any) {
	d.errs = append(d.errs, &Error{d.file, p, fmt.Sprintf(format, args...)})
}

// decode fills the struct that into points to. It reports all mistakes.
func decode(file string, data []byte, into any) (places map[string]Position, err error) {
	d := &decoder{file: file, places: map[string]Position{}}
	defer func() {
		if r := recover(); r != nil { // the parser has panicked on bad input before
			places, err = nil, Errors{{file, Position{1, 1}, fmt.Sprintf("the file cannot be parsed as YAML (%v)", r)}}
		}
	}()
	switch {
	case len(data) > MaxBytes:
		d.fail(Position{1, 1}, "the file has %d bytes, a spec at most %d", len(data), MaxBytes)
		return nil, d.errs
	case depth(data) > maxDepth:
		d.fail(Position{1, 1}, "the file is nested deeper than %d levels", maxDepth)
		return nil, d.errs
	}
	// The parser counts some lines twice that end as Windows ends them.
	f, perr := parser.ParseBytes(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), 0)
	if perr != nil {
		d.syntax(perr)
		return nil, d.errs
	}
	switch docs := slices.DeleteFunc(f.Docs, func(doc *ast.DocumentNode) bool { return doc.Body == nil }); len(docs) {
	case 0:
		d.fail(Position{1, 1}, "the file is empty; `version: 1` comes first")
	case 1:
		d.value("", docs[0].Body, reflect.ValueOf(into).Elem())
	default:
		d.fail(position(docs[1].Body), "a second document; a spec is one document, without `---` in between")
	}
	if len(d.errs) > 0 {
		return nil, d.sorted()
	}
	return d.places, nil
}

func (d *decoder) sorted() Errors {
	slices.SortStableFunc(d.errs, func(a, b *Error) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
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

func (d *decoder) syntax(err error) {
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
	d.fail(p, "%s; check the indentation and the quotes", message)
}

func position(n ast.Node) Position {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return Position{1, 1}
	}
	p := n.GetToken().Position
	return Position{p.Line, p.Column}
}

func (d *decoder) value(path string, n ast.Node, v reflect.Value) {
	d.places[path] = position(n)
	switch n := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode:
		d.fail(position(n), "anchors, aliases and tags are not allowed; write the value out")
		return
	case *ast.NullNode:
		d.fail(position(n), "%s has no value", name(path))
		return
	}
	if p, ok := v.Addr().Interface().(interface{ parse(string) error }); ok {
		s, ok := scalar(n)
		if !ok {
			d.fail(position(n), "%s is a single value", name(path))
		} else if err := p.parse(s); err != nil {
			d.fail(position(n), "%s: %v", name(path), err)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(path, n, v.Elem())
	case reflect.Struct:
		d.structure(path, n, v)
	case reflect.Slice:
		d.list(path, n, v)
	case reflect.Map:
		d.mapping(path, n, v)
	case reflect.String:
		s, ok := scalar(n)
		if _, isText := n.(*ast.StringNode); !ok || !isText && n.Type() != ast.LiteralType {
			d.fail(position(n), "%s is a text; put it in quotes", name(path))
			return
		}
		v.SetString(strings.TrimSpace(s))
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.fail(position(n), "%s is true or false", name(path))
			return
		}
		v.SetBool(b.Value)
	default:
		d.number(path, n, v)
	}
}

func (d *decoder) number(path string, n ast.Node, v reflect.Value) {
	s, ok := scalar(n)
	s = strings.ReplaceAll(s, "_", "")
	if v.CanInt() {
		i, err := strconv.ParseInt(s, 10, 64)
		if _, isInt := n.(*ast.IntegerNode); !ok || !isInt || err != nil || v.OverflowInt(i) {
			d.fail(position(n), "%s is a whole number", name(path))
			return
		}
		v.SetInt(i)
		return
	}
	f, err := strconv.ParseFloat(s, 64)
	_, isInt := n.(*ast.IntegerNode)
	_, isFloat := n.(*ast.FloatNode)
	plain := n.GetToken().Type == token.StringType && exponent.MatchString(s) // 1e-6 is a text to the parser
	if !ok || !isInt && !isFloat && !plain || err != nil {
		d.fail(position(n), "%s is a number", name(path))
		return
	}
	v.SetFloat(f)
}

var exponent = regexp.MustCompile(`^[-+]?[0-9.]+[eE][-+]?[0-9]+$`)

func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// entries gives the keys and values of a mapping, in order.
func (d *decoder) entries(path string, n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	d.fail(position(n), "%s is a mapping: lines of `name: value`", name(path))
	return nil, false
}

// keyed gives the field that is written as the key of a mapping, as in
// `processes.parallelism: {min: 1}`; empty for none.
func keyed(t reflect.Type) string {
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			if t.Field(i).Tag.Get("key") != "" {
				return t.Field(i).Name
			}
		}
	}
	return ""
}

func (d *decoder) list(path string, n ast.Node, v reflect.Value) {
	if field := keyed(v.Type().Elem()); field != "" {
		entries, ok := d.entries(path, n)
		if !ok {
			return
		}
		for i, e := range entries {
			key, ok := d.key(e)
			if !ok {
				continue
			}
			b := reflect.New(v.Type().Elem()).Elem()
			b.FieldByName(field).SetString(key)
			at := fmt.Sprintf("%s[%d]", path, i)
			d.value(at, e.Value, b)
			d.places[at] = position(e.Key)
			v.Set(reflect.Append(v, b))
		}
		return
	}
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fail(position(n), "%s is a list: lines of `- value`", name(path))
		return
	}
	for i, item := range seq.Values {
		e := reflect.New(v.Type().Elem()).Elem()
		d.value(fmt.Sprintf("%s[%d]", path, i), item, e)
		v.Set(reflect.Append(v, e))
	}
}

func (d *decoder) mapping(path string, n ast.Node, v reflect.Value) {
	entries, ok := d.entries(path, n)
	if !ok {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range entries {
		key, ok := d.key(e)
		if !ok {
			continue
		}
		value := reflect.New(v.Type().Elem()).Elem()
		d.value(join(path, key), e.Value, value)
		v.SetMapIndex(reflect.ValueOf(key), value)
	}
}

func (d *decoder) key(e *ast.MappingValueNode) (string, bool) {
	s, ok := scalar(e.Key)
	if !ok {
		d.fail(position(e.Key), "a key is a plain word")
	}
	return s, ok
}

func (d *decoder) structure(path string, n ast.Node, v reflect.Value) {
	entries, ok := d.entries(path, n)
	if !ok {
		return
	}
	fields := map[string]int{}
	var known []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if tag := f.Tag.Get("yaml"); tag != "" && tag != "-" && f.Tag.Get("key") == "" {
			fields[tag] = i
			known = append(known, tag)
		}
	}
	seen := map[string]bool{}
	for _, e := range entries {
		key, ok := d.key(e)
		if !ok {
			continue
		}
		i, ok := fields[key]
		switch {
		case !ok:
			d.fail(position(e.Key), "%s is unknown here; %s", join(path, key), spelling.Suggest(key, known))
		case seen[key]:
			d.fail(position(e.Key), "%s stands twice; take one away", join(path, key))
		default:
			d.value(join(path, key), e.Value, v.Field(i))
		}
		seen[key] = true
	}
	for _, key := range known {
		if !seen[key] && v.Type().Field(fields[key]).Tag.Get("need") != "" {
			d.fail(position(n), "%s is missing; add `%s: …`", join(path, key), key)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func name(path string) string {
	if path == "" {
		return "a spec"
	}
	return path
}

// All gives the single mistakes in an error of this package, nil for others.
func All(err error) Errors {
	var errs Errors
	if errors.As(err, &errs) {
		return errs
	}
	return nil
}
