package claim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// mostObjects bounds how often an object that may go over many lines is looked
// for in vain, and deepest how deep one is.
const (
	mostObjects = 40
	deepest     = 12
)

// python turns Python's way to write dictionaries, lists and tuples into
// JSON's.
var python = strings.NewReplacer("'", `"`, "(", "[", ")", "]", "True", "true", "False", "false", "None", "null", ",]", "]", ",}", "}", ", ]", "]", ",)", "]")

// objects reads JSON, and Python's own lists and dictionaries, where they hold
// phases' names or times, and gives the lines that they take up. Others, as in
// "[OK]" or "sums: [4, 4]", are left as text.
func (r *reader) objects() map[int]bool {
	skip := map[int]bool{}
	failed := 0
	for i := 0; i < len(r.lines); i++ {
		line := r.lines[i]
		at := strings.IndexAny(line, "{[")
		if at < 0 || len(line) > 0 && !opens(line, at) {
			continue
		}
		v, last, ok := r.value(i, at, &failed)
		if !ok || !telling(v, 0) {
			continue
		}
		for k := i; k <= last; k++ {
			skip[k] = true
		}
		r.section, r.row = "", i
		r.object(i, strings.TrimRight(line[:at], " :="), v)
		i = last
	}
	return skip
}

// opens reports whether the bracket may begin an object: a label such as [OK]
// has no quote and no number in it.
func opens(line string, at int) bool {
	rest := strings.TrimLeft(line[at+1:], " [({")
	return rest == "" || rest[0] == '"' || rest[0] == '\''
}

// value reads the value that begins in line i at a byte, and gives its last
// line.
func (r *reader) value(i, at int, failed *int) (any, int, bool) {
	if v, ok := decode(r.lines[i][at:]); ok {
		return v, i, true
	}
	if *failed >= mostObjects || strings.Count(r.lines[i][at:], "{")+strings.Count(r.lines[i][at:], "[") == strings.Count(r.lines[i][at:], "}")+strings.Count(r.lines[i][at:], "]") {
		return nil, 0, false
	}
	var b strings.Builder
	b.WriteString(r.lines[i][at:])
	open := depth(r.lines[i][at:])
	for k := i + 1; k < len(r.lines) && k < i+2000; k++ {
		b.WriteString("\n" + r.lines[k])
		if open += depth(r.lines[k]); open <= 0 {
			if v, ok := decode(b.String()); ok {
				return v, k, true
			}
			break
		}
	}
	*failed++
	return nil, 0, false
}

func depth(s string) int {
	n := 0
	for i := range len(s) {
		switch s[i] {
		case '{', '[', '(':
			n++
		case '}', ']', ')':
			n--
		}
	}
	return n
}

// decode reads a value at the start of a text: nothing but punctuation may
// follow.
func decode(s string) (any, bool) {
	for _, try := range []string{s, python.Replace(s)} {
		dec := json.NewDecoder(strings.NewReader(try))
		dec.UseNumber()
		var v any
		if dec.Decode(&v) != nil {
			continue
		}
		if rest := strings.TrimSpace(try[dec.InputOffset():]); len(rest) > 1 {
			continue
		}
		switch v.(type) {
		case map[string]any, []any:
			return v, true
		}
	}
	return nil, false
}

// telling reports whether a value names phases, or what its numbers are.
func telling(v any, depth int) bool {
	if depth > deepest {
		return false
	}
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if says(k) || telling(e, depth+1) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return telling(e, depth+1) })
	case string:
		return phaseIn(v) != ""
	}
	return false
}

func says(key string) bool {
	return phaseIn(key) != "" || !titleOf(style{}.scan(key)).empty()
}

// phaseIn gives the one phase that a text names, empty for none and for
// several.
func phaseIn(s string) Phase {
	if len(s) > 60 {
		return ""
	}
	r := reader{}
	labels := r.labels(style{}.scan(plainText(s)))
	if distinct(labels) != 1 {
		return ""
	}
	return labels[0].phase
}

// object reads the numbers in a value as lines of "the keys: number".
func (r *reader) object(at int, prefix string, v any) {
	row := at
	var walk func(path string, v any, depth int)
	emit := func(path, value string) {
		from := len(r.figures)
		r.section = ""
		r.line(at, path+": "+value)
		for i := from; i < len(r.figures); i++ {
			r.figures[i].row = row
		}
	}
	walk = func(path string, v any, depth int) {
		if depth > deepest || len(r.figures) > mostFigures {
			return
		}
		switch v := v.(type) {
		case map[string]any:
			keys, name, columns := entries(v)
			if name != "" && phaseIn(path) == "" {
				path += " " + name
				row = at*1000 + len(r.figures)
			}
			for _, k := range keys {
				if list, ok := v[k].([]any); ok && len(list) == len(columns) && len(columns) > 1 {
					for i, e := range list {
						walk(path+" "+columns[i]+" "+k, e, depth+1)
					}
					continue
				}
				walk(path+" "+k, v[k], depth+1)
			}
		case []any:
			for _, e := range v {
				if s, ok := e.(string); ok && phaseIn(s) != "" && phaseIn(path) == "" {
					path += " " + s
				}
			}
			for _, e := range v {
				if _, ok := e.(string); !ok || len(v) == 1 {
					walk(path, e, depth+1)
				}
			}
		case json.Number:
			emit(path, v.String())
		case string:
			emit(path, v)
		}
	}
	walk(prefix, v, 0)
	r.section = ""
}

// entries gives an object's keys in order, the phase that one of its texts
// names, and the names of a list of phases, which its other lists go with.
func entries(v map[string]any) (keys []string, name string, columns []string) {
	for k, e := range v {
		switch e := e.(type) {
		case string:
			if phaseIn(e) != "" && phaseIn(k) == "" {
				name = e
				continue
			}
		case []any:
			var texts []string
			for _, t := range e {
				if s, ok := t.(string); ok && phaseIn(s) != "" {
					texts = append(texts, s)
				}
			}
			if len(texts) == len(e) && len(e) > 1 {
				columns = texts
				continue
			}
		}
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys, fmt.Sprint(name), columns
}
