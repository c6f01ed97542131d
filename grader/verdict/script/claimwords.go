package script

import (
	"fmt"

	"github.com/gilcourse/gilcourse/grader/claim"
	"github.com/gilcourse/gilcourse/grader/phase"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/words"
)

// unsettled says why the printed figures decide nothing, and what to do: the
// machine, or the way in which they are printed.
func (c claims) unsettled() (message, hint string) {
	const show = "Print one line for each phase, with its name and the units, such as `Threads: 0.52 s, CPU 98 %`. A quieter machine will not help."
	line, crowded, cut := "", false, false
	for _, r := range c.runs {
		cut = cut || r.cut
		if r.line != "" {
			line = r.line
		}
		crowded = crowded || r.crowded && r.line == "" && !r.found
	}
	switch {
	case line != "":
		return words.Sentence(fmt.Sprintf("the %s could not be read from what is printed: it is not clear what the figures in the line %q are", c.noun, line)), show
	case cut:
		return words.Sentence(fmt.Sprintf("the output is so long that a part of it was not kept, and the %s may have stood there", c.noun)),
			"Print less around the figures, and one line for each phase, with its name and the units, such as `Threads: 0.52 s, CPU 98 %`."
	case crowded:
		return words.Sentence(fmt.Sprintf("the machine had so much else to do that the printed %s can be neither confirmed nor refuted", c.noun)),
			"Check again on a quieter machine; the way in which the figures are printed is fine."
	}
	return words.Sentence(fmt.Sprintf("some of the printed %s agree with what was seen and others do not, from run to run or from line to line", c.noun)),
		"Check again. If it stays so, " + "p" + show[1:]
}

// beside says what was printed of a phase that does not fit, and what was
// seen; empty where it fits, or nothing was printed.
func (c judgedRun) beside(quantity string, kind phase.Kind, w window, host record.Host) string {
	p := named[kind]
	switch quantity {
	case "times.agreement":
		sure, fit, _ := c.weigh(claim.Time, p, func(c judgedRun, s claim.Series) []reading { return c.timeReadings(s) })
		if f, ok := c.first(claim.Time, p); ok && sure && !fit {
			return fmt.Sprintf("%s printed as %s, seen to last %s", p, words.Seconds(f.Value), words.Seconds(w.wall))
		}
	case "speedup.agreement":
		if base := c.windows(phase.Main); len(base) > 0 && kind != phase.Main {
			if f, ok := c.first(claim.Speedup, p); ok {
				return fmt.Sprintf("%s printed as %sx, seen to be %sx", p, words.Number(f.Value), words.Number(base[0].wall/w.wall))
			}
		}
	default:
		f, ok := c.first(claim.Utilization, p)
		if !ok {
			if f, ok = c.first(claim.CPUTime, p); ok {
				return fmt.Sprintf("%s printed as %s of CPU time, seen to use %s", p, words.Seconds(f.Value), words.Seconds(w.cpu))
			}
			return ""
		}
		unit := ""
		if f.Percent {
			unit = " %"
		}
		text := fmt.Sprintf("%s printed as %s%s, seen to use %.0f %% of one core", p, words.Number(f.Value), unit, 100*w.cpu/w.wall)
		if kind == phase.Processes && c.leftOut(f, w) {
			text += ": the CPU time of the child processes is not counted in it"
		}
		return text
	}
	return ""
}

// leftOut reports whether a utilization is so small that it can only be the
// parent's, while the children did the work.
func (c judgedRun) leftOut(f claim.Figure, w window) bool {
	value := f.Value
	if f.Percent || value > 2 {
		value /= 100
	}
	return value < w.cpu/w.wall/4
}

// first gives the first surely read figure of a kind about a phase.
func (c judgedRun) first(kind claim.Kind, p claim.Phase) (claim.Figure, bool) {
	for _, f := range c.claims.Figures {
		if f.Kind == kind && f.Phase == p && f.Sure {
			return f, true
		}
	}
	return claim.Figure{}, false
}
