package cohort

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/intake"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// job is a submission under way.
type job struct {
	Source
	in      *intake.Submission
	parts   []part
	refused string
	err     error
	tries   int
}

// part is what was handed in for one of the tasks.
type part struct {
	missing  bool
	file     string // as it can be read until the job is closed
	origin   string // where the file lies, empty where it was in an archive
	key      string // empty where it cannot be kept
	prepared *observe.Prepared
	result   *verdict.Result // nil until it is judged
	kept     bool            // judged from a kept record
	record   *record.Record  // the one that was just made, for whoever shows it
}

// waits says that something of it is still to be measured.
func (j *job) waits() bool {
	return slices.ContainsFunc(j.parts, func(p part) bool { return p.prepared != nil })
}

// finished says that there is a verdict on it.
func (j *job) finished() bool {
	return j.refused != "" || j.err != nil ||
		!slices.ContainsFunc(j.parts, func(p part) bool { return !p.missing && p.result == nil })
}

func (j *job) close() {
	for i := range j.parts {
		if p := j.parts[i].prepared; p != nil {
			p.Close()
			j.parts[i].prepared = nil
		}
	}
	if j.in != nil {
		j.in.Close()
		j.in = nil
	}
}

// failed notes an error in a submission's place: it was refused, or we failed.
func (j *job) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	var (
		refused *intake.Refused
		unread  *observe.Unreadable
	)
	if errors.As(err, &refused) || errors.As(err, &unread) {
		j.refused = strings.Join(strings.Fields(err.Error()), " ")
	} else {
		j.err = err
	}
}

// show gives what was seen of a submission to whoever shows it.
func (g *grading) show(j *job) error {
	if g.Shows == nil || !j.finished() {
		return nil
	}
	seen := Seen{Submission: g.submission(j)}
	files := map[string]string{}
	for i := range j.parts {
		p := &j.parts[i]
		files[g.challenges[i].ID] = p.file
		rec := p.record
		if p.record = nil; rec == nil && g.Store != nil && p.key != "" && p.result != nil {
			if records, err := g.Store.records().Load(p.key); err == nil {
				rec = records[0]
			}
		}
		if rec != nil {
			seen.Records = append(seen.Records, rec)
		}
	}
	seen.Source = func(challenge, file string) string { return intake.Text(files[challenge], file) }
	return g.Shows(seen)
}

// submission is what a job came to.
func (g *grading) submission(j *job) report.Submission {
	s := report.Submission{Learner: j.Label, Path: j.Path, Account: j.Account, Refused: j.refused, Tries: j.tries}
	inPlace := g.Shown != nil && filepath.Clean(j.at) == filepath.Clean(j.Path)
	if inPlace {
		s.Shown = g.Shown(j.Path)
	}
	if j.err != nil {
		s.Err = j.err.Error()
	}
	if j.err != nil || j.refused != "" {
		return s
	}
	folders := map[string]string{}
	s.Cached, s.Report.Title, s.Report.Folders = true, g.Title, folders
	for i, p := range j.parts {
		if p.missing {
			c := g.challenges[i]
			s.Report.Missing = append(s.Report.Missing, report.Missing{ID: c.ID, Deliverable: c.Deliverable, Looked: []string{j.Path}, MaxScore: c.Points()})
		} else if p.result != nil {
			s.Report.Challenges = append(s.Report.Challenges, p.result)
			s.Cached = s.Cached && p.kept
			if inPlace && p.origin != "" {
				folders[p.result.ID] = path.Dir(g.Shown(p.origin))
			}
		}
	}
	return s
}

// entry is what is kept of a submission beside its records.
func (g *grading) entry(j *job, s report.Submission) Entry {
	e := Entry{Challenge: g.Name, Learner: s.Learner, Path: j.Path, Verdict: s.Verdict(), Refused: s.Refused, Error: s.Err, Records: map[string]string{}}
	if abs, err := filepath.Abs(j.Path); err == nil {
		e.Path = abs
	}
	e.Score, _ = s.Report.Score()
	for i, p := range j.parts {
		if p.missing {
			e.Missing = append(e.Missing, g.challenges[i].ID)
		} else if p.key != "" && p.result != nil {
			e.Records[g.challenges[i].ID] = p.key
		}
	}
	return e
}
