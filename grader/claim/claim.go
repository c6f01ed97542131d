// Package claim reads the figures that a learner's program printed: times,
// speedups and CPU utilization, from prose, tables, JSON or logs.
//
// Reading is forgiving, and what cannot be read is left out: a claim only
// ever serves to be compared with what was observed.
package claim

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gilcourse/gilcourse/grader/phase"
)

// Kind is what a figure is about.
type Kind string

// The kinds of claims.
const (
	Time        Kind = "time"        // wall time, in seconds
	CPUTime     Kind = "cpu time"    // in seconds
	Speedup     Kind = "speedup"     // a ratio of times
	Utilization Kind = "utilization" // percent, or cores
	Plain       Kind = "plain"       // a number whose meaning was not found
)

// Claim is one printed figure.
type Claim struct {
	Kind  Kind
	Phase phase.Kind // Main for sequential; empty where no phase was named
	Value float64
	// Round is how much rounding may have changed the value: one unit of
	// its last printed digit, in the value's unit.
	Round float64
	// Percent says that a utilization was printed with a percent sign.
	Percent bool
	Line    string // where it stood, trimmed
}

var (
	ansi      = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")
	noise     = regexp.MustCompile(`\d{4}-\d\d-\d\d|\d{1,2}:\d\d:\d\d(?:[.,]\d+)?|\b\d+\.\d+\.\d+\b|\bMain(?:Process|Thread)\b|0x[0-9a-fA-F]+|\b[Tt]hread-\d+|\b[Pp]rocess-\d+|process_time|per process|this process`)
	thousands = regexp.MustCompile(`\b(\d{1,3})((?:[,_ ]\d{3})+)\b`)
	comma     = regexp.MustCompile(`\b(\d+),(\d{1,2}|\d{4,})\b|\b(0),(\d+)\b`)
	figure    = regexp.MustCompile(`[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?`)
	words     = regexp.MustCompile(`\d,\d+ (?:s|%|seg|sek)`)
	boxes     = strings.NewReplacer("│", "|", "┃", "|", "║", "|", "┆", "|", "\u00a0", " ", "×", "x", "\t", "  ")

	unitAfter = []struct {
		re    *regexp.Regexp
		kind  Kind
		scale float64
	}{
		{regexp.MustCompile(`(?i)^\s?(?:s|secs?|seconds?|segundos|sekunden|secondes)\b`), Time, 1},
		{regexp.MustCompile(`(?i)^\s?(?:ms|msecs?|milliseconds?)\b`), Time, 1e-3},
		{regexp.MustCompile(`^\s?(?:[uµμ]s|microseconds?)\b`), Time, 1e-6},
		{regexp.MustCompile(`^\s?(?:ns|nanoseconds?)\b`), Time, 1e-9},
		{regexp.MustCompile(`^\s?(?:min|minutes?)\b`), Time, 60},
		{regexp.MustCompile(`^\s?(?:%|percent|per cent|pct)`), Utilization, 1},
		{regexp.MustCompile(`^\s?x\b`), Speedup, 1},
		{regexp.MustCompile(`^\s?(?:times|veces|fold)\b`), Speedup, 1},
		{regexp.MustCompile(`^\s?(?:cores?|CPUs?|cpus?|of \d+ cores?)\b`), Utilization, 1},
	}
	// aboutBefore tells a number's kind from the words before it, the last
	// that matches counts.
	aboutBefore = []struct {
		re   *regexp.Regexp
		kind Kind
	}{
		{regexp.MustCompile(`(?i)speed[-_ ]?up|faster|as fast|ratio|gain|factor|seq\w* ?/|serial ?/|compared (?:to|with)|\bvs\b`), Speedup},
		{regexp.MustCompile(`(?i)cpu[-_ ]?(?:time|s\b|sec)|\buser|\bsys|system time|process time`), CPUTime},
		{regexp.MustCompile(`(?i)utili[sz]|usage|cpu[-_ ]?(?:%|perc|pct|use|load|util)|\bcpu\b|cores? (?:busy|used|in use)|busy|\bload\b`), Utilization},
		{regexp.MustCompile(`(?i)wall|elapsed|\btime|took|duration|real\b|seconds|\bsecs?\b|_s\b|finished in|done in|total`), Time},
	}
	cpuAfter      = regexp.MustCompile(`(?i)^ (?:of )?cpu\b(?: time)?\s*(?:$|[,;)|-])`)
	partsAfter    = regexp.MustCompile(`^\s?(?:x|times)\s+\w`)
	percentBefore = regexp.MustCompile(`(?i)perc|pct|%`)
	unitBefore    = []struct {
		re    *regexp.Regexp
		scale float64
	}{
		{regexp.MustCompile(`(?i)_ms\b|\(ms\)|\bms\b|millis`), 1e-3},
		{regexp.MustCompile(`(?i)_us\b|\([uµ]s\)|micros`), 1e-6},
		{regexp.MustCompile(`(?i)_ns\b|\(ns\)|nanos`), 1e-9},
	}
	isEfficiency = regexp.MustCompile(`(?i)efficien|overhead|ideal|saved|slower|difference|percent of`)

	labels = []struct {
		re   *regexp.Regexp
		kind phase.Kind
	}{
		{regexp.MustCompile(`(?i)sequen\w*|serial\w*|secuencial\w*|one after (?:the other|another)|single[-_ ]?thread\w*|baseline|one by one|in a row|\bseq(?:\b|_)|nacheinander`), phase.Main},
		{regexp.MustCompile(`(?i)(?:multi)?[-_ ]?thread\w*|\bhilos?\b|\bthr\b`), phase.Threads},
		{regexp.MustCompile(`(?i)(?:multi)?[-_ ]?process(?:es|ing|pool\w*)?(?:\b|_)|processpool\w*|\bprocs?\b|\bproces\w+|\bprozess\w*|\bmp\b|\bparallel\b|\bforks?\b|multiproc\w*`), phase.Processes},
	}
	// against precedes a phase that a figure is compared with, not about.
	against = regexp.MustCompile(`(?i)(?:\bvs\.?|versus|compared (?:to|with)|relative to|against|than|over|\bas(?: the)?|\bto)\s*(?:the\s+)?$`)
)

const (
	// longestLine is the longest line, in bytes, in which claims are looked
	// for: people read shorter ones, and it takes time that grows with its
	// square.
	longestLine = 600
	// longestWord bounds what is looked at before a phase's name.
	longestWord = 80
)

// Read finds the claims in a program's standard output and error.
func Read(stdout, stderr string) []Claim {
	var claims []Claim
	for _, text := range []string{stdout, stderr} {
		claims = append(claims, read(flatten(text))...)
	}
	return claims
}

// flatten turns JSON in the text into lines of "the keys: value".
func flatten(text string) string {
	var out []string
	tryJSON := func(s string) bool {
		var v any
		dec := json.NewDecoder(strings.NewReader(s))
		dec.UseNumber()
		if dec.Decode(&v) != nil {
			return false
		}
		switch v.(type) {
		case map[string]any, []any:
			out = append(out, paths("", v)...)
			return true
		}
		return false
	}
	from, to := strings.IndexAny(text, "{["), strings.LastIndexAny(text, "}]")
	if from >= 0 && to > from && tryJSON(text[from:to+1]) {
		return text[:from] + "\n" + strings.Join(out, "\n") + "\n" + text[to+1:]
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if at := strings.IndexByte(line, '{'); at < 0 || !tryJSON(line[at:]) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

func paths(prefix string, v any) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		name := ""
		for k, e := range v {
			keys = append(keys, k)
			// An entry of a list names itself: {"mode": "threads", ...}.
			if s, ok := e.(string); ok && len(found(s)) == 1 && len(s) < 60 {
				name = s + " "
			}
		}
		slices.Sort(keys)
		for _, k := range keys {
			out = append(out, paths(prefix+name+k+" ", v[k])...)
		}
	case []any:
		for _, e := range v {
			out = append(out, paths(prefix, e)...)
		}
	case string:
		out = append(out, prefix+": "+v)
	case json.Number:
		out = append(out, fmt.Sprintf("%s: %v", prefix, v))
	}
	return out
}

// label is a phase's name in a line.
type label struct {
	kind     phase.Kind
	from, to int
}

// found gives the phases that a line names, but for those that it compares
// with, in order.
func found(line string) []label {
	var out []label
	for _, l := range labels {
		for _, m := range l.re.FindAllStringIndex(line, -1) {
			if m[0] > 0 && against.MatchString(line[max(0, m[0]-longestWord):m[0]]) && hasOther(line[:m[0]]) {
				continue
			}
			out = append(out, label{l.kind, m[0], m[1]})
		}
	}
	// "single-threaded" holds "threaded", "ThreadPoolExecutor" no process.
	out = slices.DeleteFunc(out, func(a label) bool {
		return slices.ContainsFunc(out, func(b label) bool { return b != a && b.from <= a.from && a.to <= b.to && b.to-b.from > a.to-a.from })
	})
	slices.SortFunc(out, func(a, b label) int { return a.from - b.from })
	return out
}

// hasOther says that a phase is named in this part of a line.
func hasOther(part string) bool {
	return slices.ContainsFunc(labels, func(l struct {
		re   *regexp.Regexp
		kind phase.Kind
	}) bool {
		return l.re.MatchString(part)
	})
}

func read(text string) []Claim {
	var claims []Claim
	var header []string
	section := phase.Kind("")
	about := Kind("") // of the section, from a heading such as "speedup:"
	for raw := range strings.Lines(text) {
		if len(raw) > longestLine {
			continue
		}
		line := boxes.Replace(ansi.ReplaceAllString(strings.TrimRight(raw, "\r\n"), ""))
		line = noise.ReplaceAllStringFunc(line, func(s string) string { return strings.Repeat(" ", len(s)) })
		if !strings.Contains(line, ".") || words.MatchString(line) { // 0,53 where the comma is the decimal point
			line = comma.ReplaceAllString(line, "$1$3.$2$4")
		}
		line = thousands.ReplaceAllStringFunc(line, func(s string) string { return strings.NewReplacer(",", "", "_", "", " ", "").Replace(s) })
		named := found(line)
		figures := figuresIn(line)
		if h := cells(line); len(figures) == 0 && titles(h) >= 2 {
			header = h
			continue
		}
		if len(figures) == 0 && len(named) == 0 {
			if strings.TrimSpace(strings.Trim(line, "-=+|─━═┼├┤┌┐└┘┬┴ ")) != "" {
				about = kindOf(line)
			}
			continue
		}
		if kinds := distinct(named); len(kinds) == 1 {
			section = kinds[0]
		}
		row := cells(line)
		for i, f := range figures {
			c := Claim{Value: f.value, Round: f.round, Phase: section, Line: strings.TrimSpace(raw)}
			for _, l := range named {
				if l.from < f.from {
					c.Phase = l.kind
				}
			}
			if len(named) > 0 && named[0].from > f.from && len(distinct(named)) == 1 {
				c.Phase = named[0].kind
			}
			before := line[:f.from]
			if i > 0 {
				before = line[figures[i-1].to:f.from]
			}
			c.Kind = describe(&c, before, line[f.to:])
			if title := column(header, row, line, f); c.Kind == Plain && kindOf(title) != "" {
				c.Kind = kindOf(title)
				c.in(title)
			}
			if n := len(claims); c.Kind == Plain && i > 0 && n > 0 && claims[n-1].Kind == Speedup { // "threads 0.98, processes 1.9"
				c.Kind = Speedup
			}
			if c.Kind == Plain && about != "" && len(named) > 0 {
				c.Kind = about
			}
			if isEfficiency.MatchString(before) && c.Kind == Utilization {
				continue
			}
			claims = append(claims, c)
		}
	}
	return claims
}

func distinct(named []label) []phase.Kind {
	var kinds []phase.Kind
	for _, l := range named {
		if !slices.Contains(kinds, l.kind) {
			kinds = append(kinds, l.kind)
		}
	}
	return kinds
}

// number is a figure's place and value in a line.
type number struct {
	from, to     int
	value, round float64
}

func figuresIn(line string) []number {
	var out []number
	for _, m := range figure.FindAllStringIndex(line, -1) {
		if m[0] > 0 && (isWord(line[m[0]-1]) || line[m[0]-1] == '.') {
			continue // a part of a name, such as cpu0
		}
		s := line[m[0]:m[1]]
		if m[1] < len(line) && line[m[1]] == '.' && m[1]+1 < len(line) && line[m[1]+1] >= '0' && line[m[1]+1] <= '9' {
			continue
		}
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			continue
		}
		round := 1.0
		if dot := strings.IndexByte(s, '.'); dot >= 0 && !strings.ContainsAny(s, "eE") {
			for range len(s) - dot - 1 {
				round /= 10
			}
		}
		out = append(out, number{m[0], m[1], v, round})
	}
	return out
}

func isWord(b byte) bool {
	return b == '_' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// describe finds a figure's kind from the unit after it and the words before
// it, and brings its value to the kind's unit.
func describe(c *Claim, before, after string) Kind {
	words := kindOf(before)
	for _, u := range unitAfter {
		if !u.re.MatchString(after) {
			continue
		}
		switch {
		case u.kind == Time:
			c.Value, c.Round = c.Value*u.scale, c.Round*u.scale
			rest := after[len(u.re.FindString(after)):]
			if words == CPUTime || words == Utilization || cpuAfter.MatchString(rest) {
				return CPUTime
			}
			return Time
		case u.kind == Utilization && strings.ContainsAny(u.re.FindString(after), "%p") && !strings.Contains(u.re.FindString(after), "cpu"):
			c.Percent = true
			if words == Speedup {
				return Plain
			}
			return Utilization
		case u.kind == Utilization: // "4 cores" is the machine, "1.9 cores" a figure
			if c.Round == 1 && words != Utilization {
				return Plain
			}
			return Utilization
		case u.kind == Speedup && c.Round == 1 && partsAfter.MatchString(after): // "4 x Thread"
			return Plain
		}
		return u.kind
	}
	c.in(before)
	if words == "" {
		return Plain
	}
	return words
}

// in brings a figure without a unit of its own to the unit that the words
// before it, or its column's title, name.
func (c *Claim) in(words string) {
	c.Percent = c.Percent || percentBefore.MatchString(words)
	for _, u := range unitBefore {
		if u.re.MatchString(words) {
			c.Value, c.Round = c.Value*u.scale, c.Round*u.scale
			return
		}
	}
}

// kindOf gives the kind that the words speak of, the last one counts; empty
// for none.
func kindOf(words string) Kind {
	best, at := Kind(""), -1
	for _, a := range aboutBefore {
		if m := a.re.FindAllStringIndex(words, -1); m != nil && m[len(m)-1][1] > at {
			best, at = a.kind, m[len(m)-1][1]
		}
	}
	return best
}

var gap = regexp.MustCompile(`\s*\|\s*|\s{2,}|\s*;\s*|\s*,\s*`)

// cells cuts a line of a table.
func cells(line string) []string {
	var out []string
	for _, c := range gap.Split(strings.TrimSpace(strings.Trim(strings.TrimSpace(line), "|")), -1) {
		out = append(out, strings.TrimSpace(c))
	}
	return out
}

// titles counts the cells that name a kind of figure.
func titles(row []string) int {
	n := 0
	for _, c := range row {
		if len(c) < 30 && kindOf(c+" ") != "" {
			n++
		}
	}
	return n
}

// column gives the title of the column that a figure stands in, empty for
// none.
func column(header, row []string, line string, f number) string {
	if len(row) == len(header)+1 {
		header = append([]string{""}, header...)
	}
	if len(row) != len(header) {
		return ""
	}
	if i := len(cells(line[:f.to])) - 1; i < len(header) {
		return header[i] + " "
	}
	return ""
}
