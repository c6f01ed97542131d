package page_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/gilcourse/gilcourse/grader/page"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// ofRecordings makes the page of recordings, whose sources lie in the fixtures.
func ofRecordings(t testing.TB, title string, names ...string) page.Page {
	t.Helper()
	p := page.Page{Report: report.Report{Title: title}}
	dirs := map[string]string{}
	for _, name := range names {
		rec, err := recordings.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		result, err := judge.Judge(rec)
		if err != nil {
			t.Fatal(err)
		}
		p.Report.Challenges, p.Records = append(p.Report.Challenges, result), append(p.Records, rec)
		kind, fixture, _ := strings.Cut(path.Base(name), "-")
		dirs[rec.Header.Challenge] = filepath.Join("../../fixtures", rec.Header.Challenge, kind, fixture)
	}
	p.Source = func(challenge, file string) string {
		text, err := os.ReadFile(filepath.Join(dirs[challenge], file))
		if err != nil {
			return ""
		}
		return string(text)
	}
	return p
}

// written writes a page to a file.
func written(t testing.TB, p page.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Write(&b, p); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

const (
	discovery = "challenge3/gil-discovery/"
	calls     = "challenge3/workarounds/"
	analyzer  = "challenge3/strategy-analyzer/"
)

// pages are one of each kind, and a workshop.
func pages(t *testing.T) map[string]page.Page {
	started := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	var attempts []progress.Attempt
	for i, points := range []float64{10, 35, 35, 60, 55, 80} {
		attempts = append(attempts, progress.Attempt{When: started.Add(time.Duration(i) * time.Hour), Verdict: "fail", Points: points, MaxPoints: 100})
	}
	failed := ofRecordings(t, "", discovery+"fail-processes-joined-in-start-loop")
	failed.Attempts = map[string][]progress.Attempt{"challenge3/gil-discovery": attempts}
	missing := ofRecordings(t, "The GIL Impact Workshop", discovery+"pass-spawn-json-devops", calls+"fail-imports-name-error", analyzer+"fail-cpu-8x-on-4-cores")
	missing.Report.Missing = []report.Missing{{ID: "challenge3/more", Deliverable: "more.py", Looked: []string{"this folder"}, MaxScore: 10}}
	all := map[string]page.Page{
		"pass":         ofRecordings(t, "", calls+"pass-textbook-pool"),
		"fail":         failed,
		"workshop":     missing,
		"inconclusive": ofRecordings(t, "", "crowded/manager-on-a-crowded-machine"),
		"hostile":      hostilePage(t),
		"nothing":      {Report: report.Report{Missing: missing.Report.Missing}},
	}
	if os.Getenv("GILCOURSE_SHOTS") != "" { // to be looked at; the others have the like of it
		all["calls"] = ofRecordings(t, "", calls+"fail-c-gil-never-released")
		all["analyzer"] = ofRecordings(t, "", analyzer+"pass-beginner-if")
	}
	return all
}

// TestInABrowser looks at the pages in a real browser, on a phone and on a wide
// screen, in light and dark.
func TestInABrowser(t *testing.T) {
	b := open(t)
	for name, p := range pages(t) {
		t.Run(name, func(t *testing.T) {
			b.show(t, written(t, p))
			for _, look := range []struct {
				width int64
				theme string
			}{{360, "light"}, {1440, "light"}, {1440, "dark"}} {
				b.resize(t, look.width, look.theme)
				inspect(t, b)
				b.shot(t, fmt.Sprintf("%s-%d-%s", name, look.width, look.theme), look.width)
			}
			evaluate[bool](t, b, `document.querySelectorAll("details").forEach(d => d.open = true), true`)
			inspect(t, b)
		})
	}
}

// TestFigures zooms and points, with the mouse and with the keyboard, and reads what
// the page tells.
func TestFigures(t *testing.T) {
	b := open(t)
	b.show(t, written(t, ofRecordings(t, "", discovery+"fail-affinity-narrowed")))
	b.resize(t, 1440, "light")
	const (
		figure = `document.querySelector(".figure")`
		view   = `document.querySelector(".task .time").getAttribute("viewBox").split(" ").map(Number)`
		tip    = `(e => e.hidden ? "" : e.textContent)(document.querySelector("#tip"))`
	)
	press := func(key string) {
		evaluate[bool](t, b, figure+`.focus(), `+figure+`.dispatchEvent(new KeyboardEvent("keydown", {key: "`+key+`", bubbles: true}))`)
	}
	whole := evaluate[[]float64](t, b, view)
	press("+")
	if v := evaluate[[]float64](t, b, view); v[0] <= 0 || v[2] >= whole[2] {
		t.Errorf("+ changes the view from %v to %v", whole, v)
	}
	press("0")
	if v := evaluate[[]float64](t, b, view); v[0] != 0 || v[2] != whole[2] {
		t.Errorf("0 gives the view %v of %v", v, whole)
	}
	press("ArrowRight")
	if s := evaluate[string](t, b, tip); !strings.HasPrefix(s, "main at ") || !strings.Contains(s, "%") {
		t.Errorf("the arrow keys tell %q", s)
	}
	press("ArrowDown")
	if s := evaluate[string](t, b, tip); !strings.HasPrefix(s, "thread 1 at ") {
		t.Errorf("the arrow down tells %q", s)
	}
	// a process of this submission has but one core to compute on: it waits
	evaluate[bool](t, b, `(lane => {
		lane.scrollIntoView({block: "center"});
		const r = lane.querySelector(".time").getBoundingClientRect();
		return lane.dispatchEvent(new PointerEvent("pointermove", {clientX: r.left + r.width * 0.85, clientY: r.top + r.height / 2, bubbles: true}));
	})(document.querySelectorAll(".task")[6])`)
	if s := evaluate[string](t, b, tip); !strings.HasPrefix(s, "process 2 at ") || !strings.Contains(s, "waiting for a core") {
		t.Errorf("the pointer tells %q", s)
	}
	evaluate[bool](t, b, `[...document.querySelectorAll(".tools button")].find(x => x.textContent === "threads").click(), true`)
	if v := evaluate[[]float64](t, b, view); v[0] < whole[2]/5 || v[2] > whole[2]/2 {
		t.Errorf("the button for the threads shows %v of %v", v, whole)
	}
	evaluate[bool](t, b, `new Promise(done => { addEventListener("hashchange", () => setTimeout(() => done(true))); document.querySelector(".tile.processes .big a").click() })`)
	if !evaluate[bool](t, b, `document.querySelector("#word-wanting-a-core").closest("details").open`) {
		t.Error("what a word means stays folded")
	}
	for _, trouble := range b.take() {
		t.Error(trouble)
	}
}

// TestReload has a server whose page loads itself again when there is a new report,
// and asks nobody else.
func TestReload(t *testing.T) {
	b := open(t)
	p := ofRecordings(t, "", discovery+"reference")
	p.Reload = "/state"
	var state atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == p.Reload {
			fmt.Fprint(w, state.Load())
		} else if err := page.Write(w, p); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	if err := chromedp.Do(b, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	evaluate[bool](t, b, `new Promise(done => { window.before = true; setTimeout(() => done(true), 1500) })`) // it has asked once
	state.Add(1)
	again := false
	for i := 0; i < 200 && !again; i++ {
		time.Sleep(50 * time.Millisecond)
		v, err := chromedp.Run(b, chromedp.Evaluate[bool](`window.before !== true`)) // an error while it loads
		again = err == nil && v
	}
	if !again {
		t.Error("the page stands as it was")
	}
	for _, trouble := range b.take() {
		if !strings.HasPrefix(trouble, "it asked for "+server.URL) {
			t.Error(trouble)
		}
	}
}

// TestTabs shows one call at a time, and all of them where there is no script, or
// on paper.
func TestTabs(t *testing.T) {
	b := open(t)
	file := written(t, ofRecordings(t, "", calls+"fail-c-gil-never-released"))
	b.show(t, file)
	const shown = `[...document.querySelectorAll(".figure")].filter(f => f.checkVisibility()).map(f => f.querySelector("h4").textContent)`
	if s := evaluate[[]string](t, b, shown); len(s) != 1 || s[0] != "C threads" {
		t.Errorf("%q is shown, not what is to be mended first", s)
	}
	evaluate[bool](t, b, `document.querySelectorAll("[role=tab]")[5].click(), true`)
	if s := evaluate[[]string](t, b, shown); len(s) != 1 || s[0] != "asyncio" {
		t.Errorf("the tab shows %q", s)
	}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	if s := evaluate[[]string](t, b, shown); len(s) < 8 {
		t.Errorf("on paper there are %q", s)
	}
	inspect(t, b)
	if _, err := chromedp.Call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.show(t, file)
	b.resize(t, 1440, "light")
	if s := evaluate[[]string](t, b, shown); len(s) < 8 {
		t.Errorf("without a script there are %q", s)
	}
}

// hostileTexts are what a learner would like a browser to obey.
var hostileTexts = []string{
	`<script>window.pwned=1</script>`, `"><img src=https://evil.example/x onerror=window.pwned=1>`, `'><svg onload=window.pwned=1>`,
	`</style><style>*{display:none}</style>`, `</script><script>window.pwned=1</script>`, `</pre></code></title><base href=https://evil.example>`,
	"javascript:window.pwned=1", "{{.Policy}} ${window.pwned=1}", "\u202eevil\u200b", "\x1b[31m\x00\a", "`<b>`", "-->", "a::b##[error]", strings.Repeat("W", 300),
}

// hostilePage has a hostile text wherever a learner, a spec or a record can put one.
func hostilePage(t testing.TB) page.Page {
	p := ofRecordings(t, "", calls+"fail-c-gil-never-released", analyzer+"fail-cpu-8x-on-4-cores")
	n := 0
	next := func() string { n++; return hostileTexts[n%len(hostileTexts)] }
	source := "x = 1\n" + strings.Join(hostileTexts, "\n") + "\n'''" + strings.Join(hostileTexts, "\n")
	p.Report.Title, p.Learner, p.Index = next(), next(), ""
	p.Report.Missing = []report.Missing{{ID: next(), Deliverable: next(), Refused: next()}}
	for i, r := range p.Report.Challenges {
		rec := p.Records[i]
		sum := sha256.Sum256([]byte(source))
		rec.Submission.SHA256 = hex.EncodeToString(sum[:])
		r.Title, r.Notes, r.Conducted = next(), hostileTexts, next()
		r.Python.Version = next()
		r.Builds = append(r.Builds, record.Build{File: next(), Command: next(), Output: strings.Join(hostileTexts, "\n"), Error: &record.Place{File: next(), Line: 2, Text: next()}})
		for k := range r.Checks {
			c := &r.Checks[k]
			c.ID, c.Title, c.Message, c.Hint, c.Lesson, c.Warnings = c.ID+next(), next(), strings.Join(hostileTexts, " "), next(), next(), hostileTexts
			c.Location = &record.Place{File: r.File, Line: 1 + k, Text: next()}
			c.Verdict = []verdict.Verdict{verdict.Fail, verdict.Inconclusive, verdict.NotJudged, verdict.Pass}[k%4]
			for e := range c.Evidence {
				c.Evidence[e].Quantity, c.Evidence[e].Reason, c.Evidence[e].Unit = next(), next(), next()
			}
		}
		for k := range r.Approaches {
			r.Approaches[k].Label = next()
		}
		for k := range r.Advice {
			r.Advice[k].Workload, r.Advice[k].Expected, r.Advice[k].Strategy, r.Advice[k].Best = next(), next(), next(), next()
		}
		for _, run := range rec.Runs {
			for k := range run.Tasks {
				run.Tasks[k].Command = next()
			}
			for k := range run.Requests {
				run.Requests[k].From = next()
			}
			if run.Template != nil {
				run.Template.Strategy = next()
			}
			for k := range run.Calls {
				run.Calls[k].ID = next() + run.Calls[k].ID
			}
		}
	}
	p.Source = func(string, string) string { return source }
	return p
}
