//go:build !js

package site

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"time"
)

// zipOf packs the site, the single file and the papers: what a teacher carries
// into a room without network, or a host uploads.
func zipOf(root string, files map[string][]byte) ([]byte, error) {
	all := map[string][]byte{}
	for name, content := range files {
		all["flopbook/"+name] = content
	}
	for _, name := range []string{"README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff"} {
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return nil, err
		}
		all["flopbook/"+name] = content
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range paths(all) {
		// One fixed date, the first that the format can hold: the same bytes every time.
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(all[name]); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}
