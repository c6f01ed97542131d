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

// acquire gets the lock on a file.
func acquire(name string, alone bool, poll func() error) (*os.File, error) {
	unusable := func(err error) error {
		return fmt.Errorf("use the lock %s, which keeps measurements from each other: %w; remove it, or name another file in %s", safetext.Name(name), err, Variable)
	}
	for {
		f, err := open(name)
		if err != nil {
			return nil, unusable(err)
		}
		for {
			got, err := lock(f, alone)
			if got {
				break
			}
			if err != nil {
				err = unusable(err)
			} else {
				err = poll()
			}
			if err != nil {
				f.Close()
				return nil, err
			}
		}
		// Something that clears temporary files may have put another in its place.
		have, err := f.Stat()
		if err == nil {
			if now, err := os.Lstat(name); err == nil && os.SameFile(have, now) {
				return f, nil
			}
		}
		f.Close()
	}
}

// open opens the lock file, which it makes where it is missing. Another user's
// can be read, which is enough.
func open(name string) (f *os.File, err error) {
	for range 20 {
		if f, err = openFile(name); err == nil {
			info, err := f.Stat()
			if err == nil && !info.Mode().IsRegular() {
				err = errors.New("it is no file")
			}
			if err != nil {
				f.Close()
				return nil, err
			}
			return f, nil
		}
		if errors.Is(err, fs.ErrNotExist) {
			if f, err = os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644); err == nil {
				return f, f.Chmod(0o644) // whatever the umask
			}
		}
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
		time.Sleep(time.Millisecond) // another process makes it just now
	}
	return nil, err
}

// Try takes the lock on a file of the caller's, which it makes where it is
// missing, and keeps it until release is called; it does not wait, and is
// false where another holds it.
func Try(name string) (release func(), ok bool, err error) {
	f, err := open(name)
	if err != nil {
		return nil, false, err
	}
	if ok, err = lock(f, true); !ok {
		f.Close()
		return nil, false, err
	}
	return sync.OnceFunc(func() { f.Close() }), true, nil
}
