// Package pageserver shows one page to the browser of this machine's user, and the
// next one in its place as soon as there is one.
//
// It listens on the loopback interface alone, and answers nobody who does not know
// the random token in its address, which other users of the machine cannot see.
package pageserver

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gilcourse/gilcourse/grader/page"
)

// Server serves a page. Its methods may be called at the same time.
type Server struct {
	address string // host and port
	token   string

	mu      sync.Mutex
	html    []byte // nil until there is a page
	version int    // counts them
}

// Start serves until the context ends. An error is the system's.
func Start(ctx context.Context) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve the page: %w", err)
	}
	s := &Server{address: listener.Addr().String(), token: rand.Text()}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 16 << 10}
	go server.Serve(listener) // until it is closed
	context.AfterFunc(ctx, func() { server.Close() })
	return s, nil
}

// Address is where a browser finds the page, with the token.
func (s *Server) Address() string { return "http://" + s.address + s.path() }

func (s *Server) path() string { return "/" + s.token + "/" }

// Show puts a page in the place of the one before, which loads itself again.
func (s *Server) Show(p page.Page) error {
	p.Reload = s.path() + "version"
	var b bytes.Buffer
	if err := page.Write(&b, p); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.html, s.version = b.Bytes(), s.version+1
	return nil
}

// errNoPage is told until the first check has ended.
var errNoPage = errors.New("there is no page yet: it comes with the next check; load this again then")

// ServeHTTP answers a request for the page, or for the number of its version.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	// A name that somebody else's server has made to mean this machine is refused.
	if r.Host != s.address || r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	s.mu.Lock()
	html, version := s.html, s.version
	s.mu.Unlock()
	switch r.URL.Path {
	case s.path():
		if html == nil {
			http.Error(w, errNoPage.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(html) // to a browser that may have gone
	case s.path() + "version":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write([]byte(strconv.Itoa(version)))
	default:
		http.Error(w, "not found", http.StatusNotFound)
	}
}
