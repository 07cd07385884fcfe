package bill

import (
	"testing"

	"flopbook/core/catalog"
	"flopbook/core/unit"
)

// EU AI Act, article 51(2): 1e25. GPT-4 (Epoch 2.1e25) and Llama 3.1 405B
// (3.8e25) lie above it and below California's 1e26; Grok-3 (4.6e26) above both.
func TestLawsReachWhatTheySay(t *testing.T) {
	over := func(flop float64, usd float64) map[string]bool {
		m := map[string]bool{}
		for _, r := range Reaches(unit.FLOP(flop), unit.USD(usd)) {
			m[r.Law.Key] = r.Over
		}
		return m
	}
	if m := over(3.8e25, 51e6); !m["eu"] || !m["gpai"] || m["california"] || m["us-order"] {
		t.Errorf("Llama 3.1 405B: %v", m)
	}
	if m := over(4.64e26, 300e6); !m["eu"] || !m["california"] || !m["california-1047"] {
		t.Errorf("Grok-3: %v", m)
	}
	if m := over(2e26, 50e6); m["california-1047"] || !m["california"] {
		t.Errorf("above 1e26 for less than $100 million: %v", m)
	}
	if m := over(1e20, 100); m["gpai"] || m["eu"] {
		t.Errorf("a small run: %v", m)
	}
}

// A run stands between its neighbours in compute.
func TestPlaceAmongPublishedRuns(t *testing.T) {
	s := Place(3e25, 2024.5)
	if s.Below == nil || s.Above == nil || s.Below.FLOP > 3e25 || s.Above.FLOP < 3e25 || s.More+s.Less != len(catalog.PublishedRuns()) {
		t.Errorf("%+v", s)
	}
	if s := Place(1e30, 2026); s.Above != nil || s.More != 0 || s.Behind >= 0 {
		t.Errorf("beyond all: %+v", s)
	}
	if s := Place(1e10, 2026); s.Below != nil || s.Less != 0 || s.Behind <= 5 {
		t.Errorf("before all: %+v", s)
	}
}

// Epoch AI: frontier compute grows five times a year, cost 2.4 times. The lines
// go through the records, grow at the published rates, and widen.
func TestTrendLines(t *testing.T) {
	near(t, "a year of compute", OnTrend("compute", 2026).V/OnTrend("compute", 2025).V, 5, 1e-9)
	near(t, "a year of cost", OnTrend("cost", 2026).V/OnTrend("cost", 2025).V, 2.4, 1e-9)
	far, near := OnTrend("compute", 2030), OnTrend("compute", 2024)
	if far.Hi/far.Lo <= near.Hi/near.Lo {
		t.Errorf("the band does not widen: %v, %v", near, far)
	}
	// GPT-4 (March 2023) and Grok-3 (February 2025) set records; the line lies within a factor of three of both.
	for _, r := range []struct{ year, flop float64 }{{2023.2, 2.1e25}, {2025.1, 4.64e26}} {
		if k := OnTrend("compute", r.year).V / r.flop; k < 1.0/3 || k > 3 {
			t.Errorf("%v: %.3g on trend, %.3g published", r.year, OnTrend("compute", r.year).V, r.flop)
		}
	}
	// Cottier et al.: the dearest run passes a billion dollars by 2027 on trend, give or take the band.
	if r := OnTrend("cost", 2027); r.Hi < 1e9 {
		t.Errorf("2027: %v", r)
	}
	if r := OnTrend("nothing", 2025); r.V != 0 {
		t.Errorf("%v", r)
	}
	for _, name := range []string{"compute", "cost", "power", "length", "algorithms", "hardware", "token_price"} {
		if tr, ok := catalog.FindTrend(name); !ok || tr.PerYear.V <= 1 {
			t.Errorf("trend %s: %+v", name, tr)
		}
	}
}
