//go:build !js

package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSearchPrintsTheRanking(t *testing.T) {
	in := `{"model": "llama-2-7b", "gpus": 64}`
	code, out, stderr := run(in, "search", "-", "--top", "3")
	if code != 0 || stderr != "" {
		t.Fatalf("%d %s", code, stderr)
	}
	for _, want := range []string{"layouts: ", "The fastest found: TP ", "binds", "counts", "64      *"} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q:\n%s", want, out)
		}
	}
	for _, by := range []string{"days", "usd"} {
		code, out, stderr = run(in, "search", "-", "--json", "--by", by)
		var r struct {
			By         string
			Considered int64
			Plans      []struct {
				Text string
				Days struct{ Value, Lo, Hi float64 }
				Cost struct{ Value float64 }
			}
			Curve []struct {
				GPUs   int
				Pareto bool
			}
			Says []string
		}
		if err := json.Unmarshal([]byte(out), &r); code != 0 || err != nil {
			t.Fatalf("%d %v %s", code, err, stderr)
		}
		if r.By != by || r.Considered < 1000 || len(r.Plans) != 10 || len(r.Curve) < 5 || len(r.Says) < 3 {
			t.Errorf("%+v", r)
		}
		for i, p := range r.Plans {
			if p.Days.Value <= 0 || p.Days.Lo > p.Days.Value || p.Days.Hi < p.Days.Value || p.Text == "" {
				t.Errorf("%+v", p)
			}
			if i > 0 && by == "days" && p.Days.Value < r.Plans[i-1].Days.Value {
				t.Errorf("place %d takes fewer days than %d", i, i-1)
			}
		}
	}
}

func TestSearchRefuses(t *testing.T) {
	for _, c := range []struct {
		in   string
		args []string
		want string
	}{
		{`{}`, []string{"--by", "hours"}, "days, usd"},
		{`{}`, []string{"--top", "0"}, "1 to 64"},
		{``, nil, "is empty"},
		{`{"model": "llama-3.1-405b", "gpus": 8}`, nil, "Memory: "},
		{`{"model": "llama-3.1-8b", "gpus": 64, "layout": {"tp": 7}}`, nil, "does not divide the 32 heads"},
	} {
		code, _, stderr := run(c.in, append([]string{"search", "-"}, c.args...)...)
		if code != 1 || !strings.Contains(stderr, c.want) || strings.Count(strings.TrimSpace(stderr), "\n") > 0 {
			t.Errorf("%q %v: %d %q", c.in, c.args, code, stderr)
		}
	}
}
