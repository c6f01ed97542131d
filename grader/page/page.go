// Package page shows a report as a page for a browser: one file that asks nothing
// of any network, with the timeline as a picture, the evidence as charts, and the
// learner's source with the lines that matter. Site is the same of a cohort.
//
// All that a page does without its script, it shows, too; the script adds zooming,
// figures under the pointer, tabs and sorting. A content security policy lets
// nothing run or load but what the page itself holds, and all texts of others are
// escaped by html/template, after safetext.
package page

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/quantity"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// Page is a report with what is shown beside it. All but the report may be left
// out.
type Page struct {
	Report report.Report
	// Records are those that the report was judged by, in any order. A challenge
	// without one has no picture.
	Records []*record.Record
	// Source, if set, gives the text of a file of a challenge, by the challenge's id
	// and the file's name as the report has it, empty where there is none. What is
	// not what was observed is not shown.
	Source func(challenge, file string) string
	// Attempts are those at each challenge, by its id, the oldest first and this one
	// included.
	Attempts map[string][]progress.Attempt
	// Learner is whose submission it is, and Index where the page of all leads
	// to, both empty for a page of its own.
	Learner, Index string
	// Reload is a path of the server that the page comes from, empty for a file.
	// The page asks for it every second, and loads itself again when the answer
	// is another.
	Reload string
}

var (
	//go:embed style.css
	style string
	//go:embed script.js
	script string
	//go:embed page.html
	pageText string
	//go:embed parts.html
	partsText string
)

var pageTemplate = template.Must(template.New("page").Funcs(functions).Parse(partsText + pageText))

// functions are those of the templates: all texts of others go through one of text,
// line and rich.
var functions = template.FuncMap{
	"text":    safetext.Text,
	"line":    safetext.Line,
	"rich":    rich,
	"points":  report.Figure,
	"join":    strings.Join,
	"mark":    func(v verdict.Verdict) string { return marks[v] },
	"class":   func(v verdict.Verdict) string { return strings.ReplaceAll(string(v), " ", "-") },
	"percent": percent,
	"word":    func(of string) string { return wordOf[of] },
	"share":   func(i, n int) float64 { return float64(i) / float64(n) },
	"minus":   func(a, b int) int { return a - b },
	"pair":    func(f drawnFigure, p drawnPicture) map[string]any { return map[string]any{"Figure": f, "Picture": p} },
	"ring": func(score, most float64) string {
		if most <= 0 {
			return "0"
		}
		return number(math.Ceil(score / most * 102)) // no gap where it closes
	},
}

// marks are the signs of the verdicts.
var marks = map[verdict.Verdict]string{verdict.Pass: "✓", verdict.Fail: "✗", verdict.Inconclusive: "?", verdict.NotJudged: "·", verdict.Error: "!", report.Refused: "!"}

// Write writes a page.
func Write(w io.Writer, p Page) error {
	var b bytes.Buffer
	if err := pageTemplate.ExecuteTemplate(&b, "page", newView(p)); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// frame is what all pages have: their policy, style and script.
type frame struct {
	Tab     string // what the browser's tab says
	Allowed string // the content security policy
	Style   template.CSS
	Script  template.JS
	Reload  string
}

func newFrame(reload string) frame {
	f := frame{Style: template.CSS(style), Script: template.JS(script), Reload: reload}
	connect := "'none'"
	if reload != "" {
		connect = "'self'"
	}
	f.Allowed = fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; img-src data:; connect-src %s; base-uri 'none'; form-action 'none'", hash(style), hash(script), connect)
	return f
}

// hash is how a content security policy names a text.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// view is a page as its template reads it.
type view struct {
	frame
	Title, Learner, Index string
	Verdict               verdict.Verdict
	Score, Most           float64
	Message               string // what the verdict means, where it is not plain
	Challenges            []challenge
	Missing               []report.Missing
	Several               bool
	Next                  *challenge // the first with something to mend, nil for none
	Words                 []word
	Data                  []drawnFigure // of all figures, for the script
}

// challenge is a judged challenge.
type challenge struct {
	*verdict.Result
	Anchor    string
	Attempts  *attempts // nil for none
	Setup     []string  // what it was measured with
	First     *start
	Figures   []drawnFigure
	Legend    []legend
	Phases    []tile
	Failed    []check // the first to mend first
	Undecided []check // inconclusive
	Waiting   []check // not judged
	Passed    []check
	Tables    []table
	Sources   []source
	Complaint []record.Build // builds that failed
}

// start is what to mend first.
type start struct {
	check
	Excerpt []codeLine
	Waiting int
}

// check is a judged check.
type check struct {
	verdict.Check
	Anchor string
	Waits  string // the anchor of the check that it waits for
	Charts []chart
	Found  *word  // what the mistake is that explains a fail, nil for none
	First  string // the anchor of where it is told already; empty for others
	Hints  []hint
}

func newView(p Page) view {
	r := p.Report.Shown()
	v := view{frame: newFrame(p.Reload), Title: r.Heading(), Learner: p.Learner, Index: p.Index, Verdict: r.Verdict(), Message: r.Policy.Description(), Missing: r.Missing,
		Several: len(r.Challenges)+len(r.Missing) > 1, Words: glossary()}
	v.Score, v.Most = r.Score()
	v.Tab = fmt.Sprintf("%s: %s, %s of %s points", v.Title, v.Verdict, report.Figure(v.Score), report.Figure(v.Most))
	for i, c := range r.Challenges {
		var rec *record.Record
		id := p.Report.Challenges[i].ID // the record has it as it is
		if k := slices.IndexFunc(p.Records, func(rec *record.Record) bool { return rec.Header.Challenge == id }); k >= 0 {
			rec = p.Records[k]
		}
		var read func(string) string
		if p.Source != nil {
			read = func(file string) string { return p.Source(id, file) }
		}
		one := newChallenge(c, rec, read, len(v.Data))
		one.Attempts = newAttempts(p.Attempts[id])
		v.Data = append(v.Data, one.Figures...)
		v.Challenges = append(v.Challenges, one)
		if one.First != nil && v.Next == nil {
			v.Next = &one
		}
	}
	return v
}

// newChallenge shows a judged challenge; the record is nil where it is not known.
func newChallenge(r *verdict.Result, rec *record.Record, read func(file string) string, figuresBefore int) challenge {
	c := challenge{Result: r, Anchor: anchor(r.ID, ""), Phases: tiles(r), Tables: tables(r), Sources: sourceOf(r, rec, read)}
	c.Setup = append(c.Setup, safetext.Name(r.File), r.Python.Implementation+" "+r.Python.Version, report.Machine(r))
	if s := report.Sandboxed(r); s != "" {
		c.Setup = append(c.Setup, s)
	}
	var known *spec.Challenge
	if rec != nil {
		if s, err := spec.Parse(rec.Header.Challenge, "challenge.yaml", []byte(rec.Header.Spec)); err == nil {
			known = s
		} else {
			known = &spec.Challenge{}
		}
		all := figures(known, rec)
		c.Figures = drawn(all, figuresBefore)
		if len(all) > 0 {
			c.Figures[telling(r, all)].Start = true
		}
		c.Legend = legends(rec.Python.GIL, c.Figures)
	}
	first := r.First()
	for i := range r.Checks {
		one := newCheck(r, &r.Checks[i], known)
		if first == &r.Checks[i] {
			one.First = c.Anchor + ".start"
			c.First = &start{check: one, Waiting: len(r.Waiting(first.ID))}
			if at := first.Location; at != nil {
				c.First.Excerpt = excerpt(c.Sources, safetext.Name(at.File), at.Line)
			}
		}
		switch one.Verdict {
		case verdict.Pass:
			c.Passed = append(c.Passed, one)
		case verdict.NotJudged:
			c.Waiting = append(c.Waiting, one)
		case verdict.Inconclusive:
			c.Undecided = append(c.Undecided, one)
		default:
			c.Failed = append(c.Failed, one)
		}
	}
	slices.SortStableFunc(c.Failed, func(a, b check) int { return -cmp.Compare(a.First, b.First) })
	for _, b := range r.Builds {
		if !b.OK && b.Output != "" {
			c.Complaint = append(c.Complaint, b)
		}
	}
	return c
}

// whose names the call that a quantity is about, or the strategy whose template it
// is about; empty for others.
func whose(known *spec.Challenge, quantity string) string {
	if known == nil {
		return ""
	}
	of, _ := verdict.Part(quantity)
	if call := known.Call(of); call != nil {
		return cmp.Or(call.Label, call.ID)
	}
	if slices.Contains(known.Strategies(), of) {
		return "template " + of
	}
	return ""
}

// hint is one of a check's hints: it says a little more than the one before.
type hint struct {
	Title  string
	Blocks []block
}

// block is a paragraph, or some lines of code.
type block struct {
	Code bool
	Text string
}

// hints cuts the hints of a check into paragraphs and code, which is indented.
func hints(texts []string) []hint {
	var all []hint
	for i, text := range texts {
		one := hint{Title: fmt.Sprintf("Hint %d", i+1)}
		if i < 3 && len(texts) == 3 {
			one.Title += []string{": what to look at", ": how", ": nearly the code"}[i]
		}
		for _, part := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
			code := strings.HasPrefix(part, "    ")
			if n := len(one.Blocks); code && n > 0 && one.Blocks[n-1].Code {
				one.Blocks[n-1].Text += "\n\n" + part
			} else {
				one.Blocks = append(one.Blocks, block{code, part})
			}
		}
		all = append(all, one)
	}
	return all
}

// telling picks the figure to show first: that of the call which the first thing to
// mend is about, else one in which several tasks worked.
func telling(r *verdict.Result, all []figure) int {
	if first := r.First(); first != nil {
		for _, e := range first.Evidence {
			call, _ := verdict.Part(e.Quantity)
			if i := slices.IndexFunc(all, func(f figure) bool { return f.ID == call }); e.Holds == verdict.False && i >= 0 {
				return i
			}
		}
	}
	return max(0, slices.IndexFunc(all, func(f figure) bool { return len(f.Pictures[0].Lanes) > 2 }))
}

func newCheck(r *verdict.Result, k *verdict.Check, known *spec.Challenge) check {
	c := check{Check: *k, Anchor: anchor(r.ID, k.ID), Found: found(k.Cause)}
	if k.WaitsFor != "" {
		c.Waits = anchor(r.ID, k.WaitsFor)
	}
	if known != nil && k.Verdict != verdict.Pass && k.Verdict != verdict.NotJudged {
		if s := known.Check(k.ID); s != nil {
			c.Hints = hints(s.Hints)
		}
	}
	for _, e := range k.Evidence {
		var q quantity.Quantity
		if known != nil {
			q, _ = known.Quantity(e.Quantity)
		}
		one := newChart(e, q)
		one.Of = whose(known, e.Quantity)
		c.Charts = append(c.Charts, one)
	}
	rank := map[verdict.Truth]int{verdict.False: 0, verdict.Undecided: 1, verdict.True: 2}
	slices.SortStableFunc(c.Charts, func(a, b chart) int { return cmp.Compare(rank[a.Holds], rank[b.Holds]) })
	return c
}

// anchor names a challenge, or a check of it, in the page's own links.
func anchor(challenge, check string) string {
	name := path.Base(challenge)
	if check != "" {
		name += "." + check
	}
	return strings.Map(func(r rune) rune {
		if r < 'a' && r != '-' && r != '.' && (r < '0' || r > '9') || r > 'z' {
			return '_'
		}
		return r
	}, strings.ToLower(name))
}

// rich cuts a text at its backticks: what stands between two of them is code.
func rich(s string) []span {
	parts := strings.Split(safetext.Text(s), "`")
	if len(parts)%2 == 0 { // one is left over
		return []span{{Text: safetext.Text(s)}}
	}
	var out []span
	for i, p := range parts {
		if p != "" {
			out = append(out, span{[]string{"", "code"}[i%2], p})
		}
	}
	return out
}
