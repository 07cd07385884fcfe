package view

import (
	"strings"
	"testing"
)

// The text stands there token by token: nothing before the first, then one more
// after each interval, and all of it at the time that the words promise.
func TestFeelTypesAtTheSpeed(t *testing.T) {
	if strings.Join(feelTokens, "") != feelText {
		t.Fatal("the tokens do not make up the text")
	}
	n := len(feelTokens)
	if per := float64(n) / float64(len(strings.Fields(feelText))); per < 1 || per > 1.6 {
		t.Errorf("%.2f tokens a word; English has about 1.3", per)
	}
	const first, each = 0.5, 0.04
	at := func(s float64) (int, bool) {
		text, done := feelTyped(s, first, each)
		for k := 0; k <= n; k++ {
			if strings.Join(feelTokens[:k], "") == text {
				return k, done
			}
		}
		t.Fatalf("after %g s: %q is not a beginning of the text", s, text)
		return 0, false
	}
	for _, c := range []struct {
		seconds float64
		tokens  int
	}{{0, 0}, {0.49, 0}, {0.51, 1}, {0.55, 2}, {1.51, 26}, {1e9, n}} {
		if got, done := at(c.seconds); got != c.tokens || done != (got == n) {
			t.Errorf("after %g s %d tokens (done: %v), want %d", c.seconds, got, done, c.tokens)
		}
	}
	if _, done := feelTyped(first+each*float64(n-1)+1e-6, first, each); !done {
		t.Error("not all there when the last token is due")
	}
	if _, done := feelTyped(1, 0, 0); !done {
		t.Error("tokens that take no time are not all there")
	}
}
