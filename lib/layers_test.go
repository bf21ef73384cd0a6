package lib_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "agenttrace/"

// May do I/O, read the clock and ask the machine. All other packages below lib
// are given readers, writers and times. lib/trace stands in other people's
// programs, as a command does: it asks for the time and the store itself.
var outer = []string{"lib/cli", "lib/cli/policyfile", "lib/cli/pricefile", "lib/cli/tap", "lib/clitest", "lib/clitest/model", "lib/find", "lib/join", "lib/origin", "lib/otlp/send", "lib/price/gen", "lib/proc", "lib/proxy", "lib/proxy/proxytest", "lib/sqlite", "lib/store", "lib/trace", "lib/usage"}

// Outside of outer, only these may be imported of the packages that reach the
// outside world. lib/event opens the FILE arguments, for every command alike.
var allowed = map[string][]string{
	"lib/event": {"os"},
}

// world are the packages that reach the outside world.
var world = []string{"os", "os/exec", "os/signal", "os/user", "flag", "net", "net/http", "syscall", "log", "io/ioutil"}

// A source is a file of Go, without its tests.
type source struct {
	pkg  string // of the module, such as lib/event
	file string
	tree *ast.File
	set  *token.FileSet
}

// sources parses all the files of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var list []source
	for _, dir := range []string{"cmd", "lib", "pipelines"} {
		err := filepath.WalkDir("../"+dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "testdata" {
				return or(err, fs.SkipDir)
			}
			if !strings.HasSuffix(name, ".go") {
				return nil
			}
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			file := filepath.ToSlash(strings.TrimPrefix(name, ".."+string(filepath.Separator)))
			list = append(list, source{path.Dir(file), file, tree, set})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(list) == 0 {
		t.Fatal("no sources")
	}
	return list
}

func or(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// TestLayers checks who imports whom:
//
//	cmd → lib/cli and lib/<domain> → lib/session, lib/tool → lib/event
func TestLayers(t *testing.T) {
	for _, s := range sources(t) {
		test := strings.HasSuffix(s.file, "_test.go")
		for _, spec := range s.tree.Imports {
			imp, _ := strconv.Unquote(spec.Path.Value)
			ours, isOurs := strings.CutPrefix(imp, module)
			inCmd := strings.HasPrefix(s.pkg, "cmd/")
			inCLI := s.pkg == "lib/cli" || strings.HasPrefix(s.pkg, "lib/cli/")
			wrong := func(rule string) { t.Errorf("%s imports %s: %s", s.file, imp, rule) }
			switch {
			case isOurs && strings.HasPrefix(ours, "cmd/"):
				wrong("nothing imports a command")
			case strings.HasPrefix(ours, "lib/clitest") && !test:
				wrong("only tests import lib/clitest")
			case (ours == "lib/cli" || strings.HasPrefix(ours, "lib/cli/")) && !inCmd && !inCLI && !test:
				wrong("only commands import lib/cli")
			case strings.HasPrefix(imp, "github.com/alecthomas/kingpin") && !inCmd && !inCLI:
				wrong("only commands and lib/cli parse flags")
			case isOurs && s.pkg == "lib/event" && !test:
				wrong("lib/event imports nothing of ours")
			case isOurs && s.pkg == "lib/tool" && !test && ours != "lib/event" && ours != "lib/text":
				wrong("lib/tool imports lib/event at most")
			case isOurs && s.pkg == "lib/text" && !test:
				wrong("lib/text imports nothing of ours")
			case strings.HasPrefix(s.pkg, "lib/capture") && ours == "lib/store":
				wrong("capture does not know where events go")
			}
		}
	}
}

// TestPure checks that domain packages do no I/O of their own and take the
// time from their input.
func TestPure(t *testing.T) {
	for _, s := range sources(t) {
		if !strings.HasPrefix(s.pkg, "lib/") || slices.Contains(outer, s.pkg) || strings.HasSuffix(s.file, "_test.go") {
			continue
		}
		names := map[string]string{} // of imports in this file → path
		for _, spec := range s.tree.Imports {
			imp, _ := strconv.Unquote(spec.Path.Value)
			name := path.Base(imp)
			if spec.Name != nil {
				name = spec.Name.Name
			}
			names[name] = imp
			if slices.Contains(world, imp) && !slices.Contains(allowed[s.pkg], imp) {
				t.Errorf("%s imports %s: a domain package does no I/O beyond the readers and writers it is given", s.file, imp)
			}
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			what := names[x.Name] + "." + sel.Sel.Name
			switch what {
			case "time.Now", "time.Since", "time.Until":
				t.Errorf("%s: %s: a domain package is given the time", s.set.Position(n.Pos()), what)
			case "fmt.Print", "fmt.Printf", "fmt.Println":
				t.Errorf("%s: %s: a domain package writes to the writer it is given", s.set.Position(n.Pos()), what)
			}
			return true
		})
	}
}

// TestNoInit checks that loading a package does nothing.
func TestNoInit(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: %s: no init functions", s.set.Position(f.Pos()), f.Name.Name)
			}
		}
	}
}
