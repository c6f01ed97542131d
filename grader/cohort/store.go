package cohort

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"github.com/gilcourse/gilcourse/grader/machine"
	"github.com/gilcourse/gilcourse/grader/quote"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/verdict"
	"github.com/gilcourse/gilcourse/grader/whole"
)

// What a folder of results holds: each record under the key of what was
// observed, its verdict beside it, since judging some records takes longer than
// reading a verdict, and who handed what in.
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
	return fmt.Sprintf("another gilcourse uses the results in %s; wait until it has ended, or name another folder", quote.Name(e.Dir))
}

// NoStore says that a folder cannot be one of results.
type NoStore struct {
	Dir string
	Err error
}

func (e *NoStore) Error() string {
	return fmt.Sprintf("use %s as a folder of results: %v", quote.Name(e.Dir), e.Err)
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
	release, ok, err := machine.Try(filepath.Join(dir, lockFile))
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

func (s *Store) file(folder, key, ext string) string {
	return filepath.Join(s.dir, folder, key+ext)
}

// Record is the file of a record.
func (s *Store) Record(key string) string { return s.file(recordsFolder, key, ".jsonl.gz") }

// read reads a record; an error where there is none, or it is not whole.
func (s *Store) read(key string) (*record.Record, error) {
	f, err := os.Open(s.Record(key))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := record.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", quote.Name(f.Name()), err)
	}
	return records[0], nil
}

// judged gives the verdict on a record that is kept, or nil.
func (s *Store) judged(key string, judge func(*record.Record) *verdict.Result) *verdict.Result {
	if _, err := os.Stat(s.Record(key)); err != nil {
		return nil
	}
	if data, err := os.ReadFile(s.file(verdictsFolder, key, ".cbor")); err == nil {
		var r verdict.Result
		if cbor.Unmarshal(data, &r) == nil {
			return &r
		}
	}
	rec, err := s.read(key)
	if err != nil {
		return nil // it is measured again
	}
	r := judge(rec)
	s.keepVerdict(key, r) // else it is judged again next time
	return r
}

// keep keeps a record with its verdict.
func (s *Store) keep(key string, rec *record.Record, r *verdict.Result) error {
	err := whole.Write(s.Record(key), 0o644, func(f *os.File) error {
		zip := gzip.NewWriter(f)
		return errors.Join(record.Write(zip, rec), zip.Close(), f.Sync())
	})
	if err != nil {
		return fmt.Errorf("keep the record: %w", err)
	}
	return s.keepVerdict(key, r)
}

func (s *Store) keepVerdict(key string, r *verdict.Result) error {
	data, err := cbor.Marshal(r)
	if err == nil {
		err = whole.Write(s.file(verdictsFolder, key, ".cbor"), 0o644, func(f *os.File) error {
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
	err = whole.Write(name, 0o644, func(f *os.File) error {
		_, err := f.Write(data)
		return errors.Join(err, f.Sync())
	})
	if err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return nil
}

// What of a submission is read to tell it from another.
const (
	mostFiles = 2000
	mostBytes = 64 << 20
)

var errTooLarge = errors.New("it is too large to be told from others")

// digest gives a hash of all that was handed in at a path: of a folder the
// names and contents of its files, else the file. Links are taken by their
// text: what is read through them lies in the same folder.
func digest(at string) ([]byte, error) {
	info, err := os.Stat(at)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		root, err := os.OpenRoot(at)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		return digestFS(root.FS())
	}
	f, err := os.Open(at)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sum := sha256.New()
	fmt.Fprintf(sum, "%q\n", filepath.Base(at))
	if n, err := io.Copy(sum, io.LimitReader(f, mostBytes+1)); err != nil || n > mostBytes {
		return nil, errors.Join(err, errTooLarge)
	}
	return sum.Sum(nil), nil
}

// digestFS gives a hash of the names and contents of all files, but for those
// that tools write.
func digestFS(tree fs.FS) ([]byte, error) {
	sum := sha256.New()
	files, size := 0, int64(0)
	err := fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && p == ".":
			return err
		case err != nil:
			fmt.Fprintf(sum, "%q cannot be read\n", p)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() && (d.Name() == "__pycache__" || d.Name() == ".git"):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		if files++; files > mostFiles {
			return errTooLarge
		}
		if !d.Type().IsRegular() {
			to, _ := fs.ReadLink(tree, p)
			fmt.Fprintf(sum, "%q %v %q\n", p, d.Type(), to)
			return nil
		}
		f, err := tree.Open(p)
		if err != nil {
			fmt.Fprintf(sum, "%q cannot be read\n", p)
			return nil
		}
		defer f.Close()
		one := sha256.New()
		n, err := io.Copy(one, io.LimitReader(f, mostBytes+1))
		if size += n; err != nil || size > mostBytes {
			return errors.Join(err, errTooLarge)
		}
		fmt.Fprintf(sum, "%q %x\n", p, one.Sum(nil))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sum.Sum(nil), nil
}

// observed is all that decides what a record holds, but for the machine.
type observed struct {
	Format                int
	Challenge, Spec       string
	Submission, Reference []byte // hashes
	Python                record.Python
	Sandbox               []string // its mode and the active layers
	Full, StrictClock     bool
	Seed                  uint64
	Gilcourse             string
}

func (o observed) key() string {
	data, err := json.Marshal(o)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}
