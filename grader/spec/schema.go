package spec

import (
	"embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gilcourse/gilcourse/grader/quantity"
)

// The comments on the types are the descriptions of the schema.
//
//go:embed *.go
var source embed.FS

// Schema gives the JSON Schema (draft-07, which editors know) of
// challenge.yaml. It is made from the types of this package, so a new field is
// there by itself, and its comment explains it.
func Schema() ([]byte, error) {
	comments, err := readComments()
	if err != nil {
		return nil, err
	}
	s := schema{comments: comments, definitions: map[string]any{}}
	root := s.of(reflect.TypeFor[Challenge]())
	top := map[string]any{
		"$schema": "http://json-schema.org/draft-07/schema#", "title": "challenge.yaml of gilcourse", "definitions": s.definitions,
	}
	for k, v := range root {
		top[k] = v
	}
	text, err := json.MarshalIndent(top, "", "  ")
	return append(text, '\n'), err
}

// patterned are the types that are written as a text of some form.
type patterned interface{ pattern() string }

func (Duration) pattern() string { return `^(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+$` }
func (Bytes) pattern() string    { return `^[0-9]+ *(KiB|MiB|GiB)$` }

// worded are the types of which only some words are values.
type worded interface{ words() []string }

func (Expectation) words() []string { return texts(Expectations()) }
func (Role) words() []string        { return texts(roles) }
func (Ceiling) words() []string     { return texts(ceilings) }

// choices are the words that a field which is a plain text may have, by
// TYPE.FIELD.
var choices = map[string][]string{
	"Argument.Is": slices.Concat(callables, Objects),
}

type schema struct {
	comments    map[string]string // by TYPE, TYPE.FIELD and TYPE.WORD
	definitions map[string]any
}

// of gives the schema of a type.
func (s *schema) of(t reflect.Type) map[string]any {
	_, parses := reflect.New(t).Interface().(interface{ parse(string) error })
	switch value := reflect.Zero(t).Interface().(type) {
	case PythonVersion: // also as a number, which 3.10 is not
		return map[string]any{"type": []string{"string", "number"}, "pattern": value.pattern()}
	case patterned:
		return map[string]any{"type": "string", "pattern": value.pattern()}
	case worded:
		return map[string]any{"enum": value.words()}
	}
	switch {
	case parses:
		return map[string]any{"type": []string{"string", "number", "boolean"}}
	case t.Kind() == reflect.Pointer:
		return s.of(t.Elem())
	case t == reflect.TypeFor[[]Bound]():
		return s.bounds(`^[a-z][a-z0-9-]*\.`)
	case t.Kind() == reflect.Slice && keyed(t.Elem()) != "":
		return map[string]any{"type": "object", "additionalProperties": s.ref(t.Elem())}
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": s.ref(t.Elem())}
	case t.Kind() == reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.ref(t.Elem())}
	case t.Kind() == reflect.Struct:
		return s.structure(t)
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case t.Kind() == reflect.Float64:
		return map[string]any{"type": "number"}
	case t.Kind() == reflect.Int || t.Kind() == reflect.Int64:
		// YAML 1.2 takes 50_000_000 for a text; so do editors.
		return map[string]any{"type": []string{"integer", "string"}, "pattern": "^-?[0-9][0-9_]*$"}
	}
	return map[string]any{"type": "string"}
}

// ref gives a reference to a struct's definition, which it makes; other types
// have none.
func (s *schema) ref(t reflect.Type) map[string]any {
	if t.Kind() == reflect.Pointer {
		return s.ref(t.Elem())
	}
	if t.Kind() != reflect.Struct {
		return s.of(t)
	}
	if _, ok := s.definitions[t.Name()]; !ok {
		s.definitions[t.Name()] = nil // it is being made
		s.definitions[t.Name()] = s.of(t)
	}
	return map[string]any{"$ref": "#/definitions/" + t.Name()}
}

func (s *schema) structure(t reflect.Type) map[string]any {
	properties := map[string]any{}
	required := []string{}
	tags := map[string]string{} // of the fields
	for i := range t.NumField() {
		tags[t.Field(i).Name] = t.Field(i).Tag.Get("yaml")
	}
	before := ""
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("yaml")
		if tag == "" || tag == "-" || f.Tag.Get("key") != "" {
			continue
		}
		property := s.ref(f.Type)
		switch words := choices[t.Name()+"."+f.Name]; {
		case words != nil:
			property = map[string]any{"enum": words}
		case t == reflect.TypeFor[Answer]() && f.Name == "When": // the call may be left out
			property = s.bounds(`^([a-z][a-z0-9-]*\.)?`)
		}
		comment := s.comments[t.Name()+"."+f.Name]
		if comment == "" && regexp.MustCompile(`\b`+f.Name+`\b`).MatchString(before) {
			comment = before // one comment on several fields
		}
		before = comment
		if comment == "" { // what it is a list of, or a part like it, may be explained
			comment = s.comments[element(f.Type).Name()]
		}
		properties[tag] = described(property, spoken(comment, tags)+s.explained(f.Type))
		if f.Tag.Get("need") != "" {
			required = append(required, tag)
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return described(out, spoken(s.comments[t.Name()], tags))
}

// explained says what each word of a type is for, empty for a type without.
func (s *schema) explained(t reflect.Type) string {
	w, ok := reflect.Zero(t).Interface().(worded)
	if !ok {
		return ""
	}
	var all []string
	for _, word := range w.words() {
		all = append(all, word+" ("+s.comments[t.Name()+"."+word]+")")
	}
	return " One of: " + strings.Join(all, ", ") + "."
}

// element is what a list or a pointer is of, the type itself for others.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// described adds a description. In draft-07 nothing beside a $ref counts.
func described(schema map[string]any, text string) map[string]any {
	if text == "" {
		return schema
	}
	if _, isRef := schema["$ref"]; isRef {
		schema = map[string]any{"allOf": []any{schema}}
	}
	schema["description"] = text
	return schema
}

// bounds has a property for each quantity, so that editors complete and
// explain them. Those of calls and templates begin with an id of the spec, which
// the regular expression matches.
func (s *schema) bounds(id string) map[string]any {
	one := func(q quantity.Quantity) map[string]any {
		text := q.Description + " (" + string(q.Witness)
		if q.Unit != "" {
			text += ", " + q.Unit
		}
		return described(s.ref(reflect.TypeFor[Bound]()), text+")")
	}
	properties, patterns := map[string]any{}, map[string]any{}
	for _, list := range quantity.Whole {
		for _, q := range list {
			properties[q.Name] = one(q)
		}
	}
	for _, list := range quantity.Parts {
		for _, q := range list {
			patterns[id+q.Name+`$`] = one(q)
		}
	}
	return map[string]any{"type": "object", "minProperties": 1, "properties": properties, "patternProperties": patterns, "additionalProperties": false}
}

// spoken is a comment with the fields' names as they are written in YAML.
func spoken(comment string, tags map[string]string) string {
	first := true
	return regexp.MustCompile(`\b[A-Z]\w*\b`).ReplaceAllStringFunc(comment, func(word string) string {
		tag := tags[word]
		acronym := !first && len(word) > 1 && word[1] < 'a' // the GIL, not the field
		if first = false; tag == "" || tag == "-" || acronym {
			return word
		}
		return "`" + tag + "`"
	})
}

// readComments gives the comments on the types of this package, on their fields
// and on the words that are constants of a type, each in one line.
func readComments() (map[string]string, error) {
	names, err := fs.Glob(source, "*.go")
	if err != nil {
		return nil, err
	}
	comments := map[string]string{}
	line := func(groups ...*ast.CommentGroup) string {
		var words []string
		for _, g := range groups {
			words = append(words, strings.Fields(g.Text())...)
		}
		return strings.Join(words, " ")
	}
	for _, name := range names {
		text, err := source.ReadFile(name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("read the comments of the spec: %w", err)
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, one := range gen.Specs {
				if c, ok := one.(*ast.ValueSpec); ok && gen.Tok == token.CONST {
					kind, typed := c.Type.(*ast.Ident)
					word, text := value(c)
					if typed && text {
						comments[kind.Name+"."+word] = line(c.Doc, c.Comment)
					}
				}
				t, ok := one.(*ast.TypeSpec)
				if !ok {
					continue
				}
				comments[t.Name.Name] = line(gen.Doc, t.Doc)
				fields, ok := t.Type.(*ast.StructType)
				if !ok {
					continue
				}
				for _, f := range fields.Fields.List {
					for _, n := range f.Names {
						comments[t.Name.Name+"."+n.Name] = line(f.Doc, f.Comment)
					}
				}
			}
		}
	}
	return comments, nil
}

// value is the text of a constant, if it is one.
func value(c *ast.ValueSpec) (string, bool) {
	if len(c.Values) != 1 {
		return "", false
	}
	literal, ok := c.Values[0].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil
}
