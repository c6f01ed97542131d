package calibration

import (
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/words"
)

// Formats are the formats of a calibration.
var Formats = format.Table[*Calibration]{{Name: "text", Write: writeText}, {Name: "json", Write: writeJSON}, {Name: "diff", Write: writeDiff}}

// file is the spec's path in the course.
func (c *Calibration) file() string { return path.Join("challenges", c.Challenge.ID, "challenge.yaml") }

func writeDiff(w io.Writer, c *Calibration, _ format.Options) error {
	limits, _ := c.Limits()
	after, err := Apply(c.Challenge, limits)
	if err == nil {
		_, err = io.WriteString(w, Diff(c.file(), c.Challenge.Text(), after))
	}
	return err
}

// legend explains the columns of the table.
const legend = `AUC: how often a wrong value lies farther on the wrong side than an honest one
  (Mann-Whitney's U over the number of pairs; 1.00: always, 0.50: by chance).
gap: from the worst honest to the best wrong value, in standard deviations of
  the honest ones. room: how far the limit may be moved before it meets a value.
In brackets the number of values. A wrong one counts where its fail rests on the limit.
`

func writeText(w io.Writer, c *Calibration, _ format.Options) error {
	limits, untold := c.Limits()
	var b, rows, details strings.Builder
	fmt.Fprintf(&b, "%s  %s\n%s\n\n", c.Challenge.ID, safetext.Text(c.Challenge.Title), c.counted())
	table := tabwriter.NewWriter(&rows, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "limit\t\tworst honest\tbest wrong\tAUC\tgap\troom\tproposed")
	check := ""
	counts := map[Finding]int{}
	for _, l := range limits {
		counts[l.Finding]++
		if l.Check != check {
			check = l.Check
			fmt.Fprintf(table, "%s\t\t\t\t\t\t\t\n", check)
		}
		fmt.Fprintf(table, "  %s\t%s %s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.name(), l.Side, number(l.Now),
			ofMany(l.Honest, l.worst, true), ofMany(l.Wrong, l.worst, false), decimals(l.AUC, 2, ""), decimals(l.Gap, 1, ""), decimals(l.Room*100, 0, " %"), l.Description())
		if l.Finding == Overlap {
			fmt.Fprintf(&details, "%s %s %s: no limit tells these apart:\n", l.name(), l.Side, number(l.Now))
			for _, v := range extremes(l) {
				fmt.Fprintf(&details, "  %s\n", v)
			}
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for row := range strings.Lines(rows.String()) {
		b.WriteString(strings.TrimRight(row, " \n") + "\n")
	}
	b.WriteString("\n" + legend)
	if details.Len() > 0 {
		b.WriteString("\n" + details.String())
	}
	for _, u := range untold {
		fmt.Fprintf(&b, "\n%s lies among the honest in every bound of %s.\n", safetext.Name(u.Submission), u.Check)
	}
	fmt.Fprintf(&b, "\n%s: %d to move, %d to keep, %d overlap, %d with too few values, %d on which no fail rests.\n",
		words.Count(len(limits), "limit"), counts[Move], counts[Keep], counts[Overlap], counts[Few], counts[Untested])
	if counts[Move] > 0 {
		b.WriteString("`-o diff` shows what is to be moved, `--write` moves it.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// counted says of what the figures are.
func (c *Calibration) counted() string {
	var parts []string
	total := 0
	for _, condition := range c.conditions() {
		n := c.Records[condition]
		total += n
		if condition == "" {
			condition = "as it was"
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, condition))
	}
	if total == 0 {
		return "no records"
	}
	return words.Count(total, "record") + ": " + strings.Join(parts, ", ")
}

// name is the quantity, and when the limit holds.
func (l *Limit) name() string {
	if l.Holds == "" {
		return l.Quantity
	}
	return l.Quantity + " " + l.Holds
}

func ofMany(values []Value, worst func([]Value, bool) Value, honest bool) string {
	if len(values) == 0 {
		return "–"
	}
	return fmt.Sprintf("%s (%d)", number(worst(values, honest).Figure), len(values))
}

// decimals is a figure with so many decimals and its unit.
func decimals(v float64, n int, unit string) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return "-∞"
	}
	return fmt.Sprintf("%.*f%s", n, v, unit)
}

// extremes says of each submission in an overlap how far it reaches into it.
func extremes(l Limit) []string {
	var lines []string
	honest := Submissions(l.Honest)
	for _, name := range Submissions(l.Among) {
		var own []Value
		for _, v := range l.Among {
			if v.Submission == name {
				own = append(own, v)
			}
		}
		good := slices.Contains(honest, name)
		must, w := "must fail", l.worst(own, good)
		if good {
			must = "must pass"
		}
		text := fmt.Sprintf("%s, which %s: %s", safetext.Name(name), must, number(w.Figure))
		if w.Condition != "" {
			text += ", " + w.Condition
		}
		if len(own) > 1 {
			text += fmt.Sprintf(", the farthest of %d", len(own))
		}
		lines = append(lines, text)
	}
	return lines
}

type jsonCalibration struct {
	Challenge string         `json:"challenge"`
	File      string         `json:"file"`
	Records   map[string]int `json:"records"` // by condition, empty for as it was
	Limits    []jsonLimit    `json:"limits"`
	Untold    []Untold       `json:"untold,omitempty"`
}

type jsonLimit struct {
	Check    string   `json:"check"`
	Quantity string   `json:"quantity"`
	Side     Side     `json:"side"`
	Holds    string   `json:"holds,omitempty"`
	Line     int      `json:"line"`
	Limit    float64  `json:"limit"`
	Scale    string   `json:"scale"` // log, linear or count
	Finding  Finding  `json:"finding"`
	Proposed *float64 `json:"proposed,omitempty"`
	// Figures are absent where they are not finite.
	AUC     *float64    `json:"auc,omitempty"`
	Gap     *float64    `json:"gap,omitempty"`
	Room    *float64    `json:"room,omitempty"`
	Honest  []jsonValue `json:"honest"`
	Wrong   []jsonValue `json:"wrong"`
	Missing []string    `json:"missing,omitempty"` // wrong, with nothing to measure
	Among   []jsonValue `json:"among,omitempty"`   // where they overlap
}

type jsonValue struct {
	Submission string   `json:"submission"`
	Condition  string   `json:"condition,omitempty"`
	Value      *float64 `json:"value"` // null where the interval is open
}

func writeJSON(w io.Writer, c *Calibration, _ format.Options) error {
	limits, untold := c.Limits()
	out := jsonCalibration{Challenge: c.Challenge.ID, File: c.file(), Records: c.Records, Limits: []jsonLimit{}, Untold: untold}
	for _, l := range limits {
		scale := map[bool]string{true: "log", false: "linear"}[l.Log]
		if l.Count {
			scale = "count"
		}
		out.Limits = append(out.Limits, jsonLimit{l.Check, l.Quantity, l.Side, l.Holds, l.At.Line, l.Now, scale, l.Finding, l.Proposed,
			finite(l.AUC), finite(l.Gap), finite(l.Room), jsonValues(l.Honest), jsonValues(l.Wrong), l.Missing, jsonValues(l.Among)})
	}
	return safetext.WriteJSON(w, out)
}

func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func jsonValues(values []Value) []jsonValue {
	all := []jsonValue{}
	for _, v := range values {
		all = append(all, jsonValue{v.Submission, v.Condition, finite(v.Figure)})
	}
	return all
}
