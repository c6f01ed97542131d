// Package server is the grader's own HTTP server on the loopback interface:
// it answers each request after a delay, and keeps a log of which requests
// were under way when. What a learner's program waited for is thereby known
// from the other end of the line.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/sched"
	"github.com/gilcourse/gilcourse/grader/workload"
)

// most bounds the requests of one run that are answered and kept.
const most = 20_000

// longestBody bounds what is sent to be stored.
const longestBody = 1 << 10

// Plan says how the server answers during one call.
type Plan struct {
	workload.Call
	Mean       time.Duration // until the answer
	Iterations int64         // that the processing of a fetched item takes
	// Refused is the item for which a fetch fails, Odd the one that
	// processing must refuse; -1 for none.
	Refused, Odd int64
}

// Server answers the requests of one run. Its methods may be called from any
// goroutine.
type Server struct {
	http   *http.Server
	addr   string
	served chan struct{}

	mu   sync.Mutex // guards all below
	plan Plan
	log  []*entry
	last map[net.Conn]*entry
}

// entry is a request in the log; its times are on sched's clock, in ns.
type entry struct {
	kind, from       string
	item             int64
	begin, end, left int64
}

type connKey struct{}

// Start starts a server for the connections that the listener accepts.
func Start(l net.Listener) *Server {
	s := &Server{addr: l.Addr().String(), last: map[net.Conn]*entry{}, served: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /fetch/{item}", s.fetch)
	mux.HandleFunc("POST /store", s.store)
	s.http = &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 8 << 10,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		ConnState: func(c net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				s.closed(c)
			}
		},
	}
	go func() {
		defer close(s.served)
		s.http.Serve(l)
	}()
	return s
}

// Addr is the server's host:port.
func (s *Server) Addr() string { return s.addr }

// Set says how to answer from now on.
func (s *Server) Set(p Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = p
}

// Close ends the server and gives its log, with times in µs since start, an
// instant on sched's clock.
func (s *Server) Close(start int64) []record.Request {
	s.http.Close()
	<-s.served
	s.mu.Lock()
	defer s.mu.Unlock()
	since := func(t int64) int64 {
		if t == 0 {
			return 0
		}
		return (t - start) / 1000
	}
	var out []record.Request
	for _, e := range s.log {
		if e.end == 0 {
			e.end = sched.Now() // it was never answered
		}
		out = append(out, record.Request{Kind: e.kind, Item: e.item, From: e.from, Begin: since(e.begin), End: since(e.end), Left: since(e.left)})
	}
	slices.SortStableFunc(out, func(a, b record.Request) int { return int(a.Begin - b.Begin) })
	return out
}

func (s *Server) closed(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.last[c]; e != nil {
		e.left = sched.Now()
		delete(s.last, c)
	}
}

// begin enters a request into the log, false where there are too many.
func (s *Server) begin(r *http.Request, kind string, item int64) (*entry, Plan, bool) {
	now := sched.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.log) >= most {
		return nil, Plan{}, false
	}
	from := r.Header.Get("X-Client")
	e := &entry{kind: kind, item: item, from: strings.ToValidUTF8(from[:min(len(from), 80)], "?"), begin: now}
	s.log = append(s.log, e)
	if c, ok := r.Context().Value(connKey{}).(net.Conn); ok {
		s.last[c] = e
	}
	return e, s.plan, true
}

// answer writes a number, or an error, after the delay.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, kind string, item int64, value func(Plan) (int64, error)) {
	e, plan, ok := s.begin(r, kind, item)
	if !ok {
		http.Error(w, `"too many requests"`, http.StatusTooManyRequests)
		return
	}
	wait := time.NewTimer(time.Duration(float64(plan.Mean) * plan.Delay(item)))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.Context().Done():
		// The client has gone, or sends no more: in neither case is there an
		// answer before its time.
		s.mu.Lock()
		e.end = sched.Now()
		s.mu.Unlock()
		panic(http.ErrAbortHandler)
	}
	v, err := value(plan)
	s.mu.Lock()
	e.end = sched.Now()
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintf(w, "%q", err)
		return
	}
	fmt.Fprint(w, v)
}

// errRefused is what the client of a refused fetch reads.
var errRefused = errors.New("this item is not to be had")

func (s *Server) fetch(w http.ResponseWriter, r *http.Request) {
	item, err := strconv.ParseInt(r.PathValue("item"), 10, 64)
	if err != nil {
		http.Error(w, `"an item is a whole number"`, http.StatusBadRequest)
		return
	}
	s.answer(w, r, "fetch", item, func(p Plan) (int64, error) {
		if item == p.Refused {
			return 0, errRefused
		}
		return p.Fetched(item, p.Iterations, item == p.Odd), nil
	})
}

func (s *Server) store(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, longestBody))
	value, perr := strconv.ParseInt(strings.TrimSpace(string(body)), 10, 64)
	if err != nil || perr != nil {
		http.Error(w, `"what is stored is a whole number: the result of process"`, http.StatusBadRequest)
		return
	}
	s.answer(w, r, "store", value, func(p Plan) (int64, error) { return p.Stored(value), nil })
}
