package stat

import (
	"math"
	"slices"
	"testing"
)

func TestTQuantile(t *testing.T) {
	// Two-sided 95 % and 99 % points, from the tables of the distribution
	// (Abramowitz and Stegun, table 26.10).
	for _, c := range []struct{ p, degrees, want float64 }{
		{0.975, 1, 12.706}, {0.975, 4, 2.776}, {0.975, 10, 2.228}, {0.995, 4, 4.604}, {0.995, 30, 2.750},
	} {
		if got := TQuantile(c.p, c.degrees); math.Abs(got-c.want) > 2e-3 {
			t.Errorf("TQuantile(%v, %v) = %.4f, want %.3f", c.p, c.degrees, got, c.want)
		}
	}
}

func TestRatio(t *testing.T) {
	a, b := []float64{2, 2.2, 1.9}, []float64{1, 1.05, 0.98}
	r := Ratio([][]float64{a}, [][]float64{b}, 0.99)
	if !r.Valid() || r.Lo > 2 || r.Hi < 2 || r.Lo < 1.2 || r.Hi > 3.2 {
		t.Errorf("ratio of about 2: %+v", r)
	}
	if wide := Ratio([][]float64{a}, [][]float64{b}, 0.999); wide.Lo >= r.Lo || wide.Hi <= r.Hi {
		t.Errorf("more confidence must widen: %+v, then %+v", r, wide)
	}
	if one := Ratio([][]float64{{3}}, [][]float64{{1}}, 0.99); math.Abs(one.Value-3) > 1e-9 || one.Lo != 0 || !math.IsInf(one.Hi, 1) {
		t.Errorf("one measurement has no spread: %+v", one)
	}
	if a[0] != 2 || b[2] != 0.98 {
		t.Error("the series were changed")
	}
}

// TestRatioCovers draws noise from a fixed generator: the interval must hold
// the true ratio about as often as it says.
func TestRatioCovers(t *testing.T) {
	seed := uint64(1)
	uniform := func() float64 {
		seed = seed*6364136223846793005 + 1442695040888963407
		return float64(seed>>11) / (1 << 53)
	}
	noise := func() float64 { // close to normal, spread 0.2 in the logarithm
		sum := -6.0
		for range 12 {
			sum += uniform()
		}
		return math.Exp(0.2 * sum)
	}
	const trials = 2000
	held := 0
	for range trials {
		series := make([][]float64, 4)
		for i := range series {
			for range 2 {
				series[i] = append(series[i], noise())
			}
		}
		if r := Ratio(series[:2], series[2:], 0.95); r.Lo <= 1 && r.Hi >= 1 {
			held++
		}
	}
	if share := float64(held) / trials; share < 0.92 || share > 0.98 {
		t.Errorf("the 95 %% interval held the truth in %.1f %% of the trials", 100*share)
	}
}

func TestMiddle(t *testing.T) {
	one := Exactly(3).Widen(1.5)
	if got := Middle([]Interval{one}); got != one {
		t.Errorf("one round stays as it is: %+v", got)
	}
	two := Middle([]Interval{Exactly(1), Exactly(3)})
	if two != (Interval{2, 1, 3}) {
		t.Errorf("two rounds span the range: %+v", two)
	}
	// One disturbed round of three decides nothing.
	rounds := []Interval{Exactly(3.4), Exactly(0.9), Exactly(3.5)}
	three := Middle(rounds)
	if three != (Interval{3.4, 3.4, 3.4}) {
		t.Errorf("the middle of three: %+v", three)
	}
	if !slices.Equal(rounds, []Interval{Exactly(3.4), Exactly(0.9), Exactly(3.5)}) {
		t.Error("the rounds lost their order")
	}
	if (Middle(nil) != Interval{}) {
		t.Error("no rounds give no interval")
	}
}

func TestRounds(t *testing.T) {
	r := Rounds{Min: 2, Max: 4, Alpha: 0.03}
	for _, c := range []struct {
		n       int
		decided bool
		want    bool
	}{{1, true, false}, {2, true, true}, {2, false, false}, {3, false, false}, {4, false, true}} {
		if got := r.Enough(c.n, c.decided); got != c.want {
			t.Errorf("Enough(%d, %v) = %v", c.n, c.decided, got)
		}
	}
	if got := r.Confidence(); math.Abs(got-0.99) > 1e-12 { // three looks share 3 %
		t.Errorf("confidence %v", got)
	}
}

func TestAUC(t *testing.T) {
	inf := math.Inf(1)
	for _, tt := range []struct {
		over, under []float64
		want        float64
	}{
		{[]float64{3, 4}, []float64{1, 2}, 1}, {[]float64{1, 2}, []float64{3, 4}, 0}, {[]float64{1, 2}, []float64{1, 2}, 0.5},
		{[]float64{5}, []float64{5}, 0.5}, {[]float64{2, 4}, []float64{3}, 0.5}, {[]float64{2, 4, 5}, []float64{3, 1}, 5.0 / 6}, {[]float64{inf}, []float64{1, inf}, 0.75},
	} {
		if got := AUC(tt.over, tt.under); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("AUC(%v, %v) = %v, want %v", tt.over, tt.under, got, tt.want)
		}
	}
	if got := AUC(nil, []float64{1}); !math.IsNaN(got) {
		t.Errorf("of nothing it is %v", got)
	}
}

func TestNeeded(t *testing.T) {
	wide := Interval{0.8, 0.4, 1.6} // half a width of ln 2, ln 1.6 away from 0.5
	if n := Needed(wide, 0.5, 2); n < 4 || n > 6 {
		t.Errorf("needs %d rounds", n)
	}
	if n := Needed(Exactly(0.5), 0.5, 3); n != 0 {
		t.Errorf("an estimate on the bound is never settled, got %d", n)
	}
	if n := Needed(Interval{1, 0, math.Inf(1)}, 0.5, 1); n != 0 {
		t.Errorf("one round says nothing about spread, got %d", n)
	}
}

// TestWilson: the figures of Newcombe, "Two-sided confidence intervals for the
// single proportion", Statistics in Medicine 17, 1998, table I, method 3.
func TestWilson(t *testing.T) {
	for _, tt := range []struct {
		hits, trials int
		lo, hi       float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		got := Wilson(tt.hits, tt.trials, 0.95)
		if math.Abs(got.Lo-tt.lo) > 5e-5 || math.Abs(got.Hi-tt.hi) > 5e-5 || got.Value != float64(tt.hits)/float64(tt.trials) {
			t.Errorf("%d of %d: %v, not %v to %v", tt.hits, tt.trials, got, tt.lo, tt.hi)
		}
		mirrored := Wilson(tt.trials-tt.hits, tt.trials, 0.95)
		if math.Abs(mirrored.Lo-(1-got.Hi)) > 1e-12 || math.Abs(mirrored.Hi-(1-got.Lo)) > 1e-12 {
			t.Errorf("%d of %d: %v, and of the others %v", tt.hits, tt.trials, got, mirrored)
		}
	}
	if got := Wilson(0, 0, 0.95); !math.IsNaN(got.Value) || got.Lo != 0 || got.Hi != 1 {
		t.Errorf("without trials %v", got)
	}
	if got := Wilson(7, 7, 0.95); got.Hi != 1 || got.Lo >= 1 || !got.Valid() {
		t.Errorf("7 of 7: %v", got)
	}
}
