package gradebook

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/gilcourse/gilcourse/grader/safetext"
)

// Tree holds the files of a submission, or of a reference solution.
type Tree struct {
	Digest  string // of all names and contents, in hex
	listing []byte
	files   map[string][]byte // contents by their digests
}

// entry is a file, or a link, of a tree.
type entry struct {
	Path string `json:"path"` // with slashes
	// Quoted says that the path is quoted as Go does it, since it is not UTF-8.
	Quoted bool   `json:"quoted,omitempty"`
	Digest string `json:"digest,omitempty"` // of its content
	Size   int64  `json:"size,omitempty"`
	Link   string `json:"link,omitempty"` // where it leads, for a link
	Unread bool   `json:"unread,omitempty"`
}

// What a tree may hold.
const (
	mostFiles = 2000
	mostBytes = 64 << 20
)

// ErrTooLarge says that a tree holds more than is kept: 2,000 files, or 64 MiB.
var ErrTooLarge = errors.New("it is too large to be kept")

// Snapshot reads a tree. It leaves out what Python and git write by the way,
// virtual environments, and empty folders; a link is taken by its text. Where it
// is too large, only the files that are needed are taken. An error is ErrTooLarge,
// or says that the tree cannot be read.
func Snapshot(tree fs.FS, needed func(name string, size int64) bool) (*Tree, error) {
	t, err := snapshot(tree, func(string, int64) bool { return true })
	if errors.Is(err, ErrTooLarge) {
		return snapshot(tree, needed)
	}
	return t, err
}

func snapshot(tree fs.FS, wanted func(name string, size int64) bool) (*Tree, error) {
	t := &Tree{files: map[string][]byte{}}
	var all []entry
	size := int64(0)
	err := fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		e := entry{Path: p}
		if !utf8.ValidString(p) {
			e.Path, e.Quoted = strconv.QuoteToASCII(p), true
		}
		switch {
		case err != nil && p == ".":
			return err
		case err != nil:
			e.Unread = true
			all = append(all, e)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			if p != "." && passing(tree, p, d.Name()) {
				return fs.SkipDir
			}
			return nil
		case !wanted(p, sizeOf(d)):
			return nil
		case len(all) == mostFiles:
			return ErrTooLarge
		case !d.Type().IsRegular():
			if e.Link, err = fs.ReadLink(tree, p); err != nil {
				e.Unread = true // a named pipe, say
			}
		default:
			if err := t.read(tree, p, &e, mostBytes-size); err != nil {
				return err
			}
			size += e.Size
		}
		all = append(all, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if t.listing, err = json.Marshal(all); err != nil {
		return nil, err
	}
	t.Digest = digest(t.listing)
	return t, nil
}

func sizeOf(d fs.DirEntry) int64 {
	info, err := d.Info()
	if err != nil {
		return 0
	}
	return info.Size()
}

// passing reports whether a folder holds nothing that was handed in.
func passing(tree fs.FS, p, name string) bool {
	_, venv := fs.Stat(tree, path.Join(p, "pyvenv.cfg"))
	return name == "__pycache__" || name == ".git" || name == "node_modules" || venv == nil
}

// read reads one file, of so many bytes at most.
func (t *Tree) read(tree fs.FS, p string, e *entry, left int64) error {
	f, err := tree.Open(p)
	if err != nil {
		e.Unread = true
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, left+1))
	switch {
	case err != nil:
		return err
	case int64(len(data)) > left:
		return ErrTooLarge
	}
	e.Size, e.Digest = int64(len(data)), digest(data)
	t.files[e.Digest] = data
	return nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Digest gives the digest of a text, in hex: of a spec, say.
func Digest(text string) string { return digest([]byte(text)) }

// KeepTree keeps a tree, and of its files those that are not there yet.
func (tx *Tx) KeepTree(t *Tree) error {
	var there int
	if found, err := tx.one([]any{&there}, `SELECT 1 FROM trees WHERE digest = $1`, t.Digest); err != nil || found {
		return err
	}
	for _, sum := range slices.Sorted(maps.Keys(t.files)) { // in one order, lest two wait for each other
		data := t.files[sum]
		packed, err := Pack(data)
		if err != nil {
			return err
		}
		if err := tx.exec(`INSERT INTO files (digest, size, data) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING`, sum, len(data), packed); err != nil {
			return err
		}
	}
	return tx.exec(`INSERT INTO trees (digest, listing) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING`, t.Digest, string(t.listing))
}

// Restore writes the tree of a digest into an empty folder.
func (b *Book) Restore(ctx context.Context, sum, folder string) error {
	var all []entry
	contents := map[string][]byte{}
	err := b.Do(ctx, func(tx *Tx) error {
		var listing string
		found, err := tx.one([]any{&listing}, `SELECT listing FROM trees WHERE digest = $1`, sum)
		if err == nil && !found {
			err = fmt.Errorf("it holds no submission %.12s", sum)
		}
		if err == nil {
			err = json.Unmarshal([]byte(listing), &all)
		}
		for _, e := range all {
			if err != nil {
				break
			}
			if e.Digest == "" || contents[e.Digest] != nil {
				continue
			}
			var packed []byte
			if found, err = tx.one([]any{&packed}, `SELECT data FROM files WHERE digest = $1`, e.Digest); err == nil && !found {
				err = fmt.Errorf("the file %s of the submission %.12s is missing", safetext.Name(e.Path), sum)
			}
			if err == nil {
				contents[e.Digest], err = Unpack(packed)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, e := range all {
		if err := e.write(root, contents[e.Digest]); err != nil {
			return fmt.Errorf("restore %s: %w", safetext.Name(e.Path), err)
		}
	}
	return nil
}

func (e entry) write(root *os.Root, data []byte) error {
	name := e.Path
	if e.Quoted {
		var err error
		if name, err = strconv.Unquote(name); err != nil {
			return err
		}
	}
	name = filepath.FromSlash(name)
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	switch {
	case e.Unread:
		return nil // nobody could read it where it was handed in, either
	case e.Digest == "":
		return root.Symlink(e.Link, name)
	}
	return root.WriteFile(name, data, 0o644)
}

// Pack compresses data.
func Pack(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err = w.Write(data); err == nil {
		err = w.Close()
	}
	return b.Bytes(), err
}

// Unpack gives data that Pack compressed.
func Unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	return data, errors.Join(err, r.Close())
}
