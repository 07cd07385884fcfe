//go:build !js

// Package cli is the command line: one file for each verb, each registering
// itself. JSON in, text out, or JSON with --json.
package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
)

// A Verb is one command: "estimate FILE".
type Verb struct {
	Args string // what follows the name: "FILE [--json]"
	Says string // one line for the list of verbs
	Run  func(e *Env, args []string) error
}

// Env is what a verb may read from and write to.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
}

var verbs = map[string]Verb{}

// register makes a verb known; each verb's file calls it from init.
func register(name string, v Verb) {
	if _, dup := verbs[name]; dup {
		panic("cli: verb " + name + " registered twice")
	}
	verbs[name] = v
}

// Main runs the verb that args begin with and returns the exit status: 0, or 1
// after one sentence on stderr.
func Main(args []string, in io.Reader, out, stderr io.Writer) int {
	if len(args) == 0 {
		usage(stderr)
		return 1
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "--help":
		usage(out)
		return 0
	}
	v, known := verbs[name]
	if !known {
		fmt.Fprintf(stderr, "flopbook: no verb %q; there are: %s.\n", clip(name), strings.Join(names(), ", "))
		return 1
	}
	err := v.Run(&Env{In: in, Out: out, Err: stderr}, rest)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(out, "flopbook %s %s\n%s\n", name, v.Args, v.Says)
		return 0
	}
	fmt.Fprintf(stderr, "flopbook %s: %v\n", name, err)
	return 1
}

func names() []string {
	var s []string
	for name := range verbs {
		s = append(s, name)
	}
	sort.Strings(s)
	return s
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "flopbook VERB: what a model costs to train and to serve.")
	for _, name := range names() {
		v := verbs[name]
		fmt.Fprintf(w, "  %-40s %s\n", strings.TrimSpace(name+" "+v.Args), v.Says)
	}
	fmt.Fprintln(w, "FILE is JSON; - is standard input; {} is the default case.")
}

// parse reads flags wherever they stand (flag.Parse stops at the first plain
// argument) and returns the plain arguments; it demands between min and max of
// them.
func parse(fs *flag.FlagSet, args []string, min, max int) ([]string, error) {
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	var plain []string
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		args = fs.Args()
		if len(args) == 0 {
			break
		}
		plain = append(plain, args[0])
		args = args[1:]
	}
	if len(plain) < min || len(plain) > max {
		return nil, fmt.Errorf("takes %s; see --help.", strings.TrimSpace(verbs[fs.Name()].Args))
	}
	return plain, nil
}

// maxInput bounds what a verb reads; the largest measurement table is 3 MB.
const maxInput = 64 << 20

// readInput reads a file, or standard input for "-". An empty file is an error:
// it is far more often a slip than a wish for the default case, which is {}.
func readInput(e *Env, file string) ([]byte, error) {
	var (
		b   []byte
		err error
	)
	if file == "-" {
		b, err = io.ReadAll(io.LimitReader(e.In, maxInput+1))
	} else {
		var f *os.File
		if f, err = os.Open(file); err == nil {
			b, err = io.ReadAll(io.LimitReader(f, maxInput+1))
			f.Close()
		}
	}
	if file == "-" {
		file = "standard input"
	}
	switch {
	case err != nil:
		return nil, err
	case len(b) > maxInput:
		return nil, fmt.Errorf("%s is larger than %d MiB; give the scenario alone.", file, maxInput>>20)
	case len(bytes.TrimSpace(b)) == 0:
		return nil, fmt.Errorf("%s is empty; {} is the default case.", file)
	}
	return b, nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
