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
	took      = regexp.MustCompile(number + `\s*(?:s|sec|secs|seconds|ms)?\s*(?:->|→|=>|to|vs\.?|versus|instead of|statt)\s*` + number + `\s*(?:s|sec|secs|seconds|ms)\b`)
	bareRange = regexp.MustCompile(`^\D*` + number + `\s*(?:-|to)\s*` + number)
	bare      = regexp.MustCompile(number)
	symbolic  = regexp.MustCompile(`\b[nk]\s?(?:x\b|times\b|-?fold)|\bx\s?n\b|\blinear|\bnumber of\b|\bproportional|\b(?:len|count|n)\s?\(|\b[nk] (?:cores|workers|tasks|calls|requests|waits)`)
	endless   = regexp.MustCompile(`\binf(?:init\w*)?\b|∞|\bunlimited|\bunbounded|\bboundless|\bendless`)
	cores     = regexp.MustCompile(number + `[\s-]*(?:physical |logical |cpu |free |usable )*(?:cores?\b|cpus?\b|core machine|processes\b|procs\b)`)
	waits     = regexp.MustCompile(number + `[\s-]*(?:\pL+[\s-]+){0,2}?(?:calls?|requests?|waits?|connections?|downloads?|tasks?|threads?|coroutines?|batch(?:es)?|streams?|urls?|items?|jobs?|sockets?|gpus?|devices?|cards?|in flight|at once|concurrent|in parallel|workers?)\b`)
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
	found := factors(text)
	if m := took.FindStringSubmatch(text); m != nil && len(found) == 0 && value(m[1]) > 0 && value(m[2]) > 0 {
		a, b := value(m[1]), value(m[2])
		return []Figure{figure(math.Max(a, b)/math.Min(a, b), math.Max(a, b)/math.Min(a, b), "")}
	}
	var out []Figure
	for i, p := range found {
		end := len(text)
		for _, o := range found {
			if o.from > p.from {
				end = min(end, o.from)
			}
		}
		rest := text[p.to:max(p.to, end)]
		if i == 0 && len(found) == 1 {
			rest = text[:p.from] + " " + text[p.to:]
		}
		out = append(out, figure(p.lo, p.hi, rest))
	}
	switch {
	case len(out) > 0:
		return out
	case symbolic.MatchString(text):
		return []Figure{{Symbolic: true}}
	}
	return plain(text)
}

// place is where a factor stands in a text.
type place struct {
	from, to int
	lo, hi   float64
}

// factors finds what is written as a factor: the ranges, then single ones.
func factors(text string) []place {
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
	return places
}

// plain reads a percentage, a range or a number without a sign of a factor. A
// count of cores or waits is none.
func plain(text string) []Figure {
	rest := waits.ReplaceAllString(cores.ReplaceAllString(text, ""), "")
	if m := percent.FindStringSubmatch(rest); m != nil {
		v := 1 + value(m[1])/100
		return []Figure{figure(v, v, text)}
	}
	if m := bareRange.FindStringSubmatch(rest); m != nil {
		return []Figure{figure(value(m[1]), value(m[2]), text)}
	}
	if m := bare.FindStringSubmatch(rest); m != nil {
		return []Figure{figure(value(m[1]), value(m[1]), text)}
	}
	return nil
}

// figure is one factor, or a range of them, with what the rest says it is for.
func figure(a, b float64, rest string) Figure {
	f := Figure{Lo: math.Min(a, b), Hi: math.Max(a, b)}
	f.Cores, f.Waits = counted(rest)
	return f
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
