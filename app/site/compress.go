//go:build !js

package site

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/andybalholm/brotli"
)

// brotliLevel trades seconds of building for bytes of every visit.
const brotliLevel = 11

// An encoding is one way of sending a file smaller.
type encoding struct {
	name, ext string // as in Accept-Encoding; as the copy's ending
	key       string // tells settings apart in the cache
	writer    func(io.Writer) io.WriteCloser
}

// encodings, the best first.
var encodings = []encoding{
	{"br", ".br", "br11", func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotliLevel) }},
	{"gzip", ".gz", "gz9", func(w io.Writer) io.WriteCloser {
		z, _ := gzip.NewWriterLevel(w, gzip.BestCompression) // fails on a bad level only
		return z
	}},
}

// worthless are endings whose content is compressed already.
var worthless = map[string]bool{".png": true, ".webp": true, ".woff2": true, ".zip": true, ".gz": true, ".br": true}

// compress adds the precompressed copies. Each is kept in cache under the hash
// of its content, so that serving again costs nothing.
func (b *Built) compress(cache string) error {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	type job struct {
		name string
		enc  encoding
		out  []byte
	}
	var jobs []job
	for _, enc := range encodings {
		for _, name := range paths(b.Files) {
			// The single file is mostly base64 and is fetched rarely: gzip is enough.
			if worthless[path.Ext(name)] || name == SingleFile && enc.name == "br" {
				continue
			}
			jobs = append(jobs, job{name: name, enc: enc})
		}
	}
	err := each(len(jobs), func(i int) (err error) {
		jobs[i].out, err = jobs[i].enc.cached(cache, b.Files[jobs[i].name])
		return err
	})
	forget(cache)
	for _, j := range jobs {
		if len(j.out) < len(b.Files[j.name]) {
			b.Files[j.name+j.enc.ext] = j.out
		}
	}
	return err
}

func (e encoding) cached(dir string, content []byte) ([]byte, error) {
	sum := sha256.Sum256(content)
	path := filepath.Join(dir, hex.EncodeToString(sum[:])+"."+e.key)
	if out, err := os.ReadFile(path); err == nil {
		now := time.Now()
		return out, os.Chtimes(path, now, now) // still in use
	}
	var out bytes.Buffer
	w := e.writer(&out)
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	// Written beside and renamed, so that a build that was stopped leaves no half copy.
	tmp, err := os.CreateTemp(dir, "new")
	if err != nil {
		return nil, err
	}
	_, err = tmp.Write(out.Bytes())
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	return out.Bytes(), err
}

// forget drops copies that no build has used for a week.
func forget(cache string) {
	entries, err := os.ReadDir(cache)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > 7*24*time.Hour {
			os.Remove(filepath.Join(cache, e.Name()))
		}
	}
}
