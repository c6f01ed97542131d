package sandbox

import (
	"errors"
	"fmt"
	"net"
	"sync"
)

// firstPort is the port of a command's first listener where it has a loopback
// interface of its own, on which all ports are free.
const firstPort = 20_000

// Listener accepts connections from a command to an address of the loopback
// interface. Where the command has an interface of its own the listener is
// opened there, as the command is started; until then Accept waits. It is for
// one command.
type Listener struct {
	addr net.TCPAddr

	ready chan struct{} // closed when inner or err is set
	once  sync.Once
	inner net.Listener
	err   error
}

// Listen opens a listener for commands in this box; a nil box is none.
// Command.Listen must name it.
func (b *Box) Listen() (*Listener, error) {
	l := &Listener{ready: make(chan struct{})}
	if b.space() != shared {
		b.ports++
		l.addr = net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: firstPort + b.ports%20_000}
		return l, nil
	}
	inner, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on the loopback interface: %w", err)
	}
	l.addr = *inner.Addr().(*net.TCPAddr)
	l.set(inner, nil)
	return l, nil
}

func (l *Listener) set(inner net.Listener, err error) {
	set := false
	l.once.Do(func() {
		l.inner, l.err, set = inner, err, true
		close(l.ready)
	})
	if !set && inner != nil { // it was closed before
		inner.Close()
	}
}

// Accept waits for a connection.
func (l *Listener) Accept() (net.Conn, error) {
	<-l.ready
	if l.err != nil {
		return nil, l.err
	}
	return l.inner.Accept()
}

// Close ends all waiting.
func (l *Listener) Close() error {
	l.set(nil, net.ErrClosed)
	if l.inner == nil {
		return nil
	}
	if err := l.inner.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Addr is the address as the command sees it.
func (l *Listener) Addr() net.Addr { return &l.addr }
