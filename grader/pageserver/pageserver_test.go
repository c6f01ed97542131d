package pageserver

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/page"
	"github.com/gilcourse/gilcourse/grader/recordings"
	"github.com/gilcourse/gilcourse/grader/report"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

func get(t *testing.T, address, host string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func shown(t *testing.T, name string) page.Page {
	t.Helper()
	rec, err := recordings.Read("challenge3/gil-discovery/" + name)
	if err != nil {
		t.Fatal(err)
	}
	result, err := judge.Judge(rec)
	if err != nil {
		t.Fatal(err)
	}
	return page.Page{Report: report.Report{Challenges: []*verdict.Result{result}}}
}

func TestServer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if code, says := get(t, s.Address(), ""); code != http.StatusServiceUnavailable || !strings.Contains(says, "there is no page yet") {
		t.Errorf("before the first: %d %q", code, says)
	}
	for i, name := range []string{"fail-processes-joined-in-start-loop", "pass-spawn-json-devops"} {
		if err := s.Show(shown(t, name)); err != nil {
			t.Fatal(err)
		}
		code, html := get(t, s.Address(), "")
		if code != http.StatusOK || !strings.Contains(html, "Experience the GIL") || strings.Contains(html, "p.join()") != (i == 0) {
			t.Errorf("%s: %d, %d bytes", name, code, len(html))
		}
		if code, version := get(t, s.Address()+"version", ""); code != http.StatusOK || version != []string{"1", "2"}[i] {
			t.Errorf("%s: %d %q", name, code, version)
		}
	}
	at, err := url.Parse(s.Address())
	if err != nil {
		t.Fatal(err)
	}
	if at.Hostname() != "127.0.0.1" || len(at.Path) < 20 {
		t.Errorf("the address is %s", at)
	}
	for _, path := range []string{"/", "/version", "/guess/", at.Path + "../", at.Path + "other"} {
		if code, says := get(t, "http://"+at.Host+path, ""); code != http.StatusNotFound || strings.Contains(says, "Experience") {
			t.Errorf("%s: %d", path, code)
		}
	}
	if code, _ := get(t, s.Address(), "attacker.example:80"); code != http.StatusNotFound {
		t.Errorf("by another name: %d", code)
	}
	cancel()
	if _, err := http.Get(s.Address()); err == nil {
		// It closes soon after the context has ended.
		for err == nil {
			_, err = http.Get(s.Address())
		}
	}
}
