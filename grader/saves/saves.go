// Package saves notices when the files of a folder are saved: by the system's own
// notices, or, where those cannot work, by looking again and again.
package saves

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Saves are the saves in a folder and those below it.
type Saves struct {
	// Changed gives the files of each save, with slashes, relative to the folder, in
	// the order of their names. A burst, such as an editor's temporary files, or a
	// formatter after it, is one save. It is closed when the context ends.
	Changed <-chan []string
	// Polled says why the folder is looked at again and again, such as "NFS does not
	// tell of them"; empty where the system tells of saves.
	Polled string
}

const (
	// settled is how long nothing changes after a save: editors write a file in
	// several steps, some milliseconds apart.
	settled = 150 * time.Millisecond
	// look is the time between two looks at the folder, where it is polled.
	look = 700 * time.Millisecond
	// mostFolders is how many folders are watched: a submission has a few.
	mostFolders = 100
)

// Watch notices saves in a folder until the context ends. With poll, or where the
// system cannot say what changes there, it looks again and again. The error is that
// of a folder which cannot be read.
func Watch(ctx context.Context, dir string, poll bool) (*Saves, error) {
	before, err := sources(dir)
	if err != nil {
		return nil, err
	}
	changed := make(chan []string)
	s := &Saves{Changed: changed}
	w := &watch{dir: dir, before: before, changed: changed}
	if poll {
		s.Polled = "--poll"
	} else if kind := remote(dir); kind != "" {
		s.Polled = kind + " does not tell of them"
	} else if w.notices, err = fsnotify.NewWatcher(); err != nil {
		s.Polled = fmt.Sprintf("the system does not tell of them: %v", err)
	} else if err := w.add(); err != nil {
		w.notices.Close()
		w.notices = nil
		s.Polled = fmt.Sprintf("the system does not tell of them: %v", err)
	}
	go w.run(ctx)
	return s, nil
}

// watch is one under way.
type watch struct {
	dir     string
	before  map[string]state
	changed chan<- []string
	notices *fsnotify.Watcher // nil to poll
}

// state tells one version of a file from another.
type state struct {
	size     int64
	modified time.Time
}

// add watches the folder, and those below it that are not watched yet: an editor
// that puts a new file in an old one's place is noticed in the folder alone.
func (w *watch) add() error {
	if err := w.notices.Add(w.dir); err != nil {
		return err
	}
	watched := w.notices.WatchList()
	return walk(w.dir, func(name string, d fs.DirEntry) error {
		if d.IsDir() && name != "." && !slices.Contains(watched, filepath.Join(w.dir, name)) {
			return w.notices.Add(filepath.Join(w.dir, name))
		}
		return nil
	})
}

// run tells each save until the context ends.
func (w *watch) run(ctx context.Context) {
	defer close(w.changed)
	var events <-chan fsnotify.Event
	var failures <-chan error
	var ticks <-chan time.Time
	if w.notices != nil {
		defer w.notices.Close()
		events, failures = w.notices.Events, w.notices.Errors
	} else {
		ticker := time.NewTicker(look)
		defer ticker.Stop()
		ticks = ticker.C
	}
	quiet := time.NewTimer(settled)
	quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-events:
			if e.Has(fsnotify.Create) {
				w.add() // a folder that cannot be watched is looked through at the next notice
			}
			quiet.Reset(settled)
		case <-failures: // notices were lost: look
			quiet.Reset(settled)
		case <-ticks:
			w.tell(ctx)
		case <-quiet.C:
			w.tell(ctx)
		}
	}
}

// tell tells the files that are others than before, where there are any.
func (w *watch) tell(ctx context.Context) {
	now, err := sources(w.dir)
	if err != nil {
		return // the folder is away for a moment
	}
	var names []string
	for name, s := range now {
		if was, known := w.before[name]; !known || was.size != s.size || !was.modified.Equal(s.modified) {
			names = append(names, name)
		}
	}
	if w.before = now; len(names) == 0 {
		return
	}
	slices.Sort(names)
	select {
	case w.changed <- names:
	case <-ctx.Done():
	}
}

// sources gives the sources in a folder and those below it.
func sources(dir string) (map[string]state, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return nil, err
	}
	found := map[string]state{}
	err := walk(dir, func(name string, d fs.DirEntry) error {
		if d.IsDir() || !source(name) {
			return nil
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			found[filepath.ToSlash(name)] = state{info.Size(), info.ModTime()}
		}
		return nil
	})
	return found, err
}

// source reports whether a file can be part of a submission.
func source(name string) bool {
	base := filepath.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") {
		return false
	}
	return slices.Contains([]string{".py", ".c", ".h", ".toml", ".cfg", ".json", ".pyx"}, strings.ToLower(filepath.Ext(base)))
}

// walk goes through a folder and those below it, but for those that hold no sources
// of a learner's. What cannot be read is left out.
func walk(dir string, see func(name string, d fs.DirEntry) error) error {
	folders := 0
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." {
			if folders++; folders > mostFolders || strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"__pycache__", "node_modules", "build", "dist", "site-packages"}, d.Name()) {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(p, "pyvenv.cfg")); err == nil {
				return fs.SkipDir
			}
		}
		return see(name, d)
	})
}
