//go:build !js

package training

import (
	"math"
	"os"
	"strings"
	"testing"

	"flopbook/core/train"
)

// Every source is predicted by constants fitted without it. The bounds are
// those that the field's best simulators do not reach on the same runs
// (core/testdata/peer_predictions.csv): Korthikanti 2022 4.5 %, Narayanan 2021
// 5.1 %, vTrain 13.7 % on many servers, nanotron 23.3 %.
func TestLeftOutErrors(t *testing.T) {
	if testing.Short() {
		t.Skip("refits for each source")
	}
	cases := gather(t)
	rs, _ := LeaveOut(cases, nil)
	counted := pick(rs, func(c *Case) bool { return c.Clean && !c.Extra })
	if len(counted) != 1159 { // rows with "time" and without "low-confidence" in use
		t.Errorf("%d rows count for time, not 1159", len(counted))
	}
	below := func(name string, l Line, what string, got, bound float64) {
		t.Logf("%s: %d rows, mean %.1f %%, median %.1f %%, 90th percentile %.1f %%", name, l.Rows, 100*l.Mean, 100*l.Median, 100*l.P90)
		if !(got <= bound) {
			t.Errorf("%s: %s |error| %.1f %%, bound %.0f %%", name, what, 100*got, 100*bound)
		}
	}
	group := func(name string) Line {
		return summary(name, pick(counted, func(c *Case) bool { return c.Group == name }))
	}
	for _, g := range []struct {
		name  string
		bound float64
	}{{"korthikanti", 0.04}, {"megatron-a100", 0.06}, {"vtrain-multi", 0.10}} {
		l := group(g.name)
		below(g.name, l, "mean", l.Mean, g.bound)
	}
	second := summary("Narayanan 2021, table 2", pick(rs, func(c *Case) bool { return c.Group == "megatron-a100" && !c.Clean }))
	if second.Rows != 6 {
		t.Errorf("%d rows of table 2, not 6", second.Rows)
	}
	below(second.Name, second, "mean", second.Mean, 0.06)
	all := summary("all", counted)
	below("all", all, "median", all.Median, 0.12)
	below("all", all, "90th percentile", all.P90, 0.35)
	clean := pick(counted, func(c *Case) bool { return !c.Faulty })
	if rows, sources, _ := coverage(clean); rows < 0.75 || rows > 0.85 || sources < 0.75 || sources > 0.85 {
		t.Errorf("80 %% intervals hold %.1f %% of rows and %.1f %% by source", 100*rows, 100*sources)
	}
}

func TestNanotronBySize(t *testing.T) {
	if testing.Short() {
		t.Skip("refits for each model size")
	}
	rs, _ := LeaveOut(gather(t), map[string]bool{"nanotron": true})
	l := summary("nanotron", pick(rs, func(c *Case) bool {
		return c.Group == "nanotron" && !c.Faulty && c.Layout.TP <= 8 && c.MFU > 0.10
	}))
	t.Logf("%d rows, mean %.1f %%, median %.1f %%", l.Rows, 100*l.Mean, 100*l.Median)
	if l.Mean > 0.15 {
		t.Errorf("mean |error| %.1f %%, bound 15 %%", 100*l.Mean)
	}
}

// The shipped table is what the fit writes from the shipped measurements.
func TestTableIsFresh(t *testing.T) {
	if testing.Short() {
		t.Skip("refits for each source")
	}
	b, err := os.ReadFile("../../../core/train/data/efficiency.csv")
	if err != nil {
		t.Fatal(err)
	}
	was := strings.Split(strings.TrimSpace(string(b)), "\n")
	date := was[len(was)-1][strings.LastIndex(was[len(was)-1], ",")+1:]
	rs, p := LeaveOut(gather(t), nil)
	efficiency, _ := Table(p, rs, date)
	now := strings.Split(strings.TrimSpace(efficiency), "\n")
	if len(now) != len(was) {
		t.Fatalf("%d lines, the fit writes %d: run go run ./app fit --out core/train/data", len(was), len(now))
	}
	for i := range was {
		if was[i] != now[i] {
			t.Fatalf("line %d is stale: run go run ./app fit --out core/train/data\nwas %s\nnow %s", i+1, was[i], now[i])
		}
	}
}

// The hot path with the shipped table gives the fit's own prediction, to the
// table's five digits.
func TestPredictMatchesFit(t *testing.T) {
	cases := gather(t)
	p := Fit(cases, nil)
	var a, b train.Step
	worst := 0.0
	for _, c := range cases {
		r := Predict(c, &a)
		d := math.Abs(r.V/p.Predict(c, &b) - 1)
		worst = math.Max(worst, d)
		if !(r.Lo <= r.V && r.V <= r.Hi) {
			t.Fatalf("%s: %g not inside %g to %g", c.ID, r.V, r.Lo, r.Hi)
		}
	}
	if worst > 2e-3 {
		t.Errorf("largest difference %.2g", worst)
	}
}

// Network adapters as the sources write them.
func TestAdapters(t *testing.T) {
	for s, want := range map[string]float64{
		"NVLink + 4x100Gb RoCE per node":                   50e9,
		"NVLink + 4x Omni-Path 100 per node":               50e9,
		"1600 Gbps RoCE per node":                          200e9,
		"NVLink + 800 Gb/s per node":                       100e9,
		"NVSwitch + 8x HDR 200Gb/s IB per node (Selene)":   200e9,
		"NVLink + AWS EFA 3200 Gb/s per node (HF cluster)": 400e9,
		"NVLink3 + 8x200G HDR IB (DGX SuperPOD)":           200e9,
		"NVL72 NVLink domain":                              0,
		"":                                                 0,
	} {
		if got := adapters(s); got != want {
			t.Errorf("%q: %g bytes/s, want %g", s, got, want)
		}
	}
}

func TestReadBadTables(t *testing.T) {
	for _, s := range []string{"", "a,b\n1,2\n", "id,hardware,n_gpus\n\"x", "id\nx\n"} {
		if _, _, p := Read(s); p == nil {
			t.Errorf("%q read without a problem", s)
		}
	}
	cases, skipped, p := Read("id,hardware,n_gpus,n_layers,d_model,seq_len,step_time_s\na,H100,8,32,4096,4096,1.5\nb,Unobtainium,8,32,4096,4096,1\nc,H100,8,,,,\n")
	if p != nil || len(cases) != 1 || len(skipped) != 2 {
		t.Fatalf("%d cases, %d skipped, %v", len(cases), len(skipped), p)
	}
}
