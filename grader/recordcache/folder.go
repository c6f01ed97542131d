package recordcache

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gilcourse/gilcourse/grader/atomicfile"
	"github.com/gilcourse/gilcourse/grader/record"
	"github.com/gilcourse/gilcourse/grader/safetext"
)

// Folder is a folder of records. Several processes may use it at once.
type Folder struct {
	Dir   string // empty to keep nothing; it is made when something is kept
	Fresh bool   // nothing is taken from it, only put there
}

// Cache is where records are kept unless something else was asked for: the
// folder `gilcourse/observed` in the user's cache.
func Cache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "gilcourse", "observed"), nil
}

const suffix = ".jsonl.gz"

// File is the file of what is kept under a key, which `gilcourse judge` reads.
func (f Folder) File(key string) string { return filepath.Join(f.Dir, key+suffix) }

// Load gives the records that are kept under a key, in the order in which they
// were made, at least one. An error, fs.ErrNotExist where there are none, says
// that they have to be made.
func (f Folder) Load(key string) ([]*record.Record, error) {
	if f.Dir == "" || f.Fresh {
		return nil, fs.ErrNotExist
	}
	name := f.File(key)
	records, err := record.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%s: %w", safetext.Name(name), err)
	}
	now := time.Now()
	os.Chtimes(name, now, now) // it is of use: Clear leaves it
	return records, nil
}

// Once gives the records that are kept under a key, where they will do, else
// those that observe makes, which are kept in their place; none where observe is
// nil. What cannot be read is made again. Without a key nothing is kept. The
// error is that of observe, or of a folder that cannot be written, with the
// records.
func (f Folder) Once(key string, willDo func([]*record.Record) bool, observe func() ([]*record.Record, error)) (records []*record.Record, kept bool, err error) {
	if key != "" {
		if records, err = f.Load(key); err == nil && willDo(records) {
			return records, true, nil
		}
	}
	if observe == nil {
		return nil, false, nil
	}
	if records, err = observe(); err != nil || key == "" {
		return records, false, err
	}
	return records, false, f.Keep(key, records...)
}

// Keep keeps records under a key in the place of earlier ones, whole or not at
// all, a crash of the machine included.
func (f Folder) Keep(key string, records ...*record.Record) error {
	if f.Dir == "" {
		return nil
	}
	err := os.MkdirAll(f.Dir, 0o755)
	if err == nil {
		err = atomicfile.Write(f.File(key), 0o644, func(file *os.File) error {
			zip := gzip.NewWriter(file)
			return errors.Join(record.Write(zip, records...), zip.Close(), file.Sync())
		})
	}
	if err != nil {
		return fmt.Errorf("keep what was observed: %w; name another folder with --results", err)
	}
	return nil
}

// Clear removes the records that nobody has made or read for so long.
func (f Folder) Clear(age time.Duration) {
	files, _ := filepath.Glob(filepath.Join(f.Dir, "*"+suffix))
	for _, file := range files {
		if info, err := os.Lstat(file); err == nil && time.Since(info.ModTime()) > age {
			os.Remove(file)
		}
	}
}
