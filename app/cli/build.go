//go:build !js

package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"flopbook/app/site"
)

func init() {
	register("build", Verb{
		Args: "[--out DIR] [--refresh | --stale | --weigh]",
		Says: "make the site, the single file and the zip in dist/",
		Run:  build,
	})
}

func build(e *Env, args []string) error {
	fs := flag.NewFlagSet("build", flag.ContinueOnError)
	out := fs.String("out", "", "folder to build into; default dist in the project")
	refresh := fs.Bool("refresh", false, "rewrite the generated parts of index.html and the data of the start page's pictures instead of building")
	stale := fs.Bool("stale", false, "only say whether one of these is stale")
	weigh := fs.Bool("weigh", false, "after building, print what a first visit downloads, part by part")
	if _, err := parse(fs, args, 0, 0); err != nil {
		return err
	}
	root, err := projectRoot()
	if err != nil {
		return err
	}
	if *refresh || *stale {
		changed, err := site.Refresh(root, *refresh)
		if err != nil {
			return err
		}
		if *stale && len(changed) > 0 {
			return fmt.Errorf("stale: %v; run: go run ./app build --refresh, and npm --prefix e2e/vendor run pictures", changed)
		}
		fmt.Fprintf(e.Out, "index.html: %d generated parts changed\n", len(changed))
		return nil
	}
	if *out == "" {
		*out = filepath.Join(root, "dist")
	}
	b, err := site.Build(site.Options{Root: root, Dist: *out, Log: e.Err})
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Out, "%s\n%s\n%s\n", *out, filepath.Join(*out, site.SingleFile), filepath.Join(*out, site.ZipFile))
	if *weigh {
		return b.Weigh(e.Out)
	}
	return nil
}

// projectRoot is the nearest folder upwards that holds index.html and go.mod:
// building needs the sources.
func projectRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for d := dir; ; {
		if isFile(filepath.Join(d, "go.mod")) && isFile(filepath.Join(d, "index.html")) {
			return d, nil
		}
		up := filepath.Dir(d)
		if up == d {
			return "", fmt.Errorf("%s is not inside a copy of Flopbook's sources, which this verb needs.", dir)
		}
		d = up
	}
}

func isFile(path string) bool {
	s, err := os.Stat(path)
	return err == nil && s.Mode().IsRegular()
}
