package grader_test

import (
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

// order is the direction of the flow: a package may import those before it.
var order = []string{"safetext", "atomicfile", "junit", "progress", "machinelock", "record", "recordings", "stat", "spec", "sched", "sandbox", "condition", "intake", "python", "build", "workload", "server", "phase", "plan", "claim", "advice", "verdict", "measure", "course", "calibration", "report", "grader", "recordcache", "cohort", "validation", "errorrates"}

const module = "github.com/gilcourse/gilcourse/"

// TestArrowsPointOneWay keeps the packages in their order, os/exec in
// sandbox, and os.Exit in main.
func TestArrowsPointOneWay(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		files++
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		own := path.Base(filepath.ToSlash(filepath.Dir(file)))
		if tree.Name.Name == "grader" {
			own = "grader"
		}
		for _, imp := range tree.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			if name == "os/exec" && own != "sandbox" {
				t.Errorf("%s imports os/exec: only sandbox starts processes", file)
			}
			if rest, ok := strings.CutPrefix(name, module+"grader/"); ok && own != "gilcourse" {
				from, to := slices.Index(order, own), slices.Index(order, rest)
				if from < 0 || to < 0 {
					t.Errorf("%s: %s or %s has no place in the order", file, own, rest)
				} else if to >= from {
					t.Errorf("%s: %s comes before %s and must not import it", file, own, rest)
				}
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
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Fatalf("only %d files were read", files)
	}
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
