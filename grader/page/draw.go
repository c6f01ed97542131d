package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// unit is the unit of a picture's paths and of its script's data, in µs.
const unit = 100

// units gives an instant of a picture in units from its start.
func (p picture) units(t int64) int64 { return (max(p.From, min(t, p.To)) - p.From) / unit }

// path draws one state of a lane as rectangles, stacked on the states below it,
// in a box of 100 units' height; empty where the task never was in it.
func (p picture) path(l lane, k state) string {
	var b strings.Builder
	var x, w, top, h int64
	flush := func() {
		if w > 0 && h > 0 {
			fmt.Fprintf(&b, "M%d %dh%dv%dh-%dz", x, top, w, h, w)
		}
		w = 0
	}
	for _, s := range l.Steps {
		var below float64
		for i := range k {
			below += s.Shares[i]
		}
		from, to := p.units(s.From), p.units(s.To)
		y := 100 - int64(math.Round((below+s.Shares[k])*100))
		height := 100 - int64(math.Round(below*100)) - y
		if w > 0 && x+w == from && y == top && height == h {
			w += to - from
			continue
		}
		flush()
		x, w, top, h = from, to-from, y, height
	}
	flush()
	return b.String()
}

// data is a lane as the page's script reads it: its start in units, then for each
// step its length in units, the shares of all states but the last in percent, and
// how often a second the task woke.
func (p picture) data(l lane) []int64 {
	if len(l.Steps) == 0 {
		return nil
	}
	out := []int64{p.units(l.Steps[0].From)}
	for _, s := range l.Steps {
		out = append(out, p.units(s.To)-p.units(s.From))
		for k := range asleep {
			out = append(out, int64(math.Round(s.Shares[k]*100)))
		}
		out = append(out, int64(math.Round(s.Wakes)))
	}
	return out
}

// height is what the sums of a picture are drawn up to, in cores.
func (f figure) height() float64 {
	top := 1.0
	for _, p := range f.Pictures {
		top = max(top, p.Cores)
		for i := range p.Used {
			top = max(top, p.Used[i]+p.Wanted[i])
		}
	}
	return math.Ceil(top)
}

// area draws a sum as a filled staircase in a box of 100 units' height.
func (p picture) area(top float64, of ...[bins]float64) string {
	var b strings.Builder
	b.WriteString("M0 100")
	length, last := p.units(p.To), -1.0
	for i := range bins {
		var v float64
		for _, o := range of {
			v += o[i]
		}
		y := math.Round((1-v/top)*1000) / 10
		if y != last {
			fmt.Fprintf(&b, "H%dV%s", length*int64(i)/bins, number(y))
			last = y
		}
	}
	fmt.Fprintf(&b, "H%dV100z", length)
	return b.String()
}

// requests draws how many were under way, in a box of 100 units' height.
func (p picture) requests(top int) string {
	var b strings.Builder
	b.WriteString("M0 100")
	for _, l := range p.Requests {
		fmt.Fprintf(&b, "H%dV%s", p.units(l.At), number(100-100*float64(l.N)/float64(max(1, top))))
	}
	b.WriteString("V100z")
	return b.String()
}

// ticks gives round instants of a stretch of so many µs, with their labels: no
// more than eight.
func ticks(length int64) []tick {
	step := nice(float64(length) / 7)
	var out []tick
	for t := 0.0; t < float64(length)*0.96; t += step {
		out = append(out, tick{At: percent(t / float64(length)), Label: instant(t, step)})
	}
	return out
}

type tick struct{ At, Label string }

// nice is the least of 1, 2, 5, 10, … that is no less.
func nice(v float64) float64 {
	ten := math.Pow(10, math.Floor(math.Log10(math.Max(v, 1e-9))))
	for _, n := range []float64{1, 2, 5} {
		if n*ten >= v {
			return n * ten
		}
	}
	return 10 * ten
}

// instant writes a time in µs, to the digit that steps need.
func instant(t, step float64) string {
	if t == 0 {
		return "0"
	}
	if step >= 1e5 {
		return number(math.Round(t/1e4)/100) + " s"
	}
	return number(math.Round(t/10)/100) + " ms"
}

// percent writes a share as SVG takes it.
func percent(share float64) string { return number(math.Round(share*1e4)/100) + "%" }

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
