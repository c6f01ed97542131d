package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gilcourse/gilcourse/grader/sched"
	"github.com/gilcourse/gilcourse/grader/workload"
)

func start(t *testing.T, p Plan) *Server {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := Start(l)
	s.Set(p)
	return s
}

func ask(t *testing.T, s *Server, method, path, body string) (int, string) {
	req, err := http.NewRequest(method, "http://"+s.Addr()+path, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	req.Header.Set("X-Client", "1.2.3")
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer res.Body.Close()
	data, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(data)
}

// TestRequestsUnderWay sends requests together and one after the other: the
// log tells them apart.
func TestRequestsUnderWay(t *testing.T) {
	began := sched.Now()
	s := start(t, Plan{Call: workload.Call{Seed: 1}, Mean: 200 * time.Millisecond, Refused: -1, Odd: -1})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() { ask(t, s, "GET", fmt.Sprintf("/fetch/%d", i), "") })
	}
	all.Wait()
	for i := range 2 {
		ask(t, s, "POST", "/store", fmt.Sprint(100+i))
	}
	log := s.Close(began)
	if len(log) != 10 {
		t.Fatalf("%d requests in the log", len(log))
	}
	for i, r := range log {
		if r.Begin < 0 || r.End-r.Begin < 100_000 || r.From != "1.2.3" {
			t.Errorf("request %d: %+v", i, r)
		}
		if r.Left < r.End && i < 9 { // the server may be closed before the last one is
			t.Errorf("request %d was left at %d, before its answer at %d", i, r.Left, r.End)
		}
		if i < 7 && log[i+1].Begin > r.End {
			t.Errorf("requests %d and %d were not under way together", i, i+1)
		}
		if i >= 8 && (r.Kind != "store" || r.Begin < log[i-1].End) {
			t.Errorf("request %d was under way with the one before it: %+v", i, r)
		}
	}
}

func TestAnswers(t *testing.T) {
	call := workload.Call{Seed: 4}
	s := start(t, Plan{Call: call, Iterations: 5, Refused: 3, Odd: 2})
	defer s.Close(0)
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/fetch/1", "", 200, fmt.Sprint(call.Fetched(1, 5, false))},
		{"GET", "/fetch/2", "", 200, fmt.Sprint(call.Fetched(2, 5, true))},
		{"GET", "/fetch/3", "", 503, "not to be had"},
		{"GET", "/fetch/x", "", 400, "whole number"},
		{"POST", "/store", "17", 200, fmt.Sprint(call.Stored(17))},
		{"POST", "/store", `"a"`, 400, "whole number"},
		{"POST", "/store", strings.Repeat("1", 5000), 400, "whole number"},
		{"GET", "/store", "", 405, ""},
		{"GET", "/", "", 404, ""},
	} {
		if status, body := ask(t, s, c.method, c.path, c.body); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s %.20q gives %d %q, want %d %q", c.method, c.path, c.body, status, body, c.status, c.want)
		}
	}
}

// TestTooMany bounds the log.
func TestTooMany(t *testing.T) {
	s := start(t, Plan{Refused: -1, Odd: -1})
	defer s.Close(0)
	s.mu.Lock()
	s.log = make([]*entry, most)
	for i := range s.log {
		s.log[i] = &entry{}
	}
	s.mu.Unlock()
	if status, _ := ask(t, s, "GET", "/fetch/1", ""); status != http.StatusTooManyRequests {
		t.Errorf("got %d", status)
	}
}

// TestHungUp closes the sending half of a connection, which must not bring the
// answer before its time.
func TestHungUp(t *testing.T) {
	s := start(t, Plan{Call: workload.Call{Seed: 1}, Mean: time.Minute, Refused: -1, Odd: -1})
	began := sched.Now()
	conn, err := net.Dial("tcp4", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /fetch/1 HTTP/1.1\r\nHost: x\r\n\r\n")
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if data, _ := io.ReadAll(conn); len(data) > 0 {
		t.Errorf("it was answered %q", data)
	}
	if log := s.Close(began); len(log) != 1 || log[0].End < log[0].Begin {
		t.Errorf("the log is %+v", log)
	}
}
