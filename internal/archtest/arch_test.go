// Package archtest holds the shape of the code: who may import whom, package comments, sizes.
package archtest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "earshot/"

type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
}

// packages lists all packages of the module with what their non-test files import.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,GoFiles", "./...")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// area is the folder under internal, or "cmd".
func area(importPath string) string {
	rest := strings.TrimPrefix(importPath, module)
	rest = strings.TrimPrefix(rest, "internal/")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// apart never import each other: each is one technology behind the domain.
var apart = []string{"store", "blob", "provider", "speech", "insight", "audio"}

// owners are the only areas that may import a technology.
var owners = map[string][]string{
	"github.com/riverqueue/river":   {"store", "jobs"},
	"gocloud.dev":                   {"blob"},
	"github.com/danielgtaylor/huma": {"api"},
	"github.com/tink-crypto":        {"secret"},
	"modernc.org/sqlite":            {"store"},
	"github.com/jackc/pgx":          {"store", "testkit"},
	"github.com/ebitengine/purego":  {"speech"},
	"github.com/aws":                {"provider"},
	"golang.org/x/oauth2":           {"provider", "identity"},
	"github.com/coreos/go-oidc":     {"identity"},
	"github.com/nyaruka":            {"phone"},
	"github.com/alecthomas/kong":    {"cmd"},
	"earshot/internal/provider/all": {"app"},
	"earshot/internal/app":          {"cmd", "demo", "bench", "testkit"},
	"earshot/internal/demo":         {"cmd", "demo"},
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := area(p.ImportPath)
		for _, imported := range p.Imports {
			to := area(imported)
			ours := strings.HasPrefix(imported, module)
			if ours && from != to && slices.Contains(apart, from) && slices.Contains(apart, to) {
				t.Errorf("%s imports %s: %v stay apart", p.ImportPath, imported, apart)
			}
			if from == "domain" && (ours || strings.Contains(strings.Split(imported, "/")[0], ".")) {
				t.Errorf("domain imports %s: it uses the standard library only", imported)
			}
			for technology, allowed := range owners {
				if strings.HasPrefix(imported, technology) && !slices.Contains(allowed, from) {
					t.Errorf("%s imports %s, which belongs to %v", p.ImportPath, imported, allowed)
				}
			}
		}
	}
}

// Caps of DESIGN section 3, in lines.
const (
	maxFile = 500
	maxFunc = 80
)

func TestPackageCommentsAndSizes(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		documented := false
		for _, name := range p.GoFiles {
			documented = checkFile(t, filepath.Join(p.Dir, name)) || documented
		}
		if !documented && len(p.GoFiles) > 0 {
			t.Errorf("package %s has no comment", p.ImportPath)
		}
	}
}

// checkFile measures a file and its functions, and tells whether it has the package comment.
func checkFile(t *testing.T, path string) bool {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if lines := set.File(f.Pos()).LineCount(); lines > maxFile {
		t.Errorf("%s has %d lines; at most %d", path, lines, maxFile)
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			if lines := set.Position(fn.End()).Line - set.Position(fn.Pos()).Line; lines > maxFunc {
				t.Errorf("%s: %s has %d lines; at most %d", path, fn.Name.Name, lines, maxFunc)
			}
		}
	}
	return f.Doc != nil && strings.HasPrefix(f.Doc.Text(), "Package ") || f.Doc != nil && strings.HasPrefix(f.Doc.Text(), "Command ")
}

// TestNoForeignMaterial: recordings and texts of others stay out of the project.
func TestNoForeignMaterial(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(filepath.Join("..", "..", "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a":
			slashed := filepath.ToSlash(path)
			if !strings.Contains(slashed, "internal/demo/company/calls/") && !strings.HasSuffix(slashed, "internal/pipeline/rehearsal.wav") { // which is the end of one of them
				t.Errorf("%s: audio belongs to the demo's calls only, which the project makes itself", path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
