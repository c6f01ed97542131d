package progress

import (
	"fmt"
	"path/filepath"
)

// Hinted is how far a learner has read the hints of a challenge: the last one that
// was asked for.
type Hinted struct {
	Version int    `json:"version"` // 1
	Check   string `json:"check"`   // its id
	Level   int    `json:"level"`   // from 1
}

func (f Folder) hinted(id string) string { return f.of(id, "hinted.json") }

// Hinted gives how far the hints of a check have been read: the level of the last
// one, 0 for none.
func (f Folder) Hinted(id, check string) int {
	var h Hinted
	if !readJSON(f.hinted(id), largest, &h) || h.Version != version || h.Check != check {
		return 0
	}
	return max(0, h.Level)
}

// KeepHinted writes how far the hints of a challenge have been read, in the place
// of what was known.
func (f Folder) KeepHinted(id, check string, level int) error {
	name := f.hinted(id)
	err := f.ready(filepath.Dir(name))
	if err == nil {
		err = writeJSON(name, Hinted{version, check, level})
	}
	if err != nil {
		return fmt.Errorf("keep which hint you have read: %w", err)
	}
	return nil
}
