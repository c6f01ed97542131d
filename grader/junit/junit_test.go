package junit

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
	"time"
)

func TestWrite(t *testing.T) {
	var out bytes.Buffer
	err := Write(&out, "n\x00ame", []Suite{{Name: "s", Properties: []Property{{"p", "\x1b[31m"}}, Cases: []Case{
		{Class: "c", Name: "passes", Outcome: Passed, Text: "]]>\x0b", Time: 1500 * time.Millisecond},
		{Class: "c", Name: "fails", Outcome: Failed, Message: "<&\">", Type: "t", Text: "a\nb", File: "f.py", Line: 3},
		{Class: "c", Name: "skipped", Outcome: Skipped, Message: "\xff\ufffe"},
		{Class: "c", Name: "errs", Outcome: Errored}}}})
	if err != nil {
		t.Fatal(err)
	}
	var got xmlSuites
	if err := xml.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	if got.Name != "name" || got.Tests != 4 || got.Failures != 1 || got.Errors != 1 || got.Skipped != 1 || got.Time != "1.500" {
		t.Errorf("got %+v", got)
	}
	c := got.Suites[0].Cases
	if c[0].Output != "]]>" || c[1].Failure.Message != "<&\">" || c[1].Failure.Text != "a\nb" || c[1].Line != 3 || c[2].Skipped.Message != "\ufffd" || c[3].Error == nil {
		t.Errorf("got %+v in %s", c, out.String())
	}
	if strings.ContainsAny(out.String(), "\x00\x1b\x0b") {
		t.Errorf("%q", out.String())
	}
}
