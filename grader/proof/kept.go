package proof

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gilcourse/gilcourse/grader"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/spec"
	"github.com/gilcourse/gilcourse/grader/whole"
)

// Results is a folder in which records are kept, each under a key that is made
// of all that a run depends on: this program, the interpreter, the submission,
// the reference, and the spec but for what is judged, said and counted. So
// other bounds or hints need no run.
type Results struct {
	Dir   string // empty to keep nothing
	Fresh bool   // nothing is taken from it, only put there
}

// CacheDir is where records are kept unless something else was asked for: the
// folder `gilcourse/observed` in the user's cache.
func CacheDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "gilcourse", "observed"), nil
}

// Clear removes the records that nobody has made or read for so long.
func (r Results) Clear(age time.Duration) {
	files, _ := filepath.Glob(filepath.Join(r.Dir, "*"+suffix))
	for _, file := range files {
		if info, err := os.Lstat(file); err == nil && time.Since(info.ModTime()) > age {
			os.Remove(file)
		}
	}
}

const suffix = ".jsonl.gz"

// program is a hash of this program's file: another build may observe
// otherwise.
var program = sync.OnceValues(func() (string, error) {
	name, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), err
})

func (r Results) key(ch *spec.Challenge, reference, submission fs.FS, o grader.Options) (string, error) {
	if r.Dir == "" {
		return "", nil
	}
	self, err := program()
	if err != nil {
		return "", err
	}
	interpreter, err := os.Stat(o.Python)
	if err != nil {
		return "", err
	}
	asked := *ch
	asked.Title, asked.Summary, asked.Lesson, asked.Checks = "", "", nil, nil
	run, err := json.Marshal(asked)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s %d %d\n%s %d %v %v\n%s\n", self, o.Python, interpreter.Size(), interpreter.ModTime().UnixNano(), o.Sandbox, o.Seed, o.Full, o.StrictClock, run)
	for _, files := range []fs.FS{reference, submission} {
		if err := addFiles(sum, files); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:32], nil
}

func addFiles(sum hash.Hash, files fs.FS) error {
	return fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || byTheWay(d.Name()) {
			return err
		}
		data, err := fs.ReadFile(files, p)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%q %d\n", p, len(data))
		_, err = sum.Write(data)
		return err
	})
}

// load gives the records of a submission, in the order of the tries; none where
// none were kept, or where they cannot be read.
func (r Results) load(key string) []*record.Record {
	if r.Dir == "" || r.Fresh {
		return nil
	}
	name := filepath.Join(r.Dir, key+suffix)
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	records, err := record.Read(f)
	if err != nil {
		return nil
	}
	now := time.Now()
	os.Chtimes(name, now, now) // it is of use: Clear leaves it
	return records
}

// store keeps the records, whole or not at all.
func (r Results) store(key string, records []*record.Record) (err error) {
	if r.Dir == "" {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("keep what was observed: %w; name another folder with --results", err)
		}
	}()
	if err := os.MkdirAll(r.Dir, 0o755); err != nil {
		return err
	}
	return whole.Write(filepath.Join(r.Dir, key+suffix), 0o600, func(f *os.File) error {
		zip := gzip.NewWriter(f)
		return errors.Join(record.Write(zip, records...), zip.Close())
	})
}
