package all

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryDriverHasSuite: a driver that is registered passes the suite, in a test of its own package.
func TestEveryDriverHasSuite(t *testing.T) {
	t.Parallel()
	if len(Openers()) == 0 {
		t.Fatal("no driver is registered")
	}
	for name, opener := range Openers() {
		if opener.Info.Provider != name {
			t.Errorf("%s is registered as %s", opener.Info.Provider, name)
		}
		files, err := filepath.Glob(filepath.Join("..", string(name), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		if !callsSuite(t, files) {
			t.Errorf("no test in internal/provider/%s calls providertest.Run", name)
		}
	}
}

func callsSuite(t *testing.T, files []string) bool {
	t.Helper()
	found := false
	for _, path := range files {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "Test") {
				ast.Inspect(fn, func(n ast.Node) bool {
					found = found || isRun(n)
					return true
				})
			}
		}
	}
	return found
}

func isRun(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Run" {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == "providertest"
}
