// Package machinelock keeps whoever measures alone on the machine, across all
// processes and users: a lock on a file that all of them know. What prepares
// shares the lock, what measures has it for itself. Those who want it stand in a
// line, first come, first served. The system gives the lock back when its holder
// ends, however it ends, and takes whoever ends out of the line.
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

// File is the lock file. The line stands in the folder FILE.line beside it.
func File() string {
	if name := os.Getenv(Variable); name != "" {
		return name
	}
	// Not os.TempDir, which may be each user's own.
	if runtime.GOOS == "windows" {
		return filepath.Join(os.Getenv("ProgramData"), "gilcourse.lock")
	}
	return "/tmp/gilcourse.lock"
}

// acquire gets the lock on a file. While another one has it, it sleeps, and tells
// tick now and then.
func acquire(ctx context.Context, name string, alone bool, tick func()) (*flock.Flock, error) {
	for {
		held, err := attempt(name, alone)
		if err != nil {
			return nil, fmt.Errorf("use the lock %s, which keeps measurements from each other: %w; remove it, or name another file in %s", safetext.Name(name), err, Variable)
		}
		if held != nil {
			return held, nil
		}
		if err := wait(ctx, name, alone, tick); err != nil {
			return nil, err
		}
	}
}

// tickEvery is how often whoever waits hears of it.
const tickEvery = time.Second

// pause keeps those who cannot wait for a lock from trying again and again.
const pause = 25 * time.Millisecond

// wait sleeps until the lock on a file is given back, which may have been taken
// by another one since. The error is the context's; whatever else there is, the
// next attempt tells.
func wait(ctx context.Context, name string, alone bool, tick func()) error {
	freed := make(chan struct{})
	go func() { // the call cannot be interrupted: it lasts on where the context ends
		defer close(freed)
		l := flock.New(name, flock.SetFlag(openFlags))
		defer l.Close()
		take := l.RLock
		if alone {
			take = l.Lock
		}
		if take() != nil {
			time.Sleep(pause)
		}
	}()
	every := time.NewTicker(tickEvery)
	defer every.Stop()
	for {
		tick()
		select {
		case <-freed:
			return ctx.Err()
		case <-ctx.Done():
			return ctx.Err()
		case <-every.C:
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
