//go:build !js

package cli

import (
	"flag"
	"strings"
	"testing"
)

func run(in string, args ...string) (status int, out, errs string) {
	var o, e strings.Builder
	status = Main(args, strings.NewReader(in), &o, &e)
	return status, o.String(), e.String()
}

func TestBadUseIsOneSentenceAndStatusOne(t *testing.T) {
	for _, args := range [][]string{
		{"fly"}, {strings.Repeat("x", 5000)}, {"build", "more"}, {"build", "--nonsense"}, {"serve", "a", "b"}, {"serve", "not an address"},
	} {
		status, out, errs := run("", args...)
		if status != 1 || out != "" || strings.Count(errs, "\n") != 1 || len(errs) > 400 {
			t.Errorf("%.30q: %d %q %q", args, status, out, errs)
		}
	}
}

func TestHelpListsEveryVerb(t *testing.T) {
	status, out, _ := run("", "help")
	for name := range verbs {
		if !strings.Contains(out, "  "+name) {
			t.Errorf("no %s in %s", name, out)
		}
	}
	if status != 0 {
		t.Error(status)
	}
}

func TestFlagsMayFollowTheFile(t *testing.T) {
	for _, args := range [][]string{{"--json", "x"}, {"x", "--json"}} {
		fs := flag.NewFlagSet("build", flag.ContinueOnError)
		asJSON := fs.Bool("json", false, "")
		plain, err := parse(fs, args, 1, 1)
		if err != nil || !*asJSON || len(plain) != 1 || plain[0] != "x" {
			t.Errorf("%v: %v %v %v", args, plain, *asJSON, err)
		}
	}
}

func TestInputMustHoldSomething(t *testing.T) {
	for in, ok := range map[string]bool{"{}": true, "": false, " \n": false} {
		_, err := readInput(&Env{In: strings.NewReader(in)}, "-")
		if (err == nil) != ok {
			t.Errorf("%q: %v", in, err)
		}
	}
	if _, err := readInput(&Env{}, "/no/such/file"); err == nil {
		t.Error("read a file that does not exist")
	}
}
