// Package progress keeps what a learner has done in a course, in the user's state
// folder: which challenges were passed, a small JSON file each, the last attempts
// at each challenge, with what was observed, and how far its hints were read.
// Nothing rests on it; what is lost or cannot be read has not been done.
package progress

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Check is a check of a challenge that passed.
type Check struct {
	Version   int       `json:"version"` // 1
	Challenge string    `json:"challenge"`
	When      time.Time `json:"when"`
	Points    float64   `json:"points"`
	// SHA256 is that of the file that was handed in, in hex.
	SHA256 string `json:"sha256"`
}

const version = 1

// largest is more than any file of ours has, in bytes.
const largest = 4 << 10

// Folder is where the progress in one course is kept. Several processes may use it
// at once; the zero value keeps nothing and knows of nothing.
type Folder struct{ dir string }

// Of gives the folder for the course in dir, or for the embedded one where
// that is empty: below XDG_STATE_HOME, or where the system keeps such things.
func Of(dir string) (Folder, error) {
	base, err := state()
	if err != nil {
		return Folder{}, fmt.Errorf("find the state folder: %w", err)
	}
	course := "course"
	if dir != "" {
		if abs, err := filepath.Abs(dir); err == nil {
			dir = abs
		}
		sum := sha256.Sum256([]byte(dir))
		course = filepath.Base(dir) + "-" + hex.EncodeToString(sum[:6])
	}
	return Folder{filepath.Join(base, "gilcourse", course)}, nil
}

func state() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) { // the XDG specification has others ignored
		return dir, nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return os.UserConfigDir()
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "state"), err
}

// of is a path below a challenge's folder; no path at all where nothing is kept,
// so that nothing is looked for in the working directory.
func (f Folder) of(id string, below ...string) string {
	if f.dir == "" {
		return ""
	}
	return filepath.Join(f.dir, filepath.FromSlash(id), filepath.Join(below...))
}

// file holds that a challenge was passed.
func (f Folder) file(id string) string {
	if name := f.of(id); name != "" {
		return name + ".json"
	}
	return ""
}

// Keep writes that a challenge was passed, whole or not at all.
func (f Folder) Keep(p Check) error {
	p.Version = version
	name := f.file(p.Challenge)
	err := f.ready(filepath.Dir(name))
	if err == nil {
		err = writeJSON(name, p)
	}
	if err != nil {
		return fmt.Errorf("keep what was passed: %w", err)
	}
	return nil
}

// Get tells of a challenge that was passed; false where none is known of.
func (f Folder) Get(id string) (Check, bool) {
	var p Check
	if !readJSON(f.file(id), largest, &p) || p.Version != version || p.Challenge != id || p.When.IsZero() {
		return Check{}, false
	}
	return p, true
}

// ready makes a folder below this one.
func (f Folder) ready(dir string) error {
	if f.dir == "" {
		return errors.New("there is no state folder")
	}
	return os.MkdirAll(dir, 0o700)
}

// First reports whether something, such as "legend", is shown to the learner for the
// first time, and keeps that it was. Where that cannot be kept, it is.
func (f Folder) First(what string) bool {
	if f.ready(f.dir) != nil {
		return true
	}
	file, err := os.OpenFile(filepath.Join(f.dir, what+".shown"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		file.Close()
	}
	return !errors.Is(err, fs.ErrExist)
}
