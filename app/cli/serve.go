//go:build !js

package cli

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"flopbook/app/site"
)

func init() {
	register("serve", Verb{
		Args: "[ADDR] [--dev]",
		Says: "build the site and serve it, by default at 127.0.0.1:8080",
		Run:  serve,
	})
}

func serve(e *Env, args []string) error {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	dev := fs.Bool("dev", false, "rebuild when a source changes and reload the page")
	built := fs.Bool("built", false, "serve dist/ as it is")
	plain, err := parse(fs, args, 0, 1)
	if err != nil {
		return err
	}
	addr := "127.0.0.1:8080"
	if len(plain) == 1 {
		addr = plain[0]
	}
	root, err := projectRoot()
	if err != nil {
		return err
	}
	dist := filepath.Join(root, "dist")
	if *dev {
		dist = filepath.Join(root, ".cache", "dev")
	}

	// Listening before building tells at once that the port is taken.
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s (%w); give another address, such as 127.0.0.1:8081.", clip(addr), err)
	}
	defer l.Close()

	opts := site.Options{Root: root, Dist: dist, Log: e.Err}
	var h http.Handler
	switch {
	case *dev:
		h = site.Dev(opts)
	case *built:
		h = site.Handler(dist)
	default:
		if _, err := site.Build(opts); err != nil {
			return err
		}
		h = site.Handler(dist)
	}
	fmt.Fprintf(e.Out, "Flopbook is at http://%s/ (stop with Ctrl-C)\n", l.Addr())
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	return s.Serve(l)
}
