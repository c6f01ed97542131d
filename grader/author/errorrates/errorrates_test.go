package errorrates

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/author"
	"github.com/gilcourse/gilcourse/grader/author/condition"
	"github.com/gilcourse/gilcourse/grader/course"
	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

func submission(name, want string) author.Submission {
	return author.Submission{Fixture: course.Fixture{Name: name, Pass: want == "", Want: want}}
}

// TestOrder: any start of the order holds honest and faulty submissions alike,
// of the faulty those of all checks, each under all conditions.
func TestOrder(t *testing.T) {
	submissions := map[string][]author.Submission{}
	for _, id := range []string{"a", "b"} {
		submissions[id] = []author.Submission{submission(author.Reference, ""), {Fixture: course.Fixture{Name: author.Starter}}}
		for i := range 9 {
			submissions[id] = append(submissions[id], submission(fmt.Sprint("pass/", i), ""), submission(fmt.Sprint("fail/x", i), "x"), submission(fmt.Sprint("fail/y", i), "y"))
		}
	}
	conditions := []condition.Condition{condition.Idle, condition.Busy}
	turns := Order(submissions, conditions, 3, 7)
	if len(turns) != 2*28*2*3 {
		t.Fatalf("%d turns", len(turns))
	}
	seen := map[string]int{}
	for _, turn := range turns {
		if turn.Submission.Name == author.Starter {
			t.Fatal("the starter is in it")
		}
		seen[fmt.Sprint(turn.ID, turn.Submission.Name, turn.Condition, turn.Repeat)]++
	}
	if len(seen) != len(turns) {
		t.Errorf("only %d of %d turns differ", len(seen), len(turns))
	}
	kinds := map[string]int{}
	for i, turn := range turns[:2*2*12] { // 12 of each challenge, under 2 conditions
		if turn.Repeat != 1 || turn.Condition != conditions[i%2] {
			t.Fatalf("turn %d is %+v", i, turn)
		}
		kinds[turn.ID+turn.Submission.Want]++
	}
	for kind, want := range map[string]int{"a": 12, "b": 12, "ax": 6, "ay": 6, "bx": 6, "by": 6} {
		if kinds[kind] != want {
			t.Errorf("%q has %d of the first turns, not %d", kind, kinds[kind], want)
		}
	}
	names := func(turns []Turn) (all []string) {
		for _, turn := range turns {
			all = append(all, turn.Submission.Name)
		}
		return all
	}
	if !slices.Equal(names(turns), names(Order(submissions, conditions, 3, 7))) {
		t.Error("the same seed gives another order")
	}
	if slices.Equal(names(turns), names(Order(submissions, conditions, 3, 8))) {
		t.Error("another seed gives the same order")
	}
}

// trial is a run of a submission that must fail by the check x, or pass where
// want is empty, with verdicts on x and y.
func trial(want string, c condition.Condition, x, y verdict.Verdict) Trial {
	return Trial{Submission: submission("some/"+want, want).Fixture, Condition: c, Repeat: 1, Verdict: verdict.Worse(x, y), Checks: map[string]verdict.Verdict{"x": x, "y": y}, Cores: 2}
}

func TestTally(t *testing.T) {
	const pass, fail, open = verdict.Pass, verdict.Fail, verdict.Inconclusive
	m := Measurement{Checks: []string{"x", "y"}, Conditions: []condition.Condition{condition.Idle, condition.Busy}, Submissions: 2, Repeats: 4, Trials: []Trial{
		trial("", condition.Idle, pass, pass), // right
		trial("", condition.Busy, fail, pass), // a wrong fail by x
		trial("", condition.Busy, pass, open), // inconclusive by y
		trial("x", condition.Idle, fail, pass),
		trial("x", condition.Busy, pass, fail), // fails, but not by what it must fail by
		trial("x", condition.Busy, open, fail),
		trial("y", condition.Busy, pass, fail), // right; nobody knows what x had to be
	}}
	for _, tt := range []struct {
		c     condition.Condition
		check string
		want  Tally
	}{
		{condition.Idle, "", Tally{Rate{0, 1}, Rate{0, 1}, Rate{0, 2}}},
		{condition.Busy, "", Tally{Rate{1, 3}, Rate{1, 2}, Rate{2, 5}}},
		{every, "", Tally{Rate{1, 4}, Rate{1, 3}, Rate{2, 7}}},
		{condition.Busy, "x", Tally{Rate{1, 2}, Rate{1, 2}, Rate{1, 4}}},
		{condition.Busy, "y", Tally{Rate{0, 1}, Rate{0, 2}, Rate{1, 3}}},
		{condition.Quota, "", Tally{}},
	} {
		if got := m.Tally(tt.c, tt.check); got != tt.want {
			t.Errorf("%s, %s: %v, not %v", name(tt.c), tt.check, got, tt.want)
		}
	}
	if got := len(m.Wrong()); got != 2 {
		t.Errorf("%d are wrong", got)
	}
	if got := m.Reached(); got != 2 {
		t.Errorf("%d submissions were run under all conditions", got)
	}
	if text := (Rate{1, 46}).String(); text != "1 of 46  2.2 % (0.4 to 11)" {
		t.Error(text)
	}
}

// timed adds what a clock saw: rounds of the learner and the reference, of one
// second alone.
func (t Trial) timed(workers int, learner, reference []float64) Trial {
	c := verdict.Clocked{Check: "x", Workers: workers}
	for _, took := range learner {
		c.Learner = append(c.Learner, verdict.Times{Alone: 1, Took: took, Work: 1})
	}
	for _, took := range reference {
		c.Reference = append(c.Reference, verdict.Times{Alone: 1, Took: took, Work: 1})
	}
	t.Clocked = append(t.Clocked, c)
	return t
}

func TestRules(t *testing.T) {
	const pass, fail = verdict.Pass, verdict.Fail
	bestOfFive, ofCores, ofLesson := Rules[0], Rules[1], Rules[2]
	honest := func() Trial { return trial("", condition.Idle, pass, pass) }
	ask := func(r Rule, trials ...Trial) Answers {
		return Measurement{Checks: []string{"x", "y"}, Trials: trials}.Ask(r, condition.Idle, "x")
	}
	for _, tt := range []struct {
		name   string
		rule   Rule
		trials []Trial
		want   Answers
	}{
		{"the best round counts", bestOfFive, []Trial{honest().timed(4, []float64{9, 9, 9, 9, 0.59}, []float64{0.5, 1, 1, 1, 1})},
			Answers{Tally{WrongFails: Rate{0, 1}, Inconclusive: Rate{0, 1}}, 0}},
		{"just too slow", bestOfFive, []Trial{honest().timed(4, []float64{9, 9, 9, 9, 0.61}, []float64{0.5, 1, 1, 1, 1})},
			Answers{Tally{WrongFails: Rate{1, 1}, Inconclusive: Rate{0, 1}}, 0}},
		{"repeats are put together", bestOfFive, []Trial{honest().timed(4, []float64{9, 9}, []float64{1, 1}), honest().timed(4, []float64{9, 1}, []float64{1, 1}),
			honest().timed(4, []float64{9, 1}, []float64{1, 1})}, Answers{Tally{WrongFails: Rate{0, 1}, Inconclusive: Rate{0, 1}}, 0}},
		{"ten rounds give two answers", bestOfFive, []Trial{honest().timed(4, []float64{9, 9, 9, 9, 9, 1, 1, 1, 1, 1}, []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1})},
			Answers{Tally{WrongFails: Rate{1, 2}, Inconclusive: Rate{0, 2}}, 0}},
		{"fewer than five", bestOfFive, []Trial{honest().timed(4, []float64{1, 9}, []float64{1, 1})}, Answers{Tally{WrongFails: Rate{0, 1}, Inconclusive: Rate{0, 1}}, 1}},
		{"0.6 of two cores", ofCores, []Trial{honest().timed(4, []float64{1 / 1.21, 9}, []float64{1}), honest().timed(4, []float64{1 / 1.19, 0.1}, []float64{1})},
			Answers{Tally{WrongFails: Rate{1, 2}, Inconclusive: Rate{0, 2}}, 0}},
		{"no more cores than workers", ofCores, []Trial{honest().timed(1, []float64{1 / 0.61}, []float64{1})}, Answers{Tally{WrongFails: Rate{0, 1}, Inconclusive: Rate{0, 1}}, 0}},
		{"the lesson's figure", ofLesson, []Trial{honest().timed(4, []float64{1 / 3.49}, []float64{1}), honest().timed(4, []float64{1 / 3.51}, []float64{1})},
			Answers{Tally{WrongFails: Rate{1, 2}, Inconclusive: Rate{0, 2}}, 0}},
		{"a fault of speed", ofCores, []Trial{trial("x", condition.Idle, fail, pass).timed(4, []float64{0.5}, []float64{1}), trial("x", condition.Idle, fail, pass).timed(4, []float64{1}, []float64{1})},
			Answers{Tally{WrongPasses: Rate{1, 2}, Inconclusive: Rate{0, 2}}, 0}},
		{"a fault of something else, nothing to time, another condition", ofCores, []Trial{trial("y", condition.Idle, pass, fail).timed(4, []float64{9}, []float64{1}),
			trial("x", condition.Idle, fail, pass).timed(4, nil, []float64{1}), trial("x", condition.Busy, fail, pass).timed(4, []float64{1}, []float64{1})}, Answers{}},
	} {
		if got := ask(tt.rule, tt.trials...); got != tt.want {
			t.Errorf("%s: %+v, not %+v", tt.name, got, tt.want)
		}
	}
}

// replayed is a measurement of the records that package verdict keeps of the
// first honest submissions and of those that must fail by one of the checks, as if
// every second one had been made under another condition.
func replayed(t *testing.T, id string, checks ...string) Measurement {
	t.Helper()
	co, err := course.Open("../../..")
	if err != nil {
		t.Fatal(err)
	}
	ch, err := co.Challenge(id)
	if err != nil {
		t.Fatal(err)
	}
	submissions, err := author.Submissions(co, id)
	if err != nil {
		t.Fatal(err)
	}
	m := Measurement{ID: id, Title: ch.Title, Conditions: []condition.Condition{condition.Idle, condition.Quota}, Submissions: len(submissions), Repeats: 1,
		Left: []condition.Unavailable{{Condition: condition.OneCore, Reason: "no\x1b[2Jreason"}}}
	for _, k := range ch.Checks {
		m.Checks = append(m.Checks, k.ID)
	}
	honest := 0
	for i, s := range submissions {
		if s.Pass {
			honest++
		}
		if s.Pass && honest > 8 || s.Want != "" && !slices.Contains(checks, s.Want) {
			continue // enough
		}
		name := recordings.Name(id, s.Name)
		rec, err := recordings.Read(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		m.Trials = append(m.Trials, Judge(ch, Turn{id, s, m.Conditions[i%2], 1}, author.Observed{Records: []*record.Record{rec}, File: recordings.File(name)}))
	}
	if len(m.Trials) < 12 {
		t.Fatalf("only %d records of %s", len(m.Trials), id)
	}
	return m
}

// TestReplayed: all kept records are judged rightly, and what a clock saw in
// them is what the phases and the calls say.
func TestReplayed(t *testing.T) {
	for id, check := range map[string]string{"challenge3/gil-discovery": "processes", "challenge3/workarounds": "multiprocessing"} {
		t.Run(path.Base(id), func(t *testing.T) {
			m := replayed(t, id, check)
			for _, w := range m.Wrong() {
				t.Error(m.story(w))
			}
			if got := m.Tally(every, ""); got.WrongFails.Of < 5 || got.WrongPasses.Of < 5 {
				t.Errorf("%+v", got)
			}
			if got := m.Asked(); !slices.Equal(got, []string{check}) {
				t.Fatalf("rules are asked about %v", got)
			}
			own := m.Own(every, check)
			if own.WrongPasses.Count+own.WrongFails.Count > 0 || own.WrongFails.Of < 5 || own.WrongPasses.Of < 3 {
				t.Errorf("beside the rules %+v", own)
			}
			for _, r := range Rules {
				if a := m.Ask(r, every, check); a.WrongPasses.Of != own.WrongPasses.Of || a.WrongFails.Of != own.WrongFails.Of {
					t.Errorf("%s: %+v, and gilcourse %+v", r.Name, a, own)
				}
			}
			// 3.5x on two cores is more than there is.
			if a := m.Ask(Rules[2], every, check); a.WrongFails.Count != a.WrongFails.Of {
				t.Errorf("3.5x: %+v", a)
			}
			for _, one := range m.Trials {
				for _, c := range one.Clocked {
					for _, r := range slices.Concat(c.Learner, c.Reference) {
						if !(r.Alone > 0 && r.Took > 0 && r.Work > 100) || math.Abs(math.Log(r.Alone/r.Took)) > math.Log(10) {
							t.Errorf("%s: %+v", one.Submission.Name, r)
						}
					}
				}
			}
		})
	}
}

func TestWrite(t *testing.T) {
	m := replayed(t, "challenge3/gil-discovery", "processes", "times")
	i := slices.IndexFunc(m.Trials, func(t Trial) bool { return t.Submission.Pass })
	m.Trials[i].Verdict = verdict.Fail
	m.Trials[i].Checks["times"] = verdict.Fail
	wrong := m.Trials[i]
	k := slices.IndexFunc(m.Trials, func(t Trial) bool { return t.Submission.Want == "processes" })
	m.Trials[k].Checks["processes"] = verdict.Inconclusive
	written := func(name string, verbose bool) string {
		var b bytes.Buffer
		if err := Formats.Write(&b, name, []Measurement{m}, format.Options{Verbose: verbose}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	text := written("text", false)
	for _, want := range []string{
		wrong.Submission.Name + ", " + string(wrong.Condition) + ", repeat 1: must pass, and got fail by times\n",
		"gilcourse judge " + wrong.File + "\n", "left out: this machine cannot make the condition one-core: no", "runs were made, 0 of", "speedup of at least 0.6 x cores", "fewer rounds",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "the check utilization") || !strings.Contains(written("text", true), "the check utilization") {
		t.Error("the rates of each check are for -v")
	}
	if strings.Contains(text+written("markdown", true)+written("json", false), "\x1b") {
		t.Error("an escape sequence is in it")
	}
	var out struct {
		Challenges []struct {
			Runs  int
			Wrong []struct{ Submission, Record string }
			Rates []struct {
				Condition, Check, Rule string
				WrongFails             struct {
					Count, Of    int
					Rate, Lo, Hi *float64
				} `json:"wrong_fails"`
			}
		}
	}
	if err := json.Unmarshal([]byte(written("json", false)), &out); err != nil {
		t.Fatal(err)
	}
	one := out.Challenges[0]
	if first := one.Rates[0]; one.Runs != len(m.Trials) || len(one.Wrong) != 1 || one.Wrong[0].Record != wrong.File || first.Condition != "idle" || first.Check != "" || first.WrongFails.Of == 0 || first.WrongFails.Rate == nil {
		t.Errorf("%+v", one)
	}
	var suites struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Skipped  int `xml:"skipped,attr"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(written("junit", false)), &suites); err != nil {
		t.Fatal(err)
	}
	if s := suites.Suites[0]; s.Tests != len(m.Trials) || s.Failures != 1 || s.Skipped != 1 {
		t.Errorf("%+v", s)
	}
	for line := range strings.Lines(written("markdown", true)) {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 5 && strings.Count(line, "|") != 6 {
			t.Errorf("a row of a table: %s", line)
		}
	}
}
