package machinelock

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/gilcourse/gilcourse/grader/safetext"
)

// line is the folder in which each who waits, or is served, has a locked file: a
// ticket. Whoever ends, however it ends, gives that lock back, and those behind, who
// sleep on it, wake. The line only says who goes first; that one has the machine for
// itself is the doing of the lock.
type line struct{ dir string }

// ticket is what the name of such a file says. Each turn has one while it stands in
// the line, and another one while it is alone or wants to be.
type ticket struct {
	file    string
	id      string // in the order in which they came
	alone   bool
	expects time.Duration // how long the turn takes, in whole seconds
}

// held is a ticket of our own.
type held struct {
	file string
	lock *flock.Flock
}

// What the names of tickets end with.
const (
	standing = ".standing"
	wanting  = ".alone"
)

// newID gives an id that comes after all before, across processes.
func newID() string { return fmt.Sprintf("%020d-%08x", time.Now().UnixNano(), rand.Uint32()) }

func (t ticket) name() string {
	kind := standing
	if t.alone {
		kind = wanting
	}
	return t.id + "." + strconv.Itoa(int(t.expects.Seconds())) + kind
}

// parseTicket reads a file's name; false where it is no ticket's.
func parseTicket(name string) (t ticket, ok bool) {
	rest, ok := strings.CutSuffix(name, standing)
	if !ok {
		rest, ok = strings.CutSuffix(name, wanting)
		t.alone = ok
	}
	id, seconds, found := strings.Cut(rest, ".")
	n, err := strconv.Atoi(seconds)
	t.id, t.expects = id, time.Duration(n)*time.Second
	return t, ok && found && err == nil
}

// openLine makes the folder, where it is missing, so that everybody can make files
// in it, and nobody can remove another's.
func openLine() (line, error) {
	l := line{File() + ".line"}
	err := os.Mkdir(l.dir, 0o755)
	if err == nil {
		err = os.Chmod(l.dir, 0o777|fs.ModeSticky)
	} else if errors.Is(err, fs.ErrExist) {
		var info fs.FileInfo
		if info, err = os.Lstat(l.dir); err == nil && !info.IsDir() {
			err = errors.New("it is no folder")
		}
	}
	return l, l.unusable(err)
}

// unusable says what to do about a folder with this error; nil for none.
func (l line) unusable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("use the folder %s, in which those who measure stand in line: %w; remove it, or name another lock file in %s", safetext.Name(l.dir), err, Variable)
}

// enter makes a ticket. It is locked before it has its name, since without a lock it
// would be taken for one whose holder has ended.
func (l line) enter(t ticket) (*held, error) {
	name := filepath.Join(l.dir, t.name())
	lock, err := attempt(name+".new", true)
	if err == nil {
		lock, err = rename(lock, name)
	}
	if err != nil {
		return nil, l.unusable(err)
	}
	return &held{name, lock}, nil
}

// served notes on a ticket that its turn begins now.
func (h *held) served() { os.Chtimes(h.file, time.Time{}, time.Now()) } // an estimate rests on it, no more

// leave takes a ticket out of the line, which wakes those who wait for it.
func (h *held) leave() {
	os.Remove(h.file)
	h.lock.Close()
}

// before gives the tickets before an id whose holders live, in the order of the line.
func (l line) before(id string) []ticket {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return nil // whoever took the folder away has opened the line; the lock still holds
	}
	var all []ticket
	for _, e := range entries {
		t, ok := parseTicket(e.Name())
		if t.file = filepath.Join(l.dir, e.Name()); ok && t.id < id && alive(t.file) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b ticket) int { return cmp.Compare(a.id, b.id) })
	return all
}

// alive reports whether the holder of a ticket has not ended; the tickets of those
// who have are cleared away.
func alive(file string) bool {
	l := flock.New(file, flock.SetFlag(openFlags))
	defer l.Close()
	got, err := l.TryRLock()
	if got {
		os.Remove(file) // which only its owner can
	}
	return !got && err == nil
}

// ahead says how many turns come before an id, and about how long they take: the
// first one as much as is left of it.
func (l line) ahead(id string) (turns int, about time.Duration) {
	for _, t := range l.before(id) {
		if t.alone {
			continue
		}
		if turns++; turns == 1 {
			if info, err := os.Stat(t.file); err == nil {
				t.expects -= time.Since(info.ModTime())
			}
		}
		about += max(0, t.expects)
	}
	return turns, about
}
