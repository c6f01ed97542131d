// Package junit writes the outcome of tests as JUnit XML, in the shape that
// Jenkins, GitLab, GitHub reporters and JUnit's own tools read
// (github.com/testmoapp/junitxml): there is no official specification.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// Outcome is what became of a case.
type Outcome string

// The outcomes. Errored is for a failure of whoever tests.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Errored Outcome = "errored"
	Skipped Outcome = "skipped"
)

// Suite is a group of cases.
type Suite struct {
	Name       string
	Properties []Property // in order
	Cases      []Case     // in order
}

// Property is a fact about a suite.
type Property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// Case is one test.
type Case struct {
	Class   string // groups cases; a dot in it makes levels
	Name    string
	Outcome Outcome
	Message string        // in one line, empty for a pass
	Type    string        // of the failure, empty for none
	Text    string        // the whole story, in lines, empty for none
	File    string        // empty where no line of a file explains it
	Line    int           // from 1; 0 for none
	Time    time.Duration // 0 where it is not known
}

type xmlSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	counts
	Suites []xmlSuite `xml:"testsuite"`
}

type xmlSuite struct {
	Name string `xml:"name,attr"`
	counts
	Properties *xmlProperties `xml:"properties"`
	Cases      []xmlCase      `xml:"testcase"`
}

type xmlProperties struct {
	Properties []Property `xml:"property"`
}

type counts struct {
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Time     string `xml:"time,attr,omitempty"` // seconds
}

type xmlCase struct {
	Class   string      `xml:"classname,attr"`
	Name    string      `xml:"name,attr"`
	Time    string      `xml:"time,attr,omitempty"` // seconds
	File    string      `xml:"file,attr,omitempty"`
	Line    int         `xml:"line,attr,omitempty"`
	Skipped *xmlFinding `xml:"skipped"`
	Error   *xmlFinding `xml:"error"`
	Failure *xmlFinding `xml:"failure"`
	Output  string      `xml:"system-out,omitempty"`
}

type xmlFinding struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// Write writes suites under a name. What XML cannot hold, control characters
// above all, is left out.
func Write(w io.Writer, name string, suites []Suite) error {
	all := xmlSuites{Name: Clean(name)}
	var total time.Duration
	for _, s := range suites {
		one := xmlSuite{Name: Clean(s.Name)}
		if len(s.Properties) > 0 {
			one.Properties = &xmlProperties{}
		}
		for _, p := range s.Properties {
			one.Properties.Properties = append(one.Properties.Properties, Property{Clean(p.Name), Clean(p.Value)})
		}
		var sum time.Duration
		for _, c := range s.Cases {
			one.Cases = append(one.Cases, one.add(c))
			sum += c.Time
		}
		one.Time = seconds(sum)
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+one.Tests, all.Failures+one.Failures, all.Errors+one.Errors, all.Skipped+one.Skipped
		total += sum
		all.Suites = append(all.Suites, one)
	}
	all.Time = seconds(total)
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

// add counts a case and gives it as XML.
func (s *xmlSuite) add(c Case) xmlCase {
	out := xmlCase{Class: Clean(c.Class), Name: Clean(c.Name), Time: seconds(c.Time), File: Clean(c.File), Line: c.Line}
	finding := &xmlFinding{Message: Clean(c.Message), Type: Clean(c.Type), Text: Clean(c.Text)}
	s.Tests++
	switch c.Outcome {
	case Failed:
		s.Failures++
		out.Failure = finding
	case Errored:
		s.Errors++
		out.Error = finding
	case Skipped:
		s.Skipped++
		out.Skipped = finding
	default:
		out.Output = finding.Text
	}
	return out
}

// seconds is empty where no time was taken.
func seconds(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%.3f", d.Seconds())
}

// Clean leaves out the characters that XML 1.0 forbids, even as references
// (its section 2.2): C0 characters other than tab and line ends, surrogates,
// U+FFFE and U+FFFF. Bytes that are no UTF-8 become U+FFFD.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
		case r < 0x20, r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
