package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gilcourse/gilcourse/grader/python"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// consumers read a format as its consumer does, and give why it would not be
// taken. Where the consumer publishes no schema, which is all but our own, the
// schema in testdata/consumers was written from its documents, which it names.
var consumers = map[string]func(*testing.T, []byte) error{
	"junit": junitReader,
	"gradescope": func(t *testing.T, text []byte) error {
		return conforms(compiled(t, "gradescope"), text)
	},
	"exercism": func(t *testing.T, text []byte) error {
		return conforms(compiled(t, "exercism"), text)
	},
	"prairielearn": func(t *testing.T, text []byte) error {
		if len(text) > 1<<20 {
			return errors.New("more than 1 MiB")
		}
		return conforms(compiled(t, "prairielearn"), text)
	},
	"classroom": classroomReader,
	"autolab":   autolabReader,
}

func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/consumers/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// classroomReader reads what classroom-resources/autograding-grading-reporter
// finds in its environment, and adds up the points as it does.
func classroomReader(t *testing.T, text []byte) error {
	line := strings.TrimSuffix(string(text), "\n")
	if strings.ContainsAny(line, "\r\n") {
		return errors.New("an output of a step is one line")
	}
	data, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		return err
	}
	if err := conforms(compiled(t, "classroom"), data); err != nil {
		return err
	}
	var read struct {
		MaxScore float64 `json:"max_score"`
		Tests    []struct{ Score float64 }
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	sum := 0.0
	for _, test := range read.Tests {
		sum += test.Score
	}
	if sum > read.MaxScore {
		return fmt.Errorf("%v of %v points", sum, read.MaxScore)
	}
	return nil
}

// unquotedKey is what Autolab puts in quotes before it decodes the last line,
// wherever it stands (parseAutoresult of app/helpers/assessment_autograde_core.rb).
var unquotedKey = regexp.MustCompile(`([a-zA-Z0-9]+):`)

// autolabReader takes the last two lines of a driver's output.
func autolabReader(t *testing.T, text []byte) error {
	lines := strings.Split("make: the driver's own output\n"+strings.TrimRight(string(text), " \r\n\t"), "\n")
	feedback, scores := lines[len(lines)-2], lines[len(lines)-1]
	if unquotedKey.ReplaceAllString(scores, `"$1":`) != scores {
		return fmt.Errorf("Autolab would change %s", scores)
	}
	if err := conforms(compiled(t, "autolab"), []byte("["+feedback+","+scores+"]")); err != nil {
		return err
	}
	var read struct{ Stages []string }
	stages := map[string]json.RawMessage{}
	if err := errors.Join(json.Unmarshal([]byte(feedback), &read), json.Unmarshal([]byte(feedback), &stages)); err != nil {
		return err
	}
	for _, name := range read.Stages {
		if _, ok := stages[name]; !ok {
			return fmt.Errorf("the stage %s has no cases", name)
		}
	}
	return nil
}

// element is what a JUnit report's element may hold, after the conventions of
// https://github.com/testmoapp/junitxml; with the attributes file and line, which
// GitLab and many reporters read.
type element struct{ required, attributes, children []string }

var junitElements = map[string]element{
	"testsuites": {[]string{"name"}, []string{"tests", "failures", "errors", "skipped", "time"}, []string{"testsuite"}},
	"testsuite":  {[]string{"name", "tests", "failures", "errors"}, []string{"skipped", "time", "timestamp", "file"}, []string{"properties", "testcase", "system-out", "system-err"}},
	"properties": {nil, nil, []string{"property"}},
	"property":   {[]string{"name", "value"}, nil, nil},
	"testcase":   {[]string{"classname", "name"}, []string{"time", "file", "line"}, []string{"skipped", "failure", "error", "system-out", "system-err"}},
	"skipped":    {nil, []string{"message", "type"}, nil},
	"failure":    {nil, []string{"message", "type"}, nil},
	"error":      {nil, []string{"message", "type"}, nil},
	"system-out": {}, "system-err": {},
}

func junitReader(_ *testing.T, text []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(text))
	var open []string
	counted, said := map[string]int{}, map[string]string{}
	for {
		token, err := dec.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			what, known := junitElements[name]
			if !known || len(open) == 0 && name != "testsuites" || len(open) > 0 && !slices.Contains(junitElements[open[len(open)-1]].children, name) {
				return fmt.Errorf("%s stands in %v", name, open)
			}
			missing := slices.Clone(what.required)
			for _, a := range token.Attr {
				if !slices.Contains(what.required, a.Name.Local) && !slices.Contains(what.attributes, a.Name.Local) {
					return fmt.Errorf("%s has an attribute %s", name, a.Name.Local)
				}
				missing = slices.DeleteFunc(missing, func(s string) bool { return s == a.Name.Local })
				if name == "testsuites" {
					said[a.Name.Local] = a.Value
				}
			}
			if len(missing) > 0 {
				return fmt.Errorf("%s has no %v", name, missing)
			}
			open = append(open, name)
			counted[name]++
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
	for total, of := range map[string]string{"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"} {
		if said[total] != fmt.Sprint(counted[of]) {
			return fmt.Errorf("%s of %s are counted as %d", said[total], total, counted[of])
		}
	}
	return nil
}

// TestConsumers has reports of all kinds read.
func TestConsumers(t *testing.T) {
	hostileOne := Report{Challenges: []*verdict.Result{lied(strings.Join(hostile, " "))}}
	nothing := Report{Missing: []Missing{{ID: "a/b", Deliverable: "b.py", Looked: []string{"here"}, MaxScore: 5}}}
	fail := Report{Challenges: []*verdict.Result{judged(t, "gil-discovery/fail-processes-joined-in-start-loop")}}
	pass := Report{Challenges: []*verdict.Result{judged(t, "gil-discovery/pass-spawn-json-devops")}}
	reports := map[string]Report{"a workshop": workshop(t), "a hostile one": hostileOne, "nothing": nothing, "a fail": fail, "a pass": pass}
	for _, policy := range append(Policies(), "") {
		rep := open(t)
		rep.Policy = Policy(policy)
		reports["inconclusive, policy "+policy] = rep
	}
	for what, rep := range reports {
		for format, read := range consumers {
			var out bytes.Buffer
			if err := Write(&out, format, rep, Options{}); err != nil {
				t.Fatal(err)
			}
			if err := read(t, out.Bytes()); err != nil {
				t.Errorf("%s as %s: %v in %s", what, format, err, out.String())
			}
		}
	}
	var out bytes.Buffer
	if err := WriteCohort(&out, "junit", cohort(t), Options{}); err != nil {
		t.Fatal(err)
	}
	if err := junitReader(t, out.Bytes()); err != nil {
		t.Errorf("%v in %s", err, out.String())
	}
}

// TestConsumersRefuse breaks a report in ways that its consumer would not
// take.
func TestConsumersRefuse(t *testing.T) {
	for _, c := range []struct{ format, old, new string }{
		{"junit", "<testcase ", "<case "}, {"junit", ` tests="7"`, ` tests="8"`}, {"junit", "</testsuites>", ""}, {"junit", ` classname="challenge3.gil-discovery"`, ""},
		{"junit", "<failure ", "<failed "},
		{"gradescope", `"status": "failed"`, `"status": "fail"`}, {"gradescope", `"output_format": "text"`, `"output_format": "plain"`}, {"gradescope", `"score"`, `"points"`},
		{"gradescope", `"max_score": 10`, `"max_score": "10"`},
		{"exercism", `"version": 3`, `"version": "3"`}, {"exercism", `"status": "fail",`, `"status": "failed",`}, {"exercism", `"tests"`, `"test"`}, {"exercism", `"status": "fail",`, `"status": "error",`},
		{"prairielearn", `"gradable": true`, `"gradable": 1`}, {"prairielearn", `"score": 0.65`, `"score": 65`}, {"prairielearn", `"name"`, `"title"`},
		{"classroom", `"status": "fail"`, `"status": "failed"`}, {"classroom", `"tests"`, `"cases"`}, {"classroom", `"max_score": 100`, `"max_score": 10`},
		{"autolab", `"scores"`, `"score"`}, {"autolab", `{"gil-discovery":65}`, `{"gil:discovery":65}`}, {"autolab", `"passed":true`, `"passed":"yes"`}, {"autolab", `["gil-discovery"]`, `["other"]`},
	} {
		var out bytes.Buffer
		if err := Write(&out, c.format, Report{Challenges: []*verdict.Result{judged(t, "gil-discovery/fail-processes-joined-in-start-loop")}}, Options{}); err != nil {
			t.Fatal(err)
		}
		text := out.Bytes()
		if c.format == "classroom" {
			text, _ = base64.StdEncoding.DecodeString(strings.TrimSpace(out.String()))
		}
		broken := bytes.ReplaceAll(text, []byte(c.old), []byte(c.new))
		if bytes.Equal(broken, text) {
			t.Fatalf("%s has no %s", c.format, c.old)
		}
		if c.format == "classroom" {
			broken = []byte(base64.StdEncoding.EncodeToString(broken) + "\n")
		}
		if consumers[c.format](t, broken) == nil {
			t.Errorf("%s with %s for %s is taken", c.format, c.new, c.old)
		}
	}
}

// TestPythonReads has Python's own modules read what most gradebooks' scripts
// read with them.
func TestPythonReads(t *testing.T) {
	interpreter, err := python.Find(t.Context(), os.Getenv("GILCOURSE_PYTHON"))
	if err != nil {
		t.Skip(err)
	}
	whole := cohort(t)
	whole.Submissions[1].Learner = "a,b;\"c\"\r\nd"
	dir := t.TempDir()
	for _, format := range []string{"csv", "junit"} {
		var out bytes.Buffer
		if err := WriteCohort(&out, format, whole, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/"+format, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(interpreter, "-c", `
import csv, xml.etree.ElementTree as tree
with open("csv", newline="", encoding="utf-8") as f:
    rows = list(csv.DictReader(f, strict=True))
print(len(rows), rows[1]["verdict"], rows[1]["points"], rows[4]["counts_as"], None in rows[0])
root = tree.parse("junit").getroot()
print(root.tag, len(root.findall(".//testcase")) == int(root.get("tests")), len(root.findall(".//failure")) == int(root.get("failures")))
`)
	cmd.Dir = dir
	got, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if want := "7 fail 55 skip False\ntestsuites True True\n"; strings.ReplaceAll(string(got), "\r", "") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
