package grader_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// storey is a layer of the house.
type storey struct {
	name     string
	packages []string // folders below grader
}

// storeys are the layers of the house, ground floor first: a package may import those
// of lower storeys, and of its own layer those of its own folder, and what
// `beside` says. A package that stands in none is refused.
var storeys = []storey{
	{"words and files", []string{"atomicfile", "bootcache", "explain", "format", "junit", "lms", "quantity", "safetext", "spelling", "words"}},
	{"what is told and kept", []string{"gradebook", "machinelock", "progress", "record", "recordings", "spec", "stat"}},
	{"the machine", []string{"sched", "sandbox", "python", "build", "intake", "workload", "server", "recordcache", "saves"}},
	{"the work", []string{"queue"}},
	{"the course", []string{"course"}},
	{"reading what was seen", []string{"phase", "plan", "claim", "advice"}},
	{"judging", []string{"verdict", "measure", "report", "page"}},
	{"observing", []string{"guide", "observe"}},
	{"what a learner leaves open", []string{"pageserver", "screen"}},
	{"many submissions", []string{"cohort"}},
	{"authors' tools", []string{"author"}},
}

// beside are the arrows within a layer.
var beside = map[string][]string{
	"bootcache":   {"atomicfile"},
	"progress":    {"record"},
	"recordings":  {"record"},
	"sandbox":     {"sched"},
	"python":      {"sandbox", "sched"},
	"build":       {"sandbox"},
	"intake":      {"sandbox"},
	"server":      {"sched", "workload"},
	"recordcache": {"python", "sandbox"},
	"claim":       {"phase"},
	"measure":     {"verdict"},
	"report":      {"measure", "verdict"},
	"page":        {"report", "verdict"},
}

// folder is the first part of a package's path below grader.
func folder(pkg string) string {
	first, _, _ := strings.Cut(pkg, "/")
	return first
}

// floor gives the layer of a package, which is that of its folder; -1 for none.
func floor(pkg string) int {
	return slices.IndexFunc(storeys, func(l storey) bool { return slices.Contains(l.packages, folder(pkg)) })
}

const module = "github.com/gilcourse/gilcourse/"

// sources calls see with each Go file that is no test's, below the top folder,
// and the path of its package: of grader/spec it is spec, else from the top on.
func sources(t *testing.T, see func(file, pkg string, files *token.FileSet, tree *ast.File)) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		seen++
		files := token.NewFileSet()
		tree, err := parser.ParseFile(files, file, nil, 0)
		if err != nil {
			return err
		}
		pkg := strings.TrimPrefix(path.Dir(filepath.ToSlash(file)), "../")
		see(file, strings.TrimPrefix(pkg, "grader/"), files, tree)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Fatalf("only %d files were read", seen)
	}
}

// TestArrowsPointOneWay keeps the packages in their storeys, os/exec in
// sandbox, and os.Exit in main.
func TestArrowsPointOneWay(t *testing.T) {
	sources(t, func(file, pkg string, _ *token.FileSet, tree *ast.File) {
		for _, imp := range tree.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if name == "os/exec" && pkg != "sandbox" {
				t.Errorf("%s imports os/exec: only sandbox starts processes", file)
			}
			to, ours := strings.CutPrefix(name, module+"grader/")
			if !ours || strings.HasPrefix(pkg, "cmd/") {
				continue
			}
			switch from, below := floor(pkg), floor(to); {
			case from < 0 || below < 0:
				t.Errorf("%s: %s or %s has no place in the layers", file, pkg, to)
			case below > from:
				t.Errorf("%s: %s (%s) lies below %s (%s) and must not import it", file, pkg, storeys[from].name, to, storeys[below].name)
			case below == from && folder(pkg) != folder(to) && !slices.Contains(beside[pkg], to):
				t.Errorf("%s: %s and %s lie side by side (%s); an arrow between them stands in `beside`", file, pkg, to, storeys[from].name)
			}
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Exit" && tree.Name.Name != "main" {
				if x, ok := s.X.(*ast.Ident); ok && (x.Name == "os" || x.Name == "syscall" || x.Name == "log") {
					t.Errorf("%s calls %s.Exit: only main ends the program", file, x.Name)
				}
			}
			return true
		})
	})
}

// TestPicture keeps the picture of the layers, on the page for contributors, equal to
// the layers that TestArrowsPointOneWay holds the imports to, and those to the folders
// that there are.
func TestPicture(t *testing.T) {
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart BT\n")
	var drawn []string
	for i, s := range storeys {
		fmt.Fprintf(&b, "  l%d[\"<b>%s</b><br>%s\"]\n", i, s.name, strings.Join(s.packages, " · "))
		if i > 0 {
			fmt.Fprintf(&b, "  l%d --> l%d\n", i, i-1)
		}
		drawn = append(drawn, s.packages...)
	}
	b.WriteString("```\n")
	page, err := os.ReadFile("../.github/CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), b.String()) {
		t.Errorf("CONTRIBUTING.md lacks the picture of the layers:\n%s", b.String())
	}
	folders, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if f.IsDir() && f.Name() != "testdata" && !slices.Contains(drawn, f.Name()) {
			t.Errorf("grader/%s has no layer", f.Name())
		}
	}
	for _, p := range drawn {
		if info, err := os.Stat(p); err != nil || !info.IsDir() {
			t.Errorf("there is no grader/%s", p)
		}
	}
}

// asksForKind are the files that may ask which kind a challenge is: where that is
// decided, and where a kind's own code is chosen.
var asksForKind = []string{"../grader/spec/kind.go", "../grader/spec/parse.go", "../grader/observe/observation.go", "../grader/verdict/judge/judge.go"}

// TestKindsAreRegistered finds everything that asks which kind a challenge is,
// by its Kind, or, outside of spec, which decodes them, by the fields that only
// some have.
func TestKindsAreRegistered(t *testing.T) {
	chosen := 0
	sources(t, func(file, pkg string, files *token.FileSet, tree *ast.File) {
		allowed := slices.Contains(asksForKind, filepath.ToSlash(file))
		ast.Inspect(tree, func(n ast.Node) bool {
			what := ""
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "spec" && strings.HasPrefix(n.Sel.Name, "Kind") && n.Sel.Name != "Kind" {
					what = "spec." + n.Sel.Name
				}
			case *ast.BinaryExpr:
				if field := comparedField(n); field != "" && folder(pkg) != "spec" {
					what = field
				}
			}
			switch {
			case what != "" && allowed:
				chosen++
			case what != "":
				t.Errorf("%s asks which kind a challenge is, by %s: let its kind do what differs", files.Position(n.Pos()), what)
			}
			return true
		})
	})
	if chosen == 0 {
		t.Error("no place was found where a kind is chosen: this test sees nothing")
	}
}

// comparedField gives the field of a challenge, of those that only one kind has,
// whose being there an expression asks for: x.Analysis == nil, len(x.Calls) > 0.
// It is empty for another expression.
func comparedField(e *ast.BinaryExpr) string {
	x := e.X
	if call, ok := x.(*ast.CallExpr); ok && len(call.Args) == 1 {
		if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "len" {
			x = call.Args[0]
		}
	}
	field, ok := x.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	switch y := e.Y.(type) {
	case *ast.Ident:
		if field.Sel.Name == "Analysis" && y.Name == "nil" {
			return "Analysis"
		}
	case *ast.BasicLit:
		// A run has calls, too: those of a challenge are asked for there.
		if owner, ok := field.X.(*ast.SelectorExpr); field.Sel.Name == "Calls" && y.Value == "0" && (!ok || owner.Sel.Name == "Challenge") {
			return "Calls"
		}
	}
	return ""
}

// TestTopLevel keeps the agreed names at the top.
func TestTopLevel(t *testing.T) {
	allowed := []string{"challenges", "grader", "reference", "fixtures", "cmd", "go.mod", "go.sum", "README.md", "LICENSE"}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s does not belong to the top level", e.Name())
		}
	}
}
