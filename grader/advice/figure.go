package advice

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Figure is an expected speedup, as far as it could be read.
type Figure struct {
	// Lo and Hi are the factor, the same unless a range was given; both 0
	// where none was found.
	Lo, Hi float64
	// Symbolic says that it is given as a name: N times for N waits.
	Symbolic bool
	// Infinite says that no bound is meant.
	Infinite bool
	// Cores and Waits are what it is for, 0 where that is not said.
	Cores, Waits int
}

// Known says that the figure can be compared with something.
func (f Figure) Known() bool { return f.Hi > 0 || f.Symbolic || f.Infinite }

const number = `(\d+(?:[.,]\d+)?)`

var (
	spread    = regexp.MustCompile(number + `\s*(?:x|times)?\s*(?:-|to|up to|\.\.+|/)\s*` + number + `\s*(?:x\b|times\b|fold|-fold)`)
	factor    = regexp.MustCompile(number + `\s*(?:x\b|times\b|fold|-fold)|\b(?:x|factor(?: of)?)\s*` + number)
	percent   = regexp.MustCompile(number + `\s*(?:%|percent|per cent)`)
	bareRange = regexp.MustCompile(`^\D*` + number + `\s*(?:-|to)\s*` + number)
	bare      = regexp.MustCompile(number)
	symbolic  = regexp.MustCompile(`\b[nk]\s?(?:x\b|times\b|-?fold)|\bx\s?n\b|\blinear|\bnumber of\b|\bproportional|\b(?:len|count|n)\s?\(|\b[nk] (?:cores|workers|tasks|calls|requests|waits)`)
	endless   = regexp.MustCompile(`\binf(?:init\w*)?\b|∞|\bunlimited|\bunbounded|\bboundless|\bendless`)
	cores     = regexp.MustCompile(number + `[\s-]*(?:physical |logical |cpu |free |usable )*(?:cores?\b|cpus?\b|core machine|processes\b|procs\b)`)
	waits     = regexp.MustCompile(number + `[\s-]*(?:\pL+[\s-]+){0,2}?(?:calls?|requests?|waits?|connections?|downloads?|tasks?|threads?|coroutines?|batch(?:es)?|streams?|urls?|items?|jobs?|sockets?|in flight|at once|concurrent|in parallel|workers?)\b`)
)

var dashes = strings.NewReplacer("×", "x", "–", "-", "—", "-", "−", "-", "‑", "-", "≈", "~",
	"two ", "2 ", "three ", "3 ", "four ", "4 ", "five ", "5 ", "eight ", "8 ", "ten ", "10 ")

// Figures reads the factors of an expected speedup, each with what it is for:
// "1.8x on 2 cores, 3.5x on 4 cores" has two. A text without one gives none.
func Figures(text string) []Figure {
	text = dashes.Replace(strings.ToLower(text))
	if endless.MatchString(text) {
		return []Figure{{Infinite: true}}
	}
	var out []Figure
	add := func(lo, hi float64, rest string) {
		f := Figure{Lo: math.Min(lo, hi), Hi: math.Max(lo, hi)}
		f.Cores, f.Waits = counted(rest)
		out = append(out, f)
	}
	type place struct {
		from, to int
		lo, hi   float64
	}
	var places []place
	ranges := spread.FindAllStringSubmatchIndex(text, -1)
	for _, m := range ranges {
		places = append(places, place{m[0], m[1], value(text[m[2]:m[3]]), value(text[m[4]:m[5]])})
	}
single:
	for _, m := range factor.FindAllStringSubmatchIndex(text, -1) {
		for _, r := range ranges {
			if m[0] < r[1] && m[1] > r[0] {
				continue single
			}
		}
		from, to := m[2], m[3]
		if from < 0 {
			from, to = m[4], m[5]
		}
		v := value(text[from:to])
		places = append(places, place{m[0], m[1], v, v})
	}
	switch {
	case len(places) > 0:
		for i, p := range places {
			end := len(text)
			for _, o := range places {
				if o.from > p.from {
					end = min(end, o.from)
				}
			}
			if i == 0 && len(places) == 1 {
				add(p.lo, p.hi, text[:p.from]+" "+text[p.to:])
			} else {
				add(p.lo, p.hi, text[p.to:max(p.to, end)])
			}
		}
	case symbolic.MatchString(text):
		out = append(out, Figure{Symbolic: true})
	default:
		rest := waits.ReplaceAllString(cores.ReplaceAllString(text, ""), "") // a count is no factor
		if m := percent.FindStringSubmatch(rest); m != nil {
			v := 1 + value(m[1])/100
			add(v, v, text)
		} else if m := bareRange.FindStringSubmatch(rest); m != nil {
			add(value(m[1]), value(m[2]), text)
		} else if m := bare.FindStringSubmatch(rest); m != nil {
			add(value(m[1]), value(m[1]), text)
		}
	}
	return out
}

// counted gives the cores and the waits that a text names.
func counted(text string) (c, w int) {
	if m := cores.FindStringSubmatch(text); m != nil {
		c = int(value(m[1]))
	}
	if m := waits.FindStringSubmatch(text); m != nil {
		w = int(value(m[1]))
	}
	return c, w
}

func value(s string) float64 {
	v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || v > 1e12 {
		return 1e12
	}
	return v
}

// Waits gives how many waits a workload's name speaks of, 0 where it names no
// number: "5 API calls, 1s each".
func Waits(name string) int {
	_, n := counted(dashes.Replace(strings.ToLower(name)))
	return n
}
