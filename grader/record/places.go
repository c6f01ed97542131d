package record

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// What stands in a record for a folder of whoever made it.
const (
	pythonWord = "PYTHON" // the interpreter, or the folder of its installation
	homeWord   = "HOME"   // a home
	runWord    = "RUN"    // what the run worked in, or another folder for temporary files
)

// Where nobody says which folders they are, those of a run, for temporary files,
// and homes are told by what programs and systems call them.
const (
	anyRun  = `[^\s"'` + "`" + `(),:;=]*[/\\]gilcourse-[0-9]+`
	anyTemp = `(?:/private)?(?:/var)?/tmp|(?:/private)?/var/folders/[\w+]+/[\w+]+/T`
	anyHome = `/root|/home/[^\s/"':,;]+|/Users/[^\s/"':,;]+|[A-Za-z]:\\Users\\[^\s\\"':,;]+`
)

// system begins the folders that are the same on all machines: they say nothing
// of a person, and stay.
var system = regexp.MustCompile(`^(?:/|[A-Za-z]:\\)$|^(?:/usr|/opt|/bin|/lib|/nix|/System|/Library|/Applications|[A-Za-z]:\\(?:Program Files|Windows))(?:$|[/\\])`)

// places are the folders that a record does not name, the longest first.
type places []place

type place struct {
	find *regexp.Regexp // with what stands before and after as its groups
	word string
}

var general = places{
	{regexp.MustCompile(`()` + anyRun + `($|[^\w.-])`), runWord},
	{around(anyTemp), runWord},
	{around(anyHome), homeWord},
}

// around finds a path that does not go on. Options of compilers stand right
// before one, as in -I/home.
func around(path string) *regexp.Regexp {
	return regexp.MustCompile(`(^|[^\w./\\-]|-[A-Z])(?:` + path + `)($|[^\w.-])`)
}

// placesOf gives the folders of a record by its interpreter, and those of this
// process where it is the one that makes the record.
func placesOf(p Python, own bool) places {
	words := map[string]string{}
	if own {
		words[os.TempDir()] = runWord
		if home, err := os.UserHomeDir(); err == nil {
			words[home] = homeWord
		}
	}
	words[p.Prefix], words[p.Base], words[p.Path] = pythonWord, pythonWord, pythonWord
	var known places
	for dir, word := range words {
		if clean := filepath.Clean(dir); filepath.IsAbs(clean) && !system.MatchString(clean) {
			known = append(known, place{around(regexp.QuoteMeta(clean)), word})
		}
	}
	slices.SortFunc(known, func(a, b place) int {
		return cmp.Or(cmp.Compare(len(b.find.String()), len(a.find.String())), cmp.Compare(a.find.String(), b.find.String()))
	})
	return append(append(places{general[0]}, known...), general[1:]...)
}

// in writes the words in the place of the folders that a text names.
func (s places) in(text string) string {
	if !strings.ContainsAny(text, `/\`) {
		return text
	}
	for _, p := range s {
		for range 2 { // of two side by side the first takes what stands between them
			text = p.find.ReplaceAllString(text, "${1}"+p.word+"${2}")
		}
	}
	return text
}

// hide writes the words into all texts in a value, but for a spec, which is the
// course's and stays to the letter.
func (s places) hide(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			s.hide(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "spec" {
				s.hide(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Int64 {
			for i := range v.Len() {
				s.hide(v.Index(i))
			}
		}
	case reflect.Map:
		if v.Type().Elem().Kind() == reflect.String {
			for _, k := range v.MapKeys() {
				v.SetMapIndex(k, reflect.ValueOf(s.in(v.MapIndex(k).String())))
			}
		}
	case reflect.String:
		v.SetString(s.in(v.String()))
	}
}

// hidden gives a copy of a line that names no such folder. Samples name none.
func (s places) hidden(l line) (line, error) {
	if l.Sample != nil || l.Core != nil {
		return l, nil
	}
	var out line
	text, err := json.Marshal(l)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		return out, fmt.Errorf("copy a line of the record: %w", err)
	}
	s.hide(reflect.ValueOf(&out).Elem())
	return out, nil
}
