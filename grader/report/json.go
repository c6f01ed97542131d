package report

import (
	"io"
	"math"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// jsonVersion is the version of the JSON report.
const jsonVersion = 1

type jsonReport struct {
	Version      int             `json:"version"`
	Verdict      verdict.Verdict `json:"verdict"`
	Score        float64         `json:"score"`
	MaxScore     float64         `json:"max_score"`
	Inconclusive Policy          `json:"inconclusive_counts_as,omitempty"`
	Host         *record.Host    `json:"host,omitempty"`
	Python       *record.Python  `json:"python,omitempty"`
	Sandbox      *record.Sandbox `json:"sandbox,omitempty"`
	Challenges   []jsonChallenge `json:"challenges"`
}

type jsonChallenge struct {
	ID       string          `json:"id"`
	Verdict  verdict.Verdict `json:"verdict"`
	Score    float64         `json:"score"`
	MaxScore float64         `json:"max_score"`
	Message  string          `json:"message,omitempty"` // where there are no checks
	Notes    []string        `json:"notes,omitempty"`
	Seed     uint64          `json:"seed,omitempty"`
	Builds   []record.Build  `json:"builds,omitempty"`
	tables
	Start  *jsonStart  `json:"start_here,omitempty"`
	Checks []jsonCheck `json:"checks"`
}

// jsonStart is the failed check to mend first, with those that wait for it.
type jsonStart struct {
	Check    string        `json:"check"`
	Message  string        `json:"message"`
	Hint     string        `json:"hint,omitempty"`
	Location *jsonLocation `json:"location,omitempty"`
	Waiting  []string      `json:"waiting,omitempty"`
}

type jsonCheck struct {
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	Verdict   verdict.Verdict `json:"verdict"`
	Points    float64         `json:"points"`
	MaxPoints float64         `json:"max_points"`
	WaitsFor  string          `json:"waits_for,omitempty"`
	Message   string          `json:"message"`
	Cause     string          `json:"cause,omitempty"`
	Hint      string          `json:"hint,omitempty"`
	Lesson    string          `json:"lesson,omitempty"`
	Location  *jsonLocation   `json:"location,omitempty"`
	Warnings  []string        `json:"warnings,omitempty"`
	Evidence  []jsonEvidence  `json:"evidence"`
}

type jsonLocation struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// jsonEvidence leaves out the figures that are not known, and the ends of an
// interval that has none.
type jsonEvidence struct {
	Quantity string        `json:"quantity"`
	Value    *float64      `json:"value,omitempty"`
	Lo       *float64      `json:"lo,omitempty"`
	Hi       *float64      `json:"hi,omitempty"`
	Unit     string        `json:"unit,omitempty"`
	Witness  string        `json:"witness"`
	Min      *float64      `json:"min,omitempty"`
	Max      *float64      `json:"max,omitempty"`
	Holds    verdict.Truth `json:"holds"`
	Reason   string        `json:"why,omitempty"`
}

func writeJSON(w io.Writer, r Report, _ Options) error { return safetext.WriteJSON(w, reportJSON(r)) }

func reportJSON(r Report) jsonReport {
	out := jsonReport{Version: jsonVersion, Verdict: r.Verdict(), Inconclusive: r.Policy, Challenges: []jsonChallenge{}}
	out.Score, out.MaxScore = r.Score()
	for _, c := range r.Challenges {
		if out.Host == nil {
			out.Host, out.Python, out.Sandbox = &c.Host, &c.Python, c.Sandbox
		}
		out.Challenges = append(out.Challenges, challengeJSON(c))
	}
	for _, m := range r.Missing {
		out.Challenges = append(out.Challenges, jsonChallenge{ID: m.ID, Verdict: m.Verdict(), MaxScore: m.MaxScore,
			Message: m.String(), Checks: []jsonCheck{}})
	}
	return out
}

func challengeJSON(c *verdict.Result) jsonChallenge {
	out := jsonChallenge{ID: c.ID, Verdict: c.Verdict, Score: c.Score, MaxScore: c.MaxScore, Notes: c.Notes, Seed: c.Seed, Builds: c.Builds, tables: tablesOf(c), Checks: []jsonCheck{}}
	if k := c.First(); k != nil {
		out.Start = &jsonStart{Check: k.ID, Message: k.Message, Hint: k.Hint, Location: locationJSON(*k), Waiting: c.Waiting(k.ID)}
	}
	for _, k := range c.Checks {
		check := jsonCheck{ID: k.ID, Title: k.Title, Verdict: k.Verdict, Points: k.Points, MaxPoints: k.MaxPoints, WaitsFor: k.WaitsFor,
			Message: k.Message, Cause: k.Cause, Hint: k.Hint, Lesson: k.Lesson, Warnings: k.Warnings, Evidence: []jsonEvidence{}}
		check.Location = locationJSON(k)
		for _, e := range k.Evidence {
			one := jsonEvidence{Quantity: e.Quantity, Unit: e.Unit, Witness: string(e.Witness), Min: e.Min, Max: e.Max, Holds: e.Holds, Reason: e.Reason}
			if e.Known {
				one.Value, one.Lo, one.Hi = finite(e.Value), finite(e.Lo), finite(e.Hi)
			}
			check.Evidence = append(check.Evidence, one)
		}
		out.Checks = append(out.Checks, check)
	}
	return out
}

// locationJSON gives nil for none.
func locationJSON(k verdict.Check) *jsonLocation {
	if k.Location == nil {
		return nil
	}
	return &jsonLocation{k.Location.File, k.Location.Line}
}

// finite gives nil for what JSON cannot hold.
func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}
