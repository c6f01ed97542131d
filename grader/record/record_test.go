package record

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sample() *Record {
	return &Record{
		Header:     Header{Version: Version, Gilcourse: "test", Started: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Challenge: "a/b", Spec: "version: 1\n"},
		Host:       Host{OS: "linux", CPUs: 2, Affinity: 2, Pressure: -1, Scheduler: true},
		Python:     Python{Path: "/usr/bin/python3", Version: "3.11.7", Implementation: "CPython", GIL: true},
		Submission: Submission{File: "x.py", Source: Source{Findings: []Finding{{ID: "squares", Place: Place{File: "x.py", Line: 3}}}}},
		Runs: []Run{{
			ID: 1, Whose: Learner, Size: 1000,
			Tasks: []Task{
				{ID: 0, PID: 10, TID: 10, Command: "python3 x.py", Born: 100, Died: 90_000, Points: []Point{{T: 100, CPU: 1}, {T: 20_100, CPU: 19_000, Wait: 500, Slices: 3}, {T: 90_000, CPU: 19_000, Wait: 500, Slices: 4, Voluntary: 2, Involuntary: 2}}},
				{ID: 1, PID: 10, TID: 11, Born: 20_100, Died: 80_000, Points: []Point{{T: 20_100, CPU: 30}, {T: 80_000, CPU: 58_000, Wait: 7, Slices: 9, Involuntary: 1}}},
			},
			Calls: []Call{
				{Aim: Import, Begin: 0, End: 300, Ended: Returned},
				{ID: "threads", Seed: 1 << 63, Values: map[string]float64{"workers": 4}, Count: 8, Mean: 1e5, Begin: 400, End: 60_000,
					Usage: &Usage{Own: 50_000, Messages: 3}, Ended: Raised, Thrown: []Exception{{"ValueError", "no"}}, Message: "Traceback", Place: &Place{File: "x.py", Line: 7}},
				{ID: "threads", Aim: Again, Count: 2, Mean: 10, Begin: 61_000, End: 62_000, Ended: Returned, Type: "list", Result: []int64{-1, 5}, Results: 2},
			},
			Requests: []Request{{Kind: "fetch", Item: 3, From: "1.2.3", Begin: 500, End: 900, Left: 950}},
			Cores:    []Core{{T: 200}, {T: 50_000, Busy: 90_000, Idle: 10_000}},
			End:      &Outcome{Exit: 0, WallUS: 95_000, CPUUS: 77_000, Stdout: "1.0 s <&>\n"},
		}},
	}
}

func TestReadsWhatItWrote(t *testing.T) {
	want := sample()
	var file bytes.Buffer
	if err := Write(&file, want, want); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	got, err := Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 {
		t.Fatalf("two records were written, %d read", len(got))
	}
	for _, r := range got {
		if d := cmp.Diff(want, r); d != "" {
			t.Error(d)
		}
	}
	var again bytes.Buffer
	if err := Write(&again, got...); err != nil || again.String() != text {
		t.Errorf("a record read and written again differs (%v)", err)
	}
}

// TestTimeOrder reads the events' times from the lines of one run.
func TestTimeOrder(t *testing.T) {
	var file bytes.Buffer
	if err := Write(&file, sample()); err != nil {
		t.Fatal(err)
	}
	born := strings.Index(file.String(), `"tid":11`)
	first, last := strings.Index(file.String(), `{"t":100,`), strings.Index(file.String(), `{"t":90000,`)
	if first < 0 || born < first || last < born {
		t.Errorf("events are out of order:\n%s", file.String())
	}
}

func TestBadRecords(t *testing.T) {
	var file bytes.Buffer
	if err := Write(&file, sample()); err != nil {
		t.Fatal(err)
	}
	whole := file.String()
	lines := strings.SplitAfter(whole, "\n")
	for name, c := range map[string]struct{ text, want string }{
		"empty":         {"", "empty"},
		"not a record":  {"hello\n", "line 1: this is not a record"},
		"cut off":       {strings.Join(lines[:len(lines)-2], ""), "cut off: run 1 has no end"},
		"half a line":   {whole[:len(whole)-20], "not a line of a record"},
		"newer version": {strings.Replace(whole, `"version":1`, `"version":2`, 1), "has version 2, this gilcourse reads version 1"},
		"unknown field": {strings.Replace(whole, `"born":100`, `"brn":100`, 1), "unknown field"},
		"blank line":    {"\n{\"host\":{}}\n", "line 2: this is not a record: it has no header"},
		"null header":   {"{\"header\":null}\n", "line 1: this is not a record: it has no header"},
		"more results":  {strings.Replace(whole, `"results":2`, `"results":1`, 1), "keeps 2 of 1 results"},
		"endless work":  {strings.Replace(whole, `"count":8`, `"count":800000`, 1), "call threads was passed more than any call is"},
		"a large mean":  {strings.Replace(whole, `"mean":100000`, `"mean":1e300`, 1), "call threads was passed more than any call is"},
		"unknown task":  {strings.Replace(whole, "[1,", "[7,", 1), "no known task"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want it to say %q", err, c.want)
			}
		})
	}
}

// TestKeep tells long lists apart that begin alike.
func TestKeep(t *testing.T) {
	long := make([]int64, 3*Kept)
	for i := range long {
		long[i] = int64(i)
	}
	var a, b, c Call
	a.Keep(long)
	long[len(long)-1], long[len(long)-2] = long[len(long)-2], long[len(long)-1]
	b.Keep(long)
	long[len(long)-1]++
	c.Keep(long)
	if len(a.Result) != Kept || a.Results != 3*Kept || a.Digest == b.Digest || a.Sorted != b.Sorted || b.Sorted == c.Sorted {
		t.Errorf("%+v\n%+v\n%+v", a, b, c)
	}
	a.Keep(long[:3])
	if len(a.Result) != 3 || a.Digest != "" || a.Sorted != "" {
		t.Errorf("a short list: %+v", a)
	}
}

func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	if err := Write(&file, sample()); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		records, err := Read(bytes.NewReader(data))
		if err == nil && len(records) == 0 {
			t.Error("no record and no error")
		}
	})
}
