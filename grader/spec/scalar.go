package spec

import (
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// single reads a value that is written in one piece into v, and reports whether
// that could be done.
func (d *decoder) single(path string, n ast.Node, v reflect.Value) bool {
	written, ok := scalar(n)
	refuse := func(format string, args ...any) bool {
		d.spoil(path, position(n), "%s "+format, append([]any{d.name(path)}, args...)...)
		return false
	}
	if p, parses := v.Addr().Interface().(interface{ parse(string) error }); parses {
		if !ok {
			return refuse("is a single value; write it on one line")
		}
		if err := p.parse(written); err != nil {
			d.spoil(path, position(n), "%s: %v", d.name(path), err)
			return false
		}
		return true
	}
	switch {
	case v.Kind() == reflect.String:
		_, isText := n.(*ast.StringNode)
		switch {
		case !ok || !isText && n.Type() != ast.LiteralType:
			return refuse("is a text; put it in quotes")
		case strings.TrimSpace(written) == "":
			return refuse("is empty; write a text")
		case strings.HasPrefix(written, "“") || strings.HasPrefix(written, "‘") || strings.HasPrefix(written, "„"):
			return refuse("begins with a typographic quote, which is a part of the text; write a plain one")
		}
		v.SetString(strings.TrimSpace(written))
	case v.Kind() == reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			return refuse("is true or false; write one of them, without quotes")
		}
		v.SetBool(b.Value)
	case v.CanInt():
		i, err := strconv.ParseInt(strings.ReplaceAll(written, "_", ""), 10, 64)
		if _, isInt := n.(*ast.IntegerNode); !isInt || err != nil || v.OverflowInt(i) {
			return refuse("is a whole number; write it without quotes, unit or point")
		}
		v.SetInt(i)
	default:
		f, ok := number(n, written)
		if share, percent := strings.CutSuffix(written, "%"); !ok && percent {
			return refuse("is a number; write %s%% as a share, such as 0.6", strings.TrimSpace(share))
		}
		if !ok {
			return refuse("is a number; write it without quotes and unit")
		}
		v.SetFloat(f)
	}
	return true
}

var exponent = regexp.MustCompile(`^[-+]?[0-9.]+[eE][-+]?[0-9]+$`)

// number reads a number that is finite.
func number(n ast.Node, written string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.ReplaceAll(written, "_", ""), 64)
	_, isInt := n.(*ast.IntegerNode)
	_, isFloat := n.(*ast.FloatNode)
	plain := n.GetToken() != nil && n.GetToken().Type == token.StringType && exponent.MatchString(written) // 1e-6 is a text to the parser
	return f, err == nil && (isInt || isFloat || plain)
}

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

// limits are the least and the most that a field may be, as its tag `range` says:
// 1..64; empty where there is no limit.
func limits(f reflect.StructField) (least, most string) {
	least, most, _ = strings.Cut(f.Tag.Get("range"), "..")
	return least, most
}

// within wants a number, a duration or an amount of bytes within its limits.
func (d *decoder) within(path string, n ast.Node, v reflect.Value, f reflect.StructField) {
	least, most := limits(f)
	low, hasLow := magnitude(v.Type(), least)
	high, hasHigh := magnitude(v.Type(), most)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	got := 0.0
	if v.CanInt() {
		got = float64(v.Int())
	} else {
		got = v.Float()
	}
	if (!hasLow || got >= low) && (!hasHigh || got <= high) {
		return
	}
	written, _ := scalar(n)
	d.spoil(path, position(n), "%s is %s, not %s", d.name(path), spokenLimits(least, most), written)
	v.SetZero() // nothing else is said of it
}

// spokenLimits says between what a value lies.
func spokenLimits(least, most string) string {
	switch {
	case most == "":
		return "at least " + least
	case least == "":
		return "at most " + most
	}
	return "from " + least + " to " + most
}

// magnitude reads a limit of values of this type, false for none.
func magnitude(t reflect.Type, text string) (float64, bool) {
	if text == "" {
		return 0, false
	}
	switch t {
	case reflect.TypeFor[Duration]():
		var v Duration
		err := v.parse(text)
		return float64(v), err == nil
	case reflect.TypeFor[Bytes]():
		var v Bytes
		err := v.parse(text)
		return float64(v), err == nil
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}
