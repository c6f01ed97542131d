package page

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

//go:embed index.html
var indexText string

var indexTemplate = template.Must(template.New("index").Funcs(functions).Parse(partsText + indexText))

// learnersFolder is where the pages of the learners lie, below the site's folder.
const learnersFolder = "learners"

// Site is a folder with a page for each learner of a cohort, and one of all. The
// pages are written one by one, so that no more than one record is held at a time.
// Its methods may be called from any goroutine.
type Site struct {
	dir    string
	policy report.Policy

	mu    sync.Mutex
	pages map[string]string     // the file of a submission's page, by what it is told by
	same  map[handedIn][]string // who handed a file in
}

// handedIn is a file that was handed in for a challenge.
type handedIn struct{ challenge, file, sha256 string }

// NewSite makes the folder of a site, where it is not there. What an inconclusive
// verdict counts as is the policy of all its pages.
func NewSite(dir string, policy report.Policy) (*Site, error) {
	if err := os.MkdirAll(filepath.Join(dir, learnersFolder), 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of the pages: %w", err)
	}
	return &Site{dir: dir, policy: policy, pages: map[string]string{}, same: map[handedIn][]string{}}, nil
}

// Add writes the page of one submission, in the place of an earlier one. Its
// records and sources are those of a Page.
func (s *Site) Add(sub report.Submission, records []*record.Record, source func(challenge, file string) string) error {
	file := filepath.Join(learnersFolder, fileName(sub))
	s.mu.Lock()
	s.pages[told(sub)] = file
	for _, rec := range records {
		one := handedIn{rec.Header.Challenge, rec.Submission.File, rec.Submission.SHA256}
		if !slices.Contains(s.same[one], sub.Learner) {
			s.same[one] = append(s.same[one], sub.Learner)
		}
	}
	s.mu.Unlock()
	if sub.Refused != "" || sub.Err != "" {
		return nil // the page of all says why
	}
	sub.Report.Policy = s.policy
	p := Page{Report: sub.Report, Records: records, Source: source, Learner: sub.Learner, Index: "../index.html"}
	return s.write(file, func(f *os.File) error { return Write(f, p) })
}

// Index writes the page of all.
func (s *Site) Index(c report.Cohort) error {
	c.Policy = s.policy
	var b bytes.Buffer
	if err := indexTemplate.ExecuteTemplate(&b, "index", s.newIndex(c.Shown())); err != nil {
		return fmt.Errorf("write the page of all: %w", err)
	}
	return s.write("index.html", func(f *os.File) error {
		_, err := f.Write(b.Bytes())
		return err
	})
}

func (s *Site) write(file string, write func(*os.File) error) error {
	if err := atomicfile.Write(filepath.Join(s.dir, file), 0o644, write); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Join(s.dir, file), err)
	}
	return nil
}

// told is what tells a submission from the others.
func told(sub report.Submission) string { return sub.Learner + "\x00" + sub.Path }

// fileName names the page of a submission: after the learner, as far as letters
// go that any system and server takes, and after what tells it from others.
func fileName(sub report.Submission) string {
	sum := sha256.Sum256([]byte(told(sub)))
	name := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(sub.Learner)), "-")
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	return cmp.Or(name[:min(len(name), 40)], "learner") + "-" + hex.EncodeToString(sum[:4]) + ".html"
}

// index is the page of all as its template reads it.
type index struct {
	frame
	Index string // none: this is it
	report.Cohort
	Message string // the policy
	Totals  []total
	Columns []column
	Fails   []column // those that fail most first
	Several bool     // there is more than one challenge
	Rows    []matrixRow
	Bins    []bin
	Twice   []twice
	Waits   []matrixRow // inconclusive
	Refused []report.Submission
	Moved   []report.Submission
}

// total is how many got a verdict.
type total struct {
	Verdict  verdict.Verdict
	N        int
	X, Width string
}

// column is a check of the matrix.
type column struct {
	Challenge, Check string
	First            bool // of its challenge
	Span             int  // of the challenge, where it is the first
	report.Tally
	Bars []total
}

// matrixRow is a learner's.
type matrixRow struct {
	report.Submission
	Page        string // empty where there is none
	Verdict     verdict.Verdict
	Score, Most float64
	Judged      bool // it has points
	Cells       []verdict.Verdict
}

// bin is a bar of the distribution of points.
type bin struct {
	Label         string
	N             int
	X, Width      string
	Y, Height     string
	Middle, Count string
}

// twice is a file that several handed in.
type twice struct {
	Challenge, File string
	Learners        []string
}

func (s *Site) newIndex(c report.Cohort) index {
	v := index{frame: newFrame(""), Cohort: c, Message: c.Policy.Description(), Twice: s.twice()}
	v.Tab = c.Title
	counts := c.Totals()
	all := 0.0
	for _, o := range report.Outcomes {
		if n := counts[o]; n > 0 {
			share := float64(len(c.Submissions))
			v.Totals = append(v.Totals, total{o, n, percent(all / share), percent(float64(n) / share)})
			all += float64(n)
		}
	}
	v.Columns = columns(c)
	v.Several = slices.ContainsFunc(v.Columns, func(k column) bool { return k.Challenge != v.Columns[0].Challenge })
	v.Fails = slices.Clone(v.Columns)
	slices.SortStableFunc(v.Fails, func(a, b column) int { return -cmp.Compare(a.Fail, b.Fail) })
	var shares []float64
	for _, sub := range c.Submissions {
		row := s.row(sub, v.Columns)
		v.Rows = append(v.Rows, row)
		switch row.Verdict {
		case verdict.Inconclusive:
			v.Waits = append(v.Waits, row)
		case report.Refused, verdict.Error:
			v.Refused = append(v.Refused, sub)
		}
		if sub.Was != "" {
			v.Moved = append(v.Moved, sub)
		}
		if row.Judged && row.Most > 0 {
			shares = append(shares, row.Score/row.Most)
		}
	}
	v.Bins = distribution(shares)
	return v
}

// columns are the checks, in their order.
func columns(c report.Cohort) []column {
	var out []column
	first := -1
	for _, t := range c.Tallies() {
		one := column{Challenge: t.Challenge, Check: t.Check, Tally: t}
		if first < 0 || out[first].Challenge != t.Challenge {
			first, one.First = len(out), true
		}
		x, sum := 0.0, float64(t.Pass+t.Fail+t.Inconclusive)
		for _, part := range []total{{Verdict: verdict.Pass, N: t.Pass}, {Verdict: verdict.Inconclusive, N: t.Inconclusive}, {Verdict: verdict.Fail, N: t.Fail}} {
			if part.N > 0 {
				part.X, part.Width = percent(x/sum), percent(float64(part.N)/sum)
				one.Bars, x = append(one.Bars, part), x+float64(part.N)
			}
		}
		out = append(out, one)
		out[first].Span++
	}
	return out
}

// row is a submission in the matrix.
func (s *Site) row(sub report.Submission, columns []column) matrixRow {
	s.mu.Lock()
	page := s.pages[told(sub)]
	s.mu.Unlock()
	row := matrixRow{Submission: sub, Verdict: sub.Verdict(), Cells: make([]verdict.Verdict, len(columns))}
	if sub.Err == "" && sub.Refused == "" {
		row.Page, row.Judged = filepath.ToSlash(page), true
		row.Score, row.Most = sub.Report.Score()
	}
	for i, k := range columns {
		for _, r := range sub.Report.Challenges {
			for _, check := range r.Checks {
				if r.ID == k.Challenge && check.ID == k.Check {
					row.Cells[i] = check.Verdict
				}
			}
		}
		for _, m := range sub.Report.Missing {
			if m.ID == k.Challenge && k.Check == report.NotHandedIn {
				row.Cells[i] = verdict.Fail
			}
		}
	}
	return row
}

// distribution counts shares of the points in steps of a tenth.
func distribution(shares []float64) []bin {
	if len(shares) == 0 {
		return nil
	}
	var counts [10]int
	most := 0
	for _, s := range shares {
		i := max(0, min(9, int(s*10)))
		counts[i]++
		most = max(most, counts[i])
	}
	var out []bin
	for i, n := range counts {
		height := 100 * float64(n) / float64(most)
		out = append(out, bin{Label: fmt.Sprintf("%d–%d %%", i*10, i*10+10), N: n,
			X: percent((float64(i) + 0.08) / 10), Width: percent(0.084), Middle: percent((float64(i) + 0.5) / 10), Count: number(98 - height*0.96),
			Y: number(120 - height), Height: number(height)})
	}
	return out
}

// twice are the files that were handed in byte for byte by several, in order.
func (s *Site) twice() []twice {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []twice
	for one, learners := range s.same {
		if len(learners) > 1 {
			slices.Sort(learners)
			out = append(out, twice{one.challenge, one.file, learners})
		}
	}
	slices.SortFunc(out, func(a, b twice) int {
		return cmp.Or(cmp.Compare(a.Challenge, b.Challenge), slices.Compare(a.Learners, b.Learners))
	})
	return out
}
