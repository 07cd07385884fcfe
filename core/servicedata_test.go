package core_test

import (
	"encoding/json"
	"math"
	"testing"

	"flopbook/core"
	"flopbook/core/catalog"
	"flopbook/core/scenario"
	"flopbook/core/serve"
)

func story(t *testing.T, key string) core.Answered {
	t.Helper()
	s := scenario.FindStory(key)
	if s == nil {
		t.Fatalf("no story %s", key)
	}
	return core.Answer(&s.Case)
}

// Nothing reaches more than the data sheet allows; writing one answer is bound
// by memory and reading a question by arithmetic.
func TestRoofline(t *testing.T) {
	for _, s := range scenario.Stories() {
		a := core.Answer(&s.Case)
		points := core.Roofline(&a.In, &a.Out)
		if len(points) == 0 {
			t.Errorf("%s: no points", s.Key)
		}
		for _, p := range points {
			if !(p.Reached > 0 && p.Reached <= p.Roof*(1+1e-9)) {
				t.Errorf("%s, %s: %g FLOP/s under a roof of %g", s.Key, p.Name, p.Reached, p.Roof)
			}
		}
		h := &a.In.Serving.Service.H
		if len(points) == 3 {
			if points[0].Intensity > h.Peak/h.Bandwidth/10 || points[2].Intensity < h.Peak/h.Bandwidth && a.In.V(scenario.In) > 1000 {
				t.Errorf("%s: writing at %g FLOP a byte, reading at %g, ridge at %g", s.Key, points[0].Intensity, points[2].Intensity, h.Peak/h.Bandwidth)
			}
		}
	}
}

// Along the curve the machine gets faster and each reader slower, and the plan
// lies on it.
func TestLatencyCurve(t *testing.T) {
	a := story(t, "code-assistant")
	points := make([]serve.Point, 200)
	at, ok := core.LatencyCurve(&a.In, &a.Out, points)
	if !ok {
		t.Fatal("no curve")
	}
	for i := 1; i < len(points); i++ {
		if points[i].PerGPU < points[i-1].PerGPU || points[i].TPOT < points[i-1].TPOT {
			t.Errorf("point %d: %+v after %+v", i, points[i], points[i-1])
		}
	}
	if at.TPOT > a.In.V(scenario.TPOT) || at.PerGPU < points[0].PerGPU {
		t.Errorf("the plan runs at %+v", at)
	}
}

// Memory fills evenly and stays within the GPU.
func TestMemoryFill(t *testing.T) {
	a := story(t, "support-chatbot")
	fills := make([]core.Fill, 9)
	if !core.MemoryFill(&a.In, &a.Out, fills) {
		t.Fatal("nothing to fill")
	}
	for i, f := range fills {
		if f.Weights+f.Cache+f.Reserve > f.Total || i > 0 && f.Cache <= fills[i-1].Cache {
			t.Errorf("%+v", f)
		}
	}
}

// A list price costs in proportion; machines cost the smallest fleet at least
// and rise in steps; at the crossing both cost the same.
func TestWays(t *testing.T) {
	a := core.Answer(&scenario.Scenario{Choice: [scenario.ChoiceCount]string{scenario.Model: "qwen3-32b"}})
	cross := a.Out.V[core.APICrossing]
	if !a.Out.Known[core.APICrossing] {
		t.Fatalf("renting never pays: list price ratio %g", a.Out.V[core.ListPriceRatio].V)
	}
	demands := []float64{1, 100, cross.V * 0.99, cross.V * 1.01, 1e7, 1e9}
	points := make([]core.WayPoint, len(demands))
	core.Ways(&a.In, &a.Out, demands, points)
	for i, p := range points {
		if i > 0 && (p.Rent < points[i-1].Rent || p.Own < points[i-1].Own || p.API <= points[i-1].API) {
			t.Errorf("%g a day costs less than %g: %+v, %+v", p.PerDay, points[i-1].PerDay, p, points[i-1])
		}
	}
	if !(points[2].Rent > points[2].API && points[3].Rent < points[3].API) {
		t.Errorf("around %g questions a day renting costs %g and %g, the list price %g and %g", cross.V, points[2].Rent, points[3].Rent, points[2].API, points[3].API)
	}
	core.Ways(&a.In, &a.Out, []float64{a.In.Serving.Service.PerDay}, points[:1])
	near(t, "rent at the case's own demand", points[0].Rent, a.Out.V[core.CostPerDay].V, 1e-9)
	near(t, "owning at the case's own demand", points[0].Own, a.Out.V[core.OwnPerDay].V, 1e-9)
}

// By the formula, where the bill goes with the size, the lifetime optimum is the
// lowest point of its curve, and in the map of losses for its own money no size
// does better.
func TestLifetimeCurveHasItsOptimumAtTheBottom(t *testing.T) {
	a := story(t, "frontier-chat") // experts: the bill is taken to go with the size
	points := make([]core.SizePoint, 401)
	n, best, ok := core.Sizes(&a, points)
	if !ok || n < 100 {
		t.Fatalf("%d points", n)
	}
	near(t, "size", best.Params, a.Out.V[core.LifetimeParams].V, 0.03)
	near(t, "tokens", best.Tokens, a.Out.V[core.LifetimeTokens].V, 0.08)
	own := a.Out.V[core.Cost].V + a.Out.V[core.CostPerDay].V*a.Out.Serve.Life.Grown
	near(t, "saving", 1-best.Total()/own, a.Out.V[core.LifetimeSaving].V, 1e-3)
	row := make([]core.LossPoint, n)
	core.LossMap(&a.Out, points[:n], best.Total(), row)
	least, at := math.Inf(1), 0.0
	for _, p := range row {
		if p.Loss > 0 && p.Loss < least {
			least, at = p.Loss, p.Params
		}
	}
	near(t, "lowest loss for that money", least, a.Out.Serve.Life.Money.Loss, 1e-3)
	near(t, "its size", at, a.Out.V[core.LifetimeParams].V, 0.05)
}

// The cheapest size is no dearer than the model as it is nor than any size
// tried, and it is the one that the change "Smaller, more tokens" makes.
func TestTheCheapestSizeIsWhatItCosts(t *testing.T) {
	for _, people := range []string{"100k", "1M", "30M"} {
		var s scenario.Scenario
		s.SetNum(scenario.People, people)
		a := core.Answer(&s)
		points := make([]core.SizePoint, 16) // as many as that change looks at
		n, best, ok := core.Sizes(&a, points)
		if !ok || n < 10 {
			t.Fatalf("%s: %d points", people, n)
		}
		own := a.Out.V[core.Cost].V + a.Out.V[core.CostPerDay].V*a.Out.Serve.Life.Grown
		if best.Total() > own {
			t.Errorf("%s: the cheapest costs %g, the model as it is %g", people, best.Total(), own)
		}
		for _, p := range points[:n] {
			if p.Total() < best.Total() {
				t.Errorf("%s: %g parameters cost %g, the cheapest %g", people, p.Params, p.Total(), best.Total())
			}
		}
		for _, l := range core.Levers(&s) {
			if l.Key == "smaller" && l.OK {
				near(t, people+": bill of the smaller model", l.Lifetime, best.Total(), 1e-9)
			}
		}
	}
}

// Each lever moves what it is named for in the right direction.
func TestLevers(t *testing.T) {
	got := map[string]core.Lever{}
	var s scenario.Scenario
	for _, f := range [][2]string{{"model", "llama-2-13b"}, {"people", "10M"}, {"serve_precision", "bf16"}, {"accelerator", "h100-sxm"}} {
		if c, ok := scenario.ChoiceByKey(f[0]); ok {
			s.SetChoice(c, f[1])
		} else if n, ok := scenario.NumByKey(f[0]); ok {
			s.SetNum(n, f[1])
		}
	}
	for _, l := range core.Levers(&s) {
		if l.OK {
			got[l.Key] = l
		}
	}
	base := got["as-is"]
	for _, key := range []string{"eight-bits", "cache-eight-bits", "prefix-cache", "follow", "smaller", "distil"} {
		if l, ok := got[key]; !ok || l.Day.V > base.Day.V {
			t.Errorf("%s: %+v, as it is %+v", key, l.Day, base.Day)
		}
	}
	for _, key := range []string{"think", "retrieve", "long-context"} {
		if l := got[key]; l.Day.V <= base.Day.V || l.Energy.V <= base.Energy.V {
			t.Errorf("%s: %+v, as it is %+v", key, l.Day, base.Day)
		}
	}
	if got["long-context"].Day.V <= got["retrieve"].Day.V {
		t.Error("50,000 tokens before each question cost no more than 2,500")
	}
	if g := got["clean-grid"]; g.Carbon.V >= base.Carbon.V || g.Energy.V != base.Energy.V {
		t.Errorf("clean grid: %+v", g)
	}
	if l := got["smaller"]; l.Lifetime >= base.Lifetime {
		t.Errorf("the lifetime optimum costs %g over its life, the case %g", l.Lifetime, base.Lifetime)
	}
}

// Routing is cheaper from the share on that pays for the small model.
func TestRouting(t *testing.T) {
	a := core.Answer(&scenario.Scenario{Choice: [scenario.ChoiceCount]string{scenario.Model: "llama-3.1-70b"}})
	small, ok := core.SmallerCase(&a, 0.1)
	if !ok {
		t.Fatal("no smaller case")
	}
	b := core.Answer(&small)
	shares := []float64{0, 0.5, 1}
	out := make([]core.Routed, 3)
	even := core.Route(&b.Out, &a.Out, shares, out)
	near(t, "all settled by the small model", out[2].PerQuery, b.Out.V[core.CostPerQuery].V, 1e-12)
	near(t, "none", out[0].PerQuery, b.Out.V[core.CostPerQuery].V+a.Out.V[core.CostPerQuery].V, 1e-12)
	core.Route(&b.Out, &a.Out, []float64{even}, out[:1])
	near(t, "at the even share", out[0].PerQuery, a.Out.V[core.CostPerQuery].V, 1e-9)
}

// Google's prompt takes 0.24 Wh with everything counted and 0.10 Wh in busy
// accelerators alone, 2.4 times less (Elsworth et al. 2025). On a fleet that
// follows its traffic our two scopes lie apart by the same within a factor of
// 1.5, and the server's plug lies between them.
func TestScopesLieApartAsGooglesDo(t *testing.T) {
	anchor := map[string]float64{}
	for _, x := range catalog.EnergyAnchors() {
		if x.Source == "google-gemini-2025" {
			anchor[x.Scope] = x.V
		}
	}
	a := story(t, "frontier-chat")
	gpu, wall, all := a.Out.V[core.EnergyPerQueryGPU].V, a.Out.V[core.EnergyPerQueryWall].V, a.Out.V[core.EnergyPerQuery].V
	if !(gpu < wall && wall < all) {
		t.Errorf("%g J in accelerators, %g at the wall, %g in the facility", gpu, wall, all)
	}
	want := anchor["facility"] / anchor["accelerators"]
	if r := all / gpu / want; r > 1.5 || r < 1/1.5 {
		t.Errorf("facility over accelerators: %g, Google %g", all/gpu, want)
	}
}

// The report's JSON carries the service in detail, and nothing in it is not a number.
func TestReportCarriesTheService(t *testing.T) {
	for _, s := range scenario.Stories() {
		a := core.Answer(&s.Case)
		var report struct {
			Serving map[string]json.RawMessage `json:"serving"`
		}
		if err := json.Unmarshal(a.JSON(), &report); err != nil {
			t.Fatalf("%s: %v", s.Key, err)
		}
		for _, k := range []string{"copy", "software", "roofline", "day", "ways", "levers", "lifetime", "energy_anchors"} {
			if len(report.Serving[k]) < 3 {
				t.Errorf("%s: the report lacks serving.%s", s.Key, k)
			}
		}
	}
}
