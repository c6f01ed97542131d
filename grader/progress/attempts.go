package progress

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
	"github.com/gilcourse/gilcourse/grader/record"
)

// Attempt is a check of a challenge, as it was judged then.
type Attempt struct {
	Version   int       `json:"version"` // 1
	Challenge string    `json:"challenge"`
	Number    int       `json:"number"` // from 1, in the order in which they were kept
	When      time.Time `json:"when"`   // the observation began
	Verdict   string    `json:"verdict"`
	Points    float64   `json:"points"`
	MaxPoints float64   `json:"max_points"`
	Checks    []Mark    `json:"checks"` // in the spec's order
	// SHA256 is that of the file that was handed in, in hex.
	SHA256 string `json:"sha256"`
}

// Mark is what became of one check.
type Mark struct {
	Check   string `json:"check"` // its id
	Verdict string `json:"verdict"`
}

// Move is a check whose verdict is another one than before; Before is empty for a
// check that was not there.
type Move struct{ Check, Before, After string }

// What is kept of a challenge at most. The oldest attempts go first; the best one
// and the newest stay.
const (
	mostAttempts = 50
	mostBytes    = 16 << 20 // of their records, packed: one has 10 to 100 KiB
)

// largestAttempt is more than any file of an attempt has, in bytes, its record
// excepted.
const largestAttempt = 64 << 10

// unfinished is how old the folder of an attempt is that nobody will complete any
// more.
const unfinished = time.Hour

const (
	attemptFile = "attempt.json"
	recordFile  = "record.jsonl.gz"
)

func (f Folder) attempts(id string) string { return f.of(id, "attempts") }

func (f Folder) attempt(id string, number int) string {
	return f.of(id, "attempts", fmt.Sprintf("%06d", number))
}

// Add keeps an attempt with its record, gives it its number, and removes the
// oldest ones where there are too many. Of two that are added at once both are
// kept.
func (f Folder) Add(a Attempt, rec *record.Record) (Attempt, error) {
	a.Version = version
	dir, err := f.reserve(&a)
	if err == nil {
		err = atomicfile.Write(filepath.Join(dir, recordFile), 0o600, func(file *os.File) error {
			zip := gzip.NewWriter(file)
			return errors.Join(record.Write(zip, rec), zip.Close())
		})
	}
	if err == nil { // an attempt is there once this file is
		err = writeJSON(filepath.Join(dir, attemptFile), a)
	}
	if err != nil {
		return a, fmt.Errorf("keep the attempt: %w", err)
	}
	f.prune(a.Challenge)
	return a, nil
}

// reserve makes the folder of the next attempt, which only one process can.
func (f Folder) reserve(a *Attempt) (dir string, err error) {
	if err := f.ready(f.attempts(a.Challenge)); err != nil {
		return "", err
	}
	numbers := f.numbers(a.Challenge)
	for a.Number = 1 + slices.Max(append(numbers, 0)); ; a.Number++ {
		dir = f.attempt(a.Challenge, a.Number)
		if err := os.Mkdir(dir, 0o700); !errors.Is(err, fs.ErrExist) {
			return dir, err
		}
	}
}

// numbers are those of the attempts' folders, complete or not, the oldest first.
func (f Folder) numbers(id string) []int {
	entries, _ := os.ReadDir(f.attempts(id))
	var numbers []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && n > 0 && e.IsDir() {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// prune removes what is too much: first what nobody completed, then the oldest.
func (f Folder) prune(id string) {
	kept := f.Attempts(id)
	for _, n := range f.numbers(id) {
		dir := f.attempt(id, n)
		known := slices.ContainsFunc(kept, func(a Attempt) bool { return a.Number == n })
		if info, err := os.Stat(dir); !known && err == nil && time.Since(info.ModTime()) > unfinished {
			os.RemoveAll(dir)
		}
	}
	var bytes int64
	for _, a := range kept {
		bytes += f.bytes(a)
	}
	best, _ := Best(kept)
	left := len(kept)
	for i, a := range kept {
		if left <= mostAttempts && bytes <= mostBytes {
			return
		}
		if a.Number != best.Number && i < len(kept)-1 {
			bytes -= f.bytes(a)
			left--
			os.RemoveAll(f.attempt(id, a.Number))
		}
	}
}

// bytes is how long an attempt's record is.
func (f Folder) bytes(a Attempt) int64 {
	info, err := os.Stat(filepath.Join(f.attempt(a.Challenge, a.Number), recordFile))
	if err != nil {
		return 0
	}
	return info.Size()
}

// Attempts gives the attempts at a challenge that are kept, the oldest first; none
// where nothing is known.
func (f Folder) Attempts(id string) []Attempt {
	var all []Attempt
	for _, n := range f.numbers(id) {
		var a Attempt
		if readJSON(filepath.Join(f.attempt(id, n), attemptFile), largestAttempt, &a) &&
			a.Version == version && a.Challenge == id && a.Number == n && !a.When.IsZero() {
			all = append(all, a)
		}
	}
	return all
}

// Record gives what was observed at an attempt. An error says that it cannot be
// read.
func (f Folder) Record(a Attempt) (*record.Record, error) {
	records, err := record.ReadFile(filepath.Join(f.attempt(a.Challenge, a.Number), recordFile))
	if err != nil {
		return nil, fmt.Errorf("read the record of attempt %d at %s: %w", a.Number, a.Challenge, err)
	}
	return records[0], nil
}

// Best gives the attempt with the most points, of several the first; false where
// there is none.
func Best(attempts []Attempt) (Attempt, bool) {
	if len(attempts) == 0 {
		return Attempt{}, false
	}
	// MaxFunc gives the first of those that are alike.
	return slices.MaxFunc(attempts, func(a, b Attempt) int { return cmp.Compare(a.Points, b.Points) }), true
}

// Moved gives the checks of an attempt whose verdicts are others than before, in
// its order.
func Moved(before, after Attempt) []Move {
	was := map[string]string{}
	for _, m := range before.Checks {
		was[m.Check] = m.Verdict
	}
	var moves []Move
	for _, m := range after.Checks {
		if was[m.Check] != m.Verdict {
			moves = append(moves, Move{m.Check, was[m.Check], m.Verdict})
		}
	}
	return moves
}

// writeJSON writes a value to a file, whole or not at all.
func writeJSON(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return atomicfile.Write(name, 0o600, func(f *os.File) error {
		_, err := f.Write(append(data, '\n'))
		return err
	})
}

// readJSON reads a value from a file of at most so many bytes; false where that
// cannot be done.
func readJSON(name string, most int64, v any) bool {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > most {
		return false
	}
	data, err := os.ReadFile(name)
	return err == nil && json.Unmarshal(data, v) == nil
}
