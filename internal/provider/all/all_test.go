package all

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryDriverHasSuite: a driver that is registered passes the suite and the simulation, in tests of its own package.
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
		for _, suite := range []string{"providertest", "simulation"} {
			if !calls(t, files, suite) {
				t.Errorf("no test in internal/provider/%s calls %s.Run", name, suite)
			}
		}
	}
}

// calls tells whether a test calls Run of a package.
func calls(t *testing.T, files []string, of string) bool {
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
					found = found || isRun(n, of)
					return true
				})
			}
		}
	}
	return found
}

func isRun(n ast.Node, of string) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Run" {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == of
}
