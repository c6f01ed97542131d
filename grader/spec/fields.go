package spec

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/gilcourse/gilcourse/grader/spelling"
)

// What the tags of a field say: `yaml` is its name in the file, `key` that it is
// the key of a mapping, `need` that it must be there, `range` its least and most,
// `empty` what an empty list of it means, which is else refused.

// value reads a node into v, as far as it can be, and reports whether all of it
// could be.
func (d *decoder) value(path string, n ast.Node, v reflect.Value) bool {
	d.places[path] = position(n)
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode, *ast.TagNode:
		d.spoil(path, position(n), "anchors, aliases and tags are not allowed; write the value out")
		return false
	case *ast.NullNode:
		d.spoil(path, position(n), "%s has no value; write one, or take the line away", d.name(path))
		return false
	}
	if _, parses := v.Addr().Interface().(interface{ parse(string) error }); parses {
		return d.single(path, n, v)
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return d.value(path, n, v.Elem())
	case reflect.Struct:
		return d.structure(path, n, v)
	case reflect.Slice:
		if keyed(v.Type().Elem()) != "" {
			return d.keyedList(path, n, v)
		}
		return d.list(path, n, v)
	case reflect.Map:
		return d.mapping(path, n, v)
	}
	return d.single(path, n, v)
}

// entry is a key with its value.
type entry struct {
	key string
	*ast.MappingValueNode
}

// entries gives the keys and values of a mapping, in order, each key once.
func (d *decoder) entries(path string, n ast.Node) ([]entry, bool) {
	var nodes []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		nodes = n.Values
	case *ast.MappingValueNode:
		nodes = []*ast.MappingValueNode{n}
	default:
		remedy := "write lines of `name: value`"
		if written, ok := scalar(n); ok && d.examples[path] != "" {
			remedy = "write `" + fmt.Sprintf(d.examples[path], written) + "`"
		}
		d.spoil(path, position(n), "%s is a mapping; %s", d.name(path), remedy)
		return nil, false
	}
	var all []entry
	first := map[string]int{} // the line of each key
	for _, e := range nodes {
		key, ok := scalar(e.Key)
		place := position(e.Key)
		switch line, twice := first[key]; {
		case !ok && e.Key.Type() == ast.MergeKeyType:
			d.fail(place, "anchors, aliases and tags are not allowed; write the value out")
		case !ok:
			d.fail(place, "a key is a plain word; put it in quotes if it is one")
		case twice:
			d.fail(place, "%s stands twice, on line %d, too; take one away", join(d.full(path), key), line)
		default:
			first[key] = place.Line
			all = append(all, entry{key, e})
		}
	}
	return all, true
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

// keyedList reads a mapping whose keys are a field of its values.
func (d *decoder) keyedList(path string, n ast.Node, v reflect.Value) bool {
	entries, ok := d.entries(path, n)
	v.Set(reflect.MakeSlice(v.Type(), 0, len(entries)))
	for i, e := range entries {
		one := reflect.New(v.Type().Elem()).Elem()
		one.FieldByName(keyed(one.Type())).SetString(e.key)
		at := fmt.Sprintf("%s[%d]", path, i)
		d.names[at] = join(d.full(path), e.key)
		d.examples[at] = map[reflect.Type]string{reflect.TypeFor[Bound](): "{min: %s}", reflect.TypeFor[Argument](): "{value: %s}"}[one.Type()]
		ok = d.value(at, e.Value, one) && ok
		d.places[at] = position(e.Key)
		v.Set(reflect.Append(v, one))
	}
	return ok
}

func (d *decoder) list(path string, n ast.Node, v reflect.Value) bool {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		remedy := "write lines of `- value`"
		if written, ok := scalar(n); ok {
			remedy = "write `[" + written + "]`"
		}
		d.spoil(path, position(n), "%s is a list; %s", d.name(path), remedy)
		return false
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(seq.Values)))
	for i, item := range seq.Values {
		one := reflect.New(v.Type().Elem()).Elem()
		ok = d.value(fmt.Sprintf("%s[%d]", path, i), item, one) && ok
		v.Set(reflect.Append(v, one))
	}
	return ok
}

func (d *decoder) mapping(path string, n ast.Node, v reflect.Value) bool {
	entries, ok := d.entries(path, n)
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range entries {
		value := reflect.New(v.Type().Elem()).Elem()
		ok = d.value(join(path, e.key), e.Value, value) && ok
		v.SetMapIndex(reflect.ValueOf(e.key), value)
	}
	if len(entries) == 0 && ok {
		d.spoil(path, position(n), "%s is empty; fill it in, or take the line away", d.name(path))
	}
	return ok
}

// fieldsOf are the fields of a struct that are written by their names, and the
// names in their order.
func fieldsOf(t reflect.Type) (fields map[string]int, known []string) {
	fields = map[string]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		if tag := f.Tag.Get("yaml"); tag != "" && tag != "-" && f.Tag.Get("key") == "" {
			fields[tag] = i
			known = append(known, tag)
		}
	}
	return fields, known
}

func (d *decoder) structure(path string, n ast.Node, v reflect.Value) bool {
	entries, ok := d.entries(path, n)
	if !ok {
		return false
	}
	fields, known := fieldsOf(v.Type())
	seen := map[string]bool{}
	for _, e := range entries {
		seen[e.key] = true
	}
	for _, e := range entries {
		i, is := fields[e.key]
		if !is {
			d.unknown(path, e, known, seen)
			continue
		}
		f, at := v.Type().Field(i), join(path, e.key)
		if !d.value(at, e.Value, v.Field(i)) {
			continue
		}
		switch {
		case f.Tag.Get("range") != "":
			d.within(at, e.Value, v.Field(i), f)
		case f.Type.Kind() == reflect.Slice && v.Field(i).Len() == 0 && f.Tag.Get("empty") == "":
			remedy := "fill it in, or take the line away"
			if f.Tag.Get("need") != "" {
				remedy = "fill it in"
			}
			d.spoil(at, position(e.Value), "%s is empty; %s", d.name(at), remedy)
		}
	}
	for _, key := range known {
		if at := join(path, key); !seen[key] && !d.parted && !d.spoilt[at] && v.Type().Field(fields[key]).Tag.Get("need") != "" {
			d.spoil(at, position(n), "%s is missing; add `%s: …`", d.name(at), key)
		}
	}
	return true
}

// unknown refuses a field that there is not. The one that is meant, it seems, is
// not called missing, too.
func (d *decoder) unknown(path string, e entry, known []string, seen map[string]bool) {
	remedy := spelling.Suggest(e.key, known)
	if strings.Trim(e.key, "0123456789") == "" {
		remedy = "a number is written with a point, not a comma"
	}
	d.spoil(join(path, e.key), position(e.Key), "%s is unknown here; %s", join(d.full(path), e.key), remedy)
	for _, quoted := range spelling.Nearest(e.key, known) {
		if near, err := strconv.Unquote(quoted); err == nil && !seen[near] {
			d.spoilt[join(path, near)] = true
			return
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// full is the path as an author reads it: with the keys of mappings.
func (d *decoder) full(path string) string {
	if called, ok := d.names[path]; ok || path == "" {
		return called
	}
	above := parent(path)
	return d.full(above) + path[len(above):]
}

// name is what a message calls the value at a path.
func (d *decoder) name(path string) string {
	if path == "" {
		return "a spec"
	}
	return d.full(path)
}

// sortedKeys are the keys of a map, in the order of the alphabet.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
