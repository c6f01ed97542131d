package plan

import (
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

func challenge() *spec.Challenge {
	return &spec.Challenge{Size: spec.Size{Lesson: 50_000_000, Task: spec.Duration(120 * time.Millisecond)}, Rounds: spec.Rounds{Min: 2, Max: 4}}
}

func TestScale(t *testing.T) {
	source := "a = 50_000_000\nb = f(50 *\n  10**6) # é\nc = g(\"50000000\", 5e7, 50_000_001)\n"
	at := []record.SizeAt{
		{File: "x.py", Line: 1, Col: 4, EndLine: 1, EndCol: 14, Kind: "int"},
		{File: "x.py", Line: 2, Col: 6, EndLine: 3, EndCol: 7, Kind: "int"},
		{File: "x.py", Line: 4, Col: 6, EndLine: 4, EndCol: 16, Kind: "str"},
		{File: "x.py", Line: 4, Col: 18, EndLine: 4, EndCol: 21, Kind: "float"},
		{File: "x.py", Line: 4, Col: 23, EndLine: 4, EndCol: 33, Kind: "int", Add: 1},
		{File: "other.py", Line: 90, Kind: "int"},
	}
	got, err := Scale("x.py", []byte(source), at, 1000)
	if err != nil {
		t.Fatal(err)
	}
	want := "a =  1000\nb = f( 1000\\\n) # é\nc = g(\"1000\",  1000.0,  1001)\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestScaleOutside(t *testing.T) {
	for _, at := range []record.SizeAt{{File: "x.py", Line: 9, EndLine: 9}, {File: "x.py", Line: 1, Col: 3, EndLine: 1, EndCol: 99}, {File: "x.py", Line: 0, EndLine: 0}} {
		if _, err := Scale("x.py", []byte("a = 1\n"), []record.SizeAt{at}, 1000); err == nil {
			t.Errorf("%+v is outside the file, and no error", at)
		}
	}
}

func TestSizes(t *testing.T) {
	c := challenge()
	want := time.Duration(c.Size.Task)
	if got := FirstSize(c, want, 80); got != 1_500_000 {
		t.Errorf("at 80 ns a turn the size is %d", got)
	}
	if got := FirstSize(c, want, 1e-9); got != c.Size.Lesson {
		t.Errorf("never more than the lesson's size, got %d", got)
	}
	for _, tc := range []struct {
		size int64
		task time.Duration
		want int64
		more bool
	}{
		{1_500_000, 120 * time.Millisecond, 1_500_000, false},
		{1_500_000, 60 * time.Millisecond, 1_500_000, false}, // the edge of good enough
		{1_500_000, 59 * time.Millisecond, 3_000_000, true},
		{1_500_000, 0, 24_000_000, true},
		{50_000_000, 0, 50_000_000, false},
		{1_500_000, time.Second, 180_000, true},
	} {
		got, more := NextSize(c, want, tc.size, tc.task)
		if got != tc.want || more != tc.more {
			t.Errorf("after %d with %v: %d, %v; want %d, %v", tc.size, tc.task, got, more, tc.want, tc.more)
		}
	}
}

func TestRoundOrderAlternates(t *testing.T) {
	if RoundOrder(0)[0] != record.Learner || RoundOrder(1)[0] != record.Reference || RoundOrder(2) != RoundOrder(0) {
		t.Error("the turns do not alternate")
	}
}
