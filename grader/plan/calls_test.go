package plan

import (
	"slices"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
)

// TestPilots finds the size for code of very different speed.
func TestPilots(t *testing.T) {
	const want = 50 * time.Millisecond
	for name, took := range map[string]func(n int64) time.Duration{ // for a size
		"trial division in Python": func(n int64) time.Duration { return time.Duration(float64(n) * 40_000) },
		"a sieve in C":             func(n int64) time.Duration { return time.Duration(float64(n) * 2) },
		"a bit sieve":              func(n int64) time.Duration { return time.Duration(float64(n) * 0.25) },
		"a formula":                func(int64) time.Duration { return 3 * time.Millisecond },
		"nothing at all":           func(int64) time.Duration { return 0 },
		"a hang":                   func(int64) time.Duration { return time.Minute },
	} {
		size, pilots := int64(FirstPilot), 1
		for more := true; more && pilots <= MaxCallPilots; pilots++ {
			var next int64
			if next, more = NextPilot(size, took(size), want); more {
				size = next
			}
		}
		if pilots > MaxCallPilots {
			t.Errorf("%s: the pilots do not end", name)
		}
		size, tasks := Native(size, took(size), want, 8)
		if size < 10 || size > LargestSize || tasks < 8 || tasks > MostSizes {
			t.Errorf("%s: size %d, %d tasks", name, size, tasks)
		}
		if all := took(size) * time.Duration(tasks); took(size) > 0 && took(size) < time.Second && (all < 2*want || all > 40*want) {
			t.Errorf("%s: %d tasks of size %d take %v", name, tasks, size, all)
		}
	}
}

func TestSteps(t *testing.T) {
	c := &spec.Challenge{Calls: []spec.Call{{ID: "a", Raises: true, Expect: spec.Reference}, {ID: "b", Cases: make([]map[string]spec.Value, 3)}}}
	for _, k := range []struct {
		whose record.Whose
		round int
		want  []record.Aim
	}{
		{record.Learner, 0, []record.Aim{record.Measured, record.Raises, record.Again, record.Measured, record.Measured, record.Measured}},
		{record.Learner, 1, []record.Aim{record.Measured, record.Measured, record.Measured, record.Measured}},
		{record.Reference, 0, []record.Aim{record.Measured, record.Measured, record.Measured, record.Measured}},
	} {
		var got []record.Aim
		steps := Steps(c, k.whose, k.round, All)
		for _, s := range steps {
			got = append(got, s.Aim)
		}
		if last := steps[len(steps)-1]; !slices.Equal(got, k.want) || last.Case != 2 || last.Index != 1 {
			t.Errorf("the %s's round %d is %+v", k.whose, k.round, steps)
		}
	}
}

// TestComparedSteps has what answers are compared with done beside the reference
// alone, and nothing else there where nothing else is compared.
func TestComparedSteps(t *testing.T) {
	c := &spec.Challenge{Calls: []spec.Call{{ID: "compared", Expect: spec.Anything}, {ID: "asked", Function: "f", Expect: spec.Answered}}}
	for whose, want := range map[record.Whose]string{record.Learner: "asked", record.Reference: "compared"} {
		if steps := Steps(c, whose, 0, All); len(steps) != 1 || steps[0].Call.ID != want {
			t.Errorf("of the %s %+v", whose, steps)
		}
	}
}

func TestIterationNS(t *testing.T) {
	for _, c := range []struct{ measured, loop, want float64 }{
		{100, 50, 100}, {0, 50, 100}, {20, 50, 100}, {5000, 50, 100}, {80, 0, 80}, {0, 0, 1},
	} {
		if got := IterationNS(c.measured, c.loop); got != c.want {
			t.Errorf("IterationNS(%v, %v) = %v, want %v", c.measured, c.loop, got, c.want)
		}
	}
}
