// Package stat turns repeated measurements into estimates with intervals, and
// says when to stop measuring. It takes plain numbers and does no I/O.
package stat

import (
	"cmp"
	"math"
	"slices"

	"github.com/aclements/go-moremath/stats"
)

// Interval is an estimate with the range in which it may lie: Lo <= Value <=
// Hi. A figure that is known exactly has Lo = Hi.
type Interval struct {
	Value float64 `json:"value"`
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
}

// Exactly gives an interval without width.
func Exactly(v float64) Interval { return Interval{v, v, v} }

// Valid says that the interval holds no NaN and is in order.
func (i Interval) Valid() bool { return i.Lo <= i.Value && i.Value <= i.Hi }

// Widen gives the interval stretched by a factor of at least 1 on both sides.
func (i Interval) Widen(factor float64) Interval {
	return Interval{i.Value, i.Lo / factor, i.Hi * factor}
}

// Middle combines the intervals of repeated measurements of one quantity: the
// median of the values, from the second lowest to the second highest of the
// ends, so that one disturbed round decides nothing; with fewer than three
// rounds, from the lowest to the highest. It copies before it sorts, and is
// zero for no rounds.
func Middle(rounds []Interval) Interval {
	if len(rounds) == 0 {
		return Interval{}
	}
	var values, los, his []float64
	for _, r := range rounds {
		values, los, his = append(values, r.Value), append(los, r.Lo), append(his, r.Hi)
	}
	slices.Sort(los)
	slices.Sort(his)
	drop := 0
	if len(rounds) >= 3 {
		drop = 1
	}
	m := Median(values)
	return Interval{m, math.Min(m, los[drop]), math.Max(m, his[len(his)-1-drop])}
}

// Median is the middle of the values, the mean of the two middle ones for an
// even count, NaN for none. The values keep their order.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// AUC is the probability that a value of the first sample is greater than one
// of the second, ties counted half: the area under the ROC curve, which is the
// Mann-Whitney statistic U over the number of pairs (Hanley and McNeil, "The
// Meaning and Use of the Area under a Receiver Operating Characteristic Curve",
// 1982). 1 where the samples are apart, 0.5 where they cannot be told from each
// other; NaN where one is empty. The values keep their order.
func AUC(over, under []float64) float64 {
	var u float64
	for _, a := range over {
		for _, b := range under {
			switch {
			case a > b:
				u++
			case a == b:
				u += 0.5
			}
		}
	}
	return u / float64(len(over)*len(under))
}

// Ratio is the product of some series' typical values over that of others,
// each series repeated measurements of one positive figure: geometric means,
// with Student's t interval at the given confidence (0 to 1). The spread is
// pooled over all series, as in a contrast of one-way analysis of variance,
// so that even two rounds of four series leave four degrees of freedom; that
// what slows a whole round counts as spread too keeps it on the safe side.
// (Georges, Buytaert and Eeckhout, "Statistically Rigorous Java Performance
// Evaluation", OOPSLA 2007, section 3.) Series of one measurement have no
// spread: the interval is then all positive numbers.
func Ratio(over, under [][]float64, confidence float64) Interval {
	var log, variance, squares, degrees float64
	for i, series := range slices.Concat(over, under) {
		logs := make([]float64, len(series))
		for j, v := range series {
			logs[j] = math.Log(v)
		}
		if len(logs) == 0 {
			return Interval{math.NaN(), 0, math.Inf(1)}
		}
		mean := stats.Mean(logs)
		if i < len(over) {
			log += mean
		} else {
			log -= mean
		}
		for _, l := range logs {
			squares += (l - mean) * (l - mean)
		}
		degrees += float64(len(logs) - 1)
		variance += 1 / float64(len(logs))
	}
	if degrees == 0 {
		return Interval{math.Exp(log), 0, math.Inf(1)}
	}
	half := TQuantile(1-(1-confidence)/2, degrees) * math.Sqrt(squares/degrees*variance)
	return Interval{math.Exp(log), math.Exp(log - half), math.Exp(log + half)}
}

// TQuantile is the quantile p (0.5 to 1) of Student's t distribution.
func TQuantile(p, degrees float64) float64 {
	dist := stats.TDist{V: degrees}
	lo, hi := 0.0, 1.0
	for dist.CDF(hi) < p && hi < 1e9 {
		hi *= 2
	}
	for range 200 {
		if mid := (lo + hi) / 2; dist.CDF(mid) < p {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// Rounds is a stopping rule, fixed before the first round: at least Min
// rounds, at most Max, and after each of them a look whether all is decided.
// Each look spends an equal part of Alpha, the chance that noise alone
// decides wrongly (Bonferroni), so looking more than once costs no certainty; a
// single round has no spread, and spends nothing.
type Rounds struct {
	Min, Max int
	Alpha    float64
}

// Confidence is that of the interval at each look.
func (r Rounds) Confidence() float64 { return 1 - r.Alpha/float64(max(1, r.Max-max(r.Min, 2)+1)) }

// Enough says whether to stop after n rounds.
func (r Rounds) Enough(n int, decided bool) bool {
	return n >= r.Max || n >= r.Min && decided
}

// Needed estimates how many rounds in all would decide a paired ratio against
// a bound, from the spread of n rounds so far; 0 where no count of rounds
// would, since the estimate lies on the bound. The count follows from the
// t interval's width, which shrinks with the root of the count.
func Needed(ratio Interval, bound float64, n int) int {
	if n < 2 || ratio.Lo <= 0 || math.IsInf(ratio.Hi, 1) || bound <= 0 {
		return 0
	}
	half := (math.Log(ratio.Hi) - math.Log(ratio.Lo)) / 2
	distance := math.Abs(math.Log(ratio.Value / bound))
	if distance < 1e-3 {
		return 0
	}
	// The width falls faster than the root while the t quantile falls too:
	// an upper estimate.
	need := math.Ceil(float64(n) * (half / distance) * (half / distance))
	if need > 1000 {
		return 0
	}
	return max(n+1, int(need))
}

// AtOnce is the most of the spans, each from a begin to an end, that lie over
// one instant. One that begins where another ends follows it; one that ends
// before it begins has no length.
func AtOnce(spans [][2]int64) int {
	type edge struct {
		t    int64
		step int
	}
	var edges []edge
	for _, s := range spans {
		edges = append(edges, edge{s[0], 1}, edge{max(s[0], s[1]), -1})
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.step, b.step)) })
	now, most := 0, 0
	for _, e := range edges {
		now += e.step
		most = max(most, now)
	}
	return most
}

// Wilson is the share of hits among so many independent trials, with the score
// interval at the given confidence (0 to 1), which holds for small counts and
// for shares near 0 and 1. (Wilson, "Probable inference, the law of succession,
// and statistical inference", Journal of the American Statistical Association
// 22, 1927; without continuity correction, as Brown, Cai and DasGupta,
// "Interval estimation for a binomial proportion", Statistical Science 16,
// 2001, recommend.) Without trials the share is NaN, between 0 and 1.
func Wilson(hits, trials int, confidence float64) Interval {
	if trials <= 0 {
		return Interval{math.NaN(), 0, 1}
	}
	n, p := float64(trials), float64(hits)/float64(trials)
	z := math.Sqrt2 * math.Erfinv(confidence)
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	// At the ends rounding would lead out of what is possible.
	return Interval{p, math.Max(0, math.Min(p, middle-half)), math.Min(1, math.Max(p, middle+half))}
}
