package machinelock

import (
	"context"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Turn is a place in the line of those who want the machine. Whoever came before is
// served first, as often as it asks, until it leaves. Use it from one goroutine at a
// time.
type Turn struct {
	label  string
	id     string        // of the place
	ticket *held         // nil while it does not stand in the line
	began  time.Time     // when it was first served there; zero before
	first  time.Duration // waited until then
	alone  bool          // it was, there
	waited time.Duration // in all
}

// Wait is how long somebody has waited for the machine, and what for.
type Wait struct {
	For time.Duration
	// Before is how many turns come first, that of whoever has the machine included;
	// 0 where later ones still prepare.
	Before int
	// About is how long that will take, as the like took before.
	About time.Duration
}

// Queue is a turn for something with this name, such as a challenge. It stands in the
// line, at the end, as soon as it asks for something. Leave the line when all is done.
func Queue(label string) *Turn { return &Turn{label: label} }

// Waited is how long it has waited in all.
func (t *Turn) Waited() time.Duration { return t.waited }

// Share waits until nobody who came before measures or is about to, and keeps out
// those who measure until release is called; others may share meanwhile. While it
// waits, waiting, if set, is told about once a second. An error is the context's, or
// that of a file which cannot be used.
func (t *Turn) Share(ctx context.Context, waiting func(Wait)) (release func(), err error) {
	return t.take(ctx, false, waiting)
}

// Alone waits until all who came before have left the line, and keeps everybody out
// until release is called; see Share.
func (t *Turn) Alone(ctx context.Context, waiting func(Wait)) (release func(), err error) {
	return t.take(ctx, true, waiting)
}

func (t *Turn) take(ctx context.Context, alone bool, waiting func(Wait)) (release func(), err error) {
	l, err := openLine()
	if err != nil {
		return nil, err
	}
	if t.ticket == nil {
		t.id = newID()
		if t.ticket, err = l.enter(ticket{id: t.id, expects: l.expected(t.label)}); err != nil {
			return nil, err
		}
	}
	leave := func() {}
	if alone {
		wish, err := l.enter(ticket{id: t.id, alone: true})
		if err != nil {
			return nil, err
		}
		leave = wish.leave
	}
	start := time.Now()
	lock, err := t.served(ctx, l, alone, func() {
		if waiting != nil {
			turns, about := l.ahead(t.id)
			waiting(Wait{time.Since(start), turns, about})
		}
	})
	t.waited += time.Since(start)
	if err != nil {
		leave()
		return nil, err
	}
	if t.alone = t.alone || alone; t.began.IsZero() {
		t.began, t.first = time.Now(), t.waited
		t.ticket.served()
	}
	return sync.OnceFunc(func() {
		lock.Close()
		leave()
	}), nil
}

// served waits for those who come before, the latest of them first, then for the
// lock.
func (t *Turn) served(ctx context.Context, l line, alone bool, tick func()) (*flock.Flock, error) {
	for {
		last := ""
		for _, o := range l.before(t.id) {
			if alone || o.alone {
				last = o.file
			}
		}
		if last == "" {
			return acquire(ctx, File(), alone, tick)
		}
		if err := wait(ctx, last, false, tick); err != nil {
			return nil, err
		}
	}
}

// Leave gives its place up, and keeps how long it took for those who will wait for the
// like. Where it asks for something again, it stands at the end of the line.
func (t *Turn) Leave() {
	if t.ticket == nil {
		return
	}
	t.ticket.leave()
	if l, err := openLine(); err == nil && t.alone {
		l.keep(t.label, time.Since(t.began)-(t.waited-t.first))
	}
	t.ticket, t.began, t.alone = nil, time.Time{}, false
}
