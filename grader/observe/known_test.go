package observe

import "testing"

func TestProbeAgrees(t *testing.T) {
	quiet := probe{LoopNS: 40, Capacity: 1.9}
	for name, c := range map[string]struct {
		other probe
		want  bool
	}{
		"the same":         {quiet, true},
		"a little slower":  {probe{45, 1.7}, true},
		"others compute":   {probe{40, 1.1}, false},
		"the clock is low": {probe{80, 1.9}, false},
		"no probe":         {probe{}, false},
	} {
		if got := quiet.agrees(c.other); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !(probe{}).agrees(probe{}) {
		t.Error("a system that tells neither agrees with itself")
	}
}
