package core_test

import (
	"strconv"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

// The GPUs that a deadline asks for are the least: one server less (inside a
// server, half) is too slow or does not hold the run, and no whole server
// stands idle.
func TestGPUsAskedForAreTheLeast(t *testing.T) {
	for _, model := range []string{"llama-3.1-405b", "llama-3.1-70b", "llama-3.1-8b", "deepseek-v3", "gpt-2"} {
		for _, tokens := range []string{"1B", "30B", "1T", "11T"} {
			for _, days := range []string{"20", "60", "120"} {
				a := with(t, map[string]string{"model": model, "tokens": tokens, "days": days, "ask": "gpus"})
				n, used := a.Out.V[core.GPUs].V, float64(a.Out.Layout.GPUs())
				name := model + " on " + tokens + " in " + days + " days, " + strconv.Itoa(int(n)) + " GPUs"
				if n-used >= 8 {
					t.Errorf("%s: %g have work", name, used)
				}
				if a.Out.Binds == core.BindsBatch || n == 1 {
					continue
				}
				if d := a.Out.V[core.Days].V; d > a.In.V(scenario.Days)*1.0001 {
					t.Errorf("%s: %g days", name, d)
				}
				less := n - 8
				if n <= 8 {
					less = n / 2
				}
				if b := with(t, map[string]string{"model": model, "tokens": tokens, "gpus": strconv.Itoa(int(less))}); b.Out.Fits && b.Out.V[core.Days].V <= a.In.V(scenario.Days) {
					t.Errorf("%s: %g do in %g days", name, less, b.Out.V[core.Days].V)
				}
			}
		}
	}
}
