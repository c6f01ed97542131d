// Package safetext shows on a terminal, in a log or in a report what others
// wrote: names of files, a program's last words, a line of source. What could
// move the cursor, turn the text around, or speak to a CI system is written
// out instead.
package safetext

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how many characters of a name are shown.
const longest = 120

// commands begin what a CI system takes for an order where it stands in a log
// (GitHub, Azure, TeamCity), with what is shown instead.
var commands = strings.NewReplacer("##[", "## [", "##vso[", "## vso[", "##teamcity[", "## teamcity[")

// shown says that a character can be seen, and moves nothing but itself. Some
// that Unicode calls letters and symbols are blank: the fillers of Hangul, and
// a Braille pattern without dots.
func shown(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0':
		return false
	}
	return unicode.IsPrint(r)
}

// mostMarks is how many marks may be stacked on a letter: more of them, which no
// script needs, grow into the lines above and below.
const mostMarks = 4

// stacked says that a text has more marks on a letter than that.
func stacked(s string) bool {
	n := 0
	for _, r := range s {
		if n++; !unicode.Is(unicode.M, r) {
			n = 0
		}
		if n > mostMarks {
			return true
		}
	}
	return false
}

// Name shows the name of a file or folder: as it is where it is plain, else
// in double quotes with Go's escapes; the middle of a long one is left out.
func Name(s string) string {
	if n := utf8.RuneCountInString(s); n > longest {
		r := []rune(s)
		s = string(r[:longest/2]) + "…" + string(r[n-longest/2:])
	}
	if plain(s) {
		return s
	}
	return commands.Replace(strconv.Quote(s))
}

// Path is Name for a program that looks for the file: never shortened, and in
// quotes only where the path holds what cannot be shown.
func Path(s string) string {
	odd := strings.ContainsFunc(s, func(r rune) bool { return !shown(r) })
	if s == "" || odd || stacked(s) || !utf8.ValidString(s) || strings.HasPrefix(s, "::") || commands.Replace(s) != s {
		return Name(s)
	}
	return s
}

// plain says that a name can be shown as it is.
func plain(s string) bool {
	if s == "" || !utf8.ValidString(s) || stacked(s) || strings.TrimSpace(s) != s || strings.HasPrefix(s, ":") || commands.Replace(s) != s {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r == '"' || !shown(r) })
}

// Text shows a text of one or more lines: control characters other than line
// ends and tabs, what turns text around or cannot be seen, and marks stacked
// high, are written as Go's escapes; a `::` or a `##[` that a CI system could take for an order is
// written apart.
func Text(s string) string {
	if safe(s) {
		return s
	}
	var b strings.Builder
	start, marks := true, 0 // of a word; on the letter before
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		switch {
		case r == '\n' || r == '\t' || shown(r) && marks <= mostMarks && (r != utf8.RuneError || size > 1):
			if start && strings.HasPrefix(s, "::") {
				b.WriteString(": ")
			} else {
				b.WriteString(s[:size])
			}
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[0]), 16))
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		start = r == '\n' || r == '\t' || r == ' '
		s = s[size:]
	}
	return commands.Replace(b.String())
}

// longestLine is how many characters of a line are shown.
const longestLine = 200

// Line is Text for what stands in one line, such as a title: line ends and tabs
// are written out, too, and the middle of a long one is left out.
func Line(s string) string {
	if utf8.RuneCountInString(s) > longestLine {
		r := []rune(s)
		s = string(r[:longestLine/2]) + "…" + string(r[len(r)-longestLine/2:])
	}
	return inline.Replace(Text(s))
}

var inline = strings.NewReplacer("\n", `\n`, "\t", `\t`)

// safe says that a text can be shown as it is: most can.
func safe(s string) bool {
	return utf8.ValidString(s) && !strings.Contains(s, "::") && !strings.Contains(s, "##") && !stacked(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && r != '\t' && !shown(r) })
}

// WriteJSON writes a value as JSON for people and programs: indented, text as it
// is, but for what a terminal or a CI system could obey.
func WriteJSON(w io.Writer, v any) error { return write(w, v, "  ") }

// WriteLine is WriteJSON in one line.
func WriteLine(w io.Writer, v any) error { return write(w, v, "") }

func write(w io.Writer, v any, indent string) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(JSON(b.Bytes()))
	return err
}

// JSON escapes in an encoded JSON text what a terminal or a CI system could
// obey: what stands outside of strings is plain, so the value stays the same.
func JSON(data []byte) []byte {
	if safe(string(data)) {
		return data
	}
	var b strings.Builder
	for s := string(data); len(s) > 0; {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '#' && strings.HasSuffix(b.String()[max(0, b.Len()-1):], "#"):
			b.WriteString(`\u0023`)
		case r == '\n' || r == '\t' || r == utf8.RuneError && size == 1 || shown(r):
			b.WriteString(s[:size])
		case r > 0xffff:
			hi, lo := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			b.WriteString(unit(hi) + unit(lo))
		default:
			b.WriteString(unit(r))
		}
		s = s[size:]
	}
	return []byte(b.String())
}

// unit is a UTF-16 unit as JSON writes it.
func unit(r rune) string {
	hex := strconv.FormatUint(uint64(r), 16)
	return `\u` + strings.Repeat("0", 4-len(hex)) + hex
}
