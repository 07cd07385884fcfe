//go:build !js

package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// devScript reloads the page when the server has built anew, and shows what
// does not compile. It polls: an event stream would hold the connection of a
// server that is restarted all the time.
const devScript = `"use strict";
let seen = null;
setInterval(async () => {
  let now;
  try { now = await (await fetch("/dev/state", {cache: "no-store"})).json(); } catch { return; }
  if (seen !== null && now.build !== seen) location.reload();
  seen = now.build;
  let box = document.getElementById("dev-error");
  if (now.error && !box) {
    box = document.createElement("pre");
    box.id = "dev-error";
    document.body.append(box);
  }
  if (box) { box.textContent = now.error; box.hidden = !now.error; }
}, 700);
`

type dev struct {
	o  Options
	mu sync.Mutex
	s  *server

	build int64 // time of the last good build: differs after a restart too
	err   string
}

// Dev serves the site as [Handler] does and rebuilds it when a source is newer,
// with a script in the page that reloads it. For developing only.
func Dev(o Options) http.Handler {
	o.Quick = true
	d := &dev{o: o}
	newest := newestSource(o.Root)
	d.rebuild()
	go func() {
		for {
			time.Sleep(400 * time.Millisecond)
			if t := newestSource(o.Root); t.After(newest) {
				newest = t
				d.rebuild()
			}
		}
	}()
	return d
}

func (d *dev) rebuild() {
	start := time.Now()
	b, err := Build(d.o)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.err = err.Error()
		fmt.Fprintln(d.o.Log, err)
		return
	}
	page := bytes.Replace(b.Files["index.html"], []byte("</body>"), []byte(`<script src="dev.js"></script></body>`), 1)
	b.Files["index.html"] = page
	b.Files["dev.js"] = []byte(devScript)
	delete(b.Files, "sw.js") // a cache would hide the change
	d.s, d.err, d.build = newServer(b.Files), "", time.Now().UnixNano()
	fmt.Fprintf(d.o.Log, "built in %.1f s\n", time.Since(start).Seconds())
}

func (d *dev) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	s, build, err := d.s, d.build, d.err
	d.mu.Unlock()
	switch {
	case r.URL.Path == "/dev/state":
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"build": strconv.FormatInt(build, 10), "error": err})
	case s == nil && r.URL.Path == "/dev.js":
		w.Header().Set("Content-Type", contentTypes[".js"])
		io.WriteString(w, devScript)
	case s == nil: // the first build failed: wait for one that does not
		w.Header().Set("Content-Type", contentTypes[".html"])
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, `<!doctype html><title>Not built yet</title><body><script src="/dev.js"></script></body>`)
	default:
		s.ServeHTTP(w, r)
	}
}

// newestSource is the time of the latest change to anything that the site is
// built from.
func newestSource(root string) (t time.Time) {
	for _, top := range []string{"app", "core", "web", "index.html", "wasm_exec.js", "go.mod"} {
		filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
				return nil // a file that vanishes between listing and reading is no news
			}
			if info, err := d.Info(); err == nil && info.ModTime().After(t) {
				t = info.ModTime()
			}
			return nil
		})
	}
	return t
}
