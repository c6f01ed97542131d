package errorrates

import (
	"fmt"
	"math"
	"strconv"

	"github.com/gilcourse/gilcourse/grader/author/condition"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/words"
)

// table is what text and Markdown show alike.
type table struct {
	title string
	head  []string
	rows  [][]string
	notes []string
}

// rows gives the conditions, and all together where there are several.
func (m Measurement) rows() []condition.Condition {
	if len(m.Conditions) < 2 {
		return m.Conditions
	}
	return append(append([]condition.Condition{}, m.Conditions...), every)
}

func name(c condition.Condition) string {
	if c == every {
		return "all"
	}
	return string(c)
}

// String is such as "1 of 46  2 % (0 to 11)".
func (r Rate) String() string {
	if r.Of == 0 {
		return "-"
	}
	i := r.Interval()
	return fmt.Sprintf("%d of %d  %s %% (%s to %s)", r.Count, r.Of, percent(i.Value), percent(i.Lo), percent(i.Hi))
}

// percent rounds to one place, to none from 10 on.
func percent(share float64) string {
	if p := 100 * share; p < 9.95 {
		return strconv.FormatFloat(math.Round(p*10)/10, 'f', -1, 64)
	}
	return strconv.FormatFloat(100*share, 'f', 0, 64)
}

func (t Tally) cells() []string {
	return []string{t.WrongPasses.String(), t.WrongFails.String(), t.Inconclusive.String()}
}

// tables are those of a challenge: its verdicts by condition, the rules beside
// its verdicts on the checks that they are asked about, and by check where all
// is wanted.
func (m Measurement) tables(verbose bool) []table {
	if len(m.Trials) == 0 {
		return nil
	}
	kinds := []string{"wrong passes", "wrong fails", "inconclusive"}
	whole := table{head: append([]string{"condition"}, kinds...)}
	for _, c := range m.rows() {
		whole.rows = append(whole.rows, append([]string{name(c)}, m.Tally(c, "").cells()...))
	}
	all := []table{whole}
	if verbose {
		for _, check := range m.Checks {
			t := table{title: "the check " + check, head: whole.head}
			for _, c := range m.rows() {
				t.rows = append(t.rows, append([]string{name(c)}, m.Tally(c, check).cells()...))
			}
			all = append(all, t)
		}
	}
	for _, check := range m.Asked() {
		t := table{title: "rules that look at a clock, beside the check " + check + ", in the same runs", head: append([]string{"rule", "condition"}, kinds...)}
		var short int
		for _, c := range m.rows() {
			t.rows = append(t.rows, append([]string{"gilcourse", name(c)}, m.Own(c, check).cells()...))
		}
		for _, r := range Rules {
			for _, c := range m.rows() {
				a := m.Ask(r, c, check)
				t.rows = append(t.rows, []string{r.Name, name(c), a.WrongPasses.String(), a.WrongFails.String(), "-"}) // a rule always answers
				if c == m.rows()[len(m.rows())-1] {
					short += a.Short
				}
			}
		}
		if short > 0 {
			t.notes = append(t.notes, fmt.Sprintf("%s of the best of %d %s on fewer rounds: more repeats give more.", words.Count(short, "answer"), bestOf, rest(short)))
		}
		if most := m.cores(); most < 4 {
			t.notes = append(t.notes, fmt.Sprintf("The lesson expects 3.5x of four cores, and here there were at most %s.", coresOf(most)))
		}
		all = append(all, t)
	}
	return all
}

func coresOf(n float64) string {
	if n == 1 {
		return "1 core"
	}
	return strconv.FormatFloat(n, 'g', 3, 64) + " cores"
}

func rest(n int) string {
	if n == 1 {
		return "rests"
	}
	return "rest"
}

// cores is the most that a run might use.
func (m Measurement) cores() float64 {
	most := 0.0
	for _, t := range m.Trials {
		most = math.Max(most, t.Cores)
	}
	return most
}

// extent says what was run.
func (m Measurement) extent() []string {
	honest, faulty := map[string]bool{}, map[string]bool{}
	for _, t := range m.Trials {
		if t.Submission.Pass {
			honest[t.Submission.Name] = true
		} else {
			faulty[t.Submission.Name] = true
		}
	}
	said := []string{fmt.Sprintf("none of %d runs was made", m.Planned())}
	if len(m.Trials) > 0 {
		said[0] = fmt.Sprintf("%s of %d honest and %d faulty submissions, on %s", words.Count(len(m.Trials), "run"), len(honest), len(faulty), coresOf(m.cores()))
	}
	if n := m.Planned(); len(m.Trials) > 0 && len(m.Trials) < n {
		said = append(said, fmt.Sprintf("%d of %d runs were made, %d of %s under all conditions; the same command goes on from there", len(m.Trials), n, m.Reached(), words.Count(m.Submissions, "submission")))
	}
	for _, c := range m.Left {
		said = append(said, "left out: "+c.Error())
	}
	return said
}

// how says what was wrong with a run's verdict.
func (t Trial) how() string {
	if t.Submission.Pass {
		return fmt.Sprintf("must pass, and got %s", t.Verdict)
	}
	return fmt.Sprintf("must fail by %s, which got %s", t.Submission.Want, t.decisive())
}

// place says which run it was.
func (t Trial) place() string {
	return fmt.Sprintf("%s, %s, repeat %d", safetext.Name(t.Submission.Name), t.Condition, t.Repeat)
}

// failed are the checks of an honest submission that failed, in the spec's
// order.
func (m Measurement) failed(t Trial) []string {
	var ids []string
	for _, id := range m.Checks {
		if t.Submission.Pass && t.Checks[id] == verdict.Fail {
			ids = append(ids, id)
		}
	}
	return ids
}

// story tells of a wrong verdict in one line.
func (m Measurement) story(t Trial) string {
	text := t.place() + ": " + t.how()
	for i, id := range m.failed(t) {
		if i == 0 {
			text += " by "
		} else {
			text += ", "
		}
		text += id
	}
	return text
}
