package core_test

import (
	"math"
	"os"
	"sort"
	"testing"

	"flopbook/core"
)

func totals(t *testing.T) []core.Total {
	t.Helper()
	text, err := os.ReadFile("testdata/training_totals.csv")
	if err != nil {
		t.Fatal(err)
	}
	all, p := core.ReadTotals(string(text))
	if p != nil {
		t.Fatal(p)
	}
	return all
}

// The seven runs with measured energy, their GPU-hours given: half of our
// figures are off by 15 % at most, and the ranges hold most of them.
func TestMeasuredEnergyOfWholeRuns(t *testing.T) {
	var off []float64
	inside := 0
	for _, run := range totals(t) {
		if !run.Has("energy") {
			continue
		}
		for _, r := range core.CompareTotal(&run) {
			if r.Metric != "energy" {
				continue
			}
			off = append(off, math.Abs(r.Error))
			if r.Inside {
				inside++
			}
			t.Logf("%-45s measured %10.6g MWh, predicted %10.6g (%.6g to %.6g), %+.1f %%, %s", run.ID,
				r.Measured/3.6e9, r.Predicted.V/3.6e9, r.Predicted.Lo/3.6e9, r.Predicted.Hi/3.6e9, 100*r.Error, run.Scope())
		}
	}
	if len(off) != 7 {
		t.Fatalf("%d rows with measured energy, want 7", len(off))
	}
	sort.Float64s(off)
	if off[3] > 0.15 {
		t.Errorf("median error %.1f %%", 100*off[3])
	}
	if inside < 5 {
		t.Errorf("only %d of 7 lie in the 80 %% range", inside)
	}
}

// What a published energy counts is read from its own words.
func TestScopeOfPublishedEnergy(t *testing.T) {
	for _, c := range []struct {
		basis string
		pue   float64
		want  core.EnergyScope
	}{
		{"measured average power x chips x days x PUE", 1.12, core.ScopeBuilding},
		{"AC wall node power, measured, switches and cooling plant excluded (IT power, PUE not applied)", 0, core.ScopeServers},
		{"GPU power sampled every 25 ms, times PUE", 1.2, core.ScopeChips},
		{"paper: measured over 1830 hours (recalled)", 0, core.ScopeUnknown},
		{"measured system power", 0, core.ScopeServers},
	} {
		row := core.Total{EnergyBasis: c.basis, PUE: c.pue}
		if got := row.Scope(); got != c.want {
			t.Errorf("%q, PUE %v: %v, want %v", c.basis, c.pue, got, c.want)
		}
	}
}

// GLaM (Du et al. 2021): 1,024 TPU v4 ran 574 hours for 280B tokens and 213
// MWh, while the row's 456 MWh are for all 600B tokens. With the energy of its
// own hours the row lies near; with the other one the range says so.
func TestGLaMHoursAndEnergyAreOfDifferentRuns(t *testing.T) {
	for _, run := range totals(t) {
		if run.ID != "glam-1.2t" {
			continue
		}
		_, e, why := core.PredictTotal(&run)
		if why != "" {
			t.Fatal(why)
		}
		if d := e.V/3.6e9/213 - 1; math.Abs(d) > 0.25 {
			t.Errorf("%.0f MWh for the hours stated, published 213", e.V/3.6e9)
		}
		if e.Hi < 456*3.6e9 {
			t.Errorf("the range ends at %.0f MWh: the hours cannot hold the work, which it should say", e.Hi/3.6e9)
		}
		return
	}
	t.Fatal("no row")
}

// The family median is what it says: in sample it sees the row itself.
func TestFamilyMedianBaseline(t *testing.T) {
	rows := []core.Total{
		{ID: "a", Hardware: "H100-80GB-SXM", FLOP: 989e12 * 3600 * 0.5, GPUHours: 1, Use: "time", Group: "x"},
		{ID: "b", Hardware: "H100-80GB-SXM", FLOP: 989e12 * 3600 * 0.4, GPUHours: 1, Use: "time", Group: "y"},
		{ID: "c", Hardware: "H100-80GB-SXM", FLOP: 989e12 * 3600 * 0.2, GPUHours: 1, Use: "time", Group: "y"},
		{ID: "d", Hardware: "H100-80GB-SXM", FLOP: 1, GPUHours: 1, Use: "context", Group: "y"},
	}
	in, out := core.FamilyMedian(rows, false), core.FamilyMedian(rows, true)
	for i, want := range []float64{0.5 / 0.4, 1, 0.5, 0} {
		if math.Abs(in[i]-want) > 1e-9 {
			t.Errorf("in sample, %s: %v, want %v", rows[i].ID, in[i], want)
		}
	}
	for i, want := range []float64{0.5 / 0.3, 0.4 / 0.5, 0.2 / 0.5, 0} {
		if math.Abs(out[i]-want) > 1e-9 {
			t.Errorf("left out, %s: %v, want %v", rows[i].ID, out[i], want)
		}
	}
}

// A run on two kinds of accelerator lies between all on either: with the same
// hours of each, the hours are the harmonic middle.
func TestRunOnTwoKinds(t *testing.T) {
	on := func(hardware string) float64 {
		run := core.Total{ID: "x", Model: "own", Date: "2023-07", ParamsTotal: 13e9, Tokens: 300e9, FLOP: 2.34e22, Hardware: hardware, GPUs: 512}
		h, _, why := core.PredictTotal(&run)
		if why != "" || !(h.Lo < h.V && h.V < h.Hi) {
			t.Fatalf("%s: %+v %s", hardware, h, why)
		}
		return h.V
	}
	fast, slow, both := on("NVIDIA A100"), on("NVIDIA Tesla V100 SXM2"), on("NVIDIA A100,NVIDIA Tesla V100 SXM2")
	if want := 2 / (1/fast + 1/slow); math.Abs(both/want-1) > 1e-9 || !(fast < both && both < slow) {
		t.Errorf("%.0f hours on both, %.0f and %.0f on either", both, fast, slow)
	}
	run := core.Total{ID: "x", FLOP: 1e22, ParamsTotal: 1e9, Hardware: "NVIDIA A100,no such card"}
	if _, _, why := core.PredictTotal(&run); why == "" {
		t.Error("an unknown second kind is not told")
	}
}

// What the page embeds are the rows of the whole table that count, none left
// out, with the same predictions; no circular figure among them.
func TestThePageHoldsEveryWholeRunThatCounts(t *testing.T) {
	want := map[string]core.AccuracyRow{}
	for _, run := range totals(t) {
		for _, r := range core.CompareTotal(&run) {
			want[r.ID+" "+r.Metric] = r
		}
	}
	var hours, family, unseen []float64
	for _, r := range core.Accuracy() {
		w, ok := want[r.ID+" "+r.Metric]
		if !ok || r.Measured != w.Measured || r.Predicted != w.Predicted {
			t.Errorf("%s %s: %v of %v, the table gives %v of %v", r.ID, r.Metric, r.Predicted, r.Measured, w.Predicted, w.Measured)
		}
		if r.Metric == "energy" && r.Has("energy-circular") || r.Metric == "gpu_hours" && r.Has("time-circular") {
			t.Errorf("%s: a circular %s is counted", r.ID, r.Metric)
		}
		delete(want, r.ID+" "+r.Metric)
		if r.Metric == "gpu_hours" {
			hours, family, unseen = append(hours, math.Abs(r.Error)), append(family, math.Abs(r.Family)), append(unseen, math.Abs(r.FamilyOut))
		}
	}
	for id := range want {
		t.Errorf("%s is missing", id)
	}
	// The baseline is that of the command line, over the same runs.
	all := totals(t)
	seen, out := core.FamilyMedian(all, false), core.FamilyMedian(all, true)
	var a, b []float64
	for i := range all {
		if seen[i] > 0 {
			a, b = append(a, math.Abs(seen[i]/all[i].GPUHours-1)), append(b, math.Abs(out[i]/all[i].GPUHours-1))
		}
	}
	mid := func(v []float64) float64 { sort.Float64s(v); return (v[(len(v)-1)/2] + v[len(v)/2]) / 2 }
	if math.Abs(mid(a)-mid(family)) > 1e-9 || math.Abs(mid(b)-mid(unseen)) > 1e-9 {
		t.Errorf("family's median: %.4f and %.4f on the page, %.4f and %.4f on the table", mid(family), mid(unseen), mid(a), mid(b))
	}
	t.Logf("%d runs: ours %.1f %%; family's median %.1f %% in sample, %.1f %% left out", len(hours), 100*mid(hours), 100*mid(family), 100*mid(unseen))
}
