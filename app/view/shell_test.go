//go:build !js

package view

import (
	"regexp"
	"strings"
	"testing"
)

func TestTheShellIsThePageItself(t *testing.T) {
	a, err := Shell()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 { // go-app writes attributes in any order
		if b, _ := Shell(); b != a {
			t.Fatal("two shells differ")
		}
	}
	for _, want := range []string{`data-test="start"`, `data-test="answer"`, `data-test="door-gpus"`, `data-test="door-cost"`, `data-test="door-serve"`, `id="main"`} {
		if strings.Count(a, want) != 1 {
			t.Errorf("%s stands there %d times", want, strings.Count(a, want))
		}
	}
	if n := strings.Count(a, "<h1"); n != 1 {
		t.Errorf("%d main headings", n)
	}
	if m := regexp.MustCompile(`(?i) style=| on[a-z]+="|<script|NaN|javascript:`).FindString(a); m != "" {
		t.Errorf("the shell holds %q", m)
	}
	// Readable without code: every link inside leads to a case or to the content.
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(a, -1) {
		if !strings.HasPrefix(m[1], "#") {
			t.Errorf("link %s", m[1])
		}
	}
}
