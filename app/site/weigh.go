//go:build !js

package site

import (
	"fmt"
	"io"
)

// Weigh prints what a first visit downloads, part by part, and what is fetched
// later or on demand.
func (b *Built) Weigh(w io.Writer) error {
	const row = "%-32s %12s %12s %12s\n"
	fmt.Fprintf(w, row, "first visit (bytes)", "raw", "gzip", "brotli")
	counted := map[string]bool{}
	var total [3]int
	line := func(name string) {
		raw := len(b.Files[name])
		sizes := [3]int{raw, raw, raw}
		for i, ext := range []string{".gz", ".br"} {
			if c, ok := b.Files[name+ext]; ok {
				sizes[i+1] = len(c)
			}
		}
		for i := range sizes {
			total[i] += sizes[i]
		}
		counted[name] = true
		fmt.Fprintf(w, row, name, group(sizes[0]), group(sizes[1]), group(sizes[2]))
	}
	sum := func(label string) {
		fmt.Fprintf(w, row, label, group(total[0]), group(total[1]), group(total[2]))
		total = [3]int{}
	}
	for _, name := range b.first {
		line(name)
	}
	sum("sum of the first visit")
	fmt.Fprintf(w, "\n"+row, "later or on demand (bytes)", "raw", "gzip", "brotli")
	for _, name := range paths(b.Files) {
		if worthless[ext(name)] && name != ZipFile && ext(name) != ".png" || counted[name] {
			continue
		}
		line(name)
	}
	return nil
}

func ext(name string) string {
	for i := len(name) - 1; i >= 0 && name[i] != '/'; i-- {
		if name[i] == '.' {
			return name[i:]
		}
	}
	return ""
}

// group writes 1234567 as 1,234,567.
func group(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
