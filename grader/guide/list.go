package guide

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/fatih/color"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// List gives the way through a course for a person, in lines: the sections, what is
// done, an arrow at what comes next, the best points, and a sum. With a width no line
// is longer.
func List(way []Stop, o format.Options) []string {
	green, bold := painter(o, color.FgGreen), painter(o, color.Bold)
	next := Next(way)
	var lines []string
	for i := range way {
		s := &way[i]
		if i == 0 || s.Section != way[i-1].Section {
			if i > 0 {
				lines = append(lines, "")
			}
			lines = append(lines, bold(s.Section))
		}
		mark := " "
		switch {
		case s.Done():
			mark = green("✓")
		case next != nil && next.Number == s.Number:
			mark = bold("→")
		}
		line := fmt.Sprintf(" %2d  %-20s %4s of %.0f points  %s", s.Number, path.Base(s.Challenge.ID), s.points(), s.Challenge.Points(), s.Challenge.Summary)
		if s.Done() {
			line += "  (passed " + s.Passed.Local().Format("2006-01-02") + ")"
		}
		lines = append(lines, mark+format.Cut(line, o.Width-1))
	}
	return append(lines, "", standing(way, next))
}

// painter paints where colour is wanted.
func painter(o format.Options, a color.Attribute) func(...any) string {
	p := color.New(a)
	if o.Color {
		p.EnableColor()
	} else {
		p.DisableColor()
	}
	return p.SprintFunc()
}

// points are those of the best attempt, a dash where there is none.
func (s Stop) points() string {
	p, ok := s.Points()
	if !ok {
		return "–"
	}
	return strconv.FormatFloat(p, 'f', -1, 64)
}

// standing sums up what is done, and says what comes next.
func standing(way []Stop, next *Stop) string {
	passed := 0
	for _, s := range way {
		if s.Done() {
			passed++
		}
	}
	says := fmt.Sprintf("%d of %d passed", passed, len(way))
	if next != nil {
		says += fmt.Sprintf("; next is %s: gilcourse next", path.Base(next.Challenge.ID))
	}
	return says
}

// Moves says what has moved from one attempt to the next: runs, processes ✗ → ✓. It
// is empty for nothing.
func Moves(before, after progress.Attempt) string {
	var ways []string // in the order of the first check that went them
	checks := map[string][]string{}
	for _, m := range progress.Moved(before, after) {
		if m.Before == "" {
			continue
		}
		way := report.Sign(verdict.Verdict(m.Before)) + " → " + report.Sign(verdict.Verdict(m.After))
		if checks[way] == nil {
			ways = append(ways, way)
		}
		checks[way] = append(checks[way], safetext.Line(m.Check))
	}
	for i, way := range ways {
		ways[i] = strings.Join(checks[way], ", ") + " " + way
	}
	return strings.Join(ways, "; ")
}
