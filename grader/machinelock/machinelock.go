// Package machinelock keeps whoever measures alone on the machine, across all
// processes and users: a lock on a file that all of them know. What prepares
// shares the lock, what measures has it for itself. The system gives the lock
// back when its holder ends, however it ends.
package machinelock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/gilcourse/gilcourse/grader/safetext"
)

// Variable names another lock file than the machine's usual one: containers on
// one machine, say, can share a file.
const Variable = "GILCOURSE_LOCK"

// Place is the lock file.
func Place() string {
	if name := os.Getenv(Variable); name != "" {
		return name
	}
	// Not os.TempDir, which may be each user's own.
	if runtime.GOOS == "windows" {
		return filepath.Join(os.Getenv("ProgramData"), "gilcourse.lock")
	}
	return "/tmp/gilcourse.lock"
}

// pollEvery is the longest between two looks at a lock that another one holds.
// A blocking call could not be interrupted.
const pollEvery = 25 * time.Millisecond

// Alone waits until nobody else holds the lock, and keeps all others out until
// release is called. While it waits, waiting, if set, is told for how long. An
// error is the context's, or that of a lock file which cannot be used.
func Alone(ctx context.Context, waiting func(time.Duration)) (release func(), err error) {
	return take(ctx, true, waiting)
}

// Share waits until nobody is alone, and keeps those who want to be out until
// release is called; others may share at the same time.
func Share(ctx context.Context, waiting func(time.Duration)) (release func(), err error) {
	return take(ctx, false, waiting)
}

// take gets the lock. Whoever waits for it holds a second one, the turn, so
// that nobody who comes later gets in first, again and again.
func take(ctx context.Context, alone bool, waiting func(time.Duration)) (release func(), err error) {
	start := time.Now()
	poll := func() error {
		if waiting != nil {
			waiting(time.Since(start))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(pollEvery, max(time.Millisecond, time.Since(start)/8))):
			return nil
		}
	}
	turn, err := acquire(Place()+".turn", true, poll)
	if err != nil {
		return nil, err
	}
	defer turn.Close()
	held, err := acquire(Place(), alone, poll)
	if err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() { held.Close() }), nil
}

// acquire gets the lock on a file; between two attempts it polls, whose error
// ends it.
func acquire(name string, alone bool, poll func() error) (*flock.Flock, error) {
	for {
		held, err := attempt(name, alone)
		if err != nil {
			return nil, fmt.Errorf("use the lock %s, which keeps measurements from each other: %w; remove it, or name another file in %s", safetext.Name(name), err, Variable)
		}
		if held != nil {
			return held, nil
		}
		if err := poll(); err != nil {
			return nil, err
		}
	}
}

// attempt takes the lock on a file, which it makes where it is missing; nil where
// another holds it, or has put another file in its place just now.
func attempt(name string, alone bool) (*flock.Flock, error) {
	if err := create(name); err != nil {
		return nil, err
	}
	l := flock.New(name, flock.SetFlag(openFlags))
	take := l.TryRLock
	if alone {
		take = l.TryLock
	}
	got, err := take()
	for range 20 { // another process makes it just now, and nobody may read it yet
		if !errors.Is(err, fs.ErrPermission) {
			break
		}
		time.Sleep(time.Millisecond)
		got, err = take()
	}
	if !got {
		if errors.Is(err, fs.ErrNotExist) { // it has just been removed
			err = nil
		}
		return nil, err
	}
	have, err := l.Stat()
	if err == nil && !have.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	// Something that clears temporary files may have put another in its place.
	if now, gone := os.Lstat(name); err != nil || gone != nil || !os.SameFile(have, now) {
		l.Close()
		return nil, err
	}
	return l, nil
}

// create makes the lock file, where it is missing, so that all users can read it,
// which is enough.
func create(name string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
	if err != nil {
		if _, lerr := os.Lstat(name); lerr == nil {
			return nil // whatever it is, opening it tells
		}
		return err
	}
	return errors.Join(f.Chmod(0o644), f.Close()) // whatever the umask
}

// Try takes the lock on a file of the caller's, which it makes where it is
// missing, and keeps it until release is called; it does not wait, and is
// false where another holds it.
func Try(name string) (release func(), ok bool, err error) {
	l, err := attempt(name, true)
	if l == nil {
		return nil, false, err
	}
	return sync.OnceFunc(func() { l.Close() }), true, nil
}
