package validation

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/junit"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// Formats are the formats of results.
var Formats = format.Table[[]Result]{{Name: "text", Write: writeText}, {Name: "json", Write: writeJSON}, {Name: "junit", Write: writeJUnit}}

// Overall is the verdict on all of the results.
func Overall(results []Result) verdict.Verdict {
	v := verdict.Pass
	for _, p := range results {
		v = verdict.Worse(v, p.Verdict())
	}
	return v
}

var signs = map[verdict.Verdict]string{verdict.Pass: "✓", verdict.Fail: "✗", verdict.Inconclusive: "?"}

func writeText(w io.Writer, results []Result, _ format.Options) error {
	var b strings.Builder
	for i, p := range results {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s  %s\n", p.ID, p.Title)
		if len(p.Findings) == 0 {
			fmt.Fprintf(&b, "  ✓ files\n")
		} else {
			fmt.Fprintf(&b, "  ✗ files\n")
		}
		for _, f := range p.Findings {
			fmt.Fprintf(&b, "      %s\n", safetext.Text(f.String()))
		}
		var rows [][]string
		for _, o := range p.Outcomes {
			rows = append(rows, []string{safetext.Name(o.Submission.Name), o.Submission.Must(), o.got(), o.how()})
		}
		lines := format.Columns(rows, 4)
		for i, o := range p.Outcomes {
			fmt.Fprintf(&b, "  %s %s\n", signs[o.Verdict()], lines[i])
			for _, problem := range o.said() {
				fmt.Fprintf(&b, "      %s\n", safetext.Text(problem))
			}
			if len(o.First) > 0 {
				fmt.Fprintf(&b, "      at the first try: %s\n", safetext.Text(strings.Join(o.First, "; ")))
			}
		}
		if p.Left > 0 {
			fmt.Fprintf(&b, "  %s not run\n", words.Count(p.Left, "submission"))
		}
		if untried := p.Untried(); len(untried) > 0 {
			fmt.Fprintf(&b, "  no fixture breaks these bounds, so nothing shows that they can fail:\n")
			for _, u := range untried {
				fmt.Fprintf(&b, "      %s: %s\n", u.Check, strings.Join(u.Quantities, ", "))
			}
		}
		if unconfirmed := p.Unconfirmed(); len(unconfirmed) > 0 {
			fmt.Fprintf(&b, "  no fixture is explained by these causes, so nothing confirms them:\n")
			for _, u := range unconfirmed {
				fmt.Fprintf(&b, "      %s: %s\n", u.Check, strings.Join(u.Causes, ", "))
			}
		}
		if names := p.Unstable(); len(names) > MostUnstable {
			fmt.Fprintf(&b, "  ✗ %d submissions got their verdict at the second try only: widen the bounds, or find a quieter machine\n", len(names))
		}
	}
	for i, p := range results {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s  %s: %s\n", strings.ToUpper(p.word()), p.ID, p.summary())
	}
	if next := Next(results); next != "" {
		fmt.Fprintf(&b, "next: %s\n", safetext.Text(next))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// word says what the validation came to.
func (p Result) word() string {
	switch p.Verdict() {
	case verdict.Fail:
		return "not validated"
	case verdict.Inconclusive:
		return "undecided"
	}
	switch {
	case len(p.Outcomes) == 0:
		return "files agree"
	case p.Left > 0:
		return "right so far"
	}
	return "validated"
}

func (p Result) summary() string {
	var parts []string
	if n := len(p.Findings); n > 0 {
		parts = append(parts, words.Count(n, "finding")+" in its files")
	}
	if n := len(p.Outcomes); n > 0 {
		right := 0
		for _, o := range p.Outcomes {
			if o.Verdict() == verdict.Pass {
				right++
			}
		}
		parts = append(parts, fmt.Sprintf("%d of %s as they must be", right, words.Count(n, "submission")))
	} else {
		parts = append(parts, "nothing was run")
	}
	if names := p.Unstable(); len(names) > 0 {
		parts = append(parts, "at the second try: "+strings.Join(names, ", "))
	}
	return strings.Join(parts, "; ")
}

// got is the verdict in a word, with the checks that failed or are open.
func (o Outcome) got() string {
	var checks []string
	for _, k := range o.Result.Checks {
		if k.Verdict == o.Result.Verdict && k.Verdict != verdict.Pass {
			checks = append(checks, k.ID)
		}
	}
	text := string(o.Result.Verdict)
	if len(checks) > 0 {
		text += " by " + strings.Join(checks, ", ")
	}
	return text
}

func (o Outcome) how() string {
	var parts []string
	if o.Kept {
		parts = append(parts, "from its record")
	} else {
		parts = append(parts, fmt.Sprintf("%.1f s", o.Took.Seconds()))
	}
	if o.Tries > 1 {
		parts = append(parts, "second try")
	}
	return strings.Join(parts, ", ")
}

// said are the problems, the flips, and what the checks said that are not as
// they must be.
func (o Outcome) said() []string {
	lines := slices.Clone(o.Problems)
	for _, f := range o.Flips {
		lines = append(lines, f.String())
	}
	if len(o.Problems) > 0 {
		for _, k := range o.Result.Checks {
			if o.Submission.Pass && k.Verdict != verdict.Pass || k.ID == o.Submission.Want {
				lines = append(lines, k.ID+": "+k.Message)
			}
		}
	}
	return lines
}

type jsonResults struct {
	Version    int             `json:"version"`
	Verdict    verdict.Verdict `json:"verdict"`
	Next       string          `json:"next"` // what to do next, empty for nothing
	Challenges []jsonResult    `json:"challenges"`
}

type jsonResult struct {
	ID          string           `json:"id"`
	Title       string           `json:"title"`
	Verdict     verdict.Verdict  `json:"verdict"`
	Findings    []Finding        `json:"findings"`
	Submissions []jsonSubmission `json:"submissions"`
	Left        int              `json:"not_run"`
	Untried     []Untried        `json:"untried"`
	Unconfirmed []Unconfirmed    `json:"unconfirmed"`
}

type jsonSubmission struct {
	Name     string          `json:"name"`
	Verdict  verdict.Verdict `json:"verdict"` // pass where it is as it must be
	Must     string          `json:"must"`
	Got      verdict.Verdict `json:"got"`
	Score    float64         `json:"score"`
	Tries    int             `json:"tries"`
	Kept     bool            `json:"kept"`
	Seconds  float64         `json:"seconds"`
	Problems []string        `json:"problems"`
	Flips    []Flip          `json:"flips"`
	First    []string        `json:"first"` // said at the first of two tries
}

func writeJSON(w io.Writer, results []Result, _ format.Options) error {
	out := jsonResults{Version: 1, Verdict: Overall(results), Next: Next(results), Challenges: []jsonResult{}}
	for _, p := range results {
		one := jsonResult{ID: p.ID, Title: p.Title, Verdict: p.Verdict(), Findings: orEmpty(p.Findings), Submissions: []jsonSubmission{}, Left: p.Left, Untried: orEmpty(p.Untried()), Unconfirmed: orEmpty(p.Unconfirmed())}
		for _, o := range p.Outcomes {
			one.Submissions = append(one.Submissions, jsonSubmission{o.Submission.Name, o.Verdict(), o.Submission.Must(), o.Result.Verdict, o.Result.Score,
				o.Tries, o.Kept, o.Took.Seconds(), orEmpty(o.Problems), orEmpty(o.Flips), orEmpty(o.First)})
		}
		out.Challenges = append(out.Challenges, one)
	}
	return safetext.WriteJSON(w, out)
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func writeJUnit(w io.Writer, results []Result, _ format.Options) error {
	var suites []junit.Suite
	for _, p := range results {
		suite := junit.Suite{Name: p.ID}
		add := func(name string, v verdict.Verdict, took time.Duration, said []string) {
			c := junit.Case{Class: strings.ReplaceAll(p.ID, "/", "."), Name: name, Time: took, Outcome: junit.Passed}
			if len(said) > 0 {
				c.Message, c.Text = safetext.Text(said[0]), safetext.Text(strings.Join(said, "\n"))
				c.Outcome = junit.Failed
				if v == verdict.Inconclusive {
					c.Outcome = junit.Skipped
				}
			}
			suite.Cases = append(suite.Cases, c)
		}
		var findings []string
		for _, f := range p.Findings {
			findings = append(findings, f.String())
		}
		add("files", verdict.Fail, 0, findings)
		for _, o := range p.Outcomes {
			add(o.Submission.Name, o.Verdict(), o.Took, o.said())
		}
		if names := p.Unstable(); len(names) > MostUnstable {
			add("stability", verdict.Fail, 0, []string{"at the second try only: " + strings.Join(names, ", ")})
		}
		suites = append(suites, suite)
	}
	return junit.Write(w, "gilcourse validate", suites)
}

// Near gives the strays that lie beside one of the challenges.
func Near(strays []Finding, ids []string) []Finding {
	return slices.DeleteFunc(slices.Clone(strays), func(f Finding) bool {
		_, inside, _ := strings.Cut(f.File, "/")
		return !slices.ContainsFunc(ids, func(id string) bool { return path.Dir(inside) == path.Dir(id) })
	})
}
