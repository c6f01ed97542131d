// Package progress keeps which challenges a learner has passed, in the user's
// state folder: one small JSON file for each challenge of each course. Nothing
// rests on it; a file that is lost or cannot be read is a challenge that has
// not been passed.
package progress

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
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

// Folder is where what was passed of one course is kept.
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

func (f Folder) file(id string) string {
	return filepath.Join(f.dir, filepath.FromSlash(id)+".json")
}

// Keep writes that a challenge was passed, whole or not at all.
func (f Folder) Keep(p Check) error {
	p.Version = version
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	name := f.file(p.Challenge)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("keep what was passed: %w", err)
	}
	err = atomicfile.Write(name, 0o600, func(f *os.File) error {
		_, err := f.Write(append(data, '\n'))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep what was passed: %w", err)
	}
	return nil
}

// Get tells of a challenge that was passed; false where none is known of.
func (f Folder) Get(id string) (Check, bool) {
	info, err := os.Stat(f.file(id))
	if err != nil || !info.Mode().IsRegular() || info.Size() > largest {
		return Check{}, false
	}
	data, err := os.ReadFile(f.file(id))
	if err != nil {
		return Check{}, false
	}
	var p Check
	if json.Unmarshal(data, &p) != nil || p.Version != version || p.Challenge != id || p.When.IsZero() {
		return Check{}, false
	}
	return p, true
}
