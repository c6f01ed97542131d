package build

import (
	"cmp"
	"context"
	"debug/elf"
	"debug/macho"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gilcourse/gilcourse/grader/record"
)

// unit is one file of C or C++ code.
type unit struct {
	file     string   // relative to the working copy, with slashes
	plus     bool     // C++
	headers  bool     // wants Python.h
	includes []string // the C files that it includes whole
	obeyed   bool     // a setup.py has built it
	complete bool     // linked with those that it needs
	step     *record.Build
	out      string // what it was built to, empty for nothing
	symbols
}

func (u *unit) stem() string {
	base := path.Base(u.file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// target is where the conventional library lies, as one would type it.
func (u *unit) target() string {
	return quoted([]string{path.Join(path.Dir(u.file), u.stem()+".so")})
}

// symbols are what a library shares with others.
type symbols struct {
	defined map[string]bool
	wanted  []string
	modules []string // the extension modules that it initialises
}

// project is a setup.py or a pyproject.toml.
type project struct {
	file, text string
}

// sources is what was found in the working copy.
type sources struct {
	units    []*unit
	projects []project
	more     string // the first C file over the bound, empty for none
}

var (
	includesC  = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+\.(?:c|cc|cpp|cxx))[">]`)
	extensions = regexp.MustCompile(`ext_modules|ext-modules|Extension|cythonize|cffi_modules`)
	place      = regexp.MustCompile(`(?m)^([^\s:][^:\n]*):(\d+)(?::\d+)?: (?:fatal )?error: (.+)$`)
	raised     = regexp.MustCompile(`(?m)^  File "([^"\n]+)", line (\d+)`)
	undefined  = regexp.MustCompile(`undefined (?:reference|symbol)|hidden symbol|symbol\(s\) not found`)
	noPythonH  = regexp.MustCompile(`error: '?Python\.h'?:? (?:No such file|file not found)`)
	noLibC     = regexp.MustCompile(`error: '?(?:std\w+\.h|string\.h|math\.h|errno\.h|bits/\S+)'?:? (?:No such file|file not found)`)
	noModule   = regexp.MustCompile(`No module named '([\w.]+)'`)
	noCompiler = regexp.MustCompile(`unable to execute|command '[^']*' failed: No such file`)
)

// initialises is the start of the name of an extension module's one function.
const initialises = "PyInit_"

// textSize bounds what is read of a source file, in bytes.
const textSize = 1 << 20

// find looks for C code and for what says how to build it, the top first.
func find(root *os.Root) (sources, error) {
	var s sources
	var files []string
	err := fs.WalkDir(root.FS(), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && skipped(root, file) {
			return fs.SkipDir
		}
		if d.Type().IsRegular() {
			files = append(files, file)
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	slices.SortFunc(files, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(a, b))
	})
	var projects []project
	for _, file := range files {
		base, ext := path.Base(file), path.Ext(file)
		plus := slices.Contains([]string{".cc", ".cpp", ".cxx", ".C"}, ext)
		switch {
		case base == "setup.py", base == "pyproject.toml" && !slices.Contains(files, path.Join(path.Dir(file), "setup.py")):
			text, err := read(root, file)
			if err != nil {
				return s, err
			}
			projects = append(projects, project{file, text})
		case ext != ".c" && !plus || strings.HasPrefix(base, "."):
		case len(s.units) == bounds.files:
			s.more = cmp.Or(s.more, file)
		default:
			text, err := read(root, file)
			if err != nil {
				return s, err
			}
			u := &unit{file: file, plus: plus, headers: strings.Contains(text, "Python.h")}
			for _, m := range includesC.FindAllStringSubmatch(text, -1) {
				u.includes = append(u.includes, path.Join(path.Dir(file), m[1]))
			}
			s.units = append(s.units, u)
		}
	}
	for _, p := range projects {
		// Most files of these names say nothing about C code.
		if extensions.MatchString(p.text) || len(s.units) > 0 && path.Base(p.file) == "setup.py" {
			s.projects = append(s.projects, p)
		}
	}
	return s, nil
}

// skipped says that a folder holds what others wrote.
func skipped(root *os.Root, dir string) bool {
	base := path.Base(dir)
	if strings.HasPrefix(base, ".") || slices.Contains([]string{"__pycache__", "node_modules", "site-packages", "venv"}, base) {
		return true
	}
	_, err := root.Stat(path.Join(dir, "pyvenv.cfg"))
	return err == nil
}

func read(root *os.Root, file string) (string, error) {
	f, err := root.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, textSize))
	return string(data), err
}

// project lets a setup.py or pyproject.toml build its extension modules.
func (b *builder) project(ctx context.Context, p project) error {
	if b.Python.Path == "" {
		return nil
	}
	step := &record.Build{File: p.file}
	b.steps = append(b.steps, step)
	if len(b.Compiler) == 0 {
		step.Missing = noC
		return nil
	}
	args := []string{b.Python.Path, "setup.py", "build_ext", "--inplace"}
	if path.Base(p.file) != "setup.py" {
		args = []string{b.Python.Path, "-c", "import setuptools; setuptools.setup()", "build_ext", "--inplace"}
	}
	dir := path.Dir(p.file)
	before, err := b.libraries()
	if err != nil {
		return err
	}
	if err := b.run(ctx, step, filepath.Join(b.Dir, filepath.FromSlash(dir)), args); err != nil || !step.OK {
		return err
	}
	after, err := b.libraries()
	if err != nil {
		return err
	}
	for file, info := range after {
		old, ok := before[file]
		if (!ok || !os.SameFile(old, info) || !old.ModTime().Equal(info.ModTime())) && !strings.HasPrefix(file, path.Join(dir, "build")+"/") {
			step.Made = append(step.Made, file)
		}
	}
	slices.Sort(step.Made)
	if len(step.Made) == 0 {
		return nil
	}
	for _, u := range b.units {
		u.obeyed = u.obeyed || mentions(p.text, path.Base(u.file))
	}
	for _, file := range slices.Clone(step.Made) {
		b.put[file] = true
		b.importable(step, file)
	}
	return nil
}

// mentions says that a text names a file, by itself or with all others.
func mentions(text, file string) bool {
	if strings.Contains(text, "*"+path.Ext(file)) {
		return true
	}
	return regexp.MustCompile(`(?:^|[^\w.-])` + regexp.QuoteMeta(file) + `(?:$|[^\w.-])`).MatchString(text)
}

// libraries lists the files that Python could load.
func (b *builder) libraries() (map[string]fs.FileInfo, error) {
	found := map[string]fs.FileInfo{}
	err := fs.WalkDir(b.root.FS(), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != "." && skipped(b.root, file) {
			return fs.SkipDir
		}
		if d.Type().IsRegular() && slices.Contains(librarySuffixes, path.Ext(file)) {
			info, err := d.Info()
			if err != nil {
				return err
			}
			found[file] = info
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for what was built: %w", err)
	}
	return found, nil
}

// place gives the first error that a compiler names in a learner's file, or
// where a setup.py raised one, as seen from dir.
func (b *builder) place(output, dir string) *record.Place {
	local := func(file, line, text string) *record.Place {
		n, err := strconv.Atoi(line)
		for _, file := range []string{path.Join(dir, filepath.ToSlash(file)), path.Clean(filepath.ToSlash(file))} {
			if err == nil && filepath.IsLocal(file) && b.exists(file) {
				return &record.Place{File: file, Line: n, Text: strings.TrimSpace(text)}
			}
		}
		return nil
	}
	for _, m := range place.FindAllStringSubmatch(output, -1) {
		if p := local(m[1], m[2], m[3]); p != nil {
			return p
		}
	}
	for _, m := range slices.Backward(raised.FindAllStringSubmatch(output, -1)) {
		if p := local(m[1], m[2], output[strings.LastIndexByte(output, '\n')+1:]); p != nil {
			return p
		}
	}
	return nil
}

// missing gives what a failed step lacks on this machine, empty for nothing.
func (b *builder) missing(output string) string {
	m := noModule.FindStringSubmatch(output)
	switch {
	case noPythonH.MatchString(output):
		version := "3"
		if parts := strings.Split(b.Python.Version, "."); len(parts) > 1 {
			version = parts[0] + "." + parts[1]
		}
		return fmt.Sprintf("Python.h of Python %s; install its headers (Debian: apt install python%s-dev, Fedora: dnf install python%s-devel)", version, version, version)
	case noLibC.MatchString(output):
		return "the C library's headers; install them (Debian: apt install libc6-dev, Fedora: dnf install glibc-devel)"
	case noCompiler.MatchString(output):
		return noC
	case m != nil:
		name, _, _ := strings.Cut(m[1], ".")
		if name == "distutils" {
			name = "setuptools"
		}
		return fmt.Sprintf("the Python package %s; install it (%s -m pip install %s)", name, b.Python.Path, name)
	}
	return ""
}

// shorten makes the paths of the working copy relative.
func (b *builder) shorten(text string) string {
	for _, dir := range []string{b.Dir, b.real} {
		text = strings.ReplaceAll(text, strings.TrimSuffix(dir, "/")+string(filepath.Separator), "")
	}
	return strings.ToValidUTF8(text, "�")
}

// quoted writes a command as one would type it.
func quoted(args []string) string {
	var words []string
	for _, a := range args {
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$&;|<>()*?`~#") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}

// readSymbols gives the symbols of a shared library, none where its format is
// unknown.
func readSymbols(r io.ReaderAt) symbols {
	s := symbols{defined: map[string]bool{}}
	add := func(name string, defined bool) {
		switch module, ok := strings.CutPrefix(name, initialises); {
		case !defined:
			s.wanted = append(s.wanted, name)
		case ok && module != "":
			s.modules = append(s.modules, module)
		case !slices.Contains([]string{"_init", "_fini", "_edata", "_end", "__bss_start"}, name):
			s.defined[name] = true
		}
	}
	if f, err := elf.NewFile(r); err == nil {
		all, _ := f.DynamicSymbols()
		for _, sym := range all {
			if elf.ST_BIND(sym.Info) == elf.STB_GLOBAL {
				add(sym.Name, sym.Section != elf.SHN_UNDEF)
			}
		}
	} else if f, err := macho.NewFile(r); err == nil && f.Symtab != nil {
		for _, sym := range f.Symtab.Syms {
			const external, kind = 0x01, 0x0e
			if sym.Type&external != 0 {
				add(strings.TrimPrefix(sym.Name, "_"), sym.Type&kind != 0)
			}
		}
	}
	return s
}
