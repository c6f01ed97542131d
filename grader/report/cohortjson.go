package report

import (
	"io"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

type jsonCohort struct {
	Version      int                     `json:"version"`
	Challenge    string                  `json:"challenge"`
	Verdict      verdict.Verdict         `json:"verdict"`
	Inconclusive Policy                  `json:"inconclusive_counts_as,omitempty"`
	Totals       map[verdict.Verdict]int `json:"totals"`
	Checks       []jsonTally             `json:"checks"`
	Absent       []string                `json:"absent,omitempty"`
	Left         []string                `json:"left,omitempty"`
	Submissions  []jsonSubmission        `json:"submissions"`
}

type jsonTally struct {
	Challenge    string   `json:"challenge"`
	Check        string   `json:"check"`
	Pass         int      `json:"pass"`
	Fail         int      `json:"fail"`
	Inconclusive int      `json:"inconclusive"`
	Fails        []string `json:"fails,omitempty"` // learners
}

// jsonSubmission has a report where it was neither refused nor our failure.
type jsonSubmission struct {
	Learner  string          `json:"learner"`
	Path     string          `json:"path"`
	Verdict  verdict.Verdict `json:"verdict"`
	Was      verdict.Verdict `json:"was,omitempty"`
	WasScore *float64        `json:"was_score,omitempty"`
	Refused  string          `json:"refused,omitempty"`
	Error    string          `json:"error,omitempty"`
	Cached   bool            `json:"cached,omitempty"`
	Tries    int             `json:"tries,omitempty"`
	Report   *jsonReport     `json:"report,omitempty"`
}

func writeCohortJSON(w io.Writer, c Cohort, _ Options) error {
	out := jsonCohort{Version: jsonVersion, Challenge: c.Challenge, Verdict: c.Verdict(), Inconclusive: c.Policy, Totals: c.Totals(), Absent: c.Absent, Left: c.Left,
		Checks: []jsonTally{}, Submissions: []jsonSubmission{}}
	for _, t := range c.Tallies() {
		out.Checks = append(out.Checks, jsonTally(t))
	}
	for _, s := range c.Submissions {
		one := jsonSubmission{Learner: s.Learner, Path: s.Path, Verdict: s.Verdict(), Was: s.Was, Refused: s.Refused, Error: s.Err, Cached: s.Cached, Tries: s.Tries}
		if s.Was != "" {
			one.WasScore = &s.WasScore
		}
		if s.Refused == "" && s.Err == "" {
			rep := reportJSON(s.Report)
			one.Report = &rep
		}
		out.Submissions = append(out.Submissions, one)
	}
	return safetext.WriteJSON(w, out)
}
