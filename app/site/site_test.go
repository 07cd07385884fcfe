//go:build !js

package site

import (
	"compress/gzip"
	"encoding/base64"
	"io"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

const testPage = `<!doctype html><html><head>
<!-- begin:csp -->
<!-- end:csp -->
<link rel="manifest" href="web/manifest.webmanifest">
<link rel="icon" href="web/icon.svg" type="image/svg+xml">
<link rel="preload" href="app.wasm" as="fetch" crossorigin>
<link rel="stylesheet" href="web/base.css">
<link rel="canonical" href="https://example.org/">
<script src="wasm_exec.js" defer></script>
<script src="web/loader.js" defer data-wasm="app.wasm"></script>
</head><body>
<!-- begin:shell -->
<!-- end:shell -->
</body></html>`

func testFiles() map[string][]byte {
	return map[string][]byte{
		"app.wasm":                 []byte("\x00asm and much more"),
		"wasm_exec.js":             []byte(`"use strict"; // </script>`),
		"web/loader.js":            []byte("start()"),
		"web/base.css":             []byte("body{margin:0}"),
		"web/icon.svg":             []byte("<svg/>"),
		"web/manifest.webmanifest": []byte("{}"),
		"sw.js":                    []byte("/* begin:build */\nold\n/* end:build */\nrest"),
		SingleFile:                 []byte("not kept offline"),
	}
}

func TestGeneratedPartsAreFilledOnceAndForAll(t *testing.T) {
	once, changed, err := fillParts([]byte(testPage))
	if err != nil || len(changed) != 2 {
		t.Fatal(changed, err)
	}
	if !strings.Contains(string(once), cspMeta(sitePolicy)) {
		t.Errorf("no policy in %s", once)
	}
	if !strings.Contains(string(once), `<main id="main"`) {
		t.Error("no shell")
	}
	twice, changed, err := fillParts(once)
	if err != nil || len(changed) != 0 || string(twice) != string(once) {
		t.Errorf("filling again changed %v, %v", changed, err)
	}
	for _, bad := range []string{"no parts at all", strings.Replace(testPage, "end:csp", "end:cps", 1), testPage + "<!-- begin:what --><!-- end:what -->"} {
		if _, _, err := fillParts([]byte(bad)); err == nil {
			t.Errorf("accepted %.40q", bad)
		}
	}
}

func TestEveryLoadedFileIsAddressedByItsContent(t *testing.T) {
	files := testFiles()
	page, loads, err := versionRefs([]byte(testPage), files)
	if err != nil {
		t.Fatal(err)
	}
	want := "web/manifest.webmanifest web/icon.svg app.wasm web/base.css wasm_exec.js web/loader.js"
	if got := strings.Join(loads, " "); got != want {
		t.Errorf("loads %s, want %s", got, want)
	}
	for _, s := range []string{`href="app.wasm?v=` + hash(files["app.wasm"]) + `"`, `data-wasm="app.wasm?v=`, `data-size="18"`, `href="https://example.org/"`} {
		if !strings.Contains(string(page), s) {
			t.Errorf("no %s in\n%s", s, page)
		}
	}
	if _, _, err := versionRefs([]byte(`<img src="web/gone.png">`), files); err == nil {
		t.Error("accepted a reference to a file that does not exist")
	}
}

func TestTheWorkerKeepsAllButTheDownloads(t *testing.T) {
	b := &Built{Files: testFiles(), first: []string{"app.wasm"}}
	if err := b.fillWorker(); err != nil {
		t.Fatal(err)
	}
	sw := string(b.Files["sw.js"])
	if !strings.Contains(sw, `"app.wasm?v=`) || !strings.Contains(sw, `"web/base.css"`) || !strings.HasSuffix(sw, "rest") {
		t.Error(sw)
	}
	if strings.Contains(sw, SingleFile) || strings.Contains(sw, "old") {
		t.Error(sw)
	}
	version := regexp.MustCompile(`VERSION = "(\w+)"`)
	before := version.FindStringSubmatch(sw)[1]
	b = &Built{Files: testFiles(), first: []string{"app.wasm"}}
	b.Files["web/base.css"] = []byte("body{margin:1px}")
	if err := b.fillWorker(); err != nil {
		t.Fatal(err)
	}
	if after := version.FindStringSubmatch(string(b.Files["sw.js"]))[1]; after == before {
		t.Error("a changed style did not change the version")
	}
}

func TestTheSingleFileHoldsEverything(t *testing.T) {
	files := testFiles()
	out, err := singleFile([]byte(testPage), files)
	if err != nil {
		t.Fatal(err)
	}
	html := string(out)
	if m := regexp.MustCompile(`(?:src|href)="(?:web/|app\.wasm|wasm_exec)`).FindString(html); m != "" {
		t.Errorf("%s is outside", m)
	}
	// Each inline script and style is allowed by the hash of exactly what stands
	// between its tags.
	for _, re := range []string{`(?s)<script>(.*?)</script>`, `(?s)<style>(.*?)</style>`} {
		for _, m := range regexp.MustCompile(re).FindAllStringSubmatch(html, -1) {
			if !strings.Contains(html, allow(m[1])) {
				t.Errorf("no hash for %q", m[1])
			}
		}
	}
	if strings.Count(html, "</script>") != 3 {
		t.Errorf("a script's own text ends it early:\n%s", html)
	}
	if strings.Contains(html, "unsafe-inline") || strings.Contains(html, "'self'") {
		t.Error("the policy allows more than it must")
	}
	m := regexp.MustCompile(`id="app-wasm">([^<]*)<`).FindStringSubmatch(html)
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(m[1])))
	if err != nil {
		t.Fatal(err)
	}
	if wasm, err := io.ReadAll(z); err != nil || string(wasm) != string(files["app.wasm"]) {
		t.Errorf("the wasm came out as %q, %v", wasm, err)
	}
	for name, bad := range map[string]func(){
		"a style that refers outside": func() { files["web/base.css"] = []byte("a{background:url(x.png)}") },
		"a script with <!--":          func() { files["web/loader.js"] = []byte("<!-- x") },
	} {
		files = testFiles()
		bad()
		if _, err := singleFile([]byte(testPage), files); err == nil {
			t.Errorf("accepted %s", name)
		}
	}
}

func TestTheZipIsTheSameEveryTime(t *testing.T) {
	a, err := zipOf(root, testFiles())
	if err != nil {
		t.Fatal(err)
	}
	b, err := zipOf(root, testFiles())
	if err != nil || string(a) != string(b) {
		t.Error("two zips of the same files differ", err)
	}
}

func TestEncodingIsChosenByWeight(t *testing.T) {
	for header, want := range map[string]string{
		"gzip, deflate, br": "br", "gzip": "gzip", "br;q=0, gzip": "gzip", "BR": "br", "br ; q=0.1": "br", "identity": "", "": "", "br;q=x": "", "brx": "",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", header)
		got := ""
		for _, e := range encodings {
			if accepts(r, e.name) {
				got = e.name
				break
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

func TestAFolderWithOtherFilesIsNotFilled(t *testing.T) {
	if err := mayFill(root); err == nil {
		t.Error("would fill the project itself")
	}
	if err := mayFill(t.TempDir()); err != nil {
		t.Error(err)
	}
}
