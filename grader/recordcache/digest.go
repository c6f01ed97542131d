package recordcache

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gilcourse/gilcourse/grader/safetext"
)

// Digest is a hash of what was handed in: of the names and contents of files.
type Digest []byte

// What is read to tell a submission from another.
const (
	mostFiles = 2000
	mostBytes = 64 << 20
)

var errTooLarge = errors.New("too large to cache (more than 2,000 files or 64 MiB)")

// Path hashes all that was handed in at a path: of a folder its files, else the
// file itself. A folder of more than 2,000 files, or of 64 MiB, is an error.
func Path(at string) (Digest, error) {
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
		return Files(root.FS())
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is neither a file nor a folder", safetext.Name(at))
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

// Files hashes the names and contents of all files, but for those that Python
// and git write by the way. Links are taken by their text: what is read through
// them lies in the same folder.
func Files(tree fs.FS) (Digest, error) {
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
			if err == nil {
				err = errTooLarge
			}
			return err
		}
		fmt.Fprintf(sum, "%q %x\n", p, one.Sum(nil))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sum.Sum(nil), nil
}
