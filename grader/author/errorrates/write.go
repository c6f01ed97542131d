package errorrates

import (
	"fmt"
	"io"
	"strings"

	"github.com/gilcourse/gilcourse/grader/author/condition"
	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/junit"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Formats are the formats of measurements. Text and Markdown have each check
// where they are verbose.
var Formats = format.Table[[]Measurement]{
	{Name: "text", Write: writeText},
	{Name: "json", Write: writeJSON},
	{Name: "junit", Write: writeJUnit},
	{Name: "markdown", Write: writeMarkdown},
}

func writeText(w io.Writer, all []Measurement, o format.Options) error {
	var b strings.Builder
	for i, m := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s  %s\n", m.ID, m.Title)
		for _, line := range m.extent() {
			fmt.Fprintf(&b, "  %s\n", safetext.Text(line))
		}
		for _, t := range m.tables(o.Verbose) {
			b.WriteByte('\n')
			if t.title != "" {
				fmt.Fprintf(&b, "  %s\n", t.title)
			}
			t.text(&b)
			for _, note := range t.notes {
				fmt.Fprintf(&b, "  %s\n", note)
			}
		}
		wrong := m.Wrong()
		if len(wrong) > 0 {
			b.WriteString("\n  wrong verdicts\n")
		}
		for _, t := range wrong {
			fmt.Fprintf(&b, "    %s\n", m.story(t))
			if t.File != "" {
				fmt.Fprintf(&b, "      gilcourse judge %s\n", safetext.Name(t.File))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// text writes the table with its columns in line.
func (t table) text(b *strings.Builder) {
	for _, line := range format.Columns(append([][]string{t.head}, t.rows...), len(t.head)) {
		fmt.Fprintf(b, "  %s\n", line)
	}
}

func writeMarkdown(w io.Writer, all []Measurement, o format.Options) error {
	var b strings.Builder
	for i, m := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "**%s**: %s.\n", m.ID, safetext.Text(strings.Join(m.extent(), "; ")))
		for _, t := range m.tables(o.Verbose) {
			if t.title != "" {
				fmt.Fprintf(&b, "\n%s:\n", strings.ToUpper(t.title[:1])+t.title[1:])
			}
			fmt.Fprintf(&b, "\n| %s |\n|%s\n", strings.Join(t.head, " | "), strings.Repeat("---|", len(t.head)))
			for _, row := range t.rows {
				fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
			}
			for _, note := range t.notes {
				fmt.Fprintf(&b, "\n%s\n", note)
			}
		}
		for i, t := range m.Wrong() {
			if i == 0 {
				b.WriteString("\nWrong verdicts:\n\n")
			}
			fmt.Fprintf(&b, "- %s\n", m.story(t))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

type jsonRates struct {
	Version    int               `json:"version"`
	Confidence float64           `json:"confidence"` // of the intervals
	Challenges []jsonMeasurement `json:"challenges"`
}

type jsonMeasurement struct {
	ID          string      `json:"id"`
	Title       string      `json:"title"`
	Cores       float64     `json:"cores"`
	Submissions int         `json:"submissions"`
	Reached     int         `json:"submissions_under_all_conditions"`
	Repeats     int         `json:"repeats"`
	Planned     int         `json:"planned"`
	Runs        int         `json:"runs"`
	LeftOut     []jsonLeft  `json:"left_out"`
	Rates       []jsonTally `json:"rates"`
	Wrong       []jsonWrong `json:"wrong"`
}

type jsonLeft struct {
	Condition condition.Condition `json:"condition"`
	Reason    string              `json:"why"`
}

// jsonTally is one line of the tables. Check is empty for the whole, Rule for
// gilcourse's own verdicts; Beside marks those in the runs that rules are asked
// about.
type jsonTally struct {
	Condition    condition.Condition `json:"condition"`
	Check        string              `json:"check,omitempty"`
	Rule         string              `json:"rule,omitempty"`
	Beside       bool                `json:"beside_rules,omitempty"`
	WrongPasses  jsonRate            `json:"wrong_passes"`
	WrongFails   jsonRate            `json:"wrong_fails"`
	Inconclusive jsonRate            `json:"inconclusive"`
	Short        int                 `json:"short,omitempty"` // answers that rest on fewer rounds than the rule wants
}

type jsonRate struct {
	Count int      `json:"count"`
	Of    int      `json:"of"`
	Rate  *float64 `json:"rate"` // null of none
	Lo    float64  `json:"lo"`
	Hi    float64  `json:"hi"`
}

type jsonWrong struct {
	Submission string              `json:"submission"`
	Condition  condition.Condition `json:"condition"`
	Repeat     int                 `json:"repeat"`
	Must       string              `json:"must"` // pass, or the check that must fail
	Got        verdict.Verdict     `json:"got"`
	Failed     []string            `json:"failed"` // checks of an honest submission
	Record     string              `json:"record"`
}

func newRate(r Rate) jsonRate {
	i := r.Interval()
	out := jsonRate{Count: r.Count, Of: r.Of, Lo: i.Lo, Hi: i.Hi}
	if r.Of > 0 {
		out.Rate = &i.Value
	}
	return out
}

func newTally(c condition.Condition, check, rule string, t Tally) jsonTally {
	return jsonTally{Condition: condition.Condition(name(c)), Check: check, Rule: rule,
		WrongPasses: newRate(t.WrongPasses), WrongFails: newRate(t.WrongFails), Inconclusive: newRate(t.Inconclusive)}
}

func writeJSON(w io.Writer, all []Measurement, _ format.Options) error {
	out := jsonRates{Version: 1, Confidence: Confidence, Challenges: []jsonMeasurement{}}
	for _, m := range all {
		one := jsonMeasurement{ID: m.ID, Title: m.Title, Cores: m.cores(), Submissions: m.Submissions, Reached: m.Reached(), Repeats: m.Repeats,
			Planned: m.Planned(), Runs: len(m.Trials), LeftOut: []jsonLeft{}, Rates: []jsonTally{}, Wrong: []jsonWrong{}}
		for _, l := range m.Left {
			one.LeftOut = append(one.LeftOut, jsonLeft{l.Condition, l.Reason})
		}
		for _, c := range m.rows() {
			for _, check := range append([]string{""}, m.Checks...) {
				one.Rates = append(one.Rates, newTally(c, check, "", m.Tally(c, check)))
			}
			for _, check := range m.Asked() {
				own := newTally(c, check, "", m.Own(c, check))
				own.Beside = true
				one.Rates = append(one.Rates, own)
				for _, r := range Rules {
					a := m.Ask(r, c, check)
					line := newTally(c, check, r.Name, a.Tally)
					line.Short = a.Short
					one.Rates = append(one.Rates, line)
				}
			}
		}
		for _, t := range m.Wrong() {
			must := t.Submission.Want
			if t.Submission.Pass {
				must = "pass"
			}
			one.Wrong = append(one.Wrong, jsonWrong{t.Submission.Name, t.Condition, t.Repeat, must, t.decisive(), append([]string{}, m.failed(t)...), t.File})
		}
		out.Challenges = append(out.Challenges, one)
	}
	return safetext.WriteJSON(w, out)
}

// writeJUnit has a case for each submission under each condition: a failure
// where one of its verdicts is wrong, skipped where one is inconclusive.
func writeJUnit(w io.Writer, all []Measurement, _ format.Options) error {
	var suites []junit.Suite
	for _, m := range all {
		suite := junit.Suite{Name: m.ID}
		type place struct {
			name string
			c    condition.Condition
		}
		at := map[place]int{}
		for _, t := range m.Trials {
			p := place{t.Submission.Name, t.Condition}
			i, ok := at[p]
			if !ok {
				i = len(suite.Cases)
				at[p] = i
				suite.Cases = append(suite.Cases, junit.Case{Class: strings.ReplaceAll(m.ID, "/", ".") + "." + string(t.Condition), Name: safetext.Name(t.Submission.Name), Outcome: junit.Passed})
			}
			k := &suite.Cases[i]
			line := m.story(t)
			if t.File != "" {
				line += "; gilcourse judge " + safetext.Name(t.File)
			}
			switch {
			case t.Wrong():
				if k.Outcome != junit.Failed { // what is wrong comes first
					k.Outcome, k.Message, k.Text = junit.Failed, m.story(t), line+"\n"+k.Text
					continue
				}
			case t.decisive() == verdict.Pass || t.decisive() == verdict.Fail:
				continue
			case k.Outcome == junit.Passed:
				k.Outcome, k.Message = junit.Skipped, m.story(t)
			}
			k.Text += line + "\n"
		}
		suites = append(suites, suite)
	}
	return junit.Write(w, "gilcourse validate --under", suites)
}
