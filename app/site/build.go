//go:build !js

// Package site makes what is handed out: the site in dist/, the single file,
// the zip; and serves the site. Nothing here runs in the browser.
//
// The same sources give the same bytes: no clock, no map order and no path of
// this machine enters a file.
package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
)

// Names of the two downloads inside dist/.
const (
	SingleFile = "flopbook.html"
	ZipFile    = "flopbook.zip"
)

// Options says where to build from and to.
type Options struct {
	Root  string    // the project's folder
	Dist  string    // what to fill; stale files in it are removed
	Log   io.Writer // one line for each step that takes time
	Quick bool      // the site alone: no downloads, no precompressed copies
}

// A Built site: the content of each file by its slash-separated path in dist/.
type Built struct {
	Files map[string][]byte
	first []string // what a first visit loads, in the page's order
}

// Build makes the site and writes it to o.Dist, touching only files whose
// content changes.
func Build(o Options) (*Built, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	if err := mayFill(o.Dist); err != nil {
		return nil, err
	}
	b := &Built{Files: map[string][]byte{}}
	fmt.Fprintln(o.Log, "building app.wasm")
	wasm, err := buildWasm(o.Root)
	if err != nil {
		return nil, err
	}
	b.Files["app.wasm"] = wasm
	if err := b.addStatic(o.Root); err != nil {
		return nil, err
	}
	licences, err := licences(o.Root)
	if err != nil {
		return nil, err
	}
	b.Files["licences.txt"] = licences
	shell, err := os.ReadFile(filepath.Join(o.Root, "index.html"))
	if err != nil {
		return nil, err
	}
	shell, _, err = fillParts(shell)
	if err != nil {
		return nil, err
	}
	if !o.Quick {
		// The single file is made from the unversioned page: its parts are inside it.
		single, err := singleFile(shell, b.Files)
		if err != nil {
			return nil, err
		}
		b.Files[SingleFile] = single
	}
	page, first, err := versionRefs(shell, b.Files)
	if err != nil {
		return nil, err
	}
	b.Files["index.html"], b.first = page, append([]string{"index.html"}, first...)
	if err := b.fillWorker(); err != nil {
		return nil, err
	}
	if !o.Quick {
		fmt.Fprintln(o.Log, "packing "+ZipFile)
		zip, err := zipOf(o.Root, b.Files)
		if err != nil {
			return nil, err
		}
		fmt.Fprintln(o.Log, "compressing")
		if err := b.compress(filepath.Join(o.Root, ".cache", "compressed")); err != nil {
			return nil, err
		}
		b.Files[ZipFile] = zip
	}
	return b, write(o.Dist, b.Files)
}

// buildWasm compiles the page. The build cache makes a repeat cheap; the linker
// always runs, because an empty build id (wanted for equal bytes) leaves nothing
// to compare.
func buildWasm(root string) ([]byte, error) {
	tmp, err := os.MkdirTemp("", "flopbook")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	out := filepath.Join(tmp, "app.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", out, "./app")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=", "GOWASM=")
	if msg, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("app.wasm does not compile:\n%s", bytes.TrimSpace(msg))
	}
	return os.ReadFile(out)
}

// addStatic takes wasm_exec.js and web/. Two files of web/ stand at the site's
// root: a service worker governs only what lies beside or below it, and
// embed.js deserves the short address that others write into their pages.
func (b *Built) addStatic(root string) error {
	exec, err := os.ReadFile(filepath.Join(root, "wasm_exec.js"))
	if err != nil {
		return err
	}
	b.Files["wasm_exec.js"] = exec
	return filepath.WalkDir(filepath.Join(root, "web"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		switch name {
		case "web/sw.js", "web/embed.js":
			name = strings.TrimPrefix(name, "web/")
		}
		if _, known := contentTypes[filepath.Ext(name)]; !known {
			return fmt.Errorf("web: %s has an ending that the site does not serve", name)
		}
		b.Files[name], err = os.ReadFile(path)
		return err
	})
}

// paths are the names of files, sorted.
func paths(files map[string][]byte) []string {
	s := make([]string, 0, len(files))
	for name := range files {
		s = append(s, name)
	}
	sort.Strings(s)
	return s
}

// hash is the short content hash that stands in addresses and in the service
// worker's version.
func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6])
}

// each runs f for every index below n, on all cores, and returns one of the errors.
func each(n int, f func(i int) error) error {
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		first error
		next  = make(chan int)
	)
	for range runtime.NumCPU() {
		wg.Go(func() {
			for i := range next {
				if err := f(i); err != nil {
					mu.Lock()
					if first == nil {
						first = err
					}
					mu.Unlock()
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	return first
}

// mayFill refuses a folder that holds something else than an earlier build,
// because building removes what does not belong.
func mayFill(dist string) error {
	entries, err := os.ReadDir(dist)
	if os.IsNotExist(err) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range []string{"index.html", "app.wasm"} {
		if _, err := os.Stat(filepath.Join(dist, name)); err != nil {
			return fmt.Errorf("%s holds other files; give an empty folder or an earlier build.", dist)
		}
	}
	return nil
}

func write(dist string, files map[string][]byte) error {
	for _, name := range paths(files) {
		path := filepath.Join(dist, filepath.FromSlash(name))
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, files[name]) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			return err
		}
	}
	return filepath.WalkDir(dist, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dist, path)
		if err != nil {
			return err
		}
		if _, kept := files[filepath.ToSlash(rel)]; !kept {
			return os.Remove(path)
		}
		return nil
	})
}
