package report

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// hostile are texts that a learner would like a consumer to obey.
var hostile = []string{
	"\x1b[2J\x1b]0;owned\a \u202eevil\u009b31m",
	"::error file=x,line=1::no", "x\n::RESUME::\n::set-output name=x::y", "\r::add-mask::a", "##[error]no", "  ::stop-commands::x",
	"]]></failure><testcase name=\"forged\"/>", "</system-out>", "<!--", "&lt;&#0;", "\x00\x01\x0b\ufffe\uffff", "\xff\xfe",
	"| a | b |\n|---|---|\n| forged | row |", "a|b `c|d` \\| `e\\|f`", "```\n# heading\n```", "`` ` ``", "` <script>alert(1)</script> `",
	"<img src=x onerror=alert(1)>", "[click](https://evil.example) https://evil.example www.evil.example ![x](y) <https://evil.example>", "@everyone",
	"- item", "1. item", "    code", "> quote", "===", "---", "[ref]: https://evil.example", "*a* _b_ ~~c~~ $x$", "\\", "`",
	"=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", `"quoted","cells"`, "a,b;c\r\nd,e", "%0A%0D%3A%2C", "{{7*7}} ${x}", "",
}

// TestHostile writes what a learner controls in every format, and reads that as
// its consumer does.
func TestHostile(t *testing.T) {
	for _, s := range hostile {
		safe(t, s)
	}
	safe(t, strings.Join(hostile, " "))
}

func FuzzHostile(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(safe)
}

// known are the formats that safe looks at.
var known = []string{"text", "json", "junit", "github", "markdown", "csv", "gradescope", "classroom", "exercism", "autolab", "prairielearn"}

// safe puts a text wherever a learner can write, and looks at all formats.
func safe(t *testing.T, s string) {
	t.Helper()
	if !slices.Equal(known, Formats()) {
		t.Fatalf("this test knows %v, there are %v", known, Formats())
	}
	r := lied(s)
	rep := Report{Title: s, Challenges: []*verdict.Result{r}, Missing: []Missing{{ID: "a/" + s, Deliverable: s, Looked: []string{s}}, {ID: "b/" + s, Deliverable: s, Refused: s}},
		Folders: map[string]string{r.ID: s}}
	whole := Cohort{Challenge: r.ID, Title: r.Title, Absent: []string{s}, Left: []string{s}, Submissions: []Submission{
		{Learner: s, Path: s, Shown: s, Report: rep}, {Learner: s, Path: s, Shown: s, Refused: s}, {Learner: s, Path: s, Err: s}}}
	items, shown := len(rep.items()), rep.oneline()
	place := shown.place(shown.Challenges[0].ID, s)
	for _, format := range Formats() {
		var one, many bytes.Buffer
		if err := Write(&one, format, rep, Options{}); err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		safeOnScreen(t, format, one.String())
		if slices.Contains(CohortFormats(), format) {
			if err := WriteCohort(&many, format, whole, Options{}); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			safeOnScreen(t, format, many.String())
		}
		switch format {
		case "junit":
			if n := cases(t, one.Bytes()); n != items {
				t.Errorf("%q: %d cases, not %d", s, n, items)
			}
			cases(t, many.Bytes())
		case "github":
			// Of the report: what fails, and the two parts that are missing.
			annotations(t, s, one.String(), 1+len(r.Checks)+2, place)
			annotations(t, s, many.String(), 1+len(whole.Submissions), place, safetext.Path(s))
		case "markdown":
			rendered(t, s, one.String(), 1+len(r.Checks)+1+len(r.Phases)+1+len(r.Approaches)+1+len(r.Advice))
			page := rendered(t, s, many.String(), 1+len(whole.Submissions)+1+len(r.Checks)+2)
			if !strings.Contains(page, ">0/3</td>\n</tr>") {
				t.Errorf("%q moved the points of its row in %s", s, page)
			}
		case "csv":
			sheet(t, s, one.Bytes(), 2)
			sheet(t, s, many.Bytes(), 3+len(whole.Submissions))
		case "classroom":
			text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(one.String()))
			if err != nil {
				t.Fatal(err)
			}
			safeOnScreen(t, format, string(text))
			decoded(t, text)
		case "autolab":
			lines := strings.Split(strings.TrimSuffix(one.String(), "\n"), "\n")
			if len(lines) != 2 {
				t.Fatalf("%q: %d lines", s, len(lines))
			}
			decoded(t, []byte(lines[0]))
			decoded(t, []byte(lines[1]))
		case "json":
			decoded(t, many.Bytes())
			decoded(t, one.Bytes())
		case "gradescope", "exercism", "prairielearn":
			decoded(t, one.Bytes())
		}
	}
}

// lied is a result in which a text of a learner, or of whoever made a record,
// stands wherever one can.
func lied(s string) *verdict.Result {
	least := 1.0
	place := &record.Place{File: s, Line: 7, Text: s}
	r := &verdict.Result{ID: "challenge3/" + s, Title: s, Verdict: verdict.Fail, File: s, MaxScore: 3, Notes: []string{s}, Conducted: s,
		Builds: []record.Build{{File: s, Command: s, Made: []string{s}, Missing: s, Output: s, Error: place}},
		Phases: []verdict.Phase{{Kind: "main", Wall: 1, CPU: 1, Workers: 1}},
		Python: record.Python{Version: s, Implementation: s, Path: s, Headers: s, Prefix: s}, Host: record.Host{OS: s, Kernel: s},
		Sandbox:    &record.Sandbox{Mode: "off", Layers: []record.Layer{{Name: s, Detail: s, Reason: s, Fix: s}, {Name: s, Detail: s, Active: true}}},
		Approaches: []verdict.Approach{{Label: s, Function: s, Wall: 1}},
		Advice:     []verdict.Advice{{Workload: s, Strategy: s, Expected: s, Best: s, Measured: &record.Cell{Workload: s, Strategy: s, Speedup: 2}}}}
	for i, v := range []verdict.Verdict{verdict.Fail, verdict.Inconclusive, verdict.Error} {
		r.Checks = append(r.Checks, verdict.Check{ID: []string{"a", "b", "c"}[i] + s, Title: s, Verdict: v, MaxPoints: 1, Message: s, Cause: s, Hint: s, Lesson: s,
			Warnings: []string{s}, Location: place, Evidence: []verdict.Evidence{{Quantity: s, Unit: s, Min: &least, Holds: verdict.Undecided, Reason: s}}})
	}
	return r
}

// safeOnScreen looks for what a terminal or a CI system obeys.
func safeOnScreen(t *testing.T, format, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) && r != '\t' }); i >= 0 {
			t.Errorf("%s: %q", format, line)
		}
		if strings.Contains(line, "##[") || strings.HasPrefix(strings.TrimSpace(line), "::") && format != "github" {
			t.Errorf("%s: %q", format, line)
		}
	}
}

// cases counts the test cases of a JUnit report.
func cases(t *testing.T, text []byte) int {
	t.Helper()
	var got struct {
		Tests  int `xml:"tests,attr"`
		Suites []struct {
			Cases []struct {
				Name string `xml:"name,attr"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	n := 0
	for _, s := range got.Suites {
		n += len(s.Cases)
	}
	if n != got.Tests {
		t.Errorf("%d cases, said to be %d", n, got.Tests)
	}
	return n
}

// annotations obeys a log as GitHub's runner does (ActionCommand.TryParseV2 of
// actions/runner), and compares what it was told.
func annotations(t *testing.T, s, log string, most int, files ...string) {
	t.Helper()
	stopped, found := "", 0
	for line := range strings.SplitSeq(strings.ReplaceAll(log, "\r", "\n"), "\n") {
		rest, ok := strings.CutPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::")
		head, message, whole := strings.Cut(rest, "::")
		if !ok || !whole {
			if stopped == "" && line != "" {
				t.Errorf("%q: the line %q stands outside of what is not obeyed", s, line)
			}
			continue
		}
		command, properties, _ := strings.Cut(head, " ")
		switch {
		case stopped != "":
			if head == stopped {
				stopped = ""
			} else {
				t.Errorf("%q: the text has a command of its own: %q", s, line)
			}
		case command == "stop-commands":
			stopped = message
		case command == "error" || command == "warning":
			found++
			for property := range strings.SplitSeq(properties, ",") {
				name, value, _ := strings.Cut(property, "=")
				value = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(value)
				if !slices.Contains([]string{"file", "line", "title"}, name) || name == "line" && value != "7" || name == "file" && !slices.Contains(files, value) {
					t.Errorf("%q: property %q is %q", s, name, value)
				}
			}
		case command != "group" && command != "endgroup":
			t.Errorf("%q: %q is obeyed", s, line)
		}
	}
	if stopped != "" || found == 0 || found > most {
		t.Errorf("%q: %d annotations, and %q would go on", s, found, stopped)
	}
}

var (
	tags    = regexp.MustCompile(`</?([a-zA-Z0-9]+)[^>]*>`)
	literal = regexp.MustCompile(`(?s)<code>.*?</code>`)
	mention = regexp.MustCompile(`@[a-zA-Z0-9]+`)
	allowed = []string{"h1", "h2", "h3", "p", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}
)

// rendered reads Markdown as GitHub does, and finds no tag but ours, no mention
// outside of code, and no row that is not. It gives the page.
func rendered(t *testing.T, s, text string, rows int) string {
	t.Helper()
	var out bytes.Buffer
	gfm := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := gfm.Convert([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	for _, tag := range tags.FindAllStringSubmatch(out.String(), -1) {
		if !slices.Contains(allowed, tag[1]) {
			t.Errorf("%q became %s in %s", s, tag[0], text)
		}
	}
	if m := mention.FindString(literal.ReplaceAllString(out.String(), "")); m != "" {
		t.Errorf("%q mentions %s in %s", s, m, text)
	}
	if n := strings.Count(out.String(), "<tr>"); n != rows {
		t.Errorf("%q: %d rows, not %d, in %s", s, n, rows, text)
	}
	return out.String()
}

// sheet reads CSV as a spreadsheet does: so many rows of one width, no formula.
func sheet(t *testing.T, s string, text []byte, rows int) {
	t.Helper()
	got, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(got) != rows {
		t.Fatalf("%q: %d rows, not %d, %v", s, len(got), rows, err)
	}
	for _, row := range got {
		for _, cell := range row {
			if strings.IndexAny(strings.TrimSpace(cell), "=+-@＝＋－＠") == 0 {
				t.Errorf("%q gave the cell %q", s, cell)
			}
		}
	}
}

// decoded reads one JSON text, and nothing after it.
func decoded(t *testing.T, text []byte) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if err := dec.Decode(&v); err != io.EOF {
		t.Fatalf("more than one value in %s", text)
	}
}
