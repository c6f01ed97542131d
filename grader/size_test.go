package grader_test

import (
	"go/ast"
	"go/token"
	"testing"
)

// What a function may have, so that it is read at one look.
const (
	mostLines    = 60
	mostBranches = 25
)

// TestFunctionsAreSmall measures every function that is no test's.
func TestFunctionsAreSmall(t *testing.T) {
	sources(t, func(file, pkg string, files *token.FileSet, tree *ast.File) {
		for _, d := range tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			from, to := files.Position(f.Body.Pos()), files.Position(f.Body.End())
			if lines, n := to.Line-from.Line-1, branches(f.Body); lines > mostLines || n > mostBranches {
				t.Errorf("%s: %s has %d lines and %d branches, more than %d or %d: cut it", from, f.Name.Name, lines, n, mostLines, mostBranches)
			}
		}
	})
}

// branches counts where a function's way parts: each if, loop, case, && and ||.
func branches(body ast.Node) int {
	n := 0
	ast.Inspect(body, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.CommClause:
			n++
		case *ast.CaseClause:
			if x.List != nil {
				n++
			}
		case *ast.BinaryExpr:
			if x.Op == token.LAND || x.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}
