//go:build !js

package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// licences is the text that the licences of what app.wasm contains ask to carry
// along: Go's own and that of every module linked in. Licences of what stands
// under web/vendor lie beside it there.
func licences(root string) ([]byte, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=Module", "./app")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	cmd.Stderr = os.Stderr
	list, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	modules := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(list)); ; {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		if p.Module != nil && !p.Module.Main {
			modules[p.Module.Path+" "+p.Module.Version] = p.Module.Dir
		}
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	modules["Go's standard library and wasm_exec.js"] = strings.TrimSpace(string(goroot))
	names := make([]string, 0, len(modules))
	for name := range modules {
		names = append(names, name)
	}
	sort.Strings(names)
	own, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "Flopbook\n\n%s\n", bytes.TrimSpace(own))
	for _, name := range names {
		text, err := licenceIn(modules[name])
		if err != nil {
			return nil, fmt.Errorf("licence of %s: %w", name, err)
		}
		fmt.Fprintf(&out, "\n%s\n%s\n\n%s\n", strings.Repeat("-", 72), name, bytes.TrimSpace(text))
	}
	return out.Bytes(), nil
}

func licenceIn(dir string) ([]byte, error) {
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) {
			continue
		}
		return b, err
	}
	// Distributions that pack Go themselves may leave its licence out.
	if _, err := os.Stat(filepath.Join(dir, "VERSION")); err == nil {
		return []byte("Copyright The Go Authors. BSD-3-Clause: https://go.dev/LICENSE"), nil
	}
	return nil, fmt.Errorf("none found in %s", dir)
}
