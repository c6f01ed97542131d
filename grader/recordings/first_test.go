package recordings_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// TestFirstLook judges of every recording the first round alone, as the first look of a
// check does: where that would end there, since nothing is open, the verdict is the one
// that the submission must get.
func TestFirstLook(t *testing.T) {
	stands, looked := 0, 0
	for _, j := range everything(t) {
		kind := j.challenge.Kind()
		if kind == spec.KindAnalyzer || path.Dir(j.name) == recordings.Crowded {
			continue
		}
		first := *j.record
		first.Runs = firstRound(j.record.Runs)
		for _, r := range j.record.Runs { // the submission as handed in is run after whichever look
			if r.Moment {
				first.Runs = append(first.Runs, r)
			}
		}
		result := judge.With(j.challenge, &first)
		looked++
		if len(result.Open(j.challenge, true)) > 0 || result.Verdict != verdict.Pass && result.Verdict != verdict.Fail {
			continue
		}
		stands++
		want := verdict.Pass
		if strings.HasPrefix(path.Base(j.name), "fail-") {
			want = verdict.Fail
		}
		if result.Verdict != want {
			t.Errorf("%s: the first look ends with %s; fails: %v", j.name, result.Verdict, result.Failed())
		}
	}
	t.Logf("of %d first looks %d end there", looked, stands)
	if stands < looked/3 {
		t.Errorf("only %d of %d first looks end there", stands, looked)
	}
}

// firstRound gives the runs of a record's first round: the submission's, which come
// first, and the reference's until one of its calls comes again.
func firstRound(runs []record.Run) []record.Run {
	var out []record.Run
	seen := map[string]bool{}
	for i, r := range runs {
		switch {
		case r.Pilot:
			continue
		case r.Whose == record.Learner && i > 0 && out != nil && (out[len(out)-1].Whose == record.Reference || len(r.Calls) == 0):
			return out
		}
		ids := map[string]bool{}
		for _, c := range r.Calls {
			if r.Whose == record.Reference && c.Aim == record.Measured {
				ids[fmt.Sprint(c.ID, c.Values, c.Texts)] = true
			}
		}
		if r.Whose == record.Reference && len(r.Calls) == 0 {
			ids["script"] = true
		}
		for id := range ids {
			if seen[id] {
				return out
			}
			seen[id] = true
		}
		out = append(out, r)
	}
	return out
}
