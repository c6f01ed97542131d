package record

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// TestOutOfBounds reads records in which one field is not as any is: the error
// names the line and the field.
func TestOutOfBounds(t *testing.T) {
	var file bytes.Buffer
	if err := Write(&file, sample()); err != nil {
		t.Fatal(err)
	}
	whole := file.String()
	for name, c := range map[string]struct{ old, new, want string }{
		"CPU time":       {`[0,18999,500,3]`, `[0,9223372036854775807,500,3]`, "sample[0][1] is 9.223372036854776e+18, which does not lie between"},
		"added up":       {`[0,18999,500,3]`, `[0,10000000000000,500,3]`, "brings task 0's CPU time to 10000000000001"},
		"below zero":     {`[0,18999,500,3]`, `[0,-19000,500,3]`, "brings task 0's CPU time to -18999"},
		"an instant":     {`{"t":20100,"sample"`, `{"t":100000000000000000,"sample"`, "t is 1e+17, which does not lie between"},
		"time goes back": {`{"t":90000,"sample"`, `{"t":1,"sample"`, "t is 1, but task 0 has a sample at 20100"},
		"died too soon":  {`{"t":90000,"died"`, `{"t":9,"died"`, "task 0 died before it was born"},
		"cores":          {`"tid":11,`, `"tid":11,"cpus":"0-2000000000",`, `task.cpus: "0-2000000000" is no list of cores from 0 to 8191`},
		"cores in words": {`"tid":11,`, `"tid":11,"cpus":"all",`, `task.cpus: "all" is no list of cores`},
		"whose":          {`"whose":"submission"`, `"whose":"mine"`, `run.whose is "mine", which is none of submission, reference`},
		"an end":         {`"ended":"raised"`, `"ended":"\u001b[2J"`, `call.ended is "\x1b[2J", which is none of returned,`},
		"no cores":       {`"cpus":2,"affinity":2`, `"cpus":2,"affinity":-2`, "host.affinity is -2, which does not lie between 0 and 8192"},
		"pressure":       {`"pressure":-1`, `"pressure":7`, "host.pressure is 7"},
		"a line":         {`"line":3`, `"line":-3`, "submission.source.findings[0].line is -3"},
		"long":           {`"gilcourse":"test"`, `"gilcourse":"` + strings.Repeat("x", longest+1) + `"`, "header.gilcourse holds 1048577 bytes, more than 1048576"},
		"output":         {`1.0 s`, strings.Repeat("x", 262144), "end.stdout holds"},
		"a figure":       {`"loop_ns":0`, `"loop_ns":-1`, "python.loop_ns is -1"},
		"a value":        {`"workers":4`, `"workers":1e300`, `call.values."workers" is 1e+300`},
		"a call":         {`"begin":400`, `"begin":400000`, `call.end lies before call.begin, in call "threads"`},
		"a request":      {`"end":900`, `"end":499`, "request.end lies before request.begin"},
		"its type":       {`"pid":10`, `"pid":"ten"`, "task.pid is a string, which does not fit there"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(whole, c.old, c.new, 1)
			if text == whole {
				t.Fatalf("%s is not in the record:\n%s", c.old, whole)
			}
			_, err := Read(strings.NewReader(text))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("got %v, want it to name the line and to say %q", err, c.want)
			}
		})
	}
}

// TestTooMuch reads what is larger than any record, packed so that it is small:
// it is refused before it fills a memory.
func TestTooMuch(t *testing.T) {
	var file bytes.Buffer
	if err := Write(&file, sample()); err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(file.String(), `{"t":`)
	repeat := func(text string, n int) func(io.Writer) {
		return func(w io.Writer) {
			io.WriteString(w, head)
			for range n {
				io.WriteString(w, text)
			}
		}
	}
	for name, c := range map[string]struct {
		write func(io.Writer)
		want  string
	}{
		"one line":    {repeat(strings.Repeat("0", 1<<20), 20), "is longer than 16 MiB"},
		"empty lines": {repeat(strings.Repeat("\n", 1<<20), 300), "the record is longer than 256 MiB"},
		"records":     {repeat(`{"header":{"version":1}}`+"\n", mostRecords+1), "more than 1000 records"},
		"runs":        {repeat(`{"run":{"id":1,"whose":"submission"}}`+"\n", mostRuns+1), "more than 2000 runs"},
		"tasks": {func(w io.Writer) {
			io.WriteString(w, head)
			for i := range mostTasks + 2 {
				fmt.Fprintf(w, `{"task":{"id":%d,"pid":1,"tid":%d,"parent":0,"born":0}}`+"\n", i+1, i+1)
			}
		}, "more than 20000 tasks in one run"},
		"calls":    {repeat(`{"call":{"id":"x","seed":0,"begin":0,"end":0,"ended":"returned"}}`+"\n", mostCalls+1), "more than 5000 calls"},
		"requests": {repeat(`{"request":{"kind":"fetch","item":0,"from":"","begin":0,"end":0,"left":0}}`+"\n", mostRequests+1), "more than 200000 requests"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var packed bytes.Buffer
			zip := gzip.NewWriter(&packed)
			c.write(zip)
			if err := zip.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := Read(&packed); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want it to say %q", err, c.want)
			}
		})
	}
}

// TestSamples counts what many lines hold together.
func TestSamples(t *testing.T) {
	in := reader{records: []*Record{sample()}, points: mostPoints - 2}
	in.records[0].Runs[0].End = nil
	row := []byte(`{"t":90000,"sample":[[0,1],[1,1]]}`)
	if err := in.read(row); err != nil {
		t.Error(err)
	}
	if err := in.read(row); err == nil || !strings.Contains(err.Error(), "more than 5000000 samples in one record") {
		t.Errorf("got %v", err)
	}
}

// TestLooks counts what many tasks and many instants make together.
func TestLooks(t *testing.T) {
	in := reader{instant: 1, looks: mostLooks - 5, seen: []int{1, 1}}
	in.look([][]int64{{0}})
	in.look([][]int64{{0}, {1}})
	if want := mostLooks - 5 + 1 + 1 + 2; in.looks != want {
		t.Errorf("%d looks, want %d", in.looks, want)
	}
	in.records = []*Record{sample()}
	in.records[0].Runs[0].End = nil
	in.instant = 10
	if err := in.read([]byte(`{"t":90000,"sample":[[0,1]]}`)); err == nil || !strings.Contains(err.Error(), "more tasks for a longer time") {
		t.Errorf("got %v", err)
	}
}

// TestCutOff reads the start of a compressed record.
func TestCutOff(t *testing.T) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if err := Write(zip, sample()); err != nil {
		t.Fatal(err)
	}
	zip.Close()
	if _, err := Read(bytes.NewReader(packed.Bytes()[:packed.Len()/2])); err == nil || !strings.Contains(err.Error(), "the gzip file was cut off in line") {
		t.Errorf("got %v", err)
	}
}

func TestCountCPUs(t *testing.T) {
	for _, c := range []struct {
		lists []string
		want  int
	}{
		{nil, 0}, {[]string{"0"}, 1}, {[]string{"0-3,8"}, 5}, {[]string{"0-3", "2-5"}, 6}, {[]string{"4", "0-9", "9", "8-10"}, 11},
		{[]string{"0-8191"}, 8192}, {[]string{"0-8192"}, 0}, {[]string{"0-2000000000"}, 0}, {[]string{"5-2"}, 0}, {[]string{"x,1,-3"}, 1},
	} {
		if got := CountCPUs(c.lists...); got != c.want {
			t.Errorf("%q: %d cores, want %d", c.lists, got, c.want)
		}
	}
}

// TestTags reads the bounds of all fields.
func TestTags(t *testing.T) {
	seen := map[reflect.Type]bool{}
	bounds := 0
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(typ.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		if seen[typ] {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			walk(f.Type)
			if text := f.Tag.Get("longest"); text != "" {
				if n, err := strconv.Atoi(text); err != nil || n <= 0 {
					t.Errorf("%s.%s: longest is %q", typ, f.Name, text)
				}
			}
			text := f.Tag.Get("bounds")
			if text == "" || text == "any" {
				continue
			}
			bounds++
			from, to, _ := strings.Cut(text, ",")
			least, err := strconv.ParseFloat(from, 64)
			most, err2 := strconv.ParseFloat(to, 64)
			if err != nil || err2 != nil || least >= most {
				t.Errorf("%s.%s: bounds are %q", typ, f.Name, text)
			}
		}
	}
	walk(reflect.TypeFor[line]())
	if bounds < 10 {
		t.Errorf("only %d fields have bounds of their own", bounds)
	}
}
