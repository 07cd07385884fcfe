package core_test

import (
	"fmt"
	"maps"
	"testing"

	"flopbook/core"
	"flopbook/core/derivation"
	"flopbook/core/scenario"
)

// Llama 3 405B on 16,384 GPUs: more than 90 % effective training time
// (Grattafiori et al. 2024, section 3.3.4).
var llama405B = map[string]string{"model": "llama-3.1-405b", "gpus": "16384", "batch": "16777216", "seq": "8192"}

func TestGoodputOfLlama405B(t *testing.T) {
	a := with(t, llama405B)
	g := a.In.Num[scenario.Goodput]
	t.Logf("goodput %.3f (%.3f to %.3f), published above 0.90", g.R.V, g.R.Lo, g.R.Hi)
	if g.Origin != derivation.Computed || !(g.R.V > 0.9) {
		t.Errorf("goodput %v %v", g.Origin, g.R)
	}
}

// What the reader knows of the run's stops moves the goodput the right way;
// what is left open is shown as assumed, or computed, with its source.
func TestGoodputFollowsWhatIsKnownOfTheStops(t *testing.T) {
	goodput := func(key, value string) float64 {
		fields := maps.Clone(llama405B)
		if key != "" {
			fields[key] = value
		}
		a := with(t, fields)
		if key != "" {
			n, _ := scenario.NumByKey(key)
			if v := a.In.Num[n]; v.Origin != derivation.Given {
				t.Errorf("%s is given, shown as %v", key, v.Origin)
			}
		}
		if r := a.In.Num[scenario.Goodput].R; !(0 < r.Lo && r.Lo <= r.V && r.V <= r.Hi && r.Hi <= 1) {
			t.Errorf("%s = %s: goodput %v", key, value, r)
		}
		return a.In.Num[scenario.Goodput].R.V
	}
	open := with(t, llama405B)
	before := goodput("", "")
	for n, want := range map[scenario.Num]derivation.Origin{scenario.FailureRate: derivation.Assumed, scenario.RestartTime: derivation.Assumed,
		scenario.CheckpointSpeed: derivation.Assumed, scenario.CheckpointEvery: derivation.Computed} {
		if v := open.In.Num[n]; v.Origin != want || v.Source == "" || !v.Known || !(v.R.V > 0) {
			t.Errorf("%s: %+v", scenario.Nums[n].Key, v)
		}
	}
	for _, c := range []struct {
		key, value string
		better     bool
	}{
		{"failure_rate", "0", true}, {"failure_rate", "0.1", false},
		{"restart_time", "10 s", true}, {"restart_time", "2 h", false},
		{"checkpoint_every", "12 h", false}, {"checkpoint_every", "10 s", false},
		{"checkpoint_speed", "100 TB/s", true}, {"checkpoint_speed", "10 GB/s", false},
	} {
		after := goodput(c.key, c.value)
		t.Logf("%s = %s: %.4f, before %.4f", c.key, c.value, after, before)
		if after > before != c.better || after == before {
			t.Errorf("%s = %s: %.4f, before %.4f", c.key, c.value, after, before)
		}
	}
	// The interval shown as the best one is that which loses least.
	best := open.In.Num[scenario.CheckpointEvery].R.V
	for _, f := range []float64{0.8, 1.25} {
		fields := maps.Clone(llama405B)
		fields["checkpoint_every"] = fmt.Sprintf("%g s", best*f)
		if g := with(t, fields).In.Num[scenario.Goodput].R.V; g > before {
			t.Errorf("an interval of %s s gives %.5f, the best %.5f", fields["checkpoint_every"], g, before)
		}
	}
}

// A goodput that is given is taken, and nothing is predicted.
func TestAGivenGoodputIsTaken(t *testing.T) {
	a := with(t, map[string]string{"goodput": "80 %", "failure_rate": "1"})
	if v := a.In.Num[scenario.Goodput]; v.Origin != derivation.Given || v.R.V != 0.8 || a.Out.Run != (core.Report{}).Run {
		t.Errorf("%+v, run %+v", v, a.Out.Run)
	}
}
