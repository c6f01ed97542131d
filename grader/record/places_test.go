package record

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlaces hides the folders of a person, and nothing else.
func TestPlaces(t *testing.T) {
	all := placesOf(Python{Path: "/home/ada/.pyenv/versions/3.11.7/bin/python3.11", Prefix: "/home/ada/.pyenv/versions/3.11.7"}, false)
	for text, want := range map[string]string{
		"/home/ada/.pyenv/versions/3.11.7/bin/python3.11 -c from multiprocessing.spawn import x": "PYTHON -c from multiprocessing.spawn import x",
		`File "/home/ada/.pyenv/versions/3.11.7/lib/python3.11/pool.py", line 3`:                 `File "PYTHON/lib/python3.11/pool.py", line 3`,
		"cc -I/home/ada/.pyenv/versions/3.11.7/include/python3.11 -o x.so":                       "cc -IPYTHON/include/python3.11 -o x.so",
		"python3 /tmp/gilcourse-123/programs/driver.py /tmp/gilcourse-123/orders-1.json":         "python3 RUN/programs/driver.py RUN/orders-1.json",
		"/var/folders/zz/zyxv+7/T/gilcourse-5: no":                                               "RUN: no",
		"python3 /tmp/gil":                     "python3 RUN/gil",
		"open('/tmp/a') and /private/tmp/b":    "open('RUN/a') and RUN/b",
		"/home/ada/x:/home/bob/y:/root/z":      "HOME/x:HOME/y:HOME/z",
		`C:\Users\Ada\x.py and /Users/ada/b.c`: `HOME\x.py and HOME/b.c`,
		"/root":                                "HOME",
		"/usr/bin/cc -L/usr/lib":               "/usr/bin/cc -L/usr/lib",
		"a/home/b src/tmp/c ./root/d":          "a/home/b src/tmp/c ./root/d",
		"/rooted /tmpfs /homes/x":              "/rooted /tmpfs /homes/x",
		"http://127.0.0.1:80/fetch/7":          "http://127.0.0.1:80/fetch/7",
		"2.5 s / 0.7 s, no path":               "2.5 s / 0.7 s, no path",
	} {
		if got := all.in(text); got != want {
			t.Errorf("%s\n became %s,\n not    %s", text, got, want)
		}
		if got := all.in(want); got != want {
			t.Errorf("%s changed again, to %s", want, got)
		}
	}
	venv := placesOf(Python{Path: "/srv/ada/venv/bin/python", Prefix: "/srv/ada/venv", Base: "/srv/pythons/3.11"}, false)
	if got := venv.in("/srv/ada/venv/bin/python: /srv/pythons/3.11/lib/python3.11/pool.py"); got != "PYTHON: PYTHON/lib/python3.11/pool.py" {
		t.Errorf("a virtual environment's became %s", got)
	}
	if got := placesOf(Python{Path: "/usr/bin/python3", Prefix: "/usr"}, false).in("/usr/bin/python3 x.py"); got != "/usr/bin/python3 x.py" {
		t.Errorf("a system's interpreter became %s", got)
	}
}

// TestNamesNoFolder writes and reads a record of a person's machine: neither the
// file nor what is read names it, and the record in memory stays as it was.
func TestNamesNoFolder(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "scratch"))
	t.Setenv("HOME", "/srv/people/ada")
	rec := sample()
	rec.Header.Spec = "# /home/ada stays\n"
	rec.Python = Python{Path: "/srv/people/ada/venv/bin/python", Prefix: "/srv/people/ada/venv", Version: "3.11.7", Implementation: "CPython"}
	rec.Submission.Contents = &Contents{Lines: map[int]string{3: "open('/home/ada/x')"}}
	run := &rec.Runs[0]
	run.Tasks[0].Command = rec.Python.Path + " x.py"
	run.Calls[1].Message = `File "` + os.TempDir() + `/gilcourse-1/x.py"`
	run.Calls[1].Texts = map[string]string{"url": os.TempDir() + "/y"}
	run.End.Stderr = "cannot open /srv/people/ada/notes.txt"
	var file bytes.Buffer
	if err := Write(&file, rec); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(file.String(), "# /home/ada stays", "")
	for _, word := range []string{"ada", os.TempDir(), "/tmp"} {
		if at := strings.Index(text, word); at >= 0 {
			t.Errorf("the record names %s: %s", word, text[max(0, at-60):min(len(text), at+60)])
		}
	}
	for _, want := range []string{`"path":"PYTHON"`, `"command":"PYTHON x.py"`, `File \"RUN/x.py\"`, `"url":"RUN/y"`, "HOME/notes.txt", "HOME/x"} {
		if !strings.Contains(text, want) {
			t.Errorf("the record does not hold %s", want)
		}
	}
	if run.Tasks[0].Command != "/srv/people/ada/venv/bin/python x.py" {
		t.Error("writing changed the record")
	}
	got, err := Read(bytes.NewReader(file.Bytes()))
	if err != nil || got[0].Header.Spec != rec.Header.Spec {
		t.Errorf("%v, or the spec changed", err)
	}
	old := strings.Replace(text, `"command":"PYTHON x.py"`, `"command":"/home/ada/py x.py"`, 1)
	if got, err = Read(strings.NewReader(old)); err != nil || got[0].Runs[0].Tasks[0].Command != "HOME/py x.py" {
		t.Errorf("an old record: %v", err)
	}
}
