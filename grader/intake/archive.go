package intake

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// What an archive may hold. Honest submissions are a thousand times smaller.
const (
	mostPacked   = 32 << 20 // bytes of the archive itself
	mostUnpacked = 64 << 20 // bytes of its files together
	mostEntries  = 10_000
	mostRatio    = 100     // unpacked to packed, beyond ratioFrom bytes
	ratioFrom    = 4 << 20 // text of a few MiB may be that regular
	deepest      = 20      // folders below each other
	longestName  = 255     // bytes of a part of a path
)

const repack = "pack your files again, without it"

// format lists the entries of an archive: next gives io.EOF after the last.
type format func(archive *bytes.Reader) (next func() (entry, error), err error)

// entry is a file or folder in an archive.
type entry struct {
	name string
	mode fs.FileMode // its type bits say what it is
	size int64       // as the archive says
	// odd says what else makes it unusable, empty for nothing.
	odd string
	// open gives its content, valid until the next entry.
	open func() (io.ReadCloser, error)
}

// sniff tells an archive by how it begins: nil for none.
func sniff(path string) (format, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &Refused{Where: path, What: "cannot be read", Err: err}
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, &Refused{Where: path, What: "cannot be read", Err: err}
	}
	head = head[:n]
	begins := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	const readable = "gilcourse reads .zip, .tar and .tar.gz"
	switch {
	case begins("PK\x03\x04"), begins("PK\x05\x06"):
		return zipped, nil
	case begins("\x1f\x8b"):
		return gzipped, nil
	case n > 262 && string(head[257:262]) == "ustar":
		return tarred, nil
	}
	for magic, name := range map[string]string{"Rar!": "RAR", "7z\xbc\xaf\x27\x1c": "7-Zip", "BZh": "bzip2", "\xfd7zXZ": "xz", "\x28\xb5\x2f\xfd": "zstd"} {
		if begins(magic) {
			return nil, &Refused{Where: path, What: "is a " + name + " archive", Do: readable}
		}
	}
	for _, ext := range []string{".zip", ".tar", ".tar.gz", ".tgz"} {
		if strings.HasSuffix(strings.ToLower(path), ext) {
			return nil, &Refused{Where: path, What: "is no " + ext + " archive, whatever its name says", Do: "pack it again"}
		}
	}
	return nil, nil
}

func zipped(archive *bytes.Reader) (func() (entry, error), error) {
	r, err := zip.NewReader(archive, archive.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // which we look for ourselves
		return nil, err
	}
	if len(r.File) > mostEntries {
		return nil, errMany
	}
	i := -1
	return func() (entry, error) {
		if i++; i >= len(r.File) {
			return entry{}, io.EOF
		}
		z := r.File[i]
		e := entry{name: z.Name, mode: z.Mode(), size: int64(min(z.UncompressedSize64, 1<<62)), open: z.Open}
		if z.Flags&1 != 0 {
			e.odd = "is encrypted"
		}
		return e, nil
	}, nil
}

func gzipped(archive *bytes.Reader) (func() (entry, error), error) {
	r, err := gzip.NewReader(archive)
	if err != nil {
		return nil, err
	}
	return tape(r), nil
}

func tarred(archive *bytes.Reader) (func() (entry, error), error) { return tape(archive), nil }

// tape reads a tar archive.
func tape(r io.Reader) func() (entry, error) {
	// Headers and what is skipped count, too.
	t := tar.NewReader(&bounded{r, mostUnpacked + mostEntries*2048})
	return func() (entry, error) {
		for {
			h, err := t.Next()
			if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
				return entry{}, err
			}
			if h.Typeflag == tar.TypeXGlobalHeader {
				continue // a note of git's
			}
			e := entry{name: h.Name, mode: h.FileInfo().Mode(), size: h.Size, open: func() (io.ReadCloser, error) { return io.NopCloser(t), nil }}
			switch h.Typeflag {
			case tar.TypeReg, tar.TypeDir:
			case tar.TypeLink:
				e.odd = "is a hard link to another one"
			case tar.TypeSymlink, tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
				e.odd = "is " + kindOf(e.mode)
			default:
				e.odd = "is of a kind that cannot be unpacked"
			}
			return e, nil
		}
	}
}

// What the whole of an archive can be refused for.
var (
	errMany  = fmt.Errorf("it holds more than %d files and folders", mostEntries)
	errLarge = fmt.Errorf("its files are larger than %d MiB together", mostUnpacked>>20)
	errDense = fmt.Errorf("its files are more than %d times as large as the archive itself", mostRatio)
)

// bounded gives errLarge after so many bytes.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLarge
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// unpack writes the files of an archive into an empty folder.
func unpack(path, dir string, open format) error {
	f, err := os.Open(path)
	if err != nil {
		return &Refused{Where: path, What: "cannot be read", Err: err}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostPacked+1))
	switch {
	case err != nil:
		return &Refused{Where: path, What: "cannot be read", Err: err}
	case len(data) > mostPacked:
		return &Refused{Where: path, What: fmt.Sprintf("has more than %d MiB", mostPacked>>20), Do: "pack only your own files"}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	defer root.Close()
	next, err := open(bytes.NewReader(data))
	if err != nil {
		return refusal(path, "", err)
	}
	u := unpacker{path: path, root: root, packed: int64(len(data)), names: names{}}
	for {
		e, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refusal(path, "", err)
		}
		if u.entries++; u.entries > mostEntries {
			return refusal(path, "", errMany)
		}
		if err := u.take(e); err != nil {
			return refusal(path, e.name, err)
		}
	}
}

// refusal says of an error in an archive whether it is a Refused, and which.
func refusal(path, name string, err error) error {
	var refused *Refused
	var own *fs.PathError
	var corrupt flate.CorruptInputError
	switch {
	case errors.As(err, &refused):
		refused.Where = path
		return refused
	case errors.Is(err, errMany), errors.Is(err, errLarge), errors.Is(err, errDense):
		return &Refused{Where: path, What: "is refused, since " + err.Error(), Do: "pack only your own files, without virtual environments and data"}
	case errors.Is(err, fs.ErrExist): // on a disk for which two spellings are one
		return &Refused{Where: path, Entry: name, What: "has the name of another one, to this disk", Do: "rename one of them and pack your files again"}
	case errors.As(err, &own):
		return fmt.Errorf("unpack: %w", err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Refused{Where: path, Entry: name, What: "ends in the middle", Do: "it was cut off: pack or upload it again"}
	case errors.As(err, &corrupt), errors.Is(err, zip.ErrChecksum), errors.Is(err, gzip.ErrChecksum), errors.Is(err, zip.ErrAlgorithm):
		return &Refused{Where: path, Entry: name, What: "is damaged", Err: err, Do: "pack it again"}
	}
	return &Refused{Where: path, Entry: name, What: "is no archive that can be read", Err: err, Do: "pack it again"}
}

// unpacker writes entries.
type unpacker struct {
	path    string
	root    *os.Root
	packed  int64 // bytes of the archive
	entries int
	written int64
	names   names
}

// take writes one entry. What the system itself put into the archive is left
// out.
func (u *unpacker) take(e entry) error {
	name, err := u.names.accept(e.name, e.mode.IsDir())
	if err != nil || name == "" {
		return err
	}
	switch {
	case litter(name):
		return nil
	case e.odd != "":
		return &Refused{Entry: e.name, What: e.odd, Do: repack}
	case e.mode.IsDir():
		return u.root.MkdirAll(filepath.FromSlash(name), 0o755)
	case !e.mode.IsRegular():
		return &Refused{Entry: e.name, What: "is " + kindOf(e.mode), Do: repack}
	case e.size > mostUnpacked-u.written:
		return errLarge
	}
	r, err := e.open()
	if err != nil {
		return err
	}
	defer r.Close()
	if dir := filepath.Dir(filepath.FromSlash(name)); dir != "." {
		if err := u.root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	f, err := u.root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(u.counting(f), r)
	return errors.Join(err, f.Close())
}

// counting lets only so many bytes through, whatever the archive says.
func (u *unpacker) counting(w io.Writer) io.Writer {
	return writer(func(p []byte) (int, error) {
		u.written += int64(len(p))
		switch {
		case u.written > mostUnpacked:
			return 0, errLarge
		case u.written > ratioFrom && u.written > mostRatio*u.packed:
			return 0, errDense
		}
		return w.Write(p)
	})
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
