package core_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

// Each named example has a day on which serving has cost more than training,
// with a range around it, and the link and the file that carry it say the same.
func TestStoriesCross(t *testing.T) {
	for _, s := range scenario.Stories() {
		a := core.Answer(&s.Case)
		for _, p := range a.Problems {
			t.Errorf("%s: %v", s.Key, p)
		}
		if !a.Out.Known[core.CrossingDays] {
			t.Errorf("%s: serving never crosses", s.Key)
			continue
		}
		r := a.Out.V[core.CrossingDays]
		t.Logf("%s: day %.3g (%.3g to %.3g); %.0f GPUs, $%.0f a day", s.Key, r.V, r.Lo, r.Hi, a.Out.V[core.ServeGPUsAll].V, a.Out.V[core.CostPerDay].V)
		if !(0 < r.Lo && r.Lo < r.V && r.V < r.Hi) || r.V > 3653 {
			t.Errorf("%s: day %v", s.Key, r)
		}
		again, view, problems := scenario.ParseFragment("#" + s.Case.Fragment(""))
		if len(problems) > 0 || len(view) > 0 {
			t.Errorf("%s: link %q: %v %v", s.Key, s.Case.Fragment(""), problems, view)
		}
		if b := core.Answer(&again); b.Out.V[core.CrossingDays] != r {
			t.Errorf("%s: its link says %v, it says %v", s.Key, b.Out.V[core.CrossingDays], r)
		}
		file := filepath.Join("..", "web", "schema", "examples", s.Key+".json")
		if *update {
			if err := os.WriteFile(file, s.Case.JSON(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if have, err := os.ReadFile(file); err != nil || !bytes.Equal(have, s.Case.JSON()) {
			t.Errorf("%s is stale; run go test ./core -run Stories -update", file)
		}
	}
}

// The frontier example against what DeepSeek disclosed: 226.75 servers of 8 GPUs
// on average and 278 at most, $87,072 a day, and with 2.788M GPU-hours at $2 (the
// V3 report's table 1) 64 days until serving has cost as much as training. Our
// ranges must hold them.
func TestFrontierStoryIsDeepSeeksDay(t *testing.T) {
	a := core.Answer(&scenario.FindStory("frontier-chat").Case)
	inside := func(what string, k core.Key, want, scale float64) {
		t.Helper()
		r := a.Out.V[k]
		t.Logf("%s: %.4g (%.4g to %.4g), disclosed %.4g", what, r.V*scale, r.Lo*scale, r.Hi*scale, want)
		if want < r.Lo*scale || want > r.Hi*scale {
			t.Errorf("%s: %.4g (%.4g to %.4g) does not hold %.4g", what, r.V*scale, r.Lo*scale, r.Hi*scale, want)
		}
	}
	inside("cost of a day, USD", core.CostPerDay, 87072, 1)
	inside("servers, on average", core.ReplicasMean, 226.75, a.Out.V[core.ServeGPUs].V/8)
	inside("servers, at most", core.Replicas, 278, a.Out.V[core.ServeGPUs].V/8)
	inside("day of the crossing", core.CrossingDays, 64, 1)
}
