package page_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/page"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
)

// site writes the pages of a cohort with all kinds of verdicts and names, and
// gives its folder.
func site(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s, err := page.NewSite(dir, report.CountSkip)
	if err != nil {
		t.Fatal(err)
	}
	c := report.Cohort{Challenge: "challenge3/gil-discovery", Title: "Experience the GIL", Absent: []string{"Nora", hostileTexts[0]}, Left: []string{"Olaf"}}
	add := func(sub report.Submission, records []*record.Record) {
		if err := s.Add(sub, records, nil); err != nil {
			t.Fatal(err)
		}
		c.Submissions = append(c.Submissions, sub)
	}
	for i, name := range []string{"pass-spawn-json-devops", "fail-processes-joined-in-start-loop", "fail-affinity-narrowed", "fail-spawn-without-a-guard"} {
		p := ofRecordings(t, "", discovery+name)
		learners := []string{"Ada Lovelace", "Bjørn Åse", "李明", "../../etc/passwd"}
		add(report.Submission{Learner: learners[i], Path: name, Report: p.Report}, p.Records)
		if i == 1 {
			add(report.Submission{Learner: "Zoë the copyist", Path: name + " again", Report: p.Report, Was: verdict.Pass, WasScore: 100}, p.Records)
		}
	}
	p := ofRecordings(t, "", "crowded/manager-on-a-crowded-machine")
	add(report.Submission{Learner: "Crowded", Path: "crowded", Report: p.Report}, p.Records)
	for i, name := range hostileTexts {
		p := ofRecordings(t, "", discovery+"fail-affinity-narrowed")
		add(report.Submission{Learner: name, Path: fmt.Sprint(i), Report: p.Report}, nil)
	}
	add(report.Submission{Learner: "Rar", Path: "r", Refused: "homework.rar is a RAR archive " + hostileTexts[1]}, nil)
	add(report.Submission{Learner: "Err", Path: "e", Err: "the disk is full"}, nil)
	if err := s.Index(c); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestSite follows the links of a site, and looks for what its index must tell.
func TestSite(t *testing.T) {
	dir := site(t)
	data, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	index := string(data)
	for _, want := range []string{"handed in by several", "Bjørn Åse, Zoë the copyist", "homework.rar is a RAR archive", "the disk is full", "the grader's own fault", "Nora", "Olaf",
		"was pass with 100 points", "Inconclusive</h2>", `<svg class="bins"`} {
		if !strings.Contains(index, want) {
			t.Errorf("the index does not tell %q", want)
		}
	}
	links := 0
	for _, part := range strings.Split(index, `href="learners/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if text, err := os.ReadFile(filepath.Join(dir, "learners", name)); err != nil || !strings.Contains(string(text), `href="../index.html"`) {
			t.Errorf("the link to %s leads nowhere, or not back: %v", name, err)
		}
		links++
	}
	files, err := os.ReadDir(filepath.Join(dir, "learners"))
	if err != nil || len(files) != 6+len(hostileTexts) || links < len(files) {
		t.Errorf("%d pages, %d links, %v", len(files), links, err)
	}
	for _, f := range files {
		if strings.Trim(f.Name(), "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
			t.Errorf("a page is called %q", f.Name())
		}
	}
}

// TestSiteInABrowser looks at the index of a cohort in a real browser, and sorts
// and filters it.
func TestSiteInABrowser(t *testing.T) {
	b := open(t)
	b.show(t, filepath.Join(site(t), "index.html"))
	for _, width := range []int64{360, 1440} {
		b.resize(t, width, map[int64]string{360: "dark", 1440: "light"}[width])
		inspect(t, b)
		b.shot(t, fmt.Sprintf("cohort-%d", width), width)
	}
	first := `[...document.querySelectorAll(".matrix tbody tr")].filter(r => !r.hidden).map(r => r.cells[0].textContent)`
	evaluate[bool](t, b, `document.querySelectorAll(".matrix thead tr:last-child button")[2].click(), true`)
	evaluate[bool](t, b, `document.querySelectorAll(".matrix thead tr:last-child button")[2].click(), true`)
	if names := evaluate[[]string](t, b, first); names[0] != "Ada Lovelace" {
		t.Errorf("by points, the first is %q", names[0])
	}
	evaluate[bool](t, b, `(e => { e.value = "bjø"; e.dispatchEvent(new Event("input")); return true })(document.querySelector(".find"))`)
	if names := evaluate[[]string](t, b, first); len(names) != 1 || names[0] != "Bjørn Åse" {
		t.Errorf("a search for bjø finds %q", names)
	}
	evaluate[bool](t, b, `(e => { e.value = ""; e.dispatchEvent(new Event("input")); const o = document.querySelector(".fails"); o.value = [...o.options].find(x => x.textContent === "runs").value; o.dispatchEvent(new Event("input")); return true })(document.querySelector(".find"))`)
	if names := evaluate[[]string](t, b, first); len(names) != 1 || !strings.Contains(names[0], "passwd") {
		t.Errorf("the check runs does not pass for %q", names)
	}
	for _, trouble := range b.take() {
		t.Error(trouble)
	}
}
