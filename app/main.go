//go:build !js

// Flopbook's command line: the same arithmetic as the page, and the maker and
// server of the site.
package main

import (
	"os"

	"flopbook/app/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
