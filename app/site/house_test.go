//go:build !js

package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	root  = "../.."
	goApp = "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// rooms of core, in the order in which they may build on each other.
var rooms = []string{
	"unit", "source", "derivation", "uncertainty", "catalog", "model", "machine", "train", "serve",
	"scaling", "lifecycle", "bill", "scenario",
	"", // the front door, package core itself
}

type listed struct {
	ImportPath, Dir, Export   string
	GoFiles                   []string
	Imports                   []string
	TestImports, XTestImports []string
	Standard                  bool
	Module                    *struct{ Main bool }
}

func (p *listed) ours() bool { return p.Module != nil && p.Module.Main }

// list is go list over the project, natively or as the browser sees it.
func list(t *testing.T, js bool, args ...string) []*listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Dir,Export,GoFiles,Imports,TestImports,XTestImports,Standard,Module"}, args...)...)
	cmd.Dir = root
	if js {
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, errs.Bytes())
	}
	var pkgs []*listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listed)
		if err := d.Decode(p); err == io.EOF {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// wrongArrows are the imports of one package that run against the house's order.
func wrongArrows(p *listed) (wrong []string) {
	say := func(format string, a ...any) { wrong = append(wrong, p.ImportPath+" "+fmt.Sprintf(format, a...)) }
	room, inCore := roomOf(p.ImportPath)
	place := slices.Index(rooms, room)
	if inCore && place < 0 {
		say("is not in the list of rooms")
	}
	for _, imp := range p.Imports {
		if imp == goApp && p.ImportPath != "flopbook/app/view" {
			say("imports go-app; only app/view may")
		}
		if !inCore {
			continue
		}
		if other, ok := roomOf(imp); ok && other != room && slices.Index(rooms, other) > place {
			say("imports %s, which stands below it", imp)
		}
		switch first, _, _ := strings.Cut(imp, "/"); {
		case imp == "flopbook/app" || strings.HasPrefix(imp, "flopbook/app/"):
			say("imports %s; the arithmetic knows nothing of the page", imp)
		case first == "net" || first == "os" || first == "syscall" || imp == "log" || imp == "math/rand" || imp == "crypto/rand" || imp == "unsafe":
			say("imports %s; core is arithmetic alone", imp)
		}
	}
	return wrong
}

func roomOf(path string) (room string, inCore bool) {
	if path == "flopbook/core" {
		return "", true
	}
	room, inCore = strings.CutPrefix(path, "flopbook/core/")
	room, _, _ = strings.Cut(room, "/")
	return room, inCore
}

func TestImportsRunDownTheHouse(t *testing.T) {
	seen := 0
	for _, p := range list(t, false, "-deps", "./...") {
		if p.ours() {
			seen++
			for _, w := range wrongArrows(p) {
				t.Error(w)
			}
		}
	}
	for _, p := range list(t, true, "-deps", "./app") {
		if !p.ours() {
			continue
		}
		seen++
		for _, w := range wrongArrows(p) {
			t.Error(w)
		}
		if slices.Contains(p.Imports, "net/http") {
			t.Errorf("%s imports net/http in the browser", p.ImportPath)
		}
		if p.ImportPath == "flopbook/app/site" || p.ImportPath == "flopbook/app/cli" {
			t.Errorf("%s is linked into the page", p.ImportPath)
		}
	}
	if seen < 3 {
		t.Errorf("only %d packages seen", seen)
	}
}

func TestTheImportRuleSeesAWrongArrow(t *testing.T) {
	for _, c := range []struct {
		from, imp string
		wrong     bool
	}{
		{"flopbook/core/unit", "flopbook/core/model", true},
		{"flopbook/core/model", "flopbook/core/unit", false},
		{"flopbook/core/scenario", "flopbook/core", true},
		{"flopbook/core", "flopbook/core/scenario", false},
		{"flopbook/core/unit", "os", true},
		{"flopbook/core/unit", "strings", false},
		{"flopbook/core/nowhere", "strings", true},
		{"flopbook/app/state", goApp, true},
		{"flopbook/app/view", goApp, false},
		{"flopbook/core/bill", "flopbook/app/state", true},
	} {
		if got := wrongArrows(&listed{ImportPath: c.from, Imports: []string{c.imp}}); (len(got) > 0) != c.wrong {
			t.Errorf("%s -> %s: %v", c.from, c.imp, got)
		}
	}
}

func TestCoreAsksNoClock(t *testing.T) {
	clock := regexp.MustCompile(`\btime\.(Now|Since|Until|Sleep|After|Tick)\b`)
	each := func(path string, text []byte) {
		if m := clock.Find(text); m != nil {
			t.Errorf("%s uses %s", path, m)
		}
	}
	sources(t, filepath.Join(root, "core"), ".go", each)
}

// sources visits the files with an ending, tests left out.
func sources(t *testing.T, dir, ending string, f func(path string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ending) || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil {
			f(path, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWasmExecIsTheToolchains(t *testing.T) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "lib/wasm/wasm_exec.js"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, "wasm_exec.js"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("wasm_exec.js differs from the toolchain's: copy $(go env GOROOT)/lib/wasm/wasm_exec.js")
	}
}

func TestThePageCarriesNothingInline(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{`<style`, `<script>`, `\sstyle=`, `\son[a-z]+=`, `javascript:`, `(?:src|href)="/`, `(?:src)="https?:`} {
		if m := regexp.MustCompile(`(?i)` + bad).Find(page); m != nil {
			t.Errorf("index.html holds %q, which the policy refuses or a sub-path breaks", m)
		}
	}
	sources(t, filepath.Join(root, "web"), ".js", func(path string, text []byte) {
		if strings.Contains(path, "vendor") {
			return
		}
		for _, bad := range []string{`setAttribute\(\s*["']style`, `createElement(NS)?\([^)]*["']style["']`, `\seval\(`, `new Function\(`, `https?://(?:cdn|unpkg|fonts)`} {
			if m := regexp.MustCompile(bad).Find(text); m != nil {
				t.Errorf("%s holds %q", path, m)
			}
		}
	})
}

// What a view may not do (CONTRIBUTING, rules A to J): found by types, so that
// a float in a variable is seen as well as one in a literal.
func TestViewsKeepTheHouseRules(t *testing.T) {
	pkgs := list(t, true, "-export", "-deps", "./app/view")
	exports := map[string]string{}
	var view *listed
	for _, p := range pkgs {
		exports[p.ImportPath] = p.Export
		if p.ImportPath == "flopbook/app/view" {
			view = p
		}
	}
	if view == nil || len(view.GoFiles) == 0 {
		t.Fatal("app/view has no files for the browser")
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range view.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(view.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	for _, w := range breaches(t, fset, files, exports) {
		t.Error(w)
	}
}

func TestTheHouseRulesSeeEachBreach(t *testing.T) {
	exports := map[string]string{}
	for _, p := range list(t, true, "-export", "-deps", goApp) {
		exports[p.ImportPath] = p.Export
	}
	for code, want := range map[string]string{
		`app.Text(x)`:                  "A:",
		`app.Input().Step(1e-6)`:       "A:",
		`app.Meter().Attr("value", x)`: "A:",
		`app.P().Text("3.14")`:         "",
		`app.Input().Value("")`:        "B:",
		`app.Button().OnClick(func(app.Context, app.Event) {})`:                                                     "D:",
		`app.Button().OnClick(func(app.Context, app.Event) {}, app.EventScope("a"))`:                                "",
		`app.Button().OnClick(safe("click", c.click))`:                                                              "",
		`app.Button().OnClick(c.click)`:                                                                             "",
		`app.Range(c.s).Slice(func(i int) app.UI { return app.Button().OnClick(c.click, app.EventScope(c.s[i])) })`: "",
		`app.Div().Attr("inert", false)`:                                                                            "E:",
		`app.Img().Alt("")`:                                                                                         "F:",
		`app.Div().Style("color", "red")`:                                                                           "style",
		`app.Raw("<p style=\"color:red\">x</p>")`:                                                                   "style",
		`app.Div().Attr("style", "x")`:                                                                              "style",
		`app.A().Href("https://example.org")`:                                                                       "",
	} {
		src := "package v\nimport \"" + goApp + "\"\ntype v struct { app.Compo; s []string }\nvar x float64\nfunc (c *v) click(app.Context, app.Event) {}\nfunc safe(name string, h app.EventHandler) app.EventHandler { return h }\nfunc both(name string, h app.EventHandler) (app.EventHandler, app.EventOption) { return h, app.EventScope(name) }\nfunc (c *v) Render() app.UI { return " + code + " }\n"
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "v.go", src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(breaches(t, fset, []*ast.File{f}, exports), "; ")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: want %q, got %q", code, want, got)
		}
	}
}

// breaches type-checks files of a view and names every broken rule.
func breaches(t *testing.T, fset *token.FileSet, files []*ast.File, exports map[string]string) (found []string) {
	t.Helper()
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", lookup)}
	if _, err := conf.Check("view", fset, files, info); err != nil {
		t.Fatal(err)
	}
	say := func(n ast.Node, format string, a ...any) {
		found = append(found, fset.Position(n.Pos()).String()+": "+fmt.Sprintf(format, a...))
	}
	isFloat := func(e ast.Expr) bool {
		b, ok := info.Types[e].Type.Underlying().(*types.Basic)
		return ok && b.Info()&types.IsFloat != 0
	}
	text := func(e ast.Expr) (string, bool) {
		v := info.Types[e].Value
		if v == nil || v.Kind() != constant.String {
			return "", false
		}
		return constant.StringVal(v), true
	}
	isFalse := func(e ast.Expr) bool {
		v := info.Types[e].Value
		return v != nil && v.Kind() == constant.Bool && !constant.BoolVal(v)
	}
	// stale says what is wrong with a handler and its options. go-app tells
	// handlers apart by their code and their scope alone: the closure of a later
	// drawing, or of another row, has the same code and is never put in place.
	stale := func(args []ast.Expr, loop ast.Node) string {
		var closure, scoped, rowScoped, rowMethod bool
		var leaf func(e ast.Expr)
		leaf = func(e ast.Expr) {
			tv := info.Types[e]
			switch e := e.(type) {
			case *ast.CallExpr:
				if tuple, ok := tv.Type.(*types.Tuple); ok && tuple.Len() > 1 || strings.HasSuffix(tv.Type.String(), "app.EventOption") {
					scoped = true
				}
				for _, a := range e.Args {
					leaf(a)
				}
				return
			case *ast.SelectorExpr:
				if s := info.Selections[e]; s != nil && s.Kind() == types.MethodVal {
					if root := rootOf(e); root != nil && loop != nil {
						at := info.Uses[root].Pos()
						rowMethod = rowMethod || loop.Pos() <= at && at < loop.End()
					}
					return
				}
			}
			if tv.Value != nil {
				return
			}
			if _, isFunc := tv.Type.Underlying().(*types.Signature); isFunc {
				closure = true
			} else {
				rowScoped = true
			}
		}
		for _, a := range args {
			leaf(a)
		}
		switch {
		case closure && !scoped:
			return "gets a closure, which goes stale; use a method, or add app.EventScope"
		case (closure || rowMethod) && loop != nil && !(scoped && rowScoped):
			return "differs from row to row and needs an app.EventScope of the row"
		}
		return ""
	}
	var visit func(n ast.Node, loop ast.Node)
	call := func(c *ast.CallExpr, loop ast.Node) {
		sel, ok := c.Fun.(*ast.SelectorExpr)
		if !ok {
			return
		}
		obj, _ := info.Uses[sel.Sel].(*types.Func)
		if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != goApp {
			return
		}
		name := obj.Name()
		element := name == "Text" || name == "Textf" || name == "Raw"
		if s := info.Selections[sel]; s != nil {
			recv := types.TypeString(s.Recv(), func(*types.Package) string { return "" })
			element = strings.HasPrefix(recv, "HTML")
		}
		if name == "KeepBodyClean" || name == "Notifications" || name == "Broadcast" || name == "PersistWithEncryption" {
			say(c, "J: %s needs what this page does not have", name)
		}
		if !element {
			return
		}
		for _, arg := range c.Args {
			if isFloat(arg) {
				say(arg, "A: %s gets a float, which go-app prints with four decimals; give it text", name)
			}
		}
		first, isText := "", false
		if len(c.Args) > 0 {
			first, isText = text(c.Args[0])
		}
		switch {
		case name == "Value" && isText && first == "":
			say(c, `B: Value("") does not clear a field`)
		case name == "Alt" && isText && first == "":
			say(c, `F: Alt("") leaves the attribute out; draw decoration as aria-hidden SVG`)
		case name == "Attr" && len(c.Args) == 2 && isFalse(c.Args[1]):
			say(c, "E: Attr(%q, false) sets it; leave it out", first)
		case name == "Style" || name == "Styles" || name == "Attr" && first == "style":
			say(c, "the policy refuses style attributes; use a class")
		case strings.HasPrefix(name, "On"):
			args := c.Args
			if name == "On" { // whose first argument is the event's name
				args = args[1:]
			}
			if why := stale(args, loop); why != "" {
				say(c, "D: %s %s", name, why)
			}
		}
	}
	visit = func(n, loop ast.Node) {
		ast.Inspect(n, func(m ast.Node) bool {
			switch m := m.(type) {
			case *ast.CallExpr:
				call(m, loop)
				if sel, ok := m.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Slice" || sel.Sel.Name == "Map") && m != loop {
					visit(m.Fun, loop)
					for _, a := range m.Args {
						visit(a, a)
					}
					return false
				}
			case *ast.ForStmt:
				if m != loop {
					visit(m, m)
					return false
				}
			case *ast.RangeStmt:
				if m != loop {
					visit(m, m)
					return false
				}
			case *ast.BasicLit:
				if m.Kind == token.STRING && regexp.MustCompile(`<[a-zA-Z][^<]*\sstyle=`).MatchString(m.Value) {
					say(m, "the policy refuses style attributes; use a class")
				}
			}
			return true
		})
	}
	for _, f := range files {
		visit(f, nil)
	}
	return found
}

// rootOf is the first name of a chain such as c.H.safe.
func rootOf(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.Ident:
			return x
		default:
			return nil
		}
	}
}
