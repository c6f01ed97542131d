package screen

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"
	"github.com/google/go-cmp/cmp"

	"github.com/gilcourse/gilcourse/grader/format"
	"github.com/gilcourse/gilcourse/grader/guide"
	"github.com/gilcourse/gilcourse/grader/observe"
	"github.com/gilcourse/gilcourse/grader/progress"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	discovery   = "challenge3/gil-discovery"
	workarounds = "challenge3/workarounds"
)

// fake is a course of two challenges. A check gives the recording that is next, and
// waits, where it is told to, until its context ends.
type fake struct {
	t     *testing.T
	there map[string]bool
	// next are the recordings that checks give.
	next    []string
	hang    bool
	checked []string // ids
	hints   int
	stops   []guide.Stop
}

func newFake(t *testing.T) *fake {
	challenge := func(id, title, file string) *spec.Challenge {
		return &spec.Challenge{ID: id, Title: title, Deliverable: file, Summary: "What it is about", Checks: []spec.Check{{ID: "runs", Points: 100}}}
	}
	return &fake{t: t, there: map[string]bool{discovery: true}, stops: []guide.Stop{
		{Number: 1, Section: "The workshop", Challenge: challenge(discovery, "Experience the GIL", "gil_discovery.py")},
		{Number: 2, Section: "The workshop", Challenge: challenge(workarounds, "Work around the GIL", "workarounds.py")},
	}}
}

func (f *fake) judged(name string) *verdict.Result {
	rec, err := recordings.Read(path.Join("challenge3", name))
	if err != nil {
		f.t.Fatal(err)
	}
	result, err := judge.Judge(rec)
	if err != nil {
		f.t.Fatal(err)
	}
	return result
}

func (f *fake) Way() ([]guide.Stop, error) { return f.stops, nil }
func (f *fake) There(id string) bool       { return f.there[id] }
func (f *fake) Check(ctx context.Context, id string, _ func(observe.Progress)) (*verdict.Result, error) {
	f.checked = append(f.checked, id)
	if f.hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if len(f.next) == 0 {
		return nil, errors.New("gil_discovery.py was not found")
	}
	r := f.judged(f.next[0])
	f.next = f.next[1:]
	for i := range f.stops {
		if s := &f.stops[i]; s.Challenge.ID == id {
			a := guide.Attempt(&record.Record{}, r)
			a.Number, a.When = len(s.Attempts)+1, time.Date(2026, 11, 30, 16, 2, len(s.Attempts), 0, time.Local)
			if s.Attempts = append(s.Attempts, a); r.Verdict == verdict.Pass {
				s.Passed = a.When
			}
		}
	}
	return r, nil
}
func (f *fake) Last(a progress.Attempt) (*verdict.Result, error) { return nil, errors.New("no record") }
func (f *fake) Hint(string, *verdict.Check) Hint {
	f.hints = min(f.hints+1, 3)
	return Hint{Text: fmt.Sprintf("This is the hint of level %d.\n\n    for p in processes:\n        p.join()", f.hints), Level: f.hints, Of: 3}
}
func (f *fake) Text(id string) ([]string, error) {
	return []string{"Write the file for " + path.Base(id) + ".", "", "Threads take turns."}, nil
}
func (f *fake) Start(id string) ([]string, error) {
	f.there[id] = true
	return []string{"workarounds.py"}, nil
}
func (f *fake) Open(string) (string, error) { return "/tmp/report.html", nil }

// do gives a model a message, and then those that follow from it, ticks excepted.
func do(t *testing.T, m *model, msg tea.Msg) {
	t.Helper()
	_, cmd := m.Update(msg)
	follow(m, cmd)
}

func follow(m *model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			follow(m, c)
		}
	case nil, tea.QuitMsg:
	default:
		_, next := m.Update(msg)
		follow(m, next)
	}
}

func press(k string) tea.KeyPressMsg {
	if k == "esc" {
		return tea.KeyPressMsg{Code: tea.KeyEscape}
	}
	if k == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	return tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
}

func open(t *testing.T, f *fake, o Options) *model {
	t.Helper()
	if len(o.IDs) == 0 {
		o.IDs = []string{discovery}
	}
	m, err := newModel(t.Context(), f, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// shown draws the screen on a terminal, as big as the model says.
func shown(t *testing.T, m *model) string {
	t.Helper()
	term := vt.NewEmulator(m.width, m.height)
	if _, err := term.Write([]byte(strings.ReplaceAll(m.View().Content, "\n", "\r\n"))); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(term.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.Join(lines, "\n") + "\n"
}

// golden compares the screen at two sizes, with colour and without, with what it
// was.
func golden(t *testing.T, name string, m *model) {
	t.Helper()
	for _, size := range []struct{ width, height int }{{80, 24}, {60, 16}} {
		do(t, m, tea.WindowSizeMsg{Width: size.width, Height: size.height})
		m.Color = false
		text := shown(t, m)
		if strings.Contains(m.View().Content, "\x1b") {
			t.Errorf("%s: an escape without colour", name)
		}
		if lines := strings.Split(m.View().Content, "\n"); len(lines) != size.height {
			t.Errorf("%s: %d lines on %d", name, len(lines), size.height)
		}
		for line := range strings.Lines(m.View().Content) {
			if format.Width(strings.TrimRight(line, "\n")) > size.width {
				t.Errorf("%s: wider than %d columns: %q", name, size.width, line)
			}
		}
		m.Color = true
		if d := cmp.Diff(text, shown(t, m)); d != "" {
			t.Errorf("%s: colour changes the text: %s", name, d)
		}
		file := filepath.Join("testdata", fmt.Sprintf("%s.%dx%d", name, size.width, size.height))
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), text); d != "" {
			t.Errorf("%s: %s; `go test ./grader/screen -update` accepts it", file, d)
		}
	}
}

// TestScreens goes through a morning: a fail, its hint, all of it, the list, a pass,
// and the next challenge.
func TestScreens(t *testing.T) {
	f := newFake(t)
	f.next = []string{"gil-discovery/fail-processes-joined-in-start-loop", "gil-discovery/pass-spawn-json-devops", "workarounds/fail-c-syntax-error"}
	m := open(t, f, Options{Polled: "NFS does not tell of them"})
	golden(t, "begin", m)
	follow(m, m.Init())
	golden(t, "fail", m)
	do(t, m, press("h"))
	do(t, m, press("h"))
	golden(t, "hint", m)
	do(t, m, press("d"))
	do(t, m, press("space"))
	golden(t, "details", m)
	do(t, m, press("l"))
	golden(t, "list", m)
	do(t, m, press("esc"))
	do(t, m, savedMsg{"gil_discovery.py"})
	golden(t, "pass", m)
	do(t, m, press("n"))
	golden(t, "next", m)
	if n := len(f.checked); n != 2 {
		t.Errorf("%v were checked before the first save", f.checked)
	}
	do(t, m, savedMsg{"workarounds.py"}) // the starter, as the folder tells it
	if n := len(f.checked); n != 2 {
		t.Errorf("the starter was checked: %v", f.checked)
	}
	do(t, m, savedMsg{"workarounds.py"})
	golden(t, "calls", m)
	do(t, m, press("r"))
	golden(t, "error", m)
}

// TestSaveDuringCheck ends the check under way and begins another, once, however
// many saves there were.
func TestSaveDuringCheck(t *testing.T) {
	f := newFake(t)
	m := open(t, f, Options{})
	f.hang = true
	ended := make(chan tea.Msg)
	first := m.check()
	go func() { ended <- first() }()
	for _, save := range []savedMsg{{"gil_discovery.py"}, {"helper.py"}} {
		if _, cmd := m.Update(save); cmd != nil {
			t.Error("a second check began beside the first")
		}
	}
	if !strings.Contains(shown(t, m), "saved: the check begins again") {
		t.Errorf("the screen does not say it:\n%s", shown(t, m))
	}
	msg := <-ended
	if done := msg.(checkedMsg); !errors.Is(done.err, context.Canceled) {
		t.Fatalf("the first check came to %+v", done)
	}
	f.hang, f.next = false, []string{"gil-discovery/pass-spawn-json-devops"}
	do(t, m, msg)
	if len(f.checked) != 2 || m.result == nil || m.cancel != nil {
		t.Errorf("%v were checked; the result is %v", f.checked, m.result)
	}
}

// TestSavedFile turns to the challenge whose file was saved.
func TestSavedFile(t *testing.T) {
	f := newFake(t)
	f.there[workarounds] = true
	f.next = []string{"workarounds/fail-c-syntax-error", "workarounds/fail-c-syntax-error", "gil-discovery/pass-spawn-json-devops"}
	m := open(t, f, Options{IDs: []string{discovery, workarounds}})
	for _, save := range []savedMsg{{"workarounds/workarounds.py"}, {"primes.c"}, {"gil_discovery.py"}} {
		do(t, m, save)
	}
	if got := strings.Join(f.checked, " "); got != workarounds+" "+workarounds+" "+discovery {
		t.Errorf("checked were %s", got)
	}
}

// TestTiny draws nothing beyond the smallest terminals.
func TestTiny(t *testing.T) {
	f := newFake(t)
	f.next = []string{"gil-discovery/fail-processes-joined-in-start-loop"}
	m := open(t, f, Options{})
	follow(m, m.Init())
	for height := 1; height < 30; height++ {
		for _, width := range []int{1, 10, 30, 200} {
			do(t, m, tea.WindowSizeMsg{Width: width, Height: height})
			if n := strings.Count(m.View().Content, "\n") + 1; n != height {
				t.Errorf("%d by %d: %d lines", width, height, n)
			}
		}
	}
}

// TestRun ends with q, and with it the check under way.
func TestRun(t *testing.T) {
	f := newFake(t)
	f.hang = true
	keys, hand := io.Pipe()
	changed := make(chan []string)
	ended := make(chan error)
	go func() {
		ended <- Run(t.Context(), f, Options{In: keys, Out: io.Discard, IDs: []string{discovery}, Changed: changed})
	}()
	changed <- []string{"gil_discovery.py"}
	if _, err := io.WriteString(hand, "q"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		ended <- Run(ctx, newFake(t), Options{In: keys, Out: io.Discard, IDs: []string{discovery}, Changed: changed})
	}()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it came to %v", err)
	}
}
