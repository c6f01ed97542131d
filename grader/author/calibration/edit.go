package calibration

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/gilcourse/gilcourse/grader/spec"
)

// figureAt is a number as YAML writes it.
var figureAt = regexp.MustCompile(`^[-+0-9._eE]+`)

// Apply gives challenge.yaml with the limits that are to be moved, and nothing
// else, changed: comments and layout stay. The error says of which limit the
// place in the text cannot be found, or that the result is no spec.
func Apply(ch *spec.Challenge, limits []Limit) (string, error) {
	lines := strings.SplitAfter(ch.Text(), "\n")
	moved := map[int]int{} // by line, how much longer it has become before later columns
	for _, l := range limits {
		if l.Finding != Move {
			continue
		}
		fail := fmt.Errorf("%s %s stands somewhere else than at line %d, column %d of the spec", l.Quantity, l.Side, l.At.Line, l.At.Column)
		if l.At.Line < 1 || l.At.Line > len(lines) {
			return "", fail
		}
		line := []rune(lines[l.At.Line-1])
		at := l.At.Column - 1 + moved[l.At.Line]
		if at < 0 || at > len(line) {
			return "", fail
		}
		was := figureAt.FindString(string(line[at:]))
		within := at > 0 && figureAt.MatchString(string(line[at-1:at])) // another figure
		if v, err := strconv.ParseFloat(strings.ReplaceAll(was, "_", ""), 64); err != nil || within || v != l.Now {
			return "", fail
		}
		now := written(*l.Proposed)
		lines[l.At.Line-1] = string(line[:at]) + now + string(line[at+len(was):])
		moved[l.At.Line] += len(now) - len(was)
	}
	text := strings.Join(lines, "")
	after, err := spec.Parse(ch.ID, "challenge.yaml", []byte(text))
	if err != nil {
		return "", fmt.Errorf("with the proposed bounds the spec cannot be used: %w", err)
	}
	for _, l := range limits {
		want := l.Now
		if l.Finding == Move {
			want = *l.Proposed
		}
		if got := find(after, l); got == nil || math.Abs(*got-want) > 1e-9*math.Abs(want) {
			return "", fmt.Errorf("%s %s would not become %s", l.Quantity, l.Side, written(want))
		}
	}
	return text, nil
}

// written is a limit as the spec writes it: without an exponent.
func written(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// find gives a limit of a spec by its bound's path.
func find(ch *spec.Challenge, l Limit) *float64 {
	for i, k := range ch.Checks {
		for n := range k.Bounds {
			path := fmt.Sprintf("checks[%d].bounds[%d]", i, n)
			for b := &k.Bounds[n]; b != nil; b, path = b.Otherwise, path+".otherwise" {
				if path == l.bound {
					return l.Side.of(b)
				}
			}
		}
	}
	return nil
}

// context is how many lines a diff shows around a change.
const context = 3

// Diff gives the changes of a file, line for line, as a unified diff that
// `patch -p1` and `git apply` take; empty where nothing changed. Both texts have
// as many lines.
func Diff(file, before, after string) string {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	if a[len(a)-1] == "" { // after the last line's end
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	var out strings.Builder
	for i := 0; i < len(a); i++ {
		if a[i] == b[i] {
			continue
		}
		if out.Len() == 0 {
			fmt.Fprintf(&out, "--- a/%s\n+++ b/%s\n", file, file)
		}
		from, last := max(0, i-context), i
		for n := i; n < len(a) && n <= last+2*context; n++ {
			if a[n] != b[n] {
				last = n
			}
		}
		to := min(len(a), last+context+1)
		fmt.Fprintf(&out, "@@ -%d,%d +%d,%d @@\n", from+1, to-from, from+1, to-from)
		for n := from; n < to; {
			if a[n] == b[n] {
				line(&out, ' ', a[n])
				n++
				continue
			}
			end := n
			for end < to && a[end] != b[end] {
				line(&out, '-', a[end])
				end++
			}
			for ; n < end; n++ {
				line(&out, '+', b[n])
			}
		}
		i = to - 1
	}
	return out.String()
}

func line(out *strings.Builder, sign byte, text string) {
	out.WriteByte(sign)
	out.WriteString(text)
	if !strings.HasSuffix(text, "\n") {
		out.WriteString("\n\\ No newline at end of file\n")
	}
}
