package intake

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// item is an entry to be packed.
type item struct {
	name string
	text string
	mode fs.FileMode // type bits; a link's target is its text
}

func packZip(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, i := range items {
		h := &zip.FileHeader{Name: i.name, Method: zip.Deflate}
		h.SetMode(i.mode | 0o644)
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, i.text); err != nil && !i.mode.IsDir() {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packTar(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, i := range items {
		h := &tar.Header{Name: i.name, Mode: 0o644, Size: int64(len(i.text)), Typeflag: tar.TypeReg}
		switch {
		case i.mode.IsDir():
			h.Typeflag, h.Size, i.text = tar.TypeDir, 0, ""
		case i.mode&fs.ModeSymlink != 0:
			h.Typeflag, h.Linkname, h.Size, i.text = tar.TypeSymlink, i.text, 0, ""
		case i.mode&fs.ModeIrregular != 0: // stands for a hard link
			h.Typeflag, h.Linkname, h.Size, i.text = tar.TypeLink, i.text, 0, ""
		case i.mode&fs.ModeCharDevice != 0:
			h.Typeflag, h.Devmajor, h.Devminor, h.Size, i.text = tar.TypeChar, 1, 5, 0, ""
		case i.mode&fs.ModeNamedPipe != 0:
			h.Typeflag, h.Size, i.text = tar.TypeFifo, 0, ""
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, i.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipUp(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// open has an archive of this name taken in, with a temporary folder of its
// own, which it gives.
func open(t *testing.T, name string, data []byte) (*Submission, string, error) {
	t.Helper()
	temp := t.TempDir()
	for _, v := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(v, temp)
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Open(file)
	return s, temp, err
}

// empty wants nothing left in a folder.
func empty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v (%v) is left", left, err)
	}
}

const deliverable = "gil_discovery.py"

// TestHonestArchives finds the deliverable as people pack it.
func TestHonestArchives(t *testing.T) {
	script := item{name: deliverable, text: "print(1)\n"}
	below := func(dir string) item { return item{name: dir + "/" + deliverable, text: script.text} }
	for name, items := range map[string][]item{
		"flat":             {script},
		"dot":              {{name: "./", mode: fs.ModeDir}, {name: "./" + deliverable, text: script.text}},
		"top folder":       {{name: "hw/", mode: fs.ModeDir}, below("hw")},
		"no folder entry":  {below("hw/week 3")},
		"mac":              {below("hw"), {name: "__MACOSX/hw/._" + deliverable, text: "\x00"}, {name: "hw/.DS_Store", text: "\x00"}, {name: ".DS_Store"}},
		"umlaut":           {below("Übung 3")},
		"challenge folder": {below("gil-discovery"), {name: "workarounds/workarounds.py"}},
		"deep, with notes": {{name: "README.md"}, below("src/week3")},
		"virtual env":      {script, {name: "venv/bin/python", text: "/usr/bin/python3", mode: fs.ModeSymlink}},
	} {
		t.Run(name, func(t *testing.T) {
			for ext, data := range map[string][]byte{"a.zip": packZip(t, items...), "a.tar": packTar(t, items...), "a.tar.gz": zipUp(t, packTar(t, items...)), "no-extension": packZip(t, items...)} {
				s, temp, err := open(t, ext, data)
				if err != nil {
					t.Fatalf("%s: %v", ext, err)
				}
				file, err := s.Find(deliverable, "gil-discovery", true)
				if err != nil || file == "" {
					t.Fatalf("%s: %q, %v", ext, file, err)
				}
				if text, err := os.ReadFile(file); err != nil || string(text) != script.text {
					t.Errorf("%s: %q, %v", ext, text, err)
				}
				if err := errors.Join(s.Close(), s.Close()); err != nil {
					t.Error(err)
				}
				empty(t, temp)
			}
		})
	}
}

// TestHostileArchives refuses each as a whole, says what and where, and leaves
// nothing behind.
func TestHostileArchives(t *testing.T) {
	good := item{name: deliverable, text: "print(1)\n"}
	var many []item
	for i := range mostEntries + 1 {
		many = append(many, item{name: fmt.Sprint(i)})
	}
	zeros := strings.Repeat("\x00", 8<<20)
	cut := packZip(t, good)
	long := strings.Repeat("d/", deepest+1)
	locked := bytes.Clone(packZip(t, good))
	for _, header := range []string{"PK\x03\x04", "PK\x01\x02"} {
		at := bytes.Index(locked, []byte(header)) + map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8}[header]
		locked[at] |= 1
	}
	damaged := bytes.Clone(packZip(t, item{name: deliverable, text: strings.Repeat("x = 1\n", 50)}))
	damaged[30+len(deliverable)+2] ^= 0xff

	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"traversal, zip":      {packZip(t, good, item{name: "../evil.py"}), `a.zip: the entry ../evil.py would be written outside of its folder; pack`},
		"traversal, tar":      {packTar(t, good, item{name: "x/../../evil.py"}), "outside of its folder"},
		"absolute, zip":       {packZip(t, item{name: "/etc/cron.d/x"}), "the entry /etc/cron.d/x has an absolute path"},
		"absolute, tar":       {packTar(t, item{name: "/tmp/x"}), "has an absolute path"},
		"link, zip":           {packZip(t, good, item{name: "data", text: "/etc", mode: fs.ModeSymlink}), "the entry data is a link"},
		"link, tar":           {packTar(t, good, item{name: "data", text: "/etc", mode: fs.ModeSymlink}), "the entry data is a link"},
		"through a link":      {packTar(t, item{name: "d", text: "/tmp", mode: fs.ModeSymlink}, item{name: "d/x.py"}), "the entry d is a link"},
		"hard link":           {packTar(t, good, item{name: "x", text: "/etc/passwd", mode: fs.ModeIrregular}), "is a hard link"},
		"device, tar":         {packTar(t, item{name: "zero", mode: fs.ModeDevice | fs.ModeCharDevice}), "the entry zero is a device"},
		"device, zip":         {packZip(t, item{name: "zero", mode: fs.ModeDevice | fs.ModeCharDevice}), "the entry zero is a device"},
		"pipe":                {packTar(t, item{name: deliverable, mode: fs.ModeNamedPipe}), "is a named pipe"},
		"twice":               {packZip(t, good, good), "the entry gil_discovery.py is there twice"},
		"case":                {packZip(t, good, item{name: "GIL_discovery.py"}), "in case only"},
		"case of a folder":    {packTar(t, item{name: "A/x.py"}, item{name: "a/y.py"}), "in case only"},
		"file and folder":     {packTar(t, item{name: "a"}, item{name: "a/x.py"}), "both a file and a folder"},
		"backslash":           {packZip(t, item{name: `..\..\evil.py`}), "has a backslash"},
		"NUL":                 {packZip(t, item{name: "x.py\x00.txt"}), `the entry "x.py\x00.txt" has a control character`},
		"escape sequence":     {packZip(t, item{name: "\x1b]0;owned\a.py"}), `the entry "\x1b]0;owned\a.py" has a control`},
		"encoding":            {packZip(t, item{name: "gr\xf6\xdfe.py"}), `"gr\xf6\xdfe.py" has a name in an unknown encoding`},
		"no name":             {packZip(t, item{name: ""}), "has no name"},
		"a dot":               {packZip(t, item{name: "./."}), "no file can have"},
		"annotation":          {packZip(t, good, item{name: "../::error::x"}), `the entry ../::error::x would`},
		"deep":                {packTar(t, item{name: long + "x.py"}), "lies too deep"},
		"long name":           {packZip(t, item{name: strings.Repeat("n", 300)}), "has too long a name"},
		"too many, zip":       {packZip(t, many...), "more than 10000 files"},
		"too many, tar":       {packTar(t, many...), "more than 10000 files"},
		"dense, zip":          {packZip(t, item{name: "zeros", text: zeros}), "more than 100 times as large"},
		"dense, tar":          {zipUp(t, packTar(t, item{name: "zeros", text: zeros})), "more than 100 times as large"},
		"cut off":             {cut[:len(cut)-30], "no archive that can be read"},
		"cut off, gzip":       {zipUp(t, packTar(t, good))[:60], "ends in the middle"},
		"encrypted":           {locked, "is encrypted"},
		"damaged":             {damaged, "the entry gil_discovery.py is damaged"},
		"nothing but a name":  {[]byte("hello"), "is no .zip archive, whatever its name says"},
		"another format, rar": {[]byte("Rar!\x1a\x07\x01\x00"), "is a RAR archive; gilcourse reads .zip, .tar and .tar.gz"},
	} {
		t.Run(name, func(t *testing.T) {
			s, temp, err := open(t, "a.zip", c.data)
			var refused *Refused
			if s != nil || !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
			empty(t, temp)
		})
	}
}

// TestLyingSizes packs more than the header says.
func TestLyingSizes(t *testing.T) {
	data := packZip(t, item{name: "zeros", text: strings.Repeat("\x00", 70<<20)})
	if _, temp, err := open(t, "a.zip", data); err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") {
		t.Errorf("got %v", err)
	} else {
		empty(t, temp)
	}
	at := bytes.Index(data, []byte("PK\x01\x02")) + 24
	copy(data[at:], "\x10\x00\x00\x00") // it says 16 bytes
	if _, temp, err := open(t, "a.zip", data); err == nil {
		t.Error("it was taken")
	} else {
		empty(t, temp)
	}
}

func TestFoldersAndFiles(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write := func(path, text string) string {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write(filepath.Join(dir, "plain", deliverable), "1")
	write(filepath.Join(dir, "below", "gil-discovery", deliverable), "2")
	write(filepath.Join(dir, "inside", "v2.py"), "3")
	write(filepath.Join(dir, "large", deliverable), strings.Repeat("#", MostSource+1))
	write(filepath.Join(dir, "none", "x.py"), "")
	secret := write(filepath.Join(outside, "secret.py"), "SECRET")
	for link, to := range map[string]string{"inside/" + deliverable: "v2.py", "out/" + deliverable: secret, "dangling/" + deliverable: "nothing", "loop/" + deliverable: deliverable} {
		path := filepath.Join(dir, filepath.FromSlash(link))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.Symlink(to, path)); err != nil {
			t.Skip("no links here: ", err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "plain"), filepath.Join(dir, "a-link")); err != nil {
		t.Fatal(err)
	}
	for where, want := range map[string]string{
		"plain":                   "plain/" + deliverable,
		"plain/" + deliverable:    "plain/" + deliverable,
		"a-link":                  "a-link/" + deliverable,
		"below":                   "below/gil-discovery/" + deliverable,
		"inside":                  "inside/" + deliverable,
		"inside/" + deliverable:   "inside/" + deliverable,
		"inside/v2.py":            "inside/v2.py",
		"none":                    "",
		"large":                   "error: a script has at most",
		"out":                     "error: is a link that leads out of its folder",
		"out/" + deliverable:      "error: is a link that leads out of its folder",
		"dangling":                "error: is a link",
		"loop":                    "error: is a link",
		"missing/" + deliverable:  "error: there is no file or folder",
		"dangling/" + deliverable: "error: there is no file or folder",
	} {
		s, err := Open(filepath.Join(dir, filepath.FromSlash(where)))
		got := ""
		if err == nil {
			got, err = s.Find(deliverable, "gil-discovery", true)
		}
		if wrong, fails := strings.CutPrefix(want, "error: "); fails {
			if err == nil || !strings.Contains(err.Error(), wrong) {
				t.Errorf("%s: got %q, %v; want an error that says %q", where, got, err, wrong)
			}
			continue
		}
		if rel, _ := filepath.Rel(dir, got); err != nil || got != "" && filepath.ToSlash(rel) != want || got == "" && want != "" {
			t.Errorf("%s: got %q, %v; want %q", where, got, err, want)
		}
	}
	s, err := Open(filepath.Join(dir, "inside", "v2.py"))
	if err != nil {
		t.Fatal(err)
	}
	if file, err := s.Find(deliverable, "gil-discovery", false); file != "" || err != nil {
		t.Errorf("another name than that of the deliverable: %q, %v", file, err)
	}
}

func TestSeveralDeliverables(t *testing.T) {
	s, _, err := open(t, "a.zip", packZip(t, item{name: "old/" + deliverable}, item{name: "new/" + deliverable}))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Find(deliverable, "gil-discovery", true); err == nil || !strings.Contains(err.Error(), "several times (new/gil_discovery.py, old/gil_discovery.py); pack only one") {
		t.Errorf("got %v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	good, link := item{name: "d/" + deliverable, text: "x = 1\n"}, item{name: "l", text: "/etc", mode: fs.ModeSymlink}
	for _, items := range [][]item{{good}, {good, link}, {{name: "../x"}}, {{name: "a"}, {name: "A/b"}}} {
		f.Add(packZip(f, items...))
		f.Add(packTar(f, items...))
		f.Add(zipUp(f, packTar(f, items...)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		work := t.TempDir()
		temp, file := filepath.Join(work, "temp"), filepath.Join(work, "archive")
		if err := errors.Join(os.Mkdir(temp, 0o755), os.WriteFile(file, data, 0o644)); err != nil {
			t.Fatal(err)
		}
		format, err := sniff(file)
		if err != nil || format == nil {
			return
		}
		err = unpack(file, temp, format)
		var refused *Refused
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("an error of ours: %v", err)
		}
		var size int64
		err = filepath.WalkDir(work, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil || !d.IsDir() && !info.Mode().IsRegular() {
				t.Errorf("%s is no file and no folder (%v)", p, err)
			}
			if rel, _ := filepath.Rel(work, p); !slices.Contains([]string{".", "temp", "archive"}, rel) && !strings.HasPrefix(rel, "temp"+string(filepath.Separator)) {
				t.Errorf("%s was written", rel)
			}
			if info != nil && info.Mode().IsRegular() && p != file {
				size += info.Size()
			}
			return nil
		})
		if err != nil || size > mostUnpacked {
			t.Errorf("%d bytes, %v", size, err)
		}
	})
}
