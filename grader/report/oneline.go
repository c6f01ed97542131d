package report

import (
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// oneline gives the report with all that stands in one line of it safe to show:
// names and titles come from a spec, which a record brings along, and so do the
// interpreter's version and what was compared. Longer texts are quoted where
// they are written.
func (r Report) oneline() Report {
	r.Title = safetext.Line(r.Title)
	r.Challenges = slices.Clone(r.Challenges)
	for i, c := range r.Challenges {
		r.Challenges[i] = oneline(c)
	}
	r.Missing = slices.Clone(r.Missing)
	for i := range r.Missing {
		ids(&r.Missing[i].ID)
		lines(&r.Missing[i].Deliverable)
	}
	folders := map[string]string{}
	for id, folder := range r.Folders {
		ids(&id)
		folders[id] = folder
	}
	r.Folders = folders
	return r
}

// oneline is Report's for the reports of many.
func (c Cohort) oneline() Cohort {
	ids(&c.Challenge)
	lines(&c.Title)
	c.Submissions = slices.Clone(c.Submissions)
	for i := range c.Submissions {
		c.Submissions[i].Report = c.Submissions[i].Report.oneline()
	}
	return c
}

func oneline(c *verdict.Result) *verdict.Result {
	one := *c
	ids(&one.ID)
	lines(&one.Title, &one.Conducted, &one.Python.Version, &one.Python.Implementation)
	one.Checks = slices.Clone(c.Checks)
	for i := range one.Checks {
		k := &one.Checks[i]
		lines(&k.ID, &k.Title, &k.Cause, &k.WaitsFor)
		k.Evidence = slices.Clone(k.Evidence)
		for n := range k.Evidence {
			lines(&k.Evidence[n].Quantity, &k.Evidence[n].Unit)
		}
	}
	one.Approaches = slices.Clone(c.Approaches)
	for i := range one.Approaches {
		lines(&one.Approaches[i].Label, &one.Approaches[i].Workload, &one.Approaches[i].Strategy, &one.Approaches[i].Function)
	}
	one.Advice = slices.Clone(c.Advice)
	for i := range one.Advice {
		a := &one.Advice[i]
		lines(&a.Workload, &a.Strategy, &a.Expected, &a.Best)
	}
	return &one
}

func lines(texts ...*string) {
	for _, s := range texts {
		*s = safetext.Line(*s)
	}
}

// ids quotes the parts of challenges' ids by themselves: the last one often
// stands alone.
func ids(texts ...*string) {
	for _, s := range texts {
		parts := strings.Split(*s, "/")
		for i := range parts {
			parts[i] = safetext.Line(parts[i])
		}
		*s = strings.Join(parts, "/")
	}
}
