package python

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilcourse/gilcourse/grader/sandbox"
)

// TestLibraries finds the names under which sources load libraries, with
// every interpreter of this machine.
func TestLibraries(t *testing.T) {
	const program = `
import ast, sys
sys.path.insert(0, sys.argv[1])
import libraries
for path in sys.argv[3:]:
    data = open(path, "rb").read()
    print(" ".join(libraries.find({sys.argv[2] if path.endswith("pkg.py") else "w.py": (data, ast.parse(data))})))
`
	const head = "import ctypes, os, sys, platform\nfrom pathlib import Path\nHERE = Path(__file__).parent\n"
	tests := []struct{ source, want string }{
		{`ctypes.CDLL(Path(__file__).with_name("fast.so"))`, "fast.so"},
		{`ctypes.CDLL("./build/libcount.so")`, "build/libcount.so"},
		{"NAME = 'primes'\nctypes.CDLL(HERE / f'lib{NAME}.so')", "libprimes.so"},
		{"D = os.path.dirname(os.path.abspath(__file__))\nctypes.CDLL(os.path.join(D, 'native', 'x.so'))", "native/x.so"},
		{`ctypes.CDLL(str(Path(__file__).resolve().with_suffix(".so")))`, "w.so"},
		{`ctypes.CDLL(os.path.splitext(__file__)[0] + ".so")`, "w.so"},
		{`ctypes.CDLL(__file__.replace(".py", ".so"))`, "w.so"},
		{`ctypes.CDLL("%s/lib%s.so" % (HERE, "a"))`, "liba.so"},
		{`ctypes.CDLL("{}/lib{n}.so".format(HERE, n="a"))`, "liba.so"},
		{`ctypes.CDLL(os.path.join(os.getcwd(), "a.so"))`, "a.so"},
		{`ctypes.PyDLL(name=os.fspath(HERE.joinpath("c", "a.so")))`, "c/a.so"},
		{"from ctypes import CDLL as Load\nLoad(HERE / 'a.so')", "a.so"},
		{"class C:\n    def __init__(self):\n        self.path = HERE / 'a.so'\n    def f(self):\n        return ctypes.cdll.LoadLibrary(str(self.path))", "a.so"},
		{"def load(name, folder='native'):\n    return ctypes.CDLL(str(HERE / folder / name))\nload('a.so')", "native/a.so"},
		{"def path():\n    return HERE / 'a.so'\nctypes.CDLL(path())", "a.so"},
		{"for n in ('a.so', 'lib/a.so'):\n    ctypes.CDLL(str(HERE / n))", "a.so lib/a.so"},
		{"C = [HERE / 'a.so', HERE / 'b.so']\nctypes.CDLL(str(next(p for p in C if p.exists())))", "a.so b.so"},
		{"E = {'Windows': '.dll', 'Darwin': '.dylib'}.get(platform.system(), '.so')\nctypes.CDLL(HERE / ('lib' + 'a' + E))", "liba.dll liba.dylib liba.so"},
		{"e = '.dll' if os.name == 'nt' else '.so'\nctypes.CDLL(HERE / f'a{e}')", "a.dll a.so"},
		{"e = {'win32': '.dll', 'linux': '.so'}\nctypes.CDLL(HERE / ('a' + e[sys.platform]))", "a.dll a.so"},
		{"ctypes.CDLL(os.environ.get('LIB', './a.so'))", "a.so"},
		{"import numpy as np\nnp.ctypeslib.load_library('libp', HERE)", "libp.so"},
		{"import importlib.util\nimportlib.util.spec_from_file_location('m', HERE / 'm.so')", "m.so"},
		{"from settings import FOLDER\nctypes.CDLL(os.path.join(FOLDER, 'sub', 'a.so'))", "sub/a.so"},
		{"from settings import find\nctypes.CDLL(find('a.so'))", "a.so"},
		{"LIBRARY = HERE / 'native' / 'a.so'", "native/a.so"}, // another file loads it
		{"print('cannot load liba.so')", ""},
		{"ctypes.CDLL('libm.so.6'); ctypes.CDLL(None); ctypes.CDLL('libc.so')", ""},
		{"ctypes.CDLL('/usr/lib/a.so'); ctypes.CDLL(HERE.parent / 'a.so'); ctypes.CDLL('../a.so')", ""},
		{"import tempfile\nctypes.CDLL(tempfile.mkdtemp() + 'a.so')", ""},
		{"a = b = 'x'\na = b + a\nb = a + b\nctypes.CDLL(a + '.so')", "x.so"},
		{"ctypes.CDLL('{:>99999999}'.format('a.so') * 10 ** 9)", "a.so"},
		{"x = 'aaaaaaaaaaaaaaaaaaaa'\n" + strings.Repeat("x = x.replace('a', x)\n", 50) + "ctypes.CDLL(x + '.so')", "aaaaaaaaaaaaaaaaaaaa.so"},
		{"x = 'a'" + strings.Repeat(" + 'a'", 500), ""},
		{"#pkg\nctypes.CDLL(HERE / 'a.so'); ctypes.CDLL(HERE.parent / 'b.so'); ctypes.CDLL('./c.so')", "b.so c.so pkg/a.so pkg/c.so"},
	}
	dir, args := t.TempDir(), []string{}
	for i, test := range tests {
		name := filepath.Join(dir, string(rune('a'+i/26))+string(rune('a'+i%26))+".py")
		if strings.HasPrefix(test.source, "#pkg") {
			name = strings.TrimSuffix(name, ".py") + "pkg.py"
		}
		if err := os.WriteFile(name, []byte(head+test.source+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range interpreters(t) {
		t.Run(path, func(t *testing.T) {
			res, err := sandbox.Run(t.Context(), sandbox.Command{Args: append([]string{path, "-c", program, here, "pkg/m.py"}, args...),
				Dir: dir, Env: Environment(dir), Limits: ownLimits})
			if err != nil || !res.OK() {
				t.Fatalf("%v, %s\n%s", err, res.Limit, res.Stderr)
			}
			lines := strings.Split(strings.TrimSuffix(res.Stdout, "\n"), "\n")
			if len(lines) != len(tests) {
				t.Fatalf("%d answers for %d sources", len(lines), len(tests))
			}
			for i, test := range tests {
				if lines[i] != test.want {
					t.Errorf("%.200s\ngives %q, want %q", test.source, lines[i], test.want)
				}
			}
		})
	}
}
