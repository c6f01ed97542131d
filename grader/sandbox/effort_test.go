package sandbox

import (
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/sched"
)

// TestEffort goes through ten seconds of runs that use a core in different ways.
func TestEffort(t *testing.T) {
	const each = 100 * time.Millisecond
	patience := Patience{Busy: 5 * time.Second, Idle: 5 * time.Second}
	const busy, idle = "it had computed for 5s and had not ended", "for 5s none of its threads and processes had done anything"
	for name, c := range map[string]struct {
		cpu, wait float64 // of each second
		pause     int     // of ten steps, in how many it does nothing
		want      string
	}{
		"computes":                 {cpu: 1, want: busy},
		"computes on four cores":   {cpu: 4, want: busy},
		"waits":                    {want: idle},
		"polls":                    {cpu: 0.01, want: idle},
		"a crowded machine":        {cpu: 0.2, wait: 0.8},
		"a quota":                  {cpu: 0.4},
		"rests now and then":       {cpu: 0.8, pause: 5},
		"waits for a core all day": {wait: 1},
	} {
		var e Effort
		var u sched.Usage
		got := ""
		for i := range 100 {
			if i%10 >= c.pause {
				u.CPU += time.Duration(c.cpu * float64(each))
				u.Wait += time.Duration(c.wait * float64(each))
			}
			e.Add(time.Duration(i+1)*each, u)
			if got == "" {
				got = patience.Spent(e, 0)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := (Patience{}).Spent(Effort{Busy: time.Hour, Idle: time.Hour}, 0); got != "" {
		t.Errorf("no patience has no end: %q", got)
	}
}
