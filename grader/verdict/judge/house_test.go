package judge_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
	"github.com/gilcourse/gilcourse/grader/words"
)

// altered judges a recording by today's spec after a change to it.
func altered(t *testing.T, name string, change func(*spec.Challenge, *record.Record)) *verdict.Result {
	t.Helper()
	rec := recording(t, name)
	ch := challenge(t, rec.Header.Challenge)
	change(ch, rec)
	return judge.With(ch, rec)
}

// check gives a check of a spec.
func check(t *testing.T, c *spec.Challenge, id string) *spec.Check {
	t.Helper()
	i := slices.IndexFunc(c.Checks, func(k spec.Check) bool { return k.ID == id })
	if i < 0 {
		t.Fatalf("there is no check %s", id)
	}
	return &c.Checks[i]
}

// bound gives a bound of a check.
func bound(t *testing.T, k *spec.Check, quantity string) *spec.Bound {
	t.Helper()
	i := slices.IndexFunc(k.Bounds, func(b spec.Bound) bool { return b.Quantity == quantity })
	if i < 0 {
		t.Fatalf("%s has no bound on %s", k.ID, quantity)
	}
	return &k.Bounds[i]
}

func number(v float64) *float64 { return &v }

// TestBoundsHint: what a bound says to do comes before what its check says, in
// each kind of challenge.
func TestBoundsHint(t *testing.T) {
	for name, at := range map[string][2]string{
		"challenge3/gil-discovery/fail-five-million":              {"task", "task.size"},
		"challenge3/workarounds/fail-asyncio-one-after-the-other": {"asyncio", "asyncio.in_flight"},
		"challenge3/strategy-analyzer/fail-cpu-8x-on-4-cores":     {"speedups", "speedups.possible"},
	} {
		r := altered(t, name, func(c *spec.Challenge, _ *record.Record) {
			k := check(t, c, at[0])
			k.Causes = nil // a cause has a hint of its own
			for i := range k.Bounds {
				k.Bounds[i].Hint = "Read the bound's own hint."
			}
			bound(t, k, at[1])
		})
		if c := checkOf(t, r, at[0]); c.Verdict != verdict.Fail || c.Hint != "Read the bound's own hint." {
			t.Errorf("%s: %s got %s with the hint %q", name, at[0], c.Verdict, c.Hint)
		}
	}
}

// TestBoundWithoutWords: a broken bound on any quantity of a call says what was
// seen, also where the spec gives it no message.
func TestBoundWithoutWords(t *testing.T) {
	for _, quantity := range []string{"memory", "speedup", "cases", "deadlock", "busiest", "wall", "cost"} {
		r := altered(t, "challenge3/workarounds/pass-typed-forkserver-taskgroup", func(c *spec.Challenge, _ *record.Record) {
			id := "multiprocessing."
			if quantity == "cases" {
				id = "worth."
			}
			check(t, c, "multiprocessing").Bounds = []spec.Bound{{Quantity: id + quantity, Min: number(1e6)}}
		})
		if c := checkOf(t, r, "multiprocessing"); c.Verdict != verdict.Fail || len(c.Message) < 20 {
			t.Errorf("%s: %s, %q", quantity, c.Verdict, c.Message)
		}
	}
}

// TestUndecidedClock: what the clock could not decide is told in its own unit, and
// by the limit that it straddles.
func TestUndecidedClock(t *testing.T) {
	for quantity, c := range map[string]struct {
		b         spec.Bound
		has, lack string
	}{
		"the reference's": {spec.Bound{Quantity: "processes.efficiency", Min: number(0.5)}, "of the reference's speedup", ""},
		"a speedup":       {spec.Bound{Quantity: "processes.speedup", Max: number(2)}, " x", "reference"},
	} {
		r := altered(t, "crowded/manager-on-a-crowded-machine", func(ch *spec.Challenge, _ *record.Record) {
			check(t, ch, "processes").Bounds = []spec.Bound{c.b}
		})
		k := checkOf(t, r, "processes")
		if k.Verdict != verdict.Inconclusive || !strings.Contains(k.Message, c.has) || c.lack != "" && strings.Contains(k.Message, c.lack) {
			t.Errorf("%s: %s, %q", quantity, k.Verdict, k.Message)
		}
	}
}

// TestRemedyFitsTheReason: where a figure lacks what it needs, the report says what
// helps, and a quieter machine only where it does.
func TestRemedyFitsTheReason(t *testing.T) {
	const id = "multiprocessing"
	for name, c := range map[string]struct {
		change       func(*record.Record)
		quantity     string
		reason, hint string
	}{
		"no reference": {func(r *record.Record) {
			r.Runs = slices.DeleteFunc(r.Runs, func(r record.Run) bool { return r.Whose == record.Reference })
		}, "busiest", "reference was not run", "Mend the other checks first"},
		"no scheduler": {func(r *record.Record) { r.Host.Scheduler = false }, "parallelism", "cannot be observed", "on Linux"},
		"no counts of writes": {func(r *record.Record) {
			for i := range r.Runs {
				for k := range r.Runs[i].Calls {
					r.Runs[i].Calls[k].Usage = nil
				}
			}
		}, "messages", "how much a process writes", "/proc/PID/io"},
	} {
		r := altered(t, "challenge3/workarounds/pass-typed-forkserver-taskgroup", func(ch *spec.Challenge, rec *record.Record) {
			check(t, ch, id).Bounds = []spec.Bound{{Quantity: id + "." + c.quantity, Min: number(0)}}
			c.change(rec)
		})
		k := checkOf(t, r, id)
		if k.Verdict != verdict.Inconclusive || !strings.Contains(k.Message, c.reason) || !strings.Contains(k.Hint, c.hint) || strings.Contains(k.Hint, "quieter") {
			t.Errorf("%s: %s, %q, %q", name, k.Verdict, k.Message, k.Hint)
		}
	}
}

// TestRoundsAreCounted: a call that ends its program makes the round go on in
// another run, and it stays one round.
func TestRoundsAreCounted(t *testing.T) {
	runs := 0
	r := altered(t, "challenge3/workarounds/fail-asyncio-never-returns", func(_ *spec.Challenge, rec *record.Record) {
		for _, run := range rec.Runs {
			if run.Whose == record.Learner {
				runs++
			}
		}
	})
	if runs < 2 || r.Runs != 1 {
		t.Errorf("%d rounds in %d runs", r.Runs, runs)
	}
}

// TestOwnCallsAreNotCounted: a check tells how many calls of the learner's
// functions were right, not the grader's own loop.
func TestOwnCallsAreNotCounted(t *testing.T) {
	own, learners := 0, 0
	r := altered(t, "challenge3/workarounds/pass-typed-forkserver-taskgroup", func(c *spec.Challenge, rec *record.Record) {
		for _, run := range rec.Runs {
			for _, call := range run.Calls {
				if s := c.Call(call.ID); run.Whose != record.Learner || s == nil || call.Ended != record.Returned || call.Aim != record.Measured && call.Aim != record.Again {
					continue
				} else if s.Function == "" {
					own++
				} else {
					learners++
				}
			}
		}
	})
	if message := checkOf(t, r, "results").Message; own == 0 || !strings.HasPrefix(message, words.Count(learners, "call")) {
		t.Errorf("%d of the grader's, %d of the learner's: %q", own, learners, message)
	}
}

// TestIDsAndOrderMeanNothing: an author's id of a check and the order of its
// bounds change nothing of what is said.
func TestIDsAndOrderMeanNothing(t *testing.T) {
	const name = "challenge3/gil-discovery/fail-crash-unpicklable-lambda"
	as := altered(t, name, func(*spec.Challenge, *record.Record) {})
	other := altered(t, name, func(c *spec.Challenge, _ *record.Record) { check(t, c, "runs").ID = "works" })
	if a, b := checkOf(t, as, "runs"), checkOf(t, other, "works"); a.Message != b.Message || a.Hint != b.Hint || a.Verdict != verdict.Fail {
		t.Errorf("%q became %q", a.Message, b.Message)
	}
	const passes = "challenge3/gil-discovery/pass-german-shared-memory"
	as = altered(t, passes, func(*spec.Challenge, *record.Record) {})
	other = altered(t, passes, func(c *spec.Challenge, _ *record.Record) {
		for i := range c.Checks {
			slices.Reverse(c.Checks[i].Bounds)
		}
	})
	for i := range as.Checks {
		if a, b := as.Checks[i], other.Checks[i]; a.Message != b.Message || a.Message == "" {
			t.Errorf("%s: %q became %q", a.ID, a.Message, b.Message)
		}
	}
}

// TestCauseAgreesWithWhatWasSeen: four processes were seen at work, so nobody says
// that there was a single one, whatever the source looks like.
func TestCauseAgreesWithWhatWasSeen(t *testing.T) {
	for _, withWhen := range []bool{false, true} {
		r := altered(t, "crowded/manager-beside-four-processes", func(c *spec.Challenge, rec *record.Record) {
			k := check(t, c, "processes")
			bound(t, k, "processes.parallelism").Min = number(0.95)
			if withWhen { // the spec may say it of any finding
				rec.Submission.Source.Findings = append(rec.Submission.Source.Findings, record.Finding{ID: "odd", Place: record.Place{File: rec.Submission.File, Line: 1}})
				k.Causes = []spec.Cause{{Finding: "odd", Description: "it is odd", When: []spec.Bound{{Quantity: "processes.workers", Max: number(2)}}}}
			}
		})
		c := checkOf(t, r, "processes")
		if c.Verdict != verdict.Fail || c.Cause != "" || !strings.Contains(c.Message, "of 4 processes") {
			t.Errorf("%s because of %q: %s", c.Verdict, c.Cause, c.Message)
		}
	}
}
