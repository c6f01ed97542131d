package cohort

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
	"github.com/gilcourse/gilcourse/grader/machinelock"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/recordcache"
	"github.com/gilcourse/gilcourse/grader/safetext"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/verdict/judge"
)

// What a folder of results holds: each record under the key of what was
// observed; its verdict by one spec, since judging some records takes longer
// than reading a verdict; and who handed what in.
const (
	recordsFolder  = "records"
	verdictsFolder = "verdicts"
	resultsFile    = "results.json"
	lockFile       = ".lock"
)

// Store keeps the records and verdicts of a cohort in a folder. Every file is
// written whole or not at all. One process uses it at a time; its methods may
// be called from any goroutine, but those that touch the entries.
type Store struct {
	dir     string
	release func()
	entries []Entry
}

// Entry is a submission, as it was graded last.
type Entry struct {
	Challenge string `json:"challenge"` // as it was named: of a workshop, the workshop
	Learner   string `json:"learner"`
	Path      string `json:"path"` // absolute
	// Records are the keys of its records, by the ids of their challenges.
	Records map[string]string `json:"records,omitempty"`
	// Missing are the challenges of a workshop that were not handed in.
	Missing []string        `json:"missing,omitempty"`
	Verdict verdict.Verdict `json:"verdict"`
	Score   float64         `json:"score"`
	Refused string          `json:"refused,omitempty"`
	Error   string          `json:"error,omitempty"`
}

// resultsVersion is the version of results.json.
const resultsVersion = 1

type results struct {
	Version     int     `json:"version"`
	Submissions []Entry `json:"submissions"`
}

// InUse says that another process uses a folder of results.
type InUse struct{ Dir string }

func (e *InUse) Error() string {
	return fmt.Sprintf("another gilcourse uses the results in %s; wait until it has ended, or name another folder", safetext.Name(e.Dir))
}

// NoStore says that a folder cannot be one of results.
type NoStore struct {
	Dir string
	Err error
}

func (e *NoStore) Error() string {
	return fmt.Sprintf("use %s as a folder of results: %v", safetext.Name(e.Dir), e.Err)
}

// Unwrap gives the reason.
func (e *NoStore) Unwrap() error { return e.Err }

// OpenStore opens a folder of results; it makes one where wanted. Close it. An
// error is a NoStore or an InUse.
func OpenStore(dir string, make bool) (*Store, error) {
	data, err := os.ReadFile(filepath.Join(dir, resultsFile))
	if errors.Is(err, fs.ErrNotExist) && !make {
		return nil, &NoStore{dir, errors.New("it has no " + resultsFile + "; `gilcourse grade --results DIR` makes one")}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &NoStore{dir, err}
	}
	var held results
	if len(data) > 0 {
		if err := json.Unmarshal(data, &held); err != nil {
			return nil, &NoStore{dir, fmt.Errorf("%s: %w", resultsFile, err)}
		}
		if held.Version != resultsVersion {
			return nil, &NoStore{dir, fmt.Errorf("%s has version %d, this gilcourse reads version %d", resultsFile, held.Version, resultsVersion)}
		}
	}
	for _, folder := range []string{recordsFolder, verdictsFolder} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return nil, &NoStore{dir, err}
		}
	}
	release, ok, err := machinelock.Try(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, &NoStore{dir, err}
	}
	if !ok {
		return nil, &InUse{dir}
	}
	return &Store{dir: dir, release: release, entries: held.Submissions}, nil
}

// Close lets another process use the folder.
func (s *Store) Close() { s.release() }

// records are those of the submissions, each under the key of what was observed.
func (s *Store) records() recordcache.Folder {
	return recordcache.Folder{Dir: filepath.Join(s.dir, recordsFolder)}
}

// verdictFile is the file of the verdict on a record by a challenge's spec.
func (s *Store) verdictFile(key string, c *spec.Challenge) string {
	sum := sha256.Sum256([]byte(c.Text()))
	return filepath.Join(s.dir, verdictsFolder, fmt.Sprintf("%s-%x.cbor", key, sum[:4]))
}

// once gives the verdict by a challenge's spec on the record that is kept under a
// key, unless it is to be fresh; else that on the record which observe makes,
// which is kept. It gives nil where nothing is kept and observe is nil. Without
// a store, or a key, nothing is kept.
func (s *Store) once(key string, c *spec.Challenge, fresh bool, observe func() (*record.Record, error)) (r *verdict.Result, kept bool, err error) {
	var folder recordcache.Folder
	if s != nil && key != "" {
		if folder = s.records(); !fresh {
			if r := s.judged(key, c); r != nil {
				return r, true, nil
			}
		}
		folder.Fresh = fresh
	}
	var made func() ([]*record.Record, error)
	if observe != nil {
		made = func() ([]*record.Record, error) {
			rec, err := observe()
			return []*record.Record{rec}, err
		}
	}
	records, kept, err := folder.Once(key, func([]*record.Record) bool { return true }, made)
	if err != nil || len(records) == 0 {
		return nil, false, err
	}
	r = judge.With(c, records[0])
	if folder.Dir != "" {
		if err = s.keepVerdict(key, c, r); kept {
			err = nil // it is judged again next time
		}
	}
	return r, kept, err
}

// judged gives the verdict that is kept on a record that is kept, or nil where
// none is.
func (s *Store) judged(key string, c *spec.Challenge) *verdict.Result {
	if _, err := os.Stat(s.records().File(key)); err != nil {
		return nil
	}
	data, err := os.ReadFile(s.verdictFile(key, c))
	if err != nil {
		return nil
	}
	var r verdict.Result
	if cbor.Unmarshal(data, &r) != nil {
		return nil // the record is judged again
	}
	return &r
}

func (s *Store) keepVerdict(key string, c *spec.Challenge, r *verdict.Result) error {
	data, err := cbor.Marshal(r)
	if err == nil {
		err = atomicfile.Write(s.verdictFile(key, c), 0o644, func(f *os.File) error {
			_, err := f.Write(data)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("keep the verdict: %w", err)
	}
	return nil
}

// note puts an entry in the place of an earlier one of the same submission.
func (s *Store) note(e Entry) {
	i := slices.IndexFunc(s.entries, func(o Entry) bool { return o.Challenge == e.Challenge && o.Path == e.Path })
	if i < 0 {
		s.entries = append(s.entries, e)
	} else {
		s.entries[i] = e
	}
}

// save writes who handed what in, where that has changed.
func (s *Store) save() error {
	data, err := json.MarshalIndent(results{resultsVersion, s.entries}, "", " ")
	if err != nil {
		return err
	}
	name := filepath.Join(s.dir, resultsFile)
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, data) {
		return nil
	}
	err = atomicfile.Write(name, 0o644, func(f *os.File) error {
		_, err := f.Write(data)
		return errors.Join(err, f.Sync())
	})
	if err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return nil
}
