package safetext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestName(t *testing.T) {
	for name, want := range map[string]string{
		"gil_discovery.py": "gil_discovery.py",
		"Übung 3/größe.py": "Übung 3/größe.py",
		"日本.py":            "日本.py",
		"":                 `""`,
		" x":               `" x"`,
		"a\x1b[2Jb":        `"a\x1b[2Jb"`,
		"a\nb":             `"a\nb"`,
		"x\u202eyp.exe":    `"x\u202eyp.exe"`,
		"zero\u200bwidth":  `"zero\u200bwidth"`,
		"c1\u009b31m":      `"c1\u009b31m"`,
		"bad\xff":          `"bad\xff"`,
		"::error::x":       `"::error::x"`,
		"a##[error]":       `"a## [error]"`,
		`say "hi"`:         `"say \"hi\""`,
	} {
		if got := Name(name); got != want {
			t.Errorf("%q is shown as %s, want %s", name, got, want)
		}
	}
	if got := Name(strings.Repeat("x", 5000)); utf8.RuneCountInString(got) > longest+1 || !strings.Contains(got, "…") {
		t.Errorf("a long name is shown as %s", got)
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"two\nlines\tand ×":  "two\nlines\tand ×",
		"\x1b[31mred\r":      `\x1b[31mred\r`,
		"::error::no":        ": :error::no",
		"a ::set-output":     "a : :set-output",
		"std::move x[::2]":   "std::move x[::2]",
		"##[group] ##vso[x]": "## [group] ## vso[x]",
		"bad\xffbyte":        `bad\xffbyte`,
		"the mark \ufffd":    "the mark \ufffd",
		"\u202eabc":          `\u202eabc`,
	} {
		if got := Text(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"plain", "\x1b]0;title\a", "::error::x", "a\u202eb", "\xff\xfe", "##[##[", "\u009b", "\U000e0001", "##vso[##vso["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, shown := range []string{Text(s), Name(s)} {
			if !utf8.ValidString(shown) || strings.Contains(shown, "##[") || strings.Contains(shown, "##vso[") || strings.HasPrefix(shown, "::") ||
				strings.ContainsFunc(shown, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) }) {
				t.Errorf("%q is shown as %q", s, shown)
			}
		}
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var before, after string
		if err := json.Unmarshal(data, &before); err != nil {
			t.Fatal(err)
		}
		shown := JSON(data)
		if err := json.Unmarshal(shown, &after); err != nil || before != after {
			t.Errorf("%q became %q (%v)", before, after, err)
		}
		if !safe(strings.ReplaceAll(string(shown), "::", "")) && strings.Contains(string(shown), "##") {
			t.Errorf("%q", shown)
		}
	})
}

func TestPath(t *testing.T) {
	long := strings.Repeat("folder/", 50) + "gil_discovery.py"
	for path, want := range map[string]string{long: long, `a "b"/c, d:e.py`: `a "b"/c, d:e.py`, " x ": " x ", "": `""`, "a\nb": `"a\nb"`, "::x": `"::x"`, "##[x]": `"## [x]"`, "bad\xff": `"bad\xff"`} {
		if got := Path(path); got != want {
			t.Errorf("%q is %s, want %s", path, got, want)
		}
	}
}
