//go:build !js

package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"flopbook/app/view"
)

// A part is a stretch of index.html that a program writes, between
// <!-- begin:NAME --> and <!-- end:NAME -->. It is committed, so that the file
// reads whole; a stale one fails the check.
type part func() (string, error)

var parts = map[string]part{
	"csp":   func() (string, error) { return cspMeta(sitePolicy), nil },
	"shell": view.Shell,
}

var marked = regexp.MustCompile(`(?s)<!-- begin:([a-z][a-z-]*) -->(.*?)<!-- end:([a-z-]*) -->`)

// fillParts writes every generated part anew and names those that changed.
func fillParts(page []byte) (filled []byte, changed []string, err error) {
	seen := map[string]bool{}
	filled = marked.ReplaceAllFunc(page, func(old []byte) []byte {
		m := marked.FindSubmatch(old)
		name := string(m[1])
		if string(m[3]) != name {
			err = fmt.Errorf("index.html: part %s ends as %s", name, m[3])
			return old
		}
		make, known := parts[name]
		if !known {
			err = fmt.Errorf("index.html: no generator for part %s", name)
			return old
		}
		seen[name] = true
		text, e := make()
		if e != nil {
			err = fmt.Errorf("index.html: part %s: %w", name, e)
			return old
		}
		whole := []byte("<!-- begin:" + name + " -->\n" + strings.TrimSpace(text) + "\n<!-- end:" + name + " -->")
		if !bytes.Equal(whole, old) {
			changed = append(changed, name)
		}
		return whole
	})
	for name := range parts {
		if err == nil && !seen[name] {
			err = fmt.Errorf("index.html: part %s is missing", name)
		}
	}
	return filled, changed, err
}

// Refresh names the stale generated parts of index.html and the stale data of
// the start page's pictures, and rewrites them if asked.
func Refresh(root string, rewrite bool) (changed []string, err error) {
	path := filepath.Join(root, "index.html")
	page, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	filled, changed, err := fillParts(page)
	if err != nil {
		return changed, err
	}
	charts, err := view.Pictures()
	if err != nil {
		return changed, err
	}
	for name, text := range charts {
		file := filepath.Join(root, "app", "view", "pictures", name+".json")
		old, _ := os.ReadFile(file)
		if string(old) == text {
			continue
		}
		changed = append(changed, "picture "+name)
		if rewrite {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				return changed, err
			}
		}
	}
	sort.Strings(changed)
	if !rewrite || len(changed) == 0 {
		return changed, nil
	}
	return changed, os.WriteFile(path, filled, 0o644)
}

// localRef finds what the page loads from beside it.
var localRef = regexp.MustCompile(`\b(href|src|data-wasm|data-worker)="((?:web/|wasm_exec\.js|app\.wasm)[^"?#]*)"`)

// versionRefs adds the content's hash to each address that the page loads, so
// that a cached page never meets parts of another build, and returns those
// files in order. The size of the wasm goes along for the progress line:
// Content-Length counts the compressed bytes.
func versionRefs(page []byte, files map[string][]byte) (out []byte, loads []string, err error) {
	seen := map[string]bool{}
	out = localRef.ReplaceAllFunc(page, func(old []byte) []byte {
		m := localRef.FindSubmatch(old)
		attr, name := string(m[1]), string(m[2])
		content, ok := files[name]
		if !ok {
			err = fmt.Errorf("index.html refers to %s, which does not exist", name)
			return old
		}
		if !seen[name] {
			seen[name] = true
			loads = append(loads, name)
		}
		ref := fmt.Sprintf(`%s="%s?v=%s"`, attr, name, hash(content))
		if attr == "data-wasm" {
			ref += fmt.Sprintf(` data-size="%d"`, len(content))
		}
		return []byte(ref)
	})
	return out, loads, err
}

var workerSlot = regexp.MustCompile(`(?s)/\* begin:build \*/.*/\* end:build \*/`)

// fillWorker gives the service worker its version and the list to keep for
// offline use: everything but the two downloads.
func (b *Built) fillWorker() error {
	sw, ok := b.Files["sw.js"]
	if !ok {
		return fmt.Errorf("web/sw.js does not exist")
	}
	if !workerSlot.Match(sw) {
		return fmt.Errorf("web/sw.js has no place for the build's list")
	}
	var (
		keep   []string
		prints bytes.Buffer
	)
	for _, name := range paths(b.Files) {
		switch name {
		case "sw.js", "embed.js", SingleFile, ZipFile:
			continue
		}
		print := hash(b.Files[name])
		fmt.Fprintln(&prints, name, print)
		for _, f := range b.first {
			if f == name && f != "index.html" {
				name += "?v=" + print // the address that the page has just fetched
				break
			}
		}
		keep = append(keep, name)
	}
	list, err := json.Marshal(keep)
	if err != nil {
		return err
	}
	b.Files["sw.js"] = workerSlot.ReplaceAllLiteral(sw, fmt.Appendf(nil,
		"const VERSION = %q;\nconst FILES = %s;", hash(prints.Bytes()), list))
	return nil
}
