//go:build !js

package site

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// contentTypes are the endings that the site serves. The system's own table is not
// asked: it differs from machine to machine.
var contentTypes = map[string]string{
	".html":        "text/html; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".csv":         "text/csv; charset=utf-8",
	".txt":         "text/plain; charset=utf-8",
	".md":          "text/plain; charset=utf-8",
	".svg":         "image/svg+xml",
	".png":         "image/png",
	".ico":         "image/x-icon",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".zip":         "application/zip",
}

// A served file, with its smaller copies by encoding name.
type served struct {
	kind   string
	body   []byte
	etag   string
	copies map[string][]byte
}

type server struct{ files map[string]*served }

// Handler serves the built site in dist, held in memory: right types, the
// smallest copy that the browser takes, ETags, the content policy.
func Handler(dist string) http.Handler {
	files := map[string][]byte{}
	err := filepath.WalkDir(dist, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dist, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "The site is not built: "+err.Error(), http.StatusInternalServerError)
		})
	}
	return newServer(files)
}

func newServer(files map[string][]byte) *server {
	s := &server{files: map[string]*served{}}
	for name, body := range files {
		kind, known := contentTypes[path.Ext(name)]
		if !known {
			continue
		}
		sum := sha256.Sum256(body)
		f := &served{kind: kind, body: body, etag: hex.EncodeToString(sum[:8]), copies: map[string][]byte{}}
		for _, e := range encodings {
			if c, ok := files[name+e.ext]; ok {
				f.copies[e.name] = c
			}
		}
		s.files["/"+name] = f
	}
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This address can only be read.", http.StatusMethodNotAllowed)
		return
	}
	name := r.URL.Path
	if strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	f, ok := s.files[name]
	if !ok {
		http.Error(w, "There is nothing at this address; the calculator is at /.", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	// A sandboxed frame has no origin of its own; the content is public.
	h.Set("Access-Control-Allow-Origin", "*")
	if path.Base(name) != SingleFile { // which carries its own, with hashes
		h.Set("Content-Security-Policy", sitePolicy.String())
	}
	if r.URL.Query().Has("v") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body, etag := f.body, f.etag
	if len(f.copies) > 0 {
		h.Set("Vary", "Accept-Encoding")
		for _, e := range encodings {
			if c, ok := f.copies[e.name]; ok && accepts(r, e.name) {
				h.Set("Content-Encoding", e.name)
				body, etag = c, etag+"-"+e.name
				break
			}
		}
	}
	etag = `"` + etag + `"`
	h.Set("ETag", etag)
	if match(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		h.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		w.Write(body)
	}
}

// accepts reads Accept-Encoding: a name counts unless its weight is zero.
func accepts(r *http.Request, name string) bool {
	for _, item := range strings.Split(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		token, weight, _ := strings.Cut(item, ";")
		if strings.EqualFold(strings.TrimSpace(token), name) {
			q, found := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			if !found {
				return true
			}
			v, err := strconv.ParseFloat(q, 64)
			return err == nil && v > 0
		}
	}
	return false
}

func match(header, etag string) bool {
	for _, item := range strings.Split(header, ",") {
		item = strings.TrimPrefix(strings.TrimSpace(item), "W/")
		if item == etag || item == "*" {
			return true
		}
	}
	return false
}
