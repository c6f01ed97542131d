package script_test

import (
	_ "embed"
	"flag"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// layoutsText holds ways to print the same figures, as many people would. A
// layout begins with "-- NAME | LABEL, LABEL, LABEL | FLAG --". A line that
// begins with * stands for each phase, so do the lines between { and }. $L is
// the phase's label, $k its number from 1, $i from 0; <w%.2f> is a figure, and
// <s:w%.2f>, <t:…>, <p:…> those of one phase; ! and !! are { and }.
//
//go:embed testdata/layouts.txt
var layoutsText string

type layout struct {
	name   string
	labels []string
	flags  []string
	text   string
}

func layouts(t *testing.T) []layout {
	t.Helper()
	var out []layout
	for line := range strings.Lines(layoutsText) {
		if head, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(line, " --\n") {
			parts := strings.Split(strings.TrimSuffix(head, " --\n"), " | ")
			l := layout{name: parts[0]}
			for _, s := range strings.Split(parts[1], ", ") {
				l.labels = append(l.labels, strings.TrimSpace(s))
			}
			if len(parts) > 2 {
				l.flags = strings.Fields(parts[2])
			}
			out = append(out, l)
			continue
		}
		out[len(out)-1].text += line
	}
	if len(out) < 200 {
		t.Fatalf("only %d layouts", len(out))
	}
	return out
}

// told is what a script measured of a phase.
type told struct {
	wall, cpu  float64 // seconds
	begin, end float64 // seconds since the run's start
}

// measured gives what an honest script would print of a run: of the
// sequential phase, the threads, the processes.
func measured(run *record.Run) []told {
	line := phase.Cut(run)
	var out []told
	for _, p := range []*phase.Phase{line.Sequential, line.Threads, line.Processes} {
		wall := float64(p.Wall()) / 1e6
		begin := float64(p.Bursts[0].Start) / 1e6
		out = append(out, told{wall: wall * 1.004, cpu: float64(p.CPU()) / 1e6, begin: begin, end: begin + wall*1.004})
	}
	return out
}

// figure computes one of the figures of phase i.
func (l layout) figure(all []told, i int, name string) float64 {
	f, base := all[i], all[0]
	const cores = 2
	switch name {
	case "w", "w05":
		return f.wall
	case "ms":
		return f.wall * 1e3
	case "us":
		return f.wall * 1e6
	case "ns":
		return f.wall * 1e9
	case "min":
		return f.wall / 60
	case "cs", "cs05":
		return f.cpu
	case "user":
		return f.cpu * 0.99
	case "sys":
		return f.cpu * 0.01
	case "cpu":
		return 100 * f.cpu / f.wall
	case "mach":
		return 100 * f.cpu / f.wall / cores
	case "cores":
		return f.cpu / f.wall
	case "frac":
		return f.cpu / f.wall / cores
	case "sp":
		return base.wall / f.wall
	case "rel":
		return f.wall / base.wall
	case "relpct":
		return 100 * f.wall / base.wall
	case "task":
		return f.wall / 4
	case "half":
		return f.wall / 2
	case "t0":
		return 1795000000.25 + f.begin
	case "t1":
		return 1795000000.25 + f.end
	case "p0":
		return 8211.5 + f.begin
	case "p1":
		return 8211.5 + f.end
	case "parent":
		if i == 2 {
			return 3
		}
		return 100 * f.cpu / f.wall
	}
	panic("no figure " + name)
}

// place2 is the time in a line of TestClaims.
var place2 = regexp.MustCompile(`: [0-9.]+ s, CPU`)

var place = regexp.MustCompile(`<(?:([stp]):)?([a-z]\w*)(%[^>]*)?>`)

// write fills in a text for phase i.
func (l layout) write(text string, all []told, i int) string {
	text = strings.NewReplacer("$L", l.labels[i], "$k", strconv.Itoa(i+1), "$i", strconv.Itoa(i)).Replace(text)
	return place.ReplaceAllStringFunc(text, func(s string) string {
		m := place.FindStringSubmatch(s)
		i := i
		if m[1] != "" {
			i = strings.Index("stp", m[1])
		}
		f := all[i]
		switch m[2] {
		case "th", "tr", "table":
			return s
		case "sum":
			return "41666665416666675000000"
		case "td":
			if strings.Contains(text, "</td>") {
				return s
			}
			return fmt.Sprintf("0:00:%09.6f", f.wall)
		case "tdcpu":
			return fmt.Sprintf("0:00:%09.6f", f.cpu)
		case "td2":
			return fmt.Sprintf("00:00:%06.3f", f.wall)
		case "td2us":
			return fmt.Sprintf("00:00:%09.6f", f.wall)
		case "mmss":
			return fmt.Sprintf("00:%05.2f", f.wall)
		}
		if m[3] == "" {
			return s // a tag of HTML
		}
		v := l.figure(all, i, m[2])
		for _, sep := range []string{",", "_", "'"} {
			if rest, ok := strings.CutPrefix(m[3], "%"+sep); ok {
				return grouped(fmt.Sprintf("%"+rest, v), sep)
			}
		}
		return fmt.Sprintf(m[3], v)
	})
}

// grouped parts the thousands of a number.
func grouped(s, sep string) string {
	whole, rest, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + sep + whole[i:]
	}
	if rest != "" {
		rest = "." + rest
	}
	return whole + rest
}

// print gives the layout's output.
func (l layout) print(all []told) (stdout, stderr string) {
	var b, block strings.Builder
	inside := false
	order := []int{0, 1, 2}
	if slices.Contains(l.flags, "reverse") {
		order = []int{2, 1, 0}
	}
	for line := range strings.Lines(l.text) {
		switch {
		case line == "{\n":
			inside = true
			block.Reset()
		case line == "}\n":
			inside = false
			for _, i := range order {
				b.WriteString(l.write(block.String(), all, i))
			}
		case inside:
			block.WriteString(line)
		case strings.HasPrefix(line, "*"):
			for _, i := range order {
				b.WriteString(l.write(line[1:], all, i))
			}
		default:
			b.WriteString(l.write(line, all, 0))
		}
	}
	text := strings.NewReplacer("!!", "}", "!", "{", `\e`, "\x1b", `\r`, "\r", `\n`, "\n", `\t`, "\t", `\a`, "\a").Replace(b.String())
	digits := func(zero rune) {
		text = strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return zero + r - '0'
			}
			return r
		}, text)
	}
	points := regexp.MustCompile(`(\d)\.(\d)`)
	for _, flag := range l.flags {
		switch flag {
		case "comma":
			text = points.ReplaceAllString(text, "$1,$2")
		case "german":
			text = points.ReplaceAllString(strings.NewReplacer(", ", ", ", ",", ".").Replace(points.ReplaceAllString(text, "$1§$2")), "$1.$2")
			text = strings.ReplaceAll(text, "§", ",")
		case "thin":
			text = regexp.MustCompile(`(\d),(\d)`).ReplaceAllString(text, "$1\u202f$2")
		case "arabic":
			text = points.ReplaceAllString(text, "$1٫$2")
			digits('٠')
		case "persian":
			digits('۰')
		case "devanagari":
			digits('०')
		case "bengali":
			digits('০')
		case "fullwidth":
			digits('0')
		case "stderr":
			return "", text
		}
	}
	return text, ""
}

// falsehoods are ways in which the figures can be wrong.
var falsehoods = map[string]func([]told) []told{
	"sequential's doubled":            func(f []told) []told { return scaled(f, 0, 2) },
	"threads' doubled":                func(f []told) []told { return scaled(f, 1, 2) },
	"processes' doubled":              func(f []told) []told { return scaled(f, 2, 2) },
	"sequential's halved":             func(f []told) []told { return scaled(f, 0, 0.5) },
	"threads' halved":                 func(f []told) []told { return scaled(f, 1, 0.5) },
	"processes' halved":               func(f []told) []told { return scaled(f, 2, 0.5) },
	"threads and processes exchanged": func(f []told) []told { return []told{f[0], f[2], f[1]} },
}

// hides reports whether the layout does not show that its figures are wrong:
// rounded times, another time that is right by chance, the CPU time of threads and processes alike, and that of the
// parent alone.
func (l layout) hides(what, id string) bool {
	switch id {
	case "times":
		return strings.Contains(l.text, "<w%.1f>") || l.name == "worker-cpu-lines"
	default:
		return strings.Contains(l.text, "<parent") || strings.Contains(what, "exchanged") && slices.Contains([]string{"cpu-time-only", "cpu-clock-pair", "cpu-time-over-wall", "parallelism", "ratio-cpu-wall", "further-c", "further-y", "fifth-q"}, l.name)
	}
}

func scaled(f []told, i int, by float64) []told {
	f = slices.Clone(f)
	f[i].wall *= by
	f[i].cpu *= by * by // so that the utilization is as far off as the time
	f[i].end = f[i].begin + f[i].wall
	return f
}

// layoutRecord gives a record of an honest script that prints what out says of
// each of its runs.
func layoutRecord(t *testing.T, out func([]told) (stdout, stderr string)) *record.Record {
	t.Helper()
	rec := *honest(t)
	rec.Runs = slices.Clone(rec.Runs)
	for i := range rec.Runs {
		if r := &rec.Runs[i]; r.Whose == record.Learner && !r.Pilot {
			end := *r.End
			end.Stdout, end.Stderr = out(measured(r))
			r.End = &end
		}
	}
	return &rec
}

// honest gives the record whose output is replaced.
var honest = func() func(*testing.T) *record.Record {
	var rec *record.Record
	return func(t *testing.T) *record.Record {
		if rec == nil {
			rec = recording(t, "challenge3/gil-discovery/pass-oop-abc-framework")
		}
		return rec
	}
}()

// everyFalsehood asks for all ways to be wrong in each layout, not a third of them.
var everyFalsehood = flag.Bool("every-falsehood", false, "print each layout with each kind of false figures")

// TestLayouts judges a record whose script prints its true figures in another
// layout each time, and false ones.
func TestLayouts(t *testing.T) {
	co, err := course.Open("../../..")
	if err != nil {
		t.Fatal(err)
	}
	ch, err := co.Challenge("challenge3/gil-discovery")
	if err != nil {
		t.Fatal(err)
	}
	checks := func(rec *record.Record) map[string]verdict.Check {
		out := map[string]verdict.Check{}
		for _, c := range judge.With(ch, rec).Checks {
			if c.ID == "times" || c.ID == "utilization" {
				out[c.ID] = c
			}
		}
		return out
	}
	all, unread, contradicted, wrong, tried := 0, 0, 0, 0, 0
	kinds := slices.Sorted(maps.Keys(falsehoods))
	for i, l := range layouts(t) {
		rec := layoutRecord(t, l.print)
		for id, c := range checks(rec) {
			all++
			switch c.Verdict {
			case verdict.Fail:
				contradicted++
				t.Errorf("%s: %s is contradicted: %s", l.name, id, c.Message)
			case verdict.Inconclusive:
				unread++
				t.Logf("%s: %s is not read: %s", l.name, id, c.Message)
			}
		}
		for k, what := range kinds {
			if !*everyFalsehood && (i+k)%3 != 0 {
				continue
			}
			change := falsehoods[what]
			rec := layoutRecord(t, func(f []told) (string, string) { return l.print(change(f)) })
			for id, c := range checks(rec) {
				if c.Verdict == verdict.Pass && l.hides(what, id) {
					continue
				}
				tried++
				if c.Verdict == verdict.Pass {
					wrong++
					t.Errorf("%s, %s: %s passes", l.name, what, id)
				}
			}
		}
	}
	t.Logf("%d figures of true outputs: %d not read (%.1f %%), %d contradicted; of %d false ones %d pass", all, unread, 100*float64(unread)/float64(all), contradicted, tried, wrong)
	if most := int(math.Ceil(0.05 * float64(all))); unread > most {
		t.Errorf("%d of %d were not read, at most %d may be", unread, all, most)
	}
}
