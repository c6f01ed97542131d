package record

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A record may come from anybody, so every field is bounded as it is read, and
// what is judged needs no further care: sums of all that a record holds stay
// within an int64, and what is drawn or counted again ends soon. A field's
// bounds are its tag: `bounds:"LEAST,MOST"` of a number, `longest:"BYTES"` of a
// text, `oneof:"A,B"` of one with few values; `bounds:"any"` is where each number is
// as good.
const (
	// mostNumber bounds a number whose field says nothing, from 0: 115 days in
	// µs. A hundred thousand of them add up to less than an int64 holds.
	mostNumber = 1e13
	longest    = 1 << 20 // bytes of a text
	mostItems  = 100_000 // of a list or a mapping
)

// words are the values of the types that have few.
var words = map[reflect.Type][]string{
	reflect.TypeFor[FailedPart](): {string(FailedReference), string(FailedMeasuring), string(FailedRound)},
	reflect.TypeFor[Whose]():      {string(Learner), string(Reference)},
	reflect.TypeFor[Aim]():        {string(Measured), string(Import), string(Pilot), string(Raises), string(Again), string(Edge), string(Rest)},
	reflect.TypeFor[CallEnd]():    {string(Returned), string(Raised), string(Exited), string(Died), string(Hung), string(Unready), string(Undefined), string(Signature), string(Forged)},
}

// Bounded says whether a record can hold what is in a value, such as what the
// learner's code answered in our program's place. The error names the first
// field that no record can have.
func Bounded(v any) error { return bounded("", reflect.ValueOf(v), "") }

// bounded looks at a field and all that is in it. The error names the first
// field that is out of its bounds, as it stands in the record.
func bounded(name string, v reflect.Value, tag reflect.StructTag) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return bounded(name, v.Elem(), tag)
		}
	case reflect.Struct:
		return boundedFields(name, v)
	case reflect.Slice, reflect.Map:
		return boundedItems(name, v, tag)
	case reflect.String:
		most := longest
		if text := tag.Get("longest"); text != "" {
			most, _ = strconv.Atoi(text) // TestTags reads them all
		}
		if err := atMost(name, "bytes", v.Len(), most); err != nil {
			return err
		}
		known := words[v.Type()]
		if tag.Get("oneof") != "" {
			known = strings.Split(tag.Get("oneof"), ",")
		}
		if known != nil && !slices.Contains(known, v.String()) {
			return fmt.Errorf("%s is %s, which is none of %s", name, brief(v.String()), strings.Trim(strings.Join(known, ", "), ", "))
		}
	case reflect.Int, reflect.Int64:
		return boundedNumber(name, float64(v.Int()), tag)
	case reflect.Float64:
		return boundedNumber(name, v.Float(), tag)
	}
	return nil
}

func boundedFields(name string, v reflect.Value) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "-" || !f.IsExported() {
			continue
		}
		inner := name
		if !f.Anonymous {
			inner = strings.TrimPrefix(name+"."+key, ".")
		}
		if err := bounded(inner, v.Field(i), f.Tag); err != nil {
			return err
		}
	}
	return nil
}

func boundedItems(name string, v reflect.Value, tag reflect.StructTag) error {
	if err := atMost(name, "items", v.Len(), mostItems); err != nil {
		return err
	}
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			if err := bounded(fmt.Sprintf("%s[%d]", name, i), v.Index(i), tag); err != nil {
				return err
			}
		}
		return nil
	}
	for _, k := range v.MapKeys() {
		if err := bounded(name, k, ""); err != nil {
			return fmt.Errorf("a name in %w", err)
		}
		if err := bounded(name+"."+brief(fmt.Sprint(k)), v.MapIndex(k), tag); err != nil {
			return err
		}
	}
	return nil
}

func atMost(name, unit string, n, most int) error {
	if n > most {
		return fmt.Errorf("%s holds %d %s, more than %d", name, n, unit, most)
	}
	return nil
}

func boundedNumber(name string, n float64, tag reflect.StructTag) error {
	least, most := 0.0, mostNumber
	if text := tag.Get("bounds"); text == "any" {
		least, most = math.Inf(-1), math.Inf(1)
	} else if from, to, ok := strings.Cut(text, ","); ok {
		least, _ = strconv.ParseFloat(from, 64)
		most, _ = strconv.ParseFloat(to, 64)
	}
	if !(n >= least && n <= most) {
		return fmt.Errorf("%s is %v, which does not lie between %v and %v", name, n, least, most)
	}
	return nil
}

// brief shows the start of a text in quotes.
func brief(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return strconv.QuoteToASCII(s)
}
