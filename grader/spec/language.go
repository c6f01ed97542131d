package spec

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// Structure is a part of the language: a mapping with fields of its own.
type Structure struct {
	Name        string // of its Go type: Challenge, Check
	Description string
	Fields      []Field
}

// Field is a line of a mapping.
type Field struct {
	Name string // as it is written in the file
	// Type is what is written for it: text, whole number, list of texts.
	Type string
	// Of is the Structure that it holds, or a list or mapping of; empty for none.
	Of string
	// Words are the values that it can have, with what each means; nil for others.
	Words       []Callable
	Range       string // from 1 to 64; empty for no limits
	Default     string // where the file says nothing; empty for none
	Needed      bool
	Description string
}

// Language gives the parts of the language of challenge.yaml, as the types and
// their comments say: the whole first, then the others in the order of the fields
// that hold them.
func Language() ([]Structure, error) {
	comments, err := readComments()
	if err != nil {
		return nil, err
	}
	defaults := &Challenge{Calls: []Call{{}}, Analysis: &Analysis{}}
	defaults.defaults()
	l := language{comments: comments, defaults: map[reflect.Type]reflect.Value{}}
	for _, v := range []any{*defaults, defaults.Limits, defaults.Rounds, defaults.Size, defaults.Task, defaults.Calls[0], *defaults.Analysis} {
		l.defaults[reflect.TypeOf(v)] = reflect.ValueOf(v)
	}
	l.todo = []reflect.Type{reflect.TypeFor[Challenge]()}
	for n := 0; n < len(l.todo); n++ {
		l.parts = append(l.parts, l.structure(l.todo[n]))
	}
	return l.parts, nil
}

type language struct {
	comments map[string]string
	defaults map[reflect.Type]reflect.Value // with what the file may leave out
	todo     []reflect.Type
	parts    []Structure
}

func (l *language) structure(t reflect.Type) Structure {
	s := Structure{Name: t.Name()}
	tags := map[string]string{}
	for i := range t.NumField() {
		f := t.Field(i)
		tags[f.Name] = f.Tag.Get("yaml")
	}
	s.Description = spoken(l.comments[t.Name()], tags)
	before := ""
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("yaml")
		if tag == "" || tag == "-" || f.Tag.Get("key") != "" {
			continue
		}
		comment := l.comments[t.Name()+"."+f.Name]
		if comment == "" && regexp.MustCompile(`\b`+f.Name+`\b`).MatchString(before) {
			comment = before
		}
		before = comment
		field := Field{Name: tag, Needed: f.Tag.Get("need") != "", Description: spoken(comment, tags), Default: l.fallback(t, f.Name), Words: l.words(t, f)}
		if least, most := limits(f); least+most != "" {
			field.Range = spokenLimits(least, most)
		}
		field.Type, field.Of = l.written(f.Type)
		s.Fields = append(s.Fields, field)
	}
	return s
}

// words are the values that a field can have, nil for any.
func (l *language) words(t reflect.Type, f reflect.StructField) []Callable {
	if t == reflect.TypeFor[Argument]() && f.Name == "Is" {
		return Callables
	}
	w, ok := reflect.Zero(f.Type).Interface().(worded)
	if !ok {
		return nil
	}
	var all []Callable
	for _, word := range w.words() {
		all = append(all, Callable{word, l.comments[f.Type.Name()+"."+word]})
	}
	return all
}

// fallback is the value of a field that the file leaves out.
func (l *language) fallback(t reflect.Type, name string) string {
	v, ok := l.defaults[t]
	if !ok || v.FieldByName(name).IsZero() {
		return ""
	}
	switch d := v.FieldByName(name).Interface().(type) {
	case Duration:
		return spokenDuration(d)
	case Bytes:
		return spokenBytes(d)
	case int, int64:
		return fmt.Sprint(d)
	}
	return ""
}

// spokenDuration is a duration as a spec says it: 20m, not 20m0s.
func spokenDuration(d Duration) string {
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func spokenBytes(b Bytes) string {
	for i, unit := range []string{"GiB", "MiB", "KiB"} {
		if size := Bytes(1) << (10 * (3 - i)); b%size == 0 {
			return fmt.Sprintf("%d%s", b/size, unit)
		}
	}
	return fmt.Sprintf("%d bytes", b)
}

// written says what is written for a value of a type, and which structure that is.
func (l *language) written(t reflect.Type) (kind, of string) {
	_, parses := reflect.New(t).Interface().(interface{ parse(string) error })
	switch t {
	case reflect.TypeFor[Duration]():
		return "duration", ""
	case reflect.TypeFor[Bytes]():
		return "amount of bytes", ""
	case reflect.TypeFor[PythonVersion]():
		return "version, such as 3.12", ""
	case reflect.TypeFor[Pattern]():
		return "pattern", ""
	}
	switch {
	case parses:
		return "number or text", ""
	case t.Kind() == reflect.Pointer:
		return l.written(t.Elem())
	case t.Kind() == reflect.Slice:
		kind, of = l.written(t.Elem())
		if field := keyed(t.Elem()); field != "" {
			f, _ := t.Elem().FieldByName(field)
			return "mapping by " + f.Tag.Get("yaml"), of
		}
		if of != "" {
			return "list", of
		}
		return "list of " + plural(kind), ""
	case t.Kind() == reflect.Map:
		kind, of = l.written(t.Elem())
		return "mapping with " + plural(kind), of
	case t.Kind() == reflect.Struct:
		l.add(t)
		return "mapping", t.Name()
	case t.Kind() == reflect.Bool:
		return "true or false", ""
	case t.Kind() == reflect.Float64:
		return "number", ""
	case t.Kind() == reflect.Int || t.Kind() == reflect.Int64:
		return "whole number", ""
	}
	return "text", ""
}

// plural is the plural of what is written.
func plural(kind string) string {
	if rest, ok := strings.CutPrefix(kind, "mapping "); ok {
		return "mappings " + rest
	}
	if first, rest, two := strings.Cut(kind, " or "); two {
		return plural(first) + " or " + plural(rest)
	}
	return kind + "s"
}

// add notes a structure to be described, once.
func (l *language) add(t reflect.Type) {
	for _, known := range l.todo {
		if known == t {
			return
		}
	}
	l.todo = append(l.todo, t)
}
