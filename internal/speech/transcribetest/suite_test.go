package transcribetest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryEngineRunsTheSuite: a package with an engine has a test that calls Run.
func TestEveryEngineRunsTheSuite(t *testing.T) {
	t.Parallel()
	folders, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	engines := 0
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		files, err := filepath.Glob(filepath.Join("..", folder.Name(), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		engine, suite := false, false
		for _, file := range files {
			e, s := look(t, file)
			engine, suite = engine || e, suite || s
		}
		if engine && !suite {
			t.Errorf("the engine in %s does not run transcribetest.Run", folder.Name())
		}
		if engine {
			engines++
		}
	}
	if engines < 4 {
		t.Errorf("found %d engines only: the search is broken", engines)
	}
}

// look tells whether a file declares an engine, or runs the suite.
func look(t *testing.T, file string) (engine, suite bool) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	test := strings.HasSuffix(file, "_test.go")
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			engine = engine || !test && n.Recv != nil && n.Name.Name == "Transcribe" && n.Type.Params.NumFields() == 3
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			suite = suite || test && ok && x.Name == "transcribetest" && n.Sel.Name == "Run"
		}
		return true
	})
	return engine, suite
}
