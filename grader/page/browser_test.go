package page_test

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/look.js
var look string

// seen is what look.js found.
type seen struct {
	Texts    int      `json:"texts"`
	Overlaps []string `json:"overlaps"`
	Faint    []string `json:"faint"`
	Width    int      `json:"width"`
	Window   int      `json:"window"`
	Wide     []string `json:"wide"` // what reaches out of the window
	Pwned    string   `json:"pwned"`
	Scripts  int      `json:"scripts"`
	Odd      []string `json:"odd"`
	Links    []string `json:"links"`
}

// tab is a page in a browser, with all that went wrong in it.
type tab struct {
	context.Context
	mu       sync.Mutex
	troubles []string
}

func (b *tab) trouble(format string, a ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.troubles = append(b.troubles, fmt.Sprintf(format, a...))
}

// take gives what went wrong so far.
func (b *tab) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.troubles
	b.troubles = nil
	return all
}

// browser is one that all tests share, nil where there is none; stop ends it.
var (
	browser = sync.OnceValues(func() (context.Context, error) {
		program := ""
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
			if found, err := exec.LookPath(name); err == nil {
				program = found
				break
			}
		}
		if program == "" {
			return nil, nil
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox)
		ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, cancel := chromedp.NewContext(ctx)
		stop = func() { cancel(); end() }
		return ctx, chromedp.Do(ctx)
	})
	stop = func() {}
)

func TestMain(m *testing.M) {
	code := m.Run()
	stop()
	os.Exit(code)
}

// open opens a tab; where there is no browser, the test is skipped.
func open(t *testing.T) *tab {
	t.Helper()
	ctx, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	if ctx == nil {
		t.Skip("there is no chromium: apt-get install chromium")
	}
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 100*time.Second)
	t.Cleanup(cancel)
	b := &tab{Context: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	err = chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			b.trouble("the script failed in line %d: %s", ev.ExceptionDetails.LineNumber, ev.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			b.trouble("the browser says: %s", ev.Entry.Text)
		case *network.EventRequestWillBeSent:
			if u := ev.Request.URL; !strings.HasPrefix(u, "data:") && !(strings.HasPrefix(u, "file:") && u == ev.DocumentURL) {
				b.trouble("it asked for %s", u)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// show opens a file.
func (b *tab) show(t *testing.T, file string) {
	t.Helper()
	abs, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}).String()
	if err := chromedp.Do(b, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
}

// resize gives the window another width, and says which colours the user prefers.
func (b *tab) resize(t *testing.T, width int64, theme string) {
	t.Helper()
	if err := chromedp.Do(b, chromedp.EmulateViewport(width, 900)); err != nil {
		t.Fatal(err)
	}
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		t.Fatal(err)
	}
}

// evaluate runs an expression of JavaScript in the page.
func evaluate[T any](t *testing.T, b *tab, expression string) T {
	t.Helper()
	v, err := chromedp.Run(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%v in %.200s", err, expression)
	}
	return v
}

// inspect looks at the page as it stands.
func inspect(t *testing.T, b *tab, links ...string) {
	t.Helper()
	s := evaluate[seen](t, b, look)
	if s.Texts < 10 {
		t.Errorf("only %d texts are seen", s.Texts)
	}
	if len(s.Overlaps) > 0 {
		t.Errorf("texts lie on each other: %q", s.Overlaps)
	}
	if len(s.Faint) > 0 {
		t.Errorf("texts are hard to read: %q", s.Faint)
	}
	if s.Width > s.Window {
		t.Errorf("the page is %d wide, the window %d: %q", s.Width, s.Window, s.Wide)
	}
	if s.Pwned != "undefined" || s.Scripts > 2 || len(s.Odd) > 0 {
		t.Errorf("a text was obeyed: %s, %d scripts, %q", s.Pwned, s.Scripts, s.Odd)
	}
	for _, l := range s.Links {
		if !strings.HasSuffix(l, ".html") || strings.Contains(l, ":") {
			t.Errorf("a link leads to %q", l)
		}
	}
	for _, trouble := range b.take() {
		t.Error(trouble)
	}
}

// shot keeps a picture of the page, as high as it is, where GILCOURSE_SHOTS names a
// folder.
func (b *tab) shot(t *testing.T, name string, width int64) {
	t.Helper()
	dir := os.Getenv("GILCOURSE_SHOTS")
	if dir == "" {
		return
	}
	height := evaluate[int64](t, b, "Math.min(9000, document.documentElement.scrollHeight)")
	if err := chromedp.Do(b, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	picture, err := chromedp.Run(b, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}
